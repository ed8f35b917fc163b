/** realloc: in place when shrinking or when the neighbour above gives room, else allocate, copy, free. */
import { ENOMEM, setErrno } from "../../control";
import { Feature, Mark, Msg, PROFILE_MP_TRIM_THRESHOLD } from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import { copy } from "../../memory/bulk";
import { arenaBit, arenaFor, setTop, systemMem, top } from "./arena";
import { enterArena, isAlone, leaveArena, mayRetry } from "./arena-get";
import { unlinkChunk } from "./bins";
import {
  chunkOf, chunkSize, hasPrevInuse, head, isMisaligned, isMmapped, memOf, PREV_INUSE, setHead, setHeadSize, setInuseBefore, sizeIn,
} from "./chunk";
import { die, insist } from "./die";
import { needInit } from "./init";
import { intFree } from "./int-free";
import { intMalloc } from "./int-malloc";
import { belongs, free, malloc } from "./malloc";
import { mremapChunk, munmapChunk } from "./mmapped";
import { mp } from "./parameters";
import { usableSize } from "./statistics";
import { needTcache } from "./tcache";
import { HOOK_MALLOC, HOOK_REALLOC, hookPending, runHook } from "./hooks";
import { alignMask, has, headerBytes, minSize, pageSize, requestToSize, sizeSz } from "./word";

/** malloc.c: __libc_realloc. */
export function realloc<W>(mem: W, bytes: W): W {
  needInit<W>();
  if (has(Feature.Hooks)) {
    if (hookPending(HOOK_REALLOC)) runHook(HOOK_MALLOC);
    runHook(HOOK_REALLOC);
  }
  phase<W>(Mark.Realloc, mem, bytes);
  if (decide<W>(Mark.ReallocFrees, bytes == 0 && mem != 0, mem, bytes)) {
    free<W>(mem);
    return 0;
  }
  if (decide<W>(Mark.ReallocMallocs, mem == 0, mem, bytes)) return malloc<W>(bytes);
  if (has(Feature.ReallocMeasures) && mayStay<W>(mem, bytes)) return mem;
  const p = chunkOf<W>(mem);
  const ownHead = head<W>(p);
  const size = sizeIn<W>(ownHead);
  const mapped = isMmapped<W>(ownHead);
  let av: W = 0;
  if (!mapped) {
    if (!has(Feature.LargeTcache)) needTcache<W>();
    av = arenaFor<W>(p);
  }
  if (!decide<W>(Mark.ReallocPointer, p <= 0 - size && !isMisaligned<W>(p), p, size)) die<W>(Msg.ReallocInvalidPointer, mem, av);
  const nb = requestToSize<W>(bytes);
  if (!decide<W>(Mark.ReallocSize, nb != 0, bytes, nb)) {
    setErrno(ENOMEM);
    return 0;
  }
  if (decide<W>(Mark.ReallocMmapped, mapped, ownHead, nb)) return reallocMapping<W>(p, mem, size, nb, bytes);
  enterArena<W>(av);
  const result = intRealloc<W>(av, p, size, nb);
  leaveArena<W>(av);
  insist<W>(belongs<W>(av, result), isAlone() ? Msg.AssertReallocMain : Msg.AssertReallocArena);
  return result != 0 || !mayRetry<W>(av) ? result : moveElsewhere<W>(av, mem, size, bytes);
}

/** The block's own arena has no room: any other will do. */
function moveElsewhere<W>(av: W, mem: W, size: W, bytes: W): W {
  const fresh = malloc<W>(bytes);
  if (!decide<W>(Mark.ReallocElsewhere, fresh != 0, mem, fresh)) return 0;
  copy(<u64>fresh, <u64>mem, <u64>(size - sizeSz<W>()));
  intFree<W>(av, chunkOf<W>(mem), false);
  return fresh;
}

/** Whether the block is large enough and not too large, so that it stays as it is. A first look that trusts the chunk. */
function mayStay<W>(mem: W, bytes: W): bool {
  const usable = usableSize<W>(mem);
  const spare: W = usable - bytes;
  if (!decide<W>(Mark.ReallocUsable, bytes <= usable, bytes, usable)) return false;
  if (has(Feature.ReallocKeepsAny)) {
    const threshold = mp<W>(PROFILE_MP_TRIM_THRESHOLD);
    return decide<W>(Mark.ReallocKeepsAny, spare <= threshold, spare, threshold);
  }
  if (decide<W>(Mark.ReallocKeepsSame, spare < headerBytes<W>(), spare, headerBytes<W>())) return true;
  if (!has(Feature.ReallocKeepsMapping) || !isMmapped<W>(head<W>(chunkOf<W>(mem)))) return false;
  return decide<W>(Mark.ReallocKeepsMapping, spare <= pageSize<W>(), spare, pageSize<W>());
}

