/**
 * RAM as the bytes show it: what each frame is, who maps it, and sums that must agree. Reads struct page, the free lists and the process's
 * page tables; where they contradict each other, `damaged` says so. Every frame has exactly one role.
 */
import { mmStruct, pageDescriptor as page, pageFlag, zoneStruct } from "../abi/kernel";
import { machineMemory } from "../abi/machine-memory";
import { type FreeBlocks, freeBlocks } from "./buddy";
import { kernelWords } from "./kernel-words";
import { asWords, entryFrame, isFrame, pagingLevels } from "./memory";
import { kindOfFrame, pageKind } from "./page-kind";
import { asRunning, currentMm } from "./process";
import type { AddressSpace, VmaFacts } from "./types";

/** `standIn`: the one frame that stands for all contents that are not simulated. `kernel`: nodes of page caches. */
export const frameRoles = [
  "free",
  "anonymous",
  "file",
  "sharedMemory",
  "pageTable",
  "slab",
  "kernel",
  "zero",
  "standIn",
] as const;
export type FrameRole = (typeof frameRoles)[number];
const FREE = frameRoles.indexOf("free");

/** Pages of the process by the counter they are in. */
export interface RssParts {
  readonly anon: number;
  readonly file: number;
  readonly shmem: number;
}

export interface Physical {
  /** First frame of RAM, and the first one without a struct page: all from there on are free. */
  readonly start: number;
  readonly limit: number;
  /** First frame beyond RAM. */
  readonly end: number;
  /** By frame number below `limit`: index in frameRoles; what lies below `start` is no RAM and counts as free nowhere. */
  readonly role: Uint8Array;
  /** Order of the free block that a frame lies in; −1 when it is in use. */
  readonly order: Int8Array;
  /** Number of the first page that maps a frame; of a page table, the first page it leads to. −1 = none. */
  readonly page: Float64Array;
  /** Entries of the process's page tables that map it. */
  readonly mappings: Uint32Array;
  /** A page table's level: 1 holds PTEs, the topmost is the PGD. 0 = no table of the process. */
  readonly level: Uint8Array;
  /** Frames by role, with those that have no struct page yet. Their sum is all of RAM. */
  readonly byRole: Readonly<Record<FrameRole, number>>;
  /** Counted from the page tables, and as mm_struct's counters say. */
  readonly mapped: RssParts;
  readonly counters: RssParts;
  readonly free: FreeBlocks;
  readonly damaged: boolean;
}

/** In this order: the first that applies. */
const roleOfFlag: readonly (readonly [number, FrameRole])[] = [
  [pageFlag.pageTable, "pageTable"],
  [pageFlag.slab, "slab"],
  [pageFlag.kernel, "kernel"],
  [pageFlag.zero, "zero"],
  [pageFlag.unknown, "standIn"],
  [pageFlag.anon, "anonymous"],
  [pageFlag.sharedMemory, "sharedMemory"],
  [pageFlag.file | pageFlag.cached, "file"],
];

/** What a frame is by its flags, as an index in frameRoles; remembered, because there are many frames and few kinds of them. */
function roleFinder(): (flags: number) => number {
  const known = new Map<number, number>();
  return (flags) => {
    const role = known.get(flags);
    if (role !== undefined) return role;
    const name = roleOfFlag.find(([flag]) => (flags & flag) !== 0)?.[1] ?? "free";
    const found = frameRoles.indexOf(name);
    // Damaged struct pages may say anything.
    if (known.size < 256) known.set(flags, found);
    return found;
  };
}

