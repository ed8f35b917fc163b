/**
 * Free memory as the buddy allocator's lists show it: blocks of 2^order frames (mm/page_alloc.c). Reads struct zone, its free areas and
 * struct page; a list that is damaged is cut off where it stops making sense, and `damaged` says so.
 */
import { freeArea, MAX_ORDER, pageDescriptor as page, pageFlag, zoneStruct } from "../abi/kernel";
import { machineMemory } from "../abi/machine-memory";
import { type KernelWords, kernelWords } from "./kernel-words";
import { asWords } from "./memory";

export interface FreeList {
  readonly order: number;
  /** First frames of the blocks, in the list's order: the first is handed out next. */
  readonly pfns: readonly number[];
  /** What the free area's counter says. */
  readonly count: number;
}

export interface FreeBlocks {
  /** By order, 0 … MAX_ORDER. */
  readonly orders: readonly FreeList[];
  /** Frames above all lists whose struct pages are not set up yet: free, in blocks of the largest order. */
  readonly deferredPages: number;
  /** The counter of the zone: all that is free. */
  readonly freePages: number;
  readonly totalPages: number;
  /** What is kept back from processes. */
  readonly watermarkMin: number;
  readonly damaged: boolean;
}

/** Decodes the free lists of linear memory, or of what it was before (src/decode/before.ts). Total. */
export function freeBlocks(linear: Uint8Array, kernel: KernelWords = kernelWords(asWords(linear))): FreeBlocks {
  const { u32 } = kernel;
  const zone = (field: number): number => u32(zoneStruct.at + field) + u32(zoneStruct.at + field + 4) * 2 ** 32;
  const limit = Math.min(zone(zoneStruct.first_deferred_pfn), page.capacity);
  let damaged = false;

  function walk(order: number): FreeList {
    const head = freeArea.at + order * freeArea.stride;
    const pfns: number[] = [];
    let before = head;
    for (let node = u32(head + freeArea.next); node !== head; node = u32(node)) {
      const pfn = (node - page.lru_next - machineMemory.pageDescriptors) / page.stride;
      const at = machineMemory.pageDescriptors + pfn * page.stride;
      const isBlock =
        Number.isInteger(pfn) &&
        pfn >= 0 &&
        pfn < limit &&
        pfn % 2 ** order === 0 &&
        (u32(at + page.flags) & pageFlag.buddy) !== 0 &&
        u32(at + page.private) === order;
      // A node that does not point back to where we came from is on no list, or on this one a second time.
      if (!isBlock || u32(node + 4) !== before || pfns.length >= limit) {
        damaged = true;
        break;
      }
      pfns.push(pfn);
      before = node;
    }
    return { order, pfns, count: u32(head + freeArea.nr_free) };
  }

  const orders = Array.from({ length: MAX_ORDER + 1 }, (_, order) => walk(order));
  const end = zone(zoneStruct.zone_start_pfn) + zone(zoneStruct.managed_pages);
  return {
    orders,
    deferredPages: Math.max(0, end - zone(zoneStruct.first_deferred_pfn)),
    freePages: zone(zoneStruct.free_pages),
    totalPages: zone(zoneStruct.managed_pages),
    watermarkMin: zone(zoneStruct.watermark_min),
    damaged,
  };
}
