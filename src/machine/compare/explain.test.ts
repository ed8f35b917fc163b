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
  const clues = { aspect: "decision", differing: none, passed: none, moved: false } as const;
  it("is the change whose markers the call passed differently", () => {
    const found = explain("2.40", "2.41", { ...clues, differing: new Set(["TcacheHit", "TryTcache"]) });
    expect(found).toEqual({ entries: ["calloc-tcache"], certain: true });
  });
  it("is what alters words when only words differ, and has to do with the call", () => {
    const words = { ...clues, aspect: "words" } as const;
    expect(explain("2.31", "2.32", { ...words, passed: new Set(["Free", "TcachePut"]) }).entries).toEqual(["safe-linking"]);
    expect(explain("2.31", "2.32", { ...words, passed: new Set(["MalloptMxfast"]) }).entries).toEqual(["mxfast-never-zero"]);
    expect(explain("2.33", "2.34", words)).toEqual({ entries: ["random-key"], certain: true });
  });
  it("is what an abort says when only the message differs", () => {
    expect(explain("2.35", "2.36", { ...clues, aspect: "end" })).toEqual({ entries: ["assert-short"], certain: true });
  });
  it("is what moved the blocks when no marker tells, and all candidates when nothing does", () => {
    expect(explain("2.29", "2.30", { ...clues, moved: true })).toEqual({ entries: ["tcache-counts"], certain: true });
    expect(explain("2.29", "2.30", clues)).toMatchObject({ certain: false });
  });
  it("knows changes of releases that are not offered", () => {
    const found = explain("2.24", "2.26", { ...clues, differing: new Set(["UnlinkSizes"]) });
    expect(found).toEqual({ entries: ["unlink-size"], certain: true });
  });
});
