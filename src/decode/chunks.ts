/**
 * The walk over a region of chunks:
 *
 *   start                                        top                  brk
 *   │ header ─size─► header ─size─► … ─size─►    │ top's size ────────►│
 *
 * A header that cannot be one does not end the answer: the stretch up to the next address from which headers lead to top (or to a
 * fencepost) is reported as corrupt, and the chunks after it carry chunkMark.resumed. Every address is looked at once, so any bytes
 * end the walk in O(region).
 */
import { firstChunkAt, isChunkAligned } from "./bin-index";
import { chunkBuilder, type ChunkBuilder } from "./chunk-table";
import { big, type Context, report } from "./context";
import { chunkFlag, chunkMark, chunkState, type ChunkTable, type ProblemCode } from "./types";

const FLAG_BITS = 7;

/** A region to walk: [start, end), with top inside it or −1. */
export interface Region {
  readonly start: number;
  readonly end: number;
  readonly top: number;
}

/** The size word of a header, −1 when it cannot be read. A rounded word is far beyond every region. */
const sizeWord = (context: Context, at: number): number => context.reader.word(at + context.abi.wordBytes);
const flagsOf = (word: number): number => (word < 0 ? 0 : word % (FLAG_BITS + 1));
const sizeOf = (word: number): number => word - flagsOf(word);

/**
 * Two headers of two words each end a region that malloc had to give up. In the main arena both say their size; at the end of another
 * arena's heap the last says 0, and stands alone when top was too small for two. glibc: sysmalloc. Returns how many there are.
 */
function fenceposts(context: Context, at: number, end: number): number {
  const size = 2 * context.abi.wordBytes;
  const word = sizeWord(context, at);
  if (at + size === end && word === chunkFlag.prevInuse) return 1;
  if (sizeOf(word) !== size || at + 2 * size > end) return 0;
  const second = sizeWord(context, at + size);
  if (flagsOf(second) !== chunkFlag.prevInuse) return 0;
  return sizeOf(second) === size || (sizeOf(second) === 0 && at + 2 * size === end) ? 2 : 0;
}

/**
 * Where a piece that the main arena got by mmap ends when one begins at `from`: headers lead to top, and top ends it, or to the two
 * fenceposts that were left when the arena moved on. −1 when it is none.
 */
export function pieceEnd(context: Context, from: number, end: number, top: number): number {
  const region = { start: from, end, top: top > from ? top : -1 };
  for (let at = from; at < end; ) {
    const word = sizeWord(context, at);
    const next = at + sizeOf(word);
    // On 32 bits top need not be a multiple of the alignment.
    if (at === top) return next > at && next <= end ? next : -1;
    if (at > from && fenceposts(context, at, end) === 2) return at + 4 * context.abi.wordBytes;
    if (flagsOf(word) > chunkFlag.prevInuse || fault(context, at, word, region) !== null) return -1;
    at = next;
  }
  return -1;
}

/** Why a size word at `at` cannot be one; null when it can. */
function fault(context: Context, at: number, word: number, region: Region): ProblemCode | null {
  if (word < 0) return "size word unreadable";
  const size = sizeOf(word);
  if (size < context.abi.minChunkBytes) return "size too small";
  if (size % context.abi.alignment !== 0) return "size misaligned";
  const limit = region.top > at ? region.top : region.end;
  return at + size > limit ? "size past top" : null;
}

/** Whether headers lead from `from` to top, to a fencepost or to the region's end. Addresses that failed are remembered in `dead`. */
function leadsHome(context: Context, from: number, region: Region, dead: Set<number>): boolean {
  const path: number[] = [];
  for (let at = from; ; ) {
    if (at === region.top || (region.top < 0 && at === region.end)) return true;
    if (dead.has(at)) break;
    const word = sizeWord(context, at);
    if (fault(context, at, word, region) !== null) {
      if (path.length > 0 && fenceposts(context, at, region.end) > 0) return true;
      break;
    }
    path.push(at);
    at += sizeOf(word);
  }
  for (const at of path) dead.add(at);
  return false;
}

/** First address after `from` where the walk can go on; the region's end when there is none. */
function resumeAt(context: Context, from: number, region: Region): number {
  const dead = new Set<number>();
  const stop = region.top > from ? region.top : region.end;
  const first = firstChunkAt(context.abi, from + 1);
  for (let candidate = first; candidate < stop; candidate += context.abi.alignment) {
    // Most words are no header at all; the full walk is only for those that could be one.
    if (fault(context, candidate, sizeWord(context, candidate), region) !== null) continue;
    if (leadsHome(context, candidate, region, dead)) return candidate;
  }
  return stop;
}

/**
 * The end of a chunk that is being split: a boundary tag still says that everything from `chunk` up to it was one chunk. Headers inside
 * may be left over from chunks merged long ago and lead home too, so the farthest such tag on the way from `candidate` counts. −1: none.
 */
function splitEnd(context: Context, chunk: number, candidate: number, region: Region): number {
  let end = -1;
  for (let at = candidate; at < region.end; ) {
    const word = sizeWord(context, at);
    if ((flagsOf(word) & chunkFlag.prevInuse) === 0 && context.reader.word(at) === at - chunk) end = at;
    if (at === region.top || fault(context, at, word, region) !== null) break;
    at += sizeOf(word);
  }
  return end;
}

