/** Reading words through a MemoryView. Little-endian; unreadable is −1 for numbers (no word is negative) and null for bigints. */
import { PAGE_SIZE } from "../abi/machine-memory";
import type { MemoryView } from "./types";

/** Reads words of one process at one instant; remembers pages, so that a read costs a comparison and an index. */
export interface WordReader {
  readonly wordBytes: 4 | 8;
  /** 32 bits at a 4-byte aligned address. */
  u32(addr: number): number;
  /** A word (4 or 8 bytes) at a 4-byte aligned address; above 2^53 it is rounded, which no valid size or address is. */
  word(addr: number): number;
  /** The exact word. */
  exact(addr: number): bigint | null;
  /** An unaligned value of 1, 2, 4 or 8 bytes. */
  bytes(addr: number, size: number): bigint | null;
}

const WORDS_PER_PAGE = PAGE_SIZE / 4;
const TWO_32 = 0x1_0000_0000;
/** Slots of the page memory, a power of two: lists jump about in the heap, so one remembered page would not do. */
const SLOTS = 4096;
/** Whoever asks about the same view shares what is remembered. */
const readers = new WeakMap<MemoryView, WordReader>();

export function wordReader(memory: MemoryView, wordBytes: 4 | 8): WordReader {
  const known = readers.get(memory);
  if (known?.wordBytes === wordBytes) return known;
  const made = makeReader(memory, wordBytes);
  readers.set(memory, made);
  return made;
}

function makeReader(memory: MemoryView, wordBytes: 4 | 8): WordReader {
  const numbers = new Float64Array(SLOTS).fill(-1);
  const pages = Array.from<Uint32Array | null>({ length: SLOTS }).fill(null);

  function page(number: number): Uint32Array | null {
    // The low bits of a page number; NaN and fractions end up in slot 0 and never match.
    const slot = number & (SLOTS - 1);
    if (numbers[slot] === number) return pages[slot] ?? null;
    const found = memory.page(number);
    numbers[slot] = number;
    pages[slot] = found;
    return found;
  }
  function u32(addr: number): number {
    const number = Math.floor(addr / PAGE_SIZE);
    return page(number)?.[(addr - number * PAGE_SIZE) >>> 2] ?? -1;
  }
  function word(addr: number): number {
    const number = Math.floor(addr / PAGE_SIZE);
    const words = page(number);
    if (words === null) return -1;
    const index = (addr - number * PAGE_SIZE) >>> 2;
    const low = words[index] ?? -1;
    if (wordBytes === 4) return low;
    const high = index < WORDS_PER_PAGE - 1 ? (words[index + 1] ?? -1) : u32(addr + 4);
    return high < 0 ? -1 : high * TWO_32 + low;
  }
  function exact(addr: number): bigint | null {
    const low = u32(addr);
    if (low < 0) return null;
    if (wordBytes === 4) return BigInt(low);
    const high = u32(addr + 4);
    if (high < 0) return null;
    return high < 2 ** 21 ? BigInt(high * TWO_32 + low) : (BigInt(high) << 32n) | BigInt(low);
  }
  function bytes(addr: number, size: number): bigint | null {
    if (size === wordBytes && addr % 4 === 0) return exact(addr);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) {
      const at = addr + i;
      const cell = u32(at - (at % 4));
      if (cell < 0) return null;
      value = (value << 8n) | BigInt((cell >>> ((at % 4) * 8)) & 0xff);
    }
    return value;
  }
  return { wordBytes, u32, word, exact, bytes };
}

/** Undoes safe-linking: a link stored at `position` holds (position >> 12) ^ target. Its own inverse. */
export function demangle(position: number, stored: number): number {
  const shifted = Math.floor(position / PAGE_SIZE);
  const high = Math.floor(stored / TWO_32) ^ Math.floor(shifted / TWO_32);
  const low = (stored % TWO_32) ^ (shifted % TWO_32);
  return (high >>> 0) * TWO_32 + (low >>> 0);
}
