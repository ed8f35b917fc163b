/**
 * The listing of one call, of the allocator's or the kernel's: the outline of every function it ran through, with what happened to each phase
 * and line, and the kernel calls it made on the way. Built from markers: nothing here knows the algorithm.
 *
 *   done        its marker is before the cursor        skipped      its marker never comes, but a later one of its function does
 *   current     the latest marker before the cursor    notReached   not yet, or not in this call
 */
import type { KernelCallName } from "../../abi/api";
import type { Feature } from "../../abi/glibc-features";
import { recordKind } from "../../abi/journal";
import { type AnyMark, kernelMarks, kernelPaths } from "../../abi/kernel-marks";
import { marksOf } from "../../abi/mark-features";
import { type AllocatorMark, marks } from "../../abi/marks";
import { callPaths } from "../../abi/call-paths";
import { outlineOf, type OutlinePhase } from "../../abi/mark-table";
import type { JournalRecords } from "../../decode/types";
import { writeNumbers } from "../../queries/writes";
import { type CallLevel, depthChange, type InnerCall, innerCalls } from "./inner-calls";

export type RowState = "done" | "current" | "skipped" | "notReached";

export interface ListingRow {
  readonly key: string;
  readonly mark: AnyMark;
  readonly state: RowState;
  /** Record index of the visit shown (the latest before the cursor, else the first after it); −1 when it never comes. */
  readonly at: number;
  readonly a: bigint;
  readonly b: bigint;
  /** 1 yes, 0 no, for decisions. */
  readonly answer: number;
  /** How often it came in this call before the cursor. */
  readonly visits: number;
  /** Writes between this marker and the next one that the cursor has passed, and those still to come; numbered within the call. */
  readonly writesDone: readonly number[];
  readonly writesNext: readonly number[];
}

export interface ListingPhase {
  readonly key: string;
  readonly row: ListingRow;
  readonly lines: readonly ListingRow[];
  /** The latest marker before the cursor lies in it: its lines are shown. */
  readonly open: boolean;
}

export interface Listing {
  readonly phases: readonly ListingPhase[];
  /** Phases of this call begun before the cursor, and in all. */
  readonly phase: number;
  readonly phaseCount: number;
  /** Words written by this call before the cursor, and in all. */
  readonly write: number;
  readonly writeCount: number;
  /** The call died: its last line is the check that failed. */
  readonly dead: boolean;
  /** What the kernel did for it: for each marker after which it was called, and each kind of call, the latest one begun or else the first. */
  readonly inner: readonly (InnerCall & { readonly listing: Listing })[];
}

interface Visit {
  readonly record: number;
  readonly a: bigint;
  readonly b: bigint;
  readonly answer: number;
  readonly writes: { readonly record: number; readonly order: number }[];
}

type Visits = ReadonlyMap<number, readonly Visit[]>;

const abortIds: ReadonlySet<number> = new Set(marks.filter((mark) => mark.fn === "malloc_printerr").map((mark) => mark.id));
const phaseIds: ReadonlySet<number> = new Set(marks.filter((mark) => mark.level === "phase").map((mark) => mark.id));

/** Markers with the writes that follow each; what printing the abort message does is left out, the failing check is the end. */
function visitsOf(records: JournalRecords, level: CallLevel): Visits {
  const visits = new Map<number, Visit[]>();
  const numbers = writeNumbers(records, records.from);
  let latest: Visit | null = null;
  let depth = 0;
  for (let row = 0; row < records.count; row++) {
    const kind = records.kind[row];
    const record = records.from + row;
    const order = numbers[row] ?? 0;
    if (order > 0) latest?.writes.push({ record, order });
    depth += depthChange(kind);
    if (kind !== recordKind.line && kind !== recordKind.phase) continue;
    const id = records.id[row] ?? 0;
    if (depth !== level) continue;
    if (abortIds.has(id)) break;
    latest = { record, a: records.a[row] ?? 0n, b: records.b[row] ?? 0n, answer: records.where[row] ?? 0, writes: [] };
    const list = visits.get(id);
    if (list === undefined) visits.set(id, [latest]);
    else list.push(latest);
  }
  return visits;
}

