/**
 * One program under two machines: both run to their end, their calls are paired and compared, and the first difference that counts is
 * traced to the release that made it.
 *
 *   run A ─┐
 *   run B ─┴─► pair calls ─► first difference ─► run the releases between A and B, halving: where does this call's outcome change?
 *
 * All runs share one machine, one after the other; what is kept of each is text.
 */
import { findRelease, type Release } from "../../abi/glibc-features";
import { offeredReleases } from "../../abi/releases";
import type { Diagnostic } from "../../abi/debug-info";
import { fail, ok, type Result } from "../../base";
import type { Aspect, ComparedCall, ComparedRun, Comparison, Divergence, Explanation } from "../../protocol/comparison";
import type { Operation } from "../../protocol/messages";
import type { MachineSettings, Scenario } from "../../scenario/scenario";
import type { Host, Loaded } from "../time/host";
import { Timeline } from "../time/timeline";
import { align, type Pair } from "./align";
import { differingMarks, explain, passedMarks } from "./explain";
import { traceCalls, type TracedCall } from "./trace";

export interface CompareParts {
  readonly host: Host;
  /** Runs a timeline until it is over, or until `enough` says so. False: cancelled. */
  run(timeline: Timeline, enough: () => boolean): Promise<boolean>;
}

/** A finished run with what is compared. */
interface Finished {
  readonly run: ComparedRun;
  readonly calls: readonly TracedCall[];
}

/** Why there is no comparison: the program or a machine is not accepted, or it was cancelled. */
export type NoComparison =
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "cancelled" };

/** More calls than this are not compared. */
const TRACE_LIMIT = 20_000;

const aspects = ["decision", "words", "address"] as const satisfies readonly Aspect[];

export async function compareMachines(
  parts: CompareParts,
  scenario: Scenario,
  machines: readonly [MachineSettings, MachineSettings],
): Promise<Result<Comparison, NoComparison>> {
  const a = await finish(parts, { ...scenario, machine: machines[0] }, Infinity);
  if (!a.ok) return a;
  const b = await finish(parts, { ...scenario, machine: machines[1] }, Infinity);
  if (!b.ok) return b;
  const pairs = align(
    a.value.calls.map(({ operation }) => operation),
    b.value.calls.map(({ operation }) => operation),
  );
  const calls = pairs.map((pair) => comparedCall(pair, a.value.calls, b.value.calls));
  const first = {
    decision: calls.findIndex(({ differs }) => differs.includes("decision")),
    words: calls.findIndex(({ differs }) => differs.includes("words")),
    address: calls.findIndex(({ differs }) => differs.includes("address")),
  };
  const place = placeOf(a.value, b.value, calls, first);
  const explanation = place === null ? null : await explanationOf(parts, scenario, machines, place, { a: a.value, pairs });
  const divergence: Divergence | null =
    place === null
      ? null
      : {
          aspect: place.aspect,
          call: place.call,
          cursorA: calls[place.call]?.a?.begin ?? a.value.run.last,
          cursorB: calls[place.call]?.b?.begin ?? b.value.run.last,
          explanation,
        };
  return ok({ a: a.value.run, b: b.value.run, calls, first, divergence });
}

/** Runs a scenario and traces its first `limit` calls. */
async function finish(parts: CompareParts, scenario: Scenario, limit: number): Promise<Result<Finished, NoComparison>> {
  const loaded = parts.host.load(scenario);
  if (!loaded.ok) return fail({ kind: "rejected", diagnostics: loaded.problem });
  const timeline = new Timeline(loaded.value.simulation);
  const enough = (): boolean => timeline.index.operations.length > limit;
  if (!(await parts.run(timeline, enough))) return fail({ kind: "cancelled" });
  const calls = traceCalls(timeline, Math.min(limit, TRACE_LIMIT));
  return ok({ run: runOf(scenario.machine, timeline, loaded.value), calls });
}

function runOf(machine: MachineSettings, timeline: Timeline, loaded: Loaded): ComparedRun {
  timeline.seek(timeline.last);
  const { exitCode, message, signal } = loaded.ending();
  const { last, index } = timeline;
  return { machine, status: timeline.status ?? "cancelled", exitCode, message, signal, output: index.output, last };
}

function comparedCall({ a, b }: Pair, left: readonly TracedCall[], right: readonly TracedCall[]): ComparedCall {
  const [callA, callB] = [left[a], right[b]];
  const operations: { readonly a: Operation | null; readonly b: Operation | null } = {
    a: callA?.operation ?? null,
    b: callB?.operation ?? null,
  };
  if (callA === undefined || callB === undefined) return { ...operations, differs: ["decision"] };
  return { ...operations, differs: aspects.filter((aspect) => textOf(callA, aspect) !== textOf(callB, aspect)) };
}

