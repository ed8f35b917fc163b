/** Which list a size belongs to. glibc malloc/malloc.c: fastbin_index, bin_index, csize2tidx. */
import type { MallocAbi, StructField, StructLayout } from "../abi/glibc-structs";

/** The field of a layout; null when this glibc has no such field. */
export function fieldOf(layout: StructLayout, name: string): StructField | null {
  return layout.fields.find((field) => field.name === name) ?? null;
}

/** Offset of a field; −1 when this glibc has no such field. */
export function offsetOf(layout: StructLayout, name: string): number {
  return fieldOf(layout, name)?.offset ?? -1;
}

/** Small bins start one index later where alignment exceeds two words (i386 since 2.26). */
function smallCorrection(abi: MallocAbi): number {
  return abi.alignment > 2 * abi.wordBytes ? 1 : 0;
}

/** Smallest chunk size of the large bins. */
export function firstLargeSize(abi: MallocAbi): number {
  return (abi.firstLargeBin - smallCorrection(abi)) * abi.alignment;
}

/** Index in bins of a chunk size: 2–63 small, 64–126 large. */
export function binIndex(abi: MallocAbi, sizeBytes: number): number {
  if (sizeBytes < firstLargeSize(abi)) return Math.floor(sizeBytes / abi.alignment) + smallCorrection(abi);
  for (const step of abi.largeSteps) {
    const scaled = Math.floor(sizeBytes / 2 ** step.shift);
    if (scaled <= step.limit) return step.base + scaled;
  }
  return abi.lastLargeBin;
}

/** Chunk size kept in small bin `index`. */
export function smallBinSize(abi: MallocAbi, index: number): number {
  return (index - smallCorrection(abi)) * abi.alignment;
}

/** Sizes [start, end) kept in large bin `index`; the last one has no end, and a bin that no size maps to has start = end. */
export function largeBinRange(abi: MallocAbi, index: number): { readonly start: number; readonly end: number } {
  let start = Infinity;
  let end = -Infinity;
  let below = firstLargeSize(abi);
  for (const step of abi.largeSteps) {
    const unit = 2 ** step.shift;
    const first = Math.max(below, (index - step.base) * unit);
    const past = Math.min((step.limit + 1) * unit, (index - step.base + 1) * unit);
    if (first < past) {
      start = Math.min(start, first);
      end = Math.max(end, past);
    }
    below = Math.max(below, (step.limit + 1) * unit);
  }
  if (index === abi.lastLargeBin) return { start: Math.min(start, below), end: Infinity };
  return start < end ? { start, end } : { start: 0, end: 0 };
}

/** Chunk size of fastbinsY[index]. */
export function fastBinSize(abi: MallocAbi, index: number): number {
  return (index + 2) * 2 * abi.wordBytes;
}

/**
 * Chunk sizes [start, end) of tcache entries[index]: one size each, and behind those a power of two of sizes each. A list that no size maps
 * to has start = end. glibc: csize2tidx, large_csize2tidx.
 */
export function tcacheRange(abi: MallocAbi, index: number): { readonly start: number; readonly end: number } {
  const size = (at: number): number => abi.minChunkBytes + at * abi.alignment;
  if (index < abi.tcacheSmallBins) return { start: size(index), end: size(index + 1) };
  // Counted in powers of two from the one that holds the last small size.
  const first = 2 ** Math.floor(Math.log2(largestSmall(abi))) * 2 ** (index - abi.tcacheSmallBins);
  const start = Math.max(first, size(abi.tcacheSmallBins));
  return { start, end: Math.max(start, 2 * first) };
}

/** Address of the first chunk in a region that starts at `start`: user memory must be aligned. */
export function firstChunkAt(abi: MallocAbi, start: number): number {
  const misaligned = (start + 2 * abi.wordBytes) % abi.alignment;
  return misaligned === 0 ? start : start + abi.alignment - misaligned;
}

/** Whether a chunk address is one malloc could use: its user memory is aligned. */
export function isChunkAligned(abi: MallocAbi, chunkAddr: number): boolean {
  return (chunkAddr + 2 * abi.wordBytes) % abi.alignment === 0;
}

/** The largest small size of the tcache as glibc itself compares it: in the release that first had larger ones, without the header. */
function largestSmall(abi: MallocAbi): number {
  const size = abi.minChunkBytes + (abi.tcacheSmallBins - 1) * abi.alignment;
  return abi.features.has("largeTcacheExact") ? size : size - abi.wordBytes;
}
