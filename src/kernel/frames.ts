/**
 * Frames of the simulated RAM and where their bytes are. The buddy allocator chooses the frame; a slot of linear memory is chosen here:
 *
 *   slot 0 … HEAP_WINDOW_SLOTS      kept for [heap]: the frame of heap page k gets slot k, so that the heap is one run of linear memory
 *        window + pfn               everybody else's, counted from the zone's first frame, where that is free: neighbours stay neighbours
 *        any other                  when RAM is larger than linear memory, or the heap than its window
 *
 *   a shared one                   when linear memory is full: frames with equal bytes have one slot (./shared-slots.ts)
 *
 * A slot is zeroed when it is given out, not when its frame is freed, so that going back in time finds the old contents.
 */
import { pageDescriptor, pageFlag, zoneStruct } from "../abi/kernel";
import { HEAP_WINDOW_SLOTS, PAGE_SIZE } from "../abi/machine-memory";
import { createBuddy, pageOf } from "./buddy";
import type { Bytes, KernelHost } from "./host";
import type { Notes } from "./notes";
import { bytesAt, createSharedSlots, ownerAt } from "./shared-slots";

export interface Frames {
  /** A zeroed frame for the page-table or anonymous page `index`; −1 when there is none left. */
  allocate(flags: number, index: number): number;
  /** The same for the kernel's own objects: may use what is kept back. */
  allocateKernel(flags: number, index: number): number;
  /** The same for page `heapPage` of the heap, whose bytes go to their own place if that is free. */
  allocateHeap(flags: number, index: number, heapPage: number): number;
  free(pfn: number): void;
  /** Linear offset of a frame's bytes. The frame is in use. */
  offset(pfn: number): number;
  /** Whether its bytes are other frames' too: not to be written. */
  isShared(pfn: number): boolean;
  /** Gives a frame that shares its bytes a place of its own; false when linear memory is full. */
  unshare(pfn: number): boolean;
  flags(pfn: number): number;
  setFlags(pfn: number, flags: number): void;
  /** Users of a frame. */
  refcount(pfn: number): number;
  /** One user more or fewer of a frame that stays allocated. */
  addUser(pfn: number, delta: 1 | -1): void;
  /** Notes that a fork shared an anonymous page, or that nobody shares it any more. */
  setShared(pfn: number, shared: boolean): void;
  /** Which huge page a page is or was part of: the first frame of that + 1; 0 for none. */
  hugeOf(pfn: number): number;
  setHugeOf(pfn: number, huge: number): void;
  endHuge(pfn: number): void;
  /** Notes that a page of the process's own now stands at another virtual page number. */
  moved(pfn: number, index: number): void;
  /** Whether the kernel's own objects can have so many frames: all that are free, as long as linear memory has a slot for each. */
  has(count: number): boolean;
  /** RAM is used up but for what is kept back: the reason of a −1 that is the simulated machine's own. */
  exhausted(): boolean;
  /** Fills in the zone and takes the two shared frames. */
  initialise(pages: number): void;
  /** Highest slots ever given out + 1, in the window and beside it: what a reset has to clear. Not simulated state. */
  readonly used: { window: number; pool: number };
}

const zone = zoneStruct.at;

/** Of all RAM, as much as Linux keeps back: min_free_kbytes is 4 · √(RAM in kB), at least 128. mm/page_alloc.c: calculate_min_free_kbytes. */
function reservedPages(pages: number): number {
  const kB = PAGE_SIZE / 1024;
  return Math.floor(Math.min(Math.max(Math.floor(Math.sqrt(pages * kB * 16)), 128), 262_144) / kB);
}

