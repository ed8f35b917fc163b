/** memalign and its relatives as programs call them: which alignments and sizes are refused, and where a block is looked for first. */
import { EINVAL, ENOMEM, setErrno, spend } from "../../control";
import { Feature, Mark, Msg } from "../../generated/abi";
import { decide, phase } from "../../marks";
import { haveFastchunks } from "./arena";
import { isAlone, leaveArena, mayRetry, ownArena, retryArena } from "./arena-get";
import { consolidate } from "./consolidate";
import { insist } from "./die";
import { HOOK_MEMALIGN, hookPending, runHook } from "./hooks";
import { needInit } from "./init";
import { takeCachedAligned } from "./large-tcache";
import { belongs, malloc } from "./malloc";
import { intMemalign } from "./memalign-chunk";
import { tcacheGetAligned } from "./tcache-aligned";
import { alignMask, alignUp, has, isNegative, minSize, pageSize, requestToSize, sizeSz } from "./word";

@inline
function isPowerOfTwo<W>(value: W): bool {
  return (value & (value - 1)) == 0;
}

@inline
function refuse<W>(error: i32): W {
  setErrno(error);
  return 0;
}

export function memalign<W>(alignment: W, bytes: W): W {
  needInit<W>();
  return aligned<W>(alignment, bytes);
}

/** memalign under another name, until C17's rules for the alignment were taken over. */
export function alignedAlloc<W>(alignment: W, bytes: W): W {
  needInit<W>();
  if (has(Feature.AlignedAllocStrict)) {
    const valid = alignment != 0 && isPowerOfTwo<W>(alignment);
    if (!decide<W>(Mark.AlignedAllocPower, valid, alignment, bytes)) return refuse<W>(EINVAL);
  }
  return aligned<W>(alignment, bytes);
}

/** malloc.c: _mid_memalign. */
function aligned<W>(wanted: W, bytes: W): W {
  if (has(Feature.Hooks)) runHook(HOOK_MEMALIGN);
  phase<W>(Mark.Memalign, wanted, bytes);
  if (decide<W>(Mark.MemalignUsual, wanted <= alignMask<W>() + 1, wanted, alignMask<W>() + 1)) return malloc<W>(bytes);
  let alignment: W = wanted < minSize<W>() ? minSize<W>() : wanted;
  if (has(Feature.AlignmentBounded) && isNegative<W>(alignment - 1)) return refuse<W>(EINVAL);
  if (has(Feature.MemalignBounded) && bytes > ~(<W>0) - alignment - minSize<W>()) return refuse<W>(ENOMEM);
  if (!decide<W>(Mark.MemalignPower, isPowerOfTwo<W>(alignment), alignment, 0)) {
    let power: W = (alignMask<W>() + 1) * 2;
    while (power < alignment) {
      power <<= 1;
      spend(1);
    }
    alignment = power;
  }
  if (has(Feature.MemalignFromTcache)) {
    const nb = requestToSize<W>(bytes);
    if (nb == 0) return refuse<W>(ENOMEM);
    const cached: W = has(Feature.LargeTcache) ? takeCachedAligned<W>(nb, alignment) : tcacheGetAligned<W>(nb, alignment);
    if (cached != 0) return cached;
  }
  return fromArena<W>(alignment, bytes, false, isAlone() ? Msg.AssertMemalignMain : Msg.AssertMemalignArena);
}

/** `message`: how this kind of call says that the block is of another arena. */
function fromArena<W>(alignment: W, bytes: W, consolidatesFirst: bool, message: Msg): W {
  let av = ownArena<W>(bytes + alignment + minSize<W>());
  if (consolidatesFirst && av != 0 && haveFastchunks<W>(av)) consolidate<W>(av);
  let mem = intMemalign<W>(av, alignment, bytes);
  if (mem == 0 && mayRetry<W>(av)) {
    av = retryArena<W>(av, bytes, !has(Feature.ArenaRing));
    mem = intMemalign<W>(av, alignment, bytes);
  }
  leaveArena<W>(av);
  insist<W>(belongs<W>(av, mem), message);
  return mem;
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
  return has(Feature.VallocConsolidates) ? pagesConsolidated<W>(bytes, Msg.AssertVallocArena) : aligned<W>(pageSize<W>(), bytes);
}

/** valloc as it was once, with an empty table of fastbins and no check of the size; unless memalign's hook has yet to run. */
function pagesConsolidated<W>(bytes: W, message: Msg): W {
  if (hookPending(HOOK_MEMALIGN)) return aligned<W>(pageSize<W>(), bytes);
  return fromArena<W>(pageSize<W>(), bytes, true, message);
}

/** Rounds up to whole pages first. For some years the mask was −(page − 1), which leaves bit 0 alone. */
export function pvalloc<W>(bytes: W): W {
  needInit<W>();
  const page = pageSize<W>();
  if (has(Feature.VallocConsolidates)) return pagesConsolidated<W>(alignUp<W>(bytes, page), Msg.AssertPvallocArena);
  const rounded: W = bytes + page - 1;
  const most: W = ~(<W>0) - (has(Feature.PtrdiffLimit) ? page - 1 : 2 * page + minSize<W>());
  if (!decide<W>(Mark.PvallocFits, bytes <= most, bytes, rounded)) return refuse<W>(ENOMEM);
  return aligned<W>(page, rounded & (0 - (has(Feature.PvallocOddMask) ? page - 1 : page)));
}
