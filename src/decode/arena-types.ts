/** Arenas beyond the main one, their heaps, and the caches of threads. Plain data. */
import type { BinList, StructValue } from "./types";

/**
 * One mapping of a non-main arena: HEAP_MAX_SIZE bytes reserved, aligned to their size, the first of them readable.
 *
 *   addr                                        addr + sizeBytes                       addr + reservedBytes
 *   │ heap_info │ [malloc_state] │ chunks … top │ touched before (mprotect_size) │ PROT_NONE … │
 */
export interface SubHeap {
  readonly addr: number;
  /** Bytes in use: chunks end there. */
  readonly sizeBytes: number;
  /** Bytes that were ever made writable. */
  readonly mprotectBytes: number;
  readonly reservedBytes: number;
  /** The arena's heap before this one, 0 for its first. */
  readonly prev: number;
  /** Address of the first chunk. */
  readonly firstChunk: number;
}

export interface ArenaFacts {
  /** 0 is the main arena. */
  readonly index: number;
  /** Address of its malloc_state. */
  readonly addr: number;
  readonly state: StructValue;
  /** Fastbins (where this glibc has them), unsorted, small and large bins. */
  readonly lists: readonly BinList[];
  /** Bins whose bit in binmap is set, ascending. */
  readonly binmap: readonly number[];
  readonly haveFastchunks: boolean;
  readonly top: number;
  readonly lastRemainder: number;
  /** Threads that use it; −1 where this glibc does not count them. */
  readonly attachedThreads: number;
  /** Bytes it has from the system. */
  readonly systemBytes: number;
  /** In order of their making; none for the main arena, which lives in [heap]. */
  readonly heaps: readonly SubHeap[];
}

export interface TcacheFacts {
  readonly addr: number;
  readonly lists: readonly BinList[];
  /** How many chunks a list may hold. */
  readonly fillCount: number;
}
