/** A flat process for tests: sparse pages, a bump allocator, everything writable but the first pages. */
import { type Program, programImage } from "../program";
import type { ProgramLayout, Target } from "../target";

/** What this target does not have. */
const ENOSYS = 38;
const PAGE = 4096;
export class Stop extends Error {}

export interface FakeTarget extends Target {
  readonly output: { readonly fd: number; readonly text: string }[];
  readonly trace: { readonly statement: number; readonly frame: number; readonly stack: number }[];
  signal: number;
  signalAddr: number;
  steps: number;
  budget: number;
  traceStatements: boolean;
  readonly calls: string[];
  /** What was done with threads. */
  readonly switches: string[];
  deadlocked: boolean;
  /** What is left of standard input. */
  input: Uint8Array;
  /** Called before each statement's marker. */
  onStatement: () => void;
}

export const fakeLayout = {
  text: 0x401000,
  rodata: 0x480000,
  data: 0x4c0000,
  bss: 0x600000,
  stackPointer: 0x7fff_ffff_e000,
  argc: 1,
  libcData: 0x7000_0000_1000,
  stdoutFile: 0x7000_0000_0800,
};
const HEAP = 0x1000_0000;
const STACK_LIMIT = 8 << 20;
/** Thread n's struct pthread is n of these further up, its stack below it. */
const THREADS = 0x7000_1000_0000;
const THREAD_BYTES = 16 << 20;

