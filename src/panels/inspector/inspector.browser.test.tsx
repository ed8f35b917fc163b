import { describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { sampleSpace } from "../../decode/testing/spaces";
import { panelTexts } from "../../i18n/panels";
import type { Operation } from "../../protocol/messages";
import type { Instant } from "../../queries";
import { sampleAddresses, type SampleHeap, sampleHeap } from "../../render/testing/sample-heap";
import { type PageActions, createUiStore, UiProvider } from "../../store";
import "../../ui/base.css";
import "../../ui/tokens.css";
import { ChunkCard } from "./chunk-card";
import "./inspector.css";

const { a, b, c, rem } = sampleAddresses;

function instantOf({ facts, picture, context }: SampleHeap): Instant {
  return {
    cursor: 520,
    abi: picture.abi,
    reader: picture.reader,
    context,
    space: sampleSpace([]),
    heap: facts,
    threads: [],
    stackPointer: 0,
    variables: [],
    pointers: [],
    chunkPointers: [],
    linear: new Uint8Array(0),
    records: null,
    picture,
  };
}

const operation = (index: number, api: Operation["api"], args: readonly number[], result: number, name: string): Operation => ({
  index,
  api,
  args,
  argText: [],
  result,
  resultText: "",
  errno: 0,
  begin: index * 10,
  end: index * 10 + 9,
  statement: index,
  line: index + 5,
  name,
  path: "top",
  finished: true,
  thread: 0,
});
const operations = [operation(3, "malloc", [0x88], b + 16, "b"), operation(51, "free", [b + 16], 0, "b")];

function card(chunkAddr: number, sample = sampleHeap(), actions: Partial<PageActions> = {}) {
  return (
    <UiProvider store={createUiStore()} actions={actions as PageActions}>
      <div style={{ width: "312px" }} className="inspector-body">
        <ChunkCard instant={instantOf(sample)} operations={operations} chunkAddr={chunkAddr} text={panelTexts.en} />
      </div>
    </UiProvider>
  );
}

const lines = (selector: string): string[] =>
  [...document.querySelectorAll<HTMLElement>(selector)].map((line) =>
    [...line.children].map((part) => part.textContent).join(" "),
  );

describe("the inspector", () => {
  it("shows a free chunk's fields with where they lead, and greys the word that is not its own", async () => {
    await render(card(b));
    expect(lines(".field-line")).toEqual([
      "prev_size a’s data not a field now",
      "size 0x91 0x90 | P",
      "fd → …95b0 …95b0",
      "bk → main_arena+96 ",
    ]);
    expect(document.querySelector('.field-line[data-valid="false"]')?.textContent).toContain("prev_size");
  });

  it("takes the size word apart and says what the flags mean here", async () => {
    const screen = await render(card(b));
    expect(lines(".flag")).toEqual(["0 A", "0 M", "1 P"]);
    await expect.element(screen.getByText("P = 1: a is in use")).toBeVisible();
    await screen.rerender(card(c));
    await expect.element(screen.getByText("P = 0: b is free, so prev_size is valid")).toBeVisible();
  });

  it("tells what the program asked for, and its calls in order with the one at the cursor marked", async () => {
    const screen = await render(card(b));
    await expect.element(screen.getByText("asked 0x88")).toBeVisible();
    expect(lines(".history-line")).toEqual(["op 4 b = malloc(0x88) line 8 · top", "op 52 free(b) line 56 · top"]);
    expect(document.querySelector('.history-line[data-when="now"]')?.textContent).toContain("free(b)");
  });

  it("lists malloc's own words that lead here", async () => {
    await render(card(b));
    expect(lines(".pointer-line").map((line) => line.slice(2))).toContain("main_arena+96.fd unsorted");
    expect(lines(".pointer-line").map((line) => line.slice(2))).toContain("c.prev_size by offset");
  });

  it("shows the bytes in memory order, folds what is equal, and rings what the step wrote", async () => {
    await render(card(rem));
    expect(document.querySelector('.hex-line[data-kind="head"]')?.textContent).toBe("95b891 03 00 00 00 00 00 00size 0x391");
    expect(document.querySelector('.hex-line[data-changed="true"] .hex-addr')?.textContent).toBe("95c8");
    expect(document.querySelector(".hex-fold")?.textContent).toBe("⋯ 0x370 bytes, all 00");
  });

  it("follows a pointer", async () => {
    const follow = vi.fn();
    const screen = await render(card(b, sampleHeap(), { follow, hover: vi.fn() }));
    await screen.getByRole("button", { name: "→ …95b0" }).click();
    expect(follow).toHaveBeenCalledWith(rem);
  });

  it("says in words what is wrong with a corrupted chunk", async () => {
    const broken = sampleHeap((bytes) => bytes.setBigUint64(0x298, 0x97n, true));
    const screen = await render(card(a, broken));
    await expect.element(screen.getByText("What is wrong")).toBeVisible();
  });
});
