import { describe, expect, it } from "vitest";
import { differingMarks, explain } from "./explain";

describe("markers of two calls", () => {
  it("differ where one passed them more often or with another answer", () => {
    expect([...differingMarks(["Free", "FreeSize=1", "FastPut"], ["Free", "FreeSize=0", "FastPut"])]).toEqual(["FreeSize"]);
    expect([...differingMarks(["LargeWalk=1", "LargeWalk=1"], ["LargeWalk=1"])]).toEqual(["LargeWalk"]);
    expect(differingMarks(["Free"], ["Free"]).size).toBe(0);
  });
});

describe("an explanation", () => {
  const none: ReadonlySet<string> = new Set();
  it("is the change whose markers the call passed differently", () => {
    const found = explain("2.40", "2.41", "decision", new Set(["TcacheHit", "TryTcache"]), false);
    expect(found).toEqual({ entries: ["calloc-tcache"], certain: true });
  });
  it("is what alters words when only words differ", () => {
    expect(explain("2.31", "2.32", "words", none, false)).toEqual({ entries: ["safe-linking"], certain: true });
    expect(explain("2.33", "2.34", "words", none, false)).toEqual({ entries: ["random-key"], certain: true });
  });
  it("is what moved the blocks when no marker tells, and all candidates when nothing does", () => {
    expect(explain("2.29", "2.30", "decision", none, true)).toEqual({ entries: ["tcache-counts"], certain: true });
    expect(explain("2.29", "2.30", "decision", none, false)).toMatchObject({ certain: false });
  });
  it("knows changes of releases that are not offered", () => {
    expect(explain("2.24", "2.26", "decision", new Set(["UnlinkSizes"]), false)).toEqual({
      entries: ["unlink-size"],
      certain: true,
    });
  });
});
