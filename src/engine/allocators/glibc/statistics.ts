/** mallinfo2, malloc_stats, malloc_info, malloc_usable_size, malloc_trim. */
import { spend } from "../../control";
import {
  Feature,
  INFO_ARENA_FAST_BYTES, INFO_ARENA_FAST_COUNT, INFO_ARENA_HEAP_ACCESSIBLE_BYTES, INFO_ARENA_HEAP_BYTES, INFO_ARENA_HEAP_COUNT,
  INFO_ARENA_MAX_SYSTEM_BYTES, INFO_ARENA_REST_BYTES, INFO_ARENA_REST_COUNT, INFO_ARENA_ROWS, INFO_ARENA_SYSTEM_BYTES, INFO_ARENAS, INFO_BLOCKS,
  INFO_FASTBINS, INFO_MMAP_BYTES, INFO_MMAP_COUNT, INFO_ROW_BYTES, INFO_ROW_COUNT, MALLINFO_ARENA, MALLINFO_FORDBLKS, MALLINFO_FSMBLKS,
  MALLINFO_HBLKHD, MALLINFO_HBLKS, MALLINFO_KEEPCOST, MALLINFO_ORDBLKS, MALLINFO_SMBLKS, MALLINFO_UORDBLKS, MALLINFO_USMBLKS, Mark, Msg,
  PROFILE_FASTBINS, PROFILE_MP_MAX_MMAPPED_MEM, PROFILE_MP_MAX_NMMAPS, PROFILE_MP_MMAPPED_MEM, PROFILE_MP_NMMAPS, STATS_ARENAS,
  STATS_MAX_MMAP_BYTES, STATS_MAX_MMAP_REGIONS, STATS_ROW_BYTES, STATS_ROWS, STATS_TOTAL_IN_USE, STATS_TOTAL_SYSTEM,
} from "../../generated/abi";
import { decide, phase } from "../../marks";
import { binAt, fastbinAt, isMain, mainArena, maxSystemMem, NBINS, systemMem, top } from "./arena";
import { enterArena, leaveArena, nextArena } from "./arena-get";
import { bk, chunkOf, chunkSize, fd, hasPrevInuse, head, isMisaligned, isMmapped, memOf, sizeIn } from "./chunk";
import { die } from "./die";
import { heapOf, heapSize, previousHeap, usedOnce } from "./heap";
import { needInit } from "./init";
import { mp } from "./parameters";
import { trimArena } from "./trim";
import { alignMask, getState, has, headerBytes, known, mangle, sizeSz } from "./word";

/** malloc.c: musable. 0 for a free chunk. */
export function usableSize<W>(mem: W): W {
  phase<W>(Mark.Usable, mem, 0);
  if (mem == 0) return 0;
  const p = chunkOf<W>(mem);
  const ownHead = head<W>(p);
  const size = sizeIn<W>(ownHead);
  if (isMmapped<W>(ownHead)) return size - headerBytes<W>() + (has(Feature.MappedLikeHeap) ? sizeSz<W>() : <W>0);
  return decide<W>(Mark.UsableInUse, hasPrevInuse<W>(head<W>(p + size)), p, size) ? size - headerBytes<W>() + sizeSz<W>() : <W>0;
}

export function trim<W>(pad: W): i32 {
  needInit<W>();
  let released = false;
  let av = mainArena<W>();
  do {
    enterArena<W>(av);
    if (trimArena<W>(av, pad)) released = true;
    leaveArena<W>(av);
    av = nextArena<W>(av);
  } while (av != mainArena<W>());
  return released ? 1 : 0;
}

let fastChunks: u64 = 0;
let fastBytes: u64 = 0;

function countFastbins<W>(av: W): void {
  fastChunks = 0;
  fastBytes = 0;
  for (let index: u32 = 0; index < known(PROFILE_FASTBINS); index++) {
    for (let p = getState<W>(<u64>fastbinAt<W>(av, index)); p != 0; p = mangle<W>(memOf<W>(p), fd<W>(p))) {
      if (has(Feature.SafeLinking) && isMisaligned<W>(p)) die<W>(Msg.MallinfoUnaligned);
      fastChunks++;
      fastBytes += <u64>chunkSize<W>(p);
      spend(1);
    }
  }
}

let sumSystem: u64 = 0;
let sumBlocks: u64 = 0;
let sumFastChunks: u64 = 0;
let sumFastBytes: u64 = 0;
let sumUsed: u64 = 0;
let sumFree: u64 = 0;

function clearSums(): void {
  sumSystem = 0;
  sumBlocks = 0;
  sumFastChunks = 0;
  sumFastBytes = 0;
  sumUsed = 0;
  sumFree = 0;
}

/** Adds one arena to the sums. malloc.c: int_mallinfo. */
function addArena<W>(av: W): void {
  phase<W>(Mark.Mallinfo, av, 0);
  enterArena<W>(av);
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
  sumSystem += system;
  sumBlocks += blocks;
  sumFastChunks += fastChunks;
  sumFastBytes += fastBytes;
  sumUsed += system - free;
  sumFree += free;
  leaveArena<W>(av);
}

