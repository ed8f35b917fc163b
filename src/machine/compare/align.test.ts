import fc from "fast-check";
import { expect, test } from "vitest";
import { type Alignable, align } from "./align";

const call = fc.record({ api: fc.constantFrom("malloc", "free", "calloc"), statement: fc.nat(4) });
const calls = fc.array(call, { maxLength: 60 });
const same = (a: Alignable | undefined, b: Alignable | undefined): boolean =>
  a !== undefined && b !== undefined && a.api === b.api && a.statement === b.statement;

test("every call of both runs is in exactly one pair, in order, and partners are the same call", () => {
  fc.assert(
    fc.property(calls, calls, (a, b) => {
      const pairs = align(a, b);
      expect(pairs.map((pair) => pair.a).filter((index) => index >= 0)).toEqual(a.map((_, index) => index));
      expect(pairs.map((pair) => pair.b).filter((index) => index >= 0)).toEqual(b.map((_, index) => index));
      for (const pair of pairs) if (pair.a >= 0 && pair.b >= 0) expect(same(a[pair.a], b[pair.b])).toBe(true);
    }),
  );
});

test("equal runs pair one to one, and calls that only one makes are left alone", () => {
  fc.assert(
    fc.property(calls, fc.nat(), call, (a, at, extra) => {
      expect(align(a, a)).toEqual(a.map((_, index) => ({ a: index, b: index })));
      const place = at % (a.length + 1);
      const longer = [...a.slice(0, place), { ...extra, statement: 99 }, ...a.slice(place)];
      const pairs = align(a, longer);
      expect(pairs.filter((pair) => pair.a < 0)).toEqual([{ a: -1, b: place }]);
      expect(pairs).toHaveLength(longer.length);
    }),
  );
});
