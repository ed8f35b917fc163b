/** The unsorted bin: every chunk gets one chance to fit exactly, then goes to the bin of its size. */
import { spend } from "../../control";
import { Feature, Mark, Msg } from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import {
  arenaBit, binAt, isSmall, largeIndex, lastRemainder, markBin, setLastRemainder, smallIndex, systemMem, unsortedBin,
} from "./arena";
import { clearNextsize } from "./bins";
import {
  bk, bkNextsize, bkOfEither, fd, fdNextsize, fdOfEither, firstOf, hasPrevInuse, head, isForeign, lastOf, memOf, PREV_INUSE, prevSize, setBk, setBkNextsize,
  setBkOfEither, setFd, setFdNextsize, setFdOfEither, setFirstOf, setFoot, setHead, setLastOf, sizeIn,
} from "./chunk";
import { die, insist } from "./die";
import { handOut, makeCache, stashFor, useWhole } from "./int-malloc";
import { mp } from "./parameters";
import { PROFILE_MP_TCACHE_UNSORTED_LIMIT } from "../../generated/abi";
import { tcacheCount, takeStashed, tcacheFill, tcacheHasRoom, tcacheIndex, tcachePut } from "./tcache";
import { has, headerBytes, minSize } from "./word";

/** One malloc looks at no more chunks than this before it takes what it has. */
const MAX_ITERS: u32 = 10000;

/** Empties the unsorted bin. Returns memory when a chunk fits exactly (or the last remainder can be split), else 0. */
export function sortUnsorted<W>(av: W, nb: W, bytes: W): W {
  const bin = unsortedBin<W>(av);
  const tcIndex = tcacheIndex<W>(nb);
  let tc = stashFor<W>(tcIndex);
  let cached = false;
  let processed: W = 0;
  let iterations: u32 = 0;
  phase<W>(Mark.SortUnsorted, bin, nb);
  for (let victim = lastOf<W>(bin); victim != bin; victim = lastOf<W>(bin)) {
    const previous = bk<W>(victim);
    const size = sizeIn<W>(head<W>(victim));
    line<W>(Mark.UnsortedVictim, victim, size);
    checkVictim<W>(av, bin, victim, previous, size);
    const small = isSmall<W>(nb);
    if (small && previous == bin && victim == lastRemainder<W>(av)) {
      if (decide<W>(Mark.SplitLastRemainder, size > nb + minSize<W>(), size, nb)) return splitLastRemainder<W>(av, bin, victim, size, nb, bytes);
    }
    if (has(Feature.UnsortedRemovalCheck) && fdOfEither<W>(previous) != victim) die<W>(Msg.UnsortedCorrupted3);
    setLastOf<W>(bin, previous);
    setFdOfEither<W>(previous, bin);
    if (decide<W>(Mark.UnsortedExact, size == nb, size, nb)) {
      useWhole<W>(av, victim, size);
      if (has(Feature.TcacheByFree) && tc == 0) {
        makeCache<W>(av);
        tc = stashFor<W>(tcIndex);
      }
      if (tc == 0 || !decide<W>(Mark.UnsortedStash, tcacheHasRoom<W>(tc, tcIndex), tcacheCount<W>(tc, tcIndex), tcacheFill<W>())) {
        return handOut<W>(victim, bytes);
      }
      tcachePut<W>(tc, victim, tcIndex);
      cached = true;
      spend(1);
      continue;
    }
    placeInBin<W>(av, victim, size);
    processed++;
    if (cached) {
      const limit = mp<W>(PROFILE_MP_TCACHE_UNSORTED_LIMIT);
      if (limit > 0 && decide<W>(Mark.UnsortedLimit, processed > limit, processed, limit)) return takeStashed<W>(tcIndex);
    }
    iterations++;
    if (iterations >= MAX_ITERS) break;
    spend(1);
  }
  if (cached && decide<W>(Mark.UnsortedReturnCached, true, tcIndex, 0)) return takeStashed<W>(tcIndex);
  return 0;
}

/** A chunk from the unsorted bin must agree with its neighbours in memory and in the list. */
function checkVictim<W>(av: W, bin: W, victim: W, previous: W, size: W): void {
  const limit = systemMem<W>(av);
  if (!has(Feature.UnsortedChecks)) {
    const own = head<W>(victim);
    if (!decide<W>(Mark.UnsortedHeadSane, own > headerBytes<W>() && own <= limit, own, limit)) die<W>(Msg.UnsortedMemory, memOf<W>(victim), av);
    return;
  }
  const next: W = victim + size;
  if (!decide<W>(Mark.UnsortedSize, size > headerBytes<W>() && size <= limit, size, limit)) die<W>(Msg.UnsortedInvalidSize);
  const nextHead = head<W>(next);
  if (!decide<W>(Mark.UnsortedNextSize, nextHead >= headerBytes<W>() && nextHead <= limit, nextHead, limit)) die<W>(Msg.UnsortedInvalidNextSize);
  const footer = sizeIn<W>(prevSize<W>(next));
  if (!decide<W>(Mark.UnsortedFooter, footer == size, footer, size)) die<W>(Msg.UnsortedPrevSizeMismatch);
  const linked = fdOfEither<W>(previous) == victim && fd<W>(victim) == bin;
  if (!decide<W>(Mark.UnsortedLinked, linked, previous, victim)) die<W>(Msg.UnsortedListCorrupted);
  if (!decide<W>(Mark.UnsortedNextFlag, !hasPrevInuse<W>(nextHead), nextHead, next)) die<W>(Msg.UnsortedNextPrevInuse);
}

