import { describe, expect, it } from "vitest";
import { diagnosticCodes } from "../abi/diagnostic-codes";
import { diagnosticSentence, diagnosticTexts } from "./diagnostics";

describe("diagnostic texts", () => {
  it("use the same parameters in both languages", () => {
    const names = (text: string) =>
      [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? ""))].toSorted((a, b) => a.localeCompare(b));
    for (const code of [...diagnosticCodes, "unknown-machine" as const])
      expect(names(diagnosticTexts[code].zh), code).toEqual(names(diagnosticTexts[code].en));
  });

  it("leave out a suggestion that there is none of", () => {
    const params = { name: "mallok", suggestion: "malloc" };
    expect(diagnosticSentence({ code: "undeclared-function", params }, "en")).toContain("Did you mean “malloc”?");
    expect(diagnosticSentence({ code: "undeclared-function", params: { ...params, suggestion: "" } }, "en")).not.toContain(
      "Did you mean",
    );
    expect(diagnosticSentence({ code: "undeclared-function", params: { ...params, suggestion: "" } }, "zh-CN")).not.toContain(
      "是不是",
    );
    expect(diagnosticSentence({ code: "array-size", params: {} }, "zh-CN")).not.toMatch(/[{}[\]]/);
  });
});
