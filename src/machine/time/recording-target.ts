/**
 * A Target around a Target: everything the program does passes here on its way to the machine, so that the run can be indexed,
 * paused between statements and resumed, without either side knowing.
 */
import type { ApiName } from "../../abi/api";
import { type ThreadState, threadState } from "../../abi/threads";
import type { Target, ThreadCalls } from "../../clang/target";
import { pointerWord, type Word, wordOf, zeroWord } from "./calls";

export interface Watcher {
  /** A statement is about to run and the program's registers are in linear memory. True = pause here, before its marker. */
  pauseHere(): boolean;
  /** Its marker has been written. */
  statement(statementId: number, stack: number): void;
  enter(functionId: number, frame: number): void;
  leave(): void;
  beginCall(api: ApiName, args: readonly Word[]): void;
  endCall(result: Word, finished: boolean): void;
  /** The call waits for a lock: it is as if it had not begun. */
  dropCall(): void;
  handedOut(block: number): void;
  stored(addr: number, value: number): void;
  write(fd: number, bytes: Uint8Array): void;
  /** Another thread runs from here on. */
  switchTo(thread: number): void;
  /** A process was made, whose only thread has what the running one has open. */
  forked(thread: number): void;
  /** A thread's state is another from here on; null: the running one's. */
  noted(thread: number | null, state: ThreadState): void;
  /** Many records may have been written since the last call: a chance to look at them before the ring comes round. */
  drain(): void;
}

export interface PausableTarget {
  readonly target: Target;
  paused(): boolean;
  /** Steps that the program has announced for the statement it stands before; they count when that statement really runs. */
  announced(): number;
  /** Allows the program to go on from before a statement with so many steps announced; null: from its very start. */
  resume(announced: number | null): void;
}

/** Thrown through the interpreter to pause it. */
class Pause extends Error {
  override readonly name = "Pause";
}

/** Bulk writes are done in pieces so that their records are seen before they leave the ring. */
const PIECE_BYTES = 1 << 20;

function watchedThreads(threads: ThreadCalls, watcher: Watcher): ThreadCalls {
  return {
    ...threads,
    switchTo: (thread) => {
      threads.switchTo(thread);
      watcher.switchTo(thread);
    },
    create: () => {
      const thread = threads.create();
      if (thread > 0) watcher.noted(thread, threadState.ready);
      return thread;
    },
    fork: (sharesMm) => {
      const thread = threads.fork(sharesMm);
      if (thread > 0) watcher.forked(thread);
      return thread;
    },
    note: (thread, state, waitThread, waitAddr) => {
      threads.note(thread, state, waitThread, waitAddr);
      watcher.noted(thread, state);
    },
    reap: (thread) => {
      threads.reap(thread);
      watcher.noted(thread, threadState.gone);
    },
    hold: () => {
      const arena = threads.hold();
      watcher.noted(null, threadState.insideMalloc);
      return arena;
    },
    release: (thread) => {
      threads.release(thread);
      watcher.noted(thread, threadState.ready);
    },
  };
}

