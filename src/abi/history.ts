/**
 * The history of glibc's malloc as a list of changes: what each release brought that a program can see in its heap, its mappings, its
 * messages or its results. Every difference between the profiles of neighbouring releases has its entry here (tested); the sentences are
 * in src/i18n/history.ts, a program that shows each one in src/scenario/history. Data only.
 *
 * Source: upstream's commits, by the first ten digits of their ids.
 */
import type { Feature, Release } from "./glibc-features";
import type { MarkName } from "./marks";

export type Alteration = "words" | "address" | "message";

interface HistoryRow {
  /** First known release with it. */
  readonly release: Release;
  /** Release it came with upstream, when that is one whose malloc is not simulated. */
  readonly upstream?: string;
  readonly commits: readonly string[];
  /** Feature questions whose answer it changed. */
  readonly features?: readonly Feature[];
  /** Struct fields it added, removed or retyped: `struct.field`; and constants: `alignment`, `tcacheFill`. */
  readonly fields?: readonly string[];
  /** Markers of decisions that are new, gone or answered differently: they tell which change a diverging call met. */
  readonly marks?: readonly MarkName[];
  /** What it changes where no marker tells: words that are written, where blocks lie, what an abort says. */
  readonly alters?: readonly Alteration[];
  /** One of the changes that a ruler of releases names. */
  readonly major?: true;
}

