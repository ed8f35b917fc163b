import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { freeArea, MAX_ORDER, pageDescriptor, pageFlag, zoneStruct } from "../abi/kernel";
import { machineMemory } from "../abi/machine-memory";
import { type Buddy, createBuddy, pageOf } from "./buddy";
import { type Bytes, bytesOf } from "./host";
import { type FreeBlocks, freeBlocks } from "../decode/buddy";

const memory = new ArrayBuffer(machineMemory.scratch);
const words = new Uint32Array(memory);
let journal: { readonly at: number; readonly before: readonly [number, number]; readonly size: number }[] = [];
let bytes: Bytes;
let buddy: Buddy;

function machine(pages: number): void {
  words.fill(0, machineMemory.kernel >>> 2);
  journal = [];
  bytes = bytesOf({
    memory,
    put: (at, size, lo, hi) => {
      const i = at >>> 2;
      journal.push({ at: i, before: [words[i] ?? 0, words[i + 1] ?? 0], size });
      words[i] = lo;
      if (size === 8) words[i + 1] = hi;
    },
    zeroFrame: () => {},
    tidy: () => {},
    emptyFrame: () => {},
    copyFrame: () => {},
    mark: () => {},
    flush: () => {},
  });
  buddy = createBuddy(bytes);
  buddy.initialise(pages);
}

const lists = (): FreeBlocks => freeBlocks(new Uint8Array(memory));
const listed = (): readonly (readonly number[])[] => lists().orders.map(({ pfns }) => [...pfns].toSorted((a, b) => a - b));
const freePages = (): number => bytes.u64(zoneStruct.at + zoneStruct.free_pages);

/** The laws that hold whatever was asked for: `taken` are the blocks handed out. */
function checkLaws(pages: number, taken: ReadonlyMap<number, number>): void {
  const { orders, deferredPages, damaged } = lists();
  expect(damaged).toBe(false);
  const end = bytes.u64(zoneStruct.at + zoneStruct.zone_start_pfn) + pages;
  const state = new Uint8Array(end);
  let free = deferredPages;
  const mark = (pfn: number, order: number): void => {
    expect(pfn % 2 ** order).toBe(0);
    for (let i = pfn; i < pfn + 2 ** order; i++) {
      expect(state[i]).toBe(0);
      state[i] = 1;
    }
  };
  for (const { order, pfns, count } of orders) {
    expect(pfns.length).toBe(count);
    for (const pfn of pfns) {
      mark(pfn, order);
      free += 2 ** order;
      const other = pfn ^ (1 << order);
      if (order < MAX_ORDER) expect(pfns.includes(other)).toBe(false);
    }
  }
  for (const [pfn, order] of taken) mark(pfn, order);
  expect(freePages()).toBe(free);
  expect(free + [...taken.values()].reduce((sum, order) => sum + 2 ** order, 0)).toBe(pages);
}

const step = fc.record({ order: fc.integer({ min: 0, max: 6 }), give: fc.boolean(), which: fc.nat() });

function play(steps: readonly { readonly order: number; readonly give: boolean; readonly which: number }[]): Map<number, number> {
  const taken = new Map<number, number>();
  for (const { order, give, which } of steps) {
    const held = [...taken];
    const victim = held[which % Math.max(1, held.length)];
    if (give && victim !== undefined) {
      buddy.give(...victim);
      taken.delete(victim[0]);
    } else {
      const pfn = buddy.take(order);
      if (pfn >= 0) taken.set(pfn, order);
    }
  }
  return taken;
}

