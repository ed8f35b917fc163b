/** malloc_consolidate: empties all fastbins; each chunk merges with free neighbours and goes to the unsorted bin or into top. */
import { spend } from "../../control";
import { Feature, Mark, Msg, PROFILE_FASTBINS } from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import { fastbinAt, fastbinIndex, setHaveFastchunks, setTop, top, unsortedBin } from "./arena";
import { clearNextsize, unlinkChunk } from "./bins";
import {
  chunkSize, clearInuseBefore, fd, firstOf, hasPrevInuse, head, isMisaligned, memOf, NON_MAIN_ARENA, PREV_INUSE, prevSize, setBk, setBkOfEither, setFd,
  setFirstOf, setFoot, setHead, sizeIn,
} from "./chunk";
import { die } from "./die";
import { initBins } from "./init";
import { maxFast } from "./parameters";
import { getState, has, hasSafeLinking, known, mangle, putState } from "./word";

export function consolidate<W>(av: W): void {
  if (has(Feature.LazyBins) && maxFast<W>() == 0) {
    initBins<W>(av);
    return;
  }
  if (!has(Feature.Fastbins)) return;
  phase<W>(Mark.Consolidate, av, 0);
  setHaveFastchunks<W>(av, false);
  const count = known(PROFILE_FASTBINS);
  for (let index: u32 = 0; index < count; index++) {
    const bin = <u64>fastbinAt<W>(av, index);
    let p = getState<W>(bin);
    putState<W>(bin, 0);
    while (p != 0) {
      if (hasSafeLinking() && !decide<W>(Mark.ConsolidateAligned, !isMisaligned<W>(p), p, <W>index)) die<W>(Msg.ConsolidateUnaligned);
      if (has(Feature.ConsolidateIndexCheck)) {
        const found = fastbinIndex<W>(chunkSize<W>(p));
        if (!decide<W>(Mark.ConsolidateIndex, found == index, <W>found, <W>index)) die<W>(Msg.ConsolidateInvalidSize);
      }
      const next = mangle<W>(memOf<W>(p), fd<W>(p));
      releaseFast<W>(av, p);
      p = next;
      spend(1);
    }
  }
}

/** One chunk of a fastbin. */
function releaseFast<W>(av: W, p: W): void {
  const ownHead = head<W>(p);
  let size: W = has(Feature.ConsolidateKeepsMmapped) ? ownHead & ~(<W>(PREV_INUSE | NON_MAIN_ARENA)) : sizeIn<W>(ownHead);
  const next: W = p + size;
  const nextSize = chunkSize<W>(next);
  line<W>(Mark.ConsolidateChunk, p, size);
  if (!hasPrevInuse<W>(ownHead)) {
    const before = prevSize<W>(p);
    line<W>(Mark.ConsolidateBackward, p - before, before);
    size += before;
    p -= before;
    if (has(Feature.MergeSizeCheck) && chunkSize<W>(p) != before) die<W>(Msg.FastbinsSizeVsPrevSize);
    unlinkChunk<W>(p, Msg.AssertUnlinkConsolidateBackForward);
  }
  if (decide<W>(Mark.ConsolidateIntoTop, next == top<W>(av), next, size)) {
    size += nextSize;
    setHead<W>(p, size | <W>PREV_INUSE);
    setTop<W>(av, p);
    return;
  }
  if (!hasPrevInuse<W>(head<W>(next + nextSize))) {
    line<W>(Mark.ConsolidateForward, next, nextSize);
    size += nextSize;
    unlinkChunk<W>(next, Msg.AssertUnlinkConsolidateNextForward);
  } else clearInuseBefore<W>(next);
  // No check of the list here, unlike in free.
  const bin = unsortedBin<W>(av);
  const first = firstOf<W>(bin);
  setFirstOf<W>(bin, p);
  setBkOfEither<W>(first, p);
  clearNextsize<W>(p, size);
  setHead<W>(p, size | <W>PREV_INUSE);
  setBk<W>(p, bin);
  setFd<W>(p, first);
  setFoot<W>(p, size);
}
