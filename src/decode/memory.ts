/**
 * Memory views: the simulated process seen through its own page tables, and recordings of real processes.
 *
 * A page-table walk on x86-64, four levels of 512 entries of 8 bytes (a fifth above them when the machine has it):
 *
 *   address   47…39   38…30   29…21   20…12   11…0
 *             PGD     PUD     PMD     PTE     byte in page
 *   entry     bit 0 present · bits 12…51 frame number;   the frame's struct page says where its bytes are
 */
import { control } from "../abi/control";
import { pageDescriptor, pageFlag, pte } from "../abi/kernel";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import type { MemoryView, PageState } from "./types";

const WORDS_PER_PAGE = PAGE_SIZE / 4;

/** Which addresses are mapped, whether or not a frame is behind them. Sorted, non-overlapping [start, end) pairs. */
export interface MappedRanges {
  readonly start: ArrayLike<number>;
  readonly end: ArrayLike<number>;
  /** 1 where untouched pages read as zero (anonymous), 0 where they show a file. */
  readonly zeroFill: ArrayLike<number>;
}

const zeroPage = new Uint32Array(WORDS_PER_PAGE);

/** Index of the range that holds the address, −1. */
export function rangeAt(ranges: MappedRanges, addr: number): number {
  let low = 0;
  let high = ranges.start.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges.end[middle] ?? 0) <= addr) low = middle + 1;
    else high = middle;
  }
  return low < ranges.start.length && (ranges.start[low] ?? Infinity) <= addr ? low : -1;
}

/** Linear memory as 32-bit words, whatever buffer it lies in. Never copies when it is aligned, which linear memory always is. */
export function asWords(bytes: Uint8Array): Uint32Array {
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2);
  return new Uint32Array(Uint8Array.from(bytes).buffer, 0, bytes.byteLength >>> 2);
}

/** The cursor whose instant linear memory holds. */
export function cursorOf(words: Uint32Array): number {
  return words[(machineMemory.control + control.journalCursor) / 4] ?? 0;
}

function descriptorAt(frame: number, field: number): number {
  return (machineMemory.pageDescriptors + frame * pageDescriptor.stride + field) / 4;
}

/** Linear offset of a frame's bytes, by its struct page; the frame is one of this machine (isFrame). */
export function frameOffset(words: Uint32Array, frame: number): number {
  return machineMemory.frames + (words[descriptorAt(frame, pageDescriptor.slot)] ?? 0) * PAGE_SIZE;
}

/** Whether the machine has this frame, and linear memory its bytes. */
export function isFrame(words: Uint32Array, frame: number): boolean {
  return frame >= 0 && frame < pageDescriptor.capacity && frameOffset(words, frame) + PAGE_SIZE <= words.length * 4;
}

/** Levels of the page table: 4 or 5. */
export function pagingLevels(words: Uint32Array): 4 | 5 {
  return words[(machineMemory.control + control.pagingLevels) / 4] === 5 ? 5 : 4;
}

/** Frame number in entry `index` of a table; −1 when it is not present or not a frame of this machine. A PROT_NONE page keeps its frame. */
export function entryFrame(words: Uint32Array, table: number, index: number): number {
  const at = frameOffset(words, table) / 4 + index * 2;
  const low = words[at] ?? 0;
  if ((low & (pte.PRESENT | pte.PROTNONE)) === 0) return -1;
  const frame = (low >>> 12) + ((words[at + 1] ?? 0) & 0xfffff) * 0x10_0000;
  return isFrame(words, frame) ? frame : -1;
}

/** Frame number of the top-level table; −1 when it is none. */
export function topTable(words: Uint32Array): number {
  const frame = words[(machineMemory.control + control.pgd) / 4] ?? 0;
  return isFrame(words, frame) ? frame : -1;
}

/** Bits of pageFlag of a frame. */
export function frameFlags(words: Uint32Array, frame: number): number {
  return words[descriptorAt(frame, pageDescriptor.flags)] ?? 0;
}

