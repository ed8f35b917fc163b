/**
 * Where chunks are besides [heap]: the heaps of other arenas, mappings of single chunks, and a mapping that the main arena moved to. All of
 * them together, in address order.
 */
import type { ChunkBuilder } from "./chunk-table";
import { elsewhere, type Region, walkRegion } from "./chunks";
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

/** Appends all rows outside [heap]. `away`: the main arena's top is not in [heap]. */
export function appendOutside(context: Context, builder: ChunkBuilder, outside: Outside, away: boolean): void {
  const [main] = outside.arenas;
  const top = main?.top ?? 0;
  const home = away ? (outside.mappings.find((range) => top >= range.start && top < range.end) ?? null) : null;
  const moved = away && main !== undefined ? elsewhere(context, top, home) : null;
  const heaps = heapRegions(outside);
  const stretches: Stretch[] = heaps.map(({ region, arena }) => walkStretch(context, arena, region));
  if (moved !== null && main !== undefined) stretches.push(walkStretch(context, main, moved));
  const taken = (range: MappingRange): boolean =>
    range === home || heaps.some(({ region }) => region.start >= range.start && region.start < range.end);
  const free = outside.mappings.filter((range) => !taken(range));
  for (const [addr, size] of findMmapped(context, free, outside.users)) {
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