function rowOf(mark: AnyMark, visits: Visits, cursor: number, current: number): ListingRow {
  const all = visits.get(mark.id) ?? [];
  const past = all.filter((visit) => visit.record < cursor);
  const shown = past.at(-1) ?? all[0];
  const writes = shown?.writes ?? [];
  const state = past.length === 0 ? "notReached" : shown?.record === current ? "current" : "done";
  return {
    key: `${mark.fn}.${mark.name}`,
    mark,
    state,
    at: shown?.record ?? -1,
    a: shown?.a ?? 0n,
    b: shown?.b ?? 0n,
    answer: shown?.answer ?? 0,
    visits: past.length,
    writesDone: writes.filter(({ record }) => record < cursor).map(({ order }) => order),
    writesNext: writes.filter(({ record }) => record >= cursor).map(({ order }) => order),
  };
}

const larger = (a: number, b: number): number => Math.max(a, b);
const reached = (row: ListingRow): boolean => row.state === "done" || row.state === "current";

/** Lines that the call passed without visiting: something later in the same phase, or a later phase, was visited before the cursor. */
function withSkips(rows: readonly ListingRow[], laterVisited: boolean): ListingRow[] {
  let later = laterVisited;
  return rows
    .toReversed()
    .map((row): ListingRow => {
      const result: ListingRow = !reached(row) && row.at < 0 && later ? { ...row, state: "skipped" } : row;
      later ||= reached(row);
      return result;
    })
    .toReversed();
}

/** Lines in the order of the outline, helpers' lines behind the line after which they were called. */
function merged(lines: readonly ListingRow[], called: readonly ListingRow[]): ListingRow[] {
  const rest = called.toSorted((a, b) => a.at - b.at);
  const out: ListingRow[] = [];
  const visited = lines.filter((row) => row.at >= 0);
  out.push(...rest.filter((row) => visited.every((line) => line.at > row.at)));
  for (const [index, line] of lines.entries()) {
    out.push(line);
    if (line.at < 0) continue;
    const next = lines.slice(index + 1).find((row) => row.at > line.at)?.at ?? Number.POSITIVE_INFINITY;
    out.push(...rest.filter((row) => row.at > line.at && row.at < next && !out.includes(row)));
  }
  return out;
}

/** What a call listed: phases in their order, and the lines that belong to whatever phase called them. */
interface Parts {
  readonly phases: readonly OutlinePhase<AnyMark>[];
  readonly called: readonly AnyMark[];
}

/**
 * Functions on the call's path come in its order, whole; of others, which some line called, only the phases that were visited, behind the one
 * that was under way then. Lines before a function's first phase belong to whoever called it.
 */
function partsOf(path: readonly string[], visits: Visits, listed: readonly AnyMark[]): Parts {
  const at = (mark: AnyMark | null): number => (mark === null ? -1 : (visits.get(mark.id)?.[0]?.record ?? -1));
  const entered = [...new Set(listed.filter((mark) => visits.has(mark.id)).map((mark): string => mark.fn))].filter(
    (fn) => fn !== "malloc_printerr",
  );
  const onPath = entered.filter((fn) => path.includes(fn)).toSorted((a, b) => path.indexOf(a) - path.indexOf(b));
  const outline = (fn: string): readonly OutlinePhase<AnyMark>[] => outlineOf(fn, listed);
  const alone = (fn: string): boolean => path.includes(fn) && outline(fn).length === 1;
  const isPhase = (part: OutlinePhase<AnyMark>): boolean => part.phase !== null || alone(part.fn);
  const elsewhere = entered.filter((fn) => !path.includes(fn)).flatMap(outline);
  const phases = onPath.flatMap(outline).filter(isPhase);
  const inner = elsewhere.filter((part) => at(part.phase) >= 0).toSorted((a, b) => at(a.phase) - at(b.phase));
  for (const part of inner) {
    const owner = phases.reduce(
      (best, each, index) => (at(each.phase) < at(part.phase) && at(each.phase) > at(phases[best]?.phase ?? null) ? index : best),
      -1,
    );
    phases.splice(owner + 1, 0, part);
  }
  const inPhases = new Set(phases.flatMap((part) => [part.phase, ...part.lines]));
  return { phases, called: listed.filter((mark) => visits.has(mark.id) && !inPhases.has(mark) && !abortIds.has(mark.id)) };
}

const listedBy = new WeakMap<ReadonlySet<Feature>, readonly AllocatorMark[]>();

