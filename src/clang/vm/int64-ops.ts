/** 64-bit integers and pointers as two 32-bit halves: slot d ← slot a op slot b. */
import { divisionFault } from "./int32-ops";
import type { Machine, Maker } from "./machine";

const TWO32 = 4294967296;

/** Works on halves; writes the low half itself and returns the high one. */
type Halves = (w: Int32Array, to: number, aLo: number, aHi: number, bLo: number, bHi: number) => number;

const binary =
  (compute: Halves): Maker =>
  ({ w }, { d, a, b }) => {
    const [to, left, right] = [d * 2, a * 2, b * 2];
    return () => {
      w[to + 1] = compute(w, to, w[left] as number, w[left + 1] as number, w[right] as number, w[right + 1] as number);
    };
  };

const compare =
  (holds: (aLo: number, aHi: number, bLo: number, bHi: number) => boolean): Maker =>
  ({ w }, { d, a, b }) => {
    const [to, left, right] = [d * 2, a * 2, b * 2];
    return () =>
      void (w[to] = holds((w[left] as number) >>> 0, w[left + 1] as number, (w[right] as number) >>> 0, w[right + 1] as number)
        ? 1
        : 0);
  };

/** Shift by the low word of slot b, 0 to 63 as the processor masks it. */
const shift =
  (compute: (w: Int32Array, to: number, lo: number, hi: number, by: number) => number): Maker =>
  ({ w }, { d, a, b }) => {
    const [to, from, amount] = [d * 2, a * 2, b * 2];
    return () => {
      w[to + 1] = compute(w, to, w[from] as number, w[from + 1] as number, (w[amount] as number) & 63);
    };
  };

const bigOf = (lo: number, hi: number, signed: boolean): bigint => (BigInt(signed ? hi : hi >>> 0) << 32n) | BigInt(lo >>> 0);

export function putBig(w: Int32Array, slot: number, value: bigint): void {
  w[slot * 2] = Number(BigInt.asIntN(32, value));
  w[slot * 2 + 1] = Number(BigInt.asIntN(32, value >> 32n));
}

/** Division: exact in doubles while both operands are below 2^53, otherwise by bigint. */
function division(signed: boolean, remainder: boolean): Maker {
  return (m: Machine, { d, a, b }) => {
    const { w } = m;
    const [left, right] = [a * 2, b * 2];
    const value = (lo: number, hi: number): number => (signed ? hi : hi >>> 0) * TWO32 + (lo >>> 0);
    return () => {
      const [aLo, aHi, bLo, bHi] = [w[left] as number, w[left + 1] as number, w[right] as number, w[right + 1] as number];
      if (bLo === 0 && bHi === 0) divisionFault(m);
      if (signed && bLo === -1 && bHi === -1 && aLo === 0 && aHi === -0x8000_0000) divisionFault(m);
      const x = value(aLo, aHi);
      const y = value(bLo, bHi);
      if (Number.isSafeInteger(x) && Number.isSafeInteger(y)) {
        const result = remainder ? x % y : Math.trunc(x / y);
        w[d * 2] = (result % TWO32) | 0;
        w[d * 2 + 1] = Math.floor(result / TWO32) | 0;
        return;
      }
      const bigX = bigOf(aLo, aHi, signed);
      const bigY = bigOf(bLo, bHi, signed);
      putBig(w, d, remainder ? bigX % bigY : bigX / bigY);
    };
  };
}

/** High half of the 64-bit product of two unsigned 32-bit numbers. */
function mulHigh(x: number, y: number): number {
  const xl = x & 0xffff;
  const xh = x >>> 16;
  const yl = y & 0xffff;
  const yh = y >>> 16;
  const low = xl * yl;
  const mid = xh * yl + (low >>> 16);
  const cross = xl * yh + (mid % 65536);
  return (xh * yh + Math.floor(mid / 65536) + Math.floor(cross / 65536)) | 0;
}

