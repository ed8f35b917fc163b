/**
 * malloc's part of fork(2): the copy of a process must not hold arenas that were being changed, and has one thread of all.
 *
 *   parent   every lock taken ─► fork ─► every lock let go
 *   child                          └───► every lock new; the arenas of threads that it does not have go to the free list
 *
 * arena.c: __malloc_fork_lock_parent and its fellows; before 2.24 ptmalloc_lock_all, which also takes the thread's arena away meanwhile (it sets
 * malloc's and free's hooks as well, and puts them back before any call could see them).
 */
import { spend, wait } from "../../control";
import { Feature, Mark, PROFILE_FREE_LIST, PROFILE_MALLOC_INITIALIZED, PROFILE_SAVE_ARENA } from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import { read, readPaged, write } from "../../memory/access";
import { isLocked, lock, mainArena, unlock } from "./arena";
import { nextArena, pushFree, setAttached, setThreadArena, threadArena } from "./arena-get";
import { has } from "./word";

/** Before malloc is initialised there is nothing to do. */
export function takesPartInFork(): bool {
  return readPaged<u8>(load<u64>(PROFILE_MALLOC_INITIALIZED)) != 0;
}

/** Whoever has to wait makes the call again: nothing may be held then. */
export function awaitArenas<W>(): void {
  let av = mainArena<W>();
  do {
    if (isLocked<W>(av)) wait(<u64>av);
    spend(1);
    av = nextArena<W>(av);
  } while (av != mainArena<W>());
}

export function lockArenas<W>(): void {
  const main = mainArena<W>();
  phase<W>(Mark.ForkLocks, main, 0);
  let av = main;
  do {
    lock<W>(av);
    line<W>(Mark.ForkLocked, av, 0);
    av = nextArena<W>(av);
  } while (av != main);
  if (!has(Feature.ForkHooks)) return;
  write<W>(load<u64>(PROFILE_SAVE_ARENA), threadArena<W>());
  setThreadArena<W>(~(<W>0));
}

function restoreArena<W>(): void {
  if (has(Feature.ForkHooks)) setThreadArena<W>(read<W>(load<u64>(PROFILE_SAVE_ARENA)));
}

export function unlockArenas<W>(): void {
  const main = mainArena<W>();
  phase<W>(Mark.ForkUnlocks, main, 0);
  restoreArena<W>();
  let av = main;
  do {
    unlock<W>(av);
    line<W>(Mark.ForkUnlocked, av, 0);
    av = nextArena<W>(av);
  } while (av != main);
}

export function renewArenas<W>(): void {
  const main = mainArena<W>();
  const counts = !has(Feature.ArenaRing);
  restoreArena<W>();
  const own = threadArena<W>();
  phase<W>(Mark.ForkChild, own, 0);
  if (counts) {
    if (own != 0) setAttached<W>(own, 1);
    write<W>(load<u64>(PROFILE_FREE_LIST), 0);
  }
  let av = main;
  do {
    unlock<W>(av);
    line<W>(Mark.ForkChildUnlocked, av, 0);
    if (counts && !decide<W>(Mark.ForkChildOwn, av == own, av, 0)) {
      setAttached<W>(av, 0);
      pushFree<W>(av);
    }
    av = nextArena<W>(av);
  } while (av != main);
}
