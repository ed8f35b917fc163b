/** Replay of the same trace by native glibc (C, -O2) and by the engine, journal off and on, taking turns in one run. */
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
  readonly ratio_off?: number;
  readonly ratio_on?: number;
}

const TURNS = 3;
const TRACE_ALL = 3;

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

export async function benchReplay(): Promise<ReplayFigures> {
  const rounds = standardRounds();
  const count = rounds[0]?.count ?? 0;
  const native = await nativeLoop(rounds);
  const module = await loadEngine();
  const best = { native: Number.POSITIVE_INFINITY, off: Number.POSITIVE_INFINITY, on: Number.POSITIVE_INFINITY };
  let machine = freshMachine(module, undefined);
  for (let turn = 0; turn < TURNS; turn++) {
    if (native !== null) best.native = Math.min(best.native, await native());
    machine = freshMachine(module, machine);
    best.off = Math.min(best.off, ...measure(machine, rounds, 0));
    machine = freshMachine(module, machine);
    best.on = Math.min(best.on, ...measure(machine, rounds, TRACE_ALL));
  }
  const engine = { off_ops_s: Math.round(count / best.off), on_ops_s: Math.round(count / best.on) };
  if (native === null) return engine;
  return {
    native_ops_s: Math.round(count / best.native),
    ...engine,
    ratio_off: best.native / best.off,
    ratio_on: best.native / best.on,
  };
}
