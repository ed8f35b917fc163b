/** _int_free: tcache, fastbin, or merge with the neighbours; then perhaps give memory back. */
import { Feature, Mark, Msg, PROFILE_MP_TOP_PAD, PROFILE_MP_TRIM_THRESHOLD } from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import {
  fastbinAt, fastbinIndex, haveFastchunks, isContiguous, isMain, isSmall, setHaveFastchunks, setTop, systemMem, top,
} from "./arena";
import { enterArena, leaveArena } from "./arena-get";
import { insertSmall, insertUnsorted, unlinkChunk } from "./bins";
import {
  chunkSize, clearInuseBefore, hasPrevInuse, head, isMisaligned, isMmapped, memOf, PREV_INUSE, prevSize, setFd, setFoot, setHead, sizeIn,
} from "./chunk";
import { consolidate } from "./consolidate";
import { die, insist } from "./die";
import { heapArena, heapOf, heapTrim } from "./heap";
import { freeMapping } from "./malloc";
import { munmapChunk } from "./mmapped";
import { maxFast, mp } from "./parameters";
import { perturbFreed } from "./perturb";
import {
  searchDoubleFree, tcacheBins, tcacheCount, tcacheFill, tcacheHasRoom, tcacheIndex, tcacheKey, tcachePut, threadCache,
} from "./tcache";
import { systrim } from "./trim";
import { get, getState, has, hasTcache, hasTcacheKey, headerBytes, isAligned, mangle, minSize, putState, sizeSz } from "./word";

const FASTBIN_CONSOLIDATION_THRESHOLD: u32 = 0x10000;

/** `locked`: called from within malloc, with the arena in hand. */
export function intFree<W>(av: W, p: W, locked: bool): void {
  const ownHead = head<W>(p);
  const size = sizeIn<W>(ownHead);
  if (has(Feature.LargeTcache)) {
    freeChunk<W>(av, p, size, ownHead, locked);
    return;
  }
  phase<W>(Mark.IntFree, p, size);
  if (!decide<W>(Mark.FreePointer, p <= 0 - size && !isMisaligned<W>(p), p, size)) die<W>(Msg.FreeInvalidPointer, memOf<W>(p), av);
  const whole = size >= minSize<W>() && (isAligned<W>(size) || !has(Feature.AlignedSizeCheck));
  if (!decide<W>(Mark.FreeSize, whole, size, minSize<W>())) die<W>(Msg.FreeInvalidSize, memOf<W>(p), av);
  if (hasTcache() && freeToTcache<W>(p, size)) return;
  freeChunk<W>(av, p, size, ownHead, locked);
}

/** A chunk that the tcache did not take. malloc.c: _int_free_chunk. */
export function freeChunk<W>(av: W, p: W, size: W, ownHead: W, locked: bool): void {
  const fastLimit = maxFast<W>();
  if (has(Feature.Fastbins) && decide<W>(Mark.FreeFastRange, size <= fastLimit, size, fastLimit)) freeToFastbin<W>(av, p, size, locked);
  else if (!decide<W>(Mark.FreeMmapped, isMmapped<W>(ownHead), ownHead, 0)) {
    if (!locked) enterArena<W>(av);
    freeAndMerge<W>(av, p, size, ownHead);
    if (!locked) leaveArena<W>(av);
  } else if (has(Feature.LargeTcache)) freeMapping<W>(p, ownHead);
  else munmapChunk<W>(p);
}

/** True when the tcache took the chunk. Before 2.42: no large lists. */
@inline
function freeToTcache<W>(p: W, size: W): bool {
  const tc = threadCache<W>();
  const index = tcacheIndex<W>(size, false);
  const bins = tcacheBins<W>();
  phase<W>(Mark.FreeTryTcache, size, index);
  if (!decide<W>(Mark.FreeTcacheSize, tc != 0 && index < bins, index, bins)) return false;
  const entry = memOf<W>(p);
  if (hasTcacheKey()) {
    const key = tcacheKey<W>(tc);
    const word = get<W>(entry + sizeSz<W>());
    if (decide<W>(Mark.FreeTcacheKey, word == key, word, key)) searchDoubleFree<W>(tc, entry, index);
  }
  const count = tcacheCount<W>(tc, index, false);
  if (!decide<W>(Mark.FreeTcacheRoom, tcacheHasRoom<W>(tc, index, false), count, tcacheFill<W>())) return false;
  tcachePut<W>(tc, p, index, false);
  return true;
}

function freeToFastbin<W>(av: W, p: W, size: W, locked: bool): void {
  phase<W>(Mark.FreeToFastbin, p, size);
  const nextHead = head<W>(p + size);
  const limit = systemMem<W>(av);
  const sane = nextHead > headerBytes<W>() && sizeIn<W>(nextHead) < limit;
  if (!decide<W>(Mark.FastNextSize, sane, nextHead, limit)) die<W>(Msg.FreeInvalidNextSizeFast, memOf<W>(p), av);
  perturbFreed<W>(memOf<W>(p), size - headerBytes<W>());
  setHaveFastchunks<W>(av, true);
  const index = fastbinIndex<W>(size);
  const bin = <u64>fastbinAt<W>(av, index);
  const old = getState<W>(bin);
  if (!decide<W>(Mark.FastTop, old != p, old, p)) die<W>(Msg.DoubleFreeFasttop, memOf<W>(p), av);
  const plain = has(Feature.PlainFastbins);
  if (plain) checkEntry<W>(av, p, old, index);
  setFd<W>(p, mangle<W>(memOf<W>(p), old));
  putState<W>(bin, p);
  line<W>(Mark.FastPut, p, <W>index);
  if (locked && !plain) checkEntry<W>(av, p, old, index);
}

