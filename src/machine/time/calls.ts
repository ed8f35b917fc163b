/** What the arguments and results of allocator calls are, for their text. */
import type { ApiName } from "../../abi/api";

type Kind = "size" | "pointer" | "int" | "long";

interface CallShape {
  readonly args: readonly Kind[];
  readonly result: Kind | null;
}

export const callShapes: Readonly<Record<ApiName, CallShape>> = {
  none: { args: [], result: null },
  malloc: { args: ["size"], result: "pointer" },
  free: { args: ["pointer"], result: null },
  calloc: { args: ["size", "size"], result: "pointer" },
  realloc: { args: ["pointer", "size"], result: "pointer" },
  memalign: { args: ["size", "size"], result: "pointer" },
  aligned_alloc: { args: ["size", "size"], result: "pointer" },
  posix_memalign: { args: ["size", "size"], result: "int" },
  valloc: { args: ["size"], result: "pointer" },
  pvalloc: { args: ["size"], result: "pointer" },
  malloc_usable_size: { args: ["pointer"], result: "size" },
  mallopt: { args: ["int", "int"], result: "int" },
  malloc_trim: { args: ["size"], result: "int" },
  mallinfo2: { args: [], result: null },
  malloc_stats: { args: [], result: null },
  malloc_info: { args: [], result: null },
  sbrk: { args: ["long"], result: "pointer" },
  mallinfo: { args: [], result: null },
  thread_exit: { args: [], result: null },
  fork_lock_parent: { args: [], result: null },
  fork_unlock_parent: { args: [], result: null },
  fork_unlock_child: { args: [], result: null },
};

/** A 64-bit word in two halves, either sign. */
export interface Word {
  readonly lo: number;
  readonly hi: number;
}

export const zeroWord: Word = { lo: 0, hi: 0 };

/** Unsigned value; rounded above 2^53. */
export function wordValue({ lo, hi }: Word): number {
  return (hi >>> 0) * 0x1_0000_0000 + (lo >>> 0);
}

export function wordOf(value: number): Word {
  const hi = Math.floor(value / 0x1_0000_0000);
  return { lo: value - hi * 0x1_0000_0000, hi };
}

/** Exact text: pointers in hex, sizes unsigned, `int` and `long` signed. */
export function wordText(word: Word, kind: Kind): string {
  const exact = (BigInt(word.hi >>> 0) << 32n) | BigInt(word.lo >>> 0);
  switch (kind) {
    case "pointer":
      return `0x${exact.toString(16)}`;
    case "size":
      return exact.toString();
    case "long":
      return BigInt.asIntN(64, exact).toString();
    case "int":
      return BigInt.asIntN(32, exact).toString();
  }
}

/** A pointer argument: its low half and its high half, or a whole number that carries both. */
export function pointerWord(mem: number, hi: number): Word {
  return mem > 0xffff_ffff ? wordOf(mem) : { lo: mem, hi };
}
