/** Processes with threads for the engine's tests: x86-64, in one memory after the other. */
import { control } from "../../abi/control";
import { findMallocAbi } from "../../abi/glibc-structs";
import { findGlibcSymbols } from "../../abi/glibc-symbols";
import { tunables } from "../../abi/glibc-tunables";
import { libcImage } from "../../abi/libc-images";
import { machineMemory } from "../../abi/machine-memory";
import { threadTable } from "../../abi/threads";
import { defaultLayout } from "../../machine/layout";
import { createMachine, type Machine } from "../../machine/machine";
import { createThreads } from "../../machine/make-threads";
import type { Threads } from "../../machine/threads";
import { loadEngine } from "../engine-module";

export const HEAP_MAX = 0x400_0000;

let module: WebAssembly.Module | null = null;
let reused: Machine | undefined;

export async function prepare(): Promise<void> {
  module = await loadEngine();
}

/** One process with threads, and what tests ask of it. */
export interface Process {
  readonly machine: Machine;
  readonly threads: Threads;
  word(addr: number): number;
  field(arena: number, name: string): number;
  /** Every arena in ring order, main_arena first. */
  arenas(): number[];
  heaps(arena: number): number[];
  on<T>(thread: number, work: () => T): T;
  malloc(bytes: number): number;
  free(mem: number): void;
  state(thread: number): number;
}

/** A process with one thread, after `prepare`. */
export function start(glibc = "2.36", environment: Readonly<Record<string, string>> = {}): Process {
  if (module === null) throw new Error("prepare comes first");
  const symbols = findGlibcSymbols(glibc, "amd64");
  const program = { textBytes: 0, rodataBytes: 0, dataBytes: 0, bssBytes: 0 };
  const machine = createMachine({
    module,
    layout: defaultLayout("/home/user/threads", program, {}, symbols && libcImage(symbols)),
    glibc,
    abi: "amd64",
    tcacheKey: 0x5ca1_ab1e_0ddb_a11bn,
    environment,
    ...(reused ? { reuse: reused } : {}),
  });
  reused = machine;
  const threads = createThreads(machine);
  const layout = findMallocAbi(glibc, "amd64")?.mallocState;
  const view = new DataView(machine.memory.buffer);
  const offset = (name: string): number => layout?.fields.find((each) => each.name === name)?.offset ?? -1;
  const word = (addr: number): number => {
    const bytes = new Uint8Array(8);
    machine.peek(addr, bytes);
    return Number(new DataView(bytes.buffer).getBigUint64(0, true));
  };
  const field = (arena: number, name: string): number => word(arena + offset(name));
  const { mainArena } = machine.process;
  return {
    machine,
    threads,
    word,
    field,
    arenas: () => {
      const ring = [mainArena];
      for (let at = field(mainArena, "next"); at !== mainArena && ring.length < 100; at = field(at, "next")) ring.push(at);
      return ring;
    },
    heaps: (arena) => {
      const list: number[] = [];
      const top = field(arena, "top");
      for (let h = top - (top % HEAP_MAX); h !== 0 && list.length < 100; h = word(h + 8)) list.push(h);
      return list;
    },
    on: (thread, work) => {
      const before = view.getUint32(machineMemory.control + control.thread, true);
      threads.switchTo(thread);
      const result = work();
      threads.switchTo(before);
      return result;
    },
    malloc: (bytes) => machine.engine.malloc(bytes, 0),
    free: (mem) => machine.engine.free(mem % 2 ** 32, Math.floor(mem / 2 ** 32)),
    state: (thread) => view.getUint32(threadTable.at + thread * threadTable.stride + threadTable.state, true),
  };
}

/** The arena that a block says it is of. */
export const arenaOf = (p: Process, mem: number): number =>
  (p.word(mem - 8) & 4) !== 0 ? p.word(mem - (mem % HEAP_MAX)) : p.machine.process.mainArena;

/** What setTunable calls a tunable. */
export const tunableId = (name: string): number => tunables.find((each) => each.name === `glibc.malloc.${name}`)?.id ?? -1;

/** The arena that the running thread is attached to. */
export function threadArenaOf(p: Process): number {
  const at = new DataView(p.machine.memory.buffer).getBigUint64(machineMemory.control + control.threadArena, true);
  return p.word(Number(at));
}