/** What two calls must have in common to be the same in an aspect. */
function textOf(call: TracedCall, aspect: Aspect): string {
  switch (aspect) {
    case "decision":
      return call.decision;
    case "words":
      return call.words.join("\n");
    case "address":
      return call.operation.resultText;
  }
}

/** Where the runs part; aspect "end" when all calls are alike. */
interface Place {
  readonly aspect: Aspect | "end";
  readonly call: number;
}

/** How a run died, if it did. */
function deathOf({ run }: Finished): string {
  return [run.status, run.signal, run.message].join("\n");
}

/** How a run ended and what it printed. */
function endOf(finished: Finished): string {
  const { run } = finished;
  return [deathOf(finished), run.exitCode, ...run.output.map(({ text }) => text)].join("\n");
}

/** The first decision that differs; else words, the ends of the runs, addresses. */
function placeOf(a: Finished, b: Finished, calls: readonly ComparedCall[], first: Comparison["first"]): Place | null {
  if (first.decision >= 0) return { aspect: "decision", call: first.decision };
  if (deathOf(a) !== deathOf(b)) return { aspect: "end", call: calls.length };
  if (first.words >= 0) return { aspect: "words", call: first.words };
  if (endOf(a) !== endOf(b)) return { aspect: "end", call: calls.length };
  return first.address >= 0 ? { aspect: "address", call: first.address } : null;
}

/** Halves the releases between the two until a neighbouring pair is found between which A's outcome changes. */
async function explanationOf(
  parts: CompareParts,
  scenario: Scenario,
  [a, b]: readonly [MachineSettings, MachineSettings],
  { aspect, call }: Place,
  { a: runA, pairs }: { readonly a: Finished; readonly pairs: readonly Pair[] },
): Promise<Explanation | null> {
  const index = aspect === "end" ? Infinity : (pairs[call]?.a ?? -1);
  if (index < 0) return null;
  const outcome = (run: Finished): string => {
    const traced = run.calls[index];
    if (aspect === "end") return endOf(run);
    return traced === undefined ? "" : textOf(traced, aspect);
  };
  const probe = async (release: Release): Promise<Finished | null> => {
    const run = await finish(parts, { ...scenario, machine: { ...a, glibc: release } }, index + 1);
    return run.ok ? run.value : null;
  };
  const path = releasesBetween(findRelease(a.glibc), findRelease(b.glibc));
  let [low, high] = [0, path.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    const release = path[middle];
    const run = release === undefined ? null : await probe(release);
    if (run === null) return null;
    if (outcome(run) === outcome(runA)) low = middle;
    else high = middle;
  }
  const [near, far] = [path[low], path[high]];
  if (near === undefined || far === undefined || low === high) return null;
  const [left, right] = [await probe(near), await probe(far)];
  if (left === null || right === null) return null;
  const marks = [left.calls[index]?.marks ?? [], right.calls[index]?.marks ?? []] as const;
  const usual = usualDifferences(left.calls, right.calls, index);
  const differing = new Set([...differingMarks(...marks)].filter((mark) => !usual.has(mark)));
  const moved = left.calls
    .slice(0, index)
    .some(({ operation }, at) => operation.resultText !== right.calls[at]?.operation.resultText);
  const [before, release] = byAge(near, far) < 0 ? [near, far] : [far, near];
  return { before, release, ...explain(before, release, { aspect, differing, passed: passedMarks(...marks), moved }) };
}

/** Markers that differ also where two calls before decided alike: new checks that let everything pass explain nothing. */
function usualDifferences(left: readonly TracedCall[], right: readonly TracedCall[], before: number): ReadonlySet<string> {
  const usual = new Set<string>();
  for (const [index, call] of left.slice(0, before).entries()) {
    const other = right[index];
    if (other === undefined || other.decision !== call.decision) continue;
    for (const mark of differingMarks(call.marks, other.marks)) usual.add(mark);
  }
  return usual;
}

const offered = offeredReleases.map(({ release }) => release);
const byAge = (a: Release, b: Release): number => offered.indexOf(a) - offered.indexOf(b);

/** Offered releases from one to the other, both included, in the order of the way; empty when one is not offered. */
function releasesBetween(a: Release | undefined, b: Release | undefined): readonly Release[] {
  const [from, to] = [a === undefined ? -1 : offered.indexOf(a), b === undefined ? -1 : offered.indexOf(b)];
  if (from < 0 || to < 0) return [];
  return from <= to ? offered.slice(from, to + 1) : offered.slice(to, from + 1).toReversed();
}
