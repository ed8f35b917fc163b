/** mallinfo2, malloc_stats, malloc_info, malloc_usable_size, malloc_trim. */
import { spend } from "../../control";
import {
  INFO_FAST_BYTES, INFO_FAST_COUNT, INFO_FASTBINS, INFO_MAX_SYSTEM_BYTES, INFO_MMAP_BYTES, INFO_MMAP_COUNT, INFO_REST_BYTES, INFO_REST_COUNT,
  INFO_ROW_BYTES, INFO_ROW_COUNT, INFO_ROWS, INFO_SYSTEM_BYTES, MALLINFO_ARENA, MALLINFO_FORDBLKS, MALLINFO_FSMBLKS, MALLINFO_HBLKHD,
  MALLINFO_HBLKS, MALLINFO_KEEPCOST, MALLINFO_ORDBLKS, MALLINFO_SMBLKS, MALLINFO_UORDBLKS, MALLINFO_USMBLKS, Mark, Msg, PROFILE_FASTBINS,
  PROFILE_MP_MAX_MMAPPED_MEM, PROFILE_MP_MAX_NMMAPS, PROFILE_MP_MMAPPED_MEM, PROFILE_MP_NMMAPS, PROFILE_STATE_NEXT, STATS_ARENA_IN_USE, STATS_ARENA_SYSTEM,
  STATS_MAX_MMAP_BYTES, STATS_MAX_MMAP_REGIONS, STATS_TOTAL_IN_USE, STATS_TOTAL_SYSTEM,
} from "../../generated/abi";
import { decide, phase } from "../../marks";
import { binAt, fastbinAt, lock, mainArena, maxSystemMem, NBINS, systemMem, top, unlock } from "./arena";
import { bk, chunkOf, chunkSize, fd, hasPrevInuse, head, isMisaligned, isMmapped, memOf, sizeIn } from "./chunk";
import { die } from "./die";
import { needInit } from "./init";
import { mp } from "./parameters";
import { trimArena } from "./trim";
import { alignMask, getState, headerBytes, mangle, sizeSz } from "./word";

/** malloc.c: musable. 0 for a free chunk. */
export function usableSize<W>(mem: W): W {
  phase<W>(Mark.Usable, mem, 0);
  if (mem == 0) return 0;
  const p = chunkOf<W>(mem);
  const ownHead = head<W>(p);
  const size = sizeIn<W>(ownHead);
  if (isMmapped<W>(ownHead)) return size - headerBytes<W>();
  return decide<W>(Mark.UsableInUse, hasPrevInuse<W>(head<W>(p + size)), p, size) ? size - headerBytes<W>() + sizeSz<W>() : <W>0;
}

@inline
function nextArena<W>(av: W): W {
  return getState<W>(<u64>av + <u64>load<u32>(PROFILE_STATE_NEXT));
}

export function trim<W>(pad: W): i32 {
  needInit<W>();
  let released = false;
  let av = mainArena<W>();
  do {
    lock<W>(av);
    if (trimArena<W>(av, pad)) released = true;
    unlock<W>(av);
    av = nextArena<W>(av);
  } while (av != mainArena<W>());
  return released ? 1 : 0;
}

let fastChunks: u64 = 0;
let fastBytes: u64 = 0;

function countFastbins<W>(av: W): void {
  fastChunks = 0;
  fastBytes = 0;
  for (let index: u32 = 0; index < load<u32>(PROFILE_FASTBINS); index++) {
    for (let p = getState<W>(<u64>fastbinAt<W>(av, index)); p != 0; p = mangle<W>(memOf<W>(p), fd<W>(p))) {
      if (isMisaligned<W>(p)) die<W>(Msg.MallinfoUnaligned);
      fastChunks++;
      fastBytes += <u64>chunkSize<W>(p);
      spend(1);
    }
  }
}

/** Adds up the main arena. malloc.c: int_mallinfo. */
export function mallinfo<W>(): void {
  needInit<W>();
  phase<W>(Mark.Mallinfo, mainArena<W>(), 0);
  const av = mainArena<W>();
  lock<W>(av);
  countFastbins<W>(av);
  let free = <u64>chunkSize<W>(top<W>(av)) + fastBytes;
  let blocks: u64 = 1;
  for (let index: u32 = 1; index < NBINS; index++) {
    const bin = binAt<W>(av, index);
    for (let p = bk<W>(bin); p != bin; p = bk<W>(p)) {
      blocks++;
      free += <u64>chunkSize<W>(p);
      spend(1);
    }
  }
  const system = <u64>systemMem<W>(av);
  store<u64>(MALLINFO_ARENA, system);
  store<u64>(MALLINFO_ORDBLKS, blocks);
  store<u64>(MALLINFO_SMBLKS, fastChunks);
  store<u64>(MALLINFO_HBLKS, <u64>mp<u32>(PROFILE_MP_NMMAPS));
  store<u64>(MALLINFO_HBLKHD, <u64>mp<W>(PROFILE_MP_MMAPPED_MEM));
  store<u64>(MALLINFO_USMBLKS, 0);
  store<u64>(MALLINFO_FSMBLKS, fastBytes);
  store<u64>(MALLINFO_UORDBLKS, system - free);
  store<u64>(MALLINFO_FORDBLKS, free);
  store<u64>(MALLINFO_KEEPCOST, <u64>chunkSize<W>(top<W>(av)));
  unlock<W>(av);
}