/** What was first in a fastbin must be of its size. */
function checkEntry<W>(av: W, p: W, old: W, index: u32): void {
  if (old == 0) return;
  const found = fastbinIndex<W>(chunkSize<W>(old));
  if (!decide<W>(Mark.FastEntry, found == index, <W>found, <W>index)) die<W>(Msg.InvalidFastbinEntry, memOf<W>(p), av);
}

/** Merges with free neighbours at once. */
export function freeAndMerge<W>(av: W, p: W, size: W, ownHead: W): void {
  phase<W>(Mark.FreeChecks, p, size);
  const next: W = p + size;
  const topChunk = top<W>(av);
  if (!decide<W>(Mark.FreeNotTop, p != topChunk, p, topChunk)) die<W>(Msg.DoubleFreeTop, memOf<W>(p), av);
  if (isContiguous<W>(av)) {
    const end: W = topChunk + chunkSize<W>(topChunk);
    if (!decide<W>(Mark.FreeInside, next < end, next, end)) die<W>(Msg.DoubleFreeOut, memOf<W>(p), av);
  }
  const nextHead = head<W>(next);
  if (!decide<W>(Mark.FreeMarkedUsed, hasPrevInuse<W>(nextHead), nextHead, next)) die<W>(Msg.DoubleFreePrev, memOf<W>(p), av);
  const nextSize = sizeIn<W>(nextHead);
  const limit = systemMem<W>(av);
  const sane = nextHead > headerBytes<W>() && nextSize < limit;
  if (!decide<W>(Mark.FreeNextSize, sane, nextHead, limit)) die<W>(Msg.FreeInvalidNextSizeNormal, memOf<W>(p), av);
  perturbFreed<W>(memOf<W>(p), size - headerBytes<W>());

  phase<W>(Mark.MergeBackward, p, ownHead);
  if (!decide<W>(Mark.MergePrevInuse, hasPrevInuse<W>(ownHead), ownHead, p)) {
    const before = prevSize<W>(p);
    size += before;
    p -= before;
    if (has(Feature.MergeSizeCheck)) {
      const itsSize = chunkSize<W>(p);
      if (!decide<W>(Mark.MergeSizes, itsSize == before, itsSize, before)) die<W>(Msg.ConsolidatingSizeVsPrevSize);
    }
    unlinkChunk<W>(p, Msg.AssertUnlinkFreeBackForward);
  }

  releaseLarge<W>(av, createFree<W>(av, p, size, next, nextSize));
}

/** Merges forward and puts the chunk where free chunks go. Returns its size. malloc.c: _int_free_create_chunk. */
export function createFree<W>(av: W, p: W, size: W, next: W, nextSize: W): W {
  const topChunk = top<W>(av);
  phase<W>(Mark.MergeForward, next, nextSize);
  if (decide<W>(Mark.MergeIntoTop, next == topChunk, next, topChunk)) {
    size += nextSize;
    setHead<W>(p, size | <W>PREV_INUSE);
    setTop<W>(av, p);
    return size;
  }
  if (decide<W>(Mark.MergeNextUsed, hasPrevInuse<W>(head<W>(next + nextSize)), next, nextSize)) clearInuseBefore<W>(next);
  else {
    unlinkChunk<W>(next, Msg.AssertUnlinkFreeNextForward);
    size += nextSize;
  }
  if (has(Feature.SmallBinDirect) && isSmall<W>(size)) insertSmall<W>(av, p, size);
  else {
    phase<W>(Mark.FreeToUnsorted, p, size);
    insertUnsorted<W>(av, p, size, Msg.FreeCorruptedUnsorted, memOf<W>(p));
  }
  setHead<W>(p, size | <W>PREV_INUSE);
  setFoot<W>(p, size);
  return size;
}

/** A large free chunk is the occasion to empty the fastbins and to trim the top. */
@inline
export function releaseLarge<W>(av: W, size: W): void {
  if (!decide<W>(Mark.FreeLarge, size >= <W>FASTBIN_CONSOLIDATION_THRESHOLD, size, <W>FASTBIN_CONSOLIDATION_THRESHOLD)) return;
  trimAfterFree<W>(av);
}

function trimAfterFree<W>(av: W): void {
  phase<W>(Mark.FreeTrim, av, 0);
  if (haveFastchunks<W>(av)) consolidate<W>(av);
  if (!isMain<W>(av)) {
    // Even with a small top: a heap that is all top goes away.
    const h = heapOf<W>(top<W>(av));
    insist<W>(heapArena<W>(h) == av, Msg.AssertHeapArena);
    heapTrim<W>(av, h, mp<W>(PROFILE_MP_TOP_PAD));
    return;
  }
  const topSize = chunkSize<W>(top<W>(av));
  const threshold = mp<W>(PROFILE_MP_TRIM_THRESHOLD);
  if (decide<W>(Mark.TrimThreshold, topSize >= threshold, topSize, threshold)) systrim<W>(av, mp<W>(PROFILE_MP_TOP_PAD));
}
