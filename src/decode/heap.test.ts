import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rowAt, rowOf } from "./chunk-table";
import { heapContext } from "./context";
import { chunkDetail, linksTo } from "./detail";
import { decodeHeap } from "./heap";
import { committedDumps, goldenDumps, type HeapDump, siteOfDump, viewOf } from "./testing/heaps";
import { chunkFlag, chunkState, chunkStateNames, type HeapFacts } from "./types";

const decode = (dump: HeapDump): HeapFacts => decodeHeap(viewOf(dump), dump.abi, siteOfDump(dump));
const codes = (facts: HeapFacts): string[] => [...new Set(facts.problems.map((problem) => problem.code))].toSorted();

function expectTiled(facts: HeapFacts): void {
  const { chunks } = facts;
  let at = chunks.start;
  const holes: number[] = [];
  for (let row = 0; row < chunks.heapCount; row++) {
    if (chunks.addr[row] !== at || !((chunks.size[row] ?? 0) > 0)) holes.push(row);
    at += chunks.size[row] ?? 0;
  }
  expect(holes).toEqual([]);
  expect(at).toBe(chunks.end);
}

/** What holds in every heap of a program that misuses nothing. */
function expectSound(facts: HeapFacts): void {
  expect(facts.problems).toEqual([]);
  const { chunks, bins, totals } = facts;
  const listed = bins.lists.reduce((sum, list) => sum + list.entries.length, 0);
  const states = [chunkState.tcache, chunkState.fast, chunkState.unsorted, chunkState.small, chunkState.large];
  expect(states.reduce((sum, state) => sum + (totals.countByState[state] ?? 0), 0)).toBe(listed);
  for (const list of bins.lists) {
    expect(["nil", "ring"]).toContain(list.end);
    for (const [i, addr] of list.entries.entries()) {
      const row = rowOf(chunks, addr);
      expect(chunks.bin[row]).toBe(list.id);
      expect(chunks.binPosition[row]).toBe(i + 1);
      expect(chunkStateNames[chunks.state[row] ?? -1]).toBe(list.kind);
    }
  }
  expect(totals.countByState[chunkState.corrupt]).toBe(0);
  expect(totals.countByState[chunkState.loose]).toBe(0);
  const spare = (totals.bytesByState[chunkState.foreign] ?? 0) + (totals.bytesByState[chunkState.fencepost] ?? 0);
  expect(totals.inUse + totals.freeInBins + totals.top + spare).toBe(chunks.end - chunks.start);
}

/** Problems of lists that lead out of what was recorded. */
const away = new Set(["arena ring", "link unreadable", "link outside heap", "count mismatch"]);