export function createFrames(host: KernelHost, bytes: Bytes, notes: Notes): Frames {
  const buddy = createBuddy(bytes, (pfn, order) => void notes.asks("FrameTaken", true, pfn, order));
  const shared = createSharedSlots(host, bytes);
  const used = { window: 0, pool: HEAP_WINDOW_SLOTS };
  const flags = (pfn: number): number => bytes.u32(pageOf(pfn) + pageDescriptor.flags);
  const slotOf = (pfn: number): number => bytes.u32(pageOf(pfn) + pageDescriptor.slot);
  const offset = (pfn: number): number => bytesAt(slotOf(pfn));
  const exhausted = (): boolean => bytes.u64(zone + zoneStruct.free_pages) <= bytes.u64(zone + zoneStruct.watermark_min);

  /** Nobody's, or its owner's no more. */
  function isFree(slot: number): boolean {
    if (shared.isShared(slot)) return false;
    const owner = bytes.u32(ownerAt(slot)) - 1;
    return owner < 0 || (flags(owner) & ~(pageFlag.free | pageFlag.buddy)) === 0 || slotOf(owner) !== slot;
  }

  /** A slot for a frame, best `wanted`; −1 when linear memory is full of bytes that differ. */
  function findSlot(pfn: number, wanted: number): number {
    const slot = freeSlot(pfn, wanted);
    const found = slot < 0 && shared.makeRoom() ? freeSlot(pfn, wanted) : slot;
    if (found < HEAP_WINDOW_SLOTS) used.window = Math.max(used.window, found + 1);
    else used.pool = Math.max(used.pool, found + 1);
    return found;
  }

  function freeSlot(pfn: number, wanted: number): number {
    if (wanted >= 0 && wanted < bytes.slots && isFree(wanted)) return wanted;
    const own = HEAP_WINDOW_SLOTS + pfn - bytes.u64(zone + zoneStruct.zone_start_pfn);
    if (own < bytes.slots && isFree(own)) return own;
    const start = bytes.u64(zone + zoneStruct.slot_cursor);
    for (let step = 1; step <= bytes.slots; step++) {
      const slot = (start + step) % bytes.slots;
      if (!isFree(slot)) continue;
      bytes.put64(zone + zoneStruct.slot_cursor, slot);
      return slot;
    }
    return -1;
  }

  function take(kind: number, index: number, wanted: number, reserve = false): number {
    const pfn = exhausted() && !reserve ? -1 : buddy.take(0);
    if (pfn < 0) {
      notes.asks("FrameTaken", false, bytes.u64(zone + zoneStruct.free_pages));
      return -1;
    }
    const slot = findSlot(pfn, wanted);
    if (slot < 0) {
      buddy.give(pfn, 0);
      return -1;
    }
    if (bytes.u32(ownerAt(slot)) !== pfn + 1) bytes.put32(ownerAt(slot), pfn + 1);
    if (slotOf(pfn) !== slot) bytes.put32(pageOf(pfn) + pageDescriptor.slot, slot);
    host.zeroFrame(offset(pfn));
    bytes.putPair(pageOf(pfn), kind, 1);
    bytes.put64(pageOf(pfn) + pageDescriptor.index, index);
    return pfn;
  }

  function unshare(pfn: number): boolean {
    const from = slotOf(pfn);
    const to = findSlot(pfn, -1);
    if (to < 0) return false;
    host.tidy(ownerAt(to), pfn + 1);
    host.tidy(pageOf(pfn) + pageDescriptor.slot, to);
    host.copyFrame(bytesAt(to), bytesAt(from));
    shared.leave(from);
    return true;
  }

  const allocate = (kind: number, index: number): number => take(kind, index, -1);

  return {
    used,
    allocate,
    allocateKernel: (kind, index) => take(kind, index, -1, true),
    allocateHeap: (kind, index, heapPage) => take(kind, index, heapPage < HEAP_WINDOW_SLOTS ? heapPage : -1),
    isShared: (pfn) => shared.isShared(slotOf(pfn)),
    unshare,
    free: (pfn) => {
      if (shared.isShared(slotOf(pfn))) shared.leave(slotOf(pfn));
      bytes.putPair(pageOf(pfn), pageFlag.free, 0);
      buddy.give(pfn, 0);
    },
    offset,
    moved: (pfn, index) => {
      const common = pageFlag.zero | pageFlag.unknown | pageFlag.cached;
      if ((flags(pfn) & common) === 0) bytes.put64(pageOf(pfn) + pageDescriptor.index, index);
    },
    flags,
    setFlags: (pfn, value) => bytes.put32(pageOf(pfn) + pageDescriptor.flags, value),
    setShared: (pfn, shared) => {
      const now = shared ? flags(pfn) | pageFlag.maybeShared : flags(pfn) & ~pageFlag.maybeShared;
      if (now !== flags(pfn)) bytes.put32(pageOf(pfn) + pageDescriptor.flags, now);
    },
    hugeOf: (pfn) => ((flags(pfn) & pageFlag.hugePart) === 0 ? 0 : bytes.u32(pageOf(pfn) + pageDescriptor.private)),
    setHugeOf: (pfn, huge) => {
      bytes.put32(pageOf(pfn) + pageDescriptor.flags, flags(pfn) | pageFlag.hugePart);
      bytes.put32(pageOf(pfn) + pageDescriptor.private, huge);
    },
    endHuge: (pfn) => bytes.put32(pageOf(pfn) + pageDescriptor.flags, flags(pfn) & ~pageFlag.hugePart),
    refcount: (pfn) => bytes.u32(pageOf(pfn) + pageDescriptor.refcount),
    addUser: (pfn, delta) => {
      const at = pageOf(pfn) + pageDescriptor.refcount;
      bytes.put32(at, bytes.u32(at) + delta);
    },
    has: (count) => {
      const free = bytes.u64(zone + zoneStruct.free_pages);
      const slots = (): number => bytes.slots - (bytes.u64(zone + zoneStruct.managed_pages) - free) + shared.saved();
      return count <= free && (count <= slots() || (shared.makeRoom() && count <= slots()));
    },
    exhausted,
    initialise: (pages) => {
      buddy.initialise(pages);
      bytes.put64(zone + zoneStruct.watermark_min, reservedPages(pages));
      bytes.put64(zone + zoneStruct.zero_pfn, allocate(pageFlag.zero, 0));
      bytes.put64(zone + zoneStruct.unknown_pfn, allocate(pageFlag.unknown, 0));
    },
  };
}