/** Users of a frame: mappings, and the page cache that keeps it. */
export function frameUsers(words: Uint32Array, frame: number): number {
  return words[descriptorAt(frame, pageDescriptor.refcount)] ?? 0;
}

/** What a frame holds, by its page descriptor. */
export function frameState(words: Uint32Array, frame: number): "resident" | "zero" | "unknown" {
  const flags = frameFlags(words, frame);
  if ((flags & pageFlag.zero) !== 0) return "zero";
  return (flags & pageFlag.unknown) !== 0 ? "unknown" : "resident";
}

/** Frame behind a page of the process, −1 when none. `words`: linear memory. */
export function frameOf(words: Uint32Array, pageNumber: number): number {
  return frameIn(words, topTable(words), pageNumber);
}

/** The same by any process's top-level table. */
export function frameIn(words: Uint32Array, top: number, pageNumber: number): number {
  if (!(pageNumber >= 0 && pageNumber < 2 ** 36) || !isFrame(words, top)) return -1;
  let frame = top;
  for (let level = pagingLevels(words) - 1; level >= 0 && frame >= 0; level--)
    frame = entryFrame(words, frame, Math.floor(pageNumber / 512 ** level) % 512);
  return frame;
}

/** The process in linear memory at the cursor's instant. Make a new one whenever the cursor has moved: pages are remembered. */
export function machineView(linear: Uint8Array, mapped: MappedRanges): MemoryView {
  const words = asWords(linear);
  const seen = new Map<number, Uint32Array | null>();
  const stateOf = (frame: number, pageNumber: number): PageState => {
    if (frame >= 0) return frameState(words, frame);
    return rangeAt(mapped, pageNumber * PAGE_SIZE) >= 0 ? "untouched" : "absent";
  };
  const state = (pageNumber: number): PageState => stateOf(frameOf(words, pageNumber), pageNumber);
  const read = (pageNumber: number): Uint32Array | null => {
    const frame = frameOf(words, pageNumber);
    const what = stateOf(frame, pageNumber);
    if (what === "absent" || what === "unknown") return null;
    if (what === "untouched") return mapped.zeroFill[rangeAt(mapped, pageNumber * PAGE_SIZE)] === 1 ? zeroPage : null;
    const start = frameOffset(words, frame) / 4;
    return words.subarray(start, start + WORDS_PER_PAGE);
  };
  const page = (pageNumber: number): Uint32Array | null => {
    const known = seen.get(pageNumber);
    if (known !== undefined) return known;
    const found = read(pageNumber);
    seen.set(pageNumber, found);
    return found;
  };
  return { page, state };
}

/** Bytes of a recording at an address, e.g. the heap or malloc_state. */
export interface RecordedBytes {
  readonly addr: number;
  readonly bytes: Uint8Array;
}

/** A recording of a real process. Bytes beside a recorded piece in the same page read as zero; other pages are unknown. */
export function recordedView(pieces: readonly RecordedBytes[]): MemoryView {
  const pages = new Map<number, Uint8Array>();
  for (const piece of pieces) {
    for (let done = 0; done < piece.bytes.length; ) {
      const at = piece.addr + done;
      const within = at % PAGE_SIZE;
      const number = Math.floor(at / PAGE_SIZE);
      const take = Math.min(PAGE_SIZE - within, piece.bytes.length - done);
      const page = pages.get(number) ?? new Uint8Array(PAGE_SIZE);
      page.set(piece.bytes.subarray(done, done + take), within);
      pages.set(number, page);
      done += take;
    }
  }
  const words = new Map([...pages].map(([number, page]) => [number, new Uint32Array(page.buffer)]));
  return {
    page: (pageNumber) => words.get(pageNumber) ?? null,
    state: (pageNumber) => (words.has(pageNumber) ? "resident" : "unknown"),
  };
}
