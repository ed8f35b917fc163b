/** The Target of a C program over a machine: engine for memory and malloc, kernel for system calls, control block for the rest. */
import { kernelCallNames } from "../../abi/api";
import { control, stop } from "../../abi/control";
import { mallinfo2 } from "../../abi/glibc-statistics";
import { recordKind } from "../../abi/journal";
import { machineMemory } from "../../abi/machine-memory";
import type { Target } from "../../clang/target";
import type { Machine } from "../machine";
import { createThreads } from "../make-threads";
import { pointerWord } from "./calls";
import { controlView } from "./linear";
import { type LinearStore, threadCalls } from "./thread-calls";
import { mallocInfoText, mallocStatsText } from "./statistics-text";

/** Thrown to leave the interpreter when the process has died outside of the engine. */
class Death extends Error {
  override readonly name = "Death";
}

const SIGABRT = 6;
const NEWLINE = 10;
const exitCall = kernelCallNames.indexOf("exit");
const signalCall = kernelCallNames.indexOf("signal");
const C_MACHINE_BYTES = machineMemory.kernel - machineMemory.cMachine;

const low = (value: number) => value >>> 0;
const high = (value: number) => Math.floor(value / 0x1_0000_0000) >>> 0;

/** What stands at the other end of the program's descriptors. */
export interface Terminal {
  /** Sees the program's output as it is written. */
  print(fd: number, bytes: Uint8Array): void;
  isTerminal(fd: number): boolean;
  /** What the program reads. */
  readonly input: Uint8Array;
}

/** A terminal whose output is taken from elsewhere: the run's index collects it. */
export const silentTerminal = (input: Uint8Array): Terminal => ({ print: () => undefined, isTerminal: () => true, input });

export function engineTarget(machine: Machine, terminal: Terminal): Target {
  const { engine, kernel, memory } = machine;
  const registers = controlView(machine.bytes);
  const scratch = new DataView(memory.buffer, machineMemory.scratch);
  const readScratch = (offset: number) => Number(scratch.getBigUint64(offset, true));

  /** Journalled stores to the control block, only when something changes. */
  function set32(field: number, value: number): void {
    if (registers.u32(field) !== value) engine.put(machineMemory.control + field, 4, value, 0);
  }
  function set64(field: number, value: number): void {
    if (registers.u64(field) !== value) engine.put(machineMemory.control + field, 8, low(value), high(value));
  }
  const view = new DataView(memory.buffer);
  const linear: LinearStore = {
    u32: (offset) => view.getUint32(offset, true),
    u64: (offset) => Number(view.getBigUint64(offset, true)),
    set32: (offset, value) => set32(offset - machineMemory.control, value),
    set64: (offset, value) => set64(offset - machineMemory.control, value),
  };
  function kernelMark(call: number, a: number, b: number): void {
    engine.mark(recordKind.syscallBegin, call, 0, low(a), high(a), low(b), high(b));
    engine.mark(recordKind.syscallEnd, call, 0, 0, 0, 0, 0);
  }
  function frameMark(id: 1 | 2, functionId: number, frame: number): void {
    engine.mark(recordKind.frame, id, functionId, low(frame), high(frame), 0, 0);
  }

  return {
    machine: { buffer: memory.buffer, byteOffset: machineMemory.cMachine, byteLength: C_MACHINE_BYTES },
    load: (addr, size) => engine.load(addr, size),
    resultHi: () => registers.u32(control.resultHi),
    store: (addr, size, lo, hi) => engine.store(addr, size, lo, hi),
    fill: (addr, byte, length) => engine.fill(addr, byte, length),
    copy: (to, from, length) => engine.copy(to, from, length),

    statement: (id, frame, stack) => {
      // The registers first: at the position just after the marker they must be those of the statement about to run.
      set64(control.cFrame, frame);
      set64(control.cStack, stack);
      set32(control.cStatement, id);
      engine.mark(recordKind.statement, 0, id, low(frame), high(frame), low(stack), high(stack));
    },
    enter: (functionId, frame) => frameMark(1, functionId, frame),
    leave: (functionId, frame) => frameMark(2, functionId, frame),
    spend: (steps) => engine.spend(steps),

    isTerminal: (fd) => terminal.isTerminal(fd),
    read: (maxBytes) => {
      const at = registers.u32(control.inputBytes);
      const rest = terminal.input.subarray(at, at + maxBytes);
      const line = terminal.isTerminal(0) ? rest.indexOf(NEWLINE) : -1;
      const bytes = line < 0 ? rest : rest.subarray(0, line + 1);
      set32(control.inputBytes, at + bytes.length);
      return bytes;
    },
    write: (fd, bytes) => {
      const at = registers.u32(control.outputBytes);
      engine.mark(recordKind.output, fd, at, bytes.length, 0, 0, 0);
      set32(control.outputBytes, at + bytes.length);
      terminal.print(fd, bytes);
    },
    exit: (code) => {
      kernelMark(exitCall, code >>> 0, 0);
      set32(control.exitCode, code >>> 0);
      set32(control.stop, stop.exited);
    },
    raise: (signal, code, addr) => {
      kernelMark(signalCall, signal, addr);
      set32(control.signal, signal);
      set32(control.signalCode, code);
      set64(control.signalAddr, addr);
      set32(control.stop, signal === SIGABRT ? stop.abort : stop.signal);
      throw new Death();
    },
    errno: () => registers.u32(control.errno),
    clearErrno: () => set32(control.errno, 0),
    stopped: () => registers.u32(control.stop) !== stop.running,
    threads: threadCalls(linear, createThreads(machine), machine),
    deadlock: () => {
      set32(control.stop, stop.deadlock);
      throw new Death();
    },
    system: kernel,

    malloc: (lo, hi) => engine.malloc(lo, hi),
    free: (mem, memHi) => {
      const { lo, hi } = pointerWord(mem, memHi);
      engine.free(lo, hi);
    },
    calloc: (nLo, nHi, lo, hi) => engine.calloc(nLo, nHi, lo, hi),
    realloc: (mem, memHi, lo, hi) => {
      const block = pointerWord(mem, memHi);
      return engine.realloc(block.lo, block.hi, lo, hi);
    },
    memalign: (aLo, aHi, lo, hi) => engine.memalign(aLo, aHi, lo, hi),
    aligned_alloc: (aLo, aHi, lo, hi) => engine.aligned_alloc(aLo, aHi, lo, hi),
    posix_memalign: (aLo, aHi, lo, hi) => engine.posix_memalign(aLo, aHi, lo, hi),
    posixMemalignResult: () => registers.u32(control.resultHi) * 0x1_0000_0000 + registers.u32(control.result),
    valloc: (lo, hi) => engine.valloc(lo, hi),
    pvalloc: (lo, hi) => engine.pvalloc(lo, hi),
    malloc_usable_size: (mem, memHi) => {
      const { lo, hi } = pointerWord(mem, memHi);
      return engine.malloc_usable_size(lo, hi);
    },
    mallopt: (param, value) => engine.mallopt(param, value),
    malloc_trim: (lo, hi) => engine.malloc_trim(lo, hi),
    sbrk: (lo, hi) => engine.sbrk(lo, hi),
    mallinfo2: () => {
      engine.mallinfo2();
      return Object.values(mallinfo2).map(readScratch);
    },
    mallocStatsText: () => {
      engine.malloc_stats();
      return mallocStatsText(readScratch);
    },
    mallocInfoText: () => {
      engine.malloc_info();
      return mallocInfoText(readScratch);
    },
  };
}
