/**
 * Which arena a thread allocates from. While the process has one thread that is main_arena and nobody looks; afterwards each thread keeps
 * to the arena it is attached to:
 *
 *   thread_arena? ─yes─► wait for its lock
 *       └─no─► free list ─► new arena, below the limit ─► reused: the next one around the ring that is not locked
 *
 *   main_arena ─next─► newest ─next─► … ─next─► oldest ─next─► main_arena         free_list ─next_free─► … arenas no thread is attached to
 *
 * glibc 2.12 had neither attachment nor limit: a thread that finds its arena locked walks the ring and takes the first that is not.
 */
import { wait } from "../../control";
import {
  CONTROL_ARENA_PATH, CONTROL_THREAD_ARENA, Feature, Mark, Msg, PROFILE_ARENA_LIMIT, PROFILE_CORES, PROFILE_FREE_LIST, PROFILE_MP_ARENA_MAX,
  PROFILE_MP_ARENA_TEST, PROFILE_MP_TOP_PAD, PROFILE_NARENAS, PROFILE_NEXT_TO_USE, PROFILE_STATE_ATTACHED_THREADS, PROFILE_STATE_BYTES,
  PROFILE_STATE_NEXT, PROFILE_STATE_NEXT_FREE,
} from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import { read, readPaged, write } from "../../memory/access";
import { isLocked, isMain, lock, mainArena, setMaxSystemMem, setSystemMem, setTop, unlock } from "./arena";
import { memOf, PREV_INUSE, setHead } from "./chunk";
import { insist } from "./die";
import { heapInfoBytes, heapSize, newHeap, setHeapArena } from "./heap";
import { initBins } from "./init";
import { mp } from "./parameters";
import { alignMask, getState, has, known, putState } from "./word";

/** Nobody has made a second thread: malloc goes to main_arena without asking, and gives up when that fails. SINGLE_THREAD_P. */
@inline
export function isAlone(): bool {
  return load<u32>(CONTROL_ARENA_PATH) == 0;
}

@inline
export function threadArena<W>(): W {
  return readPaged<W>(load<u64>(CONTROL_THREAD_ARENA));
}

@inline
export function setThreadArena<W>(av: W): void {
  write<W>(load<u64>(CONTROL_THREAD_ARENA), av);
}

/** Locks an arena; when another thread holds it, this one has to wait. */
export function enterArena<W>(av: W): void {
  if (isAlone()) return;
  if (isLocked<W>(av)) wait(<u64>av);
  lock<W>(av);
}

export function leaveArena<W>(av: W): void {
  if (!isAlone() && av != 0) unlock<W>(av);
}

/** The arena for a request of this thread, locked. 0: there is none; a mapping may still do. */
@inline
export function ownArena<W>(bytes: W): W {
  return isAlone() ? mainArena<W>() : arenaGet<W>(bytes);
}

/** arena_get. */
export function arenaGet<W>(bytes: W): W {
  const av = threadArena<W>();
  phase<W>(Mark.ArenaGet, av, bytes);
  if (!decide<W>(Mark.ArenaAttached, av != 0, av, 0)) return arenaGet2<W>(bytes, 0);
  if (has(Feature.ArenaRing) && isLocked<W>(av)) return arenaGet2<W>(bytes, 0);
  enterArena<W>(av);
  return av;
}

/** Whether a request that `av` could not serve is tried elsewhere. */
@inline
export function mayRetry<W>(av: W): bool {
  return !isAlone() && av != 0;
}

/**
 * Another arena after `av` has failed, locked; `av` is let go. 0: none. `heldOn`: 2.12's malloc and calloc keep main_arena locked meanwhile, so
 * that the ring cannot offer it again; its memalign does not. arena.c: arena_get_retry.
 */
export function retryArena<W>(av: W, bytes: W, heldOn: bool = true): W {
  phase<W>(Mark.ArenaRetry, av, bytes);
  unlock<W>(av);
  if (!decide<W>(Mark.ArenaRetryMain, isMain<W>(av), av, 0)) {
    enterArena<W>(mainArena<W>());
    return mainArena<W>();
  }
  return arenaGet2<W>(bytes, heldOn ? av : 0);
}