export function pausableTarget(inner: Target, watcher: Watcher, wordBytes: 4 | 8): PausableTarget {
  let paused = false;
  let announced = 0;
  /** The program will announce steps once more for the statement it was paused before. */
  let repeats = false;

  /** The call threw: the program died in it, or it waits for a lock and is made again. */
  const giveUp = () => {
    if ((inner.threads?.waitsFor() ?? 0) !== 0) watcher.dropCall();
    else watcher.endCall(zeroWord, false);
  };
  const call = (api: ApiName, args: readonly Word[], run: () => number, resultOf: (low: number) => Word): number => {
    watcher.beginCall(api, args);
    let low: number;
    try {
      low = run();
    } catch (error) {
      giveUp();
      throw error;
    }
    watcher.endCall(resultOf(low), true);
    return low;
  };
  const pointer = (value: number) => (value < 0 ? { lo: value % 0x1_0000_0000, hi: -1 } : wordOf(value));
  const int = (value: number): Word => ({ lo: value, hi: value < 0 ? -1 : 0 });
  const word = (lo: number, hi: number): Word => ({ lo, hi });

  const target: Target = {
    machine: inner.machine,
    load: (addr, size) => inner.load(addr, size),
    resultHi: () => inner.resultHi(),
    store: (addr, size, lo, hi) => {
      inner.store(addr, size, lo, hi);
      if (size === wordBytes) watcher.stored(addr, (size === 8 ? hi >>> 0 : 0) * 0x1_0000_0000 + (lo >>> 0));
    },
    fill: (addr, byte, length) => {
      if (length <= PIECE_BYTES) return inner.fill(addr, byte, length);
      for (let done = 0; done < length; done += PIECE_BYTES) {
        inner.fill(addr + done, byte, Math.min(PIECE_BYTES, length - done));
        watcher.drain();
      }
    },
    copy: (to, from, length) => {
      // Overlapping moves must not be cut up unless the pieces are taken from the safe end.
      if (length <= PIECE_BYTES) return inner.copy(to, from, length);
      const upwards = to <= from || to >= from + length;
      for (let done = 0; done < length; done += PIECE_BYTES) {
        const piece = Math.min(PIECE_BYTES, length - done);
        const at = upwards ? done : length - done - piece;
        inner.copy(to + at, from + at, piece);
        watcher.drain();
      }
    },
    statement: (id, frame, stack) => {
      if (watcher.pauseHere()) {
        paused = true;
        throw new Pause();
      }
      inner.spend(announced);
      inner.statement(id, frame, stack);
      watcher.statement(id, stack);
    },
    enter: (functionId, frame) => {
      inner.enter(functionId, frame);
      watcher.enter(functionId, frame);
    },
    leave: (functionId, frame) => {
      inner.leave(functionId, frame);
      watcher.leave();
    },
    spend: (steps) => {
      if (!repeats) announced = steps;
      repeats = false;
    },
    isTerminal: (fd) => inner.isTerminal?.(fd) ?? true,
    read: (maxBytes) => inner.read?.(maxBytes) ?? new Uint8Array(0),
    write: (fd, bytes) => {
      watcher.write(fd, bytes);
      inner.write(fd, bytes);
    },
    exit: (code) => inner.exit(code),
    raise: (signal, code, addr) => inner.raise(signal, code, addr),
    errno: () => inner.errno(),
    clearErrno: () => inner.clearErrno(),
    stopped: () => paused || inner.stopped(),
    deadlock: () => inner.deadlock(),
    ...(inner.threads === undefined ? {} : { threads: watchedThreads(inner.threads, watcher) }),
    system: inner.system,

    malloc: (lo, hi) => call("malloc", [word(lo, hi)], () => inner.malloc(lo, hi), pointer),
    free: (mem, hi) => {
      const run = () => {
        inner.free(mem, hi);
        return 0;
      };
      call("free", [pointerWord(mem, hi)], run, () => zeroWord);
    },
    calloc: (nLo, nHi, lo, hi) => call("calloc", [word(nLo, nHi), word(lo, hi)], () => inner.calloc(nLo, nHi, lo, hi), pointer),
    realloc: (mem, memHi, lo, hi) =>
      call("realloc", [pointerWord(mem, memHi), word(lo, hi)], () => inner.realloc(mem, memHi, lo, hi), pointer),
    memalign: (aLo, aHi, lo, hi) =>
      call("memalign", [word(aLo, aHi), word(lo, hi)], () => inner.memalign(aLo, aHi, lo, hi), pointer),
    aligned_alloc: (aLo, aHi, lo, hi) =>
      call("aligned_alloc", [word(aLo, aHi), word(lo, hi)], () => inner.aligned_alloc(aLo, aHi, lo, hi), pointer),
    posix_memalign: (aLo, aHi, lo, hi) => {
      const run = () => {
        const error = inner.posix_memalign(aLo, aHi, lo, hi);
        if (error === 0) watcher.handedOut(inner.posixMemalignResult());
        return error;
      };
      return call("posix_memalign", [word(aLo, aHi), word(lo, hi)], run, int);
    },
    posixMemalignResult: () => inner.posixMemalignResult(),
    valloc: (lo, hi) => call("valloc", [word(lo, hi)], () => inner.valloc(lo, hi), pointer),
    pvalloc: (lo, hi) => call("pvalloc", [word(lo, hi)], () => inner.pvalloc(lo, hi), pointer),
    malloc_usable_size: (mem, hi) =>
      call("malloc_usable_size", [pointerWord(mem, hi)], () => inner.malloc_usable_size(mem, hi), pointer),
    mallopt: (param, value) => call("mallopt", [int(param), int(value)], () => inner.mallopt(param, value), int),
    malloc_trim: (lo, hi) => call("malloc_trim", [word(lo, hi)], () => inner.malloc_trim(lo, hi), int),
    sbrk: (lo, hi) => call("sbrk", [word(lo, hi)], () => inner.sbrk(lo, hi), pointer),
    mallinfo2: () => counted("mallinfo2", () => inner.mallinfo2()),
    mallocStatsText: () => counted("malloc_stats", () => inner.mallocStatsText()),
    mallocInfoText: () => counted("malloc_info", () => inner.mallocInfoText()),
  };

  function counted<T>(api: ApiName, run: () => T): T {
    watcher.beginCall(api, []);
    let value: T;
    try {
      value = run();
    } catch (error) {
      giveUp();
      throw error;
    }
    watcher.endCall(zeroWord, true);
    return value;
  }

  return {
    target,
    paused: () => paused,
    announced: () => announced,
    resume: (steps) => {
      paused = false;
      repeats = steps !== null;
      announced = steps ?? 0;
    },
  };
}
