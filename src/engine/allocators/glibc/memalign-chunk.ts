/** _int_memalign: allocates enough to find an aligned place inside, and frees what is before and behind it. */
import { ENOMEM, setErrno, spend } from "../../control";
import { Feature, Mark, Msg } from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import { arenaBit, binAt, binIndex, isMain, minLarge, largeIndex, top } from "./arena";
import { unlinkChunk } from "./bins";
import {
  bk, chunkOf, chunkSize, fd, firstOf, hasPrevInuse, head, IS_MMAPPED, isMisaligned, isMmapped, memOf, NON_MAIN_ARENA, PREV_INUSE, prevSize,
  setBkOfEither, setFdOfEither, setHead, setHeadSize, setInuseBefore, setPrevSize,
} from "./chunk";
import { die, insist } from "./die";
import { moveMapped } from "./mmapped";
import { createFree, freeAndMerge, intFree, releaseLarge } from "./int-free";
import { intMalloc } from "./int-malloc";
import { has, isNegative, minSize, requestToSize } from "./word";

/** malloc.c: _int_memalign. */
export function intMemalign<W>(av: W, alignment: W, bytes: W): W {
  const nb = requestToSize<W>(bytes);
  phase<W>(Mark.IntMemalign, alignment, nb);
  if (!decide<W>(Mark.MemalignSize, nb != 0, bytes, nb)) {
    setErrno(ENOMEM);
    return 0;
  }
  const worst: W = nb + alignment + minSize<W>();
  if (isNegative<W>(alignment) && has(Feature.MemalignWrapChecked)) {
    setErrno(ENOMEM);
    return 0;
  }
  if (worst < nb && (has(Feature.MemalignWrapChecked) || has(Feature.MemalignPaddedBounded))) {
    setErrno(ENOMEM);
    return 0;
  }
  let p: W = has(Feature.MemalignScansBins) ? findAligned<W>(av, alignment, nb) : <W>0;
  if (p == 0) {
    const got = intMalloc<W>(av, worst);
    if (got == 0) return 0;
    p = chunkOf<W>(got);
  }
  const mem = memOf<W>(p);
  if (has(Feature.MappedLikeHeap) && isMmapped<W>(head<W>(p))) {
    const place: W = (mem + alignment - 1) & (0 - alignment);
    moveMapped<W>(p, chunkOf<W>(place));
    return place;
  }
  if (!decide<W>(Mark.MemalignAligned, mem % alignment == 0, mem, alignment)) {
    const start = alignedStart<W>(p, alignment);
    const lead: W = start - p;
    const size: W = chunkSize<W>(p) - lead;
    line<W>(Mark.MemalignLead, start, lead);
    if (isMmapped<W>(head<W>(p))) {
      setPrevSize<W>(start, prevSize<W>(p) + lead);
      setHead<W>(start, size | <W>IS_MMAPPED);
      return memOf<W>(start);
    }
    setHead<W>(start, size | <W>PREV_INUSE | arenaBit<W>(av));
    setInuseBefore<W>(start + size);
    setHeadSize<W>(p, lead | arenaBit<W>(av));
    if (has(Feature.MemalignMerges)) freeAndMerge<W>(av, p, lead, head<W>(p));
    else intFree<W>(av, p, true);
    p = start;
    insist<W>(size >= nb && memOf<W>(p) % alignment == 0, Msg.AssertMemalignFits);
  }
  if (!isMmapped<W>(head<W>(p))) {
    if (has(Feature.MemalignMerges)) mergeTail<W>(av, p, nb);
    else freeTail<W>(av, p, nb);
  }
  return memOf<W>(p);
}

/** The first aligned place that leaves room for a chunk in front, or none. */
function alignedStart<W>(p: W, alignment: W): W {
  const mem = memOf<W>(p);
  const start: W = chunkOf<W>((mem + alignment - 1) & (0 - alignment));
  return start - p < minSize<W>() ? start + alignment : start;
}

function freeTail<W>(av: W, p: W, nb: W): void {
  const size = chunkSize<W>(p);
  if (!decide<W>(Mark.MemalignTail, size > nb + minSize<W>(), size, nb + minSize<W>())) return;
  const remainder: W = p + nb;
  setHead<W>(remainder, (size - nb) | <W>PREV_INUSE | arenaBit<W>(av));
  setHeadSize<W>(p, nb);
  intFree<W>(av, remainder, true);
}

/** The rest becomes a free chunk at once; less than a chunk's worth only where it can join a free neighbour. */
function mergeTail<W>(av: W, p: W, nb: W): void {
  const size = chunkSize<W>(p);
  const next: W = p + size;
  const nextSize = chunkSize<W>(next);
  if (size <= nb) return;
  const rest: W = size - nb;
  let room = rest >= minSize<W>();
  if (!room && !has(Feature.MappedLikeHeap)) room = next == top<W>(av) || !hasPrevInuse<W>(head<W>(next + nextSize));
  if (!decide<W>(Mark.MemalignTailMerges, room, rest, next)) return;
  setHeadSize<W>(p, nb);
  releaseLarge<W>(av, createFree<W>(av, p + nb, rest, next, nextSize));
}

/** Looks through the bins of sizes from nb to twice that for a chunk with an aligned place in it; takes it out. 0 when there is none. */
function findAligned<W>(av: W, alignment: W, nb: W): W {
  const last = binIndex<W>(nb * 2);
  const firstLarge = largeIndex<W>(minLarge<W>());
  for (let index = binIndex<W>(nb); index < last; index++) {
    const bin = binAt<W>(av, index);
    phase<W>(Mark.MemalignScan, <W>index, alignment);
    let best: W = 0;
    let least: W = 0;
    for (let p = firstOf<W>(bin); p != bin; p = fd<W>(p)) {
      if (index >= firstLarge && chunkSize<W>(p) < nb) break;
      const rest = spareFor<W>(p, alignment, nb);
      if (rest > 0 && (best == 0 || rest <= least)) {
        best = p;
        least = rest;
        if (index < firstLarge) break;
      }
      spend(1);
    }
    if (best == 0) continue;
    if (index < firstLarge) {
      setBkOfEither<W>(fd<W>(best), bk<W>(best));
      setFdOfEither<W>(bk<W>(best), fd<W>(best));
    } else unlinkChunk<W>(best, Msg.AssertUnlinkLargeBinForward);
    setInuseBefore<W>(best + chunkSize<W>(best));
    if (!isMain<W>(av)) setHead<W>(best, head<W>(best) | <W>NON_MAIN_ARENA);
    return best;
  }
  return 0;
}

/** 0 when the chunk does not do; else 1 when it fits exactly, or the bytes it has beyond nb. */
function spareFor<W>(p: W, alignment: W, nb: W): W {
  if (isMisaligned<W>(p)) die<W>(Msg.MemalignUnaligned);
  const mem = memOf<W>(p);
  const front: W = ((mem + alignment - 1) & (0 - alignment)) - mem;
  const size = chunkSize<W>(p);
  const whole = front == 0 || front >= minSize<W>();
  if (!decide<W>(Mark.MemalignCandidate, whole && ((size == nb && front == 0) || size > nb + front), p, size)) return 0;
  return size == nb && front == 0 ? <W>1 : size - nb;
}
