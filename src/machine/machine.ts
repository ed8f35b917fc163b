/**
 * One simulated process: linear memory, the engine (WebAssembly) over it, the kernel beneath. Everything a run changes is in the memory;
 * the objects here only know how to reach it.
 *
 *   createMachine ─► memory ─► engine instance ◄─► kernel ─► exec(layout) ─► profile ─► engine.initialise ─► ready, tracing off
 */
import { control, stop } from "../abi/control";
import { findMallocAbi } from "../abi/glibc-structs";
import { findGlibcSymbols, type GlibcSymbols, type SeenSymbols } from "../abi/glibc-symbols";
import { HEAP_WINDOW_SLOTS, MEMORY_BYTES, MEMORY_BYTES_SMALL, machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { kernelRanges } from "../abi/kernel";
import { messageBlock, type MessageFrame, messages, messageText, plainFrame } from "../abi/messages";
import type { ProcessInfo } from "../abi/process-info";
import type { LoadPlan } from "../abi/layouts";
import { profileBytes } from "../abi/profile";
import { threadBlock } from "../abi/thread-blocks";
import { threadProfile, threadProfileBytes, type ThreadPlace } from "../abi/thread-profile";
import { knowsTunable, type Tunable, tunables } from "../abi/glibc-tunables";
import type { Release } from "../abi/glibc-features";
import { RECORD_BYTES } from "../abi/journal";
import { createKernel, type Kernel } from "../kernel/kernel";
import type { MachineSpec } from "../kernel/exec";
import type { AccessWatch } from "./access-watch";
import type { EngineExports, KernelImports } from "./engine-interface";
import type { ProcessLayout } from "./layout";
import { describeMain } from "./make-threads";

export interface MachineOptions {
  /** The compiled engine (build/engine/engine.wasm). */
  readonly module: WebAssembly.Module;
  readonly layout: ProcessLayout;
  readonly glibc: string;
  readonly abi: "amd64" | "i386";
  /** Where a recording found main_arena and mp_, from the base of libc; else the build that is best known. */
  readonly seen?: SeenSymbols;
  /** argv[0], which old messages quote. */
  readonly program?: string;
  /** What malloc's initialisation draws as tcache key. */
  readonly tcacheKey: bigint;
  /** GLIBC_TUNABLES and MALLOC_*_ variables. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly machine?: MachineSpec;
  /** The program is not there yet: `load` brings it in, step by step. */
  readonly loadPlan?: LoadPlan;
  /** Processors as glibc counts them: those online or, from 2.35 to 2.38, those it may run on; 2 when not given. */
  readonly cores?: number;
  /** An earlier machine whose memory is used again; it is cleared where that machine used it. */
  readonly reuse?: Machine;
  /** A memory nobody has used yet (createMemory); one is made when neither is given. */
  readonly memory?: WebAssembly.Memory;
  readonly watch?: AccessWatch;
}

/** How a call into the engine ended. */
export type Outcome<T> = { readonly kind: "ok"; readonly value: T } | { readonly kind: "stopped"; readonly report: StopReport };

export type StopName = keyof typeof stop;

export interface StopReport {
  readonly stop: StopName;
  /** Signal number, 0 when none. */
  readonly signal: number;
  readonly signalCode: number;
  /** Faulting address, exact. */
  readonly signalAddr: bigint;
  readonly signalWrite: boolean;
  /** glibc's own words with a newline, "" when it said nothing. */
  readonly message: string;
}

/** What is the program's own of its loading. */
export interface ProgramActs {
  /** Writes the arguments onto the stack. */
  placeArguments(): void;
  /** Fills its data in. */
  placeImage(): void;
}

export interface Machine {
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  readonly engine: EngineExports;
  readonly kernel: Kernel;
  readonly process: ProcessInfo;
  readonly layout: ProcessLayout;
  /** Runs something that may stop the process; other exceptions pass through. */
  call<T>(work: () => T): Outcome<T>;
  /** What the control block says about the end; null while the process runs. */
  stopped(): StopReport | null;
  /** Bits of control.tracing: 1 writes, 2 markers. */
  setTracing(bits: number): void;
  /** Loads the program; null when it is there from the beginning. */
  readonly load: ((acts: ProgramActs) => void) | null;
  /** Reads bytes of the process without touching it: pages that are not there read as zero. */
  peek(addr: number, into: Uint8Array): void;
}

const DEFAULT_CORES = 2;

/** Linear memory of full size, or the small one where the host refuses. */
export function createMemory(): WebAssembly.Memory {
  const pages = (bytes: number): number => bytes / 65536;
  try {
    return new WebAssembly.Memory({ initial: pages(MEMORY_BYTES), maximum: pages(MEMORY_BYTES), shared: true });
  } catch {
    return new WebAssembly.Memory({ initial: pages(MEMORY_BYTES_SMALL), maximum: pages(MEMORY_BYTES_SMALL), shared: true });
  }
}

/** Zeroes what a machine has used of its memory. */
function clear(machine: Machine): void {
  const { bytes, kernel } = machine;
  const { window, pool } = kernel.used;
  const slotAt = (slot: number): number => machineMemory.frames + slot * PAGE_SIZE;
  bytes.fill(0, 0, machineMemory.kernel);
  for (const [from, to] of kernelRanges(bytes)) bytes.fill(0, from, to);
  bytes.fill(0, slotAt(0), slotAt(window));
  bytes.fill(0, slotAt(HEAP_WINDOW_SLOTS), slotAt(pool));
}

/** A process ready for its first instruction, with tracing off and an unlimited budget. Throws when the glibc is not known. */
export function createMachine(options: MachineOptions): Machine {
  const abi = findMallocAbi(options.glibc, options.abi);
  const symbols = findGlibcSymbols(options.glibc, options.abi, options.seen);
  if (abi === undefined || symbols === undefined) throw new Error(`glibc ${options.glibc} ${options.abi} is not known`);
  if (options.reuse !== undefined) clear(options.reuse);
  const memory = options.reuse?.memory ?? options.memory ?? createMemory();
  const bytes = new Uint8Array(memory.buffer);
  const { engine, kernel } = instantiate(options.module, memory, options.watch);
  const { layout } = options;

  const view = new DataView(memory.buffer, machineMemory.control, 0x1000);
  const capacity = Math.floor((machineMemory.frames - machineMemory.journal) / RECORD_BYTES);
  view.setUint32(control.journalCapacity, capacity, true);
  view.setBigUint64(control.budget, 2n ** 63n, true);
  const { loadPlan } = options;
  if (loadPlan === undefined) {
    kernel.exec(layout.space, options.machine);
    startPages(kernel, layout, () => true);
  } else kernel.boot(layout.space, options.machine);
  const place = { libcBase: layout.libcBase, libcTls: layout.libcTls, pageSize: PAGE_SIZE, tcacheKeyValue: options.tcacheKey };
  bytes.set(profileBytes(abi, symbols, place), machineMemory.profile);
  const threads = threadPlace(layout, symbols, options.cores ?? DEFAULT_CORES);
  bytes.set(threadProfileBytes(threads), machineMemory.profile + threadProfile.libcTls);
  const program = options.program ?? plainFrame.program;
  bytes.set(messageBlock(abi.glibc, program), machineMemory.messages);
  // The process starts with its environment: some releases read it before main.
  applyTunables(engine, abi.glibc, options.environment ?? {});
  describeMain(bytes, layout.libcTls + threadBlock(abi.glibc, abi.abi).tlsBytes);
  const state = layout.libcBase + symbols.mainArena;
  const firstPage = Math.min(state, layout.libcBase + symbols.mp);
  const startLibc = (): void => {
    engine.initialise();
    kernel.chooseSecondRegion(firstPage - (firstPage % PAGE_SIZE), state + abi.mallocState.sizeBytes);
  };
  if (loadPlan === undefined) startLibc();

  const machine: Machine = {
    memory,
    bytes,
    engine,
    kernel,
    layout,
    process: processInfo(options, layout, symbols, abi.wordBytes),
    call: (work) => {
      try {
        const value = work();
        const report = machine.stopped();
        return report === null ? { kind: "ok", value } : { kind: "stopped", report };
      } catch (error) {
        const report = error instanceof WebAssembly.RuntimeError ? machine.stopped() : null;
        if (report === null) throw error;
        return { kind: "stopped", report };
      }
    },
    stopped: () => readStop(view, { release: abi.glibc, program, wordBytes: abi.wordBytes }),
    setTracing: (bits) => view.setUint32(control.tracing, bits, true),
    load: loadPlan === undefined ? null : (acts) => loadProgram(kernel, layout, loadPlan, startLibc, acts),
    peek: (addr, into) => peek(kernel, bytes, addr, into),
  };
  return machine;
}

/** Brings in the pages that start-up code writes and reads, of those that are meant. */
function startPages(kernel: Kernel, { touched, read }: ProcessLayout, meant: (page: number) => boolean): void {
  for (const page of touched) if (meant(page)) kernel.installPrivatePage(page);
  for (const page of read) if (meant(page)) kernel.touch(page, page + PAGE_SIZE);
}

function loadProgram(kernel: Kernel, layout: ProcessLayout, plan: LoadPlan, startLibc: () => void, acts: ProgramActs): void {
  const onStack = (page: number): boolean => page >= plan.stack.start;
  kernel.load(plan, {
    placeArguments: () => {
      startPages(kernel, layout, onStack);
      acts.placeArguments();
    },
    pages: [...layout.touched, ...layout.read].filter((page) => !onStack(page)).length,
    touchPages: () => startPages(kernel, layout, (page) => !onStack(page)),
    beforeMain: () => {
      startLibc();
      acts.placeImage();
    },
  });
}

function threadPlace(layout: ProcessLayout, symbols: GlibcSymbols, cores: number): ThreadPlace {
  const { libcBase, libcTls } = layout;
  return {
    libcTls,
    narenas: libcBase + symbols.narenas,
    freeList: libcBase + symbols.freeList,
    alignedHeapArea: libcBase + symbols.alignedHeapArea,
    arenaLimit: libcBase + symbols.arenaLimit,
    nextToUse: libcBase + symbols.nextToUse,
    saveArena: libcBase + symbols.saveArena,
    cores,
  };
}

function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  watch: AccessWatch | undefined,
): { engine: EngineExports; kernel: Kernel } {
  let engine: EngineExports | null = null;
  const running = (): EngineExports => {
    if (engine === null) throw new Error("the kernel was called before the engine was ready");
    return engine;
  };
  const kernel = createKernel({
    memory: memory.buffer,
    put: (offset, size, lo, hi) => running().put(offset, size, lo, hi),
    zeroFrame: (offset) => running().zeroFrame(offset),
    tidy: (offset, value) => running().tidy(offset, value),
    emptyFrame: (frame, other) => running().emptyFrame(frame, other),
    copyFrame: (to, from) => running().copyFrame(to, from),
    mark: (kind, id, where, aLo, aHi, bLo, bHi) => running().mark(kind, id, where, aLo, aHi, bLo, bHi),
    flush: (addr, length) => running().flush(addr, length),
    ...(watch === undefined
      ? {}
      : {
          tlb: watch.tlb,
          mark: (kind, id, where, aLo, aHi, bLo, bHi) => {
            watch.mark(kind, id);
            running().mark(kind, id, where, aLo, aHi, bLo, bHi);
          },
        }),
  });
  watch?.attach(kernel, memory.buffer);
  const imports: KernelImports = {
    fault: (addr, write) => kernel.fault(addr, write),
    brk: (addr) => kernel.brk(addr),
    mmap: (addr, length, prot, flags) => kernel.mmap(addr, length, prot, flags),
    munmap: (addr, length) => kernel.munmap(addr, length),
    mremap: (addr, oldLength, newLength, flags) => kernel.mremap(addr, oldLength, newLength, flags),
    mprotect: (addr, length, prot) => kernel.mprotect(addr, length, prot),
    madvise: (addr, length, advice) => kernel.madvise(addr, length, advice),
  };
  const instance = new WebAssembly.Instance(module, {
    env: { memory },
    ...(watch === undefined ? { kernel: { ...imports } } : watched(imports, watch)),
  });
  engine = instance.exports as unknown as EngineExports;
  return { engine, kernel };
}