/** Who maps what. `uncounted`: whether a page's mapping is no part of RES. */
function walkTables(words: Uint32Array, top: number, limit: number, uncounted: (page: number) => boolean) {
  const first = new Float64Array(limit).fill(-1);
  const mappings = new Uint32Array(limit);
  const level = new Uint8Array(limit);
  const mapped = { anon: 0, file: 0, shmem: 0 };
  let complete = true;
  const count = (frame: number, number: number): void => {
    const kind = kindOfFrame(words, frame, uncounted(number));
    if (kind === pageKind.anonymous) mapped.anon++;
    else if (kind === pageKind.file) mapped.file++;
    else if (kind === pageKind.sharedMemory) mapped.shmem++;
  };
  const visit = (table: number, depth: number, from: number): void => {
    // Every table has one place in the tree; one that is met again means damage, and could go on for ever.
    if (table < 0 || table >= limit || level[table] !== 0) {
      complete = false;
      return;
    }
    level[table] = depth + 1;
    first[table] = from;
    for (let index = 0; index < 512; index++) {
      const frame = entryFrame(words, table, index);
      if (frame < 0) continue;
      const number = from + index * 512 ** depth;
      if (depth > 0) visit(frame, depth - 1, number);
      else if (frame < limit) {
        if (mappings[frame] === 0 && level[frame] === 0) first[frame] = number;
        mappings[frame] = (mappings[frame] ?? 0) + 1;
        count(frame, number);
      } else complete = false;
    }
  };
  visit(isFrame(words, top) ? top : -1, pagingLevels(words) - 1, 0);
  return { first, mappings, level, mapped, complete };
}

/** Whether a page lies in a mapping that no counter counts; asked for ascending pages, so that it goes through the mappings once. */
function uncountedPages(vmas: readonly VmaFacts[]): (page: number) => boolean {
  let at = 0;
  return (number) => {
    while (at < vmas.length && (vmas[at]?.end ?? 0) <= number * 4096) at++;
    const vma = vmas[at];
    return vma?.uncounted === true && vma.start <= number * 4096;
  };
}

/** Decodes RAM. Total: O(frames with a struct page). */
export function decodePhysical(linear: Uint8Array, { vmas, top, pid }: Pick<AddressSpace, "vmas" | "top" | "pid">): Physical {
  const words = asWords(linear);
  const kernel = asRunning(kernelWords(words), pid);
  const zone = (field: number): number => kernel.u64(zoneStruct.at + field);
  const process = currentMm(kernel);
  const mm = (field: number): number => kernel.u64(process + field);
  const free = freeBlocks(linear);
  const limit = Math.min(zone(zoneStruct.first_deferred_pfn), page.capacity);
  const start = Math.min(zone(zoneStruct.zone_start_pfn), limit);
  const end = start + zone(zoneStruct.managed_pages);
  const order = new Int8Array(limit).fill(-1);
  let damaged = free.damaged;
  for (const { order: size, pfns } of free.orders)
    for (const pfn of pfns) {
      if (order[pfn] !== -1 || pfn < start || pfn + 2 ** size > limit) damaged = true;
      order.fill(size, pfn, Math.min(limit, pfn + 2 ** size));
    }
  const role = new Uint8Array(limit);
  const counts = new Float64Array(frameRoles.length);
  const roleOf = roleFinder();
  const flagsAt = (machineMemory.pageDescriptors + page.flags) / 4;
  for (let pfn = start; pfn < limit; pfn++) {
    const what = roleOf(words[flagsAt + pfn * (page.stride / 4)] ?? 0);
    // What is in use is on no free list, what is not lies in one of its blocks.
    if ((what === FREE) !== (order[pfn] ?? -1) >= 0) damaged = true;
    role[pfn] = what;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  const byRole = Object.fromEntries(frameRoles.map((name, index) => [name, counts[index] ?? 0])) as Record<FrameRole, number>;
  byRole.free += free.deferredPages;
  const tables = walkTables(words, top, limit, uncountedPages(vmas));
  return {
    start,
    limit,
    end,
    role,
    order,
    page: tables.first,
    mappings: tables.mappings,
    level: tables.level,
    byRole,
    mapped: tables.mapped,
    counters: { anon: mm(mmStruct.rss_anon), file: mm(mmStruct.rss_file), shmem: mm(mmStruct.rss_shmem) },
    free,
    damaged: damaged || !tables.complete || byRole.free !== free.freePages,
  };
}

/** What a frame is; null beyond RAM. */
export function roleAt({ role, start, limit, end }: Physical, pfn: number): FrameRole | null {
  if (!Number.isInteger(pfn) || pfn < start || pfn >= end) return null;
  return pfn < limit ? (frameRoles[role[pfn] ?? 0] ?? "free") : "free";
}
