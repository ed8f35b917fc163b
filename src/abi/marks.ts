/**
 * Markers: what the allocator can say about itself while it works. The engine emits each at exactly one place; a record carries the id and
 * two live operands (src/abi/journal.ts). The rows below are also the outline of each function, in the order of the algorithm: the listing
 * beside the memory is drawn from them. Sentences are in src/i18n/marks.ts.
 *
 *   phase     begins a stretch of a function; the lines after it belong to it
 *   step      a line that does something
 *   decision  a line that asks something: the record's `where` is the answer, 1 yes, 0 no
 *
 * Functions without a phase of their own (unlink_chunk, tcache_put, …) are helpers: their lines belong to whatever phase called them.
 */

/** How an operand reads. `size`: bytes, hex. `request`: bytes, decimal. `head`: a size word with its flag bits. `bin`, `fast`, `tcache`: index. `rights`: vm_flags, as `rw-p`. `access`: 0 read, 1 write. */
export type OperandKind =
  | "addr"
  | "size"
  | "request"
  | "head"
  | "count"
  | "bin"
  | "fast"
  | "tcache"
  | "word"
  | "byte"
  | "message"
  | "tunable"
  | "param"
  | "access"
  | "rights"
  /** A resource limit in bytes; all bits set: none. */
  | "limit";

export type MarkLevel = "phase" | "line";

export type Row = readonly [name: string, kind: "phase" | "step" | "decision", a?: OperandKind, b?: OperandKind];

