/**
 * Where chunks are besides [heap]: the heaps of other arenas, mappings of single chunks, and a mapping that the main arena moved to. All of
 * them together, in address order.
 */
import { PAGE_SIZE } from "../abi/machine-memory";
import { fieldOf, firstChunkAt } from "./bin-index";
import type { ChunkBuilder } from "./chunk-table";
import { elsewhere, pieceEnd, type Region, walkRegion } from "./chunks";
import type { Context } from "./context";
import { findMmapped, type MappingRange } from "./mmapped";
import { type ArenaFacts, chunkFlag, chunkState } from "./types";

export interface Outside {
  /** Anonymous private mappings. */
  readonly mappings: readonly MappingRange[];
  /** User addresses that the program holds or malloc returned. */
  readonly users: Iterable<number>;
  readonly arenas: readonly ArenaFacts[];
}

/** A stretch of rows that lie together. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly arena: number;
  readonly push: (builder: ChunkBuilder) => void;
}

function heapRegions({ arenas }: Outside): { readonly region: Region; readonly arena: ArenaFacts }[] {
  return arenas.flatMap((arena) =>
    arena.heaps.map((heap) => {
      const end = heap.addr + heap.sizeBytes;
      const inside = arena.top >= heap.firstChunk && arena.top < end;
      return { region: { start: heap.firstChunk, end, top: inside ? arena.top : -1 }, arena };
    }),
  );
}

function walkStretch(context: Context, arena: ArenaFacts, region: Region): Stretch {
  const unsorted = arena.lists.find((list) => list.kind === "unsorted");
  const listed = (addr: number): boolean => unsorted?.entries.includes(addr) === true;
  return {
    start: region.start,
    end: region.end,
    arena: arena.index,
    push: (builder) => walkRegion(context, builder, region, { listed }),
  };
}

const NONCONTIGUOUS = 2;

/** Whether the main arena ever had to go on in a mapping (malloc_state.flags). */
function hasMoved(context: Context): boolean {
  const flags = fieldOf(context.abi.mallocState, "flags");
  const word = flags === null ? 0 : context.reader.u32(context.site.mainArena + flags.offset);
  return word > 0 && (word & NONCONTIGUOUS) !== 0;
}

/** So far behind others' memory in the same mapping a piece is looked for. */
const SEARCH_BYTES = 2 ** 26;

/** Collects the first piece of the main arena that begins at a page of [from, end), and says at which page it ends; 0 when there is none. */
function collectPieces(context: Context, top: number, into: Region[]): (from: number, end: number) => number {
  return (from, end) => {
    for (let page = from; page < Math.min(end, from + SEARCH_BYTES); page += PAGE_SIZE) {
      const start = firstChunkAt(context.abi, page);
      const last = pieceEnd(context, start, end, top);
      if (last < 0) continue;
      into.push({ start, end: last, top: top >= start && top < last ? top : -1 });
      return Math.ceil(last / PAGE_SIZE) * PAGE_SIZE;
    }
    return 0;
  };
}

/** Appends all rows outside [heap]. `away`: the main arena's top is not in [heap]. */
export function appendOutside(context: Context, builder: ChunkBuilder, outside: Outside, away: boolean): void {
  const [main] = outside.arenas;
  const top = main?.top ?? 0;
  const heaps = heapRegions(outside);
  const stretches: Stretch[] = heaps.map(({ region, arena }) => walkStretch(context, arena, region));
  const taken = (range: MappingRange): boolean =>
    heaps.some(({ region }) => region.start >= range.start && region.start < range.end);
  const free = outside.mappings.filter((range) => !taken(range));
  const pieces: Region[] = [];
  const neighbour = hasMoved(context) ? collectPieces(context, top, pieces) : undefined;
  const mapped = findMmapped(context, free, outside.users, neighbour);
  if (away && !pieces.some((piece) => piece.top >= 0)) {
    // Damaged, or being written: all of the mapping behind the chunks of their own that lie below top.
    const home = outside.mappings.find((range) => top >= range.start && top < range.end) ?? null;
    const below = mapped.findLast(([addr]) => home !== null && addr >= home.start && addr < top);
    const moved = elsewhere(context, top, home !== null && below !== undefined ? { ...home, start: below[0] + below[1] } : home);
    if (moved !== null) pieces.push(moved);
  }
  if (main !== undefined) for (const piece of pieces) stretches.push(walkStretch(context, main, piece));
  for (const [addr, size] of mapped) {
    const push = (rows: ChunkBuilder): void => void rows.push(addr, size, chunkFlag.isMmapped, chunkState.mmapped, 0);
    stretches.push({ start: addr, end: addr + size, arena: -1, push });
  }
  const { heapStart, brk } = context.site;
  let reached = 0;
  for (const { start, end, arena, push } of stretches.toSorted((a, b) => a.start - b.start)) {
    // Damaged links can claim a stretch twice, or [heap] itself: every byte belongs to one chunk only.
    if (start < reached || (start < brk && end > heapStart)) continue;
    builder.enterArena(arena);
    push(builder);
    reached = end;
  }
}
