/** malloc_state: its fields by offset from the profile, its bins, its lock; and which arena a chunk belongs to. */
import {
  Feature, PROFILE_MAIN_ARENA, PROFILE_STATE_BINMAP, PROFILE_STATE_BINS, PROFILE_STATE_FASTBINS, PROFILE_STATE_FLAGS, PROFILE_STATE_HAVE_FASTCHUNKS,
  PROFILE_STATE_LAST_REMAINDER, PROFILE_STATE_MAX_SYSTEM_MEM, PROFILE_STATE_MUTEX, PROFILE_STATE_SYSTEM_MEM, PROFILE_STATE_TOP,
} from "../../generated/abi";
import { head, isForeign, NON_MAIN_ARENA } from "./chunk";
import { hugePage } from "./parameters";
import { alignMask, get, getState, has, headerBytes, known, putState, sizeSz } from "./word";

export const NBINS: u32 = 128;
const NSMALLBINS: u32 = 64;
const NO_FASTCHUNKS_BIT: u32 = 1;
const NONCONTIGUOUS_BIT: u32 = 2;
const CORRUPT_BIT: u32 = 4;

@inline
export function mainArena<W>(): W {
  return <W>load<u64>(PROFILE_MAIN_ARENA);
}

@inline
export function isMain<W>(av: W): bool {
  return av == mainArena<W>();
}

/** The flag that chunks handed out by this arena carry. */
@inline
export function arenaBit<W>(av: W): W {
  return isMain<W>(av) ? <W>0 : <W>NON_MAIN_ARENA;
}

@inline
function field<W>(av: W, offsetAt: usize): u64 {
  return <u64>av + <u64>known(offsetAt);
}

@inline
export function top<W>(av: W): W {
  return getState<W>(field<W>(av, PROFILE_STATE_TOP));
}

@inline
export function setTop<W>(av: W, p: W): void {
  putState<W>(field<W>(av, PROFILE_STATE_TOP), p);
}

@inline
export function systemMem<W>(av: W): W {
  return getState<W>(field<W>(av, PROFILE_STATE_SYSTEM_MEM));
}

@inline
export function setSystemMem<W>(av: W, bytes: W): void {
  putState<W>(field<W>(av, PROFILE_STATE_SYSTEM_MEM), bytes);
}

@inline
export function maxSystemMem<W>(av: W): W {
  return getState<W>(field<W>(av, PROFILE_STATE_MAX_SYSTEM_MEM));
}

@inline
export function setMaxSystemMem<W>(av: W, bytes: W): void {
  putState<W>(field<W>(av, PROFILE_STATE_MAX_SYSTEM_MEM), bytes);
}

@inline
export function lastRemainder<W>(av: W): W {
  return getState<W>(field<W>(av, PROFILE_STATE_LAST_REMAINDER));
}

@inline
export function setLastRemainder<W>(av: W, p: W): void {
  putState<W>(field<W>(av, PROFILE_STATE_LAST_REMAINDER), p);
}

/** Whether fastbins may hold chunks: a field, or once a bit of flags that is set when they do not. */
@inline
export function haveFastchunks<W>(av: W): bool {
  if (has(Feature.FastchunksField)) return getState<u32>(field<W>(av, PROFILE_STATE_HAVE_FASTCHUNKS)) != 0;
  return has(Feature.Fastbins) && (getState<u32>(field<W>(av, PROFILE_STATE_FLAGS)) & NO_FASTCHUNKS_BIT) == 0;
}

@inline
export function setHaveFastchunks<W>(av: W, value: bool): void {
  if (has(Feature.FastchunksField)) putState<u32>(field<W>(av, PROFILE_STATE_HAVE_FASTCHUNKS), value ? 1 : 0);
  else if (has(Feature.Fastbins)) {
    const at = field<W>(av, PROFILE_STATE_FLAGS);
    const flags = getState<u32>(at);
    putState<u32>(at, value ? flags & ~NO_FASTCHUNKS_BIT : flags | NO_FASTCHUNKS_BIT);
  }
}

@inline
export function isContiguous<W>(av: W): bool {
  return (getState<u32>(field<W>(av, PROFILE_STATE_FLAGS)) & NONCONTIGUOUS_BIT) == 0;
}

export function setNoncontiguous<W>(av: W): void {
  const at = field<W>(av, PROFILE_STATE_FLAGS);
  putState<u32>(at, getState<u32>(at) | NONCONTIGUOUS_BIT);
}