/** Names are glibc's functions (malloc/malloc.c, malloc/arena.c). */
const rows = {
  ptmalloc_init: [
    ["Init", "phase", "addr"],
    ["InitKey", "step", "word"],
    ["InitTunable", "step", "tunable", "word"],
  ],
  malloc_init_state: [["InitBins", "step", "addr", "count"]],
  __libc_malloc: [
    ["Malloc", "phase", "request", "size"],
    ["MallocSize", "decision", "request", "size"],
    ["TcacheServes", "decision", "size", "size"],
    ["TrySmallTcache", "phase", "size", "tcache"],
    ["SmallTcacheHit", "decision", "tcache", "addr"],
    ["TryLargeTcache", "phase", "size", "count"],
    ["LargeTcacheHit", "decision", "addr", "size"],
    ["TryTcache", "phase", "size", "tcache"],
    ["TcacheSize", "decision", "tcache", "count"],
    ["TcacheHit", "decision", "tcache", "count"],
  ],
  tcache_init: [
    ["TcacheInit", "phase", "size"],
    ["TcacheInitGot", "decision", "addr", "size"],
  ],
  arena_get: [
    ["ArenaGet", "phase", "addr", "request"],
    ["ArenaAttached", "decision", "addr"],
  ],
  arena_get2: [
    ["ArenaRing", "phase", "addr", "addr"],
    ["ArenaRingUnlocked", "decision", "addr"],
    ["ArenaSearch", "phase", "addr", "request"],
    ["ArenaFree", "decision", "addr"],
    ["ArenaLimit", "step", "count", "count"],
    ["ArenaBelowLimit", "decision", "count", "count"],
  ],
  reused_arena: [
    ["ReuseArena", "phase", "addr", "addr"],
    ["ReuseUnlocked", "decision", "addr"],
  ],
  arena_get_retry: [
    ["ArenaRetry", "phase", "addr", "request"],
    ["ArenaRetryMain", "decision", "addr"],
  ],
  _int_new_arena: [
    ["NewArena", "phase", "request"],
    ["NewArenaGot", "decision", "addr"],
    ["NewArenaLinked", "step", "addr", "size"],
  ],
  new_heap: [
    ["NewHeap", "phase", "size", "size"],
    ["NewHeapRemembered", "decision", "addr", "size"],
    ["NewHeapGot", "decision", "addr", "size"],
    ["NewHeapMade", "step", "addr", "size"],
  ],
  grow_heap: [
    ["GrowHeap", "phase", "addr", "size"],
    ["GrowHeapFits", "decision", "size", "size"],
    ["GrowHeapProtects", "decision", "size", "size"],
  ],
  heap_trim: [
    ["HeapTrim", "phase", "addr", "addr"],
    ["HeapAllFree", "decision", "addr", "addr"],
    ["HeapDeletable", "decision", "size", "size"],
    ["DeleteHeap", "step", "addr", "size"],
    ["HeapTrimPages", "decision", "size", "size"],
    ["ShrinkHeap", "step", "addr", "size"],
  ],
  tcache_thread_shutdown: [
    ["CacheShutdown", "phase", "addr"],
    ["CacheShutdownAligned", "decision", "addr", "tcache"],
  ],
  __malloc_arena_thread_freeres: [
    ["ThreadLeavesArena", "phase", "addr"],
    ["ThreadWasLast", "decision", "addr", "count"],
  ],
  tcache_location_large: [["LargeTcacheWalk", "decision", "size", "size"]],
  tcache_get: [["TcacheGetAligned", "decision", "addr", "tcache"]],
  tcache_put: [["TcachePut", "step", "addr", "tcache"]],
  _int_malloc: [
    ["IntMalloc", "phase", "request", "size"],
    ["IntMallocSize", "decision", "request", "size"],
    ["IntMallocArena", "decision", "addr"],
    ["FastRange", "decision", "size", "size"],
    ["TryFastbin", "phase", "fast", "addr"],
    ["FastbinHit", "decision", "fast", "addr"],
    ["FastbinAligned", "decision", "addr"],
    ["FastbinNextAligned", "decision", "addr", "fast"],
    ["FastbinIndex", "decision", "fast", "fast"],
    ["FastbinStash", "decision", "addr", "tcache"],
    ["FastbinStashSize", "decision", "tcache", "tcache"],
    ["SmallRange", "decision", "size", "size"],
    ["TrySmallBin", "phase", "bin", "addr"],
    ["SmallBinHit", "decision", "bin", "addr"],
    ["SmallBinLinked", "decision", "addr", "addr"],
    ["SmallBinStash", "step", "addr", "tcache"],
    ["LargeConsolidates", "decision", "bin"],
    ["SortUnsorted", "phase", "addr", "size"],
    ["UnsortedVictim", "step", "addr", "size"],
    ["UnsortedHeadSane", "decision", "head", "size"],
    ["UnsortedSize", "decision", "size", "size"],
    ["UnsortedNextSize", "decision", "head", "size"],
    ["UnsortedFooter", "decision", "size", "size"],
    ["UnsortedLinked", "decision", "addr", "addr"],
    ["UnsortedNextFlag", "decision", "head", "addr"],
    ["SplitLastRemainder", "decision", "size", "size"],
    ["UnsortedExact", "decision", "size", "size"],
    ["UnsortedStash", "decision", "count", "count"],
    ["PlaceSmall", "step", "bin", "size"],
    ["PlaceLarge", "step", "bin", "size"],
    ["LargeBinOccupied", "decision", "addr", "addr"],
    ["LargeSmallest", "decision", "head", "head"],
    ["LargeSmallestLinked", "decision", "addr", "addr"],
    ["LargeWalk", "decision", "head", "head"],
    ["LargeSameSize", "decision", "head", "head"],
    ["LargeRingLinked", "decision", "addr", "addr"],
    ["LargeLinked", "decision", "addr", "addr"],
    ["UnsortedLimit", "decision", "count", "count"],
    ["UnsortedReturnCached", "decision", "tcache"],
    ["TryLargeBin", "phase", "bin", "size"],
    ["LargeBinHit", "decision", "bin", "addr"],
    ["LargestFits", "decision", "head", "size"],
    ["LargeTooSmall", "decision", "size", "size"],
    ["LargeSecond", "decision", "addr", "addr"],
    ["ScanBinmap", "phase", "bin", "size"],
    ["BinmapLeft", "decision", "count", "count"],
    ["BinmapHit", "decision", "bin", "addr"],
    ["SplitFits", "decision", "size", "size"],
    ["LastRemainder", "step", "addr", "size"],
    ["UseTop", "phase", "addr", "size"],
    ["TopSane", "decision", "size", "size"],
    ["TopFits", "decision", "size", "size"],
    ["TopSplit", "step", "addr", "addr"],
    ["TopConsolidates", "decision"],
  ],
  unlink_chunk: [
    ["UnlinkSizes", "decision", "size", "size"],
    ["UnlinkNeighbours", "decision", "addr", "addr"],
    ["UnlinkInSkipList", "decision", "addr", "addr"],
    ["UnlinkSkipNeighbours", "decision", "addr", "addr"],
    ["UnlinkHeir", "decision", "addr", "addr"],
  ],
  unsorted_chunks: [
    ["UnsortedHead", "decision", "addr", "addr"],
    ["UnsortedInserted", "step", "addr", "size"],
  ],
  alloc_perturb: [["PerturbAllocated", "step", "addr", "byte"]],
  free_perturb: [["PerturbFreed", "step", "addr", "byte"]],
  malloc_consolidate: [
    ["Consolidate", "phase", "addr"],
    ["ConsolidateAligned", "decision", "addr", "fast"],
    ["ConsolidateIndex", "decision", "fast", "fast"],
    ["ConsolidateChunk", "step", "addr", "size"],
    ["ConsolidateBackward", "step", "addr", "size"],
    ["ConsolidateIntoTop", "decision", "addr", "size"],
    ["ConsolidateForward", "step", "addr", "size"],
  ],
  sysmalloc: [
    ["Sysmalloc", "phase", "size", "addr"],
    ["SysmallocLarge", "decision", "size", "size"],
    ["SysmallocMayMmap", "decision", "count", "count"],
    ["SysmallocTopSane", "decision", "addr", "head"],
    ["AnotherHeap", "decision", "addr", "addr"],
    ["OldHeapFree", "decision", "size", "size"],
    ["GrowTop", "phase", "size", "size"],
    ["GrowPositive", "decision", "size"],
    ["GrowSbrk", "decision", "addr", "size"],
    ["MmapInstead", "phase", "size", "size"],
    ["MmapInsteadGot", "decision", "addr", "size"],
    ["GrowAdjacent", "decision", "addr", "addr"],
    ["GrowNotShrunk", "decision", "addr", "addr"],
    ["MoveTop", "phase", "addr", "size"],
    ["MoveContiguous", "decision", "addr", "addr"],
    ["MoveCorrected", "decision", "addr", "size"],
    ["MoveDone", "step", "addr", "addr"],
    ["Fence", "phase", "addr", "size"],
    ["FenceFree", "decision", "size", "size"],
    ["SysmallocCut", "phase", "addr", "size"],
    ["SysmallocFits", "decision", "size", "size"],
  ],
  sysmalloc_mmap: [
    ["MmapChunk", "phase", "size", "size"],
    ["MmapSize", "decision", "size", "size"],
    ["MmapGot", "decision", "addr", "size"],
    ["MmapLikeHeapGot", "decision", "addr", "size"],
  ],
  munmap_chunk: [
    ["MunmapChunk", "phase", "addr", "size"],
    ["MunmapSane", "decision", "addr", "size"],
  ],
  mremap_chunk: [
    ["MremapChunk", "phase", "addr", "size"],
    ["MremapSane", "decision", "addr", "size"],
    ["MremapSame", "decision", "size", "size"],
    ["MremapGot", "decision", "addr", "size"],
    ["MremapDone", "step", "addr", "size"],
  ],
  __libc_free: [
    ["Free", "phase", "addr"],
    ["FreeNull", "decision", "addr"],
    ["FreeAligned", "decision", "addr"],
    ["FreeCachedKey", "decision", "word", "word"],
    ["FreeCachedRoom", "decision", "size", "tcache"],
    ["FreeLargeCachedRoom", "decision", "size", "count"],
    ["FreeEnds", "decision", "size", "addr"],
    ["FreeIsMmapped", "decision", "head", "addr"],
    ["ThresholdGrows", "decision", "head", "size"],
  ],
  _int_free: [
    ["IntFree", "phase", "addr", "size"],
    ["FreePointer", "decision", "addr", "size"],
    ["FreeSize", "decision", "size", "size"],
    ["FreeTryTcache", "phase", "size", "tcache"],
    ["FreeTcacheSize", "decision", "tcache", "count"],
    ["FreeTcacheKey", "decision", "word", "word"],
    ["FreeTcacheRoom", "decision", "count", "count"],
    ["FreeFastRange", "decision", "size", "size"],
    ["FreeMmapped", "decision", "head"],
    ["FreeToFastbin", "phase", "addr", "size"],
    ["FastNextSize", "decision", "head", "size"],
    ["FastTop", "decision", "addr", "addr"],
    ["FastPut", "step", "addr", "fast"],
    ["FastEntry", "decision", "fast", "fast"],
    ["FreeChecks", "phase", "addr", "size"],
    ["FreeNotTop", "decision", "addr", "addr"],
    ["FreeInside", "decision", "addr", "addr"],
    ["FreeMarkedUsed", "decision", "head", "addr"],
    ["FreeNextSize", "decision", "head", "size"],
    ["MergeBackward", "phase", "addr", "head"],
    ["MergePrevInuse", "decision", "head", "addr"],
    ["MergeSizes", "decision", "size", "size"],
    ["MergeForward", "phase", "addr", "size"],
    ["MergeIntoTop", "decision", "addr", "addr"],
    ["MergeNextUsed", "decision", "addr", "size"],
    ["FreeToSmallBin", "phase", "addr", "bin"],
    ["SmallBinHead", "decision", "addr", "addr"],
    ["FreeToUnsorted", "phase", "addr", "size"],
  ],
  _int_free_maybe_consolidate: [
    ["FreeLarge", "decision", "size", "size"],
    ["FreeTrim", "phase", "addr"],
    ["TrimThreshold", "decision", "size", "size"],
  ],
  tcache_double_free_verify: [
    ["TcacheKeySearch", "phase", "addr", "tcache"],
    ["TcacheSearchCount", "decision", "count", "count"],
    ["TcacheSearchAligned", "decision", "addr", "addr"],
    ["TcacheSearchSame", "decision", "addr", "addr"],
  ],
  systrim: [
    ["Systrim", "phase", "size", "size"],
    ["SystrimEnough", "decision", "size", "size"],
    ["SystrimPages", "decision", "size", "size"],
    ["SystrimOurs", "decision", "addr", "addr"],
    ["SystrimReleased", "decision", "size", "size"],
  ],
  __libc_calloc: [
    ["Calloc", "phase", "count", "request"],
    ["CallocFits", "decision", "count", "request"],
    ["CallocMmapped", "decision", "head"],
    ["CallocFresh", "decision", "size", "size"],
    ["CallocClear", "step", "addr", "size"],
  ],
  __libc_realloc: [
    ["Realloc", "phase", "addr", "request"],
    ["ReallocFrees", "decision", "addr", "request"],
    ["ReallocMallocs", "decision", "addr", "request"],
    ["ReallocUsable", "decision", "request", "request"],
    ["ReallocKeepsAny", "decision", "request", "size"],
    ["ReallocKeepsSame", "decision", "request", "size"],
    ["ReallocKeepsMapping", "decision", "request", "size"],
    ["ReallocPointer", "decision", "addr", "size"],
    ["ReallocSize", "decision", "request", "size"],
    ["ReallocMmapped", "decision", "head", "size"],
    ["ReallocElsewhere", "decision", "addr", "addr"],
  ],
  _int_realloc: [
    ["IntRealloc", "phase", "addr", "size"],
    ["ReallocOldSize", "decision", "head", "size"],
    ["ReallocNextSize", "decision", "head", "size"],
    ["ReallocFits", "decision", "size", "size"],
    ["ReallocIntoTop", "decision", "size", "size"],
    ["ReallocNextFree", "decision", "addr", "size"],
    ["ReallocIntoNext", "decision", "size", "size"],
    ["ReallocMove", "phase", "addr", "size"],
    ["ReallocAdjacent", "decision", "addr", "addr"],
    ["ReallocCopy", "step", "addr", "size"],
    ["ReallocRest", "phase", "size", "size"],
    ["ReallocSplits", "decision", "size", "size"],
  ],
  aligned_alloc: [["AlignedAllocPower", "decision", "size", "request"]],
  __posix_memalign: [["PosixAlignment", "decision", "size", "request"]],
  __libc_pvalloc: [["PvallocFits", "decision", "request", "request"]],
  _mid_memalign: [
    ["Memalign", "phase", "size", "request"],
    ["MemalignUsual", "decision", "size", "size"],
    ["MemalignPower", "decision", "size"],
    ["MemalignCached", "phase", "size", "count"],
    ["MemalignCachedWalk", "decision", "addr", "size"],
    ["MemalignTcache", "phase", "size", "tcache"],
    ["MemalignEntry", "decision", "addr", "size"],
  ],
  _int_memalign: [
    ["IntMemalign", "phase", "size", "size"],
    ["MemalignSize", "decision", "request", "size"],
    ["MemalignScan", "phase", "bin", "size"],
    ["MemalignCandidate", "decision", "addr", "size"],
    ["MemalignAligned", "decision", "addr", "size"],
    ["MemalignLead", "step", "addr", "size"],
    ["MemalignTail", "decision", "size", "size"],
    ["MemalignTailMerges", "decision", "size", "addr"],
  ],
  mtrim: [
    ["TrimPages", "phase", "size"],
    ["TrimChunk", "decision", "addr", "size"],
    ["TrimRelease", "step", "addr", "size"],
  ],
  __libc_mallopt: [
    ["Mallopt", "phase", "param", "word"],
    ["MalloptMxfast", "decision", "size", "size"],
  ],
  musable: [
    ["Usable", "phase", "addr"],
    ["UsableInUse", "decision", "addr", "size"],
  ],
  int_mallinfo: [["Mallinfo", "phase", "addr"]],
  __malloc_info: [["MallocInfo", "phase", "addr"]],
  malloc_printerr: [
    ["Abort", "phase", "message"],
    ["AbortMessagePage", "step", "addr", "size"],
  ],
  __malloc_fork_lock_parent: [
    ["ForkLocks", "phase", "addr"],
    ["ForkLocked", "step", "addr"],
  ],
  __malloc_fork_unlock_parent: [
    ["ForkUnlocks", "phase", "addr"],
    ["ForkUnlocked", "step", "addr"],
  ],
  __malloc_fork_unlock_child: [
    ["ForkChild", "phase", "addr"],
    ["ForkChildUnlocked", "step", "addr"],
    ["ForkChildOwn", "decision", "addr"],
  ],
} as const satisfies Record<string, readonly Row[]>;

