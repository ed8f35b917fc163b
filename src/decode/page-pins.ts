/**
 * "Who pins this page?" and "why did free not give it back?": which chunks lie on a page, and which rule of free keeps it. Answers are codes
 * and numbers. glibc malloc/malloc.c: _int_free, systrim; munmap_chunk.
 */
import { PAGE_SIZE } from "../abi/machine-memory";
import { rowAt } from "./chunk-table";
import type { Context } from "./context";
import { mappedLead, mappedTail } from "./mmapped";
import { fieldNumber } from "./structs";
import { trimmableTop, trimRanges } from "./trim";
import { chunkState, type HeapFacts, type VmaFacts } from "./types";

/** A chunk, or one of the allocator's structs, that lies on the page. */
export interface Pin {
  readonly addr: number;
  readonly sizeBytes: number;
  /** A value of chunkState. */
  readonly state: number;
  /** Its bytes on the page: [from, to). */
  readonly from: number;
  readonly to: number;
  /** BinList.id, −1 when in none. */
  readonly bin: number;
}

/**
 * Why the page is still there, the strongest reason first.
 *
 *   live        bytes that the program may use lie on it          cached   only chunks in tcache or fastbins, which count as in use
 *   data        malloc's own structs                              links    only header and links of free chunks, or less than a page of them
 *   below       inside a free chunk, but something above it is in use: free only shortens the heap from its end
 *   top header  top's size stands on it                           top small, top pad, top waits, top away: inside top
 */
export type KeptBecause =
  | { readonly code: "not malloc"; readonly kind: VmaFacts["kind"] }
  | { readonly code: "own mapping"; readonly chunkAddr: number; readonly bytes: number }
  | { readonly code: "live" | "cached"; readonly chunks: number; readonly bytes: number }
  | { readonly code: "data" }
  | { readonly code: "links"; readonly chunkAddr: number }
  | { readonly code: "below"; readonly chunkAddr: number; readonly above: number; readonly aboveState: number }
  | { readonly code: "top header"; readonly chunkAddr: number }
  | { readonly code: "top small"; readonly topBytes: number; readonly threshold: number }
  | { readonly code: "top pad"; readonly pad: number }
  | { readonly code: "top waits"; readonly topBytes: number; readonly freeBytes: number }
  | { readonly code: "top away" };

export interface PageHeld {
  /** In address order. */
  readonly pins: readonly Pin[];
  /** Bytes on the page that the program may use. */
  readonly liveBytes: number;
  readonly because: KeptBecause;
  /** How malloc_trim(0) would give the page back, null when it would not; `from`, `to`: the whole range that goes with it. */
  readonly trim: { readonly by: "madvise" | "brk"; readonly from: number; readonly to: number } | null;
}

/** A free of less than this, merged with its neighbours, never trims. malloc.c: FASTBIN_CONSOLIDATION_THRESHOLD. */
const TRIM_OCCASION_BYTES = 0x1_0000;

const live: ReadonlySet<number> = new Set([chunkState.inuse, chunkState.corrupt, chunkState.foreign]);
const cached: ReadonlySet<number> = new Set([chunkState.tcache, chunkState.fast]);
const data: ReadonlySet<number> = new Set([chunkState.meta, chunkState.fencepost, chunkState.heapInfo, chunkState.mallocState]);
/** Chunks that are free for malloc: between one of them and top nothing stands in the way. */
const free: ReadonlySet<number> = new Set([chunkState.unsorted, chunkState.small, chunkState.large, chunkState.loose]);

const sum = (pins: readonly Pin[]): number => pins.reduce((total, { from, to }) => total + to - from, 0);

/** An mmapped chunk's mapping reaches from before the chunk to a whole number of pages. */
function reach(context: Context, heap: HeapFacts, row: number): { readonly start: number; readonly end: number } {
  const addr = heap.chunks.addr[row] ?? 0;
  const end = addr + (heap.chunks.size[row] ?? 0);
  if (heap.chunks.state[row] !== chunkState.mmapped) return { start: addr, end };
  return { start: addr - Math.max(0, mappedLead(context, addr)), end: end + mappedTail(context) };
}

/** The structs at the start of the heaps of other arenas: no chunks, but bytes that are used. */
function structPins(context: Context, heap: HeapFacts, start: number): Pin[] {
  const pins: Pin[] = [];
  const add = (addr: number, end: number, state: number): void => {
    const [from, to] = [Math.max(addr, start), Math.min(end, start + PAGE_SIZE)];
    if (from < to) pins.push({ addr, sizeBytes: end - addr, state, from, to, bin: -1 });
  };
  for (const arena of heap.arenas)
    for (const { addr, firstChunk } of arena.heaps) {
      const own = arena.addr > addr && arena.addr < firstChunk;
      add(addr, own ? arena.addr : firstChunk, chunkState.heapInfo);
      if (own) add(arena.addr, arena.addr + context.abi.mallocState.sizeBytes, chunkState.mallocState);
    }
  return pins;
}

