/** Constants, addresses, loads and stores. `K` of an operation's name is how the value stands in memory. */
import { instructionAddress, stubAddress } from "../program";
import type { Machine, Maker, Step } from "./machine";

export const memoryKinds = ["i8", "u8", "i16", "u16", "i32", "i64", "p32", "f32", "f64"] as const;
export type MemoryKind = (typeof memoryKinds)[number];

const SIGN = -0x8000_0000;
const scratch = new DataView(new ArrayBuffer(8));
function floatOf(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}
function bitsOf(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getInt32(0);
}

/** Makes a step that loads into slot d from the address that `where` tells. */
type Loader = (m: Machine, d: number, where: () => number) => Step;
const loaders: Readonly<Record<MemoryKind, Loader>> = {
  i8: (m, d, where) => () => void (m.w[d * 2] = (m.target.load(where(), 1) << 24) >> 24),
  u8: (m, d, where) => () => void (m.w[d * 2] = m.target.load(where(), 1) & 255),
  i16: (m, d, where) => () => void (m.w[d * 2] = (m.target.load(where(), 2) << 16) >> 16),
  u16: (m, d, where) => () => void (m.w[d * 2] = m.target.load(where(), 2) & 65535),
  i32: (m, d, where) => () => void (m.w[d * 2] = m.target.load(where(), 4)),
  i64: (m, d, where) => () => {
    m.w[d * 2] = m.target.load(where(), 8);
    m.w[d * 2 + 1] = m.target.resultHi();
  },
  /** A pointer of 32 bits. */
  p32: (m, d, where) => () => {
    m.w[d * 2] = m.target.load(where(), 4);
    m.w[d * 2 + 1] = 0;
  },
  f32: (m, d, where) => () => {
    const bits = m.target.load(where(), 4);
    const value = floatOf(bits);
    if (!Number.isNaN(value)) m.f[d] = value;
    else {
      m.w[d * 2] = bits << 29;
      m.w[d * 2 + 1] = (bits & SIGN) | 0x7ff8_0000 | ((bits & 0x7f_ffff) >> 3);
    }
  },
  f64: (m, d, where) => () => {
    m.w[d * 2] = m.target.load(where(), 8);
    m.w[d * 2 + 1] = m.target.resultHi();
  },
};

/** Makes a step that stores slot s at the address that `where` tells. */
const storers: Readonly<Record<MemoryKind, Loader>> = {
  i8: (m, s, where) => () => m.target.store(where(), 1, m.w[s * 2] as number, 0),
  u8: (m, s, where) => () => m.target.store(where(), 1, m.w[s * 2] as number, 0),
  i16: (m, s, where) => () => m.target.store(where(), 2, m.w[s * 2] as number, 0),
  u16: (m, s, where) => () => m.target.store(where(), 2, m.w[s * 2] as number, 0),
  i32: (m, s, where) => () => m.target.store(where(), 4, m.w[s * 2] as number, 0),
  i64: (m, s, where) => () => m.target.store(where(), 8, m.w[s * 2] as number, m.w[s * 2 + 1] as number),
  p32: (m, s, where) => () => m.target.store(where(), 4, m.w[s * 2] as number, 0),
  f32: (m, s, where) => () => {
    const value = m.f[s] as number;
    const hi = m.w[s * 2 + 1] as number;
    const nan = (hi & SIGN) | 0x7fc0_0000 | ((hi & 0xf_ffff) << 3) | ((m.w[s * 2] as number) >>> 29);
    m.target.store(where(), 4, Number.isNaN(value) ? nan : bitsOf(value), 0);
  },
  f64: (m, s, where) => () => m.target.store(where(), 8, m.w[s * 2] as number, m.w[s * 2 + 1] as number),
};

export const sections = ["text", "rodata", "data", "bss"] as const;
const sectionBase = (m: Machine, index: number): number => m.layout[sections[index] ?? "text"];

/** load.K.local: slot d ← [frame + a]. load.K.section: slot d ← [section a + b]. load.K.at: slot d ← [slot a + b]. Stores likewise, from slot d. */
function family<P extends "load" | "store">(prefix: P, make: Readonly<Record<MemoryKind, Loader>>) {
  const entries = memoryKinds.flatMap((kind): [string, Maker][] => [
    [`${prefix}.${kind}.local`, (m, { d, a }) => make[kind](m, d, () => m.frame + a)],
    [
      `${prefix}.${kind}.section`,
      (m, { d, a, b }) => {
        const addr = sectionBase(m, a) + b;
        return make[kind](m, d, () => addr);
      },
    ],
    [`${prefix}.${kind}.at`, (m, { d, a, b }) => make[kind](m, d, () => m.address(a) + b)],
  ]);
  return Object.fromEntries(entries) as Readonly<Record<`${P}.${MemoryKind}.${"local" | "section" | "at"}`, Maker>>;
}

export const memoryOps = {
  ...family("load", loaders),
  ...family("store", storers),

  /** slot d ← a */
  const32:
    (m, { d, a }) =>
    () =>
      void (m.w[d * 2] = a),
  /** slot d ← a, b (low and high half; also the bits of a double) */
  const64:
    (m, { d, a, b }) =>
    () => {
      m.w[d * 2] = a;
      m.w[d * 2 + 1] = b;
    },
  /** slot d ← slot a */
  move:
    (m, { d, a }) =>
    () => {
      m.w[d * 2] = m.w[a * 2] as number;
      m.w[d * 2 + 1] = m.w[a * 2 + 1] as number;
    },
  /** slot d ← frame + a */
  "address.local":
    (m, { d, a }) =>
    () =>
      m.setAddress(d, m.frame + a),
  /** slot d ← section a + b */
  "address.section": (m, { d, a, b }) => {
    const addr = sectionBase(m, a) + b;
    return () => m.setAddress(d, addr);
  },
  /** slot d ← address of function a */
  "address.function": (m, { d, a }) => {
    const addr = instructionAddress(m.layout, m.program.entries[a] ?? 0);
    return () => m.setAddress(d, addr);
  },
  /** slot d ← address of the stub of libc function a */
  "address.libc": (m, { d, a }) => {
    const addr = stubAddress(m.program, m.layout, a);
    return () => m.setAddress(d, addr);
  },
  /** b bytes at slot d ← bytes at slot a */
  copy:
    (m, { d, a, b }) =>
    () =>
      m.target.copy(m.address(d), m.address(a), b),
  /** a bytes at slot d ← 0 */
  clear:
    (m, { d, a }) =>
    () =>
      m.target.fill(m.address(d), 0, a),
} satisfies Readonly<Record<string, Maker>>;
