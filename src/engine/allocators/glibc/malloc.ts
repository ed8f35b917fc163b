/** malloc, free and calloc as programs call them. */
import { ENOMEM, restoreErrno, setErrno } from "../../control";
import {
  CONTROL_ERRNO, Feature, Mark, Msg, PROFILE_MP_MMAP_THRESHOLD, PROFILE_MP_NO_DYN_THRESHOLD, PROFILE_MP_SBRK_BASE, PROFILE_MP_TRIM_THRESHOLD,
} from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import { fill } from "../../memory/bulk";
import { arenaFor, isMain, maxSystemMem, top } from "./arena";
import { isAlone, leaveArena, mayRetry, ownArena, retryArena } from "./arena-get";
import { chunkOf, chunkSize, head, isMisaligned, isMmapped, sizeIn } from "./chunk";
import { die, insist } from "./die";
import { heapOf, usedOnce } from "./heap";
import { needInit } from "./init";
import { freeChunk, intFree } from "./int-free";
import { AGAIN, isLargeCached, offerToTcache, takeCached, TAKEN, tcacheServes } from "./large-tcache";
import { intMalloc } from "./int-malloc";
import { munmapChunk } from "./mmapped";
import { mp, perturbByte, setMp } from "./parameters";
import { HOOK_MALLOC, hookPending, runHook } from "./hooks";
import { needTcache, tcacheBins, tcacheCount, tcacheFirst, tcacheGet, tcacheIndex, threadCache } from "./tcache";
import { has, hasTcache, minSize, paddedSize, ptrdiffMax, put, requestToSize, sizeSz } from "./word";

/** Whether what _int_malloc hands out is of the arena it came from. */
@inline
export function belongs<W>(av: W, mem: W): bool {
  if (mem == 0) return true;
  const p = chunkOf<W>(mem);
  return isMmapped<W>(head<W>(p)) || arenaFor<W>(p) == av;
}

/** malloc.c: __libc_malloc. */
export function malloc<W>(bytes: W): W {
  needInit<W>();
  if (has(Feature.Hooks)) runHook(HOOK_MALLOC);
  if (hasTcache()) {
    const nb: W = has(Feature.TcacheRequestChecked) ? requestToSize<W>(bytes) : paddedSize<W>(bytes);
    phase<W>(Mark.Malloc, bytes, nb);
    if (has(Feature.TcacheRequestChecked) && !decide<W>(Mark.MallocSize, nb != 0, bytes, nb)) {
      setErrno(ENOMEM);
      return 0;
    }
    const mem = cachedFor<W>(nb);
    if (mem != 0) return mem;
  }
  let av = ownArena<W>(bytes);
  let mem = intMalloc<W>(av, bytes);
  if (mem == 0 && mayRetry<W>(av)) {
    av = retryArena<W>(av, bytes);
    mem = intMalloc<W>(av, bytes);
  }
  leaveArena<W>(av);
  insist<W>(belongs<W>(av, mem), isAlone() ? Msg.AssertMallocMain : Msg.AssertMallocArena);
  return mem;
}

/** What the cache has for a chunk size, 0 when nothing. */
@inline
function cachedFor<W>(nb: W): W {
  if (has(Feature.LargeTcache)) return tcacheServes<W>(nb) ? takeCached<W>(nb) : <W>0;
  needTcache<W>();
  return mallocFromTcache<W>(nb);
}

/** 0 when the cache has nothing of this size. Before 2.42: no large lists. */
@inline
function mallocFromTcache<W>(nb: W): W {
  const index = tcacheIndex<W>(nb, false);
  const bins = tcacheBins<W>();
  phase<W>(Mark.TryTcache, nb, index);
  if (!decide<W>(Mark.TcacheSize, index < bins, index, bins)) return 0;
  const tc = threadCache<W>();
  if (tc == 0) return 0;
  const count = tcacheCount<W>(tc, index, false);
  const hit = has(Feature.CountDecides) ? count > 0 : tcacheFirst<W>(tc, index) != 0;
  if (!decide<W>(Mark.TcacheHit, hit, index, count)) return 0;
  return tcacheGet<W>(tc, index, false);
}

/** DEFAULT_MMAP_THRESHOLD_MAX. */
@inline
function thresholdMax<W>(): W {
  return sizeof<W>() == 8 ? <W>0x200_0000 : <W>0x8_0000;
}

/** malloc.c: __libc_free. errno survives, whatever the system calls inside say. */
export function free<W>(mem: W): void {
  phase<W>(Mark.Free, mem, 0);
  if (!decide<W>(Mark.FreeNull, mem != 0, mem, 0)) return;
  if (has(Feature.LargeTcache)) {
    freeCached<W>(mem);
    return;
  }
  const errno = load<i32>(CONTROL_ERRNO);
  const p = chunkOf<W>(mem);
  const ownHead = head<W>(p);
  if (decide<W>(Mark.FreeIsMmapped, isMmapped<W>(ownHead), ownHead, p)) freeMapping<W>(p, ownHead);
  else {
    needTcache<W>();
    intFree<W>(arenaFor<W>(p), p, false);
  }
  if (has(Feature.FreeKeepsErrno)) restoreErrno(errno);
}

