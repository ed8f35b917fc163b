/** What a recording says after each operation, taken from the simulated process. */
import { deflateSync } from "node:zlib";
import { findMallocAbi, type StructLayout } from "../../abi/glibc-structs";
import { machineMemory } from "../../abi/machine-memory";
import { threadProfile } from "../../abi/thread-profile";
import type { Machine, Outcome, StopReport } from "../../machine/machine";
import { hashBlock } from "./hash";
import { watchHeap, wordText } from "./heap-watch";
import type { PlayResult } from "./player";
import { createArenaObserver, maskedState, observeFork, type Wanted } from "./observe-arenas";
import type { RecordedOperation } from "./recording";

/** Fields of one line, ready for JSON; the schema of FORMATS §2. */
export type ObservedOperation = RecordedOperation;

export interface Observer {
  /** The line for an operation that was just played. */
  observe(index: number, text: string, outcome: Outcome<PlayResult>, wanted?: Wanted): ObservedOperation;
}

const signalNames = new Map([
  [4, "SIGILL"],
  [6, "SIGABRT"],
  [7, "SIGBUS"],
  [8, "SIGFPE"],
  [9, "SIGKILL"],
  [11, "SIGSEGV"],
]);

const isFork = (op: string): boolean => /^(T +\S+ +)?[Kk]$/.test(op.trim());

const everyHash: Wanted = { hh: true, h32: true, arenas: { hh: true, h32: true }, changes: false };

export function createObserver(machine: Machine): Observer {
  const { process } = machine;
  const abi = findMallocAbi(process.glibc, process.abi);
  if (abi === undefined) throw new Error("a machine without known structs");
  const { mallocState } = abi;
  const heap = watchHeap(machine, process.heapStart, process.wordBytes);
  const step = process.wordBytes / 4;
  const topOffset = offsetOf(abi.mallocState, "top");
  const systemMemOffset = offsetOf(abi.mallocState, "system_mem");
  const arenas = createArenaObserver(machine, abi);
  const block = new DataView(machine.memory.buffer, machineMemory.profile);
  const freeList = abi.features.has("arenaRing") ? null : Number(block.getBigUint64(threadProfile.freeList, true));
  const maskedArena = (): Uint32Array => maskedState(machine, mallocState, process.mainArena);
  let arenaBefore = maskedArena();
  let hash = hashBlock(arenaBefore);
  let parBefore = hexOf(read(process.mp, abi.mallocPar.sizeBytes));
  let mapsBefore = heapMaps(machine);

  function read(addr: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    machine.peek(addr, bytes);
    return bytes;
  }

  function word(offset: number): string {
    const bytes = new Uint8Array(8);
    machine.peek(process.mainArena + offset, bytes.subarray(0, process.wordBytes));
    return `0x${new DataView(bytes.buffer).getBigUint64(0, true).toString(16)}`;
  }

  function arenaChange(): Pick<ObservedOperation, "ad" | "ah" | "a32"> {
    const now = maskedArena();
    const ad: [string, string][] = [];
    for (let i = 0; i < now.length; i += step) {
      const same = now[i] === arenaBefore[i] && (step === 1 || now[i + 1] === arenaBefore[i + 1]);
      if (!same) ad.push([(i * 4).toString(16), wordText(now, i, step)]);
    }
    arenaBefore = now;
    if (ad.length > 0) hash = hashBlock(now);
    return { ah: hash.fnv, a32: hash.h32, ...(ad.length > 0 ? { ad } : {}) };
  }

  function mapsChange(): Pick<ObservedOperation, "maps"> {
    const now = heapMaps(machine);
    const before = new Set(mapsBefore);
    const come = now.filter((line) => !before.delete(line));
    mapsBefore = now;
    return before.size + come.length === 0 ? {} : { maps: { "-": [...before], "+": come } };
  }

  function state(wanted: Wanted): Omit<ObservedOperation, "i" | "op"> {
    const brk = machine.kernel.currentBrk();
    const { hd, hn, hx } = heap.observe(brk);
    const par = hexOf(read(process.mp, abi?.mallocPar.sizeBytes ?? 0));
    const parChanged = par !== parBefore;
    parBefore = par;
    return {
      brk: `0x${brk.toString(16)}`,
      top: word(topOffset),
      sm: word(systemMemOffset),
      ...(wanted.hh ? { hh: heap.hh() } : {}),
      ...(wanted.h32 ? { h32: heap.h32() } : {}),
      ...(hn > 0 ? { hd } : {}),
      hn,
      ...(wanted.changes && hx !== null ? { hx } : {}),
      ...arenaChange(),
      ...arenas(wanted),
      ...(parChanged ? { mp: par } : {}),
      ...mapsChange(),
    };
  }

  function dump(): Pick<ObservedOperation, "heap_len" | "heap_z" | "ms" | "mpb"> {
    const length = Math.max(0, machine.kernel.currentBrk() - process.heapStart);
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    return {
      heap_len: length,
      heap_z: base64(deflateSync(read(process.heapStart, length))),
      ms: base64(read(process.mainArena, abi?.mallocState.sizeBytes ?? 0)),
      mpb: base64(read(process.mp, abi?.mallocPar.sizeBytes ?? 0)),
    };
  }

  return {
    observe: (i, op, outcome, wanted = everyHash) => {
      const result = outcome.kind === "ok" ? results(outcome.value) : death(outcome.report);
      const fork = isFork(op) && freeList !== null ? { fork: observeFork(machine, abi, freeList) } : {};
      return { i, op, ...result, ...state(wanted), ...fork, ...(op === "d" ? dump() : {}) };
    },
  };
}

function results(played: PlayResult): Partial<ObservedOperation> {
  return {
    ...(played.ret === undefined ? {} : { ret: `0x${played.ret.toString(16)}` }),
    ...(played.n === undefined ? {} : { n: Number(BigInt.asIntN(64, played.n)) }),
    ...(played.err === 0 ? {} : { err: played.err }),
    ...(played.skipped ? { skipped: 1 } : {}),
  };
}

function death(report: StopReport): Partial<ObservedOperation> {
  const sig = signalNames.get(report.signal) ?? report.stop;
  const faults = sig === "SIGSEGV" || sig === "SIGBUS";
  return { sig, ...(faults ? { addr: `0x${report.signalAddr.toString(16)}` } : {}), stderr: report.message };
}

function offsetOf(layout: StructLayout, name: string): number {
  return layout.fields.find((field) => field.name === name)?.offset ?? -1;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** `start-end perm[ h]` of anonymous and [heap] mappings. */
function heapMaps(machine: Machine): string[] {
  return machine.kernel
    .entries("anonymous")
    .filter((entry) => entry.name === "" || entry.name === "[heap]")
    .map((entry) => `${entry.start.toString(16)}-${entry.end.toString(16)} ${entry.perms}${entry.name === "[heap]" ? " h" : ""}`);
}
