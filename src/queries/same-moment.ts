/** One program run on two machines: where the other run is at the same statement for the same time. */
import type { RunSummary } from "../protocol/messages";

/** The nth beginning of a statement, from 1; "start" before the first one. */
export type Moment = "start" | "end" | { readonly statement: number; readonly nth: number };

/** What a run's moments are read from. */
export type Track = Pick<RunSummary, "first" | "last" | "statements">;

/** How many of ascending positions lie before a cursor. */
export function countBefore(at: Uint32Array, cursor: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] ?? 0) < cursor) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function momentAt({ last, statements }: Track, cursor: number): Moment {
  if (cursor >= last) return "end";
  const begun = countBefore(statements.at, cursor);
  const statement = statements.statement[begun - 1];
  if (statement === undefined) return "start";
  let nth = 0;
  for (let i = 0; i < begun; i++) if (statements.statement[i] === statement) nth++;
  return { statement, nth };
}

/** A run's position at a moment. Where the statement begins less often, its last beginning; where never, the run's end: `exact` is false then. */
export function cursorAt(
  { first, last, statements }: Track,
  moment: Moment,
): { readonly cursor: number; readonly exact: boolean } {
  if (moment === "end") return { cursor: last, exact: true };
  if (moment === "start") return { cursor: Math.min(last, (statements.at[0] ?? first) + 1), exact: true };
  let [nth, latest] = [0, -1];
  for (let i = 0; i < statements.at.length && nth < moment.nth; i++) {
    if (statements.statement[i] !== moment.statement) continue;
    nth++;
    latest = i;
  }
  return { cursor: latest < 0 ? last : (statements.at[latest] ?? 0) + 1, exact: nth === moment.nth };
}
