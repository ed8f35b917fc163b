import { describe, expect, it } from "vitest";
import { findMallocAbi } from "../../abi/glibc-structs";
import { places } from "./places";

const abi = findMallocAbi("2.36", "amd64");
if (abi === undefined) throw new Error("2.36 is known");
const process = {
  glibc: "2.36",
  abi: "amd64",
  wordBytes: 8,
  heapStart: 0x5000_0000,
  libcBase: 0,
  mainArena: 0x7000_0000,
  mp: 0x7100_0000,
  tcachePointer: 0,
  tcacheKey: 0,
  globalMaxFast: 0,
  perturbByte: 0,
  stackTop: 0,
} as const;

describe("names of places", () => {
  const where = places(abi, process);
  where.handedOut(0x5000_02a0, 24, 0);
  where.handedOut(0x5000_02c0, 24, 1);
  where.tcacheMade(0x5000_0010);

  it("are fields of malloc's structs, or a call's block and the distance from its chunk", () => {
    expect(where.name(0x7000_0000 + 96)).toBe("main_arena.top");
    expect(where.name(0x7100_0000 + 16)).toBe("mp_.mmap_threshold");
    expect(where.name(0x5000_0010 + 2)).toBe("tcache.counts[1]");
    expect(where.name(0x5000_0290)).toBe("#0+0");
    expect(where.name(0x5000_02b8)).toBe("#1+8");
  });

  it("are the latest call's when a block is handed out again, and nothing outside of every block", () => {
    where.handedOut(0x5000_02a0, 24, 7);
    expect(where.blockAt(0x5000_0298)).toEqual({ call: 7, offset: 8 });
    expect(where.name(0x4000_0000)).toBeNull();
    expect(where.name(0x5000_02d0)).toBeNull();
  });
});
