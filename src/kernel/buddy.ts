/**
 * The buddy allocator: one zone's free memory as blocks of 2^order frames, each aligned to its size, on one list for each order.
 *
 *   take(0)   ┌───────────────8───────────────┐        the smallest block that is large enough is halved until it fits;
 *             │ 1 │ 1 │   2   │       4       │        upper halves go to their lists
 *             ▲ handed out
 *   give      a block joins with its buddy (pfn XOR size) as long as that is free and of the same order
 *
 * mm/page_alloc.c: __rmqueue_smallest, expand, __free_one_page, page_is_buddy, buddy_merge_likely; mm/mm_init.c: deferred_grow_zone.
 */
import { freeArea, MAX_ORDER, pageDescriptor as page, pageFlag, zoneStruct } from "../abi/kernel";
import { machineMemory } from "../abi/machine-memory";
import type { Bytes } from "./host";
import { createLists } from "./list";

/** Frames of the largest block. */
const LARGEST = 1 << MAX_ORDER;
/** Blocks of the largest order that enter the lists at a time. */
const GROW_BLOCKS = 8;

export interface Buddy {
  /** All of `pages` frames free. */
  initialise(pages: number): void;
  /** The first frame of a block of 2^order; −1 when there is none. */
  take(order: number): number;
  give(pfn: number, order: number): void;
}

const zone = zoneStruct.at;

/** Linear offset of a frame's struct page. */
export function pageOf(pfn: number): number {
  return machineMemory.pageDescriptors + pfn * page.stride;
}

/** `taken` hears of every block handed out, and of which order it was before it was halved. */
export function createBuddy(bytes: Bytes, taken: (pfn: number, order: number) => void = () => {}): Buddy {
  const lists = createLists(bytes);
  const areaOf = (order: number): number => freeArea.at + order * freeArea.stride;
  const nodeOf = (pfn: number): number => pageOf(pfn) + page.lru_next;
  const pfnAt = (node: number): number => (node - page.lru_next - machineMemory.pageDescriptors) / page.stride;
  const endOfZone = (): number => bytes.u64(zone + zoneStruct.zone_start_pfn) + bytes.u64(zone + zoneStruct.managed_pages);

  function setHead(pfn: number, order: number): void {
    bytes.put32(pageOf(pfn) + page.flags, bytes.u32(pageOf(pfn) + page.flags) | pageFlag.buddy);
    if (bytes.u32(pageOf(pfn) + page.private) !== order) bytes.put32(pageOf(pfn) + page.private, order);
  }

  function add(pfn: number, order: number, where: "first" | "last"): void {
    setHead(pfn, order);
    lists.add(areaOf(order), nodeOf(pfn), where);
    bytes.add64(areaOf(order) + freeArea.nr_free, 1);
  }

  function remove(pfn: number, order: number): void {
    lists.remove(nodeOf(pfn));
    bytes.put32(pageOf(pfn) + page.flags, bytes.u32(pageOf(pfn) + page.flags) & ~pageFlag.buddy);
    bytes.add64(areaOf(order) + freeArea.nr_free, -1);
  }

  /** A block is the buddy of another when it is free, whole, of the same order and set up. */
  function isFreeBlock(pfn: number, order: number): boolean {
    const inLists = pfn >= bytes.u64(zone + zoneStruct.zone_start_pfn) && pfn < bytes.u64(zone + zoneStruct.first_deferred_pfn);
    const isHead = inLists && (bytes.u32(pageOf(pfn) + page.flags) & pageFlag.buddy) !== 0;
    return isHead && bytes.u32(pageOf(pfn) + page.private) === order;
  }

  /** Sets up the next struct pages. False when all of the zone, or all that there is room for, is in the lists. */
  function grow(): boolean {
    const from = bytes.u64(zone + zoneStruct.first_deferred_pfn);
    const to = Math.min(from + GROW_BLOCKS * LARGEST, endOfZone(), page.capacity);
    for (let pfn = from; pfn < to; pfn += LARGEST) add(pfn, MAX_ORDER, "last");
    if (to > from) bytes.put64(zone + zoneStruct.first_deferred_pfn, to);
    return to > from;
  }

  function smallest(order: number): number {
    let found = order;
    while (found <= MAX_ORDER && lists.first(areaOf(found)) === areaOf(found)) found++;
    return found;
  }

  function take(order: number): number {
    let found = smallest(order);
    if (found > MAX_ORDER && grow()) found = smallest(order);
    if (found > MAX_ORDER) return -1;
    const pfn = pfnAt(lists.first(areaOf(found)));
    taken(pfn, found);
    remove(pfn, found);
    while (found > order) {
      found--;
      add(pfn + (1 << found), found, "first");
    }
    bytes.add64(zone + zoneStruct.free_pages, -(1 << order));
    return pfn;
  }

  function give(pfn: number, order: number): void {
    bytes.add64(zone + zoneStruct.free_pages, 1 << order);
    let start = pfn;
    let size = order;
    for (; size < MAX_ORDER; size++) {
      const buddy = start ^ (1 << size);
      if (!isFreeBlock(buddy, size)) break;
      remove(buddy, size);
      start = Math.min(start, buddy);
    }
    add(start, size, mergesSoon(start, size) ? "last" : "first");
  }

  /** The block above this pair is free, so that the pair may soon be whole: it is kept for last. */
  function mergesSoon(pfn: number, order: number): boolean {
    if (order >= MAX_ORDER - 1) return false;
    const pair = Math.min(pfn, pfn ^ (1 << order));
    return isFreeBlock(pair ^ (2 << order), order + 1);
  }

  return {
    initialise: (pages) => {
      for (let order = 0; order <= MAX_ORDER; order++) lists.makeEmpty(areaOf(order));
      // What does not fill a block of the largest order lies at the beginning, in blocks that grow with their alignment.
      const odd = pages % LARGEST;
      const start = odd === 0 ? 0 : LARGEST - odd;
      const whole = odd === 0 ? 0 : LARGEST;
      bytes.put64(zone + zoneStruct.managed_pages, pages);
      bytes.put64(zone + zoneStruct.free_pages, pages);
      bytes.put64(zone + zoneStruct.zone_start_pfn, start);
      bytes.put64(zone + zoneStruct.first_deferred_pfn, whole);
      for (let pfn = start, order = 0; pfn < whole; pfn += 1 << order) {
        while ((pfn & (1 << order)) === 0) order++;
        add(pfn, order, "last");
      }
      grow();
    },
    take,
    give,
  };
}
