/**
 * Heaps of the arenas beside main_arena. Each is a mapping of HEAP_MAX_SIZE bytes, aligned to that size so that a chunk finds its heap by
 * masking its address; only the front of it may be used, the rest is reserved.
 *
 *   h ─► heap_info │ malloc_state (first heap only) │ chunks … top │ once used │ never used, PROT_NONE │
 *                                                        h + size ─┘           │                       └─ h + HEAP_MAX_SIZE
 *                                                                h + mprotect_size
 *
 * An arena's heaps hang together by `prev`, newest first; only the newest one grows and shrinks.
 */
import { Feature, Mark, Msg, PROFILE_ALIGNED_HEAP_AREA, PROFILE_HEAP_INFO_BYTES, PROFILE_MP_HP_FLAGS, PROFILE_MP_TRIM_THRESHOLD } from "../../generated/abi";
import {
  FAILED, madvise, MADV_DONTNEED, MAP_NORESERVE, MAP_PRIVATE_ANONYMOUS, mmapAt, mprotect, munmap, PROT_NONE, PROT_READ_WRITE,
} from "../../kernel";
import { decide, line, phase } from "../../marks";
import { read, write } from "../../memory/access";
import { heapMax, setSystemMem, setTop, systemMem, top } from "./arena";
import { unlinkChunk } from "./bins";
import { chunkSize, hasPrevInuse, head, PREV_INUSE, prevSize, setHead } from "./chunk";
import { insist } from "./die";
import { adviseHuge } from "./mmapped";
import { hugePage, mp } from "./parameters";
import { alignDown, alignMask, alignUp, get, has, headerBytes, known, minSize, pageSize, put, sizeSz } from "./word";

const HEAP_MIN: u32 = 0x8000;

/** heap_for_ptr. */
@inline
export function heapOf<W>(p: W): W {
  return p & ~(heapMax<W>() - 1);
}

/** sizeof (heap_info). */
@inline
export function heapInfoBytes<W>(): W {
  return <W>known(PROFILE_HEAP_INFO_BYTES);
}

@inline
export function heapArena<W>(h: W): W {
  return get<W>(h);
}

@inline
export function setHeapArena<W>(h: W, av: W): void {
  put<W>(h, av);
}

@inline
export function previousHeap<W>(h: W): W {
  return get<W>(h + sizeSz<W>());
}

@inline
export function setPreviousHeap<W>(h: W, before: W): void {
  put<W>(h + sizeSz<W>(), before);
}

@inline
export function heapSize<W>(h: W): W {
  return get<W>(h + 2 * sizeSz<W>());
}

@inline
function setHeapSize<W>(h: W, bytes: W): void {
  put<W>(h + 2 * sizeSz<W>(), bytes);
}

/** How much of the heap has ever been made accessible. */
@inline
export function usedOnce<W>(h: W): W {
  return get<W>(h + 3 * sizeSz<W>());
}

@inline
function setUsedOnce<W>(h: W, bytes: W): void {
  put<W>(h + 3 * sizeSz<W>(), bytes);
}

/** The unit in which the heap grows: huge pages when it was made of them. */
@inline
function heapPage<W>(h: W): W {
  return has(Feature.HeapPagesize) ? get<W>(h + 4 * sizeSz<W>()) : pageSize<W>();
}

/** Where the second half of an aligned double mapping was, for the next heap. */
@inline
function alignedArea<W>(): W {
  return read<W>(load<u64>(PROFILE_ALIGNED_HEAP_AREA));
}

@inline
function setAlignedArea<W>(addr: W): void {
  write<W>(load<u64>(PROFILE_ALIGNED_HEAP_AREA), addr);
}

@inline
function isHeapAligned<W>(addr: u64): bool {
  return (addr & <u64>(heapMax<W>() - 1)) == 0;
}

