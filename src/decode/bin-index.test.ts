import fc from "fast-check";
import { expect, test } from "vitest";
import { findMallocAbi, mallocAbis } from "../abi/glibc-structs";
import {
  binIndex,
  fastBinSize,
  fieldOf,
  firstChunkAt,
  firstLargeSize,
  isChunkAligned,
  largeBinRange,
  smallBinSize,
  tcacheRange,
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
  const amd64 = findMallocAbi("2.36", "amd64");
  if (amd64 === undefined) throw new Error("no layout");
  expect([0x20, 0x3f0, 0x400, 0x430, 0x510, 0x520].map((size) => binIndex(amd64, size))).toEqual([2, 63, 64, 64, 68, 68]);
  expect([fastBinSize(amd64, 0), tcacheRange(amd64, 63).start]).toEqual([0x20, 0x410]);
});

test("lists of a tcache follow each other without gap or overlap; those for large chunks take a power of two of sizes", () => {
  for (const layout of mallocAbis) {
    const lists = layout.tcache === null ? 0 : (fieldOf(layout.tcache, "entries")?.count ?? 0);
    let at = layout.minChunkBytes;
    for (let index = 0; index < lists; index++) {
      const { start, end } = tcacheRange(layout, index);
      if (start === end) continue;
      expect(start).toBe(at);
      at = end;
    }
    if (lists > layout.tcacheSmallBins) expect(Math.log2(at) % 1).toBe(0);
  }
  const ends = (["amd64", "i386"] as const).flatMap((width) =>
    ["2.42", "2.43"].map((glibc) => {
      const layout = findMallocAbi(glibc, width);
      return layout === undefined ? 0 : tcacheRange(layout, 75).end;
    }),
  );
  expect(ends).toEqual([1 << 22, 1 << 22, 1 << 21, 1 << 22]);
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