/** malloc.c: __libc_mallinfo2. */
export function mallinfo<W>(): void {
  needInit<W>();
  clearSums();
  let av = mainArena<W>();
  do {
    addArena<W>(av);
    av = nextArena<W>(av);
  } while (av != mainArena<W>());
  store<u64>(MALLINFO_ARENA, sumSystem);
  store<u64>(MALLINFO_ORDBLKS, sumBlocks);
  store<u64>(MALLINFO_SMBLKS, sumFastChunks);
  store<u64>(MALLINFO_HBLKS, <u64>mp<u32>(PROFILE_MP_NMMAPS));
  store<u64>(MALLINFO_HBLKHD, <u64>mp<W>(PROFILE_MP_MMAPPED_MEM));
  store<u64>(MALLINFO_USMBLKS, 0);
  store<u64>(MALLINFO_FSMBLKS, sumFastBytes);
  store<u64>(MALLINFO_UORDBLKS, sumUsed);
  store<u64>(MALLINFO_FORDBLKS, sumFree);
  store<u64>(MALLINFO_KEEPCOST, <u64>chunkSize<W>(top<W>(mainArena<W>())));
}

/** What malloc_stats prints, as the unsigned ints it prints them as. */
export function mallocStats<W>(): void {
  needInit<W>();
  const mapped = <u64>mp<W>(PROFILE_MP_MMAPPED_MEM);
  let system = mapped;
  let used = mapped;
  let count: u64 = 0;
  let av = mainArena<W>();
  do {
    clearSums();
    addArena<W>(av);
    const row = STATS_ROWS + <usize>count * STATS_ROW_BYTES;
    store<u64>(row, sumSystem & 0xffff_ffff);
    store<u64>(row, sumUsed & 0xffff_ffff, 8);
    system += sumSystem;
    used += sumUsed;
    count++;
    av = nextArena<W>(av);
  } while (av != mainArena<W>());
  store<u64>(STATS_TOTAL_SYSTEM, system & 0xffff_ffff);
  store<u64>(STATS_TOTAL_IN_USE, used & 0xffff_ffff);
  store<u64>(STATS_MAX_MMAP_REGIONS, <u64>mp<u32>(PROFILE_MP_MAX_NMMAPS));
  store<u64>(STATS_MAX_MMAP_BYTES, <u64>mp<W>(PROFILE_MP_MAX_MMAPPED_MEM));
  store<u64>(STATS_ARENAS, count);
}

@inline
function storeRow(at: usize, from: u64, to: u64, total: u64, count: u64): void {
  store<u64>(at, from);
  store<u64>(at, to, 8);
  store<u64>(at, total, 16);
  store<u64>(at, count, 24);
}

/** malloc.c: __malloc_info. */
export function mallocInfo<W>(): void {
  needInit<W>();
  const rows = known(PROFILE_FASTBINS) + NBINS - 1;
  let block: usize = INFO_BLOCKS;
  let count: u64 = 0;
  let av = mainArena<W>();
  do {
    enterArena<W>(av);
    describeArena<W>(av, block);
    leaveArena<W>(av);
    block += INFO_ARENA_ROWS + <usize>rows * INFO_ROW_BYTES;
    count++;
    av = nextArena<W>(av);
  } while (av != mainArena<W>());
  store<u64>(INFO_MMAP_COUNT, <u64>mp<u32>(PROFILE_MP_NMMAPS));
  store<u64>(INFO_MMAP_BYTES, <u64>mp<W>(PROFILE_MP_MMAPPED_MEM));
  store<u64>(INFO_FASTBINS, <u64>known(PROFILE_FASTBINS));
  store<u64>(INFO_ROW_COUNT, <u64>rows);
  store<u64>(INFO_ARENAS, count);
}

/** One arena's block. */
function describeArena<W>(av: W, block: usize): void {
  phase<W>(Mark.MallocInfo, av, 0);
  const fastbins = known(PROFILE_FASTBINS);
  const rows = block + INFO_ARENA_ROWS;
  let fastCount: u64 = 0;
  let fastTotal: u64 = 0;
  for (let index: u32 = 0; index < fastbins; index++) {
    const first = getState<W>(<u64>fastbinAt<W>(av, index));
    let count: u64 = 0;
    const size: u64 = first == 0 ? 0 : <u64>chunkSize<W>(first);
    for (let p = first; p != 0; p = mangle<W>(memOf<W>(p), fd<W>(p))) {
      if (has(Feature.SafeLinking) && isMisaligned<W>(p)) die<W>(Msg.MallocInfoUnaligned);
      count++;
      spend(1);
    }
    fastCount += count;
    fastTotal += count * size;
    storeRow(rows + <usize>index * INFO_ROW_BYTES, size == 0 ? 0 : size - <u64>alignMask<W>(), size, count * size, count);
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
    storeRow(rows + <usize>(fastbins - 1 + index) * INFO_ROW_BYTES, count == 0 ? 0 : from, to, total, count);
    blocks += count;
    free += total;
  }
  store<u64>(block + INFO_ARENA_FAST_COUNT, fastCount);
  store<u64>(block + INFO_ARENA_FAST_BYTES, fastTotal);
  store<u64>(block + INFO_ARENA_REST_COUNT, blocks);
  store<u64>(block + INFO_ARENA_REST_BYTES, free);
  store<u64>(block + INFO_ARENA_SYSTEM_BYTES, <u64>systemMem<W>(av));
  store<u64>(block + INFO_ARENA_MAX_SYSTEM_BYTES, <u64>maxSystemMem<W>(av));
  let bytes: u64 = 0;
  let accessible: u64 = 0;
  let heaps: u64 = 0;
  for (let h: W = isMain<W>(av) ? 0 : heapOf<W>(top<W>(av)); h != 0; h = previousHeap<W>(h)) {
    bytes += <u64>heapSize<W>(h);
    accessible += <u64>usedOnce<W>(h);
    heaps++;
    spend(1);
  }
  store<u64>(block + INFO_ARENA_HEAP_BYTES, bytes);
  store<u64>(block + INFO_ARENA_HEAP_ACCESSIBLE_BYTES, accessible);
  store<u64>(block + INFO_ARENA_HEAP_COUNT, heaps);
}
