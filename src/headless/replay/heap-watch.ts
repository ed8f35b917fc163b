/** Follows the bytes of a heap from one operation to the next: which words changed, and the hashes of all. */
import { PAGE_SIZE } from "../../abi/machine-memory";
import type { Machine } from "../../machine/machine";
import { Fnv64, HASH32_START, hash32, hex32 } from "./hash";

/** Only so many changed words are listed. */
const DIFF_CAP = 24;
const PAGE_WORDS = PAGE_SIZE / 4;
/** Pages that are kept side by side, and compared at once: in nearly every operation something changes, but in few places. */
const BLOCK_PAGES = 32;
const zeroes = Buffer.alloc(BLOCK_PAGES * PAGE_SIZE);
const zeroPage = new Uint32Array(PAGE_WORDS);

export interface HeapChange {
  /** [offset from the start, new word], hex without 0x, the first DIFF_CAP. */
  readonly hd: [string, string][];
  readonly hn: number;
  /** The fast hash over offset and new word of every change; null when all are listed. */
  readonly hx: string | null;
}

/** Pages as last observed, BLOCK_PAGES of them; everything above the end is zero. */
interface Block {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
}

/** By number of the block; one that is not there is zero. */
type Shadow = readonly (Block | undefined)[];

export interface HeapWatch {
  /** Compares all bytes up to `end` with what was there last time. */
  observe(end: number): HeapChange;
  /** Hashes of the observed bytes from `from` on (the same each time), a multiple of 4 from the start. Each costs a walk behind the first change. */
  hh(from?: number): string;
  h32(from?: number): string;
  /** The first bytes as last observed. */
  first(bytes: number): Uint32Array;
}

export function watchHeap(machine: Machine, start: number, wordBytes: 4 | 8): HeapWatch {
  const memory = Buffer.from(machine.memory.buffer);
  const linear = new Uint32Array(machine.memory.buffer);
  const step = wordBytes / 4;
  const shadow: (Block | undefined)[] = [];
  let words = 0;
  const hashes = { hh: createRunning64(), h32: createRunning32() };

  function blockOf(page: number): Block {
    const index = Math.floor(page / BLOCK_PAGES);
    const block = shadow[index] ?? emptyBlock();
    shadow[index] = block;
    return block;
  }

  /** Forgets what lies above the end: it counts as zero until it is back. */
  function truncate(to: number): void {
    const blockWords = BLOCK_PAGES * PAGE_WORDS;
    shadow.length = Math.min(shadow.length, Math.ceil(to / blockWords));
    if (to < words && to % blockWords !== 0) shadow[Math.floor(to / blockWords)]?.words.fill(0, to % blockWords);
  }

  function observe(end: number): HeapChange {
    const now = Math.floor(Math.max(0, end - start) / wordBytes) * step;
    if (now !== words) staleFrom(Math.floor(Math.min(now, words) / PAGE_WORDS));
    truncate(now);
    words = now;
    const changes = createChanges();
    const pages = Math.ceil(now / PAGE_WORDS);
    let page = 0;
    for (const run of residentRuns(pages)) {
      gone(page, run.page, changes);
      compare(run, changes);
      page = run.page + run.pages;
    }
    gone(page, pages, changes);
    return changes.done();
  }

  /** Pages in memory, those together that lie side by side in linear memory and in one block. */
  function residentRuns(pages: number): readonly Run[] {
    const runs: Run[] = [];
    let last: Run = { page: 0, pages: 0, at: 0 };
    machine.kernel.eachResident(start, start + pages * PAGE_SIZE, (addr, at) => {
      const page = (addr - start) / PAGE_SIZE;
      if (last.page === page - last.pages && last.at === at - last.pages * PAGE_SIZE && page % BLOCK_PAGES !== 0) last.pages++;
      else runs.push((last = { page, pages: 1, at }));
    });
    return runs;
  }

  /** Pages that are not in memory read as zero. */
  function gone(from: number, to: number, changes: Changes): void {
    for (let page = from; page < to; ) {
      const pages = Math.min(to - page, BLOCK_PAGES - (page % BLOCK_PAGES));
      if (shadow[Math.floor(page / BLOCK_PAGES)] !== undefined && differs(page, pages, zeroes, 0))
        for (let i = 0; i < pages; i++) take(page + i, zeroPage, 0, changes);
      page += pages;
    }
  }

  function compare({ page, pages, at }: Run, changes: Changes): void {
    if (!differs(page, pages, memory, at)) return;
    for (let i = 0; i < pages; i++) {
      const offset = at + i * PAGE_SIZE;
      if (pages === 1 || differs(page + i, 1, memory, offset)) take(page + i, linear, offset / 4, changes);
    }
  }

  /** Whether pages of one block are other than what is at `at` in `current`. */
  function differs(page: number, pages: number, current: Buffer, at: number): boolean {
    const from = (page % BLOCK_PAGES) * PAGE_SIZE;
    return current.compare(blockOf(page).bytes, from, from + pages * PAGE_SIZE, at, at + pages * PAGE_SIZE) !== 0;
  }

  /** Takes over what changed in a page, whose words are now at `from` in `current`. */
  function take(page: number, current: Uint32Array, from: number, changes: Changes): void {
    const kept = blockOf(page).words;
    const base = (page % BLOCK_PAGES) * PAGE_WORDS;
    const count = Math.min(PAGE_WORDS, words - page * PAGE_WORDS);
    const before = changes.count();
    for (let i = 0; i < count; i += step) {
      const low = current[from + i] ?? 0;
      const high = step === 2 ? (current[from + i + 1] ?? 0) : 0;
      if (low === kept[base + i] && (step === 1 || high === kept[base + i + 1])) continue;
      kept[base + i] = low;
      if (step === 2) kept[base + i + 1] = high;
      changes.add(page * PAGE_SIZE + i * 4, low, high, step);
    }
    if (changes.count() > before) staleFrom(page);
  }

  function staleFrom(page: number): void {
    hashes.hh.staleFrom(page);
    hashes.h32.staleFrom(page);
  }

  return {
    observe,
    hh: (from = 0) => hashes.hh.of(shadow, from / 4, words),
    h32: (from = 0) => hashes.h32.of(shadow, from / 4, words),
    first: (bytes) => (shadow[0]?.words ?? zeroPage).slice(0, Math.min(bytes / 4, words)),
  };
}

