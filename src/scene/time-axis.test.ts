import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beginX, cursorAt, endOfAxis, endX, timeAxis, xOfCursor } from "./time-axis";

/** Runs of calls with records between some of them; the kernel works anywhere. */
const run = fc
  .record({
    first: fc.nat(100),
    calls: fc.array(fc.record({ gap: fc.nat(40), length: fc.integer({ min: 1, max: 60 }) }), { maxLength: 30 }),
    tail: fc.nat(40),
    work: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }),
  })
  .map(({ first, calls, tail, work }) => {
    let record = first;
    const operations = calls.map(({ gap, length }) => {
      const begin = record + gap;
      record = begin + length;
      return { begin, end: record };
    });
    const last = record + tail;
    const at = Uint32Array.from(work, (share) => first + Math.floor(share * (last - first))).toSorted();
    return { first, last, operations, kernel: { at } };
  });

describe("the axis of time", () => {
  test("has a place of its own for every instant, in order, and leads back to it", () => {
    fc.assert(
      fc.property(run, (timed) => {
        fc.pre(timed.last > timed.first);
        const axis = timeAxis(timed, 12, 1000);
        let before = -Infinity;
        for (let cursor = timed.first; cursor <= timed.last; cursor++) {
          const x = xOfCursor(axis, cursor);
          expect(x).toBeGreaterThan(before);
          expect(cursorAt(axis, x)).toBe(cursor);
          before = x;
        }
        expect(xOfCursor(axis, timed.first)).toBe(12);
        expect(before).toBeCloseTo(1012, 6);
        expect(endOfAxis(axis)).toBeCloseTo(1012, 6);
        expect([cursorAt(axis, -50), cursorAt(axis, 5000)]).toEqual([timed.first, timed.last]);
      }),
    );
  });

  test("gives all calls the same width, and what is inside one leads into it", () => {
    fc.assert(
      fc.property(run, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (timed, share) => {
        const axis = timeAxis(timed, 12, 1000);
        const widths = timed.operations.map((_, i) => endX(axis, i) - beginX(axis, i));
        for (const [i, { begin, end }] of timed.operations.entries()) {
          expect(widths[i]).toBeCloseTo(widths[0] ?? 0, 6);
          const cursor = cursorAt(axis, beginX(axis, i) + share * (widths[i] ?? 0));
          expect(cursor).toBeGreaterThan(begin);
          expect(cursor).toBeLessThanOrEqual(end);
        }
      }),
    );
  });

  test("gives what lies between two calls more room the more the kernel does there, and none where nothing does", () => {
    const operations = [
      { begin: 100, end: 200 },
      { begin: 300, end: 400 },
      { begin: 400, end: 500 },
    ];
    const widthOfGap = (faults: number): number => {
      const axis = timeAxis(
        { first: 100, last: 500, operations, kernel: { at: Uint32Array.from({ length: faults }, (_, i) => 210 + i) } },
        0,
        1000,
      );
      expect(beginX(axis, 2)).toBe(endX(axis, 1));
      return (beginX(axis, 1) - endX(axis, 0)) / (endX(axis, 0) - beginX(axis, 0));
    };
    expect([0, 1, 4, 16].map((faults) => Number(widthOfGap(faults).toFixed(6)))).toEqual([0.25, 0.75, 1.25, 2.25]);
  });
});
