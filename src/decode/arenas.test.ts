import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeHeap } from "./heap";
import { threadedProcess, threadedView } from "./testing/threads";
import { chunkFlag, chunkState, type HeapFacts } from "./types";

const { abi, site, pieces, live } = threadedProcess;
const decode = (view = threadedView()): HeapFacts => decodeHeap(view, abi, site);
const facts = decode();

/** Rows of the chunk table that lie in [start, end). */
function rowsIn({ chunks }: HeapFacts, start: number, end: number): number[] {
  return Array.from({ length: chunks.count }, (_, row) => row).filter((row) => {
    const addr = chunks.addr[row] ?? 0;
    return addr >= start && addr < end;
  });
}

describe("a real process with four threads", () => {
  test("has four arenas, and one of them two heaps", () => {
    expect(facts.problems).toEqual([]);
    expect(facts.arenas.map(({ heaps }) => heaps.length)).toEqual([0, 1, 2, 1]);
    expect(facts.arenas.map(({ attachedThreads }) => attachedThreads)).toEqual([1, 1, 1, 1]);
    for (const { heaps, addr, systemBytes, index } of facts.arenas.slice(1)) {
      expect(heaps[0]?.prev).toBe(0);
      expect(addr - (heaps[0]?.addr ?? 0)).toBe(abi.heapInfo.sizeBytes);
      expect(heaps.reduce((sum, heap) => sum + heap.sizeBytes, 0)).toBe(systemBytes);
      if (index === 2) expect(heaps[1]?.prev).toBe(heaps[0]?.addr);
    }
  });

  test("every heap is tiled by its chunks, and the heap that was given up ends in fenceposts", () => {
    for (const { heaps, index } of facts.arenas) {
      for (const heap of heaps) {
        const end = heap.addr + heap.sizeBytes;
        let at = heap.firstChunk;
        for (const row of rowsIn(facts, heap.firstChunk, end)) {
          expect(facts.chunks.addr[row]).toBe(at);
          expect(facts.chunks.arena[row]).toBe(index);
          at += facts.chunks.size[row] ?? 0;
        }
        expect(at).toBe(end);
        const last = rowsIn(facts, heap.firstChunk, end).at(-1) ?? -1;
        const gone = heap !== heaps.at(-1);
        expect(facts.chunks.state[last]).toBe(gone ? chunkState.fencepost : chunkState.top);
      }
    }
  });

  test("the chunks in use are the blocks handed out, and what pthread_create allocated for each thread", () => {
    const { chunks } = facts;
    const inUse: number[] = [];
    for (let row = 0; row < chunks.count; row++)
      if (chunks.state[row] === chunkState.inuse) inUse.push((chunks.addr[row] ?? 0) + 16);
    const known = new Set(live);
    expect(live.every((addr) => inUse.includes(addr))).toBe(true);
    expect(inUse.filter((addr) => !known.has(addr)).map((addr) => chunks.size[chunks.addr.indexOf(addr - 16)])).toEqual([
      0x120, 0x120, 0x120,
    ]);
  });

  test("chunks of other arenas say so, and only those", () => {
    const { chunks } = facts;
    for (let row = 0; row < chunks.count; row++) {
      if (chunks.state[row] !== chunkState.inuse && chunks.state[row] !== chunkState.tcache) continue;
      expect(((chunks.flags[row] ?? 0) & chunkFlag.nonMainArena) !== 0).toBe((chunks.arena[row] ?? 0) > 0);
    }
  });

  test("every thread has its own tcache, and one of them holds blocks of another arena", () => {
    expect(facts.tcaches.map(({ addr }) => addr)).toEqual([site.tcache, ...(site.otherTcaches ?? [])]);
    expect(facts.lists.every((list, index) => list.id === index)).toBe(true);
    const arenasOf = facts.tcaches.map(
      ({ lists }) =>
        new Set(lists.flatMap(({ entries }) => [...entries].map((addr) => facts.chunks.arena[facts.chunks.addr.indexOf(addr)]))),
    );
    expect(arenasOf.map(({ size }) => size)).toEqual([1, 1, 1, 2]);
    expect(facts.totals.countByState[chunkState.meta]).toBe(4);
  });
});

test("damage anywhere, in arenas, heaps' headers and tcaches too, never throws and never hangs the decoders", () => {
  const addresses = [
    site.mainArena,
    ...facts.arenas.map(({ addr }) => addr),
    ...facts.arenas.flatMap(({ heaps }) => heaps.map(({ addr }) => addr)),
    ...facts.tcaches.map(({ addr }) => addr),
    ...facts.arenas.map(({ top }) => top),
  ];
  const word = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.constantFrom(0n, 1n, ...addresses.map(BigInt)),
    fc.bigInt({ min: 0n, max: 0x2000n }),
  );
  const write = fc.record({ base: fc.constantFrom(...addresses), offset: fc.nat(300), value: word });
  fc.assert(
    fc.property(fc.array(write, { minLength: 1, maxLength: 12 }), (writes) => {
      const copies = pieces.map((piece) => ({ addr: piece.addr, bytes: piece.bytes.slice() }));
      for (const { base, offset, value } of writes) {
        const at = base + offset * 8;
        const piece = copies.find(({ addr, bytes }) => at >= addr && at + 8 <= addr + bytes.length);
        if (piece !== undefined) new DataView(piece.bytes.buffer).setBigUint64(at - piece.addr, value, true);
      }
      const damaged = decode(threadedView(copies));
      const { chunks } = damaged;
      for (let row = 1; row < chunks.count; row++) {
        if (row === chunks.heapCount) continue;
        expect(chunks.addr[row] ?? 0).toBeGreaterThanOrEqual((chunks.addr[row - 1] ?? 0) + (chunks.size[row - 1] ?? 0));
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
