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
  /** The hashes of the shadow as it is now, null where not computed since it changed. */
  let hashes: { hh: string | null; h32: string | null } = { hh: null, h32: null };

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
    const resized = now !== words;
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
      const first = firstDifference(current, before, end);
      if (first === end) continue;
      for (let i = first - (first % step); i < end; i += step) {
        if (current[i] === before[i] && (step === 1 || current[i + 1] === before[i + 1])) continue;
        if (hn++ < DIFF_CAP) hd.push([(page * PAGE_SIZE + i * 4).toString(16), wordText(current, i, step)]);
      }
      const kept = new Uint32Array(PAGE_WORDS);
      kept.set(current.subarray(0, end));
      shadow[page] = kept;
    }
    if (hn > 0 || resized) hashes = { hh: null, h32: null };
    if (wanted.hh) hashes.hh ??= fnv64();
    if (wanted.h32) hashes.h32 ??= fast32();
    return { hd, hn, hh: wanted.hh ? (hashes.hh ?? "") : "", h32: wanted.h32 ? (hashes.h32 ?? "") : "" };
  }

  function fast32(): string {
    let h32 = HASH32_START;
    for (let page = 0; page * PAGE_WORDS < words; page++) {
      h32 = hash32(shadow[page] ?? zeroPage, 0, Math.min(PAGE_WORDS, words - page * PAGE_WORDS), h32);
    }
    return hex32(h32);
  }

  function fnv64(): string {
    const fnv = new Fnv64();
    let zeroes = 0;
    for (let page = 0; page * PAGE_WORDS < words; page++) {
      const content = shadow[page] ?? null;
      const end = Math.min(PAGE_WORDS, words - page * PAGE_WORDS);
      if (content === null) {
        zeroes += end * 4;
        continue;
      }
      if (zeroes > 0) fnv.zeroes(zeroes);
      zeroes = 0;
      fnv.words(content, 0, end);
    }
    if (zeroes > 0) fnv.zeroes(zeroes);
    return fnv.hex();
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