interface Run {
  readonly page: number;
  pages: number;
  /** In linear memory. */
  readonly at: number;
}

function emptyBlock(): Block {
  const buffer = new ArrayBuffer(BLOCK_PAGES * PAGE_SIZE);
  return { bytes: Buffer.from(buffer), words: new Uint32Array(buffer) };
}

/** The words of a page; null when they are all zero. */
function pageWords(shadow: Shadow, page: number): Uint32Array | null {
  const block = shadow[Math.floor(page / BLOCK_PAGES)];
  if (block === undefined) return null;
  const at = (page % BLOCK_PAGES) * PAGE_WORDS;
  return block.words.subarray(at, at + PAGE_WORDS);
}

interface Changes {
  count(): number;
  add(offset: number, low: number, high: number, step: number): void;
  done(): HeapChange;
}

function createChanges(): Changes {
  const hd: [string, string][] = [];
  const row = new Uint32Array(3);
  let hn = 0;
  let hash = HASH32_START;
  return {
    count: () => hn,
    add: (offset, low, high, step) => {
      if (hn++ < DIFF_CAP) hd.push([offset.toString(16), hexWord(low, high)]);
      row[0] = offset;
      row[1] = low;
      row[2] = high;
      hash = hash32(row, 0, 1 + step, hash);
    },
    done: () => ({ hd, hn, hx: hn > DIFF_CAP ? hex32(hash) : null }),
  };
}

/** A hash over all pages that remembers its state after each, so that only what follows the first change is hashed again. */
interface RunningHash {
  staleFrom(page: number): void;
  of(shadow: Shadow, from: number, to: number): string;
}

function createRunning32(): RunningHash {
  const after: number[] = [];
  return {
    staleFrom: (page) => void (after.length = Math.min(after.length, page)),
    of: (shadow, from, to) => {
      let h32 = after.at(-1) ?? HASH32_START;
      for (let page = after.length; page * PAGE_WORDS < to; page++) {
        const begin = Math.max(from - page * PAGE_WORDS, 0);
        const end = Math.min(PAGE_WORDS, to - page * PAGE_WORDS);
        h32 = hash32(pageWords(shadow, page) ?? zeroPage, begin, end, h32);
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
    of: (shadow, from, to) => {
      fnv.reset();
      [fnv.hi, fnv.lo] = after.at(-1) ?? [fnv.hi, fnv.lo];
      for (let page = after.length; page * PAGE_WORDS < to; page++) {
        const begin = Math.max(from - page * PAGE_WORDS, 0);
        const end = Math.min(PAGE_WORDS, to - page * PAGE_WORDS);
        const content = pageWords(shadow, page);
        if (content === null) fnv.zeroes((end - begin) * 4);
        else fnv.words(content, begin, end);
        after.push([fnv.hi, fnv.lo]);
      }
      return fnv.hex();
    },
  };
}

function hexWord(low: number, high: number): string {
  return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, "0");
}

/** A word in hex without leading zeroes. */
export function wordText(words: Uint32Array, index: number, step: number): string {
  return hexWord(words[index] ?? 0, step === 2 ? (words[index + 1] ?? 0) : 0);
}