/** Chunks and structs with bytes on the page that starts at `start`, in address order. */
export function pagePins(context: Context, heap: HeapFacts, start: number): readonly Pin[] {
  const { chunks } = heap;
  const pins = structPins(context, heap, start);
  const end = start + PAGE_SIZE;
  // Before the first chunk of a heap, and in front of an aligned mmapped one, the page begins with nobody's bytes.
  const covering = rowAt(chunks, start);
  for (let row = covering >= 0 ? covering : firstRowFrom(heap, start); row < chunks.count; row++) {
    const whole = reach(context, heap, row);
    if (whole.start >= end) break;
    const [from, to] = [Math.max(whole.start, start), Math.min(whole.end, end)];
    if (from >= to) continue;
    pins.push({
      addr: chunks.addr[row] ?? 0,
      sizeBytes: chunks.size[row] ?? 0,
      state: chunks.state[row] ?? 0,
      from,
      to,
      bin: chunks.bin[row] ?? -1,
    });
  }
  return pins.toSorted((a, b) => a.from - b.from);
}

/** First row at or behind an address. */
function firstRowFrom({ chunks }: HeapFacts, addr: number): number {
  let row = addr < chunks.end ? 0 : chunks.heapCount;
  while (row < chunks.count && (chunks.addr[row] ?? 0) < addr) row++;
  return row;
}

/** The first thing above a free chunk that is no free chunk: what stops free from giving back the chunk's pages. */
function holderAbove({ chunks }: HeapFacts, addr: number): number {
  let row = rowAt(chunks, addr);
  while (row >= 0 && row < chunks.count && free.has(chunks.state[row] ?? 0)) row++;
  return row < chunks.count ? row : -1;
}

function topReason(context: Context, heap: HeapFacts, pin: Pin, start: number): KeptBecause {
  const links = pin.addr + 2 * context.abi.wordBytes;
  if (links > start && pin.addr < start + PAGE_SIZE) return { code: "top header", chunkAddr: pin.addr };
  const end = pin.addr + pin.sizeBytes;
  const main = pin.addr === heap.bins.top;
  if (main && end !== context.site.brk) return { code: "top away" };
  const judged = main || context.abi.features.has("heapTrimThreshold");
  const threshold = fieldNumber(heap.par, "trim_threshold", 0);
  if (judged && pin.sizeBytes < threshold) return { code: "top small", topBytes: pin.sizeBytes, threshold };
  const pad = fieldNumber(heap.par, "top_pad", 0);
  const goes = trimmableTop(context, heap, pin.sizeBytes, pad);
  return start < end - goes
    ? { code: "top pad", pad }
    : { code: "top waits", topBytes: pin.sizeBytes, freeBytes: TRIM_OCCASION_BYTES };
}

function reasonOf(context: Context, heap: HeapFacts, pins: readonly Pin[], start: number, kind: VmaFacts["kind"]): KeptBecause {
  const mapped = pins.find(({ state }) => state === chunkState.mmapped);
  if (mapped !== undefined) return { code: "own mapping", chunkAddr: mapped.addr, bytes: mapped.sizeBytes };
  const used = pins.filter(({ state }) => live.has(state));
  if (used.length > 0) return { code: "live", chunks: used.length, bytes: sum(used) };
  if (pins.some(({ state }) => data.has(state))) return { code: "data" };
  const held = pins.filter(({ state }) => cached.has(state));
  if (held.length > 0) return { code: "cached", chunks: held.length, bytes: sum(held) };
  const last = pins.at(-1);
  if (last === undefined) return { code: "not malloc", kind };
  const only = pins.length === 1 && last.from === start && last.to === start + PAGE_SIZE;
  if (last.state === chunkState.top) return topReason(context, heap, last, start);
  if (!only || last.addr + 6 * context.abi.wordBytes > start) return { code: "links", chunkAddr: last.addr };
  const above = holderAbove(heap, last.addr);
  const aboveAddr = heap.chunks.addr[above] ?? -1;
  return { code: "below", chunkAddr: last.addr, above: aboveAddr, aboveState: heap.chunks.state[above] ?? chunkState.top };
}

/** Everything about the page that starts at `start`; it lies in a mapping of kind `kind`. */
export function pageHeld(context: Context, heap: HeapFacts, start: number, kind: VmaFacts["kind"]): PageHeld {
  const pins = pagePins(context, heap, start);
  const range = trimRanges(context, heap).find((entry) => entry.start <= start && entry.end >= start + PAGE_SIZE);
  return {
    pins,
    liveBytes: sum(pins.filter(({ state }) => live.has(state) || state === chunkState.mmapped)),
    because: reasonOf(context, heap, pins, start, kind),
    trim: range === undefined ? null : { by: range.by, from: range.start, to: range.end },
  };
}
