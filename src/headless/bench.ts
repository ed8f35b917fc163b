/** `bench [FILE]`: replays a trace through the engine's own loop and prints operations per second, journal off and on. */
import { machineMemory } from "../abi/machine-memory";
import { defaultLayout } from "../machine/layout";
import { createMachine, type Machine } from "../machine/machine";
import { loadEngine } from "./engine-module";
import { parseOperation } from "./replay/script";
import { readRecording } from "./replay/recording";
import { type ExitStatus, InputError, UsageError } from "./usage";

export const benchUsage = "bench [FILE]";

const OPERATIONS = 1_000_000;
const SLOTS = 65_536;
const OP_BYTES = 8;
const ROUNDS = 4;
/** Random slots and sizes as in the C program that measures native glibc: see standardRounds. */
const BENCH_SLOTS = 10_000;

const kind = { malloc: 1, free: 2, calloc: 3, realloc: 4 } as const;

/** A packed trace; format in src/engine/trace.ts. */
interface Trace {
  readonly bytes: Uint8Array;
  readonly count: number;
}

function packer(count: number): { put: (code: number, slot: number, size: number) => void; trace: () => Trace } {
  const bytes = new Uint8Array(count * OP_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  return {
    put: (code, slot, size) => {
      view.setUint8(at, code);
      view.setUint16(at + 2, slot, true);
      view.setUint32(at + 4, size, true);
      at += OP_BYTES;
    },
    trace: () => ({ bytes: bytes.subarray(0, at), count: at / OP_BYTES }),
  };
}

/** xorshift64 (13, 7, 17) in two halves; returns value % modulus. */
function xorshift64(): (modulus: number) => number {
  let hi = 0x0139_408d;
  let lo = 0xcbbf_7a44;
  return (modulus) => {
    [hi, lo] = [(hi ^ ((hi << 13) | (lo >>> 19))) >>> 0, (lo ^ (lo << 13)) >>> 0];
    [hi, lo] = [(hi ^ (hi >>> 7)) >>> 0, (lo ^ ((lo >>> 7) | (hi << 25))) >>> 0];
    [hi, lo] = [(hi ^ ((hi << 17) | (lo >>> 15))) >>> 0, (lo ^ (lo << 17)) >>> 0];
    return ((hi % modulus) * (2 ** 32 % modulus) + (lo % modulus)) % modulus;
  };
}

/**
 * The trace every build is measured by: a million random steps over 10 000 slots, sizes 16…2000; a full slot is freed, an empty one
 * filled. The rounds repeat the same slots and sizes on a heap that goes on living, so that later rounds meet no fresh pages.
 */
export function standardRounds(count = OPERATIONS, rounds = ROUNDS): Trace[] {
  const next = xorshift64();
  const steps = Array.from({ length: count }, () => [next(BENCH_SLOTS), 16 + next(1985)] as const);
  const live = new Uint8Array(SLOTS);
  return Array.from({ length: rounds }, () => {
    const { put, trace } = packer(count);
    for (const [slot, size] of steps) {
      if (live[slot] === 0) put(kind.malloc, slot, size);
      else put(kind.free, slot, 0);
      live[slot] = 1 - (live[slot] ?? 0);
    }
    return trace();
  });
}

const codes: ReadonlyMap<string, number> = new Map([
  ["m", kind.malloc],
  ["f", kind.free],
  ["c", kind.calloc],
  ["r", kind.realloc],
]);

/** The calls of a recording that a trace can hold: malloc, free, calloc, realloc in place of their slot. */
async function traceOf(file: string): Promise<Trace> {
  const { operations } = await readRecording(file);
  const { put, trace } = packer(operations.length);
  for (const { op } of operations) {
    const code = codes.get(op.charAt(0));
    if (code === undefined) continue;
    const { letter, words } = parseOperation(op);
    const [slot = 0n, second = 0n, third = 0n] = words;
    if (letter === "r" && slot !== second) throw new InputError(`a trace cannot move a slot: ${op}`);
    const bytes = letter === "c" ? second * third : letter === "r" ? third : second;
    put(code, Number(slot), letter === "f" ? 0 : Number(BigInt.asUintN(32, bytes)));
  }
  return trace();
}

/** Seconds of each round, one after the other in one process. `tracing`: bits of control.tracing. */
export function measure(machine: Machine, rounds: readonly Trace[], tracing: number): number[] {
  const { engine, bytes } = machine;
  const slots = machineMemory.scratch + (rounds[0]?.bytes.length ?? 0);
  bytes.fill(0, slots, slots + SLOTS * 8);
  return rounds.map((trace) => {
    bytes.set(trace.bytes, machineMemory.scratch);
    machine.setTracing(tracing);
    const start = performance.now();
    const outcome = machine.call(() => engine.replayTrace(machineMemory.scratch, trace.count));
    const seconds = (performance.now() - start) / 1000;
    machine.setTracing(0);
    if (outcome.kind === "stopped") throw new InputError(`the trace stopped: ${outcome.report.stop} ${outcome.report.message}`);
    if (outcome.value !== trace.count)
      throw new InputError(`the trace ended after ${outcome.value} of ${trace.count} operations`);
    return seconds;
  });
}

/** A process for measuring in: the default one, with nothing in it. */
export function freshMachine(module: WebAssembly.Module, reuse: Machine | undefined): Machine {
  const layout = defaultLayout("/home/user/bench", { textBytes: 0, rodataBytes: 0, dataBytes: 0, bssBytes: 0 });
  return createMachine({
    module,
    layout,
    glibc: "2.36",
    abi: "amd64",
    tcacheKey: 0x5ca1_ab1e_0ddb_a11bn,
    ...(reuse ? { reuse } : {}),
  });
}

export async function benchCommand(args: readonly string[], print: (line: string) => void): Promise<ExitStatus> {
  const [file, ...rest] = args;
  if (rest.length > 0 || file?.startsWith("--")) throw new UsageError(benchUsage);
  const rounds = file === undefined ? standardRounds() : [await traceOf(file)];
  const [first] = rounds;
  if (first === undefined || first.bytes.length + SLOTS * 8 > machineMemory.journal - machineMemory.scratch) {
    throw new InputError("the trace is too long for the scratch block");
  }
  const module = await loadEngine();
  let machine: Machine | undefined;
  for (const [name, tracing] of [
    ["off", 0],
    ["on", 3],
  ] as const) {
    machine = freshMachine(module, machine);
    const seconds = Math.min(...measure(machine, rounds, tracing));
    print(
      `journal ${name}: ${Math.round(first.count / seconds)} operations/s (${first.count} operations in ${(seconds * 1000).toFixed(0)} ms)`,
    );
  }
  return 0;
}
