/**
 * Chunks with a mapping of their own. No list leads to them, so they are found where mappings begin and where the caller points:
 *
 *   mapping: │ prev_size: bytes before the chunk │ size | M │ user data … │      prev_size + size is a whole number of pages
 */
import { PAGE_SIZE } from "../abi/machine-memory";
import type { ChunkBuilder } from "./chunk-table";
import type { Context } from "./context";
import { chunkFlag, chunkState } from "./types";

/** A mapping that may hold chunks: readable, anonymous, private. */
export interface MappingRange {
  readonly start: number;
  readonly end: number;
}

/** Bytes of the mmapped chunk at `addr`, 0 when the bytes there are none. It must fill whole pages of one of the mappings. */
export function mmappedSize(context: Context, addr: number, mapping: MappingRange): number {
  const { reader, abi } = context;
  const [lead, word] = [reader.word(addr), reader.word(addr + abi.wordBytes)];
  if (lead < 0 || word < 0 || word % 8 !== chunkFlag.isMmapped) return 0;
  const size = word - chunkFlag.isMmapped;
  const start = addr - lead;
  const whole = size >= abi.minChunkBytes && start % PAGE_SIZE === 0 && (lead + size) % PAGE_SIZE === 0;
  return whole && start >= mapping.start && addr + size <= mapping.end ? size : 0;
}

/** Appends all mmapped chunks in address order. `users`: addresses malloc returned or that variables hold; they win over chance. */
export function appendMmapped(
  context: Context,
  builder: ChunkBuilder,
  mappings: readonly MappingRange[],
  users: Iterable<number>,
): void {
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
      at = walkMapping(context, found, at, addr - context.reader.word(addr), mapping);
      found.set(addr, size);
      at = addr + size;
    }
    walkMapping(context, found, at, mapping.end, mapping);
  }
  const rows = [...found].toSorted((a, b) => a[0] - b[0]);
  for (const [addr, size] of rows) builder.push(addr, size, chunkFlag.isMmapped, chunkState.mmapped, 0);
}

/** Chunks that lie back to back from `from`; the kernel merges neighbouring mappings into one. */
function walkMapping(context: Context, found: Map<number, number>, from: number, end: number, mapping: MappingRange): number {
  let at = from;
  while (at < end) {
    const size = mmappedSize(context, at, { start: mapping.start, end });
    if (size === 0) return at;
    found.set(at, size);
    at += size;
  }
  return at;
}