/** arena.c: new_heap. 0 when the request is too large for a heap, or the kernel refuses. */
export function newHeap<W>(wanted: W, topPad: W): W {
  phase<W>(Mark.NewHeap, wanted, topPad);
  const huge = hugePage<W>();
  if (huge != 0 && huge <= heapMax<W>()) {
    const h = mapHeap<W>(wanted, topPad, huge, mp<i32>(PROFILE_MP_HP_FLAGS));
    if (h != 0) return h;
  }
  return mapHeap<W>(wanted, topPad, pageSize<W>(), has(Feature.HeapsNoReserve) ? MAP_NORESERVE : 0);
}

/** arena.c: alloc_new_heap. */
function mapHeap<W>(wanted: W, topPad: W, page: W, flags: i32): W {
  const most = heapMax<W>();
  const huge = hugePage<W>();
  const least: W = huge != 0 && huge <= most ? huge : <W>HEAP_MIN;
  let size = wanted;
  if (size + topPad < least) size = least;
  else if (size + topPad <= most) size += topPad;
  else if (size > most) return 0;
  else size = most;
  size = alignUp<W>(size, page);
  const h = reserve<W>(MAP_PRIVATE_ANONYMOUS | flags);
  if (!decide<W>(Mark.NewHeapGot, h != 0, h, most)) return 0;
  if (mprotect(<u64>h, <u64>size, PROT_READ_WRITE) == FAILED) {
    munmap(<u64>h, <u64>most);
    return 0;
  }
  if (has(Feature.HeapPagesize)) adviseHuge<W>(h, size);
  setHeapSize<W>(h, size);
  setUsedOnce<W>(h, size);
  if (has(Feature.HeapPagesize)) put<W>(h + 4 * sizeSz<W>(), page);
  line<W>(Mark.NewHeapMade, h, size);
  return h;
}

/** An aligned stretch of HEAP_MAX_SIZE: the one remembered, or the aligned part of twice as much, or by luck. */
function reserve<W>(flags: i32): W {
  const most = <u64>heapMax<W>();
  const remembered = alignedArea<W>();
  if (decide<W>(Mark.NewHeapRemembered, remembered != 0, remembered, <W>most)) {
    const again = mmapAt(<u64>remembered, most, PROT_NONE, flags);
    setAlignedArea<W>(0);
    if (again != FAILED) {
      if (isHeapAligned<W>(again)) return <W>again;
      munmap(again, most);
    }
  }
  const both = mmapAt(0, most << 1, PROT_NONE, flags);
  if (both != FAILED) {
    const aligned = alignUp<u64>(both, most);
    const lead = aligned - both;
    if (lead != 0) munmap(both, lead);
    else setAlignedArea<W>(<W>(aligned + most));
    munmap(aligned + most, most - lead);
    return <W>aligned;
  }
  const single = mmapAt(0, most, PROT_NONE, flags);
  if (single == FAILED) return 0;
  if (isHeapAligned<W>(single)) return <W>single;
  munmap(single, most);
  return 0;
}

/** arena.c: grow_heap. */
export function growHeap<W>(h: W, more: W): bool {
  const diff = alignUp<W>(more, heapPage<W>(h));
  const old = heapSize<W>(h);
  const size: W = old + diff;
  phase<W>(Mark.GrowHeap, h, size);
  if (!decide<W>(Mark.GrowHeapFits, size <= heapMax<W>(), size, heapMax<W>())) return false;
  const used = usedOnce<W>(h);
  if (decide<W>(Mark.GrowHeapProtects, size > used, size, used)) {
    if (mprotect(<u64>(h + used), <u64>(size - used), PROT_READ_WRITE) == FAILED) return false;
    setUsedOnce<W>(h, size);
  }
  setHeapSize<W>(h, size);
  return true;
}

/** arena.c: shrink_heap. The pages are dropped but stay accessible (the kernel overcommits). */
function shrinkHeap<W>(h: W, diff: W): bool {
  const size: W = heapSize<W>(h) - diff;
  line<W>(Mark.ShrinkHeap, h + size, diff);
  if (size < heapInfoBytes<W>()) return false;
  madvise(<u64>(h + size), <u64>diff, MADV_DONTNEED);
  setHeapSize<W>(h, size);
  return true;
}

