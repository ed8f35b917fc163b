/**
 * Arenas: main_arena and those that threads made, found by following `next` around the ring. Each of the others lies in the first of its
 * heaps; its top lies in the last, and heap_info.prev leads back from there:
 *
 *   main_arena ─next─► arena ─next─► … ─next─► main_arena            top ─► heap ─prev─► heap ─prev─► first heap (holds the arena)
 */
import { decodeBinmap, decodeBins, unbornBins } from "./bins-double";
import { decodeFastbins } from "./bins-single";
import { fieldOf, firstChunkAt, offsetOf } from "./bin-index";
import { big, type Context, report } from "./context";
import { decodeStruct, fieldNumber } from "./structs";
import type { ArenaFacts, StructValue, SubHeap } from "./types";

/** More arenas and heaps than any process has; a ring longer than that is damaged. */
const ARENA_LIMIT = 1024;

/**
 * Bytes that the heap reserves whose first arena is at `addr`, 0 when none can begin there: HEAP_MAX_SIZE by word width, or four huge pages
 * where glibc was told to use those. glibc malloc/arena.c: heap_max_size.
 */
function reservedBytes({ abi }: Context, addr: number, par: StructValue): number {
  const usual = abi.wordBytes === 8 ? 64 << 20 : 1 << 20;
  const huge = 4 * fieldNumber(par, "hp_pagesize", 0);
  return [usual, huge].find((bytes) => bytes > 0 && addr % bytes === abi.heapInfo.sizeBytes) ?? 0;
}

/** Words of heap_info: ar_ptr, prev, size, mprotect_size. */
function decodeSubHeap(context: Context, addr: number, reserved: number): SubHeap | null {
  const { reader } = context;
  const word = (nth: number): number => reader.word(addr + nth * reader.wordBytes);
  const [prev, sizeBytes, mprotectBytes] = [word(1), word(2), word(3)];
  if (prev < 0 || sizeBytes <= 0 || sizeBytes > reserved || prev % reserved !== 0) return null;
  return { addr, sizeBytes, mprotectBytes: Math.max(0, mprotectBytes), reservedBytes: reserved, prev, firstChunk: 0 };
}

/** The arena's heaps in order of their making, as far as they can be followed. */
function decodeSubHeaps(context: Context, arena: number, top: number, reserved: number): SubHeap[] {
  const { abi } = context;
  const home = arena - (arena % reserved);
  const heaps: SubHeap[] = [];
  for (let at = top - (top % reserved); at !== 0 && heaps.length < ARENA_LIMIT; at = heaps[0]?.prev ?? 0) {
    const heap = decodeSubHeap(context, at, reserved);
    if (heap === null || heaps.some((known) => known.addr === at)) {
      report(context, "heap_info", at, { value: big(at) });
      break;
    }
    const behind = at === home ? arena + abi.mallocState.sizeBytes : at + abi.heapInfo.sizeBytes;
    heaps.unshift({ ...heap, firstChunk: firstChunkAt(abi, behind) });
  }
  return heaps;
}

function decodeArena(
  context: Context,
  addr: number,
  index: number,
  firstId: number,
  unborn: boolean,
  par: StructValue,
): ArenaFacts {
  const { abi } = context;
  const state = decodeStruct(context.reader, abi.mallocState, addr);
  if (state.fields === null) report(context, "arena unreadable", addr);
  const top = fieldNumber(state, "top", 0);
  const binmap = unborn ? [] : decodeBinmap(context, addr);
  const fast = decodeFastbins(context, addr, firstId);
  const binId = firstId + fast.length;
  const bins = unborn ? unbornBins(context, addr, binId) : decodeBins(context, addr, binId, binmap);
  return {
    index,
    addr,
    state,
    lists: [...fast, ...bins],
    binmap,
    haveFastchunks: haveFastchunks(context, state),
    top,
    lastRemainder: fieldNumber(state, "last_remainder", 0),
    attachedThreads: fieldNumber(state, "attached_threads", -1),
    systemBytes: fieldNumber(state, "system_mem", 0),
    heaps: index === 0 ? [] : decodeSubHeaps(context, addr, top, reservedBytes(context, addr, par)),
  };
}

/** A field of its own, or bit 0 of flags, which is set while there are none. glibc before 2.27: FASTCHUNKS_BIT. */
function haveFastchunks({ abi }: Context, state: StructValue): boolean {
  if (fieldOf(abi.mallocState, "have_fastchunks") !== null) return fieldNumber(state, "have_fastchunks", 0) !== 0;
  return fieldOf(abi.mallocState, "fastbinsY") !== null && (fieldNumber(state, "flags", 1) & 1) === 0;
}

/** Whether an address from the ring may be an arena: aligned, readable, at the start of its first heap. */
function isArena(context: Context, addr: number, par: StructValue): boolean {
  const { abi, reader } = context;
  if (addr <= 0 || addr % abi.wordBytes !== 0 || reader.word(addr + abi.mallocState.sizeBytes - abi.wordBytes) < 0) return false;
  return reservedBytes(context, addr, par) > 0;
}

/** All arenas, the main arena first. `unborn`: main_arena is not initialised yet. List ids begin at `firstId`. */
export function decodeArenas(context: Context, par: StructValue, firstId: number, unborn: boolean): ArenaFacts[] {
  const { abi, reader, site } = context;
  const arenas = [decodeArena(context, site.mainArena, 0, firstId, unborn, par)];
  const nextAt = offsetOf(abi.mallocState, "next");
  for (let from = site.mainArena; arenas.length < ARENA_LIMIT; ) {
    const addr = reader.word(from + nextAt);
    if (addr === site.mainArena || (addr === 0 && unborn)) break;
    if (!isArena(context, addr, par) || arenas.some((known) => known.addr === addr)) {
      report(context, "arena ring", from + nextAt, { value: big(addr), expected: site.mainArena });
      break;
    }
    const id = firstId + arenas.reduce((sum, arena) => sum + arena.lists.length, 0);
    arenas.push(decodeArena(context, addr, arenas.length, id, false, par));
    from = addr;
  }
  return arenas;
}