/** The release's markers, and, should one come that the release does not have, that one too: what happened is always shown. */
function listedMarks(features: ReadonlySet<Feature>, visits: Visits): readonly AllocatorMark[] {
  const own = listedBy.get(features) ?? marksOf(features);
  listedBy.set(features, own);
  const known = new Set(own.map(({ id }) => id));
  return [...visits.keys()].every((id) => known.has(id)) ? own : marks.filter(({ id }) => known.has(id) || visits.has(id));
}

/** Phases of the call `api` of a release with these features, in the order in which it can reach them. */
export function listingOf(api: string, records: JournalRecords, cursor: number, features: ReadonlySet<Feature>): Listing {
  const visits = visitsOf(records, 0);
  const path = Object.entries(callPaths).find(([name]) => name === api)?.[1] ?? [];
  return {
    ...outlined(path, listedMarks(features, visits), visits, records, cursor),
    inner: innerListings(records, cursor, 0),
  };
}

/** Phases of a kernel call whose records these are, from its begin on. */
export function kernelListingOf(call: KernelCallName, records: JournalRecords, cursor: number): Listing {
  const listing = outlined(kernelPaths[call] ?? [], kernelMarks, visitsOf(records, 1), records, cursor);
  return { ...listing, inner: innerListings(records, cursor, 1) };
}

function innerListings(records: JournalRecords, cursor: number, level: CallLevel): Listing["inner"] {
  return innerCalls(records, cursor, level).map((call) => ({
    ...call,
    listing: kernelListingOf(call.call, call.records, cursor),
  }));
}

function outlined(
  path: readonly string[],
  listed: readonly AnyMark[],
  visits: Visits,
  records: JournalRecords,
  cursor: number,
): Omit<Listing, "inner"> {
  const every = [...visits].flatMap(([id, list]) => list.map(({ record }) => ({ id, record })));
  const past = every.filter(({ record }) => record < cursor);
  const current = past.reduce((latest, { record }) => Math.max(latest, record), -1);
  const parts = partsOf(path, visits, listed);
  const row = (mark: AnyMark): ListingRow => rowOf(mark, visits, cursor, current);
  const phases = parts.phases.flatMap((part): ListingPhase[] => {
    const head = part.phase ?? part.lines[0];
    if (head === undefined) return [];
    const lines = part.lines.filter((mark) => mark !== head).map(row);
    return [{ key: `${part.fn}.${head.name}`, row: row(head), lines, open: false }];
  });
  const called = parts.called.map(row);
  // What printing the abort message writes is no part of the algorithm.
  const abortRow = records.id.findIndex((id, index) => records.kind[index] === recordKind.phase && abortIds.has(id));
  const numbers = writeNumbers(records, records.from).subarray(0, abortRow < 0 ? records.count : abortRow);
  return {
    phases: settle(phases, called, current),
    phase: past.filter(({ id }) => phaseIds.has(id)).length,
    phaseCount: every.filter(({ id }) => phaseIds.has(id)).length,
    write: numbers.subarray(0, Math.max(0, cursor - records.from)).reduce(larger, 0),
    writeCount: numbers.reduce(larger, 0),
    dead: abortRow >= 0 && records.from + abortRow < cursor,
  };
}

function settle(phases: readonly ListingPhase[], called: readonly ListingRow[], current: number): ListingPhase[] {
  const begins = phases.filter((phase) => phase.row.at >= 0).toSorted((a, b) => a.row.at - b.row.at);
  const owner = (at: number): ListingPhase | undefined => begins.findLast((phase) => phase.row.at <= at) ?? begins[0];
  let later = false;
  return phases
    .toReversed()
    .map((phase): ListingPhase => {
      const mine = called.filter((row) => owner(row.at)?.key === phase.key);
      const was = phase.row.state !== "notReached";
      const lines = withSkips(merged(phase.lines, mine), was && later);
      const open = current >= 0 && (phase.row.at === current || lines.some((row) => row.at === current));
      const skipped = !was && phase.row.at < 0 && later;
      const row: ListingRow = open
        ? { ...phase.row, state: "current" }
        : skipped
          ? { ...phase.row, state: "skipped" }
          : phase.row;
      later ||= was;
      return { ...phase, row, lines, open };
    })
    .toReversed();
}
