/** Floating-point numbers. A float stands in its slot as the double of the same value; `round` keeps it one. */
import { putBig } from "./int64-ops";
import type { Maker } from "./machine";

const TWO32 = 4294967296;
const TWO63 = 2 ** 63;

/** High word of the NaN that SSE arithmetic makes out of nothing: its sign bit is set, and printf shows it. */
const DEFAULT_NAN = -0x8_0000;
const SIGN = -0x8000_0000;

/** A NaN's bits are kept by hand: hosts differ in what they make of them. The first NaN operand wins, as on the processor. */
function putNaN(w: Int32Array, f: Float64Array, d: number, a: number, b: number): void {
  const from = Number.isNaN(f[a]) ? a : Number.isNaN(f[b]) ? b : -1;
  const hi = from < 0 ? DEFAULT_NAN : (w[from * 2 + 1] as number) | 0x8_0000;
  w[d * 2] = from < 0 ? 0 : (w[from * 2] as number);
  w[d * 2 + 1] = hi;
}

const binary =
  (compute: (x: number, y: number) => number): Maker =>
  ({ f, w }, { d, a, b }) =>
  () => {
    const result = compute(f[a] as number, f[b] as number);
    if (Number.isNaN(result)) putNaN(w, f, d, a, b);
    else f[d] = result;
  };

const compare =
  (holds: (x: number, y: number) => boolean): Maker =>
  ({ f, w }, { d, a, b }) =>
  () =>
    void (w[d * 2] = holds(f[a] as number, f[b] as number) ? 1 : 0);

/** cvttsd2si: towards zero; what does not fit becomes the "integer indefinite" value. */
function truncate64(w: Int32Array, slot: number, value: number): void {
  if (Number.isSafeInteger(Math.trunc(value))) {
    const whole = Math.trunc(value);
    w[slot * 2] = (whole % TWO32) | 0;
    w[slot * 2 + 1] = Math.floor(whole / TWO32) | 0;
  } else if (value >= -TWO63 && value < TWO63) putBig(w, slot, BigInt(Math.trunc(value)));
  else {
    w[slot * 2] = 0;
    w[slot * 2 + 1] = -0x8000_0000;
  }
}

/** A 64-bit integer rounded to a float once: bits that cannot decide but by being there are folded into one. */
function roundOnce(hi: number, lo: number): number {
  const exact = hi * TWO32 + (lo >>> 0);
  if (Number.isSafeInteger(exact)) return Math.fround(exact);
  const folded = (lo & ~0x7ff) | ((lo & 0x7ff) !== 0 ? 0x400 : 0);
  return Math.fround(hi * TWO32 + (folded >>> 0));
}

export const floatOps = {
  "add.f64": binary((x, y) => x + y),
  "sub.f64": binary((x, y) => x - y),
  "mul.f64": binary((x, y) => x * y),
  "div.f64": binary((x, y) => x / y),
  "eq.f64": compare((x, y) => x === y),
  "ne.f64": compare((x, y) => x !== y),
  "lt.f64": compare((x, y) => x < y),
  "le.f64": compare((x, y) => x <= y),
  "gt.f64": compare((x, y) => x > y),
  "ge.f64": compare((x, y) => x >= y),
  "neg.f64":
    ({ w }, { d, a }) =>
    () => {
      w[d * 2] = w[a * 2] as number;
      w[d * 2 + 1] = (w[a * 2 + 1] as number) ^ SIGN;
    },
  "zero.f64":
    ({ f, w }, { d, a }) =>
    () =>
      void (w[d * 2] = f[a] === 0 ? 1 : 0),
  "nonzero.f64":
    ({ f, w }, { d, a }) =>
    () =>
      void (w[d * 2] = f[a] === 0 ? 0 : 1),
  /** slot d ← slot a as a float */
  "round.f32":
    ({ f, w }, { d, a }) =>
    () => {
      const value = f[a] as number;
      if (Number.isNaN(value)) putNaN(w, f, d, a, a);
      else f[d] = Math.fround(value);
    },
  "i32.f64":
    ({ f, w }, { d, a }) =>
    () =>
      void (f[d] = w[a * 2] as number),
  "u32.f64":
    ({ f, w }, { d, a }) =>
    () =>
      void (f[d] = (w[a * 2] as number) >>> 0),
  "i64.f64":
    ({ f, w }, { d, a }) =>
    () =>
      void (f[d] = (w[a * 2 + 1] as number) * TWO32 + ((w[a * 2] as number) >>> 0)),
  "u64.f64":
    ({ f, w }, { d, a }) =>
    () =>
      void (f[d] = ((w[a * 2 + 1] as number) >>> 0) * TWO32 + ((w[a * 2] as number) >>> 0)),
  "i64.f32":
    ({ f, w }, { d, a }) =>
    () =>
      void (f[d] = roundOnce(w[a * 2 + 1] as number, w[a * 2] as number)),
  "u64.f32":
    ({ f, w }, { d, a }) =>
    () =>
      void (f[d] = roundOnce((w[a * 2 + 1] as number) >>> 0, w[a * 2] as number)),
  "f64.i32":
    ({ f, w }, { d, a }) =>
    () => {
      const value = Math.trunc(f[a] as number);
      w[d * 2] = value >= -0x8000_0000 && value <= 0x7fff_ffff ? value : -0x8000_0000;
    },
  "f64.i64":
    ({ f, w }, { d, a }) =>
    () =>
      truncate64(w, d, f[a] as number),
  "f64.u64":
    ({ f, w }, { d, a }) =>
    () => {
      const value = f[a] as number;
      if (!(value >= TWO63)) return truncate64(w, d, value);
      truncate64(w, d, value - TWO63);
      w[d * 2 + 1] = (w[d * 2 + 1] as number) ^ -0x8000_0000;
    },
} satisfies Readonly<Record<string, Maker>>;
