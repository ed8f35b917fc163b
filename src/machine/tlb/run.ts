/**
 * A run of a program with the engine that tells of accesses, kept up to where it was last asked about: stepping on goes on, stepping back reads
 * the log. Only an instant that the log has lost is reached by running again; the same program makes the same accesses.
 */
import type { Diagnostic } from "../../abi/debug-info";
import { tlbPageShift, type TlbPart, tlbShapes } from "../../abi/tlb";
import { fail, ok, type Result } from "../../base";
import type { TlbCounts, TlbFacts, TlbPartFacts } from "../../protocol/tlb";
import type { Scenario } from "../../scenario/scenario";
import { createMemory, type Machine } from "../machine";
import { engineTarget, silentTerminal } from "../time/engine-target";
import { compileScenario, createCProcess, simulationOf, TRACE_ALL } from "../time/load";
import { Timeline } from "../time/timeline";
import { type LogOptions, TlbLog, type TlbState } from "./log";
import { tlbWatch } from "./watch";

export interface TlbQuestion {
  readonly scenario: Scenario;
  readonly cursor: number;
  /** Where the step to the cursor began. */
  readonly from: number;
}

/** Runs a timeline until there is enough, at someone's pace. False when it was cancelled. */
export type RunUntil = (timeline: Timeline, enough: () => boolean) => Promise<boolean>;

export interface TlbRuns {
  /** Null when cancelled. */
  ask(question: TlbQuestion, run: RunUntil): Promise<Result<TlbFacts | null, readonly Diagnostic[]>>;
}

/** Accesses of one step that are told. */
const ACCESS_LIMIT = 256;

interface Running {
  readonly key: string;
  readonly log: TlbLog;
  readonly timeline: Timeline;
}

/** `engine`: build/engine/engine-counted.wasm. */
export function createTlbRuns(engine: WebAssembly.Module, options?: LogOptions): TlbRuns {
  let machine: Machine | null = null;
  let running: Running | null = null;

  function start(key: string, { source, machine: settings }: Scenario): Result<Running, readonly Diagnostic[]> {
    const program = compileScenario(source, settings);
    if (!program.ok) return program;
    const log = new TlbLog(options);
    const watch = tlbWatch(log);
    const from = machine === null ? { memory: createMemory() } : { reuse: machine };
    const process = createCProcess(engine, program.value, settings, from, watch);
    machine = process.machine;
    machine.setTracing(TRACE_ALL);
    const target = watch.targetFor(engineTarget(machine, silentTerminal(process.input)));
    // Nobody goes back in it: no checkpoints.
    const never = { checkpointRecords: Number.POSITIVE_INFINITY, checkpointBytes: 0 };
    return ok({ key, log, timeline: new Timeline(simulationOf(process, target), never) });
  }

  return {
    async ask({ scenario, cursor, from }, run) {
      const key = JSON.stringify([scenario.source, scenario.machine]);
      if (running?.key !== key || (Math.min(from, cursor) < running.log.first && running.log.hasLost(cursor))) {
        running = null;
        const started = start(key, scenario);
        if (!started.ok) return fail(started.problem);
        running = started.value;
      }
      const { log, timeline } = running;
      log.keepUpTo(cursor);
      const enough = (): boolean => timeline.journal.head() >= cursor || timeline.status !== null;
      if (!enough() && !(await run(timeline, enough))) {
        running = null;
        return ok(null);
      }
      return ok(factsOf(log, cursor, from));
    },
  };
}

function factsOf(log: TlbLog, cursor: number, from: number): TlbFacts {
  const now = log.at(cursor);
  const before = from >= log.first && from <= cursor ? log.at(from) : null;
  const { accesses, flushes } = log.between(before === null ? cursor : from, cursor, ACCESS_LIMIT);
  return {
    cursor,
    pcid: now.model.pcid,
    tops: now.model.tops,
    total: now.counts,
    flushes: now.flushes,
    step: before === null ? null : less(now.counts, before.counts),
    accesses,
    stepFlushes: flushes,
    lastFlush: now.lastFlush,
    parts: { small: partOf("small", now, before), large: partOf("large", now, before), shared: partOf("shared", now, before) },
  };
}

function less(a: TlbCounts, b: TlbCounts): TlbCounts {
  return {
    accesses: a.accesses - b.accesses,
    l1: a.l1 - b.l1,
    l2: a.l2 - b.l2,
    walks: a.walks - b.walks,
    faults: a.faults - b.faults,
  };
}

function partOf(part: TlbPart, { model }: TlbState, before: TlbState | null): TlbPartFacts {
  const { ways } = tlbShapes[part];
  const { key, pcid, pfn, writable, used } = model.parts[part];
  const old = before?.model.parts[part];
  const slots = Array.from(key, (_, slot) => slot);
  const shiftOf = (slot: number): number => ((key[slot] ?? 0) % 2 === 0 ? tlbPageShift.small : tlbPageShift.large);
  const orderOf = (slot: number): number => {
    const first = slot - (slot % ways);
    return slots.slice(first, first + ways).filter((other) => key[other] !== -1 && (used[other] ?? 0) >= (used[slot] ?? 0))
      .length;
  };
  return {
    page: Float64Array.from(slots, (slot) => (key[slot] === -1 ? -1 : Math.floor((key[slot] ?? 0) / 2) * 2 ** shiftOf(slot))),
    bytes: Uint32Array.from(slots, (slot) => 2 ** shiftOf(slot)),
    pfn: pfn.slice(),
    writable: writable.slice(),
    pcid: pcid.slice(),
    order: Uint8Array.from(slots, (slot) => (key[slot] === -1 ? 0 : orderOf(slot))),
    fresh: Uint8Array.from(slots, (slot) =>
      old !== undefined && key[slot] !== -1 && (old.key[slot] !== key[slot] || old.pcid[slot] !== pcid[slot]) ? 1 : 0,
    ),
  };
}
