/**
 * The axis of time under the ledger: allocator calls are columns of one width, and what lies between them has room of its own, more of it the
 * more the kernel does there.
 *
 *   first        begin₀  end₀ begin₁ end₁   begin₂  end₂          last      records
 *   │  loading, ₀  │ malloc │ ₁ │ free │ faults ₂ │ malloc │    ₃    │
 *   x₀            x₁       x₂  x₃     x₄         x₅       x₆        x₇      pixels; linear between two edges
 */
export interface AxisCall {
  readonly begin: number;
  readonly end: number;
}

export interface AxisRun {
  readonly first: number;
  readonly last: number;
  readonly operations: readonly AxisCall[];
  /** Calls of the kernel in order of time: where each begins. */
  readonly kernel: { readonly at: Uint32Array };
}

export interface TimeAxis {
  /** Edges: the run's start, each call's begin and end, the run's end. */
  readonly at: Float64Array;
  readonly x: Float64Array;
}

/** Widths in calls: of anything that lies between two of them, and of what the kernel does there. */
const GAP = 0.25;
const KERNEL = 0.5;

/** The axis from `left`, `width` pixels wide. */
export function timeAxis({ first, last, operations, kernel }: AxisRun, left: number, width: number): TimeAxis {
  const at = new Float64Array(2 * operations.length + 2);
  const x = new Float64Array(at.length);
  let edge = 0;
  let reached = 0;
  let seen = 0;
  const kernelUntil = (record: number): number => {
    const from = seen;
    while (seen < kernel.at.length && (kernel.at[seen] ?? 0) < record) seen++;
    return seen - from;
  };
  const add = (record: number, columns: number): void => {
    at[edge] = record;
    reached += columns;
    x[edge++] = reached;
  };
  const gap = (to: number): void => {
    const work = kernelUntil(to);
    add(to, to > (at[edge - 1] ?? 0) ? GAP + KERNEL * Math.sqrt(work) : 0);
  };
  add(first, 0);
  for (const { begin, end } of operations) {
    gap(begin);
    kernelUntil(end);
    add(end, 1);
  }
  gap(last);
  const scale = width / Math.max(reached, Number.MIN_VALUE);
  for (let i = 0; i < x.length; i++) x[i] = left + (x[i] ?? 0) * scale;
  return { at, x };
}

/** Where a value between two edges of one column is in another. */
function across(from: Float64Array, to: Float64Array, value: number): number {
  let [low, high] = [0, from.length - 1];
  // The last edge below the value and the one after it.
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((from[middle] ?? 0) < value) low = middle;
    else high = middle;
  }
  const [a = 0, b = 0, c = 0, d = 0] = [from[low], from[high], to[low], to[high]];
  return b > a ? c + (d - c) * Math.min(1, Math.max(0, (value - a) / (b - a))) : d;
}

/** View x of a cursor. */
export const xOfCursor = (axis: TimeAxis, cursor: number): number => across(axis.at, axis.x, cursor);

/** The first cursor that is not left of a view x (but for rounding); cut to the run. Inside a call's column it is inside the call. */
export const cursorAt = (axis: TimeAxis, x: number): number =>
  Math.max(axis.at[0] ?? 0, Math.ceil(across(axis.x, axis.at, x) - 1e-6));

export const beginX = (axis: TimeAxis, operation: number): number => axis.x[2 * operation + 1] ?? 0;
export const endX = (axis: TimeAxis, operation: number): number => axis.x[2 * operation + 2] ?? 0;
export const endOfAxis = (axis: TimeAxis): number => axis.x.at(-1) ?? 0;