/** The engine's imports, with somebody who is told of accesses and of the faults that they come to. */
function watched(imports: KernelImports, watch: AccessWatch): WebAssembly.Imports {
  const fault: KernelImports["fault"] = (addr, write) => {
    const served = imports.fault(addr, write);
    if (served !== 0) watch.faultServed(addr);
    return served;
  };
  return { kernel: { ...imports, fault }, tlb: { access: watch.access } };
}

function processInfo(options: MachineOptions, layout: ProcessLayout, symbols: GlibcSymbols, wordBytes: 4 | 8): ProcessInfo {
  return {
    glibc: options.glibc,
    abi: options.abi,
    wordBytes,
    heapStart: layout.space.startBrk,
    libcBase: layout.libcBase,
    mainArena: layout.libcBase + symbols.mainArena,
    mp: layout.libcBase + symbols.mp,
    tcachePointer: layout.libcTls + symbols.tlsTcache,
    tcacheKey: layout.libcBase + symbols.tcacheKey,
    globalMaxFast: layout.libcBase + symbols.globalMaxFast,
    perturbByte: layout.libcBase + symbols.perturbByte,
    stackTop: layout.stackTop,
  };
}

const stopNames = new Map<number, StopName>((Object.entries(stop) as [StopName, number][]).map(([name, code]) => [code, name]));