/** What malloc_stats prints, as the unsigned ints it prints them as. */
export function mallocStats<W>(): void {
  mallinfo<W>();
  const system = load<u64>(MALLINFO_ARENA);
  const used = load<u64>(MALLINFO_UORDBLKS);
  const mapped = <u64>mp<W>(PROFILE_MP_MMAPPED_MEM);
  store<u64>(STATS_ARENA_SYSTEM, system & 0xffff_ffff);
  store<u64>(STATS_ARENA_IN_USE, used & 0xffff_ffff);
  store<u64>(STATS_TOTAL_SYSTEM, (mapped + system) & 0xffff_ffff);
  store<u64>(STATS_TOTAL_IN_USE, (mapped + used) & 0xffff_ffff);
  store<u64>(STATS_MAX_MMAP_REGIONS, <u64>mp<u32>(PROFILE_MP_MAX_NMMAPS));
  store<u64>(STATS_MAX_MMAP_BYTES, <u64>mp<W>(PROFILE_MP_MAX_MMAPPED_MEM));
}

@inline
function storeRow(row: u32, from: u64, to: u64, total: u64, count: u64): void {
  const at = INFO_ROWS + <usize>row * INFO_ROW_BYTES;
  store<u64>(at, from);
  store<u64>(at, to, 8);
  store<u64>(at, total, 16);
  store<u64>(at, count, 24);
}

/** malloc.c: __malloc_info, for the main arena. */
export function mallocInfo<W>(): void {
  needInit<W>();
  const av = mainArena<W>();
  phase<W>(Mark.MallocInfo, av, 0);
  lock<W>(av);
  const fastbins = load<u32>(PROFILE_FASTBINS);
  let fastCount: u64 = 0;
  let fastTotal: u64 = 0;
  for (let index: u32 = 0; index < fastbins; index++) {
    const first = getState<W>(<u64>fastbinAt<W>(av, index));
    let count: u64 = 0;
    const size: u64 = first == 0 ? 0 : <u64>chunkSize<W>(first);
    for (let p = first; p != 0; p = mangle<W>(memOf<W>(p), fd<W>(p))) {
      if (isMisaligned<W>(p)) die<W>(Msg.MallocInfoUnaligned);
      count++;
      spend(1);
    }
    fastCount += count;
    fastTotal += count * size;
    storeRow(index, size == 0 ? 0 : size - <u64>alignMask<W>(), size, count * size, count);
  }
  let blocks: u64 = 1;
  let free = <u64>chunkSize<W>(top<W>(av));
  for (let index: u32 = 1; index < NBINS; index++) {
    const bin = binAt<W>(av, index);
    let from: u64 = ~(<u64>0);
    let to: u64 = 0;
    let total: u64 = 0;
    let count: u64 = 0;
    for (let p = fd<W>(bin); p != bin; p = fd<W>(p)) {
      // Sizes with their flags, as glibc adds them.
      const size = <u64>head<W>(p);
      count++;
      total += size;
      from = min<u64>(from, size);
      to = max<u64>(to, size);
      spend(1);
    }
    storeRow(fastbins - 1 + index, count == 0 ? 0 : from, to, total, count);
    blocks += count;
    free += total;
  }
  unlock<W>(av);
  store<u64>(INFO_FAST_COUNT, fastCount);
  store<u64>(INFO_FAST_BYTES, fastTotal);
  store<u64>(INFO_REST_COUNT, blocks);
  store<u64>(INFO_REST_BYTES, free);
  store<u64>(INFO_MMAP_COUNT, <u64>mp<u32>(PROFILE_MP_NMMAPS));
  store<u64>(INFO_MMAP_BYTES, <u64>mp<W>(PROFILE_MP_MMAPPED_MEM));
  store<u64>(INFO_SYSTEM_BYTES, <u64>systemMem<W>(av));
  store<u64>(INFO_MAX_SYSTEM_BYTES, <u64>maxSystemMem<W>(av));
  store<u64>(INFO_FASTBINS, <u64>fastbins);
  store<u64>(INFO_ROW_COUNT, <u64>(fastbins + NBINS - 1));
}
