import { describe, expect, it } from "vitest";
import { messages, messageText } from "../abi/messages";
import { abortReason } from "./abort";

describe("reasons of aborts", () => {
  it("are given for the double free that everybody meets, by the program's own name", () => {
    const message = "free(): double free detected in tcache 2\n";
    expect(abortReason("en", message, "b")).toMatch(/^b is already in its tcache list/);
    expect(abortReason("zh-CN", message, "b")).toMatch(/^b 已在它的 tcache 链表中/);
  });

  it("exist for messages that glibc has, and for no others", () => {
    const known = messages.map((message) => messageText(message)).filter((text) => abortReason("en", text, "p") !== null);
    expect(known.length).toBeGreaterThanOrEqual(24);
    expect(abortReason("en", "out of coffee", "p")).toBeNull();
  });
});