function readStop(view: DataView, frame: Omit<MessageFrame, "pointer">): StopReport | null {
  const code = view.getUint32(control.stop, true);
  if (code === stop.running) return null;
  const message = messages[view.getUint32(control.stopMessage, true)];
  return {
    stop: stopNames.get(code) ?? "signal",
    signal: view.getUint32(control.signal, true),
    signalCode: view.getUint32(control.signalCode, true),
    signalAddr: view.getBigUint64(control.signalAddr, true),
    signalWrite: view.getUint32(control.signalWrite, true) !== 0,
    message:
      code === stop.abort && message !== undefined
        ? `${messageText(message, { ...frame, pointer: view.getBigUint64(control.stopPointer, true) })}\n`
        : "",
  };
}

/** A tunable's value as glibc parses it (decimal, octal or hex); null when it is malformed or out of bounds, and then ignored. */
export function parseTunable(tunable: Pick<Tunable, "signed" | "min" | "max">, text: string): bigint | null {
  const match = /^\s*([+-]?)(0x[0-9a-f]+|[0-9]+)/i.exec(text);
  if (match === null) return null;
  const [, sign = "", digits = "0"] = match;
  const octal = /^0[0-7]+$/.test(digits);
  const magnitude = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  const value = sign === "-" ? -magnitude : magnitude;
  const bounded = tunable.signed ? value : BigInt.asUintN(64, value);
  if (tunable.min !== null && bounded < tunable.min) return null;
  return tunable.max !== null && bounded > tunable.max ? null : bounded;
}

