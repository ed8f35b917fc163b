/**
 * The listing of one call: the outline of every function it ran through, with what happened to each phase and line. Built from markers:
 * nothing here knows the algorithm.
 *
 *   done        its marker is before the cursor        skipped      its marker never comes, but a later one of its function does
 *   current     the latest marker before the cursor    notReached   not yet, or not in this call
 */
import { recordKind } from "../../abi/journal";
import { callPaths, type MarkInfo, marks, outlines } from "../../abi/marks";
import type { JournalRecords } from "../../decode/types";

export type RowState = "done" | "current" | "skipped" | "notReached";

export interface ListingRow {
  readonly key: string;
  readonly mark: MarkInfo;
  readonly state: RowState;
  /** Record index of the visit shown (the latest before the cursor, else the first after it); −1 when it never comes. */
  readonly at: number;
  readonly a: bigint;
  readonly b: bigint;
  /** 1 yes, 0 no, for decisions. */
  readonly answer: number;
  /** How often it came in this call before the cursor. */
  readonly visits: number;
  /** Writes between this marker and the next one that the cursor has passed, and those still to come. */
  readonly writesDone: number;
  readonly writesNext: number;
}

export interface ListingPhase {
  readonly key: string;
  readonly row: ListingRow;
  readonly lines: readonly ListingRow[];
  readonly current: boolean;
}

interface Visit {
  readonly record: number;
  readonly a: bigint;
  readonly b: bigint;
  readonly answer: number;
  writes: number;
  writesDone: number;
}

function visitsOf(records: JournalRecords, cursor: number): Map<number, Visit[]> {
  const visits = new Map<number, Visit[]>();
  let latest: Visit | null = null;
  for (let row = 0; row < records.count; row++) {
    const kind = records.kind[row];
    const record = records.from + row;
    if (kind === recordKind.write && latest !== null && (records.addr[row] ?? 0) > 0) {
      latest.writes++;
      if (record < cursor) latest.writesDone++;
    }
    if (kind !== recordKind.line && kind !== recordKind.phase) continue;
    latest = {
      record,
      a: records.a[row] ?? 0n,
      b: records.b[row] ?? 0n,
      answer: records.where[row] ?? 0,
      writes: 0,
      writesDone: 0,
    };
    const id = records.id[row] ?? 0;
    const list = visits.get(id);
    if (list === undefined) visits.set(id, [latest]);
    else list.push(latest);
  }
  return visits;
}

function rowOf(mark: MarkInfo, visits: ReadonlyMap<number, readonly Visit[]>, cursor: number, current: number): ListingRow {
  const all = visits.get(mark.id) ?? [];
  const past = all.filter((visit) => visit.record < cursor);
  const shown = past.at(-1) ?? all[0];
  const state: RowState =
    shown === undefined ? "notReached" : shown.record === current ? "current" : past.length > 0 ? "done" : "notReached";
  return {
    key: `${mark.fn}.${mark.name}`,
    mark,
    state,
    at: shown?.record ?? -1,
    a: shown?.a ?? 0n,
    b: shown?.b ?? 0n,
    answer: shown?.answer ?? 0,
    visits: past.length,
    writesDone: shown?.writesDone ?? 0,
    writesNext: shown === undefined ? 0 : shown.writes - shown.writesDone,
  };
}

/** Lines that the call passed without visiting: something later in the same phase, or a later phase, was visited before the cursor. */
function withSkips(rows: readonly ListingRow[], laterVisited: boolean): ListingRow[] {
  let later = laterVisited;
  return [...rows]
    .reverse()
    .map((row) => {
      const reached = row.state === "done" || row.state === "current";
      const result: ListingRow = !reached && row.at < 0 && later ? { ...row, state: "skipped" } : row;
      later ||= reached;
      return result;
    })
    .reverse();
}

const helperFunctions = new Set(["tcache_get", "tcache_put", "unlink_chunk", "unsorted_chunks", "alloc_perturb", "free_perturb"]);

/** Phases of the call `api`, in the order in which it can reach them; functions it never entered are left out. */
export function listingOf(api: string, records: JournalRecords, cursor: number): readonly ListingPhase[] {
  const visits = visitsOf(records, cursor);
  let current = -1;
  for (const list of visits.values()) for (const { record } of list) if (record < cursor && record > current) current = record;
  const path: readonly string[] = Object.entries(callPaths).find(([name]) => name === api)?.[1] ?? [];
  const entered = (fn: string): boolean => marks.some((mark) => mark.fn === fn && visits.has(mark.id));
  const functions = [...new Set([...path, ...Object.keys(outlines).filter((fn) => entered(fn))])].filter(
    (fn) => entered(fn) && !helperFunctions.has(fn),
  );
  const phases = functions.flatMap((fn) => Object.entries(outlines).find(([name]) => name === fn)?.[1] ?? []);
  const made = phases.flatMap((outline, index): ListingPhase[] => {
    const head = outline.phase ?? outline.lines[0];
    if (head === undefined) return [];
    const lines = outline.lines.map((mark) => rowOf(mark, visits, cursor, current));
    return [
      {
        key: `${outline.fn}.${index}`,
        row: rowOf(head, visits, cursor, current),
        lines: outline.phase === null ? lines.slice(1) : lines,
        current: false,
      },
    ];
  });
  return settlePhases(made, helperRows(visits, cursor, current), current);
}

/** Helpers' lines (unlink_chunk, tcache_put, …) belong to the phase that called them: the one begun last before them. */
function helperRows(visits: ReadonlyMap<number, readonly Visit[]>, cursor: number, current: number): ListingRow[] {
  return marks
    .filter((mark) => helperFunctions.has(mark.fn) && visits.has(mark.id))
    .map((mark) => rowOf(mark, visits, cursor, current));
}

function settlePhases(phases: readonly ListingPhase[], helpers: readonly ListingRow[], current: number): ListingPhase[] {
  const begins = phases.filter((phase) => phase.row.at >= 0).sort((a, b) => a.row.at - b.row.at);
  const owner = (at: number): ListingPhase | undefined => begins.findLast((phase) => phase.row.at <= at);
  let later = false;
  return phases
    .toReversed()
    .map((phase) => {
      const mine = helpers.filter((row) => owner(row.at)?.key === phase.key);
      const lines = withSkips(
        [...phase.lines, ...mine].sort((a, b) => (a.at < 0 || b.at < 0 ? 0 : a.at - b.at)),
        phase.row.state === "done" && later,
      );
      const isCurrent = current >= 0 && (phase.row.at === current || lines.some((row) => row.at === current));
      const reached = phase.row.state !== "notReached";
      const row: ListingRow = isCurrent
        ? { ...phase.row, state: "current" }
        : !reached && phase.row.at < 0 && later
          ? { ...phase.row, state: "skipped" }
          : phase.row;
      // An abort ends the call: what comes after the failing check was not skipped but never reached.
      later ||= reached && phase.row.mark.fn !== "malloc_printerr";
      return { ...phase, row, lines, current: isCurrent };
    })
    .toReversed();
}
