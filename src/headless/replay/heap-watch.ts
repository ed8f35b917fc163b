/** Follows the bytes of the heap from one operation to the next: which words changed, and both hashes. */
import { PAGE_SIZE } from "../../abi/machine-memory";
import type { Machine } from "../../machine/machine";
import { Fnv64, HASH32_START, hash32, hex32 } from "./hash";

/** Only so many changed words are listed. */
const DIFF_CAP = 24;
const PAGE_WORDS = PAGE_SIZE / 4;
const zeroPage = new Uint32Array(PAGE_WORDS);

export interface HeapChange {
  /** [offset from heap_start, new word], hex without 0x, the first DIFF_CAP. */
  readonly hd: readonly (readonly [string, string])[];
  readonly hn: number;
  readonly hh: string;
  readonly h32: string;
}

/** Which of the two hashes are asked for: each costs a walk over the whole heap. */
export interface WantedHashes {
  readonly hh: boolean;
  readonly h32: boolean;
}

export interface HeapWatch {
  /** A hash that is not wanted is "". */
  observe(brk: number, wanted: WantedHashes): HeapChange;
  /** The heap's bytes as last observed. */
  copy(lengthBytes: number): Uint8Array;
}

export function watchHeap(machine: Machine, heapStart: number, wordBytes: 4 | 8): HeapWatch {
  const linear = new Uint32Array(machine.memory.buffer);
  /** The pages as last seen; null = all zero. */
  const shadow: (Uint32Array | null)[] = [];
  let words = 0;
  const hashes = { hh: createRunning64(), h32: createRunning32() };

  function pageAt(index: number): Uint32Array {
    const offset = machine.kernel.linearOffset(heapStart + index * PAGE_SIZE);
    return offset < 0 ? zeroPage : linear.subarray(offset >>> 2, (offset >>> 2) + PAGE_WORDS);
  }

  /** Forgets what lies above the break: it counts as zero until it is back. */
  function truncate(toWords: number): void {
    const pages = Math.ceil(toWords / PAGE_WORDS);
    shadow.length = Math.min(shadow.length, pages);
    const last = shadow[pages - 1];
    if (toWords < words && toWords % PAGE_WORDS !== 0 && last) last.fill(0, toWords % PAGE_WORDS);
  }

  function observe(brk: number, wanted: WantedHashes): HeapChange {
    const now = Math.floor(Math.max(0, brk - heapStart) / wordBytes) * (wordBytes / 4);
    if (now !== words) staleFrom(Math.floor(Math.min(now, words) / PAGE_WORDS));
    truncate(now);
    words = now;
    const hd: [string, string][] = [];
    let hn = 0;
    const step = wordBytes / 4;
    for (let page = 0; page * PAGE_WORDS < now; page++) {
      const current = pageAt(page);
      const before = shadow[page] ?? zeroPage;
      if (current === zeroPage && before === zeroPage) continue;
      const end = Math.min(PAGE_WORDS, now - page * PAGE_WORDS);
      if (sameBytes(current, before, end)) continue;
      const first = firstDifference(current, before, end);
      for (let i = first - (first % step); i < end; i += step) {
        if (current[i] === before[i] && (step === 1 || current[i + 1] === before[i + 1])) continue;
        if (hn++ < DIFF_CAP) hd.push([(page * PAGE_SIZE + i * 4).toString(16), wordText(current, i, step)]);
      }
      const kept = new Uint32Array(PAGE_WORDS);
      kept.set(current.subarray(0, end));
      shadow[page] = kept;
      staleFrom(page);
    }
    return { hd, hn, hh: wanted.hh ? hashes.hh.of(shadow, words) : "", h32: wanted.h32 ? hashes.h32.of(shadow, words) : "" };
  }

  function staleFrom(page: number): void {
    hashes.hh.staleFrom(page);
    hashes.h32.staleFrom(page);
  }

  return {
    observe,
    copy: (lengthBytes) => {
      const bytes = new Uint8Array(lengthBytes);
      machine.peek(heapStart, bytes);
      return bytes;
    },
  };
}

/** A hash over all pages that remembers its state after each, so that only what follows the first change is hashed again. */
interface RunningHash {
  staleFrom(page: number): void;
  of(pages: readonly (Uint32Array | null)[], words: number): string;
}

function createRunning32(): RunningHash {
  const after: number[] = [];
  return {
    staleFrom: (page) => void (after.length = Math.min(after.length, page)),
    of: (pages, words) => {
      let h32 = after.at(-1) ?? HASH32_START;
      for (let page = after.length; page * PAGE_WORDS < words; page++) {
        h32 = hash32(pages[page] ?? zeroPage, 0, Math.min(PAGE_WORDS, words - page * PAGE_WORDS), h32);
        after.push(h32);
      }
      return hex32(h32);
    },
  };
}

function createRunning64(): RunningHash {
  const after: (readonly [number, number])[] = [];
  const fnv = new Fnv64();
  return {
    staleFrom: (page) => void (after.length = Math.min(after.length, page)),
    of: (pages, words) => {
      fnv.reset();
      [fnv.hi, fnv.lo] = after.at(-1) ?? [fnv.hi, fnv.lo];
      for (let page = after.length; page * PAGE_WORDS < words; page++) {
        const content = pages[page] ?? null;
        const end = Math.min(PAGE_WORDS, words - page * PAGE_WORDS);
        if (content === null) fnv.zeroes(end * 4);
        else fnv.words(content, 0, end);
        after.push([fnv.hi, fnv.lo]);
      }
      return fnv.hex();
    },
  };
}

/** Most pages are as they were: one comparison of memory tells. */
function sameBytes(a: Uint32Array, b: Uint32Array, end: number): boolean {
  return Buffer.from(a.buffer, a.byteOffset, end * 4).equals(Buffer.from(b.buffer, b.byteOffset, end * 4));
}

function firstDifference(a: Uint32Array, b: Uint32Array, end: number): number {
  let i = 0;
  while (i < end && a[i] === b[i]) i++;
  return i;
}

/** A word in hex without leading zeroes. */
export function wordText(words: Uint32Array, index: number, step: number): string {
  const low = words[index] ?? 0;
  const high = step === 2 ? (words[index + 1] ?? 0) : 0;
  return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, "0");
}
