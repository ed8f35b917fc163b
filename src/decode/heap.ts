/** Everything malloc's bytes say: lists, chunks, arena, totals. glibc malloc/malloc.c, main arena. */
import type { MallocAbi } from "../abi/glibc-structs";
import { decodeBinmap, decodeBins, unbornBins } from "./bins-double";
import { decodeFastbins, decodeTcache, tcacheListCount } from "./bins-single";
import { fieldOf } from "./bin-index";
import { rowOf } from "./chunk-table";
import { walkChunks, type WalkOptions } from "./chunks";
import { heapContext, report, type Context } from "./context";
import { appendMmapped, type MappingRange } from "./mmapped";
import { checkNeighbours, placeLists, settleRows } from "./place";
import { decodeStruct, fieldNumber } from "./structs";
import {
  type BinFacts,
  chunkMark,
  chunkState,
  chunkStateNames,
  type ChunkTable,
  type HeapFacts,
  type HeapSite,
  type HeapTotals,
  type MemoryView,
  type StructValue,
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

function decodeLists(context: Context, arena: StructValue, par: StructValue, unborn: boolean): BinFacts {
  const { abi, site } = context;
  const fastId = tcacheListCount(context);
  const binId = fastId + (fieldOf(abi.mallocState, "fastbinsY")?.count ?? 0);
  const binmap = unborn ? [] : decodeBinmap(context);
  const lists = [
    ...decodeTcache(context),
    ...decodeFastbins(context, fastId),
    ...(unborn ? unbornBins(context, binId) : decodeBins(context, binId, binmap)),
  ];
  return {
    lists,
    tcacheAddr: site.tcache,
    tcacheKey: site.tcacheKey,
    tcacheCount: fieldNumber(par, "tcache_count", 0),
    binmap,
    haveFastchunks: fieldNumber(arena, "have_fastchunks", 0) !== 0,
    top: fieldNumber(arena, "top", 0),
    lastRemainder: fieldNumber(arena, "last_remainder", 0),
  };
}

/** glibc counts mmapped chunks and their bytes in mp_; a difference means that some were not found or that a size was overwritten. */
function checkMmapped(context: Context, table: ChunkTable, par: StructValue): void {
  let [count, bytes] = [0, 0];
  for (let row = table.heapCount; row < table.count; row++) {
    if (table.state[row] !== chunkState.mmapped) continue;
    count++;
    bytes += (table.size[row] ?? 0) + Math.max(0, context.reader.word(table.addr[row] ?? 0));
  }
  const field = fieldOf(context.abi.mallocPar, "mmapped_mem");
  const claimed = [fieldNumber(par, "n_mmaps", 0), fieldNumber(par, "mmapped_mem", 0)];
  if (field && (claimed[0] !== count || claimed[1] !== bytes))
    report(context, "mmapped total", context.site.mp + field.offset, { expected: bytes });
}

function walkOptions(context: Context, bins: BinFacts, top: number | null, sbrkBase: number, hints: HeapHints): WalkOptions {
  const unsorted = bins.lists.find((list) => list.kind === "unsorted");
  const mappings = hints.mappings ?? [];
  const topMapping = top === null ? null : (mappings.find((range) => top >= range.start && top < range.end) ?? null);
  const others = mappings.filter((range) => range !== topMapping);
  return {
    top,
    sbrkBase,
    listed: (addr) => unsorted?.entries.includes(addr) === true,
    topMapping,
    outside: (builder) => appendMmapped(context, builder, others, hints.users ?? []),
  };
}

/**
 * Decodes the main arena. Total: any bytes give an answer, in O(heap + lists), and everything that cannot be is in `problems`.
 */
export function decodeHeap(memory: MemoryView, abi: MallocAbi, site: HeapSite, hints: HeapHints = {}): HeapFacts {
  const context = heapContext(memory, abi, site);
  const arena = decodeStruct(context.reader, abi.mallocState, site.mainArena);
  const par = decodeStruct(context.reader, abi.mallocPar, site.mp);
  if (arena.fields === null) report(context, "arena unreadable", site.mainArena);
  const top = fieldNumber(arena, "top", 0);
  // Before the first malloc top is null, or points into malloc_state itself (glibc: initial_top).
  const unborn = top === 0 || (top >= site.mainArena && top < site.mainArena + abi.mallocState.sizeBytes);
  const bins = decodeLists(context, arena, par, unborn);
  const chunks = walkChunks(context, walkOptions(context, bins, unborn ? null : top, fieldNumber(par, "sbrk_base", 0), hints));
  const meta = site.tcache > 0 ? rowOf(chunks, site.tcache - 2 * abi.wordBytes) : -1;
  if (meta >= 0 && chunks.state[meta] === chunkState.inuse) chunks.state[meta] = chunkState.meta;
  checkNeighbours(context, chunks);
  placeLists(context, chunks, bins.lists);
  settleRows(context, chunks, bins.lastRemainder);
  if (hints.mappings !== undefined) checkMmapped(context, chunks, par);
  const inCall = hints.inCall === true;
  if (inCall) for (let row = 0; row < chunks.count; row++) chunks.marks[row] = (chunks.marks[row] ?? 0) & ~chunkMark.suspect;
  return { chunks, bins, arena, par, totals: heapTotals(chunks), problems: context.problems, unborn, inCall };
}