export function createFakeTarget(): FakeTarget {
  const pages = new Map<number, DataView>();
  let heap = HEAP;
  let hi = 0;
  let stopped = false;
  let lastPage = -1;
  let lastView: DataView = new DataView(new ArrayBuffer(0));
  let threads = 0;
  const sizes = new Map<number, number>();

  const raise = (signal: number, addr: number): never => {
    stopped = true;
    target.signal = signal;
    target.signalAddr = addr;
    throw new Stop(`signal ${signal}`);
  };
  const page = (addr: number): DataView => {
    const number = Math.floor(addr / PAGE);
    if (number === lastPage) return lastView;
    let view = pages.get(number);
    if (view === undefined) {
      if (!(addr >= 0x10000 && addr < 0x8000_0000_0000)) return raise(11, addr);
      if (addr > fakeLayout.stackPointer - 64 * STACK_LIMIT && addr < fakeLayout.stackPointer - STACK_LIMIT)
        return raise(11, addr);
      view = new DataView(new ArrayBuffer(PAGE));
      pages.set(number, view);
    }
    lastPage = number;
    lastView = view;
    return view;
  };
  const byteAt = (addr: number): number => page(addr).getUint8(addr % PAGE);
  const load = (addr: number, size: number): number => {
    const at = addr % PAGE;
    if (at + size > PAGE) {
      let lo = 0;
      hi = 0;
      for (let i = 0; i < size; i++) {
        if (i < 4) lo |= byteAt(addr + i) << (8 * i);
        else hi |= byteAt(addr + i) << (8 * (i - 4));
      }
      return lo;
    }
    const view = page(addr);
    if (size === 1) return view.getUint8(at);
    if (size === 2) return view.getUint16(at, true);
    if (size === 8) hi = view.getInt32(at + 4, true);
    return view.getInt32(at, true);
  };
  const store = (addr: number, size: number, lo: number, high: number): void => {
    const at = addr % PAGE;
    if (at + size > PAGE) {
      for (let i = 0; i < size; i++)
        page(addr + i).setUint8((addr + i) % PAGE, (i < 4 ? lo >> (8 * i) : high >> (8 * (i - 4))) & 255);
      return;
    }
    const view = page(addr);
    if (size === 1) view.setUint8(at, lo & 255);
    else if (size === 2) view.setUint16(at, lo & 65535, true);
    else view.setInt32(at, lo, true);
    if (size === 8) view.setInt32(at + 4, high, true);
  };
  const allocate = (size: number, align = 16): number => {
    if (size > 1 << 30) return 0;
    heap = Math.ceil((heap + 16) / align) * align;
    const block = heap;
    heap += Math.max(size, 24);
    sizes.set(block, size);
    return block;
  };
  const word = (lo: number, high: number): number => (high >>> 0) * 4294967296 + (lo >>> 0);
  const copy = (to: number, from: number, length: number): void => {
    const bytes = Array.from({ length }, (_, i) => load(from + i, 1));
    bytes.forEach((byte, i) => store(to + i, 1, byte, 0));
  };

  const target: FakeTarget = {
    machine: { buffer: new ArrayBuffer(0xc0000), byteOffset: 0, byteLength: 0xc0000 },
    output: [],
    trace: [],
    calls: [],
    switches: [],
    input: new Uint8Array(0),
    deadlocked: false,
    signal: 0,
    signalAddr: 0,
    steps: 0,
    budget: Number.POSITIVE_INFINITY,
    traceStatements: false,
    onStatement: () => {},
    load,
    resultHi: () => hi,
    store,
    fill: (addr, byte, length) => {
      for (let i = 0; i < length; i++) store(addr + i, 1, byte, 0);
    },
    copy,
    statement: (statement, frame, stack) => {
      target.onStatement();
      if (target.traceStatements) target.trace.push({ statement, frame, stack });
    },
    enter: () => {},
    leave: () => {},
    spend: (n) => {
      target.steps += n;
      stopped = target.steps > target.budget;
      if (stopped) throw new Stop("budget");
    },
    read: (maxBytes) => {
      const bytes = target.input.slice(0, maxBytes);
      target.input = target.input.slice(bytes.length);
      return bytes;
    },
    isTerminal: (fd) => fd !== 0,
    write: (fd, bytes) => void target.output.push({ fd, text: Array.from(bytes, (b) => String.fromCharCode(b)).join("") }),
    exit: () => {},
    raise: (signal, _code, addr) => raise(signal, addr),
    errno: () => 0,
    clearErrno: () => {},
    stopped: () => stopped,
    deadlock: () => {
      target.deadlocked = true;
      stopped = true;
      throw new Stop("deadlock");
    },
    threads: {
      create: () => {
        target.switches.push(`create ${++threads}`);
        return threads;
      },
      pointerOf: (thread) => THREADS + thread * THREAD_BYTES,
      stackPointerOf: (thread) => THREADS + thread * THREAD_BYTES - 0x7e0,
      switchTo: (thread) => void target.switches.push(`run ${thread}`),
      exit: () => void target.switches.push("exit"),
      reap: (thread) => void target.switches.push(`reap ${thread}`),
      note: () => {},
      hold: () => {
        target.switches.push("hold");
        return 0;
      },
      release: (thread) => void target.switches.push(`release ${thread}`),
      // One process only.
      fork: () => -11,
      settle: () => undefined,
      exitProcess: () => undefined,
      isAlive: () => true,
      hasEndedChild: () => false,
      wait: () => -10,
      parentPid: () => 1,
      death: () => -1,
      forgetDeath: () => new Uint8Array(0),
      waitsFor: () => 0,
    },
    system: {
      mmap: (_addr, length) => allocate(length, PAGE),
      munmap: () => 0,
      mprotect: () => 0,
      mremap: () => -ENOSYS,
      madvise: () => 0,
      mincore: () => -ENOSYS,
      getrlimit: () => -ENOSYS,
      setrlimit: () => -ENOSYS,
      usage: () => ({ minorFaults: 0, peakResidentBytes: 0 }),
      physicalPages: () => 0,
      reaches: () => true,
    },
    malloc: (lo, high) => {
      target.calls.push(`malloc ${word(lo, high)}`);
      return allocate(word(lo, high));
    },
    free: (mem) => void target.calls.push(`free ${mem}`),
    calloc: (aLo, aHi, bLo, bHi) => allocate(word(aLo, aHi) * word(bLo, bHi)),
    realloc: (mem, _memHi, lo, high) => {
      const block = allocate(word(lo, high));
      if (mem !== 0) copy(block, mem, Math.min(sizes.get(mem) ?? 0, word(lo, high)));
      return block;
    },
    memalign: (aLo, aHi, lo, high) => allocate(word(lo, high), word(aLo, aHi)),
    aligned_alloc: (aLo, aHi, lo, high) => allocate(word(lo, high), word(aLo, aHi)),
    posix_memalign: () => 22,
    posixMemalignResult: () => 0,
    valloc: (lo, high) => allocate(word(lo, high), PAGE),
    pvalloc: (lo, high) => allocate(word(lo, high), PAGE),
    malloc_usable_size: (mem) => Math.max(24, Math.ceil(((sizes.get(mem) ?? 0) - 8) / 16) * 16 + 8),
    mallopt: () => 1,
    malloc_trim: () => 0,
    sbrk: () => HEAP,
    mallinfo2: () => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    mallocStatsText: () => "Arena 0:\n",
    mallocInfoText: () => '<malloc version="1">\n',
  };
  return target;
}

/** Puts a program and its arguments into a fake process. */
export function loadProgram(target: Target, program: Program, args: readonly string[] = ["./program"]): ProgramLayout {
  const { wordBytes } = program;
  const narrow = { stackPointer: 0xffff_d000, libcData: 0xf7f0_1000, stdoutFile: 0xf7f0_0800 };
  const argv = wordBytes === 8 ? 0x7fff_ffff_f000 : 0xffff_e000;
  const layout: ProgramLayout = { ...fakeLayout, ...(wordBytes === 8 ? {} : narrow), argc: args.length, argv };
  const put = (addr: number, bytes: Uint8Array) => bytes.forEach((byte, i) => target.store(addr + i, 1, byte, 0));
  const image = programImage(program, layout);
  put(layout.rodata, image.rodata);
  put(layout.data, image.data);
  let at = argv + wordBytes * (args.length + 1);
  args.forEach((arg, i) => {
    target.store(argv + wordBytes * i, wordBytes, at | 0, Math.floor(at / 4294967296));
    const bytes = new TextEncoder().encode(`${arg}\0`);
    put(at, bytes);
    at += bytes.length;
  });
  return layout;
}