/** Small requests in a row are cut from the same chunk, which stays in the unsorted bin: locality. */
function splitLastRemainder<W>(av: W, bin: W, victim: W, size: W, nb: W, bytes: W): W {
  const rest: W = size - nb;
  const remainder: W = victim + nb;
  setFirstOf<W>(bin, remainder);
  setLastOf<W>(bin, remainder);
  setLastRemainder<W>(av, remainder);
  setFd<W>(remainder, bin);
  setBk<W>(remainder, bin);
  clearNextsize<W>(remainder, rest);
  setHead<W>(victim, nb | <W>PREV_INUSE | arenaBit<W>(av));
  setHead<W>(remainder, rest | <W>PREV_INUSE);
  setFoot<W>(remainder, rest);
  return handOut<W>(victim, bytes);
}

/** The only place where chunks enter small and large bins. */
function placeInBin<W>(av: W, victim: W, size: W): void {
  if (isSmall<W>(size)) {
    const index = smallIndex<W>(size);
    line<W>(Mark.PlaceSmall, <W>index, size);
    const bin = binAt<W>(av, index);
    link<W>(av, index, victim, bin, firstOf<W>(bin));
  } else placeInLargeBin<W>(av, victim, size);
}

@inline
function link<W>(av: W, index: u32, victim: W, before: W, after: W): void {
  markBin<W>(av, index);
  setBk<W>(victim, before);
  setFd<W>(victim, after);
  setBkOfEither<W>(after, victim);
  setFdOfEither<W>(before, victim);
}

/**
 * Large bins are sorted, largest first; the first chunk of each size is on the nextsize ring, which leads to the place:
 *
 *   bin ⇄ 0x500 ⇄ 0x4c0 ⇄ 0x4c0 ⇄ 0x450 ⇄ bin        fd: towards smaller
 *          ╰──────╯╰───────────────╯╰─ … (ring)      fd_nextsize: to the next smaller size
 */
function placeInLargeBin<W>(av: W, victim: W, size: W): void {
  const index = largeIndex<W>(size);
  const bin = binAt<W>(av, index);
  line<W>(Mark.PlaceLarge, <W>index, size);
  const first = firstOf<W>(bin);
  if (!decide<W>(Mark.LargeBinOccupied, first != bin, first, bin)) {
    setBkNextsize<W>(victim, victim);
    setFdNextsize<W>(victim, victim);
    link<W>(av, index, victim, bin, bin);
    return;
  }
  // With the flag of a free chunk the size words compare directly.
  const key: W = size | <W>PREV_INUSE;
  const last = lastOf<W>(bin);
  const lastHead = head<W>(last);
  insist<W>(!isForeign<W>(lastHead), Msg.AssertLargeBackMain);
  if (decide<W>(Mark.LargeSmallest, key < lastHead, key, lastHead)) {
    if (has(Feature.SmallestNextsizeCheck)) {
      const ring = bkNextsize<W>(first);
      if (!decide<W>(Mark.LargeSmallestLinked, fdNextsize<W>(ring) == first, ring, first)) die<W>(Msg.LargebinNextsizeCorrupted);
    }
    setFdNextsize<W>(victim, first);
    setBkNextsize<W>(victim, bkNextsize<W>(first));
    setFdNextsize<W>(bkNextsize<W>(victim), victim);
    setBkNextsize<W>(first, victim);
    link<W>(av, index, victim, lastOf<W>(bin), bin);
    return;
  }
  const after = threadIntoRing<W>(first, victim, key);
  const before = bkOfEither<W>(after);
  if (has(Feature.LargeInsertChecks) && !decide<W>(Mark.LargeLinked, fdOfEither<W>(before) == after, before, after)) die<W>(Msg.LargebinBkCorrupted);
  link<W>(av, index, victim, before, after);
}

/** Walks the ring from the largest size; returns what the victim goes in front of. */
function threadIntoRing<W>(first: W, victim: W, key: W): W {
  let at = first;
  let atHead = head<W>(at);
  insist<W>(!isForeign<W>(atHead), Msg.AssertLargeForwardMain);
  while (decide<W>(Mark.LargeWalk, key < atHead, key, atHead)) {
    at = fdNextsize<W>(at);
    atHead = head<W>(at);
    insist<W>(!isForeign<W>(atHead), Msg.AssertLargeForwardMainNext);
    spend(1);
  }
  // Same size: second place, so that the ring need not change.
  if (decide<W>(Mark.LargeSameSize, key == atHead, key, atHead)) return fd<W>(at);
  const smaller = bkNextsize<W>(at);
  setFdNextsize<W>(victim, at);
  setBkNextsize<W>(victim, smaller);
  if (has(Feature.LargeInsertChecks) && !decide<W>(Mark.LargeRingLinked, fdNextsize<W>(smaller) == at, smaller, at)) die<W>(Msg.LargebinNextsizeCorrupted);
  setBkNextsize<W>(at, victim);
  setFdNextsize<W>(bkNextsize<W>(victim), victim);
  return at;
}