export type AllocatorFunction = keyof typeof rows;
export type MarkName = (typeof rows)[AllocatorFunction][number][0];

export interface MarkInfo<Name extends string = string, Fn extends string = string> {
  readonly id: number;
  readonly name: Name;
  readonly fn: Fn;
  readonly level: MarkLevel;
  /** The record's `where` tells the answer. */
  readonly decides: boolean;
  readonly a: OperandKind | null;
  readonly b: OperandKind | null;
}

/** The allocator's. */
export type AllocatorMark = MarkInfo<MarkName, AllocatorFunction>;

/** A marker's id is its place in the table. */
export function markTable<Name extends string, Fn extends string>(
  table: Readonly<Record<Fn, readonly Row[]>>,
  firstId: number,
): readonly MarkInfo<Name, Fn>[] {
  return Object.entries<readonly Row[]>(table)
    .flatMap(([fn, list]) => list.map((row) => ({ fn, row })))
    .map(({ fn, row: [name, kind, a, b] }, index) => ({
      id: firstId + index,
      name: name as Name,
      fn: fn as Fn,
      level: kind === "phase" ? "phase" : "line",
      decides: kind === "decision",
      a: a ?? null,
      b: b ?? null,
    }));
}

/** All markers of the allocator; 0 is none. */
export const marks: readonly AllocatorMark[] = markTable<MarkName, AllocatorFunction>(rows, 1);

