/** The parameters of malloc: mallopt, and the glibc.malloc tunables that are read at the first call. */
import {
  Feature, Mark, PROFILE_CHECK_ACTION, PROFILE_MP_ARENA_MAX, PROFILE_MP_ARENA_TEST, PROFILE_MP_HP_FLAGS, PROFILE_MP_HP_PAGESIZE, PROFILE_MP_MMAP_THRESHOLD, PROFILE_MP_NMMAPS_MAX,
  PROFILE_MP_NO_DYN_THRESHOLD, PROFILE_MP_TCACHE_BINS, PROFILE_MP_TCACHE_COUNT, PROFILE_MP_TCACHE_MAX_BYTES, PROFILE_MP_TCACHE_UNSORTED_LIMIT,
  PROFILE_MP_TOP_PAD, PROFILE_MP_TRIM_THRESHOLD, PROFILE_TCACHE_BINS, PROFILE_TCACHE_SMALL_BINS, PROFILE_TUNABLES, Tunable,
} from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import { write } from "../../memory/access";
import { heapMax, lock, mainArena, unlock } from "./arena";
import { consolidate } from "./consolidate";
import { tcacheUserBytes } from "./init";
import { maxFastRequest, setMaxFast, setMp, setPerturbByte } from "./parameters";
import { largeIndexOf } from "./large-tcache";
import { tcacheIndex } from "./tcache";
import { has, hasTcache, isNegative, known, paddedSize } from "./word";

const COUNT: u32 = 13;
const SLOT: usize = 16;
/** Tunables set by the environment, until the first call reads them: {set u32, value u64 at 8} each. */
const pending: usize = PROFILE_TUNABLES;

/** A tcache's counters are 16 bits wide; while they were 8 bits wide nobody looked. */
const MAX_TCACHE_COUNT: u32 = 0xffff;
const HUGE_PAGE: u64 = 0x20_0000;
/** MAP_HUGETLB with the page size's exponent, 21, above it. */
const HUGE_FLAGS: i32 = 0x40000 | (21 << 26);

const M_MXFAST: i32 = 1;
const M_TRIM_THRESHOLD: i32 = -1;
const M_TOP_PAD: i32 = -2;
const M_MMAP_THRESHOLD: i32 = -3;
const M_MMAP_MAX: i32 = -4;
const M_CHECK_ACTION: i32 = -5;
const M_PERTURB: i32 = -6;
const M_ARENA_TEST: i32 = -7;
const M_ARENA_MAX: i32 = -8;

/** The environment names a tunable; its bounds have been checked. */
export function rememberTunable(id: u32, value: u64): void {
  if (id >= COUNT) return;
  store<u32>(pending + <usize>id * SLOT, 1);
  store<u64>(pending + <usize>id * SLOT, value, 8);
}

/** In the order of ptmalloc_init, which is the order of the ids. */
export function applyTunables<W>(): void {
  for (let id: u32 = 0; id < COUNT; id++) {
    const slot = pending + <usize>id * SLOT;
    if (load<u32>(slot) == 0) continue;
    const value = <W>load<u64>(slot, 8);
    line<W>(Mark.InitTunable, <W>id, value);
    applyTunable<W>(id, value);
  }
}

function applyTunable<W>(id: u32, value: W): void {
  switch (id) {
    case Tunable.TopPad: setFixed<W>(PROFILE_MP_TOP_PAD, value); break;
    case Tunable.Perturb: setPerturbByte(<i32>value); break;
    case Tunable.MmapThreshold: setMmapThreshold<W>(value); break;
    case Tunable.TrimThreshold: setFixed<W>(PROFILE_MP_TRIM_THRESHOLD, value); break;
    case Tunable.MmapMax: setMmapMax(<i32>value); break;
    case Tunable.ArenaMax: setMp<W>(PROFILE_MP_ARENA_MAX, value); break;
    case Tunable.ArenaTest: setMp<W>(PROFILE_MP_ARENA_TEST, value); break;
    case Tunable.TcacheMax: setTcacheMax<W>(value); break;
    case Tunable.TcacheCount:
      if (hasTcache() && (value <= <W>MAX_TCACHE_COUNT || !has(Feature.WideCounts))) setMp<W>(PROFILE_MP_TCACHE_COUNT, value);
      break;
    case Tunable.TcacheUnsortedLimit:
      if (hasTcache()) setMp<W>(PROFILE_MP_TCACHE_UNSORTED_LIMIT, value);
      break;
    case Tunable.Mxfast: setMxfast<W>(value); break;
    case Tunable.Hugetlb: setHugePages<W>(value); break;
    default: break;
  }
}

