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

/** The numbers malloc_stats prints for the main arena, then the totals (unsigned int, as printed). */
export const mallocStats = {
  arenaSystem: 0,
  arenaInUse: 8,
  totalSystem: 16,
  totalInUse: 24,
  maxMmapRegions: 32,
  maxMmapBytes: 40,
} as const;

/**
 * malloc_info: totals, then one row {from, to, total, count} of four u64 for each fastbin and each bin from 1 (unsorted) on, at `rows`;
 * `rowCount` = fastbins + 127. Rows of count 0 are not printed; row `fastbins` is the unsorted bin.
 */
export const mallocInfo = {
  fastCount: 0,
  fastBytes: 8,
  restCount: 16,
  restBytes: 24,
  mmapCount: 32,
  mmapBytes: 40,
  systemBytes: 48,
  maxSystemBytes: 56,
  fastbins: 64,
  rowCount: 72,
  rows: 80,
} as const;
export const MALLOC_INFO_ROW_BYTES = 32;
