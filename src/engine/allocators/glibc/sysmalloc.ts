/**
 * sysmalloc: top cannot serve the request. Large requests get a mapping of their own; else the break moves and top grows:
 *
 *   contiguous       │ old top ─────────► │ new space │            top keeps its start
 *   foreign sbrk     │ old top │ fence │ theirs │ new top │        top moves; what is left of the old one is freed
 *   no room for brk  │ old top │ fence │    …    │ mmapped top │   and the arena is noncontiguous from then on
 */
import { ENOMEM, setErrno } from "../../control";
import {
  Feature, Mark, Msg, PROFILE_CURBRK, PROFILE_MP_HP_FLAGS, PROFILE_MP_MMAP_THRESHOLD, PROFILE_MP_NMMAPS, PROFILE_MP_NMMAPS_MAX, PROFILE_MP_SBRK_BASE,
  PROFILE_MP_TOP_PAD,
} from "../../generated/abi";
import { FAILED, mmap, sbrk } from "../../kernel";
import { decide, line, phase } from "../../marks";
import { read } from "../../memory/access";
import {
  arenaBit, haveFastchunks, isContiguous, isMain, maxSystemMem, setMaxSystemMem, setNoncontiguous, setSystemMem, setTop, systemMem, top, unsortedBin,
} from "./arena";
import { chunkSize, hasPrevInuse, head, memOf, PREV_INUSE, setFoot, setHead, sizeIn } from "./chunk";
import { die, insist } from "./die";
import { growHeap, heapInfoBytes, heapOf, heapSize, newHeap, setHeapArena, setPreviousHeap } from "./heap";
import { intFree } from "./int-free";
import { adviseHuge, mmapChunk } from "./mmapped";
import { hugePage, mp, setMp, transparentHugePage } from "./parameters";
import { alignDown, alignMask, alignUp, has, headerBytes, isNegative, minSize, pageSize } from "./word";

/** MMAP_AS_MORECORE_SIZE: when mmap stands in for brk it is asked for at least this much. */
const MMAP_AS_MORECORE: u32 = 0x10_0000;

/** sbrk as malloc calls it; with explicit huge pages glibc lets it fail always. */
export function morecore<W>(increment: W): W {
  return hugePage<W>() > 0 ? <W>FAILED : sbrk<W>(increment);
}

export function sysmalloc<W>(av: W, nb: W): W {
  phase<W>(Mark.Sysmalloc, nb, av == 0 ? <W>0 : top<W>(av));
  const triesMapping = av == 0 || wantsMapping<W>(nb);
  if (triesMapping) {
    const mem = mmapRequest<W>(nb);
    if (mem != 0) return mem;
  }
  if (av == 0) return 0;
  const oldTop = top<W>(av);
  const oldHead = head<W>(oldTop);
  const oldSize = sizeIn<W>(oldHead);
  const oldEnd: W = oldTop + oldSize;
  const fresh = oldTop == unsortedBin<W>(av) && oldSize == 0;
  const sane = fresh || (oldSize >= minSize<W>() && hasPrevInuse<W>(oldHead) && (oldEnd & (pageSize<W>() - 1)) == 0);
  insist<W>(decide<W>(Mark.SysmallocTopSane, sane, oldTop, oldHead), Msg.AssertOldTop);
  if (has(Feature.PlainFastbins)) insist<W>(!haveFastchunks<W>(av), Msg.AssertNoFastchunks);
  if (isMain<W>(av)) growMain<W>(av, nb, oldTop, oldSize, oldEnd);
  else if (!growOther<W>(av, nb, oldTop, oldSize) && !triesMapping) {
    const mem = mmapChunk<W>(nb, pageSize<W>(), 0);
    if (mem != 0) return mem;
  }
  const total = systemMem<W>(av);
  if (total > maxSystemMem<W>(av)) setMaxSystemMem<W>(av, total);

  const p = top<W>(av);
  const size = chunkSize<W>(p);
  phase<W>(Mark.SysmallocCut, p, size);
  if (!decide<W>(Mark.SysmallocFits, size >= nb + minSize<W>(), size, nb + minSize<W>())) {
    setErrno(ENOMEM);
    return 0;
  }
  setTop<W>(av, p + nb);
  setHead<W>(p, nb | <W>PREV_INUSE | arenaBit<W>(av));
  setHead<W>(p + nb, (size - nb) | <W>PREV_INUSE);
  return memOf<W>(p);
}

