/** Before and at the first call: the linker's initial values, then ptmalloc_init. */
import {
  Feature, Mark, PROFILE_MALLOC_INITIALIZED, PROFILE_MP_ARENA_TEST, PROFILE_MP_BYTES, PROFILE_MP_MMAP_THRESHOLD, PROFILE_MP_NMMAPS_MAX, PROFILE_MP,
  PROFILE_MP_TCACHE_BINS, PROFILE_MP_TCACHE_COUNT, PROFILE_MP_TCACHE_MAX_BYTES, PROFILE_MP_TOP_PAD, PROFILE_MP_TRIM_THRESHOLD, PROFILE_STATE_ATTACHED_THREADS,
  PROFILE_STATE_BYTES, PROFILE_STATE_NEXT, PROFILE_TCACHE_SMALL_BINS, PROFILE_TCACHE_FILL, PROFILE_TCACHE_KEY, PROFILE_TCACHE_KEY_VALUE,
  PROFILE_NARENAS, PROFILE_MP_PAGESIZE, PROFILE_MP_THP_MODE, PROFILE_PAGE_SIZE,
} from "../../generated/abi";
import { line, phase } from "../../marks";
import { readPaged } from "../../memory/access";
import { fill } from "../../memory/bulk";
import { binAt, isMain, mainArena, NBINS, setHaveFastchunks, setNoncontiguous, setTop, unsortedBin } from "./arena";
import { setThreadArena } from "./arena-get";
import { setFirstOf, setLastOf } from "./chunk";
import { consolidate } from "./consolidate";
import { setMaxFast, setMp } from "./parameters";
import { applyTunables } from "./tunables";
import { alignMask, has, hasTcache, hasTcacheKey, known, minSize, paddedSize, putState, sizeSz } from "./word";

/** DEFAULT_MMAP_THRESHOLD, DEFAULT_TRIM_THRESHOLD and DEFAULT_TOP_PAD. */
const DEFAULT_THRESHOLD: u32 = 0x2_0000;
const DEFAULT_MMAP_MAX: i32 = 65536;
/** malloc_thp_mode_not_supported: the kernel has not been asked. */
const THP_NOT_SUPPORTED: i32 = 3;
/** Offset of a field that this glibc does not have. */
const ABSENT: u32 = 0xffff_ffff;

/** What the loader maps: main_arena and mp_ as the linker laid them out, or, by now, as the start of the process left them. */
export function layOut<W>(): void {
  fill(<u64>mainArena<W>(), 0, <u64>known(PROFILE_STATE_BYTES));
  fill(load<u64>(PROFILE_MP), 0, <u64>known(PROFILE_MP_BYTES));
  if (!has(Feature.ZeroBeforeInit)) setDefaults<W>();
  if (has(Feature.EarlyInit)) needInit<W>();
}

function setDefaults<W>(): void {
  const av = mainArena<W>();
  putState<W>(<u64>av + <u64>known(PROFILE_STATE_NEXT), av);
  const attached = known(PROFILE_STATE_ATTACHED_THREADS);
  if (attached != ABSENT) putState<W>(<u64>av + <u64>attached, 1);
  putState<W>(load<u64>(PROFILE_NARENAS), 1);
  setMp<W>(PROFILE_MP_TRIM_THRESHOLD, <W>DEFAULT_THRESHOLD);
  setMp<W>(PROFILE_MP_TOP_PAD, <W>DEFAULT_THRESHOLD);
  setMp<W>(PROFILE_MP_MMAP_THRESHOLD, <W>DEFAULT_THRESHOLD);
  if (known(PROFILE_MP_ARENA_TEST) != ABSENT) setMp<W>(PROFILE_MP_ARENA_TEST, sizeof<W>() == 8 ? 8 : 2);
  if (known(PROFILE_MP_PAGESIZE) != ABSENT) setMp<u32>(PROFILE_MP_PAGESIZE, known(PROFILE_PAGE_SIZE));
  setMp<i32>(PROFILE_MP_NMMAPS_MAX, DEFAULT_MMAP_MAX);
  if (!hasTcache()) return;
  const bins = <W>known(PROFILE_TCACHE_SMALL_BINS);
  setMp<W>(PROFILE_MP_TCACHE_BINS, bins);
  // Since 2.43 it is the first chunk size that the cache does not serve, before the largest request.
  setMp<W>(PROFILE_MP_TCACHE_MAX_BYTES, has(Feature.TcacheByFree) ? paddedSize<W>(tcacheUserBytes<W>(bins - 1)) + 1 : tcacheUserBytes<W>(bins - 1));
  if (known(PROFILE_MP_THP_MODE) != ABSENT) setMp<i32>(PROFILE_MP_THP_MODE, THP_NOT_SUPPORTED);
  setMp<W>(PROFILE_MP_TCACHE_COUNT, <W>known(PROFILE_TCACHE_FILL));
}

/** tidx2usize: the largest request that the cache's bin serves. */
export function tcacheUserBytes<W>(index: W): W {
  return index * (alignMask<W>() + 1) + minSize<W>() - sizeSz<W>();
}

@inline
export function needInit<W>(): void {
  if (readPaged<u8>(load<u64>(PROFILE_MALLOC_INITIALIZED)) == 0) initialiseMalloc<W>();
}

/** arena.c: ptmalloc_init. */
function initialiseMalloc<W>(): void {
  const av = mainArena<W>();
  phase<W>(Mark.Init, av, 0);
  putState<u8>(load<u64>(PROFILE_MALLOC_INITIALIZED), 1);
  if (has(Feature.ZeroBeforeInit)) setDefaults<W>();
  if (hasTcacheKey() && !has(Feature.KeyIsAddress)) {
    const key = <W>load<u64>(PROFILE_TCACHE_KEY_VALUE);
    line<W>(Mark.InitKey, key, 0);
    putState<W>(load<u64>(PROFILE_TCACHE_KEY), key);
  }
  setThreadArena<W>(av);
  if (!has(Feature.LazyBins)) initBins<W>(av);
  else if (has(Feature.InitConsolidates)) consolidate<W>(av);
  applyTunables<W>();
}

/** malloc.c: malloc_init_state. */
export function initBins<W>(av: W): void {
  line<W>(Mark.InitBins, av, <W>NBINS);
  for (let index: u32 = 1; index < NBINS; index++) {
    const bin = binAt<W>(av, index);
    setLastOf<W>(bin, bin);
    setFirstOf<W>(bin, bin);
  }
  // 128 bytes on x86-64: chunks up to 0x80 are fast.
  if (isMain<W>(av)) {
    if (has(Feature.Fastbins)) setMaxFast<W>((64 * sizeSz<W>()) / 4);
  } else setNoncontiguous<W>(av);
  setHaveFastchunks<W>(av, false);
  setTop<W>(av, unsortedBin<W>(av));
}
