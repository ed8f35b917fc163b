import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findMallocAbi } from "../abi/glibc-structs";
import { assert } from "../base";
import { addressName, binOfHeader, type NamedPlaces } from "./address-name";
import { chunkBuilder } from "./chunk-table";

const abi = findMallocAbi("2.36", "amd64");
assert(abi !== undefined, "2.36 is known");
const places: NamedPlaces = {
  abi,
  mainArena: 0x7000,
  mp: 0x6000,
  tcache: 0x10010,
  chunks: chunkBuilder().finish(0, 0x10000, 0x20000),
  names: new Map(),
};

describe("names of addresses", () => {
  it("every word of a struct has the struct's prefix", () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: abi.mallocState.sizeBytes - 1 }), (offset) => {
        expect(addressName(places, places.mainArena + offset)).toMatch(/^main_arena\.\w+(\[\d+\])?$/);
      }),
    );
  });

  it("says which element of an array it is", () => {
    expect(addressName(places, 0x7000 + 112 + 3 * 8)).toBe("main_arena.bins[3]");
    expect(addressName(places, 0x10010 + 2)).toBe("tcache.counts[1]");
    expect(addressName(places, 0x6000 + 16)).toBe("mp_.mmap_threshold");
  });

  it("tells a bin by its header, the chunk that its links would belong to", () => {
    expect(binOfHeader(abi, 0x7000, 0x7000 + 96)).toBe(1);
    expect(binOfHeader(abi, 0x7000, 0x7000 + 96 + 63 * 16)).toBe(64);
    expect(binOfHeader(abi, 0x7000, 0x7000 + 100)).toBe(-1);
    expect(binOfHeader(abi, 0x7000, 0x7000 + 80)).toBe(-1);
    expect(binOfHeader(abi, 0x7000, 0x5555)).toBe(-1);
  });

  it("knows nothing of other addresses", () => {
    expect(addressName(places, 0x100)).toBeNull();
  });
});
