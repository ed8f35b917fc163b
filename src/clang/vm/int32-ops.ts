/** 32-bit integers: slot d ← slot a op slot b. Narrower types are computed as these and cut afterwards. */
import type { Machine, Maker } from "./machine";

type Compute = (x: number, y: number) => number;

const SIGFPE = 8;
const FPE_INTDIV = 1;

/** The processor's answer to a division by zero, and to the one quotient that does not fit. */
export function divisionFault(m: Machine): never {
  return m.target.raise(SIGFPE, FPE_INTDIV, m.layout.text + m.pc * 4);
}

const binary =
  (compute: Compute): Maker =>
  (m, { d, a, b }) => {
    const { w } = m;
    const to = d * 2;
    const left = a * 2;
    const right = b * 2;
    return () => void (w[to] = compute(w[left] as number, w[right] as number));
  };

const division =
  (signed: boolean, compute: Compute): Maker =>
  (m, { d, a, b }) =>
  () => {
    const x = m.w[a * 2] as number;
    const y = m.w[b * 2] as number;
    if (y === 0 || (signed && y === -1 && x === -0x8000_0000)) divisionFault(m);
    m.w[d * 2] = compute(x, y);
  };

const unary =
  (compute: (x: number) => number): Maker =>
  (m, { d, a }) => {
    const { w } = m;
    const to = d * 2;
    const from = a * 2;
    return () => void (w[to] = compute(w[from] as number));
  };

export const int32Ops = {
  "add.i32": (m, { d, a, b }) => {
    const { w } = m;
    const [to, left, right] = [d * 2, a * 2, b * 2];
    return () => void (w[to] = (w[left] as number) + (w[right] as number));
  },
  "sub.i32": (m, { d, a, b }) => {
    const { w } = m;
    const [to, left, right] = [d * 2, a * 2, b * 2];
    return () => void (w[to] = (w[left] as number) - (w[right] as number));
  },
  "mul.i32": binary(Math.imul),
  "div.i32": division(true, (x, y) => x / y),
  "div.u32": division(false, (x, y) => (x >>> 0) / (y >>> 0)),
  "rem.i32": division(true, (x, y) => x % y),
  "rem.u32": division(false, (x, y) => (x >>> 0) % (y >>> 0)),
  "and.i32": binary((x, y) => x & y),
  "or.i32": binary((x, y) => x | y),
  "xor.i32": binary((x, y) => x ^ y),
  "shl.i32": binary((x, y) => x << y),
  "shr.i32": binary((x, y) => x >> y),
  "shr.u32": binary((x, y) => x >>> y),
  "eq.i32": binary((x, y) => (x === y ? 1 : 0)),
  "ne.i32": binary((x, y) => (x !== y ? 1 : 0)),
  "lt.i32": binary((x, y) => (x < y ? 1 : 0)),
  "le.i32": binary((x, y) => (x <= y ? 1 : 0)),
  "gt.i32": binary((x, y) => (x > y ? 1 : 0)),
  "ge.i32": binary((x, y) => (x >= y ? 1 : 0)),
  "lt.u32": binary((x, y) => (x >>> 0 < y >>> 0 ? 1 : 0)),
  "le.u32": binary((x, y) => (x >>> 0 <= y >>> 0 ? 1 : 0)),
  "gt.u32": binary((x, y) => (x >>> 0 > y >>> 0 ? 1 : 0)),
  "ge.u32": binary((x, y) => (x >>> 0 >= y >>> 0 ? 1 : 0)),
  "neg.i32": unary((x) => -x),
  "not.i32": unary((x) => ~x),
  /** slot d ← slot a is zero */
  "zero.i32": unary((x) => (x === 0 ? 1 : 0)),
  "nonzero.i32": unary((x) => (x !== 0 ? 1 : 0)),
  /** Cuts to a narrower type and extends again. */
  "to.i8": unary((x) => (x << 24) >> 24),
  "to.u8": unary((x) => x & 255),
  "to.i16": unary((x) => (x << 16) >> 16),
  "to.u16": unary((x) => x & 65535),
} satisfies Readonly<Record<string, Maker>>;
