/** memalign and its relatives: allocate enough to find an aligned place inside, free what is before and behind it. */
import { EINVAL, ENOMEM, setErrno } from "../../control";
import { Mark, Msg } from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import { arenaBit, mainArena } from "./arena";
import {
  chunkOf, chunkSize, head, IS_MMAPPED, isMmapped, memOf, PREV_INUSE, prevSize, setHead, setHeadSize, setInuseBefore, setPrevSize,
} from "./chunk";
import { die } from "./die";
import { needInit } from "./init";
import { intFree } from "./int-free";
import { intMalloc } from "./int-malloc";
import { checkArena, malloc } from "./malloc";
import { alignMask, isNegative, minSize, pageSize, requestToSize, sizeSz } from "./word";

@inline
function isPowerOfTwo<W>(value: W): bool {
  return (value & (value - 1)) == 0;
}

export function memalign<W>(alignment: W, bytes: W): W {
  needInit<W>();
  return aligned<W>(alignment, bytes);
}

/** malloc.c: _mid_memalign. */
function aligned<W>(wanted: W, bytes: W): W {
  phase<W>(Mark.Memalign, wanted, bytes);
  if (decide<W>(Mark.MemalignUsual, wanted <= alignMask<W>() + 1, wanted, alignMask<W>() + 1)) return malloc<W>(bytes);
  let alignment: W = wanted < minSize<W>() ? minSize<W>() : wanted;
  if (isNegative<W>(alignment - 1)) {
    setErrno(EINVAL);
    return 0;
  }
  if (!decide<W>(Mark.MemalignPower, isPowerOfTwo<W>(alignment), alignment, 0)) {
    let power: W = (alignMask<W>() + 1) * 2;
    while (power < alignment) power <<= 1;
    alignment = power;
  }
  const av = mainArena<W>();
  const mem = intMemalign<W>(av, alignment, bytes);
  checkArena<W>(av, mem, Msg.AssertMemalignArena);
  return mem;
}

/** malloc.c: _int_memalign. */
function intMemalign<W>(av: W, alignment: W, bytes: W): W {
  const nb = requestToSize<W>(bytes);
  phase<W>(Mark.IntMemalign, alignment, nb);
  if (!decide<W>(Mark.MemalignSize, nb != 0, bytes, nb)) {
    setErrno(ENOMEM);
    return 0;
  }
  const worst: W = nb + alignment + minSize<W>();
  // Upstream's 2.36 lets the sum wrap; Debian's security update of it refuses (measured on 2.36-9+deb12u14).
  if (worst < nb) {
    setErrno(ENOMEM);
    return 0;
  }
  const mem = intMalloc<W>(av, worst);
  if (mem == 0) return 0;
  let p = chunkOf<W>(mem);
  if (!decide<W>(Mark.MemalignAligned, mem % alignment == 0, mem, alignment)) {
    let start: W = chunkOf<W>((mem + alignment - 1) & (0 - alignment));
    // What is left in front must be a chunk.
    if (start - p < minSize<W>()) start += alignment;
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
    intFree<W>(av, p, true);
    p = start;
    if (size < nb || memOf<W>(p) % alignment != 0) die<W>(Msg.AssertMemalignFits);
  }
  if (!isMmapped<W>(head<W>(p))) freeTail<W>(av, p, nb);
  return memOf<W>(p);
}

function freeTail<W>(av: W, p: W, nb: W): void {
  const size = chunkSize<W>(p);
  if (!decide<W>(Mark.MemalignTail, size > nb + minSize<W>(), size, nb + minSize<W>())) return;
  const remainder: W = p + nb;
  setHead<W>(remainder, (size - nb) | <W>PREV_INUSE | arenaBit<W>(av));
  setHeadSize<W>(p, nb);
  intFree<W>(av, remainder, true);
}

/** Returns the error number; `place` receives the pointer. The alignment must be a power of two times the word. */
export function posixMemalign<W>(alignment: W, bytes: W): W {
  needInit<W>();
  const valid = alignment != 0 && alignment % sizeSz<W>() == 0 && isPowerOfTwo<W>(alignment / sizeSz<W>());
  if (!decide<W>(Mark.PosixAlignment, valid, alignment, bytes)) return <W>EINVAL;
  posixPointer = <u64>aligned<W>(alignment, bytes);
  return posixPointer != 0 ? 0 : <W>ENOMEM;
}

/** What the last successful posix_memalign allocated. */
export let posixPointer: u64 = 0;

export function valloc<W>(bytes: W): W {
  needInit<W>();
  return aligned<W>(pageSize<W>(), bytes);
}

/** Rounds up to whole pages first. The mask is glibc's own: −(page − 1), which leaves bit 0 alone. */
export function pvalloc<W>(bytes: W): W {
  needInit<W>();
  const page = pageSize<W>();
  const rounded: W = bytes + page - 1;
  if (!decide<W>(Mark.PvallocFits, rounded >= bytes, bytes, rounded)) {
    setErrno(ENOMEM);
    return 0;
  }
  return aligned<W>(page, rounded & (0 - (page - 1)));
}