/** GLIBC_TUNABLES (`name=value:name=value`), then the older variables; a tunable's later setting wins, as in glibc. */
function applyTunables(engine: EngineExports, release: Release, environment: Readonly<Record<string, string>>): void {
  for (const tunable of tunables) {
    const known = knowsTunable(tunable, release);
    let value: bigint | null = null;
    for (const [name, text] of Object.entries(environment)) {
      if (known.env && name === tunable.env) value = parseTunable(tunable, text) ?? value;
      if (!known.name || name !== "GLIBC_TUNABLES") continue;
      for (const part of text.split(":")) {
        const equals = part.indexOf("=");
        if (equals > 0 && part.slice(0, equals) === tunable.name) value = parseTunable(tunable, part.slice(equals + 1)) ?? value;
      }
    }
    if (value !== null) engine.setTunable(tunable.id, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
  }
}

function peek(kernel: Kernel, bytes: Uint8Array, addr: number, into: Uint8Array): void {
  for (let done = 0; done < into.length; ) {
    const at = addr + done;
    const within = at % PAGE_SIZE;
    const take = Math.min(PAGE_SIZE - within, into.length - done);
    const offset = kernel.linearOffset(at);
    if (offset < 0) into.fill(0, done, done + take);
    else into.set(bytes.subarray(offset, offset + take), done);
    done += take;
  }
}