function reallocMapping<W>(p: W, mem: W, size: W, nb: W, bytes: W): W {
  const moved = mremapChunk<W>(p, nb);
  if (moved != 0) return memOf<W>(moved);
  // The kernel refused: keep the block if it is large enough, else copy.
  const stays = has(Feature.MappedLikeHeap) ? bytes <= usableSize<W>(mem) : size - sizeSz<W>() >= nb;
  if (stays) return mem;
  const fresh = malloc<W>(bytes);
  if (fresh == 0) return 0;
  copy(<u64>fresh, <u64>mem, <u64>(size - headerBytes<W>()));
  munmapChunk<W>(p);
  return fresh;
}

/** malloc.c: _int_realloc. */
function intRealloc<W>(av: W, p: W, oldSize: W, nb: W): W {
  phase<W>(Mark.IntRealloc, p, nb);
  const limit = systemMem<W>(av);
  const oldHead = head<W>(p);
  const sane = oldHead > headerBytes<W>() && oldSize < limit && (!has(Feature.ReallocMeasures) || sizeIn<W>(oldHead) == oldSize);
  if (!decide<W>(Mark.ReallocOldSize, sane, oldHead, limit)) die<W>(Msg.ReallocInvalidOldSize, memOf<W>(p), av);
  const next: W = p + oldSize;
  const nextHead = head<W>(next);
  const nextSize = sizeIn<W>(nextHead);
  if (!decide<W>(Mark.ReallocNextSize, nextHead > headerBytes<W>() && nextSize < limit, nextHead, limit)) die<W>(Msg.ReallocInvalidNextSize, memOf<W>(p), av);
  if (decide<W>(Mark.ReallocFits, oldSize >= nb, oldSize, nb)) return giveBackRest<W>(av, p, oldSize, nb);

  const joined: W = oldSize + nextSize;
  if (next == top<W>(av)) {
    if (decide<W>(Mark.ReallocIntoTop, joined >= nb + minSize<W>(), joined, nb + minSize<W>())) {
      setHeadSize<W>(p, nb | arenaBit<W>(av));
      setTop<W>(av, p + nb);
      setHead<W>(p + nb, (joined - nb) | <W>PREV_INUSE);
      return memOf<W>(p);
    }
  } else if (decide<W>(Mark.ReallocNextFree, !hasPrevInuse<W>(head<W>(next + nextSize)), next, nextSize)) {
    if (decide<W>(Mark.ReallocIntoNext, joined >= nb, joined, nb)) {
      unlinkChunk<W>(next, Msg.AssertUnlinkReallocForward);
      return giveBackRest<W>(av, p, joined, nb);
    }
  }
  return moveBlock<W>(av, p, oldSize, nb, next);
}

/** Allocates elsewhere and copies; when the new chunk happens to be the neighbour, the two are simply joined. */
function moveBlock<W>(av: W, p: W, oldSize: W, nb: W, next: W): W {
  phase<W>(Mark.ReallocMove, p, nb);
  const fresh = intMalloc<W>(av, nb - alignMask<W>());
  if (fresh == 0) return 0;
  const chunk = chunkOf<W>(fresh);
  if (decide<W>(Mark.ReallocAdjacent, chunk == next, chunk, next)) return giveBackRest<W>(av, p, oldSize + chunkSize<W>(chunk), nb);
  const mem = memOf<W>(p);
  const usable: W = chunkSize<W>(p) - headerBytes<W>() + sizeSz<W>();
  line<W>(Mark.ReallocCopy, fresh, usable);
  insist<W>(usable / sizeSz<W>() >= 3, Msg.AssertReallocCopies);
  copy(<u64>fresh, <u64>mem, <u64>usable);
  intFree<W>(av, p, true);
  return fresh;
}

/** Splits off what the block does not need, and frees it like a chunk of the user's. */
function giveBackRest<W>(av: W, p: W, size: W, nb: W): W {
  insist<W>(size >= nb, Msg.AssertReallocFits);
  const rest: W = size - nb;
  phase<W>(Mark.ReallocRest, size, nb);
  if (!decide<W>(Mark.ReallocSplits, rest >= minSize<W>(), rest, minSize<W>())) {
    setHeadSize<W>(p, size | arenaBit<W>(av));
    setInuseBefore<W>(p + size);
    return memOf<W>(p);
  }
  const remainder: W = p + nb;
  setHeadSize<W>(p, nb | arenaBit<W>(av));
  setHead<W>(remainder, rest | <W>PREV_INUSE | arenaBit<W>(av));
  setInuseBefore<W>(remainder + rest);
  intFree<W>(av, remainder, true);
  return memOf<W>(p);
}