/** One stretch of a function: its phase marker (null for a helper without one, or for lines before the first phase) and its lines in order. */
export interface OutlinePhase<Mark> {
  readonly fn: string;
  readonly phase: Mark | null;
  readonly lines: readonly Mark[];
}

/** Outline of a function, of those markers alone that `listed` holds. */
export function outlineOf<Mark extends MarkInfo>(fn: string, listed: readonly Mark[]): readonly OutlinePhase<Mark>[] {
  const phases: { fn: string; phase: Mark | null; lines: Mark[] }[] = [];
  for (const mark of listed) {
    if (mark.fn !== fn) continue;
    const current = phases.at(-1);
    if (mark.level === "phase") phases.push({ fn, phase: mark, lines: [] });
    else if (current === undefined) phases.push({ fn, phase: null, lines: [mark] });
    else current.lines.push(mark);
  }
  return phases;
}

/** All functions, in the order of the rows. */
export const allocatorFunctions = Object.keys(rows) as readonly AllocatorFunction[];

/** How a thread comes by an arena, and an arena by memory. */
const arenaPath = ["arena_get", "arena_get2", "_int_new_arena", "new_heap", "reused_arena"] as const;
const growPath = ["sysmalloc", "sysmalloc_mmap", "grow_heap", "new_heap", "arena_get_retry"] as const;

