/** _int_malloc: from a request to a chunk, by the order fastbin, small bin, unsorted bin, larger bins, top, system. */
import { ENOMEM, setErrno, spend } from "../../control";
import { Feature, Mark, Msg } from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import {
  arenaBit, binAt, fastbinAt, fastbinIndex, haveFastchunks, isMain, isSmall, largeIndex, minLarge, setTop, smallIndex, systemMem, top,
} from "./arena";
import { isAlone } from "./arena-get";
import {
  bk, chunkSize, fd, fdOfEither, head, isMisaligned, lastOf, memOf, NON_MAIN_ARENA, PREV_INUSE, setFdOfEither, setHead, setInuseBefore, setLastOf,
} from "./chunk";
import { consolidate } from "./consolidate";
import { die, insist } from "./die";
import { maxFast } from "./parameters";
import { perturbAllocated } from "./perturb";
import { takeFromLargeBin, takeFromLargerBins } from "./search";
import { sysmalloc } from "./sysmalloc";
import { initTcache, tcacheBins, tcacheHasRoom, tcacheIndex, tcachePut, threadCache } from "./tcache";
import { sortUnsorted } from "./unsorted";
import { getState, has, hasSafeLinking, hasTcache, mangle, minSize, putState, requestToSize } from "./word";

/** The tcache that chunks of this size may be stashed in, 0 if none. */
@inline
export function stashFor<W>(index: W): W {
  if (!hasTcache()) return 0;
  const tc = threadCache<W>();
  return tc != 0 && index < tcacheBins<W>() ? tc : <W>0;
}

/** Malloc wants to stash something: the occasion to make the cache, since that is no longer done by the first request. */
export function makeCache<W>(av: W): void {
  if (threadCache<W>() == 0) initTcache<W>(av);
}

/** Hands a chunk to the user. */
@inline
export function handOut<W>(p: W, bytes: W): W {
  const mem = memOf<W>(p);
  perturbAllocated<W>(mem, bytes);
  return mem;
}

/** Marks a whole chunk as used by its arena. */
@inline
export function useWhole<W>(av: W, p: W, size: W): void {
  setInuseBefore<W>(p + size);
  if (!isMain<W>(av)) setHead<W>(p, head<W>(p) | <W>NON_MAIN_ARENA);
}

export function intMalloc<W>(av: W, bytes: W): W {
  const nb = requestToSize<W>(bytes);
  phase<W>(Mark.IntMalloc, bytes, nb);
  if (!decide<W>(Mark.IntMallocSize, nb != 0, bytes, nb)) {
    setErrno(ENOMEM);
    return 0;
  }
  if (!decide<W>(Mark.IntMallocArena, av != 0, av, 0)) {
    const mapping = sysmalloc<W>(av, nb);
    if (mapping != 0) perturbAllocated<W>(mapping, bytes);
    return mapping;
  }
  const fastLimit = maxFast<W>();
  if (has(Feature.Fastbins) && decide<W>(Mark.FastRange, nb <= fastLimit, nb, fastLimit)) {
    const mem = takeFromFastbin<W>(av, nb, bytes);
    if (mem != 0) return mem;
  }
  let index: u32;
  if (decide<W>(Mark.SmallRange, isSmall<W>(nb), nb, minLarge<W>())) {
    index = smallIndex<W>(nb);
    const mem = takeFromSmallBin<W>(av, nb, bytes, index);
    if (mem != 0) return mem;
  } else {
    index = largeIndex<W>(nb);
    if (has(Feature.Fastbins) && decide<W>(Mark.LargeConsolidates, haveFastchunks<W>(av), <W>index, 0)) consolidate<W>(av);
  }
  // A second round happens when fastbins were consolidated at the very end; nothing is left of them then.
  for (;;) {
    spend(1);
    let mem = sortUnsorted<W>(av, nb, bytes);
    if (mem != 0) return mem;
    if (!isSmall<W>(nb)) {
      mem = takeFromLargeBin<W>(av, nb, bytes, index);
      if (mem != 0) return mem;
    }
    mem = takeFromLargerBins<W>(av, nb, bytes, index + 1);
    if (mem != 0) return mem;
    mem = takeFromTop<W>(av, nb, bytes);
    if (mem != 0) return mem;
    if (!has(Feature.Fastbins) || !decide<W>(Mark.TopConsolidates, haveFastchunks<W>(av), 0, 0)) break;
    insist<W>(isSmall<W>(nb), Msg.AssertSmallRange);
    consolidate<W>(av);
  }
  const mem = sysmalloc<W>(av, nb);
  if (mem != 0) perturbAllocated<W>(mem, bytes);
  return mem;
}

