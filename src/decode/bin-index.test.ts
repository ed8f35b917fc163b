import fc from "fast-check";
import { expect, test } from "vitest";
import { mallocAbis } from "../abi/glibc-structs";
import {
  binIndex,
  fastBinSize,
  firstChunkAt,
  firstLargeSize,
  isChunkAligned,
  largeBinRange,
  smallBinSize,
  tcacheSize,
} from "./bin-index";

const abi = fc.constantFrom(...mallocAbis);

test("every size lies in the range of the bin it belongs to", () => {
  fc.assert(
    fc.property(abi, fc.oneof(fc.nat(1 << 13), fc.nat(1 << 22)), (layout, units) => {
      const size = layout.minChunkBytes + units * layout.alignment;
      const index = binIndex(layout, size);
      if (index < layout.firstLargeBin) expect(smallBinSize(layout, index)).toBe(size);
      else {
        const { start, end } = largeBinRange(layout, index);
        expect(size).toBeGreaterThanOrEqual(start);
        expect(size).toBeLessThan(end);
      }
    }),
  );
});

test("large bins follow each other without gap or overlap", () => {
  for (const layout of mallocAbis) {
    let at = firstLargeSize(layout);
    for (let index = layout.firstLargeBin; index <= layout.lastLargeBin; index++) {
      const { start, end } = largeBinRange(layout, index);
      if (start === end) continue;
      expect(start).toBe(at);
      at = end;
    }
    expect(at).toBe(Infinity);
  }
});

test("known places on x86-64: 0x20 and 0x3f0 are small, 0x400 the first large, 0x520 in bin 68", () => {
  const [amd64] = mallocAbis;
  if (amd64 === undefined) throw new Error("no layout");
  expect([0x20, 0x3f0, 0x400, 0x430, 0x510, 0x520].map((size) => binIndex(amd64, size))).toEqual([2, 63, 64, 64, 68, 68]);
  expect([fastBinSize(amd64, 0), tcacheSize(amd64, 63)]).toEqual([0x20, 0x410]);
});

test("the first chunk of a region is the first aligned address in it", () => {
  fc.assert(
    fc.property(abi, fc.nat(1 << 16), (layout, words) => {
      const start = words * layout.wordBytes;
      const first = firstChunkAt(layout, start);
      expect(isChunkAligned(layout, first)).toBe(true);
      expect(first - start).toBeGreaterThanOrEqual(0);
      expect(first - start).toBeLessThan(layout.alignment);
    }),
  );
});