/** arena.c: arena_get2. `avoid`: an arena that has just failed. */
function arenaGet2<W>(bytes: W, avoid: W): W {
  if (has(Feature.ArenaRing)) return arenaFromRing<W>(bytes, avoid);
  phase<W>(Mark.ArenaSearch, threadArena<W>(), bytes);
  const free = takeFree<W>();
  if (free != 0) return free;
  const limit = arenaLimit<W>();
  const count = read<W>(load<u64>(PROFILE_NARENAS));
  // A limit of 0 is none yet: one less is the largest number there is.
  if (!decide<W>(Mark.ArenaBelowLimit, count <= limit - 1, count, limit)) return reuseArena<W>(avoid);
  write<W>(load<u64>(PROFILE_NARENAS), count + 1);
  const av = newArena<W>(bytes);
  if (av == 0) write<W>(load<u64>(PROFILE_NARENAS), count);
  return av;
}

/** How many arenas there may be, main_arena included; reckoned once there are more than arena_test. 0: no limit yet. */
function arenaLimit<W>(): W {
  const at = load<u64>(PROFILE_ARENA_LIMIT);
  const reckoned = read<W>(at);
  if (reckoned != 0) return reckoned;
  const most = mp<W>(PROFILE_MP_ARENA_MAX);
  const perCore: W = sizeof<W>() == 8 ? 8 : 2;
  let limit: W = most;
  if (limit == 0) {
    if (read<W>(load<u64>(PROFILE_NARENAS)) <= mp<W>(PROFILE_MP_ARENA_TEST)) return 0;
    limit = <W>load<u32>(PROFILE_CORES) * perCore;
  }
  line<W>(Mark.ArenaLimit, limit, perCore);
  write<W>(at, limit);
  return limit;
}

@inline
export function nextArena<W>(av: W): W {
  return getState<W>(<u64>av + <u64>known(PROFILE_STATE_NEXT));
}

@inline
function setNextArena<W>(av: W, next: W): void {
  putState<W>(<u64>av + <u64>known(PROFILE_STATE_NEXT), next);
}

@inline
function nextFree<W>(av: W): W {
  return getState<W>(<u64>av + <u64>known(PROFILE_STATE_NEXT_FREE));
}

@inline
function setNextFree<W>(av: W, next: W): void {
  putState<W>(<u64>av + <u64>known(PROFILE_STATE_NEXT_FREE), next);
}

@inline
function attached<W>(av: W): W {
  return getState<W>(<u64>av + <u64>known(PROFILE_STATE_ATTACHED_THREADS));
}

export function setAttached<W>(av: W, count: W): void {
  putState<W>(<u64>av + <u64>known(PROFILE_STATE_ATTACHED_THREADS), count);
}

@inline
function freeList<W>(): W {
  return read<W>(load<u64>(PROFILE_FREE_LIST));
}

@inline
function setFreeList<W>(av: W): void {
  write<W>(load<u64>(PROFILE_FREE_LIST), av);
}

export function pushFree<W>(av: W): void {
  setNextFree<W>(av, freeList<W>());
  setFreeList<W>(av);
}

/** The thread leaves the arena it had; that one goes to no free list, the next thread to end there puts it there. arena.c: detach_arena. */
function detach<W>(av: W): void {
  if (av == 0) return;
  insist<W>(attached<W>(av) != 0, Msg.AssertDetachAttached);
  setAttached<W>(av, attached<W>(av) - 1);
}

/** arena.c: get_free_list. */
function takeFree<W>(): W {
  const replaced = threadArena<W>();
  const av = freeList<W>();
  if (!decide<W>(Mark.ArenaFree, av != 0, av, 0)) return 0;
  setFreeList<W>(nextFree<W>(av));
  if (has(Feature.FreeListChecked)) {
    insist<W>(attached<W>(av) == 0, Msg.AssertFreeListAttached);
    setAttached<W>(av, 1);
  } else setAttached<W>(av, attached<W>(av) + 1);
  detach<W>(replaced);
  enterArena<W>(av);
  setThreadArena<W>(av);
  return av;
}