/** Appends top. A size that does not reach the break leaves the rest to somebody else; one that passes it is cut and reported. */
function pushTop(context: Context, builder: ChunkBuilder, region: Region, marks: number): number {
  const word = sizeWord(context, region.top);
  const room = region.end - region.top;
  const size = sizeOf(word);
  const sane = size >= context.abi.minChunkBytes && size <= room;
  if (!sane)
    report(context, "top does not reach brk", region.top + context.abi.wordBytes, { chunkAddr: region.top, expected: big(room) });
  builder.push(region.top, sane ? size : room, flagsOf(word), chunkState.top, marks);
  return region.top + (sane ? size : room);
}

/** Appends fenceposts and what lies behind them up to the next chunk. Returns where that is. */
function pushFenceposts(context: Context, builder: ChunkBuilder, at: number, posts: number, region: Region): number {
  const size = 2 * context.abi.wordBytes;
  for (let post = at; post < at + posts * size; post += size)
    builder.push(post, size, flagsOf(sizeWord(context, post)), chunkState.fencepost, 0);
  const gap = at + posts * size;
  if (gap >= region.end) return region.end;
  const next = resumeAt(context, gap - 1, region);
  if (next > gap) builder.push(gap, next - gap, 0, chunkState.foreign, 0);
  return next;
}

/** Appends the chunks of one region; rows tile it. */
export function walkRegion(context: Context, builder: ChunkBuilder, region: Region, options: Pick<WalkOptions, "listed">): void {
  let at = region.start;
  let marks = 0;
  let before = -1;
  while (at < region.end) {
    if (at === region.top) {
      at = pushTop(context, builder, region, marks);
      if (at < region.end) builder.push(at, region.end - at, 0, chunkState.foreign, 0);
      return;
    }
    const word = sizeWord(context, at);
    const code = fault(context, at, word, region);
    if (code === null) {
      builder.push(at, sizeOf(word), flagsOf(word), chunkState.inuse, marks);
      before = at;
      at += sizeOf(word);
      continue;
    }
    const posts = fenceposts(context, at, region.end);
    if (posts > 0) {
      at = pushFenceposts(context, builder, at, posts, region);
      before = -1;
      marks = chunkMark.resumed;
      continue;
    }
    report(context, code, at + context.abi.wordBytes, { chunkAddr: at });
    const stretch = badStretch(context, at, word, before, region, options);
    builder.push(at, stretch.end - at, flagsOf(word), stretch.state, marks | chunkMark.suspect);
    if (stretch.state === chunkState.corrupt) marks = chunkMark.resumed;
    before = at;
    at = stretch.end;
  }
}

/** How far a header that cannot be one spoils the walk, and whether it is wrong or only being written. */
function badStretch(
  context: Context,
  at: number,
  word: number,
  before: number,
  region: Region,
  options: Pick<WalkOptions, "listed">,
): { readonly end: number; readonly state: number } {
  // A header that still spans everything up to the break is the old top while malloc is splitting it.
  if (region.top > at && at + sizeOf(word) === region.end) return { end: region.top, state: chunkState.loose };
  const end = resumeAt(context, at, region);
  const split = before < 0 ? -1 : splitEnd(context, before, end, region);
  if (split < 0) return { end, state: chunkState.corrupt };
  // A remainder is put on the unsorted list before its header is written.
  return { end: split, state: options.listed?.(at) === true ? chunkState.loose : chunkState.corrupt };
}

/** Where malloc's first chunk is: its own sbrk_base when it has one, the start of [heap] otherwise. */
function firstRegion(context: Context, sbrkBase: number, top: number): Region {
  const { heapStart, brk } = context.site;
  const base = sbrkBase >= heapStart && sbrkBase < brk ? sbrkBase : heapStart;
  const start = firstChunkAt(context.abi, base);
  const inside = top >= start && top < brk && isChunkAligned(context.abi, top);
  return { start, end: brk, top: inside ? top : -1 };
}

/** What lies around malloc's chunks. */
export interface WalkOptions {
  /** main_arena.top; null before the first malloc, when whatever is in [heap] is the program's own. */
  readonly top: number | null;
  readonly sbrkBase: number;
  /** Whether an address is an entry of the unsorted list. */
  readonly listed?: (chunkAddr: number) => boolean;
  /** Appends rows outside [heap], in address order. `away`: top was not in [heap]. */
  readonly outside?: (builder: ChunkBuilder, away: boolean) => void;
}

/** The mapping that the main arena had to move to, when its top is not in [heap]; null and a problem when there is none. */
export function elsewhere(
  context: Context,
  top: number,
  mapping: { readonly start: number; readonly end: number } | null,
): Region | null {
  if (mapping !== null && top >= mapping.start && top < mapping.end && isChunkAligned(context.abi, top))
    return { start: firstChunkAt(context.abi, mapping.start), end: mapping.end, top };
  report(context, "top outside heap", context.site.mainArena, { value: big(top), chunkAddr: top });
  return null;
}

/** All chunks: [heap] first, then what lies outside it. */
export function walkChunks(context: Context, options: WalkOptions): ChunkTable {
  const builder = chunkBuilder();
  const region = firstRegion(context, options.sbrkBase, options.top ?? -1);
  const lead = firstChunkAt(context.abi, context.site.heapStart);
  const own = options.top === null ? region.end : region.start;
  if (lead < own) builder.push(lead, own - lead, 0, chunkState.foreign, 0);
  if (options.top !== null && region.start < region.end) walkRegion(context, builder, region, options);
  const heapCount = builder.length();
  options.outside?.(builder, options.top !== null && region.top < 0);
  return builder.finish(heapCount, lead, heapCount > 0 ? region.end : lead);
}
