/** Doubly linked bins: taking a chunk out, putting one into the unsorted bin. */
import { Feature, Mark, Msg } from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import { arenaFor, binAt, isSmall, markBin, smallIndex, unsortedBin } from "./arena";
import {
  bk, bkNextsize, bkOfEither, chunkSize, fd, fdNextsize, fdOfEither, firstOf, head, prevSize, setBk, setBkNextsize, setBkOfEither, setFd,
  setFdNextsize, setFdOfEither, setFirstOf,
} from "./chunk";
import { die } from "./die";
import { has } from "./word";

/** The arena that a failed check marks, in releases that do. Others must not look: a damaged chunk may lead anywhere. */
function marked<W>(p: W): W {
  return has(Feature.ErrorIn) ? arenaFor<W>(p) : <W>0;
}

/**
 * Takes a free chunk out of its bin. malloc.c: unlink_chunk. `site`: the first of the two assertions that fail here on a broken skip list,
 * in releases where this was a macro.
 */
export function unlinkChunk<W>(p: W, site: Msg): void {
  if (has(Feature.UnlinkSizeCheck)) {
    const size = chunkSize<W>(p);
    const footer = prevSize<W>(p + size);
    if (!decide<W>(Mark.UnlinkSizes, size == footer, size, footer)) die<W>(Msg.UnlinkSizeVsPrevSize, p, marked<W>(p));
  }
  const next = fd<W>(p);
  const previous = bk<W>(p);
  const linked = bkOfEither<W>(next) == p && fdOfEither<W>(previous) == p;
  if (!decide<W>(Mark.UnlinkNeighbours, linked, next, previous)) die<W>(Msg.UnlinkDoubleLinkedList, p, marked<W>(p));
  setBkOfEither<W>(next, previous);
  setFdOfEither<W>(previous, next);
  // The flags stay in the comparison, as in glibc: they cannot lift a small size over the limit.
  if (isSmall<W>(head<W>(p))) return;
  const larger = fdNextsize<W>(p);
  if (decide<W>(Mark.UnlinkInSkipList, larger != 0, larger, p)) unlinkNextsize<W>(p, next, larger, site);
}

/** A large chunk that leads its size: its place in the skip list goes to `heir` (next of the same size), or disappears. */
function unlinkNextsize<W>(p: W, heir: W, larger: W, site: Msg): void {
  const smaller = bkNextsize<W>(p);
  const back = bkNextsize<W>(larger);
  const linked = back == p && fdNextsize<W>(smaller) == p;
  if (!decide<W>(Mark.UnlinkSkipNeighbours, linked, larger, smaller)) {
    if (has(Feature.NextsizeMessage)) die<W>(Msg.UnlinkNotSmall, p, marked<W>(p));
    die<W>(back != p ? site : <Msg>(site + 1));
  }
  if (!decide<W>(Mark.UnlinkHeir, fdNextsize<W>(heir) == 0, heir, p)) {
    setBkNextsize<W>(fdNextsize<W>(p), bkNextsize<W>(p));
    setFdNextsize<W>(bkNextsize<W>(p), fdNextsize<W>(p));
  } else if (fdNextsize<W>(p) == p) {
    setBkNextsize<W>(heir, heir);
    setFdNextsize<W>(heir, heir);
  } else {
    setFdNextsize<W>(heir, fdNextsize<W>(p));
    setBkNextsize<W>(heir, bkNextsize<W>(p));
    setBkNextsize<W>(fdNextsize<W>(p), heir);
    setFdNextsize<W>(bkNextsize<W>(p), heir);
  }
}

/** A chunk that is not in a large bin yet leads no size. */
@inline
export function clearNextsize<W>(p: W, size: W): void {
  if (isSmall<W>(size)) return;
  setFdNextsize<W>(p, 0);
  setBkNextsize<W>(p, 0);
}

/** Puts a small chunk at the front of the bin of its size. */
export function insertSmall<W>(av: W, p: W, size: W): void {
  const index = smallIndex<W>(size);
  phase<W>(Mark.FreeToSmallBin, p, <W>index);
  const bin = binAt<W>(av, index);
  const first = firstOf<W>(bin);
  const back = bkOfEither<W>(first);
  if (!decide<W>(Mark.SmallBinHead, back == bin, first, back)) die<W>(Msg.FreeCorruptedSmallbin);
  markBin<W>(av, index);
  setBk<W>(p, bin);
  setFd<W>(p, first);
  setFirstOf<W>(bin, p);
  setBkOfEither<W>(first, p);
}

/** Puts a chunk at the front of the unsorted bin; `corrupted` is what glibc says at this place when the list is broken, and about what. */
export function insertUnsorted<W>(av: W, p: W, size: W, corrupted: Msg, about: W): void {
  const bin = unsortedBin<W>(av);
  const first = firstOf<W>(bin);
  const back = bkOfEither<W>(first);
  if (!decide<W>(Mark.UnsortedHead, back == bin, first, back)) die<W>(corrupted, about);
  setBk<W>(p, bin);
  setFd<W>(p, first);
  setFirstOf<W>(bin, p);
  setBkOfEither<W>(first, p);
  clearNextsize<W>(p, size);
  line<W>(Mark.UnsortedInserted, p, size);
}
