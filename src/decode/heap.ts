/** Everything malloc's bytes say: lists, chunks, arenas, totals. glibc malloc/malloc.c, malloc/arena.c. */
import type { MallocAbi } from "../abi/glibc-structs";
import { decodeArenas } from "./arenas";
import { fieldOf, offsetOf } from "./bin-index";
import { decodeTcache, tcacheListCount } from "./bins-single";
import { rowOf } from "./chunk-table";
import { walkChunks, type WalkOptions } from "./chunks";
import { heapContext, report, type Context } from "./context";
import { mappedLead, mappedTail, type MappingRange } from "./mmapped";
import { appendOutside } from "./regions";
import { checkNeighbours, placeLists, settleRows } from "./place";
import { decodeStruct, fieldNumber } from "./structs";
import {
  type ArenaFacts,
  type BinFacts,
  type BinList,
  chunkMark,
  chunkState,
  chunkStateNames,
  type ChunkTable,
  type HeapFacts,
  type HeapSite,
  type HeapTotals,
  type MemoryView,
  type StructValue,
  type TcacheFacts,
} from "./types";

/** What a caller knows besides the bytes. All optional: without it fewer chunks can be found, none is invented. */
export interface HeapHints {
  /** Anonymous private mappings, where mmapped chunks and a moved main arena may be. */
  readonly mappings?: readonly MappingRange[];
  /** User addresses that the program holds or malloc returned. */
  readonly users?: Iterable<number>;
  /**
   * The instant lies inside an allocator call: lists and headers are briefly at odds, and that is no corruption. Problems are still
   * listed, but chunks are not marked as suspect.
   */
  readonly inCall?: boolean;
}

/** Totals by state. Bytes are chunk sizes, so in use + free + top = the heap's bytes malloc owns. */
export function heapTotals(table: ChunkTable): HeapTotals {
  const bytesByState = new Float64Array(chunkStateNames.length);
  const countByState = new Uint32Array(chunkStateNames.length);
  for (let row = 0; row < table.count; row++) {
    const state = table.state[row] ?? 0;
    bytesByState[state] = (bytesByState[state] ?? 0) + (table.size[row] ?? 0);
    countByState[state] = (countByState[state] ?? 0) + 1;
  }
  const sum = (...states: readonly number[]): number => states.reduce((total, state) => total + (bytesByState[state] ?? 0), 0);
  return {
    inUse: sum(chunkState.inuse, chunkState.mmapped, chunkState.meta),
    mmapped: sum(chunkState.mmapped),
    freeInBins: sum(
      chunkState.tcache,
      chunkState.fast,
      chunkState.unsorted,
      chunkState.small,
      chunkState.large,
      chunkState.loose,
    ),
    top: sum(chunkState.top),
    bytesByState,
    countByState,
  };
}

/** Every list with its id as index, tcaches' and arenas' alike. */
interface Lists {
  readonly arenas: readonly ArenaFacts[];
  readonly tcaches: readonly TcacheFacts[];
  readonly lists: readonly BinList[];
}

/** Ids: the thread's own tcache, the main arena, the other arenas, the other tcaches. */
function decodeLists(context: Context, par: StructValue, unborn: boolean): Lists {
  const { site } = context;
  const fillCount = fieldNumber(par, "tcache_count", 0);
  const count = tcacheListCount(context);
  const own = { addr: site.tcache, lists: decodeTcache(context, { addr: site.tcache, firstId: 0, fillCount }), fillCount };
  const arenas = decodeArenas(context, par, count, unborn);
  const after = count + arenas.reduce((sum, arena) => sum + arena.lists.length, 0);
  const others = (site.otherTcaches ?? []).map((addr, nth) => {
    const lists = decodeTcache(context, { addr, firstId: after + nth * count, fillCount });
    return { addr, lists, fillCount };
  });
  return {
    arenas,
    tcaches: site.tcache > 0 ? [own, ...others] : others,
    lists: [own.lists, ...arenas.map((arena) => arena.lists), ...others.map((tcache) => tcache.lists)].flat(),
  };
}