/** Large, and there are not too many mappings yet. */
function wantsMapping<W>(nb: W): bool {
  const threshold = mp<W>(PROFILE_MP_MMAP_THRESHOLD);
  if (!decide<W>(Mark.SysmallocLarge, nb >= threshold, nb, threshold)) return false;
  const count = mp<i32>(PROFILE_MP_NMMAPS);
  const most = mp<i32>(PROFILE_MP_NMMAPS_MAX);
  return decide<W>(Mark.SysmallocMayMmap, count < most, <W>count, <W>most);
}

/** Other arenas: the newest heap grows, or another one is made and the old top is fenced off and freed. False when neither is possible. */
function growOther<W>(av: W, nb: W, oldTop: W, oldSize: W): bool {
  const h = heapOf<W>(oldTop);
  const oldHeapSize = heapSize<W>(h);
  const more: W = minSize<W>() + nb - oldSize;
  if (!isNegative<W>(more) && more != 0 && growHeap<W>(h, more)) {
    setSystemMem<W>(av, systemMem<W>(av) + heapSize<W>(h) - oldHeapSize);
    setHead<W>(oldTop, (h + heapSize<W>(h) - oldTop) | <W>PREV_INUSE);
    return true;
  }
  const fresh = newHeap<W>(nb + minSize<W>() + heapInfoBytes<W>(), mp<W>(PROFILE_MP_TOP_PAD));
  if (!decide<W>(Mark.AnotherHeap, fresh != 0, fresh, h)) return false;
  setHeapArena<W>(fresh, av);
  setPreviousHeap<W>(fresh, h);
  setSystemMem<W>(av, systemMem<W>(av) + heapSize<W>(fresh));
  setTop<W>(av, fresh + heapInfoBytes<W>());
  setHead<W>(top<W>(av), (heapSize<W>(fresh) - heapInfoBytes<W>()) | <W>PREV_INUSE);
  // The fence is as large as the smallest chunk, as it may become top again.
  const fence = headerBytes<W>();
  const rest: W = (oldSize - minSize<W>()) & ~alignMask<W>();
  setHead<W>(oldTop + rest + fence, <W>PREV_INUSE);
  if (decide<W>(Mark.OldHeapFree, rest >= minSize<W>(), rest, minSize<W>())) {
    setHead<W>(oldTop + rest, fence | <W>PREV_INUSE);
    setFoot<W>(oldTop + rest, fence);
    setHead<W>(oldTop, rest | <W>PREV_INUSE | arenaBit<W>(av));
    intFree<W>(av, oldTop, true);
  } else {
    setHead<W>(oldTop, (rest + fence) | <W>PREV_INUSE);
    setFoot<W>(oldTop, rest + fence);
  }
  return true;
}

function mmapRequest<W>(nb: W): W {
  const huge = hugePage<W>();
  if (huge > 0 && nb >= huge) {
    const mem = mmapChunk<W>(nb, huge, mp<i32>(PROFILE_MP_HP_FLAGS));
    if (mem != 0) return mem;
  }
  return mmapChunk<W>(nb, pageSize<W>(), 0);
}

/** Moves the break, or maps a new region when that fails, and makes it top. */
function growMain<W>(av: W, nb: W, oldTop: W, oldSize: W, oldEnd: W): void {
  let size: W = nb + mp<W>(PROFILE_MP_TOP_PAD) + minSize<W>();
  if (isContiguous<W>(av)) size -= oldSize;
  const huge = transparentHugePage<W>();
  if (huge != 0) {
    const now = read<W>(load<u64>(PROFILE_CURBRK));
    size = alignUp<W>(now + size, huge) - now;
  } else size = alignUp<W>(size, pageSize<W>());
  phase<W>(Mark.GrowTop, size, oldSize);

  let start = <W>FAILED;
  let end = <W>FAILED;
  if (decide<W>(Mark.GrowPositive, !isNegative<W>(size) && size != 0, size, 0)) {
    start = morecore<W>(size);
    if (start != <W>FAILED) adviseHuge<W>(start, size);
  }
  if (!decide<W>(Mark.GrowSbrk, start != <W>FAILED, start, size)) {
    size = mmapInstead<W>(av, size, nb, oldSize);
    if (size == 0) return;
    start = mapped<W>();
    end = start + size;
  }
  if (mp<W>(PROFILE_MP_SBRK_BASE) == 0) setMp<W>(PROFILE_MP_SBRK_BASE, start);
  setSystemMem<W>(av, systemMem<W>(av) + size);
  if (decide<W>(Mark.GrowAdjacent, start == oldEnd && end == <W>FAILED, start, oldEnd)) {
    setHead<W>(oldTop, (size + oldSize) | <W>PREV_INUSE);
    return;
  }
  const fell = isContiguous<W>(av) && oldSize != 0 && start < oldEnd;
  if (!decide<W>(Mark.GrowNotShrunk, !fell, start, oldEnd)) die<W>(Msg.BreakAdjusted, start);
  moveTop<W>(av, start, end, size, oldTop, oldSize, oldEnd);
}

