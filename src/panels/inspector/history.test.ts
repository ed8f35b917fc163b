import { describe, expect, it } from "vitest";
import type { Operation } from "../../protocol/messages";
import { askedSize, currentEntry, historyOf } from "./history";

const operation = (index: number, api: Operation["api"], args: readonly number[], result: number): Operation => ({
  index,
  api,
  args,
  argText: args.map(String),
  result,
  resultText: "",
  errno: 0,
  begin: index * 100,
  end: index * 100 + 50,
  statement: index,
  line: index + 1,
  name: "",
  path: "none",
  finished: true,
  thread: 0,
});

const run = [
  operation(0, "malloc", [24], 0x1010),
  operation(1, "malloc", [100], 0x1030),
  operation(2, "free", [0x1010], 0),
  operation(3, "malloc_usable_size", [0x1030], 104),
  operation(4, "realloc", [0x1030, 200], 0x1010),
];

describe("the history of a block", () => {
  it("names every call that gave it out, took it back or asked about it", () => {
    expect(historyOf(run, 0x1010).map((entry) => [entry.operation.index, entry.role])).toEqual([
      [0, "gave"],
      [2, "took"],
      [4, "gave"],
    ]);
    expect(historyOf(run, 0x1030).map((entry) => entry.role)).toEqual(["gave", "asked", "took"]);
  });

  it("knows which call was the last one at the cursor", () => {
    const history = historyOf(run, 0x1010);
    expect([currentEntry(history, 0), currentEntry(history, 1), currentEntry(history, 230), currentEntry(history, 1000)]).toEqual(
      [-1, 0, 1, 2],
    );
  });

  it("remembers what the program asked for when it got the block", () => {
    expect(askedSize(historyOf(run, 0x1010), 250)).toBe(24);
    expect(askedSize(historyOf(run, 0x1010), 1000)).toBe(200);
    expect(askedSize(historyOf(run, 0x1010), 0)).toBeNull();
  });
});
