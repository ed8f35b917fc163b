/**
 * Replay of the same trace by native glibc (C, -O2) and by the engine, taking turns in one run: a busy machine slows all of a turn, so the
 * ratios are medians of each turn's own. Three ways of running the engine:
 *
 *   off     no journal
 *   on      every write, and where each call begins and ends: enough to go back in time
 *   traced  phases and lines of the algorithm as well, as the page records them
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freshMachine, measure, standardRounds } from "../src/headless/bench";
import { loadEngine } from "../src/headless/engine-module";
import { inRoot } from "../tools/lib/root.mjs";
import { run } from "../tools/lib/run.mjs";

export interface ReplayFigures {
  /** Operations per second; absent when this machine has no gcc. */
  readonly native_ops_s?: number;
  readonly off_ops_s: number;
  readonly on_ops_s: number;
  readonly traced_ops_s: number;
  readonly ratio_off?: number;
  readonly ratio_on?: number;
  readonly ratio_traced?: number;
}

const TURNS = 5;
/** Bits of control.tracing. */
const modes = { off: 0, on: 1, traced: 3 } as const;

/** Compiles the native loop and writes the rounds for it; null without gcc. */
async function nativeLoop(rounds: ReturnType<typeof standardRounds>): Promise<(() => Promise<number>) | null> {
  const folder = inRoot("build", "bench");
  mkdirSync(folder, { recursive: true });
  const program = path.join(folder, "native");
  const compiled = await run("gcc", ["-O2", "-o", program, inRoot("bench", "native.c")]);
  if (compiled.code !== 0) return null;
  const files = rounds.map((trace, index) => {
    const file = path.join(folder, `round-${index}.trace`);
    writeFileSync(file, trace.bytes);
    return file;
  });
  return async () => {
    const outcome = await run(program, [String(rounds[0]?.count ?? 0), ...files]);
    if (outcome.code !== 0) throw new Error(`native replay ended with ${outcome.code}`);
    return Math.min(...outcome.stdout.trim().split("\n").map(Number));
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export async function benchReplay(): Promise<ReplayFigures> {
  const rounds = standardRounds();
  const count = rounds[0]?.count ?? 0;
  const native = await nativeLoop(rounds);
  const module = await loadEngine();
  let machine = freshMachine(module, undefined);
  const best = (tracing: number): number => {
    machine = freshMachine(module, machine);
    return Math.min(...measure(machine, rounds, tracing));
  };
  // Not counted: the compiler's better code arrives during the first turn.
  for (const tracing of Object.values(modes)) best(tracing);
  const turns: { native: number; off: number; on: number; traced: number }[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const yardstick = native === null ? Number.NaN : await native();
    turns.push({ native: yardstick, off: best(modes.off), on: best(modes.on), traced: best(modes.traced) });
  }
  const opsPerSecond = (mode: keyof (typeof turns)[number]): number =>
    Math.round(count / median(turns.map((turn) => turn[mode])));
  const ratio = (mode: keyof typeof modes): number => median(turns.map((turn) => turn.native / turn[mode]));
  const engine = { off_ops_s: opsPerSecond("off"), on_ops_s: opsPerSecond("on"), traced_ops_s: opsPerSecond("traced") };
  if (native === null) return engine;
  return {
    native_ops_s: opsPerSecond("native"),
    ...engine,
    ratio_off: ratio("off"),
    ratio_on: ratio("on"),
    ratio_traced: ratio("traced"),
  };
}
