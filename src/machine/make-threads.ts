/**
 * Threads as glibc's pthread_create, pthread_exit and pthread_join make them. Everything a thread is lies in memory: its row in the thread
 * table, and at the top of its stack the struct pthread with libc's thread-local block below it (src/abi/thread-blocks.ts).
 * Source: nptl/allocatestack.c, nptl/pthread_create.c, elf/dl-tls.c.
 */
import { control } from "../abi/control";
import { findRelease } from "../abi/glibc-features";
import { findMallocAbi } from "../abi/glibc-structs";
import { recordKind } from "../abi/journal";
import { FIRST_PID } from "../abi/kernel";
import { errno, mapFlag, prot } from "../abi/linux";
import { machineMemory } from "../abi/machine-memory";
import {
  DTV_CAPACITY,
  DTV_SLOTS,
  GUARD_BYTES,
  STACK_BYTES_DEFAULT,
  STACK_CACHE_BYTES,
  STACK_KEPT_BYTES,
  threadBlock,
} from "../abi/thread-blocks";
import { processWord, threadState, threadTable, type ThreadState } from "../abi/threads";
import type { Machine } from "./machine";
import type { Threads } from "./threads";

const MADV_DONTNEED = 4;
const MAPPING_BYTES = GUARD_BYTES + STACK_BYTES_DEFAULT;

const processWordAt = (thread: number): number => machineMemory.control + control.threadProcess + 4 * thread;

type WideField = "waitAddr" | "threadPointer" | "stackStart" | "stackBytes";
type NarrowField = "state" | "waitThread" | "cacheOrder";

const low = (value: number): number => value >>> 0;
const high = (value: number): number => Math.floor(value / 0x1_0000_0000) >>> 0;

/** The thread table of a process that has only main: written before anything runs, so not journalled. */
export function describeMain(bytes: Uint8Array, threadPointer: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(threadTable.at + threadTable.state, threadState.ready, true);
  view.setBigUint64(threadTable.at + threadTable.threadPointer, BigInt(threadPointer), true);
}