describe("heaps recorded from real glibc", () => {
  const dumps = [...committedDumps, ...goldenDumps()];
  test.each(dumps.map((dump) => [dump.name, dump] as const))("%s is tiled by its chunks", (name, dump) => {
    const facts = decode(dump);
    expectTiled(facts);
    // What leads to other arenas cannot be followed: they were not recorded.
    if (dump.recorded?.otherArenas === true) expect(codes(facts).filter((code) => !away.has(code))).toEqual([]);
    else if (!name.includes("misuse")) expectSound(facts);
    expect(facts.chunks.heapCount).toBeGreaterThan(1);
    expect(facts.unborn).toBe(false);
    if (dump.recorded === null) return;
    expect(facts.bins.top).toBe(dump.recorded.top);
    expect(facts.arenas[0]?.systemBytes).toBe(dump.recorded.systemBytes);
  });

  const named = (part: string): HeapFacts => {
    const dump = committedDumps.find((entry) => entry.name.startsWith(part) && entry.name.includes("(2.36 amd64)"));
    if (dump === undefined) throw new Error(`no dump ${part}`);
    return decode(dump);
  };

  test("a tcache is found wherever its release has one, and its lists hold as many as it says", () => {
    for (const dump of dumps) {
      const { tcaches } = decode(dump);
      if (dump.abi.tcache === null) expect(tcaches).toEqual([]);
      else if (dump.name.includes("mixed-")) expect(tcaches[0]?.lists.some((list) => list.claimedCount > 0)).toBe(true);
    }
  });

  test("a tcache entry freed twice shows as a cycle, and the count disagrees", () => {
    const facts = named("misuse-144");
    expect(codes(facts)).toEqual(["count mismatch", "list cycle"]);
    expect(facts.bins.lists.find((list) => list.end === "cycle")?.cycleTo).toBeGreaterThanOrEqual(0);
  });
  test("an overwritten size is one corrupt stretch, and the walk goes on after it", () => {
    const facts = named("misuse-138");
    expect(codes(facts)).toContain("size past top");
    expect(facts.totals.countByState[chunkState.corrupt]).toBe(1);
    expect(facts.totals.countByState[chunkState.top]).toBe(1);
  });
  test("a cleared PREV_INUSE makes a live chunk look free", () => {
    expect(codes(named("misuse-207"))).toEqual(["free without list", "link not a chunk", "prev_size mismatch"]);
  });
  test("a chunk of another size in a tcache list is reported", () => {
    expect(codes(named("misuse-192"))).toEqual(["wrong size for list"]);
  });
  test("a misaligned tcache link is not followed", () => {
    const facts = named("misuse-114");
    expect(codes(facts)).toEqual(["link misaligned"]);
    expect(facts.bins.lists.some((list) => list.end === "broken" && list.brokenTo > 0)).toBe(true);
  });
  test("memory that the program took with sbrk is foreign, behind two fenceposts", () => {
    const { totals, chunks } = named("sbrk-1");
    expect(totals.countByState[chunkState.foreign]).toBe(2);
    expect(totals.countByState[chunkState.fencepost]).toBe(2);
    const post = chunks.state.indexOf(chunkState.fencepost);
    expect(chunks.size[post]).toBe(16);
    expect(chunks.state[post + 2]).toBe(chunkState.foreign);
  });
});

describe("one chunk", () => {
  const dump = committedDumps[0];
  if (dump === undefined) throw new Error("no committed dump");
  const facts = decode(dump);
  const context = heapContext(viewOf(dump), dump.abi, siteOfDump(dump));

  test("only fields of its state are valid", () => {
    for (let row = 0; row < facts.chunks.heapCount; row++) {
      const detail = chunkDetail(context, facts, row);
      if (detail === null) throw new Error("row without detail");
      const valid = detail.fields.filter((field) => field.valid).map((field) => field.name);
      const prevFree = (detail.flags & chunkFlag.prevInuse) === 0;
      expect(valid.includes("prev_size")).toBe(prevFree);
      expect(valid).toContain("size");
      const links = valid.filter((name) => name !== "prev_size" && name !== "size");
      if (detail.state === "inuse" || detail.state === "top" || detail.state === "meta") expect(links).toEqual([]);
      if (detail.state === "tcache") expect(links).toEqual(["next", "key"]);
      if (detail.state === "fast") expect(links).toEqual(["fd"]);
      if (detail.state === "unsorted" || detail.state === "small") expect(links).toEqual(["fd", "bk"]);
      if (detail.state === "inuse") expect(detail.usableBytes).toBe(detail.sizeBytes - 8);
    }
  });

  test("every listed chunk is pointed at by its neighbours in the list, and the words really hold the links", () => {
    for (const list of facts.bins.lists) {
      const ring = list.kind !== "tcache" && list.kind !== "fast";
      for (const addr of list.entries) {
        const links = linksTo(context, facts, rowOf(facts.chunks, addr)).filter(
          (link) => link.kind === "bin" || (link.kind === "chunk" && link.field !== "prev_size"),
        );
        expect(links.length).toBe(ring ? 2 : 1);
        for (const link of links) if (ring) expect(context.reader.word(link.at)).toBe(addr);
      }
    }
  });

  test("rowAt finds the chunk of every address, rowOf only starts", () => {
    for (let row = 0; row < facts.chunks.heapCount; row++) {
      const addr = facts.chunks.addr[row] ?? 0;
      expect(rowOf(facts.chunks, addr)).toBe(row);
      expect(rowAt(facts.chunks, addr + (facts.chunks.size[row] ?? 0) - 1)).toBe(row);
      expect(rowOf(facts.chunks, addr + 8)).toBe(-1);
    }
    expect(rowAt(facts.chunks, facts.chunks.end)).toBe(-1);
  });
});

