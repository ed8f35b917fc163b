/**
 * What changed in glibc's malloc, as questions. The engine asks a feature, never a version number; a feature's answer follows from the
 * release it came with and the release it went with. `commit` is upstream's. Data only.
 *
 * Source: the history of malloc/malloc.c and malloc/arena.c; recordings of real programs are the judge.
 */

/** Releases whose malloc is known, oldest first. "2.43" is the development tree of January 2026, before that release. */
export const releases = [
  "2.12.1",
  "2.23",
  "2.24",
  "2.25",
  "2.26",
  "2.27",
  "2.28",
  "2.29",
  "2.30",
  "2.31",
  "2.32",
  "2.33",
  "2.34",
  "2.35",
  "2.36",
  "2.37",
  "2.38",
  "2.39",
  "2.40",
  "2.41",
  "2.42",
  "2.43",
] as const;
export type Release = (typeof releases)[number];

/** What recordings call a release when it has no number yet. */
const aliases: ReadonlyMap<string, Release> = new Map([
  ["master", "2.43"],
  ["2.43dev", "2.43"],
  ["2.36sys", "2.36"],
]);

/** The release that a name means; undefined when its malloc is not known. */
export function findRelease(name: string): Release | undefined {
  return aliases.get(name) ?? releases.find((release) => release === name);
}

export interface FeatureSpan {
  /** First release that has it; absent: the oldest one does. */
  readonly since?: Release;
  /** First release that no longer has it; absent: the newest one still does. */
  readonly until?: Release;
  /** Upstream commits that brought or removed it, abbreviated. */
  readonly commits: readonly string[];
}

