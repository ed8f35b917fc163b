/**
 * A machine for tests of time travel: the journal of src/abi/journal.ts in TypeScript over flat memory, a bump allocator that leaves
 * all kinds of markers, and a random program whose registers live in linear memory. Frame n holds virtual page n.
 */
import { apiNames } from "../../../abi/api";
import { control, stop } from "../../../abi/control";
import type { DebugInfo, SourceSpan } from "../../../abi/debug-info";
import { RECORD_BYTES, recordKind } from "../../../abi/journal";
import { machineMemory } from "../../../abi/machine-memory";
import type { Target } from "../../../clang/target";
import { controlView } from "../linear";
import type { Simulation } from "../simulation";

export interface ToyProgram {
  readonly seed: number;
  readonly statements: number;
  readonly capacity: number;
  readonly ending: "exit" | "abort" | "endless";
}

const HEAP_BYTES = 1 << 18;
const STACK = 0x3_0000;
const statementCount = 8;

function span(line: number): SourceSpan {
  return { start: line, end: line + 1, line, column: 1 };
}

const debug: DebugInfo = {
  functions: [{ name: "main", span: span(1), frameBytes: 64, variables: [] }],
  globals: [],
  statements: Array.from({ length: statementCount }, (_, id) => ({ span: span(id + 1), functionId: 0 })),
};

class Trap extends Error {}

export interface ToyMachine extends Simulation {
  /** The simulated process's bytes. */
  readonly heap: Uint8Array;
}

/** Large memories are dear to make: tests reuse one. */
export function toyMemory(): Uint8Array {
  return new Uint8Array(machineMemory.frames + HEAP_BYTES);
}

