/**
 * One heap of a process that has several: [heap], or one mapping of another arena. Its picture is the picture of all with the table of
 * chunks cut down to it, so that every view of one heap serves for any.
 *
 *   heap_info │ malloc_state (first heap only) │ chunks … top │ not in use
 */
import { arenaName } from "./bin-names";
import {
  type ArenaFacts,
  type BinFacts,
  chunkState,
  type ChunkTable,
  type HeapFacts,
  type SubHeap,
  type TcacheFacts,
} from "../decode/types";
import type { HeapPicture } from "./types";

/** Where chunks are. `id` is the address of its heap_info, 0 for [heap]. */
export interface HeapPlace {
  readonly id: number;
  readonly arena: ArenaFacts;
  /** Null for [heap]. */
  readonly heap: SubHeap | null;
  /** `main_arena`, `arena 1`, `arena 1, heap 2`. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** All heaps, the main arena's first, then in order of the arenas' making. */
export function heapPlaces({ arenas, chunks }: HeapFacts): readonly HeapPlace[] {
  const [main, ...others] = arenas;
  if (main === undefined) return [];
  const first: HeapPlace = { id: 0, arena: main, heap: null, name: "main_arena", sizeBytes: chunks.end - chunks.start };
  const rest = others.toReversed().flatMap((arena) =>
    arena.heaps.map((heap, nth): HeapPlace => {
      const name = arenaName(arenas, arena);
      return { id: heap.addr, arena, heap, name: nth === 0 ? name : `${name}, heap ${nth + 1}`, sizeBytes: heap.sizeBytes };
    }),
  );
  return [first, ...rest];
}

/** The heap that an address lies in; undefined for addresses in none. */
export function placeAt(places: readonly HeapPlace[], { chunks }: HeapFacts, addr: number): HeapPlace | undefined {
  return places.find(({ heap }) =>
    heap === null ? addr >= chunks.start && addr < chunks.end : addr >= heap.addr && addr < heap.addr + heap.sizeBytes,
  );
}

/** First row from `from` on whose chunk lies at or behind `addr`. */
function rowFrom({ addr: column, count }: ChunkTable, from: number, addr: number): number {
  let [low, high] = [from, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column[middle] ?? 0) < addr) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A block is drawn from its second word on: so that a struct's is drawn from its first. */
function structRows(heap: SubHeap, arena: ArenaFacts, wordBytes: number): { addr: number; size: number; state: number }[] {
  const home = arena.addr > heap.addr && arena.addr < heap.firstChunk;
  const info = { addr: heap.addr - wordBytes, end: home ? arena.addr - wordBytes : heap.firstChunk, state: chunkState.heapInfo };
  const state = { addr: arena.addr - wordBytes, end: heap.firstChunk, state: chunkState.mallocState };
  return (home ? [info, state] : [info]).map(({ addr, end, ...row }) => ({ ...row, addr, size: end - addr }));
}

function heapTable(chunks: ChunkTable, heap: SubHeap, arena: ArenaFacts, wordBytes: number): ChunkTable {
  const first = rowFrom(chunks, chunks.heapCount, heap.firstChunk);
  const past = rowFrom(chunks, first, heap.addr + heap.sizeBytes);
  const lead = structRows(heap, arena, wordBytes);
  const count = lead.length + past - first;
  const column = <T extends Float64Array | Uint8Array | Int16Array | Int32Array>(
    made: T,
    from: T,
    row: (nth: number) => number,
  ): T => {
    for (let nth = 0; nth < lead.length; nth++) made[nth] = row(nth);
    made.set(from.subarray(first, past), lead.length);
    return made;
  };
  return {
    count,
    heapCount: count,
    addr: column(new Float64Array(count), chunks.addr, (nth) => lead[nth]?.addr ?? 0),
    size: column(new Float64Array(count), chunks.size, (nth) => lead[nth]?.size ?? 0),
    flags: column(new Uint8Array(count), chunks.flags, () => 1),
    state: column(new Uint8Array(count), chunks.state, (nth) => lead[nth]?.state ?? 0),
    bin: column(new Int16Array(count), chunks.bin, () => -1),
    binPosition: column(new Int32Array(count), chunks.binPosition, () => 0),
    marks: column(new Uint8Array(count), chunks.marks, () => 0),
    arena: column(new Int16Array(count), chunks.arena, () => arena.index),
    start: heap.addr,
    end: heap.addr + heap.sizeBytes,
  };
}

/** The picture of one heap. That of [heap] is the picture itself. */
export function heapPicture(picture: HeapPicture, place: HeapPlace): HeapPicture {
  const { heap, arena } = place;
  if (heap === null) return picture;
  const chunks = heapTable(picture.chunks, heap, arena, picture.abi.wordBytes);
  const focus = picture.focus.filter((addr) => addr >= chunks.start && addr < chunks.end);
  return { ...picture, chunks, focus, subHeap: heap.addr };
}

/** The picture with the lists of one arena and one tcache (null: none): for the bins panel. */
export function listsPicture(picture: HeapPicture, arena: ArenaFacts, tcache: TcacheFacts | null): HeapPicture {
  const { bins } = picture;
  const tcacheAddr = tcache?.addr ?? 0;
  if (arena.index === 0 && tcacheAddr === bins.tcacheAddr) return picture;
  const chosen: BinFacts = {
    ...bins,
    lists: [...(tcache?.lists ?? []), ...arena.lists],
    tcacheAddr,
    tcacheCount: tcache?.fillCount ?? bins.tcacheCount,
    binmap: arena.binmap,
    haveFastchunks: arena.haveFastchunks,
    top: arena.top,
    lastRemainder: arena.lastRemainder,
  };
  return { ...picture, bins: chosen };
}