/** free since 2.42: the tcache first, few questions asked. */
function freeCached<W>(mem: W): void {
  const p = chunkOf<W>(mem);
  let size = chunkSize<W>(p);
  if (!decide<W>(Mark.FreeAligned, !isMisaligned<W>(p), p, 0)) die<W>(Msg.FreeInvalidPointer, mem);
  if (tcacheServes<W>(size)) {
    let outcome = offerToTcache<W>(p, mem, size);
    // What asked for a second round is in order now: it cannot ask again.
    if (outcome == AGAIN) outcome = offerToTcache<W>(p, mem, chunkSize<W>(p));
    if (outcome == TAKEN) return;
    size = chunkSize<W>(p);
  }
  const end: W = p + (size - minSize<W>());
  if (!decide<W>(Mark.FreeEnds, end >= p, size, end)) die<W>(Msg.FreeInvalidSize, mem);
  const errno = load<i32>(CONTROL_ERRNO);
  freeChunk<W>(arenaFor<W>(p), p, size, head<W>(p), false);
  restoreErrno(errno);
}

/** A freed mapping raises the threshold to its size: such blocks come from the heap from now on. */
export function freeMapping<W>(p: W, ownHead: W): void {
  const threshold = mp<W>(PROFILE_MP_MMAP_THRESHOLD);
  const grows = mp<i32>(PROFILE_MP_NO_DYN_THRESHOLD) == 0 && ownHead > threshold && ownHead <= thresholdMax<W>();
  if (decide<W>(Mark.ThresholdGrows, grows, ownHead, threshold)) {
    const size = sizeIn<W>(ownHead);
    setMp<W>(PROFILE_MP_MMAP_THRESHOLD, size);
    setMp<W>(PROFILE_MP_TRIM_THRESHOLD, 2 * size);
  }
  munmapChunk<W>(p);
}

/** Bytes from top on that may not be fresh: top itself, and what lay below the highest end the heap ever had. */
function usedBefore<W>(av: W, topChunk: W): W {
  const size = chunkSize<W>(topChunk);
  const h = heapOf<W>(topChunk);
  const touched: W = isMain<W>(av)
    ? mp<W>(PROFILE_MP_SBRK_BASE) + maxSystemMem<W>(av) - topChunk
    : h + usedOnce<W>(h) - topChunk;
  return size < touched ? touched : size;
}

/** malloc.c: __libc_calloc. Fresh memory from the kernel is not cleared again. */
export function calloc<W>(count: W, each: W): W {
  phase<W>(Mark.Calloc, count, each);
  const most: W = has(Feature.CallocPtrdiff) ? ptrdiffMax<W>() : ~(<W>0);
  const fits = count == 0 || each <= most / count;
  if (!decide<W>(Mark.CallocFits, fits, count, each)) {
    setErrno(ENOMEM);
    return 0;
  }
  const bytes: W = count * each;
  needInit<W>();
  if (has(Feature.Hooks) && hookPending(HOOK_MALLOC)) {
    // The hook that initialises malloc is malloc's own: calloc clears what it gave.
    const fresh = malloc<W>(bytes);
    if (fresh != 0) fill(<u64>fresh, 0, <u64>bytes);
    return fresh;
  }
  if (!has(Feature.LargeTcache)) needTcache<W>();
  if (has(Feature.CallocFromTcache)) {
    const nb = requestToSize<W>(bytes);
    if (nb == 0) {
      setErrno(ENOMEM);
      return 0;
    }
    const cached = cachedFor<W>(nb);
    if (cached != 0) {
      // Of a bin that holds one size each, the size needs no second look.
      const size: W = has(Feature.LargeTcache) && !isLargeCached<W>(nb) ? nb : chunkSize<W>(chunkOf<W>(cached));
      clear<W>(cached, size - sizeSz<W>());
      return cached;
    }
  }
  let av = ownArena<W>(bytes);
  const oldTop: W = av == 0 ? 0 : top<W>(av);
  const dirty: W = av == 0 ? 0 : usedBefore<W>(av, oldTop);
  let mem = intMalloc<W>(av, bytes);
  insist<W>(belongs<W>(av, mem), Msg.AssertCallocArena);
  if (mem == 0 && mayRetry<W>(av)) {
    av = retryArena<W>(av, bytes);
    mem = intMalloc<W>(av, bytes);
  }
  leaveArena<W>(av);
  if (mem == 0) return 0;
  const p = chunkOf<W>(mem);
  const ownHead = head<W>(p);
  if (decide<W>(Mark.CallocMmapped, isMmapped<W>(ownHead), ownHead, 0)) {
    if (perturbByte() != 0) fill(<u64>mem, 0, <u64>bytes);
    return mem;
  }
  let size = sizeIn<W>(ownHead);
  if (perturbByte() == 0 && p == oldTop && decide<W>(Mark.CallocFresh, size > dirty, size, dirty)) size = dirty;
  clear<W>(mem, size - sizeSz<W>());
  return mem;
}

/** Up to nine words are cleared one by one, as many as an odd number of words needs; more by memset. */
function clear<W>(mem: W, bytes: W): void {
  const words: W = bytes / sizeSz<W>();
  line<W>(Mark.CallocClear, mem, bytes);
  if (words > 9) {
    fill(<u64>mem, 0, <u64>bytes);
    return;
  }
  insist<W>(words >= 3, Msg.AssertCallocClears);
  const odd: W = words > 8 ? 9 : words > 6 ? 7 : words > 4 ? 5 : 3;
  for (let i: W = 0; i < odd; i++) put<W>(mem + i * sizeSz<W>(), 0);
}