export function toyMachine(program: ToyProgram, memory: Uint8Array): ToyMachine {
  memory.fill(0, 0, machineMemory.cMachine + 4096);
  memory.fill(0, machineMemory.journal, machineMemory.journal + program.capacity * RECORD_BYTES);
  memory.fill(0, machineMemory.frames);
  const view = new DataView(memory.buffer, memory.byteOffset);
  const registers = controlView(memory);
  registers.setU32(control.journalCapacity, program.capacity);

  function record(kind: number, size: number, id: number, where: number, a: bigint, b: bigint): void {
    const head = registers.u32(control.journalHead);
    const at = machineMemory.journal + (head % program.capacity) * RECORD_BYTES;
    view.setUint8(at, kind);
    view.setUint8(at + 1, size);
    view.setUint16(at + 2, id, true);
    view.setUint32(at + 4, where, true);
    view.setBigUint64(at + 8, a, true);
    view.setBigUint64(at + 16, b, true);
    registers.setU32(control.journalHead, head + 1);
    registers.setU32(control.journalCursor, head + 1);
    registers.setU32(control.journalTail, Math.max(registers.u32(control.journalTail), head + 1 - program.capacity));
  }
  function put(offset: number, value: number): void {
    record(recordKind.write, 8, 0, offset, view.getBigUint64(offset, true), BigInt(value));
    view.setBigUint64(offset, BigInt(value), true);
  }
  const mark = (kind: number, id: number, a = 0, b = 0, where = 0) => {
    spend(1);
    record(kind, 0, id, where, BigInt(a), BigInt(b));
  };
  function die(code: number): never {
    put32(control.stop, code);
    throw new Trap();
  }
  function put32(field: number, value: number): void {
    const offset = machineMemory.control + field;
    record(recordKind.write, 4, 0, offset, BigInt(view.getUint32(offset, true)), BigInt(value));
    view.setUint32(offset, value, true);
  }
  function spend(steps: number): void {
    registers.setU64(control.steps, registers.u64(control.steps) + steps);
    if (registers.u64(control.steps) >= registers.u64(control.budget)) {
      registers.setU32(control.stop, stop.budget);
      throw new Trap();
    }
  }
  const linear = (addr: number) => machineMemory.frames + (addr % HEAP_BYTES);

  function malloc(size: number): number {
    mark(recordKind.opBegin, apiNames.indexOf("malloc"), size);
    mark(recordKind.phase, 1);
    const top = Number(view.getBigUint64(linear(0), true));
    mark(recordKind.line, 2, top, size);
    if (top % 7 === 3) {
      mark(recordKind.syscallBegin, 2, top);
      put(linear(8), top + 1);
      mark(recordKind.syscallEnd, 2, top);
    }
    put(linear(0), (top + size) % 0x2_0000);
    put(linear(0x100 + (top % 0x1_0000) * 2 - ((top * 2) % 8)), size);
    if (program.ending === "abort" && top > 0x1000 && size % 5 === 0) die(stop.abort);
    if (program.ending === "endless" && top > 0x1000 && size % 5 === 0) for (;;) mark(recordKind.line, 3);
    mark(recordKind.opEnd, apiNames.indexOf("malloc"), top, 0);
    return top;
  }

  const unused = (): never => {
    throw new Error("the toy program does not call this");
  };
  const bare = {
    machine: { buffer: memory.buffer, byteOffset: memory.byteOffset + machineMemory.cMachine, byteLength: 4096 },
    load: unused,
    resultHi: () => 0,
    store: (addr: number, _size: number, lo: number, hi: number) => put(linear(addr), (hi >>> 0) * 2 ** 32 + (lo >>> 0)),
    fill: (addr: number, byte: number, length: number) => {
      for (let at = 0; at < length; at += 8) put(linear(addr + at), byte);
    },
    copy: unused,
    statement: (id: number, frame: number, stack: number) => {
      put32(control.cStatement, id);
      record(recordKind.statement, 0, 0, id, BigInt(frame), BigInt(stack));
    },
    enter: (id: number, frame: number) => record(recordKind.frame, 0, 1, id, BigInt(frame), 0n),
    leave: (id: number, frame: number) => record(recordKind.frame, 0, 2, id, BigInt(frame), 0n),
    spend,
    write: (fd: number, bytes: Uint8Array) => record(recordKind.output, 0, fd, 0, BigInt(bytes.length), 0n),
    exit: () => put32(control.stop, stop.exited),
    raise: unused,
    errno: () => 0,
    clearErrno: () => undefined,
    stopped: () => registers.u32(control.stop) !== stop.running,
    deadlock: unused,
    system: {
      mmap: unused,
      munmap: unused,
      mprotect: unused,
      mremap: unused,
      madvise: unused,
      mincore: unused,
      getrlimit: unused,
      setrlimit: unused,
      usage: unused,
      physicalPages: unused,
      reaches: unused,
    },
    malloc: (lo: number) => malloc(lo),
    free: unused,
    calloc: unused,
    realloc: unused,
    memalign: unused,
    aligned_alloc: unused,
    posix_memalign: unused,
    posixMemalignResult: unused,
    valloc: unused,
    pvalloc: unused,
    malloc_usable_size: unused,
    mallopt: unused,
    malloc_trim: unused,
    sbrk: unused,
    mallinfo2: unused,
    mallocStatsText: unused,
    mallocInfoText: unused,
  } satisfies Target;

  /** Registers: how many statements are done, the state of the program's own dice, and how deep it is in functions. */
  const register = (index: number) => machineMemory.cMachine + index * 4;
  function bind(target: Target): { run(): void } {
    const step = (): void => {
      const done = view.getUint32(register(0), true);
      let dice = view.getUint32(register(1), true);
      let depth = view.getUint32(register(2), true);
      const roll = (sides: number): number => {
        dice = (Math.imul(dice ^ program.seed, 0x9e37_79b1) + 0x7f4a_7c15) >>> 0;
        return (dice >>> 8) % sides;
      };
      if (done >= program.statements) return target.exit(0);
      target.spend(1);
      target.statement(roll(statementCount), STACK - depth * 64, STACK - depth * 64 - 64);
      switch (roll(6)) {
        case 0:
          target.malloc(8 * (1 + roll(20)), 0);
          break;
        case 1:
          target.fill(roll(0x2_0000 / 8) * 8, roll(256), 8 * roll(12));
          break;
        case 2:
          target.write(1, new TextEncoder().encode(`${done};`));
          break;
        case 3:
          if (depth < 5) target.enter(0, STACK - ++depth * 64);
          break;
        case 4:
          if (depth > 0) target.leave(0, STACK - depth-- * 64);
          break;
        default:
          target.store(roll(0x2_0000 / 8) * 8, 8, roll(1000), 0);
      }
      view.setUint32(register(0), done + 1, true);
      view.setUint32(register(1), dice, true);
      view.setUint32(register(2), depth, true);
    };
    const run = () => {
      while (!target.stopped()) {
        try {
          step();
        } catch (error) {
          if (!target.stopped()) throw error;
        }
      }
    };
    return { run };
  }

  function apply(at: number, side: 8 | 16): void {
    const slot = machineMemory.journal + (at % program.capacity) * RECORD_BYTES;
    if (view.getUint8(slot) !== recordKind.write) return;
    const where = view.getUint32(slot + 4, true);
    if (view.getUint8(slot + 1) === 8) view.setBigUint64(where, view.getBigUint64(slot + side, true), true);
    else view.setUint32(where, view.getUint32(slot + side, true), true);
  }

  return {
    memory,
    heap: memory.subarray(machineMemory.frames),
    process: {
      glibc: "toy",
      abi: "amd64",
      wordBytes: 8,
      heapStart: 0,
      libcBase: 0,
      mainArena: 0,
      mp: 0,
      tcachePointer: 0,
      tcacheKey: 0,
      globalMaxFast: 0,
      perturbByte: 0,
      stackTop: STACK,
    },
    debug,
    target: bare,
    bind,
    seek: (target) => {
      let cursor = registers.u32(control.journalCursor);
      if (target < registers.u32(control.journalTail) || target > registers.u32(control.journalHead))
        throw new Error(`seek(${target}) outside the ring`);
      while (cursor > target) apply(--cursor, 8);
      while (cursor < target) apply(cursor++, 16);
      registers.setU32(control.journalCursor, cursor);
    },
    restored: () => undefined,
    pathOfMark: (_api, id) => (id === 1 ? "top" : null),
  };
}
