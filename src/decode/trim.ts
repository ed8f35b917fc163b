/**
 * What malloc_trim(0) would give back, from malloc's bytes alone: whole pages inside free chunks (madvise), and of [heap]'s top all but a
 * rest (brk). glibc malloc/malloc.c: mtrim, systrim.
 *
 *   free chunk  │ six words: header and links │ … │ whole pages: given back │ … │ next chunk
 */
import { PAGE_SIZE } from "../abi/machine-memory";
import type { Context } from "./context";
import { fieldNumber } from "./structs";
import { type ArenaFacts, chunkState, type HeapFacts } from "./types";

export interface TrimRange {
  readonly start: number;
  readonly end: number;
  /** madvise: the mapping stays, its pages go. brk: the heap gets shorter. */
  readonly by: "madvise" | "brk";
}

/** A stretch of free chunks that are one when the fastbins have been emptied; `top`: the last of them is its arena's top. */
interface FreeRun {
  readonly start: number;
  readonly end: number;
  readonly arena: number;
  readonly top: boolean;
}

const mergeable: ReadonlySet<number> = new Set([
  chunkState.fast,
  chunkState.unsorted,
  chunkState.small,
  chunkState.large,
  chunkState.loose,
]);

function freeRuns({ chunks }: HeapFacts): FreeRun[] {
  const runs: { start: number; end: number; arena: number; top: boolean }[] = [];
  for (let row = 0; row < chunks.count; row++) {
    const state = chunks.state[row] ?? 0;
    const top = state === chunkState.top;
    if (!top && !mergeable.has(state)) continue;
    const [start, arena] = [chunks.addr[row] ?? 0, chunks.arena[row] ?? -1];
    const end = start + (chunks.size[row] ?? 0);
    const last = runs.at(-1);
    if (last !== undefined && last.end === start && last.arena === arena && !last.top) {
      last.end = end;
      last.top = top;
    } else runs.push({ start, end, arena, top });
  }
  return runs;
}

/** Bytes that trimming a top of `topBytes` would give back. `pad`: bytes that stay besides. */
export function trimmableTop(context: Context, heap: HeapFacts, topBytes: number, pad: number): number {
  const { features, minChunkBytes } = context.abi;
  if (features.has("trimByPages"))
    return Math.max(0, Math.floor((topBytes - pad - minChunkBytes + PAGE_SIZE - 1) / PAGE_SIZE - 1) * PAGE_SIZE);
  const unit = fieldNumber(heap.par, "thp_pagesize", 0) || PAGE_SIZE;
  const area = topBytes - minChunkBytes - 1;
  return area <= pad ? 0 : Math.floor((area - pad) / unit) * unit;
}

/** Whole pages inside a free chunk, behind its header and links; null when there is none. */
function inside(context: Context, start: number, end: number): TrimRange | null {
  const links = 6 * context.abi.wordBytes;
  const first = Math.ceil((start + links) / PAGE_SIZE) * PAGE_SIZE;
  const past = Math.floor(end / PAGE_SIZE) * PAGE_SIZE;
  return first < past ? { start: first, end: past, by: "madvise" } : null;
}

/** All of them, in address order. */
export function trimRanges(context: Context, heap: HeapFacts): readonly TrimRange[] {
  return freeRuns(heap).flatMap((run): TrimRange[] => {
    if (!run.top) return [inside(context, run.start, run.end) ?? []].flat();
    const arena: ArenaFacts | undefined = heap.arenas[run.arena];
    // A top that something else stands behind cannot be given back by brk; other arenas' tops are only trimmed by free.
    if (arena === undefined || run.arena !== 0 || run.end !== context.site.brk) return [];
    const bytes = trimmableTop(context, heap, run.end - run.start, 0);
    return bytes === 0 ? [] : [{ start: run.end - bytes, end: run.end, by: "brk" }];
  });
}
