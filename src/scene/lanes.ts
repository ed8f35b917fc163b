/**
 * Threads over time: a lane each, a slice where it runs, ticks for its allocator calls, a mark where it waits. Time is counted in statements,
 * so that a statement of any thread is as wide as any other.
 *
 *   main  ▐▮▮▮▮▮▮▌──────────────▐▮▌┄┄┄┄┄┄┄
 *   T1           ▐▮▌──▐▮▮▮▮▮▮▮▌┄┄waits┄▐▮▮▌
 */
import { threadState } from "../abi/threads";

export interface LaneTrack {
  readonly at: Uint32Array;
  readonly thread: Uint32Array;
  readonly state: Uint32Array;
}

export interface LaneCall {
  readonly index: number;
  readonly begin: number;
  readonly thread: number;
  readonly api: string;
  readonly path: string;
}

export interface LaneTick {
  readonly x: number;
  readonly operation: number;
  readonly path: string;
  readonly gives: boolean;
}

export interface LaneSlice {
  readonly x: number;
  readonly width: number;
  /** Position at which it begins. */
  readonly from: number;
  readonly ticks: readonly LaneTick[];
}

/** A stretch in which a thread cannot run (locking, joining), or stands still inside malloc. */
export interface LaneWait {
  readonly x: number;
  readonly width: number;
  readonly state: "locking" | "joining" | "insideMalloc";
}

export interface Lane {
  readonly thread: number;
  /** Where its line begins and ends. */
  readonly x: number;
  readonly end: number;
  readonly slices: readonly LaneSlice[];
  readonly waits: readonly LaneWait[];
}

export interface LanesScene {
  readonly lanes: readonly Lane[];
  /** View x of a position. */
  readonly xOf: (cursor: number) => number;
}

interface Draft {
  readonly thread: number;
  from: number;
  until: number;
  readonly slices: { from: number; to: number }[];
  readonly waits: { from: number; to: number; state: LaneWait["state"] }[];
  open: LaneWait["state"] | null;
}

const waiting: ReadonlyMap<number, LaneWait["state"]> = new Map([
  [threadState.locking, "locking"],
  [threadState.joining, "joining"],
  [threadState.insideMalloc, "insideMalloc"],
]);

/** Entries of an ascending column below `value`. */
function countBelow(column: Uint32Array, value: number): number {
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function drafts({ at, thread, state }: LaneTrack, first: number, last: number): Map<number, Draft> {
  const lanes = new Map<number, Draft>();
  const laneOf = (number: number, position: number): Draft => {
    const known = lanes.get(number);
    if (known !== undefined) return known;
    const made: Draft = { thread: number, from: position, until: last, slices: [], waits: [], open: null };
    lanes.set(number, made);
    return made;
  };
  let running = laneOf(0, first);
  running.slices.push({ from: first, to: last });
  for (let i = 0; i < at.length; i++) {
    const position = at[i] ?? 0;
    const lane = laneOf(thread[i] ?? 0, position);
    const code = state[i] ?? 0;
    if (code === threadState.none) {
      const slice = running.slices.at(-1);
      if (slice !== undefined) slice.to = Math.min(slice.to, position);
      running = lane;
      lane.slices.push({ from: position, to: last });
    }
    if (code === threadState.gone) continue;
    const wait = lane.waits.at(-1);
    if (lane.open !== null && wait !== undefined) wait.to = position;
    const begun = waiting.get(code) ?? null;
    if (begun !== null) lane.waits.push({ from: position, to: last, state: begun });
    lane.open = begun;
    if (code === threadState.ended) lane.until = position;
  }
  return lanes;
}

const gives = new Set(["free", "malloc_trim"]);
/** Narrower slices than this cannot be seen. */
const MIN_SLICE = 3;

export function lanesScene(
  track: LaneTrack,
  statements: Uint32Array,
  operations: readonly LaneCall[],
  run: { readonly first: number; readonly last: number },
  view: { readonly x: number; readonly width: number },
): LanesScene {
  const scale = view.width / Math.max(1, statements.length);
  const xOf = (cursor: number): number => view.x + countBelow(statements, cursor) * scale;
  const lanes = [...drafts(track, run.first, run.last).values()].toSorted((a, b) => a.thread - b.thread);
  return {
    xOf,
    lanes: lanes.map((lane) => {
      const calls = operations.filter(({ thread }) => thread === lane.thread);
      return {
        thread: lane.thread,
        x: xOf(lane.from),
        end: xOf(lane.until),
        waits: lane.waits.map(({ from, to, state }) => ({
          x: xOf(from),
          width: Math.max(MIN_SLICE, xOf(to) - xOf(from)),
          state,
        })),
        slices: lane.slices.map(({ from, to }) => ({
          x: xOf(from),
          width: Math.max(MIN_SLICE, xOf(to) - xOf(from)),
          from,
          ticks: calls
            .filter(({ begin }) => begin >= from && begin < to)
            .map(({ begin, index, path, api }) => ({ x: xOf(begin), operation: index, path, gives: gives.has(api) })),
        })),
      };
    }),
  };
}