/** Fastbins keep chunks as used, last in first out; others of the size move to the tcache on the way. 0 when empty. */
function takeFromFastbin<W>(av: W, nb: W, bytes: W): W {
  const index = fastbinIndex<W>(nb);
  const bin = <u64>fastbinAt<W>(av, index);
  const victim = getState<W>(bin);
  phase<W>(Mark.TryFastbin, <W>index, victim);
  if (!decide<W>(Mark.FastbinHit, victim != 0, <W>index, victim)) return 0;
  const plain = has(Feature.PlainFastbins);
  if (plain) checkFast<W>(av, victim, index);
  if (hasSafeLinking() && !decide<W>(Mark.FastbinAligned, !isMisaligned<W>(victim), victim, 0)) die<W>(Msg.FastUnaligned2);
  putState<W>(bin, nextFast<W>(victim, index));
  if (!plain) checkFast<W>(av, victim, index);
  const tcIndex = tcacheIndex<W>(nb);
  const tc = stashFor<W>(tcIndex);
  if (tc != 0) {
    while (tcacheHasRoom<W>(tc, tcIndex)) {
      const other = getState<W>(bin);
      if (other == 0) break;
      if (hasSafeLinking() && !decide<W>(Mark.FastbinStash, !isMisaligned<W>(other), other, tcIndex)) die<W>(Msg.FastUnaligned3);
      if (has(Feature.FastStashSizeCheck)) {
        const itsIndex = tcacheIndex<W>(chunkSize<W>(other));
        if (!decide<W>(Mark.FastbinStashSize, itsIndex == tcIndex, itsIndex, tcIndex)) die<W>(Msg.FastStashSize);
      }
      putState<W>(bin, nextFast<W>(other, index));
      tcachePut<W>(tc, other, tcIndex);
    }
  }
  return handOut<W>(victim, bytes);
}

/** What follows a chunk in its fastbin. With several threads it is looked at before it is put into the bin, as it may have changed meanwhile. */
@inline
function nextFast<W>(p: W, index: u32): W {
  const next = mangle<W>(memOf<W>(p), fd<W>(p));
  if (!isAlone() && hasSafeLinking() && next != 0) checkNextFast<W>(next, index);
  return next;
}

function checkNextFast<W>(next: W, index: u32): void {
  if (!decide<W>(Mark.FastbinNextAligned, !isMisaligned<W>(next), next, <W>index)) die<W>(Msg.FastUnaligned);
}

/** A fastbin's chunk must be of its size. */
@inline
function checkFast<W>(av: W, victim: W, index: u32): void {
  const found = fastbinIndex<W>(chunkSize<W>(victim));
  if (!decide<W>(Mark.FastbinIndex, found == index, <W>found, <W>index)) die<W>(Msg.FastCorruption, memOf<W>(victim), av);
}

/** Small bins hold one size each, first in first out. 0 when empty. */
function takeFromSmallBin<W>(av: W, nb: W, bytes: W, index: u32): W {
  const bin = binAt<W>(av, index);
  const victim = lastOf<W>(bin);
  phase<W>(Mark.TrySmallBin, <W>index, victim);
  if (!decide<W>(Mark.SmallBinHit, victim != bin, <W>index, victim)) return 0;
  if (victim == 0 && has(Feature.LazyBins)) {
    consolidate<W>(av);
    return 0;
  }
  const previous = bk<W>(victim);
  if (!decide<W>(Mark.SmallBinLinked, fdOfEither<W>(previous) == victim, victim, previous)) die<W>(Msg.SmallbinCorrupted, memOf<W>(victim), av);
  setInuseBefore<W>(victim + nb);
  setLastOf<W>(bin, previous);
  setFdOfEither<W>(previous, bin);
  if (!isMain<W>(av)) setHead<W>(victim, head<W>(victim) | <W>NON_MAIN_ARENA);
  const tcIndex = tcacheIndex<W>(nb);
  if (has(Feature.TcacheByFree) && tcIndex < tcacheBins<W>()) makeCache<W>(av);
  const tc = stashFor<W>(tcIndex);
  if (tc != 0) stashSmallBin<W>(av, bin, nb, tc, tcIndex);
  return handOut<W>(victim, bytes);
}

/** Moves further chunks of a small bin to the tcache until one of the two has had enough. */
function stashSmallBin<W>(av: W, bin: W, nb: W, tc: W, tcIndex: W): void {
  while (tcacheHasRoom<W>(tc, tcIndex)) {
    const other = lastOf<W>(bin);
    if (other == bin) return;
    spend(1);
    // A zero link can only come from a corrupted list; glibc spins on it, until our budget ends.
    if (other == 0) continue;
    line<W>(Mark.SmallBinStash, other, tcIndex);
    const previous = bk<W>(other);
    useWhole<W>(av, other, nb);
    setLastOf<W>(bin, previous);
    setFdOfEither<W>(previous, bin);
    tcachePut<W>(tc, other, tcIndex);
  }
}

/** Cuts a piece off the top chunk. 0 when it is too small. */
function takeFromTop<W>(av: W, nb: W, bytes: W): W {
  const victim = top<W>(av);
  const size = chunkSize<W>(victim);
  phase<W>(Mark.UseTop, victim, size);
  if (has(Feature.TopSizeCheck)) {
    const limit = systemMem<W>(av);
    if (!decide<W>(Mark.TopSane, size <= limit, size, limit)) die<W>(Msg.TopCorrupted);
  }
  if (!decide<W>(Mark.TopFits, size >= nb + minSize<W>(), size, nb + minSize<W>())) return 0;
  const remainder = victim + nb;
  setTop<W>(av, remainder);
  setHead<W>(victim, nb | <W>PREV_INUSE | arenaBit<W>(av));
  setHead<W>(remainder, (size - nb) | <W>PREV_INUSE);
  line<W>(Mark.TopSplit, victim, remainder);
  return handOut<W>(victim, bytes);
}
