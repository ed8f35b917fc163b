/**
 * Which markers a release can reach. A marker that stands here needs all its features; `!` before one: the release must be without it. Those
 * that do not stand here are every release's. Data only.
 */
import type { Feature } from "./glibc-features";
import { type AllocatorMark, type MarkName, marks } from "./marks";

type Condition = Feature | `!${Feature}`;

const conditions: Readonly<Partial<Record<MarkName, readonly Condition[]>>> = {
  // ── initialisation: before the first call where the process does it while it starts ──
  Init: ["!earlyInit"],
  InitKey: ["tcacheKey", "!keyIsAddress", "!earlyInit"],
  InitTunable: ["!earlyInit"],

  // ── malloc and the tcache ──
  Malloc: ["tcache"],
  MallocSize: ["tcacheRequestChecked"],
  TcacheServes: ["largeTcache"],
  TrySmallTcache: ["largeTcache"],
  SmallTcacheHit: ["largeTcache"],
  TryLargeTcache: ["largeTcache"],
  LargeTcacheWalk: ["largeTcache"],
  LargeTcacheHit: ["largeTcache"],
  TryTcache: ["tcache", "!largeTcache"],
  TcacheSize: ["tcache", "!largeTcache"],
  TcacheHit: ["tcache", "!largeTcache"],
  TcacheInit: ["tcache"],
  TcacheInitGot: ["tcache"],
  TcacheGetAligned: ["safeLinking"],
  TcachePut: ["tcache"],
  CacheShutdown: ["tcache"],
  CacheShutdownAligned: ["safeLinking"],

  // ── arenas ──
  ArenaRing: ["arenaRing"],
  ArenaRingUnlocked: ["arenaRing"],
  ArenaSearch: ["!arenaRing"],
  ArenaFree: ["!arenaRing"],
  ArenaLimit: ["!arenaRing"],
  ArenaBelowLimit: ["!arenaRing"],
  ReuseArena: ["!arenaRing"],
  ReuseUnlocked: ["!arenaRing"],
  ThreadLeavesArena: ["!arenaRing"],
  ThreadWasLast: ["!arenaRing"],
  ForkChildOwn: ["!arenaRing"],

  // ── _int_malloc ──
  FastRange: ["fastbins"],
  TryFastbin: ["fastbins"],
  FastbinHit: ["fastbins"],
  FastbinAligned: ["fastbins", "safeLinking"],
  FastbinNextAligned: ["fastbins", "safeLinking"],
  FastbinIndex: ["fastbins"],
  FastbinStash: ["fastbins", "safeLinking"],
  FastbinStashSize: ["fastStashSizeCheck"],
  SmallBinStash: ["tcache"],
  LargeConsolidates: ["fastbins"],
  UnsortedHeadSane: ["!unsortedChecks"],
  UnsortedSize: ["unsortedChecks"],
  UnsortedNextSize: ["unsortedChecks"],
  UnsortedFooter: ["unsortedChecks"],
  UnsortedLinked: ["unsortedChecks"],
  UnsortedNextFlag: ["unsortedChecks"],
  UnsortedStash: ["tcache"],
  LargeSmallestLinked: ["smallestNextsizeCheck"],
  LargeRingLinked: ["largeInsertChecks"],
  LargeLinked: ["largeInsertChecks"],
  UnsortedLimit: ["tcache"],
  UnsortedReturnCached: ["tcache"],
  TopSane: ["topSizeCheck"],
  TopConsolidates: ["fastbins"],
  UnlinkSizes: ["unlinkSizeCheck"],
  Consolidate: ["fastbins"],
  ConsolidateAligned: ["fastbins", "safeLinking"],
  ConsolidateIndex: ["fastbins", "consolidateIndexCheck"],
  ConsolidateChunk: ["fastbins"],
  ConsolidateBackward: ["fastbins"],
  ConsolidateIntoTop: ["fastbins"],
  ConsolidateForward: ["fastbins"],

  // ── mappings ──
  MmapSize: ["!mappedLikeHeap"],
  MmapGot: ["!mappedLikeHeap"],
  MmapLikeHeapGot: ["mappedLikeHeap"],
  MremapDone: ["!mappedLikeHeap"],

  // ── free ──
  FreeAligned: ["largeTcache"],
  FreeCachedKey: ["largeTcache"],
  FreeCachedRoom: ["largeTcache"],
  FreeLargeCachedRoom: ["largeTcache"],
  FreeEnds: ["largeTcache"],
  FreeIsMmapped: ["!largeTcache"],
  IntFree: ["!largeTcache"],
  FreePointer: ["!largeTcache"],
  FreeSize: ["!largeTcache"],
  FreeTryTcache: ["tcache", "!largeTcache"],
  FreeTcacheSize: ["tcache", "!largeTcache"],
  FreeTcacheKey: ["tcacheKey", "!largeTcache"],
  FreeTcacheRoom: ["tcache", "!largeTcache"],
  TcacheKeySearch: ["tcacheKey"],
  TcacheSearchCount: ["tcacheLoopCheck"],
  TcacheSearchAligned: ["safeLinking"],
  TcacheSearchSame: ["tcacheKey"],
  FreeFastRange: ["fastbins"],
  FreeToFastbin: ["fastbins"],
  FastNextSize: ["fastbins"],
  FastTop: ["fastbins"],
  FastPut: ["fastbins"],
  FastEntry: ["fastbins"],
  MergeSizes: ["mergeSizeCheck"],
  FreeToSmallBin: ["smallBinDirect"],
  SmallBinHead: ["smallBinDirect"],
  SystrimEnough: ["!trimByPages"],

  // ── realloc, memalign, the rest ──
  ReallocUsable: ["reallocMeasures"],
  ReallocKeepsAny: ["reallocKeepsAny"],
  ReallocKeepsSame: ["reallocKeepsSame"],
  ReallocKeepsMapping: ["reallocKeepsMapping"],
  AlignedAllocPower: ["alignedAllocStrict"],
  PvallocFits: ["!vallocConsolidates"],
  MemalignCached: ["memalignFromTcache", "largeTcache"],
  MemalignCachedWalk: ["memalignFromTcache", "largeTcache"],
  MemalignTcache: ["memalignFromTcache", "!largeTcache"],
  MemalignEntry: ["memalignFromTcache", "!largeTcache"],
  MemalignScan: ["memalignScansBins"],
  MemalignCandidate: ["memalignScansBins"],
  MemalignTail: ["!memalignMerges"],
  MemalignTailMerges: ["memalignMerges"],
  MalloptMxfast: ["fastbins"],
  AbortMessagePage: ["!glibcDetected"],
};

/** The markers of a release with these features, in the order of `marks`. */
export function marksOf(features: ReadonlySet<Feature>): readonly AllocatorMark[] {
  const names: ReadonlySet<string> = features;
  const holds = (condition: Condition): boolean =>
    condition.startsWith("!") ? !names.has(condition.slice(1)) : names.has(condition);
  return marks.filter(({ name }) => conditions[name]?.every(holds) ?? true);
}