describe("the buddy allocator", () => {
  beforeEach(() => machine(4096));

  it("begins with the largest blocks that alignment allows", () => {
    expect(listed()[MAX_ORDER]).toEqual([0, 1024, 2048, 3072]);
    machine(2048 + 397);
    expect(listed().map((pfns) => pfns.length)).toEqual([1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 2]);
    checkLaws(2048 + 397, new Map());
  });

  it("splits a block into halves, the lowest handed out, and joins them again", () => {
    expect(buddy.take(0)).toBe(0);
    expect(listed()).toEqual([[1], [2], [4], [8], [16], [32], [64], [128], [256], [512], [1024, 2048, 3072]]);
    expect([buddy.take(0), buddy.take(2), buddy.take(0)]).toEqual([1, 4, 2]);
    for (const [pfn, order] of [
      [2, 0],
      [4, 2],
      [0, 0],
      [1, 0],
    ] as const)
      buddy.give(pfn, order);
    expect(listed()).toEqual([[], [], [], [], [], [], [], [], [], [], [0, 1024, 2048, 3072]]);
  });

  it("keeps a block for last whose pair could soon be whole", () => {
    const pfns = [0, 1, 2, 3, 4, 5, 6, 7].map(() => buddy.take(0));
    buddy.give(6, 0);
    // Of 2 and 3 only 2 is free, and their neighbours 0 and 1 are not one free block: first in the list.
    buddy.give(2, 0);
    expect(lists().orders[0]?.pfns).toEqual([2, 6]);
    buddy.give(4, 0);
    buddy.give(5, 0);
    buddy.give(0, 0);
    expect(lists().orders[1]?.pfns).toEqual([4]);
    // The block of 4 and 5 is free: 7's half joins with 6 and that with it.
    buddy.give(7, 0);
    expect(listed()[2]).toEqual([4]);
    expect(pfns).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    // 2 and 3 above 0: giving 1 back would make 0 and 1 whole beside a half.
    expect(lists().orders[0]?.pfns).toEqual([0, 2]);
  });

  it("hands out aligned blocks that do not overlap, and counts what is free, whatever is asked for", () => {
    fc.assert(
      fc.property(fc.constantFrom(1024, 2048 + 397, 4096), fc.array(step, { maxLength: 120 }), (pages, steps) => {
        machine(pages);
        checkLaws(pages, play(steps));
      }),
      { numRuns: 60 },
    );
  });

  it("is as at the beginning when all is given back, in whatever order", () => {
    const pages = 4096 + 397;
    machine(pages);
    const before = listed();
    const taken: number[] = [];
    for (let pfn = buddy.take(0); pfn >= 0; pfn = buddy.take(0)) taken.push(pfn);
    expect(taken.length).toBe(pages);
    expect(freePages()).toBe(0);
    for (let stride = 0; stride < 7; stride++) for (let i = stride; i < taken.length; i += 7) buddy.give(taken[i] ?? 0, 0);
    expect(listed()).toEqual(before);
    expect(freePages()).toBe(pages);
  });

  it("undo takes every byte back", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        machine(2048 + 397);
        const before = words.slice(machineMemory.kernel >>> 2);
        journal = [];
        play(steps);
        for (const { at, before: old, size } of journal.toReversed()) {
          words[at] = old[0];
          if (size === 8) words[at + 1] = old[1];
        }
        expect(Buffer.compare(Buffer.from(words.slice(machineMemory.kernel >>> 2).buffer), Buffer.from(before.buffer))).toBe(0);
      }),
      { numRuns: 8 },
    );
  });

  it("sets struct pages up as they are needed: RAM that is never used costs nothing", () => {
    machine(6_171_021);
    const { deferredPages } = lists();
    expect(deferredPages).toBeGreaterThan(6_000_000);
    for (let i = 0; i < 20; i++) expect(buddy.take(MAX_ORDER)).toBeGreaterThanOrEqual(0);
    expect(lists().deferredPages).toBeLessThan(deferredPages);
    expect(freePages()).toBe(6_171_021 - 20 * 1024);
  });
});

describe("the decoder of free blocks", () => {
  it("says so when the lists are damaged, and always ends", () => {
    const place = fc.constantFrom(freeArea.at, pageOf(0), pageOf(1024), pageOf(2), zoneStruct.at);
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.nat(40), fc.nat(0xffff_ffff)), { maxLength: 6 }), (writes) => {
        machine(4096);
        buddy.take(0);
        for (const [base, offset, value] of writes) words[(base >>> 2) + offset] = value;
        for (const { pfns } of lists().orders) expect(pfns.length).toBeLessThanOrEqual(pageDescriptor.capacity);
      }),
      { numRuns: 60 },
    );
    machine(4096);
    words[(pageOf(1024) + pageDescriptor.flags) >>> 2] = pageFlag.anon;
    expect(lists().damaged).toBe(true);
  });
});