const rows = {
  // ── 2.13 … 2.23 ──
  "arena-limit": {
    release: "2.23",
    upstream: "2.15",
    alters: ["words"],
    commits: ["9113ea1f3f", "77cdc054e0", "41b81892f1"],
    features: ["arenaParameters", "arenaRing", "reuseGivesUp"],
    fields: ["malloc_par.arena_test", "malloc_par.arena_max", "malloc_state.next_free"],
    major: true,
  },
  "heap-trim-threshold": {
    release: "2.23",
    commits: ["c26efef979", "e4bc326dbb"],
    features: ["heapTrimThreshold"],
  },
  "attached-threads": {
    release: "2.23",
    alters: ["words"],
    commits: ["a62719ba90", "3da825ce48"],
    fields: ["malloc_state.attached_threads"],
  },
  "atomic-fastbins": {
    release: "2.23",
    upstream: "2.15",
    commits: ["9113ea1f3f", "425ce2edb9", "362b47fe09"],
    features: ["plainFastbins"],
    marks: ["FastNextSize", "FastTop", "FastEntry", "FastbinIndex"],
  },
  "static-start-values": {
    release: "2.23",
    upstream: "2.15",
    alters: ["words"],
    commits: ["02d46fc4b9"],
    features: ["zeroBeforeInit"],
    fields: ["malloc_par.pagesize"],
  },
  "error-in": {
    release: "2.23",
    upstream: "2.17",
    alters: ["message"],
    commits: ["bb9510dc34"],
    features: ["glibcDetected", "errorIn"],
  },
  "freed-size-aligned": {
    release: "2.23",
    upstream: "2.16",
    alters: ["message"],
    commits: ["347c92e9e7"],
    features: ["alignedSizeCheck"],
    marks: ["FreeSize"],
  },
  "threshold-refused": {
    release: "2.23",
    upstream: "2.17",
    commits: ["5c44738353"],
    features: ["mmapThresholdFixes"],
    marks: ["Mallopt"],
  },
  "trim-large-pad": {
    release: "2.23",
    upstream: "2.19",
    commits: ["4b5b548c9f"],
    features: ["trimByPages"],
    marks: ["SystrimEnough", "SystrimPages", "SystrimOurs", "SystrimReleased"],
  },
  "valloc-by-memalign": {
    release: "2.23",
    upstream: "2.19",
    commits: ["10ad46bc65"],
    features: ["vallocConsolidates"],
    marks: ["Consolidate", "ConsolidateChunk"],
  },
  "aligned-overflow": {
    release: "2.23",
    upstream: "2.19",
    commits: ["1159a19369", "55e17aadc1", "b73ed24778", "a56ee40b17"],
    features: ["memalignBounded", "pvallocOverflowCheck", "alignmentBounded"],
    marks: ["PvallocFits", "MemalignSize"],
  },
  "perturb-free": {
    release: "2.23",
    upstream: "2.13",
    alters: ["words"],
    commits: ["fdc0f374bc"],
    features: ["perturbWhole"],
    marks: ["PerturbFreed"],
  },
  "unlink-nextsize": {
    release: "2.23",
    upstream: "2.21",
    alters: ["message"],
    commits: ["52ffbdf25a"],
    features: ["nextsizeMessage"],
    marks: ["UnlinkSkipNeighbours"],
  },

  // ── 2.24, 2.25 ──
  "total-mem-gone": { release: "2.24", commits: ["ca135f824b"], fields: ["malloc_par.max_total_mem"] },
  "no-early-mmap": { release: "2.24", commits: ["a3b473373e"], features: ["reuseGivesUp"] },
  "free-list-checked": { release: "2.25", commits: ["f88aab5d50"], features: ["freeListChecked"] },
  tunables: {
    release: "2.25",
    alters: ["words"],
    commits: ["67e58f3941"],
    features: ["initConsolidates"],
    marks: ["InitTunable", "Consolidate"],
  },
  "chunk-accessors": {
    release: "2.25",
    commits: ["e9c4fe93b3"],
    features: ["consolidateKeepsMmapped"],
    marks: ["ConsolidateChunk", "ConsolidateForward", "ConsolidateIntoTop"],
  },

  // ── 2.26 ──
  tcache: {
    release: "2.26",
    alters: ["words", "address"],
    commits: ["d5c3fafc43"],
    features: ["tcache", "exitRefills"],
    fields: [
      "tcache_perthread_struct.counts",
      "tcache_perthread_struct.entries",
      "malloc_par.tcache_bins",
      "malloc_par.tcache_max_bytes",
      "malloc_par.tcache_count",
      "malloc_par.tcache_unsorted_limit",
      "tcacheFill",
    ],
    marks: [
      "TcacheInit",
      "TryTcache",
      "TcacheHit",
      "FreeTryTcache",
      "TcachePut",
      "FastbinStash",
      "SmallBinStash",
      "UnsortedStash",
    ],
    major: true,
  },
  "no-backtrace": {
    release: "2.26",
    commits: ["ed421fca42"],
    alters: ["message"],
    features: ["printerAllocates"],
  },
  "unlink-size": {
    release: "2.26",
    commits: ["17f487b7af"],
    features: ["unlinkSizeCheck"],
    marks: ["UnlinkSizes"],
  },
  "i386-alignment": {
    release: "2.26",
    alters: ["words", "address"],
    commits: ["4e61a6be44"],
    fields: ["alignment", "malloc_state.fastbinsY"],
  },

  // ── 2.27, 2.28 ──
  "abort-at-once": {
    release: "2.27",
    alters: ["message"],
    commits: ["ec2c1fcefb", "ac3ed168d0"],
    features: ["errorIn", "checkAction"],
    marks: ["Abort"],
    major: true,
  },
  "have-fastchunks": {
    release: "2.27",
    alters: ["words"],
    commits: ["e956075a5a"],
    features: ["fastchunksInFlags", "fastchunksField"],
    fields: ["malloc_state.have_fastchunks"],
    marks: ["InitBins"],
  },
  "early-bins": {
    release: "2.27",
    alters: ["words"],
    commits: ["3381be5cde"],
    features: ["lazyBins", "initConsolidates"],
    marks: ["InitBins", "Consolidate"],
  },
  "single-thread-path": {
    release: "2.27",
    commits: ["3f6bb8a32e"],
    features: ["retryOtherArena"],
    marks: ["Sysmalloc"],
  },
  "request-overflow": {
    release: "2.27",
    commits: ["34697694e8", "8e448310d7"],
    features: ["paddedLimit", "tcacheRequestChecked", "memalignPaddedBounded"],
    marks: ["MallocSize", "IntMallocSize", "MemalignSize"],
  },
  "tcache-exit": {
    release: "2.27",
    commits: ["1e26d35193", "0a947e061d"],
    features: ["exitRefills"],
  },
  "consolidate-size": {
    release: "2.27",
    commits: ["249a5895f1"],
    features: ["consolidateIndexCheck"],
    marks: ["ConsolidateIndex"],
  },
  "unsorted-removal": {
    release: "2.28",
    alters: ["message"],
    commits: ["bdc3009b8f"],
    features: ["unsortedRemovalCheck"],
  },

  // ── 2.29 ──
  "tcache-key": {
    release: "2.29",
    alters: ["words"],
    commits: ["bcdaad21d4"],
    features: ["tcacheKey", "keyIsAddress"],
    marks: ["FreeTcacheKey", "TcacheKeySearch", "TcacheSearchSame"],
    major: true,
  },
  "unsorted-checks": {
    release: "2.29",
    alters: ["message"],
    commits: ["b90ddd08f6"],
    features: ["unsortedChecks"],
    marks: ["UnsortedSize", "UnsortedNextSize", "UnsortedFooter", "UnsortedLinked", "UnsortedNextFlag"],
  },
  "top-size": { release: "2.29", commits: ["30a17d8c95"], features: ["topSizeCheck"], marks: ["TopSane"], major: true },
  "merge-size": {
    release: "2.29",
    alters: ["message"],
    commits: ["d6db68e66d"],
    features: ["mergeSizeCheck"],
    marks: ["MergeSizes", "ConsolidateBackward"],
  },
  "mapping-checks": {
    release: "2.29",
    alters: ["message"],
    commits: ["c0e82f1173", "ebe544bf6e"],
    features: ["mappingChecks"],
    marks: ["MunmapSane", "MremapSane"],
  },

  // ── 2.30, 2.31 ──
  "tcache-counts": {
    release: "2.30",
    alters: ["words", "address"],
    commits: ["1f50f2ad85"],
    features: ["wideCounts", "countDecides"],
    fields: ["tcache_perthread_struct.counts"],
    marks: ["TcacheHit", "TcacheInit"],
    major: true,
  },
  "ptrdiff-max": {
    release: "2.30",
    commits: ["9bf8e29ca1"],
    features: ["ptrdiffLimit", "paddedLimit", "callocPtrdiff", "memalignBounded", "memalignPaddedBounded", "pvallocOddMask"],
    marks: ["MallocSize", "IntMallocSize", "CallocFits", "MemalignSize", "PvallocFits", "ReallocSize"],
  },
  "large-insert": {
    release: "2.30",
    commits: ["5b06f538c5"],
    features: ["largeInsertChecks"],
    marks: ["LargeRingLinked", "LargeLinked"],
  },
  "mxfast-tunable": {
    release: "2.31",
    alters: ["words"],
    commits: ["ff12e0fb91", "c48d92b430"],
    features: ["maxFastHalfChunk"],
    marks: ["MalloptMxfast", "FastRange", "FreeFastRange", "InitTunable"],
  },

  // ── 2.32 … 2.34 ──
  "safe-linking": {
    release: "2.32",
    alters: ["words"],
    commits: ["a1a486d70e", "49c3c37651"],
    features: ["safeLinking"],
    marks: ["TcachePut", "FastPut", "TcacheGetAligned", "FastbinAligned", "TcacheSearchAligned", "ConsolidateAligned"],
    major: true,
  },
  "mxfast-never-zero": {
    release: "2.32",
    alters: ["words"],
    commits: ["b9cde4e3aa"],
    features: ["maxFastRoundsUp"],
    marks: ["MalloptMxfast"],
  },
  "tcache-loop": {
    release: "2.33",
    commits: ["0e00b35704"],
    features: ["tcacheLoopCheck"],
    marks: ["TcacheSearchCount"],
  },
  "free-errno": { release: "2.33", commits: ["69fda43b8d"], features: ["freeKeepsErrno"] },
  "random-key": {
    release: "2.34",
    alters: ["words"],
    commits: ["fc859c3048"],
    features: ["keyIsAddress"],
    marks: ["InitKey", "FreeTcacheKey"],
    major: true,
  },
  "no-hooks": { release: "2.34", commits: ["2d2d9f2b48", "1e5a5866cb"], features: ["hooks"], marks: ["Init"] },

  // ── 2.35 … 2.37 ──
  "huge-pages": {
    release: "2.35",
    alters: ["words", "address"],
    commits: ["5f6d8d97c6", "98d5fcb8d0", "c1beb51d08"],
    features: ["hugePages", "mmapThresholdBounded", "heapPagesize", "heapsOfHugePages"],
    fields: ["malloc_par.thp_pagesize", "malloc_par.hp_pagesize", "malloc_par.hp_flags", "_heap_info.pagesize"],
    major: true,
  },
  "fallback-swapped": {
    release: "2.35",
    commits: ["0849eed45d"],
    features: ["fallbackSwapped"],
    marks: ["MmapInstead", "MmapInsteadGot"],
  },
  "assert-short": {
    release: "2.36",
    alters: ["message"],
    commits: ["ac8047cdf3"],
    features: ["assertionOfProgram", "assertionOfMalloc"],
  },
  "assert-libc": { release: "2.37", alters: ["message"], commits: ["9001cb1102"], features: ["assertionOfMalloc"] },
  "heaps-reserve": { release: "2.37", commits: ["85860ad6ea"], features: ["heapsNoReserve"] },
  "realloc-keeps": {
    release: "2.37",
    commits: ["f4f2ca1509", "774d43f27d"],
    features: ["reallocKeepsAny", "reallocMeasures"],
    marks: ["IntRealloc", "ReallocFits", "ReallocOldSize"],
    major: true,
  },

  // ── 2.38 … 2.41 ──
  "realloc-only-growing": {
    release: "2.38",
    commits: ["2fb12bbd09"],
    features: ["reallocKeepsAny", "reallocKeepsSame", "reallocKeepsMapping"],
    marks: ["IntRealloc", "ReallocFits", "ReallocMmapped"],
  },
  "memalign-scans": {
    release: "2.38",
    commits: ["24cdd6c71d"],
    features: ["memalignScansBins", "memalignFromTcache"],
    marks: ["MemalignScan", "MemalignCandidate", "MemalignTcache", "MemalignEntry"],
  },
  "aligned-alloc-strict": {
    release: "2.38",
    commits: ["d1417176a3"],
    features: ["alignedAllocStrict"],
    marks: ["AlignedAllocPower"],
  },
  "unsorted-check-gone": { release: "2.38", commits: ["3f84f1159e"], features: ["unsortedRemovalCheck"] },
  "fallback-fixed": {
    release: "2.38",
    commits: ["6a734e62f1"],
    features: ["fallbackSwapped"],
    marks: ["MmapInstead", "MmapInsteadGot"],
  },
  "memalign-merges": {
    release: "2.39",
    commits: ["542b110585", "0dc7fc1cf0"],
    features: ["memalignMerges", "memalignScansBins"],
    marks: ["MemalignTailMerges", "MemalignScan", "MemalignCandidate", "IntFree", "FreeTryTcache"],
    major: true,
  },
  "small-direct": {
    release: "2.41",
    alters: ["words"],
    commits: ["e2436d6f5a"],
    features: ["smallBinDirect"],
    marks: ["FreeToSmallBin", "FreeToUnsorted"],
    major: true,
  },
  "calloc-tcache": {
    release: "2.41",
    alters: ["words"],
    commits: ["226e3b0a41"],
    features: ["callocFromTcache"],
    marks: ["TryTcache", "TcacheHit"],
    major: true,
  },

  "calloc-clears": {
    release: "2.41",
    commits: ["1c4cebb84b"],
    features: ["clearAsserts"],
    marks: ["CallocClear"],
  },

  // ── 2.42 ──
  "large-tcache": {
    release: "2.42",
    alters: ["words", "address"],
    commits: ["cbfd798810", "7e10e30e64"],
    features: ["largeTcache", "countDecides"],
    fields: [
      "tcache_perthread_struct.counts",
      "tcache_perthread_struct.num_slots",
      "tcache_perthread_struct.entries",
      "malloc_par.tcache_bins",
      "malloc_par.tcache_small_bins",
    ],
    marks: ["TryLargeTcache", "LargeTcacheHit", "FreeLargeCachedRoom", "TcacheInit"],
    major: true,
  },
  "lazy-tcache": {
    release: "2.42",
    alters: ["address"],
    commits: ["1c9ac027a5"],
    features: ["lazyTcache"],
    marks: ["TcacheInit"],
  },
  "early-init": {
    release: "2.42",
    alters: ["words"],
    commits: ["25d37948c9"],
    features: ["earlyInit"],
    marks: ["Init", "InitKey", "InitBins"],
  },
  "free-checks-later": {
    release: "2.42",
    commits: ["b0cb99bef5", "9b0c8ced9c"],
    features: ["alignedSizeCheck"],
    marks: ["FreeSize", "FreePointer", "FreeIsMmapped", "FreeAligned", "FreeEnds"],
  },
  "calloc-size-t": {
    release: "2.42",
    commits: ["36189c76fb", "ba32fd7d04"],
    features: ["callocPtrdiff", "pvallocOddMask"],
    marks: ["CallocFits", "PvallocFits"],
  },
  "remainders-uncached": { release: "2.42", commits: ["cd33535002"], marks: ["TcachePut"] },
  "heap-max-constant": { release: "2.42", commits: ["9f551e28a7"], features: ["heapsOfHugePages"] },
  "guard-in-stack": { release: "2.42", commits: ["a6fbe36b7f"], features: ["guardMapping"] },
  "smallest-nextsize": {
    release: "2.42",
    commits: ["4cf2d86936"],
    features: ["smallestNextsizeCheck"],
    marks: ["LargeSmallestLinked"],
  },
  "fast-stash-size": { release: "2.42", commits: ["d10176c0ff"], features: ["fastStashSizeCheck"], marks: ["FastbinStashSize"] },

  // ── 2.43 ──
  "no-fastbins": {
    release: "2.43",
    alters: ["words"],
    commits: ["bb5a4f5295", "e3062b06c5", "bf1015fb2d"],
    features: ["fastbins", "fastchunksField", "fastStashSizeCheck"],
    fields: ["malloc_state.fastbinsY", "malloc_state.have_fastchunks"],
    marks: ["FreeFastRange", "FreeToFastbin", "FastPut", "TryFastbin", "FastRange", "Consolidate", "LargeConsolidates"],
    major: true,
  },
  "fill-sixteen": {
    release: "2.43",
    alters: ["words"],
    commits: ["0b9210bd76"],
    fields: ["tcacheFill"],
    marks: ["FreeTcacheRoom", "FreeCachedRoom", "TcachePut"],
    major: true,
  },
  "tcache-by-free": {
    release: "2.43",
    alters: ["words", "address"],
    commits: ["2bf2188fae"],
    features: ["tcacheByFree"],
    marks: ["TcacheInit"],
  },
  "exit-direct": { release: "2.43", commits: ["7f670284d8"], features: ["exitFreesDirectly"] },
  "large-exact": {
    release: "2.43",
    commits: ["b2b4b46a52"],
    features: ["largeTcacheExact"],
    marks: ["LargeTcacheHit", "LargeTcacheWalk"],
  },
  "mapped-layout": {
    release: "2.43",
    alters: ["words"],
    commits: ["614cfd0f8a"],
    features: ["mappedLikeHeap", "reallocKeepsMapping"],
    marks: ["MmapChunk", "MmapLikeHeapGot", "MunmapChunk", "MremapChunk", "ReallocMmapped", "Usable"],
    major: true,
  },
  "memalign-overflow": {
    release: "2.43",
    commits: ["c9188d3337"],
    features: ["memalignWrapChecked"],
    marks: ["MemalignSize", "IntMalloc"],
  },
  "fallback-afresh": {
    release: "2.43",
    alters: ["words"],
    commits: ["849a274531"],
    features: ["fallbackAfresh"],
    marks: ["MmapInstead", "MmapInsteadGot"],
  },
  "thp-always": { release: "2.43", commits: ["9097cbf5d8"], fields: ["malloc_par.thp_mode"] },
} as const satisfies Record<string, HistoryRow>;

export type HistoryId = keyof typeof rows;

/** One change. */
export interface HistoryEntry {
  readonly id: HistoryId;
  readonly release: Release;
  /** Release that upstream shipped it with. */
  readonly upstream: string;
  readonly commits: readonly string[];
  readonly features: readonly Feature[];
  readonly fields: readonly string[];
  readonly marks: readonly MarkName[];
  readonly alters: readonly Alteration[];
  readonly major: boolean;
}

/** All changes, oldest release first. */
export const history: readonly HistoryEntry[] = Object.entries<HistoryRow>(rows).map(([id, row]) => ({
  id: id as HistoryId,
  release: row.release,
  upstream: row.upstream ?? row.release,
  commits: row.commits,
  features: row.features ?? [],
  fields: row.fields ?? [],
  marks: row.marks ?? [],
  alters: row.alters ?? [],
  major: row.major ?? false,
}));
