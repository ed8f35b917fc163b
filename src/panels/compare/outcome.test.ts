import { describe, expect, it } from "vitest";
import type { ComparedCall, Comparison } from "../../protocol/comparison";
import type { Operation } from "../../protocol/messages";
import { defaultMachine } from "../../scenario";
import { cursorAt, looksAt, shortResult, subjectOf } from "./outcome";

const call = (more: Partial<Operation>): Operation => ({
  index: 0,
  api: "malloc",
  args: [24],
  argText: ["24"],
  result: 0x5555_5555_92a0,
  resultText: "0x5555555592a0",
  errno: 0,
  begin: 10,
  end: 20,
  statement: 0,
  line: 1,
  thread: 0,
  name: "",
  path: "top",
  finished: true,
  ...more,
});
const run = (last: number): Comparison["a"] => ({
  machine: defaultMachine,
  status: "exited",
  exitCode: 0,
  message: "",
  signal: 0,
  output: [],
  last,
});
const pair = (a: Operation | null, b: Operation | null): ComparedCall => ({ a, b, differs: [] });
const comparison = (calls: readonly ComparedCall[]): Comparison => ({
  a: run(100),
  b: run(200),
  calls,
  divergence: null,
  first: { decision: -1, words: -1, address: -1 },
});

describe("where both columns stand", () => {
  const shown = comparison([
    pair(call({}), call({ begin: 11, end: 22 })),
    pair(null, call({ begin: 30, end: 40 })),
    pair(call({ begin: 30, end: 31, finished: false }), null),
  ]);
  it("is after the call in each run, or after the one before where it is not made", () => {
    expect(looksAt(shown, 0)).toEqual([
      { begin: 10, end: 20 },
      { begin: 11, end: 22 },
    ]);
    expect(looksAt(shown, 1)).toEqual([
      { begin: 20, end: 20 },
      { begin: 30, end: 40 },
    ]);
  });
  it("is the run’s end for a call that dies, and past the last call", () => {
    expect(looksAt(shown, 2)[0]).toEqual({ begin: 30, end: 100 });
    expect(looksAt(shown, 3)).toEqual([
      { begin: 100, end: 100 },
      { begin: 200, end: 200 },
    ]);
  });
  it("opens on the page inside the call", () => {
    expect(cursorAt(shown, 0, "b")).toBe(12);
    expect(cursorAt(shown, 3, "a")).toBe(100);
  });
});

it("a call is about the block it takes back or hands out", () => {
  expect(subjectOf(call({}))).toBe(0x5555_5555_92a0);
  expect(subjectOf(call({ api: "free", args: [0x1000], result: 0 }))).toBe(0x1000);
  expect(subjectOf(call({ api: "malloc_trim", args: [0], result: 1 }))).toBe(0);
  expect(subjectOf(null)).toBe(0);
});

it("results are short", () => {
  expect(shortResult(call({}))).toBe("…92a0");
  expect(shortResult(call({ resultText: "1" }))).toBe("1");
});
