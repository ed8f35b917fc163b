/**
 * The frame allocator. Two areas:
 *
 *   0 … HEAP_WINDOW_FRAMES      kept for [heap]: heap page k takes frame k, so that the heap is one run of linear memory
 *   the rest                    everybody else: first the free list (last freed first), then frames never used
 *
 * When the rest is used up, frames of the window are lent from its upper end. A frame is zeroed when it is handed out, not when it is
 * freed, so that going back in time finds the old contents.
 */
import { pageDescriptor, pageFlag, zoneStruct } from "../abi/kernel";
import { HEAP_WINDOW_FRAMES, machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import type { Bytes, KernelHost } from "./host";

export interface Frames {
  /** A zeroed frame for the page-table or anonymous page `index`; −1 when the machine has none left. */
  allocate(flags: number, index: number): number;
  /** The same for page `heapPage` of the heap, in its own place if that is free. */
  allocateHeap(flags: number, index: number, heapPage: number): number;
  free(pfn: number): void;
  flags(pfn: number): number;
  setFlags(pfn: number, flags: number): void;
  /** Users of a frame. */
  refcount(pfn: number): number;
  /** One user more or fewer of a frame that stays allocated. */
  addUser(pfn: number, delta: 1 | -1): void;
  /** Notes that a page of the process's own now stands at another virtual page number. */
  moved(pfn: number, index: number): void;
  /** Highest frame numbers ever handed out + 1, in the window and beside it: what a reset has to clear. Not simulated state. */
  readonly used: { window: number; pool: number };
}

export function frameOffset(pfn: number): number {
  return machineMemory.frames + pfn * PAGE_SIZE;
}

const zone = zoneStruct.at;
const descriptor = (pfn: number): number => machineMemory.pageDescriptors + pfn * pageDescriptor.stride;

export function createFrames(host: KernelHost, bytes: Bytes): Frames {
  const used = { window: 0, pool: HEAP_WINDOW_FRAMES };
  const isFree = (pfn: number): boolean => bytes.u32(descriptor(pfn) + pageDescriptor.refcount) === 0;

  function take(pfn: number, flags: number, index: number): number {
    if (pfn < HEAP_WINDOW_FRAMES) used.window = Math.max(used.window, pfn + 1);
    else used.pool = Math.max(used.pool, pfn + 1);
    host.zeroFrame(frameOffset(pfn));
    bytes.putPair(descriptor(pfn), flags, 1);
    bytes.put64(descriptor(pfn) + pageDescriptor.index, index);
    bytes.add64(zone + zoneStruct.free_pages, -1);
    return pfn;
  }

  function borrow(): number {
    for (let pfn = bytes.u64(zone + zoneStruct.window_pfn) - 1; pfn >= 0; pfn--) {
      if (!isFree(pfn)) continue;
      bytes.put64(zone + zoneStruct.window_pfn, pfn);
      return pfn;
    }
    return -1;
  }

  function allocate(flags: number, index: number): number {
    const head = bytes.u64(zone + zoneStruct.free_list);
    if (head !== 0) {
      bytes.put64(zone + zoneStruct.free_list, bytes.u64(descriptor(head - 1) + pageDescriptor.index));
      return take(head - 1, flags, index);
    }
    const unused = bytes.u64(zone + zoneStruct.unused_pfn);
    if (unused < bytes.frames) {
      bytes.put64(zone + zoneStruct.unused_pfn, unused + 1);
      return take(unused, flags, index);
    }
    const lent = borrow();
    return lent < 0 ? -1 : take(lent, flags, index);
  }

  return {
    used,
    allocate,
    allocateHeap: (flags, index, heapPage) =>
      heapPage < HEAP_WINDOW_FRAMES && isFree(heapPage) ? take(heapPage, flags, index) : allocate(flags, index),
    free: (pfn) => {
      bytes.putPair(descriptor(pfn), pageFlag.free, 0);
      bytes.add64(zone + zoneStruct.free_pages, 1);
      if (pfn >= HEAP_WINDOW_FRAMES) {
        bytes.put64(descriptor(pfn) + pageDescriptor.index, bytes.u64(zone + zoneStruct.free_list));
        bytes.put64(zone + zoneStruct.free_list, pfn + 1);
      } else if (pfn >= bytes.u64(zone + zoneStruct.window_pfn)) bytes.put64(zone + zoneStruct.window_pfn, pfn + 1);
    },
    moved: (pfn, index) => {
      const common = pageFlag.zero | pageFlag.unknown | pageFlag.cached;
      if ((bytes.u32(descriptor(pfn) + pageDescriptor.flags) & common) === 0)
        bytes.put64(descriptor(pfn) + pageDescriptor.index, index);
    },
    flags: (pfn) => bytes.u32(descriptor(pfn) + pageDescriptor.flags),
    setFlags: (pfn, flags) => bytes.put32(descriptor(pfn) + pageDescriptor.flags, flags),
    refcount: (pfn) => bytes.u32(descriptor(pfn) + pageDescriptor.refcount),
    addUser: (pfn, delta) => {
      const at = descriptor(pfn) + pageDescriptor.refcount;
      bytes.put32(at, bytes.u32(at) + delta);
    },
  };
}

/** Fills in the zone's struct and takes the two shared frames. */
export function initialiseZone(bytes: Bytes, frames: Frames): void {
  bytes.put64(zone + zoneStruct.managed_pages, bytes.frames);
  bytes.put64(zone + zoneStruct.free_pages, bytes.frames);
  bytes.put64(zone + zoneStruct.unused_pfn, HEAP_WINDOW_FRAMES);
  bytes.put64(zone + zoneStruct.window_pfn, HEAP_WINDOW_FRAMES);
  bytes.put64(zone + zoneStruct.zero_pfn, frames.allocate(pageFlag.zero, 0));
  bytes.put64(zone + zoneStruct.unknown_pfn, frames.allocate(pageFlag.unknown, 0));
}
