/**
 * The ledger timeline: one column an operation, also the scrubber.
 *
 *   ⚑ bookmark      ▮▮▮▮▮▮▮▮     upper ticks take memory, lower ticks give it back
 *                     ▯▯▯  ▯
 *   ▁▂▃▅▅▆▇▇▆▅▃     in use, and free in bins stacked on it
 *   ──────────      resident · virtual (each on its own scale)
 */
import { niceCeiling } from "./sizes";
import type { LedgerScene, LedgerSeries, LedgerTick } from "./types";

/** Bytes at the end of each operation; the protocol's Ledger has this shape. */
export interface LedgerColumns {
  readonly inUse: Float64Array;
  readonly freeInBins: Float64Array;
  readonly resident: Float64Array;
  readonly virtual: Float64Array;
}

export interface LedgerOperation {
  readonly api: string;
  readonly path: string;
}

export interface LedgerSettings {
  readonly viewWidth: number;
  readonly viewHeight: number;
  /** Operation the cursor is in or after, and how far through it (0…1). −1 = before the first. */
  readonly operation: number;
  readonly fraction: number;
  readonly bookmarks: readonly { readonly operation: number; readonly text: string; readonly bad: boolean }[];
}

const PLOT = {
  left: 12,
  right: 84,
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

const giving = new Set(["free", "malloc_trim"]);

interface Axis {
  readonly x0: number;
  readonly dx: number;
  readonly width: number;
}

/** Step line of a series between two heights; pooled to one point a pixel, keeping each pixel's maximum. */
function series(
  values: (i: number) => number,
  count: number,
  axis: Axis,
  low: number,
  high: number,
  bottom: number,
  top: number,
): LedgerSeries {
  const pool = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(axis.width))));
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
    const y = bottom - ((value - low) / Math.max(1, high - low)) * (bottom - top);
    points.set([axis.x0 + column * pool * axis.dx, y, axis.x0 + past * axis.dx, y], column * 4);
  }
  return { points, max, min: count > 0 ? min : 0 };
}

/** Range of a line that is drawn on its own scale, with a little air so that a constant lies in the middle. */
function ownRange(values: Float64Array): { readonly low: number; readonly high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low <= high)) return { low: 0, high: 1 };
  const air = Math.max(1, (high - low) * 0.1);
  return { low: low - air, high: high + air };
}

/** One tick an operation, or one for the most frequent path of several. */
function ticks(operations: readonly LedgerOperation[], axis: Axis): { readonly ticks: LedgerTick[]; readonly pool: number } {
  const pool = Math.max(1, Math.ceil(MIN_TICK / Math.max(axis.dx, 1e-9)));
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
      const inset = pool === 1 ? axis.dx * 0.18 : 0.3;
      // The last tick may stand for few operations; it keeps a visible width but does not leave the plot.
      const tickWidth = Math.max(0.5, (past - first) * axis.dx - 2 * inset);
      found.push({
        operation: first,
        operations: paths.length,
        path,
        lane,
        x: Math.min(axis.x0 + first * axis.dx + inset, axis.x0 + axis.width - tickWidth),
        y: lane === "take" ? PLOT.tickTop : PLOT.giveTop,
        width: tickWidth,
        height: PLOT.tickHeight,
      });
    }
  }
  return { ticks: found, pool };
}

export function ledgerScene(
  columns: LedgerColumns,
  operations: readonly LedgerOperation[],
  settings: LedgerSettings,
): LedgerScene {
  const count = columns.inUse.length;
  const width = Math.max(1, settings.viewWidth - PLOT.left - PLOT.right);
  const axis: Axis = { x0: PLOT.left, dx: width / Math.max(1, count), width };
  const height = settings.viewHeight;
  const inUse = (i: number): number => columns.inUse[i] ?? 0;
  const stacked = (i: number): number => inUse(i) + (columns.freeInBins[i] ?? 0);
  let highest = 0;
  for (let i = 0; i < count; i++) highest = Math.max(highest, stacked(i));
  const topBytes = niceCeiling(highest);
  const area = (values: (i: number) => number): LedgerSeries =>
    series(values, count, axis, 0, topBytes, height - PLOT.areaBottom, PLOT.areaTop);
  const line = (values: Float64Array, bottom: number, top: number): LedgerSeries => {
    const { low, high } = ownRange(values);
    return series((i) => values[i] ?? 0, count, axis, low, high, height - bottom, height - top);
  };
  const made = ticks(operations, axis);
  const xOf = (operation: number): number => axis.x0 + operation * axis.dx;
  return {
    viewWidth: settings.viewWidth,
    viewHeight: height,
    x0: axis.x0,
    dx: axis.dx,
    ticks: made.ticks,
    operationsPerTick: made.pool,
    inUse: area(inUse),
    free: area(stacked),
    resident: line(columns.resident, PLOT.residentBottom, PLOT.residentTop),
    virtual: line(columns.virtual, PLOT.virtualBottom, PLOT.virtualTop),
    playheadX: settings.operation < 0 ? axis.x0 : Math.min(xOf(settings.operation + settings.fraction), axis.x0 + width),
    bookmarks: settings.bookmarks.map((bookmark) => ({ ...bookmark, x: xOf(bookmark.operation) })),
    topBytes,
  };
}

/** Operation under a view x and how far through it, for scrubbing; cut to the run. */
export function operationAt(
  scene: LedgerScene,
  x: number,
  operations: number,
): { readonly operation: number; readonly fraction: number } {
  const at = Math.max(0, Math.min(operations, (x - scene.x0) / scene.dx));
  const operation = Math.min(Math.floor(at), Math.max(0, operations - 1));
  return { operation, fraction: Math.min(1, at - operation) };
}