export const int64Ops = {
  "add.i64": binary((w, to, aLo, aHi, bLo, bHi) => {
    const lo = (aLo >>> 0) + (bLo >>> 0);
    w[to] = lo;
    return aHi + bHi + (lo >= TWO32 ? 1 : 0);
  }),
  "sub.i64": binary((w, to, aLo, aHi, bLo, bHi) => {
    w[to] = aLo - bLo;
    return aHi - bHi - (aLo >>> 0 < bLo >>> 0 ? 1 : 0);
  }),
  "mul.i64": binary((w, to, aLo, aHi, bLo, bHi) => {
    w[to] = Math.imul(aLo, bLo);
    return mulHigh(aLo, bLo) + Math.imul(aLo, bHi) + Math.imul(aHi, bLo);
  }),
  "div.i64": division(true, false),
  "div.u64": division(false, false),
  "rem.i64": division(true, true),
  "rem.u64": division(false, true),
  "and.i64": binary((w, to, aLo, aHi, bLo, bHi) => {
    w[to] = aLo & bLo;
    return aHi & bHi;
  }),
  "or.i64": binary((w, to, aLo, aHi, bLo, bHi) => {
    w[to] = aLo | bLo;
    return aHi | bHi;
  }),
  "xor.i64": binary((w, to, aLo, aHi, bLo, bHi) => {
    w[to] = aLo ^ bLo;
    return aHi ^ bHi;
  }),
  "shl.i64": shift((w, to, lo, hi, by) => {
    w[to] = by >= 32 ? 0 : lo << by;
    return by >= 32 ? lo << (by - 32) : by === 0 ? hi : (hi << by) | (lo >>> (32 - by));
  }),
  "shr.i64": shift((w, to, lo, hi, by) => {
    w[to] = by >= 32 ? hi >> (by - 32) : by === 0 ? lo : (lo >>> by) | (hi << (32 - by));
    return by >= 32 ? hi >> 31 : hi >> by;
  }),
  "shr.u64": shift((w, to, lo, hi, by) => {
    w[to] = by >= 32 ? hi >>> (by - 32) : by === 0 ? lo : (lo >>> by) | (hi << (32 - by));
    return by >= 32 ? 0 : hi >>> by;
  }),
  "eq.i64": compare((aLo, aHi, bLo, bHi) => aLo === bLo && aHi === bHi),
  "ne.i64": compare((aLo, aHi, bLo, bHi) => aLo !== bLo || aHi !== bHi),
  "lt.i64": compare((aLo, aHi, bLo, bHi) => aHi < bHi || (aHi === bHi && aLo < bLo)),
  "le.i64": compare((aLo, aHi, bLo, bHi) => aHi < bHi || (aHi === bHi && aLo <= bLo)),
  "gt.i64": compare((aLo, aHi, bLo, bHi) => aHi > bHi || (aHi === bHi && aLo > bLo)),
  "ge.i64": compare((aLo, aHi, bLo, bHi) => aHi > bHi || (aHi === bHi && aLo >= bLo)),
  "lt.u64": compare((aLo, aHi, bLo, bHi) => aHi >>> 0 < bHi >>> 0 || (aHi === bHi && aLo < bLo)),
  "le.u64": compare((aLo, aHi, bLo, bHi) => aHi >>> 0 < bHi >>> 0 || (aHi === bHi && aLo <= bLo)),
  "gt.u64": compare((aLo, aHi, bLo, bHi) => aHi >>> 0 > bHi >>> 0 || (aHi === bHi && aLo > bLo)),
  "ge.u64": compare((aLo, aHi, bLo, bHi) => aHi >>> 0 > bHi >>> 0 || (aHi === bHi && aLo >= bLo)),
  "neg.i64": ({ w }, { d, a }) => {
    const [to, from] = [d * 2, a * 2];
    return () => {
      const lo = w[from] as number;
      w[to + 1] = -(w[from + 1] as number) - (lo === 0 ? 0 : 1);
      w[to] = -lo;
    };
  },
  "not.i64": ({ w }, { d, a }) => {
    const [to, from] = [d * 2, a * 2];
    return () => {
      w[to] = ~(w[from] as number);
      w[to + 1] = ~(w[from + 1] as number);
    };
  },
  "zero.i64":
    ({ w }, { d, a }) =>
    () =>
      void (w[d * 2] = ((w[a * 2] as number) | (w[a * 2 + 1] as number)) === 0 ? 1 : 0),
  "nonzero.i64":
    ({ w }, { d, a }) =>
    () =>
      void (w[d * 2] = ((w[a * 2] as number) | (w[a * 2 + 1] as number)) === 0 ? 0 : 1),
  /** slot d ← slot a + slot b × c: pointer arithmetic. c fits 32 bits, signed. */
  index: ({ w }, { d, a, b, c }) => {
    const [to, base, by] = [d * 2, a * 2, b * 2];
    const cHi = c < 0 ? -1 : 0;
    return () => {
      const iLo = w[by] as number;
      const iHi = w[by + 1] as number;
      const pHi = mulHigh(iLo, c) + Math.imul(iLo, cHi) + Math.imul(iHi, c);
      const lo = ((w[base] as number) >>> 0) + (Math.imul(iLo, c) >>> 0);
      w[to + 1] = (w[base + 1] as number) + pHi + (lo >= TWO32 ? 1 : 0);
      w[to] = lo;
    };
  },
  /** slot d ← sign- or zero-extended slot a */
  "extend.i32":
    ({ w }, { d, a }) =>
    () => {
      w[d * 2 + 1] = (w[a * 2] as number) >> 31;
      w[d * 2] = w[a * 2] as number;
    },
  "extend.u32":
    ({ w }, { d, a }) =>
    () => {
      w[d * 2] = w[a * 2] as number;
      w[d * 2 + 1] = 0;
    },
} satisfies Readonly<Record<string, Maker>>;