/** arena.c: reused_arena. */
function reuseArena<W>(avoid: W): W {
  const nextAt = load<u64>(PROFILE_NEXT_TO_USE);
  const kept = read<W>(nextAt);
  const first: W = kept == 0 ? mainArena<W>() : kept;
  phase<W>(Mark.ReuseArena, first, avoid);
  let av = first;
  while (!decide<W>(Mark.ReuseUnlocked, !isLocked<W>(av), av, 0)) {
    av = nextArena<W>(av);
    if (av == first) {
      if (has(Feature.ReuseGivesUp)) return 0;
      if (av == avoid) av = nextArena<W>(av);
      break;
    }
  }
  enterArena<W>(av);
  detach<W>(threadArena<W>());
  if (has(Feature.FreeListChecked)) removeFree<W>(av);
  setAttached<W>(av, attached<W>(av) + 1);
  setThreadArena<W>(av);
  write<W>(nextAt, nextArena<W>(av));
  return av;
}

/** arena.c: remove_from_free_list. */
function removeFree<W>(av: W): void {
  let before: W = 0;
  for (let each = freeList<W>(); each != 0; each = nextFree<W>(each)) {
    insist<W>(attached<W>(each) == 0, Msg.AssertFreeListMember);
    if (each == av) {
      if (before == 0) setFreeList<W>(nextFree<W>(av));
      else setNextFree<W>(before, nextFree<W>(av));
      return;
    }
    before = each;
  }
}

/** glibc 2.12: once around the ring, beginning behind the arena the thread had; a new one when all are locked. */
function arenaFromRing<W>(bytes: W, avoid: W): W {
  const had = threadArena<W>();
  const first: W = had == 0 ? mainArena<W>() : nextArena<W>(had);
  const last: W = had == 0 ? mainArena<W>() : had;
  phase<W>(Mark.ArenaRing, first, last);
  let av = first;
  do {
    if (decide<W>(Mark.ArenaRingUnlocked, !isLocked<W>(av) && av != avoid, av, 0)) {
      enterArena<W>(av);
      setThreadArena<W>(av);
      return av;
    }
    av = nextArena<W>(av);
  } while (av != last);
  return newArena<W>(bytes);
}

/** A heap with a malloc_state in front. The thread is attached to it, and has it locked. arena.c: _int_new_arena. */
function newArena<W>(bytes: W): W {
  phase<W>(Mark.NewArena, bytes, 0);
  const overhead: W = heapInfoBytes<W>() + <W>known(PROFILE_STATE_BYTES) + alignMask<W>() + 1;
  const pad = mp<W>(PROFILE_MP_TOP_PAD);
  let h = newHeap<W>(bytes + overhead, pad);
  // Too large for a heap: the request will become a mapping, but the arena is wanted all the same.
  if (h == 0) h = newHeap<W>(overhead, pad);
  if (!decide<W>(Mark.NewArenaGot, h != 0, h, 0)) return 0;
  const av: W = h + heapInfoBytes<W>();
  setHeapArena<W>(h, av);
  initBins<W>(av);
  if (!has(Feature.ArenaRing)) setAttached<W>(av, 1);
  const size = heapSize<W>(h);
  setSystemMem<W>(av, size);
  setMaxSystemMem<W>(av, size);
  let p: W = av + <W>known(PROFILE_STATE_BYTES);
  const misaligned: W = memOf<W>(p) & alignMask<W>();
  if (misaligned != 0) p += alignMask<W>() + 1 - misaligned;
  setTop<W>(av, p);
  setHead<W>(p, (h + size - p) | <W>PREV_INUSE);
  const replaced = threadArena<W>();
  setThreadArena<W>(av);
  setNextArena<W>(av, nextArena<W>(mainArena<W>()));
  setNextArena<W>(mainArena<W>(), av);
  line<W>(Mark.NewArenaLinked, av, size);
  if (!has(Feature.ArenaRing)) detach<W>(replaced);
  enterArena<W>(av);
  return av;
}

/** The thread ends: its arena waits on the free list when nobody else is attached. arena.c: __malloc_arena_thread_freeres. */
export function leaveThreadArena<W>(): void {
  if (has(Feature.ArenaRing)) return;
  const av = threadArena<W>();
  phase<W>(Mark.ThreadLeavesArena, av, 0);
  setThreadArena<W>(0);
  if (av == 0) return;
  insist<W>(attached<W>(av) != 0, Msg.AssertThreadAttached);
  const left: W = attached<W>(av) - 1;
  setAttached<W>(av, left);
  if (decide<W>(Mark.ThreadWasLast, left == 0, av, left)) pushFree<W>(av);
}
