/**
 * The thread table: who the threads of the simulated process are, for decoders and for the C machine. One row a thread, row 0 is main, the
 * others in order of creation; rows are never used twice in a run. In the control page behind the control block; every change is journalled.
 *
 * The thread that runs is `control.thread`; its C registers are control.cFrame, cStack, cStatement. The others' stand in their rows.
 */
import { machineMemory } from "./machine-memory";

export const threadTable = {
  at: machineMemory.control + 0x200,
  stride: 64,
  /** Threads that one run can have, main included. */
  rows: 56,

  /** A value of `threadState`. */
  state: 0x00,
  /** joining: the thread that it waits for; in wait(2) the child's first, its own for any child's. */
  waitThread: 0x04,
  /** locking: address of the mutex; insideMalloc: address of the arena whose lock it holds. u64 */
  waitAddr: 0x08,
  /** fs (gs) base: address of its struct pthread, which is what pthread_self returns. u64 */
  threadPointer: 0x10,
  /** Its stack without the guard. u64 each; main: 0, 0 */
  stackStart: 0x18,
  stackBytes: 0x20,
  /** C registers as it left them when another was switched to. u64, u64, u32 */
  cFrame: 0x28,
  cStack: 0x30,
  cStatement: 0x38,
  /** Place of its stack in glibc's cache, higher = newer; 0 = not there. u32 */
  cacheOrder: 0x3c,
} as const;

/** Bits of a word of control.threadProcess. */
export const processWord = {
  /** Row of the thread that the process began with. */
  leader: 0xffff,
  /** One of its threads holds all arenas for a fork. */
  forking: 0x1000_0000,
  /** pthread_create was called in the process, or in the one it is a copy of. */
  threaded: 0x2000_0000,
  /** The process has not run yet: malloc's part of fork is to come. */
  forked: 0x4000_0000,
  /** What control.arenaPath is when the process runs. */
  arenaPath: 0x8000_0000,
} as const;

export const threadState = {
  /** No such thread (yet). */
  none: 0,
  /** Running, or waiting for its turn. */
  ready: 1,
  /** In pthread_mutex_lock. */
  locking: 2,
  /** In pthread_join, or in wait(2). */
  joining: 3,
  /** Paused by the schedule inside malloc, with its arena's lock held. */
  insideMalloc: 4,
  /** Has ended; its stack and struct pthread are still there. */
  ended: 5,
  /** Joined (or ended after it was detached): its stack is in glibc's cache. */
  gone: 6,
} as const;
export type ThreadState = (typeof threadState)[keyof typeof threadState];