export function createThreads(machine: Machine): Threads {
  const { engine, kernel, process } = machine;
  const word = process.wordBytes;
  const block = threadBlock(findRelease(process.glibc) ?? process.glibc, process.abi);
  const view = new DataView(machine.memory.buffer);
  const features = findMallocAbi(process.glibc, process.abi)?.features;
  const guardMapped = features?.has("guardMapping") ?? true;
  const forkHooks = features?.has("forkHooks") ?? false;

  const rowAt = (thread: number): number => threadTable.at + thread * threadTable.stride;
  const narrow = (thread: number, field: NarrowField): number => view.getUint32(rowAt(thread) + threadTable[field], true);
  const wide = (thread: number, field: WideField): number => Number(view.getBigUint64(rowAt(thread) + threadTable[field], true));
  const setNarrow = (thread: number, field: NarrowField, value: number): void =>
    engine.put(rowAt(thread) + threadTable[field], 4, value, 0);
  const setWide = (thread: number, field: WideField, value: number): void =>
    engine.put(rowAt(thread) + threadTable[field], 8, low(value), high(value));
  const setState = (thread: number, state: ThreadState): void => setNarrow(thread, "state", state);
  const wordOf = (thread: number): number => view.getUint32(processWordAt(thread), true);
  /** Row of the thread that a thread's process began with. */
  const leaderOf = (thread: number): number => wordOf(thread) & processWord.leader;
  const put32 = (field: number, value: number): void => engine.put(machineMemory.control + field, 4, value, 0);
  const control32 = (field: number): number => view.getUint32(machineMemory.control + field, true);
  const current = (): number => view.getUint32(machineMemory.control + control.thread, true);
  const rows = (): number[] => Array.from({ length: threadTable.rows }, (_, thread) => thread);
  const storeWord = (addr: number, value: number): void => engine.store(addr, word, low(value), word === 8 ? high(value) : 0);
  const loadWord = (addr: number): number => {
    const value = low(engine.load(addr, word));
    return word === 8 ? value + view.getUint32(machineMemory.control + control.resultHi, true) * 0x1_0000_0000 : value;
  };
  const dtvOf = (threadPointer: number): number => loadWord(threadPointer + word);
  /** Cached stacks, newest first: the order in which they are taken. */
  const cached = (): number[] =>
    rows()
      .filter((thread) => narrow(thread, "cacheOrder") > 0 && leaderOf(thread) === leaderOf(current()))
      .toSorted((a, b) => narrow(b, "cacheOrder") - narrow(a, "cacheOrder"));

  /** Maps a stack: all inaccessible at first, so that the guard stays so. Returns its start without the guard, or −errno. */
  function mapStack(): number {
    const flags = mapFlag.PRIVATE | mapFlag.ANONYMOUS | mapFlag.STACK;
    const usable = prot.READ | prot.WRITE;
    const start = kernel.mmap(0, MAPPING_BYTES, guardMapped ? prot.NONE : usable, flags);
    if (start < 0) return start;
    if (guardMapped) kernel.mprotect(start + GUARD_BYTES, STACK_BYTES_DEFAULT, usable);
    return start + GUARD_BYTES;
  }

  /** The dtv of a thread whose libc block is at `tls`: which modules there are, and where their variables are. */
  function fillDtv(dtv: number, tls: number): void {
    storeWord(dtv - 2 * word, DTV_CAPACITY);
    storeWord(dtv, 1);
    if (block.dtvFilled) storeWord(dtv + 2 * word, tls);
    else engine.store(dtv + 2 * word, word, -1, -1);
    if (block.dtvStatic) storeWord(dtv + 3 * word, 1);
  }

  /** A thread's own variables start from their initial values, which are zero for those that are simulated. */
  function clearTls(threadPointer: number): void {
    engine.fill(threadPointer - block.tlsBytes, 0, block.tlsBytes);
  }

  /** From glibc's cache; null when that is empty. */
  function takeCached(thread: number): boolean {
    const [old] = cached();
    if (old === undefined) return false;
    const threadPointer = wide(old, "threadPointer");
    setWide(thread, "stackStart", wide(old, "stackStart"));
    setWide(thread, "stackBytes", wide(old, "stackBytes"));
    setWide(thread, "threadPointer", threadPointer);
    forget(old);
    const dtv = dtvOf(threadPointer);
    engine.fill(dtv, 0, (DTV_SLOTS - 1) * 2 * word);
    clearTls(threadPointer);
    fillDtv(dtv, threadPointer - block.tlsBytes);
    return true;
  }

  function forget(thread: number): void {
    setNarrow(thread, "cacheOrder", 0);
    setWide(thread, "stackStart", 0);
    setWide(thread, "stackBytes", 0);
    setWide(thread, "threadPointer", 0);
  }

  /** A new stack with struct pthread at its top; the dtv is a chunk of the creator's. 0, or −errno. */
  function build(thread: number): number {
    const start = mapStack();
    if (start < 0) return -errno.EAGAIN;
    const end = start + STACK_BYTES_DEFAULT;
    const threadPointer = end - block.pthreadBytes;
    storeWord(threadPointer, threadPointer);
    storeWord(threadPointer + 2 * word, threadPointer);
    const memory = engine.calloc(DTV_SLOTS, 0, 2 * word, 0);
    if (memory === 0) {
      kernel.munmap(start - GUARD_BYTES, MAPPING_BYTES);
      return -errno.EAGAIN;
    }
    fillDtv(memory + 2 * word, threadPointer - block.tlsBytes);
    storeWord(threadPointer + word, memory + 2 * word);
    setWide(thread, "stackStart", start);
    setWide(thread, "stackBytes", STACK_BYTES_DEFAULT);
    setWide(thread, "threadPointer", threadPointer);
    return 0;
  }

  /** The oldest stacks go while the cache holds too much; their dtv is freed by whoever joins. */
  function trimCache(): void {
    const stacks = cached();
    while (stacks.length * MAPPING_BYTES > STACK_CACHE_BYTES) {
      const oldest = stacks.pop();
      if (oldest === undefined) return;
      const dtv = dtvOf(wide(oldest, "threadPointer")) - 2 * word;
      const start = wide(oldest, "stackStart");
      forget(oldest);
      engine.free(low(dtv), high(dtv));
      kernel.munmap(start - GUARD_BYTES, MAPPING_BYTES);
    }
  }

  const pidOf = (thread: number): number => FIRST_PID + leaderOf(thread);
  const arenaBit = (): number => (control32(control.arenaPath) === 0 ? 0 : processWord.arenaPath);
  const putProcess = (thread: number, value: number): void => {
    if (wordOf(thread) !== value >>> 0) engine.put(processWordAt(thread), 4, value, 0);
  };

  const hasBit = (thread: number, bit: number): boolean => (wordOf(thread) & bit) !== 0;
  const setBit = (thread: number, bit: number, on: boolean): void =>
    putProcess(thread, on ? wordOf(thread) | bit : wordOf(thread) & ~bit);

  /** On both sides of a fork. */
  function settle(): void {
    const leader = leaderOf(current());
    for (const [bit, step] of [
      [processWord.forking, 1],
      [processWord.forked, 2],
    ] as const) {
      if (!hasBit(leader, bit)) continue;
      setBit(leader, bit, false);
      engine.forkStep(step);
    }
  }

  /** Another process runs: what libc keeps in the control block goes to its memory, and the other's comes from there. */
  function changeProcess(from: number, to: number): void {
    const errnoAt = Number(view.getBigUint64(machineMemory.control + control.errnoAddress, true));
    if (kernel.isAlive(pidOf(from))) {
      const value = control32(control.errno);
      if (engine.load(errnoAt, 4) >>> 0 !== value) engine.store(errnoAt, 4, value, 0);
      setBit(leaderOf(from), processWord.arenaPath, control32(control.arenaPath) !== 0);
    }
    kernel.switchTo(pidOf(to));
    const theirs = errnoAt + wide(to, "threadPointer") - wide(from, "threadPointer");
    engine.put(machineMemory.control + control.errnoAddress, 8, low(theirs), high(theirs));
    put32(control.errno, engine.load(theirs, 4));
    put32(control.arenaPath, hasBit(leaderOf(to), processWord.arenaPath) ? 1 : 0);
  }

  return {
    create: () => {
      const thread = rows().find((row) => narrow(row, "state") === threadState.none);
      if (thread === undefined) return -errno.EAGAIN;
      engine.startThreads();
      setBit(leaderOf(current()), processWord.threaded, true);
      const failed = takeCached(thread) ? 0 : build(thread);
      if (failed < 0) return failed;
      putProcess(thread, leaderOf(current()));
      setState(thread, threadState.ready);
      return thread;
    },
    fork: (sharesMm) => {
      const thread = rows().find((row) => narrow(row, "state") === threadState.none);
      if (thread === undefined) return -errno.EAGAIN;
      const threaded = wordOf(leaderOf(current())) & processWord.threaded;
      const handled = !sharesMm && (forkHooks || threaded !== 0);
      if (handled) {
        engine.forkStep(0);
        setBit(leaderOf(current()), processWord.forking, true);
      }
      const failed = kernel.fork(FIRST_PID + thread, sharesMm);
      if (failed < 0) {
        settle();
        return failed;
      }
      for (const field of ["threadPointer", "stackStart", "stackBytes"] as const) setWide(thread, field, wide(current(), field));
      putProcess(thread, thread | threaded | arenaBit() | (handled ? processWord.forked : 0));
      setState(thread, threadState.ready);
      return thread;
    },
    settle,
    exitProcess: (exitCode, next) => kernel.exit(exitCode, pidOf(next)),
    switchTo: (thread) => {
      const before = current();
      if (leaderOf(before) !== leaderOf(thread)) changeProcess(before, thread);
      engine.mark(recordKind.thread, 0, thread, before, 0, 0, 0);
      engine.switchThread(thread, wide(thread, "threadPointer") - block.tlsBytes);
    },
    exit: () => {
      const thread = current();
      engine.thread_exit();
      if (thread !== 0) kernel.madvise(wide(thread, "stackStart") - GUARD_BYTES, MAPPING_BYTES - STACK_KEPT_BYTES, MADV_DONTNEED);
      setState(thread, threadState.ended);
    },
    reap: (thread) => {
      setState(thread, threadState.gone);
      if (thread === 0) return;
      setNarrow(thread, "cacheOrder", 1 + Math.max(0, ...rows().map((row) => narrow(row, "cacheOrder"))));
      trimCache();
    },
    hold: () => {
      const thread = current();
      const arena = engine.holdArena();
      if (arena === 0) return 0;
      setState(thread, threadState.insideMalloc);
      setWide(thread, "waitAddr", arena);
      return arena;
    },
    release: (thread) => {
      if (narrow(thread, "state") !== threadState.insideMalloc) return;
      engine.releaseArena(wide(thread, "waitAddr"));
      setWide(thread, "waitAddr", 0);
      setState(thread, threadState.ready);
    },
  };
}
