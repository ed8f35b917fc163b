/** Names of chunks: which of the program's pointers lead to which chunk. */
import { rowAt } from "./chunk-table";
import { chunkState, type ChunkTable, type NamedPointer } from "./types";

/** A named pointer into a chunk. */
export interface ChunkPointer {
  readonly pointer: NamedPointer;
  /** Row of the chunk that its value lies in. */
  readonly row: number;
  /** Bytes from the chunk's user address; 0 for the pointer malloc returned. */
  readonly offset: number;
  /** The chunk is not in use: the program must not follow this pointer. */
  readonly dangling: boolean;
}

function inUse(table: ChunkTable, row: number): boolean {
  const state = table.state[row];
  return state === chunkState.inuse || state === chunkState.mmapped;
}

/** Whether a pointer may be followed: anything outside the heap, and chunks in use. */
export function mayFollow(table: ChunkTable): (addr: number) => boolean {
  return (addr) => {
    const row = rowAt(table, addr);
    return row < 0 ? addr < table.start || addr >= table.end : inUse(table, row);
  };
}

/** Pairs pointers with chunks; pointers that lead nowhere near a chunk are left out. */
export function chunkPointers(table: ChunkTable, pointers: readonly NamedPointer[], wordBytes: number): ChunkPointer[] {
  return pointers.flatMap((pointer) => {
    // User memory reaches into the next chunk's first word, so ask who holds the address two words before.
    const row = rowAt(table, pointer.value - 2 * wordBytes);
    if (row < 0 || table.state[row] === chunkState.foreign) return [];
    const offset = pointer.value - (table.addr[row] ?? 0) - 2 * wordBytes;
    return [{ pointer, row, offset, dangling: !inUse(table, row) }];
  });
}

/** The better name first: what the source last called it, a plain variable, the innermost frame, the shorter path. */
function better(a: NamedPointer, b: NamedPointer, latest: string | undefined): number {
  const last = Number(b.path === latest) - Number(a.path === latest);
  const frameOrder = (pointer: NamedPointer): number => (pointer.frame < 0 ? Number.MAX_SAFE_INTEGER : pointer.frame);
  return last || a.depth - b.depth || frameOrder(a) - frameOrder(b) || a.path.length - b.path.length;
}

/**
 * One name for each chunk some pointer leads to exactly, by chunk address. A freed chunk keeps the name of the pointer that dangles into
 * it. `latest` tells under which name the source last got a user address, and settles it when several pointers are equal.
 */
export function chunkNames(
  table: ChunkTable,
  pointers: readonly ChunkPointer[],
  latest: ReadonlyMap<number, string> = new Map(),
): ReadonlyMap<number, string> {
  const best = new Map<number, NamedPointer>();
  for (const { pointer, row, offset } of pointers) {
    if (offset !== 0) continue;
    const addr = table.addr[row] ?? 0;
    const other = best.get(addr);
    if (other === undefined || better(pointer, other, latest.get(pointer.value)) < 0) best.set(addr, pointer);
  }
  return new Map([...best].map(([addr, pointer]) => [addr, pointer.path]));
}
