import fc from "fast-check";
import { expect, it } from "vitest";
import { lineDiff } from "./line-diff";

const lines = fc.array(fc.constantFrom("Rss: 4 kB", "Rss: 8 kB", "a", "b", "c"), { maxLength: 12 });

it("what stays and comes is the text after, what stays and goes the text before", () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = lineDiff(before, after);
      const without = (kind: string) => diff.filter((line) => line.kind !== kind).map(({ text }) => text);
      expect(without("removed")).toEqual(after);
      expect(without("added")).toEqual(before);
    }),
  );
});

it("keeps all that can stay", () => {
  const kinds = lineDiff(["a", "x", "b", "c"], ["a", "b", "y", "c"]).map(({ kind }) => kind);
  expect(kinds).toEqual(["same", "removed", "same", "added", "same"]);
  expect(lineDiff(["a"], ["a"]).every(({ kind }) => kind === "same")).toBe(true);
});

it("texts too long to compare are told as replaced", () => {
  const [old, now] = [Array.from({ length: 3000 }, (_, i) => `old ${i}`), Array.from({ length: 3000 }, (_, i) => `new ${i}`)];
  const diff = lineDiff(["head", ...old], ["head", ...now]);
  expect(diff.length).toBe(6001);
  expect(diff[0]).toEqual({ kind: "same", text: "head" });
});