function deleteHeap<W>(h: W): void {
  const end: W = h + heapMax<W>();
  line<W>(Mark.DeleteHeap, h, heapSize<W>(h));
  if (end == alignedArea<W>()) setAlignedArea<W>(0);
  munmap(<u64>h, <u64>heapMax<W>());
}

/** Bytes behind the last chunk of a heap that has a successor: a fence of two headers, and whatever aligns it. */
@inline
function fenceBytes<W>(): W {
  return minSize<W>() - headerBytes<W>();
}

@inline
function isBetween<W>(size: W, limit: W): bool {
  return size - 1 < limit - 1;
}

/** Gives whole heaps back while top is all there is in the newest one, then the pages at the end of top. arena.c: heap_trim. */
export function heapTrim<W>(av: W, newest: W, pad: W): bool {
  let h = newest;
  let topChunk = top<W>(av);
  phase<W>(Mark.HeapTrim, h, topChunk);
  while (decide<W>(Mark.HeapAllFree, topChunk == h + heapInfoBytes<W>(), topChunk, h)) {
    const before = previousHeap<W>(h);
    const fence: W = heapSize<W>(before) - fenceBytes<W>();
    const misaligned: W = (before + fence) & alignMask<W>();
    let p: W = before + fence - misaligned;
    insist<W>(head<W>(p) == <W>PREV_INUSE, Msg.AssertHeapFence);
    p -= prevSize<W>(p);
    let size: W = chunkSize<W>(p) + fenceBytes<W>() + misaligned;
    insist<W>(isBetween<W>(size, 2 * minSize<W>()), Msg.AssertHeapFenceSize);
    const merges = !hasPrevInuse<W>(head<W>(p));
    if (merges) size += prevSize<W>(p);
    insist<W>(isBetween<W>(size, heapMax<W>()), Msg.AssertHeapTopSize);
    const room: W = size + (heapMax<W>() - heapSize<W>(before));
    const needed: W = pad + minSize<W>() + heapPage<W>(h);
    if (!decide<W>(Mark.HeapDeletable, room >= needed, room, needed)) break;
    setSystemMem<W>(av, systemMem<W>(av) - heapSize<W>(h));
    deleteHeap<W>(h);
    h = before;
    if (merges) {
      p -= prevSize<W>(p);
      unlinkChunk<W>(p, Msg.AssertUnlinkHeapTrimForward);
    }
    insist<W>(((p + size) & (heapPage<W>(h) - 1)) == 0, Msg.AssertHeapTopPage);
    insist<W>(p + size == h + heapSize<W>(h), Msg.AssertHeapTopEnd);
    setTop<W>(av, p);
    setHead<W>(p, size | <W>PREV_INUSE);
    topChunk = p;
  }
  const topSize = chunkSize<W>(topChunk);
  const extra = trimmable<W>(h, topSize, pad);
  if (!decide<W>(Mark.HeapTrimPages, extra != 0, topSize, extra)) return false;
  if (!shrinkHeap<W>(h, extra)) return false;
  setSystemMem<W>(av, systemMem<W>(av) - extra);
  setHead<W>(topChunk, (topSize - extra) | <W>PREV_INUSE);
  return true;
}

/** Bytes at the end of top that may go, whole pages, 0 = none. */
function trimmable<W>(h: W, topSize: W, pad: W): W {
  const page = heapPage<W>(h);
  if (!has(Feature.HeapTrimThreshold)) {
    const pages: i64 = (<i64>topSize - <i64>pad - <i64>minSize<W>() + <i64>page - 1) / <i64>page - 1;
    return pages < 1 ? 0 : <W>pages * page;
  }
  const area: i64 = <i64>topSize - <i64>minSize<W>() - 1;
  if (topSize < mp<W>(PROFILE_MP_TRIM_THRESHOLD) || area < 0 || <W>area <= pad) return 0;
  return alignDown<W>(<W>area - pad, page);
}