describe("damaged heaps", () => {
  const damage = fc.record({
    dump: fc.nat(committedDumps.length - 1),
    where: fc.constantFrom("heap", "state", "par"),
    writes: fc.array(
      fc.record({
        at: fc.nat(1 << 20),
        value: fc.oneof(
          fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
          fc.bigInt({ min: 0n, max: 0x200n }),
          fc.constantFrom("near", "arena" as const),
        ),
      }),
      { minLength: 1, maxLength: 24 },
    ),
  });

  test("never throw and never hang the decoders, and rows still tile the heap", () => {
    fc.assert(
      fc.property(damage, ({ dump: index, where, writes }) => {
        const original = committedDumps[index];
        if (original === undefined) return;
        const dump = { ...original, heap: original.heap.slice(), state: original.state.slice(), par: original.par.slice() };
        const target = dump[where];
        const view = new DataView(target.buffer);
        for (const { at, value } of writes) {
          const offset = (at * 8) % (target.length - 8);
          const word =
            value === "near"
              ? BigInt(dump.heapStart + ((at * 16) % dump.heap.length))
              : value === "arena"
                ? BigInt(dump.mainArena + (at % 2200))
                : value;
          view.setBigUint64(offset - (offset % 8), word, true);
        }
        // The tcache stays where it was: damage does not move the thread's pointer.
        const site = { ...siteOfDump(original), brk: dump.brk };
        const facts = decodeHeap(viewOf(dump), dump.abi, site);
        expectTiled(facts);
        const context = heapContext(viewOf(dump), dump.abi, site);
        for (let row = 0; row < facts.chunks.count; row += 17) {
          chunkDetail(context, facts, row);
          linksTo(context, facts, row);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("a size that cannot be one is always reported, wherever it is", () => {
    const dump = committedDumps[0];
    if (dump === undefined) throw new Error("no committed dump");
    const { chunks } = decode(dump);
    fc.assert(
      fc.property(
        fc.nat(chunks.heapCount - 2),
        fc.oneof(
          fc.nat(31),
          fc.integer({ min: 0x20, max: 0x4000 }).map((n) => n * 16 + 8),
          fc.constant(0x7fff_ffff_fff0),
        ),
        (row, size) => {
          const heap = dump.heap.slice();
          const at = (chunks.addr[row] ?? 0) - dump.heapStart + 8;
          new DataView(heap.buffer).setBigUint64(at, BigInt(size - (size % 8)), true);
          const facts = decode({ ...dump, heap });
          expect(facts.problems.length).toBeGreaterThan(0);
          expect(facts.problems.some((problem) => problem.at === dump.heapStart + at)).toBe(true);
        },
      ),
    );
  });

  test("a heap of garbage costs no more than a look at every word", () => {
    const dump = committedDumps[0];
    if (dump === undefined) throw new Error("no committed dump");
    const heap = new Uint8Array(4 << 20);
    const view = new DataView(heap.buffer);
    // Every header leads to another one, none to top: the worst case for a walk that looks for a way on.
    for (let at = 0; at < heap.length; at += 16) view.setUint32(at + 8, (((at * 2654435761) >>> 20) & ~15) | 0x21, true);
    const state = dump.state.slice();
    new DataView(state.buffer).setBigUint64(96, BigInt(dump.heapStart + heap.length - 0x20), true);
    const before = performance.now();
    const facts = decode({ ...dump, heap, state, brk: dump.heapStart + heap.length });
    expect(performance.now() - before).toBeLessThan(4000);
    expect(facts.chunks.end - facts.chunks.start).toBe(heap.length);
  });
});
