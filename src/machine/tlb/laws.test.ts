/** The counted run of programs that drive the kernel hard: it is the same run, it never finds what the page tables do not give, and it knows every instant. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { MachineSettings } from "../../scenario/scenario";
import { defaultMachine, type Scenario } from "../../scenario/scenario";
import { createMemory, type Machine } from "../machine";
import { engineTarget, silentTerminal } from "../time/engine-target";
import { compileScenario, createCProcess, simulationOf, TRACE_ALL } from "../time/load";
import { type Ending, endings, kernelProgram } from "../time/testing/kernel-program";
import { runProgram, whole } from "../time/testing/run-program";
import { Timeline } from "../time/timeline";
import { TlbLog } from "./log";
import type { PageWalk } from "./model";
import { createTlbRuns, type RunUntil } from "./run";
import { tlbWatch } from "./watch";

let plain: WebAssembly.Module;
let counted: WebAssembly.Module;
beforeAll(async () => {
  const engine = (name: string) => WebAssembly.compile(readFileSync(new URL(`../../../build/engine/${name}`, import.meta.url)));
  [plain, counted] = await Promise.all([engine("engine.wasm"), engine("engine-counted.wasm")]);
});

const runs = Number(process.env["HEAPGLASS_LAW_RUNS"] ?? 1);
/** The two that fill all memory take longer. */
const long: ReadonlySet<string> = new Set<Ending>(["killed", "crowded"]);
const names = Object.keys(endings).filter((name): name is Ending => name in endings && (runs > 1 || !long.has(name)));
const BUDGET = 1_000_000_000;

/** Compares whatever is found without a walk with what a walk would find. */
class CheckedLog extends TlbLog {
  readonly stale: string[] = [];
  hits = 0;

  override access(at: number, addr: number, bytes: number, write: boolean, walk: PageWalk): boolean {
    const known = this.model.peek(addr);
    if (known !== null && !(write && !known.writable)) {
      const real = walk(addr);
      this.hits++;
      const same = real !== null && real.pfn === known.pfn && real.large === known.large && (real.writable || !known.writable);
      if (!same) this.stale.push(`${at}: ${addr.toString(16)} ${JSON.stringify([known, real])}`);
    }
    return super.access(at, addr, bytes, write, walk);
  }
}

let machine: Machine | null = null;

function runCounted(source: string, settings: MachineSettings, log: TlbLog): Timeline {
  const program = compileScenario(source, settings);
  if (!program.ok) throw new Error(JSON.stringify(program.problem));
  const watch = tlbWatch(log);
  const from = machine === null ? { memory: createMemory() } : { reuse: machine };
  const c = createCProcess(counted, program.value, settings, from, watch);
  machine = c.machine;
  machine.setTracing(TRACE_ALL);
  const target = watch.targetFor(engineTarget(machine, silentTerminal(c.input)));
  const timeline = new Timeline(simulationOf(c, target), whole);
  timeline.setBudget(BUDGET);
  while (timeline.slice(50_000) === null);
  return timeline;
}

const scenarioOf = (source: string, machineSettings: MachineSettings): Scenario => ({
  version: 1,
  slug: null,
  title: null,
  source,
  machine: machineSettings,
});

/** At once, and never cancelled. */
const straight: RunUntil = (timeline, enough) => {
  timeline.setBudget(BUDGET);
  while (!enough()) timeline.slice(2000);
  return Promise.resolve(true);
};

const plan = fc.record({
  seed: fc.nat(100_000),
  rounds: fc.integer({ min: 20, max: 60 }),
  abi: fc.constantFrom("amd64" as const, "amd64" as const, "i386" as const),
});

describe.each(names)("a counted run of a program that drives the kernel, ending: %s", (ending) => {
  it("writes the journal of the run without counting, and no hit is stale", () => {
    fc.assert(
      fc.property(plan, ({ seed, rounds, abi }) => {
        const text = kernelProgram(seed, rounds, ending);
        const settings = { ...defaultMachine, ramMiB: 16, abi };
        const usual = runProgram(plain, 0, text, settings).timeline;
        const log = new CheckedLog();
        const timeline = runCounted(text, settings, log);
        expect([timeline.first, timeline.last, timeline.status]).toEqual([usual.first, usual.last, usual.status]);
        const from = Math.max(usual.journal.tail(), timeline.journal.tail());
        expect(Buffer.from(timeline.journal.copy(from, timeline.last)).equals(usual.journal.copy(from, usual.last))).toBe(true);
        expect(log.stale).toEqual([]);
        expect(log.hits).toBeGreaterThan(1000);
      }),
      { numRuns: runs },
    );
  });
});

describe("an instant of a counted run", () => {
  it("is the same whichever way one came to it", async () => {
    await fc.assert(
      fc.asyncProperty(
        plan,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 6 }),
        async ({ seed, rounds, abi }, shares) => {
          const settings = { ...defaultMachine, ramMiB: 16, abi };
          const scenario = scenarioOf(kernelProgram(seed, rounds, "exit"), settings);
          const { first, last } = runProgram(plain, 0, scenario.source, settings).timeline;
          // The one keeps little and often has to begin anew, the other goes forward only.
          const forgetful = createTlbRuns(counted, { chunkRows: 700, chunks: 3 });
          const patient = createTlbRuns(counted);
          const cursors = shares.map((share) => Math.floor(first + share * (last - first)));
          const seen = new Map<number, unknown>();
          for (const cursor of cursors.toSorted((a, b) => a - b)) {
            const from = Math.max(first, cursor - 40);
            const facts = await patient.ask({ scenario, cursor, from }, straight);
            seen.set(cursor, facts);
          }
          for (const cursor of cursors) {
            const from = Math.max(first, cursor - 40);
            expect(await forgetful.ask({ scenario, cursor, from }, straight)).toEqual(seen.get(cursor));
          }
        },
      ),
      { numRuns: runs },
    );
  });
});