const mallocPath = [
  "ptmalloc_init",
  "__libc_malloc",
  "tcache_init",
  ...arenaPath,
  "_int_malloc",
  "malloc_consolidate",
  ...growPath,
] as const;
const freePath = [
  "__libc_free",
  "tcache_init",
  "_int_free",
  "_int_free_maybe_consolidate",
  "malloc_consolidate",
  "systrim",
  "heap_trim",
  "munmap_chunk",
] as const;
const memalignPath = [
  "ptmalloc_init",
  "_mid_memalign",
  ...arenaPath,
  "_int_memalign",
  "_int_malloc",
  "malloc_consolidate",
  ...growPath,
  "_int_free",
  "_int_free_maybe_consolidate",
] as const;

/** Which functions a call can run through, in the order in which it may reach them. */
export const callPaths = {
  malloc: mallocPath,
  free: freePath,
  calloc: ["__libc_calloc", "ptmalloc_init", "tcache_init", ...arenaPath, "_int_malloc", "malloc_consolidate", ...growPath],
  realloc: [
    "ptmalloc_init",
    "__libc_realloc",
    "_int_realloc",
    "mremap_chunk",
    "_int_malloc",
    "malloc_consolidate",
    ...growPath,
    "_int_free",
    "_int_free_maybe_consolidate",
    "munmap_chunk",
  ],
  memalign: memalignPath,
  aligned_alloc: ["aligned_alloc", ...memalignPath],
  posix_memalign: ["__posix_memalign", ...memalignPath],
  valloc: memalignPath,
  pvalloc: ["__libc_pvalloc", ...memalignPath],
  malloc_usable_size: ["musable"],
  mallopt: ["ptmalloc_init", "__libc_mallopt", "malloc_consolidate"],
  malloc_trim: ["ptmalloc_init", "malloc_consolidate", "mtrim", "systrim"],
  mallinfo: ["ptmalloc_init", "int_mallinfo"],
  mallinfo2: ["ptmalloc_init", "int_mallinfo"],
  malloc_stats: ["ptmalloc_init", "int_mallinfo"],
  malloc_info: ["ptmalloc_init", "__malloc_info"],
  thread_exit: ["tcache_thread_shutdown", ...freePath, "__malloc_arena_thread_freeres"],
  fork_lock_parent: ["__malloc_fork_lock_parent"],
  fork_unlock_parent: ["__malloc_fork_unlock_parent"],
  fork_unlock_child: ["__malloc_fork_unlock_child"],
} as const satisfies Readonly<Record<string, readonly AllocatorFunction[]>>;
