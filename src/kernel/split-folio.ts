/**
 * What was one huge page becomes 512 pages for good: not only its entry, which src/kernel/huge.ts does. Pages that hold nothing but zeroes
 * are given back, the zero page stands for them. mm/huge_memory.c: split_folio; mm/migrate.c: try_to_map_unused_to_zeropage.
 */
import { pte } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, zoneGet } from "./context";
import { cutRegions } from "./hot";
import { breakHuge, HUGE_BYTES, hugeStart } from "./huge";
import { pfnOf } from "./page-table";
import { addResident } from "./resident";
import { tlbOf } from "./tlb";

/** A page of what is or was a huge page: its entry, address and frame. */
interface Part {
  readonly entry: number;
  readonly addr: number;
  readonly pfn: number;
}

function partsAt(k: KernelContext, start: number, huge: number): readonly Part[] {
  const parts: Part[] = [];
  k.pages.walk(start, start + HUGE_BYTES, (entry, addr) => {
    const pfn = pfnOf(k.bytes.u32(entry));
    if (k.frames.hugeOf(pfn) === huge) parts.push({ entry, addr, pfn });
  });
  return parts;
}

function isZero(k: KernelContext, pfn: number): boolean {
  const from = k.frames.offset(pfn);
  for (let at = from; at < from + PAGE_SIZE; at += 4) if (k.bytes.u32(at) !== 0) return false;
  return true;
}

function split(k: KernelContext, parts: readonly Part[]): void {
  // Its pages are unmapped for a moment, all of them with one flush of everything. mm/huge_memory.c: unmap_folio.
  tlbOf(k)?.flushAll();
  for (const { entry, addr, pfn } of parts) {
    breakHuge(k, addr);
    k.frames.endHuge(pfn);
    if (!isZero(k, pfn)) continue;
    const low = ((zoneGet(k, "zero_pfn") << 12) | (k.bytes.u32(entry) & 0xfff & ~(pte.RW | pte.DIRTY))) >>> 0;
    k.bytes.putPair(entry, low, k.bytes.u32(entry + 4));
    k.frames.free(pfn);
    addResident(k, "rss_anon", -1);
  }
}

/**
 * Splits the huge pages of which [start, end) holds a part. One that another process maps too stays as it is: their numbers are returned, also
 * of those that lie in the range as a whole.
 */
export function splitFolios(k: KernelContext, start: number, end: number): ReadonlySet<number> {
  const seen = new Set<number>();
  const shared = new Set<number>();
  const work: (readonly Part[])[] = [];
  k.pages.walk(start, end, (entry, addr) => {
    const huge = k.frames.hugeOf(pfnOf(k.bytes.u32(entry)));
    if (huge === 0 || seen.has(huge)) return;
    seen.add(huge);
    const from = hugeStart(addr);
    const parts = partsAt(k, from, huge);
    const whole = from >= start && from + HUGE_BYTES <= end && parts.length * PAGE_SIZE === HUGE_BYTES;
    if (parts.some(({ pfn }) => k.frames.refcount(pfn) > 1)) shared.add(huge);
    else if (!whole) work.push(parts);
  });
  if (work.length > 0) cutRegions(k, hugeStart(start), end + HUGE_BYTES);
  for (const parts of work) split(k, parts);
  return shared;
}