/** What the thread at hand and the main arena have. */
function mainBins(context: Context, { arenas, lists }: Lists, par: StructValue): BinFacts {
  const { site } = context;
  const [main] = arenas;
  return {
    lists: lists.slice(0, tcacheListCount(context) + (main?.lists.length ?? 0)),
    tcacheAddr: site.tcache,
    tcacheKey: site.tcacheKey,
    tcacheCount: fieldNumber(par, "tcache_count", 0),
    binmap: main?.binmap ?? [],
    haveFastchunks: main?.haveFastchunks ?? false,
    top: main?.top ?? 0,
    lastRemainder: main?.lastRemainder ?? 0,
  };
}

/** glibc counts mmapped chunks and their bytes in mp_; a difference means that some were not found or that a size was overwritten. */
function checkMmapped(context: Context, table: ChunkTable, par: StructValue): void {
  let [count, bytes] = [0, 0];
  for (let row = table.heapCount; row < table.count; row++) {
    if (table.state[row] !== chunkState.mmapped) continue;
    count++;
    bytes += (table.size[row] ?? 0) + Math.max(0, mappedLead(context, table.addr[row] ?? 0)) + mappedTail(context);
  }
  const field = fieldOf(context.abi.mallocPar, "mmapped_mem");
  const claimed = [fieldNumber(par, "n_mmaps", 0), fieldNumber(par, "mmapped_mem", 0)];
  if (field && (claimed[0] !== count || claimed[1] !== bytes))
    report(context, "mmapped total", context.site.mp + field.offset, { expected: bytes });
}

function walkOptions(context: Context, found: Lists, unborn: boolean, sbrkBase: number, hints: HeapHints): WalkOptions {
  const [main] = found.arenas;
  const unsorted = main?.lists.find((list) => list.kind === "unsorted");
  const outside = { mappings: hints.mappings ?? [], users: hints.users ?? [], arenas: found.arenas };
  return {
    top: unborn ? null : (main?.top ?? 0),
    sbrkBase,
    listed: (addr) => unsorted?.entries.includes(addr) === true,
    outside: (builder, away) => appendOutside(context, builder, outside, away),
  };
}

/**
 * Decodes all arenas. Total: any bytes give an answer, in O(heaps + lists), and everything that cannot be is in `problems`.
 */
export function decodeHeap(memory: MemoryView, abi: MallocAbi, site: HeapSite, hints: HeapHints = {}): HeapFacts {
  const context = heapContext(memory, abi, site);
  const par = decodeStruct(context.reader, abi.mallocPar, site.mp);
  const top = Math.max(0, context.reader.word(site.mainArena + offsetOf(abi.mallocState, "top")));
  // Before the first malloc top is null, or points into malloc_state itself (glibc: initial_top).
  const unborn = top === 0 || (top >= site.mainArena && top < site.mainArena + abi.mallocState.sizeBytes);
  const found = decodeLists(context, par, unborn);
  const bins = mainBins(context, found, par);
  const chunks = walkChunks(context, walkOptions(context, found, unborn, fieldNumber(par, "sbrk_base", 0), hints));
  for (const { addr } of found.tcaches) {
    const meta = rowOf(chunks, addr - 2 * abi.wordBytes);
    if (meta >= 0 && chunks.state[meta] === chunkState.inuse) chunks.state[meta] = chunkState.meta;
  }
  checkNeighbours(context, chunks);
  placeLists(context, chunks, found.lists);
  settleRows(
    context,
    chunks,
    found.arenas.map(({ lastRemainder }) => lastRemainder),
  );
  if (hints.mappings !== undefined) checkMmapped(context, chunks, par);
  const inCall = hints.inCall === true;
  if (inCall) for (let row = 0; row < chunks.count; row++) chunks.marks[row] = (chunks.marks[row] ?? 0) & ~chunkMark.suspect;
  // While the program is being loaded there is no libc yet, or all of its data is still zero.
  const blank = unborn && context.reader.word(site.mainArena + offsetOf(abi.mallocState, "next")) <= 0;
  const problems = blank ? [] : context.problems;
  const arena = found.arenas[0]?.state ?? { name: abi.mallocState.name, addr: site.mainArena, fields: null };
  return { chunks, bins, ...found, arena, par, totals: heapTotals(chunks), problems, unborn, inCall };
}
