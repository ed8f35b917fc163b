/**
 * Chunks with a mapping of their own. No list leads to them, so they are found where mappings begin and where the caller points:
 *
 *   mapping: │ prev_size: bytes before the chunk │ size | M │ user data … │      prev_size + size is a whole number of pages
 *
 * Since 2.43 the chunk ends a header short of its mapping, as if another one followed, and the lowest bit of prev_size says whether its
 * pages are huge.
 */
import { PAGE_SIZE } from "../abi/machine-memory";
import { firstChunkAt } from "./bin-index";
import type { Context } from "./context";
import { chunkFlag } from "./types";

/** A mapping that may hold chunks: readable, anonymous, private. */
export interface MappingRange {
  readonly start: number;
  readonly end: number;
}

/** Bytes between the end of a mapped chunk and the end of its mapping. */
export function mappedTail(context: Context): number {
  return context.abi.features.has("mappedLikeHeap") ? 2 * context.abi.wordBytes : 0;
}

/** Bytes before the chunk in its mapping; −1 when they cannot be read. */
export function mappedLead(context: Context, addr: number): number {
  const word = context.reader.word(addr);
  return context.abi.features.has("mappedLikeHeap") ? word - (word & 1) : word;
}

/** Bytes of the mmapped chunk at `addr`, 0 when the bytes there are none. It must fill whole pages of one of the mappings. */
export function mmappedSize(context: Context, addr: number, mapping: MappingRange): number {
  const { reader, abi } = context;
  const [lead, word] = [mappedLead(context, addr), reader.word(addr + abi.wordBytes)];
  if (lead < 0 || word < 0 || word % 8 !== chunkFlag.isMmapped) return 0;
  const size = word - chunkFlag.isMmapped;
  const start = addr - lead;
  const bytes = lead + size + mappedTail(context);
  const whole = size >= abi.minChunkBytes && start % PAGE_SIZE === 0 && bytes % PAGE_SIZE === 0;
  return whole && start >= mapping.start && start + bytes <= mapping.end ? size : 0;
}

/** The end of what else lies from a page on in a mapping, which the kernel may have merged with neighbours; 0 when nothing is known there. */
export type Neighbour = (from: number, end: number) => number;

/** All mmapped chunks, address → bytes, in address order. `users`: addresses malloc returned or that variables hold; they win over chance. */
export function findMmapped(
  context: Context,
  mappings: readonly MappingRange[],
  users: Iterable<number>,
  neighbour: Neighbour = () => 0,
): [number, number][] {
  const found = new Map<number, number>();
  const sorted = [...mappings].toSorted((a, b) => a.start - b.start);
  const pointed = new Set<number>();
  for (const user of users) pointed.add(user - 2 * context.abi.wordBytes);
  for (const mapping of sorted) {
    const inside = [...pointed].filter((addr) => addr >= mapping.start && addr < mapping.end).toSorted((a, b) => a - b);
    let at = mapping.start;
    for (const addr of inside) {
      const size = addr < at ? 0 : mmappedSize(context, addr, mapping);
      if (size === 0) continue;
      walkMapping(context, found, at, addr - mappedLead(context, addr), mapping, neighbour);
      found.set(addr, size);
      at = addr + size + mappedTail(context);
    }
    walkMapping(context, found, at, mapping.end, mapping, neighbour);
  }
  return [...found].toSorted((a, b) => a[0] - b[0]);
}

/** Chunks that lie back to back from `from`; the kernel merges neighbouring mappings into one. */
function walkMapping(
  context: Context,
  found: Map<number, number>,
  from: number,
  end: number,
  mapping: MappingRange,
  neighbour: Neighbour,
): void {
  // Behind its mapping's start a chunk stands so that user memory is aligned.
  const first = firstChunkAt(context.abi, from) - from;
  for (let at = from + first; at < end; ) {
    const size = mmappedSize(context, at, { start: mapping.start, end });
    if (size > 0) {
      found.set(at, size);
      at += size + mappedTail(context) + first;
      continue;
    }
    const next = neighbour(at - first, end);
    if (next === 0) return;
    at = next + first;
  }
}
