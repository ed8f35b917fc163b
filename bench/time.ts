/** Time travel and the C interpreter, as the worker uses them, without a browser. */
import { loadEngine } from "../src/headless/engine-module";
import { lastWriter, Timeline } from "../src/machine/time";
import { createScenarioHost } from "../src/machine/time/load";
import { defaultMachine } from "../src/scenario/scenario";
import { percentile, rounded } from "./statistics";

export interface TimeFigures {
  readonly seek: { readonly events: number; readonly p50_ms: number; readonly p95_ms: number };
  readonly query: { readonly last_writer_ms: number };
  readonly c: { readonly statements_s: number };
}

const EVENTS = 1_000_000;
const SEEKS = 400;
const QUERIES = 20;
const BUDGET = 1_000_000_000;
const SLICE_STEPS = 20_000;

/** Enough calls for a million journal records: about twenty-five a call with the statements around it. */
const program = (calls: number): string => `#include <stdlib.h>
int main(void) {
  char *held[64];
  for (int i = 0; i < 64; i++) held[i] = NULL;
  unsigned dice = 1;
  for (int i = 0; i < ${calls}; i++) {
    dice = dice * 1103515245u + 12345u;
    int slot = (dice >> 16) % 64;
    free(held[slot]);
    held[slot] = malloc((dice >> 8) % 1500);
  }
  return 0;
}
`;

const arithmetic = `int main(void) {
  unsigned sum = 0;
  for (int i = 0; i < 200000; i++) {
    unsigned x = i * 3u;
    if (x % 7 == 0) sum += x;
    else sum ^= x >> 2;
  }
  return sum == 0;
}
`;

/** Runs a program to its end. */
function runProgram(
  module: WebAssembly.Module,
  source: string,
  host = createScenarioHost(() => module),
): { timeline: Timeline; seconds: number } {
  const loaded = host.load({ version: 1, slug: null, title: null, source, machine: defaultMachine });
  if (!loaded.ok) throw new Error(`the benchmark's program does not compile: ${JSON.stringify(loaded.problem)}`);
  const timeline = new Timeline(loaded.value.simulation);
  timeline.setBudget(BUDGET);
  const start = performance.now();
  while (timeline.slice(SLICE_STEPS) === null);
  return { timeline, seconds: (performance.now() - start) / 1000 };
}

function timed(samples: number, work: (index: number) => void): number[] {
  return Array.from({ length: samples }, (_, index) => {
    const start = performance.now();
    work(index);
    return performance.now() - start;
  });
}

export async function benchTime(): Promise<TimeFigures> {
  const module = await loadEngine();
  const host = createScenarioHost(() => module);
  runProgram(module, arithmetic, host); // warm
  const c = runProgram(module, arithmetic, host);
  const statements_s = Math.round(c.timeline.index.statements().at.length / c.seconds);

  const trial = runProgram(module, program(1000), host).timeline;
  const perCall = (trial.last - trial.first) / 1000;
  const { timeline } = runProgram(module, program(Math.ceil((1.1 * EVENTS) / perCall)), host);
  const events = timeline.last - timeline.first;
  let dice = 1;
  const anywhere = (): number => {
    dice = (Math.imul(dice, 1_103_515_245) + 12_345) >>> 0;
    return timeline.first + Math.floor((dice / 2 ** 32) * events);
  };
  const seeks = timed(SEEKS, () => void timeline.seek(anywhere()));
  // A word that hardly ever changes, asked for at the end: the search goes back through the whole run.
  const queries = timed(QUERIES, () => void lastWriter(timeline, timeline.process.heapStart + 8, timeline.last));
  return {
    seek: { events, p50_ms: rounded(percentile(seeks, 0.5)), p95_ms: rounded(percentile(seeks, 0.95)) },
    query: { last_writer_ms: rounded(percentile(queries, 0.5)) },
    c: { statements_s },
  };
}