/** A threshold set by hand ends its automatic adjustment. */
function setFixed<W>(field: usize, value: W): void {
  setMp<W>(field, value);
  setMp<i32>(PROFILE_MP_NO_DYN_THRESHOLD, 1);
}

/** Mapped chunks must not be larger than half a heap of another arena, until hugetlb made heaps of other sizes. */
function setMmapThreshold<W>(value: W): bool {
  if (has(Feature.MmapThresholdBounded) && value > heapMax<W>() / 2) {
    if (has(Feature.MmapThresholdFixes)) setMp<i32>(PROFILE_MP_NO_DYN_THRESHOLD, 1);
    return false;
  }
  setFixed<W>(PROFILE_MP_MMAP_THRESHOLD, value);
  return true;
}

function setMmapMax(value: i32): void {
  setMp<i32>(PROFILE_MP_NMMAPS_MAX, value);
  setMp<i32>(PROFILE_MP_NO_DYN_THRESHOLD, 1);
}

function setMxfast<W>(value: W): bool {
  if (!decide<W>(Mark.MalloptMxfast, value <= maxFastRequest<W>(), value, maxFastRequest<W>())) return false;
  setMaxFast<W>(value);
  return true;
}

/** With lists for large chunks the limit is a chunk size, and only one within the small lists changes how many of those there are. */
function setLargeTcacheMax<W>(value: W): void {
  const nb = paddedSize<W>(value);
  if (value > nb || isNegative<W>(value)) return;
  const small = <W>known(PROFILE_TCACHE_SMALL_BINS);
  const within: bool = has(Feature.LargeTcacheExact) ? tcacheIndex<W>(nb) < small : nb <= tcacheUserBytes<W>(small - 1);
  const index: W = within ? tcacheIndex<W>(nb) : largeIndexOf<W>(nb);
  if (index >= <W>known(PROFILE_TCACHE_BINS)) return;
  if (within) setMp<W>(PROFILE_MP_TCACHE_BINS, index + 1);
  setMp<W>(PROFILE_MP_TCACHE_MAX_BYTES, has(Feature.LargeTcacheExact) ? nb + 1 : nb);
}

function setTcacheMax<W>(value: W): void {
  if (has(Feature.LargeTcache)) return setLargeTcacheMax<W>(value);
  if (!hasTcache() || value > tcacheUserBytes<W>(<W>known(PROFILE_TCACHE_BINS) - 1)) return;
  setMp<W>(PROFILE_MP_TCACHE_MAX_BYTES, value);
  setMp<W>(PROFILE_MP_TCACHE_BINS, tcacheIndex<W>(paddedSize<W>(value)) + 1);
}

/**
 * 1 asks for transparent huge pages, which glibc only does where the kernel's mode is "madvise"; the simulated kernel's is "always".
 * 2 and above ask for reserved ones of the default size or of that size; the simulated machine knows 2 MiB.
 */
function setHugePages<W>(value: W): void {
  if (value < 2 || (value != 2 && <u64>value != HUGE_PAGE)) return;
  setMp<W>(PROFILE_MP_HP_PAGESIZE, <W>HUGE_PAGE);
  setMp<i32>(PROFILE_MP_HP_FLAGS, HUGE_FLAGS);
}

/** malloc.c: __libc_mallopt. Unknown parameters succeed; every call consolidates first. */
export function changeParameter<W>(param: i32, value: i32): i32 {
  const av = mainArena<W>();
  phase<W>(Mark.Mallopt, <W>param, <W>value);
  lock<W>(av);
  consolidate<W>(av);
  const size = <W>(<i64>value);
  let result = true;
  switch (param) {
    case M_MXFAST:
      if (has(Feature.Fastbins)) result = setMxfast<W>(size);
      break;
    case M_TRIM_THRESHOLD: setFixed<W>(PROFILE_MP_TRIM_THRESHOLD, size); break;
    case M_TOP_PAD: setFixed<W>(PROFILE_MP_TOP_PAD, size); break;
    case M_MMAP_THRESHOLD: result = setMmapThreshold<W>(size); break;
    case M_MMAP_MAX: setMmapMax(value); break;
    case M_CHECK_ACTION:
      if (has(Feature.CheckAction)) write<i32>(load<u64>(PROFILE_CHECK_ACTION), value);
      break;
    case M_PERTURB: setPerturbByte(value); break;
    case M_ARENA_TEST:
      if (value > 0 && has(Feature.ArenaParameters)) setMp<W>(PROFILE_MP_ARENA_TEST, size);
      break;
    case M_ARENA_MAX:
      if (value > 0 && has(Feature.ArenaParameters)) setMp<W>(PROFILE_MP_ARENA_MAX, size);
      break;
    default: break;
  }
  unlock<W>(av);
  return result ? 1 : 0;
}