@inline
export function isLocked<W>(av: W): bool {
  return getState<u32>(field<W>(av, PROFILE_STATE_MUTEX)) != 0;
}

/** A check failed in this arena: it is not used any more. Only 2.23 to 2.26 keep such a flag. */
export function markCorrupt<W>(av: W): void {
  const at = field<W>(av, PROFILE_STATE_FLAGS);
  putState<u32>(at, getState<u32>(at) | CORRUPT_BIT);
}

export function lock<W>(av: W): void {
  putState<u32>(field<W>(av, PROFILE_STATE_MUTEX), 1);
}

export function unlock<W>(av: W): void {
  putState<u32>(field<W>(av, PROFILE_STATE_MUTEX), 0);
}

/** Address of a fastbin's head. */
@inline
export function fastbinAt<W>(av: W, index: u32): W {
  return <W>field<W>(av, PROFILE_STATE_FASTBINS) + <W>index * sizeSz<W>();
}

@inline
export function fastbinIndex<W>(size: W): u32 {
  return (<u32>size >> (sizeof<W>() == 8 ? 4 : 3)) - 2;
}

/** bin_at: the header of bin i, placed so that its fd and bk are the bin's two words. */
@inline
export function binAt<W>(av: W, index: u32): W {
  return <W>field<W>(av, PROFILE_STATE_BINS) + (<W>index - 1) * headerBytes<W>() - headerBytes<W>();
}

/** Bin 1. */
@inline
export function unsortedBin<W>(av: W): W {
  return binAt<W>(av, 1);
}

@inline
function smallCorrection<W>(): u32 {
  return alignMask<W>() + 1 > headerBytes<W>() ? 1 : 0;
}

@inline
function smallWidthShift<W>(): u32 {
  return alignMask<W>() == 15 ? 4 : 3;
}

/** MIN_LARGE_SIZE. */
@inline
export function minLarge<W>(): W {
  return <W>(NSMALLBINS - smallCorrection<W>()) << <W>smallWidthShift<W>();
}

@inline
export function isSmall<W>(size: W): bool {
  return size < minLarge<W>();
}

@inline
export function smallIndex<W>(size: W): u32 {
  return (<u32>size >> smallWidthShift<W>()) + smallCorrection<W>();
}

/** largebin_index: ranges that widen with the size. Only the finest range differs between machines. */
export function largeIndex<W>(size: W): u32 {
  const limit: W = sizeof<W>() == 8 ? 48 : alignMask<W>() == 15 ? 45 : 38;
  const base: u32 = sizeof<W>() == 8 ? 48 : alignMask<W>() == 15 ? 49 : 56;
  if (size >> 6 <= limit) return base + <u32>(size >> 6);
  if (size >> 9 <= 20) return 91 + <u32>(size >> 9);
  if (size >> 12 <= 10) return 110 + <u32>(size >> 12);
  if (size >> 15 <= 4) return 119 + <u32>(size >> 15);
  if (size >> 18 <= 2) return 124 + <u32>(size >> 18);
  return 126;
}

@inline
export function binIndex<W>(size: W): u32 {
  return isSmall<W>(size) ? smallIndex<W>(size) : largeIndex<W>(size);
}

/** Address of the binmap word of a block of 32 bins. */
@inline
export function binmapAt<W>(av: W, block: u32): u64 {
  return field<W>(av, PROFILE_STATE_BINMAP) + <u64>(block << 2);
}

@inline
export function markBin<W>(av: W, index: u32): void {
  const at = binmapAt<W>(av, index >> 5);
  putState<u32>(at, getState<u32>(at) | (<u32>1 << (index & 31)));
}

/** HEAP_MAX_SIZE: heaps of other arenas are aligned to it, so that a chunk finds its arena. Once explicit huge pages made them smaller. */
@inline
export function heapMax<W>(): W {
  if (has(Feature.HeapsOfHugePages) && hugePage<W>() != 0) return 4 * hugePage<W>();
  return sizeof<W>() == 8 ? <W>0x400_0000 : <W>0x10_0000;
}

/** arena_for_chunk. */
@inline
export function arenaFor<W>(p: W): W {
  return isForeign<W>(head<W>(p)) ? get<W>(p & ~(heapMax<W>() - 1)) : mainArena<W>();
}
