/**
 * The ledger timeline over the axis of time (./time-axis.ts), also the scrubber.
 *
 *   ⚑ bookmark      ▮▮▮▮▮▮▮▮     upper ticks take memory, lower ticks give it back
 *                     ▯▯▯  ▯
 *   ▁▂▃▅▅▆▇▇▆▅▃     in use, and free in bins stacked on it
 *   ──────────      resident · virtual (each on its own scale)
 */
import { niceCeiling } from "./sizes";
import { beginX, endOfAxis, endX, type TimeAxis } from "./time-axis";
import type { LedgerScene, LedgerSeries, LedgerTick } from "./strip-types";

/** Bytes at the end of each operation; the protocol's Ledger has this shape. */
export interface LedgerColumns {
  readonly inUse: Float64Array;
  readonly freeInBins: Float64Array;
  /** At each edge of the axis. */
  readonly residentAt: Float64Array;
  readonly virtualAt: Float64Array;
}

export interface LedgerOperation {
  readonly api: string;
  readonly path: string;
}

/** Free pixels on both sides of the axis. */
export const LEDGER_SIDES = { left: 12, right: 84 } as const;
const PLOT = {
  tickTop: 16,
  tickHeight: 7,
  giveTop: 24,
  areaTop: 35,
  areaBottom: 27,
  residentTop: 22,
  residentBottom: 15,
  virtualTop: 10,
  virtualBottom: 3,
} as const;
/** Narrower ticks than this are pooled. */
const MIN_TICK = 3;
const LEAST_TICK = 1;

const giving = new Set(["free", "malloc_trim"]);

/** One of several calls: as many as have at least `pixels` together. */
const poolOf = (axis: TimeAxis, count: number, pixels: number): number =>
  Math.max(1, Math.ceil((count * pixels) / Math.max(1, endOfAxis(axis) - (axis.x[0] ?? 0))));

type Value = (i: number) => number;
const height = (low: number, high: number, bottom: number, top: number) => (value: number) =>
  bottom - ((value - low) / Math.max(1, high - low)) * (bottom - top);

/** Step line of what the calls left: it holds until the next. Pooled to one point a pixel, keeping each pixel's maximum. */
function steps(values: Value, count: number, axis: TimeAxis, yOf: Value): LedgerSeries {
  const pool = poolOf(axis, count, 1);
  const columns = Math.ceil(count / pool);
  const points = new Float64Array(columns * 4);
  let [max, min] = [0, Infinity];
  for (let column = 0; column < columns; column++) {
    const past = Math.min(count, (column + 1) * pool);
    let value = -Infinity;
    for (let i = column * pool; i < past; i++) {
      value = Math.max(value, values(i));
      min = Math.min(min, values(i));
    }
    max = Math.max(max, value);
    const until = past < count ? beginX(axis, past) : endOfAxis(axis);
    points.set([beginX(axis, column * pool), yOf(value), until, yOf(value)], column * 4);
  }
  return { points, max, min: count > 0 ? min : 0 };
}

/** Line through what is known at the axis's edges: level inside a call, after its step, and from there to where the next one finds it. */
function line(values: Float64Array, axis: TimeAxis, bottom: number, top: number): LedgerSeries {
  const { low, high, min, max } = ownRange(values);
  const yOf = height(low, high, bottom, top);
  const at = (edge: number): number => values[edge] ?? 0;
  const count = (values.length - 2) / 2;
  const pool = poolOf(axis, count, 1);
  const points: number[] = [axis.x[0] ?? 0, yOf(at(0))];
  for (let first = 0; first < count; first += pool) {
    const past = Math.min(count, first + pool);
    let value = -Infinity;
    for (let i = first; i < past; i++) value = Math.max(value, at(2 * i + 2));
    const before = at(2 * first + 1);
    points.push(beginX(axis, first), yOf(before), beginX(axis, first), yOf(value), endX(axis, past - 1), yOf(value));
  }
  points.push(endOfAxis(axis), yOf(at(values.length - 1)));
  return { points: Float64Array.from(points), max, min };
}

/** Range of a line that is drawn on its own scale, with a little air so that a constant lies in the middle. */
function ownRange(values: Float64Array) {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (!(min <= max)) return { low: 0, high: 1, min: 0, max: 0 };
  const air = Math.max(1, (max - min) * 0.1);
  return { low: min - air, high: max + air, min, max };
}

/** One tick an operation, or one for the most frequent path of several. */
function ticks(operations: readonly LedgerOperation[], axis: TimeAxis): readonly LedgerTick[] {
  const pool = poolOf(axis, operations.length, MIN_TICK);
  const found: LedgerTick[] = [];
  for (let first = 0; first < operations.length; first += pool) {
    const past = Math.min(first + pool, operations.length);
    for (const lane of ["take", "give"] as const) {
      const paths = operations
        .slice(first, past)
        .flatMap(({ api, path }) => ((giving.has(api) ? "give" : "take") === lane ? [path] : []));
      if (paths.length === 0) continue;
      const counts = new Map<string, number>();
      for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + 1);
      const [path] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
      const [from, to] = [beginX(axis, first), endX(axis, past - 1)];
      const inset = pool === 1 ? (to - from) * 0.18 : 0.3;
      // Where the kernel has most of the room, and where the last tick stands for few operations: still to be seen, and not beyond the plot.
      const tickWidth = Math.max(LEAST_TICK, to - from - 2 * inset);
      found.push({
        operation: first,
        operations: paths.length,
        path,
        lane,
        x: Math.min(from + inset, endOfAxis(axis) - tickWidth),
        y: lane === "take" ? PLOT.tickTop : PLOT.giveTop,
        width: tickWidth,
        height: PLOT.tickHeight,
      });
    }
  }
  return found;
}

export function ledgerScene(
  columns: LedgerColumns,
  operations: readonly LedgerOperation[],
  axis: TimeAxis,
  viewHeight: number,
): LedgerScene {
  const count = columns.inUse.length;
  const inUse: Value = (i) => columns.inUse[i] ?? 0;
  const stacked: Value = (i) => inUse(i) + (columns.freeInBins[i] ?? 0);
  let highest = 0;
  for (let i = 0; i < count; i++) highest = Math.max(highest, stacked(i));
  const topBytes = niceCeiling(highest);
  const area = (values: Value): LedgerSeries =>
    steps(values, count, axis, height(0, topBytes, viewHeight - PLOT.areaBottom, PLOT.areaTop));
  return {
    viewHeight,
    ticks: ticks(operations, axis),
    inUse: area(inUse),
    free: area(stacked),
    resident: line(columns.residentAt, axis, viewHeight - PLOT.residentBottom, viewHeight - PLOT.residentTop),
    virtual: line(columns.virtualAt, axis, viewHeight - PLOT.virtualBottom, viewHeight - PLOT.virtualTop),
    topBytes,
  };
}
