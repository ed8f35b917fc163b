/**
 * Results of mallinfo2, malloc_stats and malloc_info in the scratch block (machineMemory.scratch): u64 each, byte offsets from its start.
 * malloc_info's list of sizes follows the totals.
 */

/** struct mallinfo2, fields in declaration order. Source: glibc malloc/malloc.h. */
export const mallinfo2 = {
  arena: 0,
  ordblks: 8,
  smblks: 16,
  hblks: 24,
  hblkhd: 32,
  usmblks: 40,
  fsmblks: 48,
  uordblks: 56,
  fordblks: 64,
  keepcost: 72,
} as const;

/** What malloc_stats prints (unsigned ints, as printed): totals, then for each arena in ring order its bytes from the system and in use. */
export const mallocStats = {
  totalSystem: 0,
  totalInUse: 8,
  maxMmapRegions: 16,
  maxMmapBytes: 24,
  arenas: 32,
  rows: 40,
} as const;
export const MALLOC_STATS_ROW_BYTES = 16;

/** malloc_info: what is not counted per arena, then one block for each arena in ring order. */
export const mallocInfo = {
  mmapCount: 0,
  mmapBytes: 8,
  /** Fastbins of an arena, and rows of a block: fastbins + 127. */
  fastbins: 16,
  rowCount: 24,
  arenas: 32,
  blocks: 40,
} as const;

/**
 * A block of malloc_info: totals of the arena, then one row {from, to, total, count} of four u64 for each fastbin and each bin from 1
 * (unsorted) on. Rows of count 0 are not printed; row `fastbins` is the unsorted bin, which is printed last.
 */
export const mallocInfoArena = {
  fastCount: 0,
  fastBytes: 8,
  restCount: 16,
  restBytes: 24,
  systemBytes: 32,
  maxSystemBytes: 40,
  /** Sums over the arena's heaps, and how many they are; 0 for the main arena, which has none. */
  heapBytes: 48,
  heapAccessibleBytes: 56,
  heapCount: 64,
  rows: 72,
} as const;
export const MALLOC_INFO_ROW_BYTES = 32;
