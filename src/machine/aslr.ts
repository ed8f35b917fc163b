/**
 * Address randomisation from a seed: the same seed gives the same addresses for ever. Ranges as on Linux x86-64 (28 bits of pages for
 * program and mmap base, 22 for the stack, brk up to 32 MiB above bss); the values themselves are ours.
 */
import { PAGE_SIZE } from "../abi/machine-memory";

/** Bytes by which the parts of a layout move. mmap moves away from where it begins, the stack down, program and brk up. */
export interface LayoutShifts {
  readonly program: number;
  readonly mmap: number;
  /** What a top-down mmap base leaves for the stack's moves besides. */
  readonly stackRoom: number;
  readonly stack: number;
  readonly brk: number;
}

export const noShifts: LayoutShifts = { program: 0, mmap: 0, stackRoom: 0, stack: 0, brk: 0 };

/** splitmix32: a stream of 32-bit numbers. */
function randomWords(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e37_79b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85eb_ca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2_ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
}

/** The most that the stack can move; mmaps begin below that, below the stack's limit and its guard. arch/x86/mm/mmap.c: mmap_base. */
const STACK_RANDOM_BYTES = 0x3f_ffff * PAGE_SIZE;
const STACK_ROOM_BYTES = STACK_RANDOM_BYTES + 9 * 2 ** 20;
/** Without randomisation 128 MiB are left for the stack: the place that shifts are counted from. */
const FIXED_ROOM_BYTES = 128 * 2 ** 20;

export function aslrShifts(seed: number): LayoutShifts {
  const next = randomWords(seed);
  const pages = (bits: number): number => (next() >>> (32 - bits)) * PAGE_SIZE;
  return {
    program: pages(28),
    mmap: pages(28),
    stackRoom: STACK_ROOM_BYTES - FIXED_ROOM_BYTES,
    stack: pages(22),
    brk: (next() % 0x2000) * PAGE_SIZE,
  };
}