export const featureSpans = {
  // ── what there is ──
  tcache: { since: "2.26", commits: ["d5c3fafc43"] },
  fastbins: { until: "2.43", commits: ["bb5a4f5295"] },
  /** Single links are stored xor-ed with their own place, and every pointer that is followed must be aligned. */
  safeLinking: { since: "2.32", commits: ["a1a486d70e", "49c3c37651"] },
  /** __malloc_hook and its like: each kind of call goes through its hook once, which initialises malloc. */
  hooks: { until: "2.34", commits: ["2d2d9f2b48"] },
  /** malloc_consolidate is what initialises main_arena, the first time or whenever max_fast is 0. */
  lazyBins: { until: "2.27", commits: ["3381be5cde"] },
  /** ptmalloc_init consolidates, so that the bins are there before the tunables are read. */
  initConsolidates: { since: "2.25", until: "2.27", commits: ["67e58f3941", "3381be5cde"] },
  /** malloc is initialised while the process starts, not by its first call. */
  earlyInit: { since: "2.42", commits: ["25d37948c9"] },
  /** Whether fastbins may hold chunks is bit 0 of malloc_state.flags, 0 = yes; later a field of its own. */
  fastchunksInFlags: { until: "2.27", commits: ["e956075a5a"] },
  fastchunksField: { since: "2.27", until: "2.43", commits: ["e956075a5a", "bb5a4f5295"] },
  /** Fastbins are plain lists under the arena's lock: checks come before what they protect, and every free compares with what was first. */
  plainFastbins: { until: "2.23", commits: ["425ce2edb9", "22a8918713"] },
  /** main_arena and mp_ are zero until malloc is initialised. */
  zeroBeforeInit: { until: "2.23", commits: ["02d46fc4b9"] },
  /** Pages of other sizes, by the hugetlb tunable. */
  hugePages: { since: "2.35", commits: ["5f6d8d97c6", "98d5fcb8d0"] },
  /** A failed allocation is tried once more in another arena even in a program with one thread. */
  retryOtherArena: { until: "2.27", commits: ["3f6bb8a32e"] },

  // ── sizes of requests ──
  /** Requests above PTRDIFF_MAX fail. Before, those fail whose padded size comes near the end of the address space. */
  ptrdiffLimit: { since: "2.30", commits: ["9bf8e29ca1"] },
  /** The padded size is what is compared with the limit; before, the request. */
  paddedLimit: { since: "2.27", until: "2.30", commits: ["8e448310d7", "9bf8e29ca1"] },
  /** The tcache sees a request's size only after the check. */
  tcacheRequestChecked: { since: "2.27", commits: ["34697694e8"] },
  /** calloc multiplies as ptrdiff_t. */
  callocPtrdiff: { since: "2.30", until: "2.42", commits: ["9bf8e29ca1"] },
  /** memalign refuses alignments above the half of the address space. */
  alignmentBounded: { since: "2.23", commits: ["a56ee40b17"] },
  /** memalign refuses requests that would wrap with the alignment added. */
  memalignBounded: { since: "2.23", until: "2.30", commits: ["b73ed24778", "9bf8e29ca1"] },
  /** _int_memalign checks the padded size once more. */
  memalignPaddedBounded: { since: "2.27", until: "2.30", commits: ["8e448310d7", "9bf8e29ca1"] },
  /** memalign refuses alignments above PTRDIFF_MAX / requests that wrap in any way (a backport in Debian's 2.36, too). */
  memalignWrapChecked: { since: "2.43", commits: ["c9188d3337"] },

  // ── tcache ──
  /** Freed entries carry a key in their second word. */
  tcacheKey: { since: "2.29", commits: ["bcdaad21d4"] },
  keyIsAddress: { since: "2.29", until: "2.34", commits: ["bcdaad21d4", "fc859c3048"] },
  /** Counters are 16 bits wide; before, a signed char. */
  wideCounts: { since: "2.30", commits: ["1f50f2ad85"] },
  /** malloc asks the counter whether there is an entry; else the list. */
  countDecides: { since: "2.30", until: "2.42", commits: ["1f50f2ad85"] },
  /** A list that is longer than its limit is told from an endless one. */
  tcacheLoopCheck: { since: "2.33", commits: ["0e00b35704"] },
  callocFromTcache: { since: "2.41", commits: ["226e3b0a41"] },
  /** Counters say how much room is left, twelve more bins hold large chunks, sorted; free looks at the tcache before anything else. */
  largeTcache: { since: "2.42", commits: ["cbfd798810", "7e10e30e64"] },
  /** Only a request that the tcache could serve makes one. */
  lazyTcache: { since: "2.42", commits: ["1c9ac027a5"] },
  /** The tcache is made by the first free, or when malloc first wants to stash something. */
  tcacheByFree: { since: "2.43", commits: ["2bf2188fae"] },
  /** A large bin of the tcache serves only chunks of exactly the size asked for. */
  largeTcacheExact: { since: "2.43", commits: ["b2b4b46a52"] },
  /** memalign looks through the tcache's list for an aligned entry. */
  memalignFromTcache: { since: "2.38", commits: ["24cdd6c71d"] },

  // ── checks ──
  /** A broken skip list is a message; before, a failed assertion. */
  nextsizeMessage: { since: "2.23", commits: ["52ffbdf25a"] },
  /** A freed size must be a multiple of the alignment. */
  alignedSizeCheck: { since: "2.23", until: "2.42", commits: ["347c92e9e7", "b0cb99bef5"] },
  unlinkSizeCheck: { since: "2.26", commits: ["17f487b7af"] },
  /** malloc_consolidate takes the mmapped bit for a part of the size. */
  consolidateKeepsMmapped: { until: "2.25", commits: ["e9c4fe93b3"] },
  consolidateIndexCheck: { since: "2.27", commits: ["249a5895f1"] },
  /** The unsorted bin is checked when a chunk leaves it. */
  unsortedRemovalCheck: { since: "2.28", until: "2.38", commits: ["bdc3009b8f", "3f84f1159e"] },
  /** Every chunk of the unsorted bin is checked against its neighbours; before, only its size. */
  unsortedChecks: { since: "2.29", commits: ["b90ddd08f6"] },
  topSizeCheck: { since: "2.29", commits: ["30a17d8c95"] },
  /** A chunk that is merged backwards must have the size that prev_size says. */
  mergeSizeCheck: { since: "2.29", commits: ["d6db68e66d"] },
  /** A mapping's offset in its page must be a power of two; mremap says so by message instead of assertion. */
  mappingChecks: { since: "2.29", commits: ["c0e82f1173", "ebe544bf6e"] },
  largeInsertChecks: { since: "2.30", commits: ["5b06f538c5"] },
  /** The smallest chunk of a large bin is put in only after its ring was checked. */
  smallestNextsizeCheck: { since: "2.42", commits: ["4cf2d86936"] },
  fastStashSizeCheck: { since: "2.42", until: "2.43", commits: ["d10176c0ff"] },

  /** calloc insists on three words to clear. */
  clearAsserts: { until: "2.41", commits: ["1c4cebb84b"] },

  // ── decisions ──
  freeKeepsErrno: { since: "2.33", commits: ["69fda43b8d"] },
  /** A freed small chunk goes to its small bin at once. */
  smallBinDirect: { since: "2.41", commits: ["e2436d6f5a"] },
  /** realloc leaves a block alone that is large enough, unless it would waste more than the trim threshold. */
  reallocKeepsAny: { since: "2.37", until: "2.38", commits: ["f4f2ca1509", "2fb12bbd09"] },
  /** realloc leaves a block alone that wastes less than two words. */
  reallocKeepsSame: { since: "2.38", commits: ["2fb12bbd09"] },
  /** …or, of a mapping, at most a page. */
  reallocKeepsMapping: { since: "2.38", until: "2.43", commits: ["2fb12bbd09"] },
  /** realloc asks how much is usable before it checks anything, and checks the size once more later. */
  reallocMeasures: { since: "2.37", commits: ["f4f2ca1509"] },
  alignedAllocStrict: { since: "2.38", commits: ["d1417176a3"] },
  memalignScansBins: { since: "2.38", until: "2.39", commits: ["24cdd6c71d", "0dc7fc1cf0"] },
  /** memalign's left-overs merge with their free neighbours at once, past tcache and fastbins. */
  memalignMerges: { since: "2.39", commits: ["542b110585"] },
  /** M_MXFAST: a limit of 0 is half the smallest chunk; before, one small bin's width. */
  maxFastHalfChunk: { since: "2.31", commits: ["ff12e0fb91"] },
  /** …and so is any that rounds to nothing. */
  maxFastRoundsUp: { since: "2.32", commits: ["b9cde4e3aa"] },
  /** A refused M_MMAP_THRESHOLD ends the dynamic threshold all the same. */
  mmapThresholdFixes: { until: "2.23", commits: ["0653427fdb"] },
  /** Mapped chunks must not be larger than half a heap of another arena. */
  mmapThresholdBounded: { until: "2.35", commits: ["c1beb51d08"] },
  /** M_ARENA_TEST and M_ARENA_MAX are looked at. */
  arenaParameters: { since: "2.23", commits: ["41b81892f1"] },
  /** M_CHECK_ACTION says what a failed check does: 1 message, 2 abort, 4 short message. */
  checkAction: { until: "2.27", commits: ["ac3ed168d0", "ec2c1fcefb"] },
  /** The two thresholds of the mmap that stands in for brk were handed over in the wrong order. */
  fallbackSwapped: { since: "2.35", until: "2.38", commits: ["5f6d8d97c6", "6a734e62f1"] },
  /** systrim counts pages the old way. */
  trimByPages: { until: "2.23", commits: ["4b5b548c9f"] },
  /** valloc and pvalloc consolidate first. */
  vallocConsolidates: { until: "2.23", commits: ["10ad46bc65"] },
  /** M_PERTURB fills a freed chunk to its end, the neighbour's prev_size included. */
  perturbWhole: { until: "2.23", commits: ["fdc0f374bc"] },
  pvallocOddMask: { since: "2.30", until: "2.42", commits: ["9bf8e29ca1", "ba32fd7d04"] },
  pvallocOverflowCheck: { since: "2.23", commits: ["1159a19369"] },
  /** Mapped chunks end in a header's worth of nothing, like any other; prev_size keeps the offset and whether pages are huge. */
  mappedLikeHeap: { since: "2.43", commits: ["614cfd0f8a"] },
  /** The mmap that stands in for brk asks for what is needed afresh. */
  fallbackAfresh: { since: "2.43", commits: ["849a274531"] },

  // ── arenas and threads ──
  /** No arena belongs to a thread: one that finds its last arena locked takes the next on the ring that is not, or makes one. */
  arenaRing: { until: "2.23", commits: ["425ce2edb9", "9113ea1f3f"] },
  /** An arena on the free list has no thread; taking one from the ring takes it off the list. */
  freeListChecked: { since: "2.25", commits: ["f88aab5d50"] },
  /** With all arenas locked a thread does without one: its request becomes a mapping. */
  reuseGivesUp: { since: "2.23", until: "2.24", commits: ["a3b473373e"] },
  /** Heaps are mapped with MAP_NORESERVE. */
  heapsNoReserve: { until: "2.37", commits: ["85860ad6ea"] },
  /** heap_info says of what pages the heap is made. */
  heapPagesize: { since: "2.35", commits: ["c1beb51d08"] },
  /** HEAP_MAX_SIZE is four huge pages while explicit ones are in use. */
  heapsOfHugePages: { since: "2.35", until: "2.42", commits: ["c1beb51d08", "9f551e28a7"] },
  /** The top of a heap is trimmed like main_arena's: beyond trim_threshold, with top_pad kept. */
  heapTrimThreshold: { since: "2.23", commits: ["e4bc326dbb"] },
  /** The tcache of an ending thread may be made anew while it is emptied; that one stays behind. */
  exitRefills: { since: "2.26", until: "2.27", commits: ["0a947e061d"] },
  /** What the tcache of an ending thread holds is freed without free's checks, its key forgotten. */
  exitFreesDirectly: { since: "2.43", commits: ["7f670284d8"] },
  /**
   * malloc's part of fork is registered like a program's own handlers, by its initialisation: it runs with one thread, too, and gives the thread
   * no arena meanwhile. Later fork itself calls it, once a thread was made.
   */
  forkHooks: { until: "2.24", commits: ["29d794863c", "8a727af925", "56290d6e76"] },
  /** The guard of a thread's stack is a mapping of its own. */
  guardMapping: { until: "2.42", commits: ["a6fbe36b7f"] },

  // ── messages ──
  /** `*** glibc detected *** prog: … ***` with backtrace and memory map. */
  glibcDetected: { until: "2.23", commits: ["bb9510dc34"] },
  /** The backtrace under such a message is printed by code that is loaded then, and allocates: in an arena of its own. */
  printerAllocates: { until: "2.26", commits: ["ed421fca42"] },
  /** ``*** Error in `prog': … ***``. */
  errorIn: { since: "2.23", until: "2.27", commits: ["ec2c1fcefb"] },
  /** Failed assertions say ``prog: malloc.c:LINE: function: Assertion `…' failed.``. */
  assertionOfProgram: { until: "2.36", commits: ["ac8047cdf3"] },
  /** …or `Fatal glibc error: malloc assertion failure in function: …`. */
  assertionOfMalloc: { since: "2.36", until: "2.37", commits: ["ac8047cdf3", "9001cb1102"] },
} as const satisfies Record<string, FeatureSpan>;

export type Feature = keyof typeof featureSpans;
export const featureNames = Object.keys(featureSpans) as readonly Feature[];

/** Whether a release has a feature. */
export function hasFeature(release: Release, feature: Feature): boolean {
  const { since, until }: FeatureSpan = featureSpans[feature];
  const at = releases.indexOf(release);
  return (since === undefined || at >= releases.indexOf(since)) && (until === undefined || at < releases.indexOf(until));
}