let mappedStart: u64 = 0;

/** Where mmapInstead put the region it has just returned the size of. */
@inline
function mapped<W>(): W {
  return <W>mappedStart;
}

/** mmap in place of brk: huge pages first when wanted. Returns the size of the region, 0 when there is none. */
function mmapInstead<W>(av: W, size: W, nb: W, oldSize: W): W {
  phase<W>(Mark.MmapInstead, size, nb);
  const huge = hugePage<W>();
  if (huge > 0) {
    const got = mmapFallback<W>(av, size, nb, oldSize, huge, huge, mp<i32>(PROFILE_MP_HP_FLAGS));
    if (got != 0) return got;
  }
  const much = <W>MMAP_AS_MORECORE;
  if (has(Feature.FallbackSwapped)) return mmapFallback<W>(av, size, nb, oldSize, pageSize<W>(), much, 0);
  return mmapFallback<W>(av, size, nb, oldSize, much, pageSize<W>(), 0);
}

/** malloc.c: sysmalloc_mmap_fallback. The two limits of ordinary pages changed places for some years. */
function mmapFallback<W>(av: W, wanted: W, nb: W, oldSize: W, least: W, unit: W, flags: i32): W {
  let size = wanted;
  if (has(Feature.FallbackAfresh)) size = alignUp<W>(nb + mp<W>(PROFILE_MP_TOP_PAD) + minSize<W>(), unit);
  else if (isContiguous<W>(av)) size = alignUp<W>(size + oldSize, unit);
  if (size < least) size = least;
  if (size <= nb) return 0;
  const start = mmap(<u64>size, flags);
  if (!decide<W>(Mark.MmapInsteadGot, start != FAILED, <W>start, size)) return 0;
  if (flags == 0) adviseHuge<W>(<W>start, size);
  setNoncontiguous<W>(av);
  mappedStart = start;
  return size;
}

/** The new space does not extend top (or is the first): aligns it, rounds its end to a page and fences off the old top. */
function moveTop<W>(av: W, start: W, knownEnd: W, size: W, oldTop: W, oldSize: W, oldEnd: W): void {
  phase<W>(Mark.MoveTop, start, size);
  let end = knownEnd;
  let aligned = start;
  let correction: W = 0;
  const misaligned: W = memOf<W>(start) & alignMask<W>();
  const shift: W = misaligned == 0 ? 0 : alignMask<W>() + 1 - misaligned;
  if (decide<W>(Mark.MoveContiguous, isContiguous<W>(av), start, oldEnd)) {
    if (oldSize != 0) setSystemMem<W>(av, systemMem<W>(av) + (start - oldEnd));
    aligned += shift;
    correction = shift + oldSize;
    const unaligned: W = start + size + correction;
    correction += alignUp<W>(unaligned, pageSize<W>()) - unaligned;
    insist<W>(!isNegative<W>(correction), Msg.AssertCorrection);
    end = morecore<W>(correction);
    if (!decide<W>(Mark.MoveCorrected, end != <W>FAILED, end, correction)) {
      correction = 0;
      end = morecore<W>(0);
    } else adviseHuge<W>(end, correction);
  } else {
    if (alignMask<W>() + 1 != headerBytes<W>()) aligned += shift;
    else insist<W>(misaligned == 0, Msg.AssertSysmallocAligned);
    if (end == <W>FAILED) end = morecore<W>(0);
  }
  if (end == <W>FAILED) return;
  setTop<W>(av, aligned);
  setHead<W>(aligned, (end - aligned + correction) | <W>PREV_INUSE);
  setSystemMem<W>(av, systemMem<W>(av) + correction);
  line<W>(Mark.MoveDone, aligned, end + correction);
  if (oldSize != 0) fenceOff<W>(av, oldTop, oldSize);
}

/** Two tiny used chunks at the end of the old top keep it from ever merging with what is not ours; the rest of it is freed. */
function fenceOff<W>(av: W, oldTop: W, oldSize: W): void {
  const fence = headerBytes<W>();
  const rest = alignDown<W>(oldSize - 2 * fence, alignMask<W>() + 1);
  phase<W>(Mark.Fence, oldTop, rest);
  setHead<W>(oldTop, rest | <W>PREV_INUSE);
  setHead<W>(oldTop + rest, fence | <W>PREV_INUSE);
  setHead<W>(oldTop + rest + fence, fence | <W>PREV_INUSE);
  if (decide<W>(Mark.FenceFree, rest >= minSize<W>(), rest, minSize<W>())) intFree<W>(av, oldTop, true);
}
