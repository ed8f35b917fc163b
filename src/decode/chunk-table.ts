/** Building and searching the chunk table. */
import type { ChunkTable } from "./types";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A table while it is being built: same columns, room to grow. */
export interface ChunkBuilder {
  readonly length: () => number;
  readonly push: (addr: number, sizeBytes: number, flags: number, state: number, marks: number) => number;
  /** Rows pushed from now on belong to this arena, −1 to none. */
  readonly enterArena: (index: number) => void;
  readonly finish: (heapCount: number, start: number, end: number) => ChunkTable;
}

export function chunkBuilder(): ChunkBuilder {
  let room = 256;
  let count = 0;
  let addr = new Float64Array(room);
  let size = new Float64Array(room);
  let packed = new Uint32Array(room);
  let arenas = new Int16Array(room);
  let arena = 0;
  const grow = (): void => {
    room *= 2;
    const [oldAddr, oldSize, oldPacked, oldArenas] = [addr, size, packed, arenas];
    addr = new Float64Array(room);
    size = new Float64Array(room);
    packed = new Uint32Array(room);
    arenas = new Int16Array(room);
    addr.set(oldAddr);
    size.set(oldSize);
    packed.set(oldPacked);
    arenas.set(oldArenas);
  };
  return {
    length: () => count,
    push: (chunkAddr, sizeBytes, flags, state, marks) => {
      if (count === room) grow();
      addr[count] = chunkAddr;
      size[count] = sizeBytes;
      packed[count] = flags | (state << 8) | (marks << 16);
      arenas[count] = arena;
      return count++;
    },
    enterArena: (index) => {
      arena = index;
    },
    finish: (heapCount, start, end) => {
      const table: Mutable<ChunkTable> = {
        count,
        heapCount,
        addr: addr.slice(0, count),
        size: size.slice(0, count),
        flags: new Uint8Array(count),
        state: new Uint8Array(count),
        bin: new Int16Array(count).fill(-1),
        binPosition: new Int32Array(count),
        marks: new Uint8Array(count),
        arena: arenas.slice(0, count),
        start,
        end,
      };
      for (let row = 0; row < count; row++) {
        const bits = packed[row] ?? 0;
        table.flags[row] = bits;
        table.state[row] = bits >>> 8;
        table.marks[row] = bits >>> 16;
      }
      return table;
    },
  };
}

/** Last row in [low, high) whose chunk starts at or before `addr`; low − 1 when none. Binary search. */
function lastAtOrBefore(table: ChunkTable, addr: number, low: number, high: number): number {
  const column = table.addr;
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((column[middle] ?? Infinity) <= addr) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

/** Row in [low, high) whose chunk covers `addr`, −1. */
function rowWithin(table: ChunkTable, addr: number, low: number, high: number): number {
  const row = lastAtOrBefore(table, addr, low, high);
  return row >= low && addr < (table.addr[row] ?? 0) + (table.size[row] ?? 0) ? row : -1;
}

/** Row whose chunk covers `addr` (from its prev_size word to the next chunk's), −1 when none. */
export function rowAt(table: ChunkTable, addr: number): number {
  const row = rowWithin(table, addr, 0, table.heapCount);
  return row >= 0 ? row : rowWithin(table, addr, table.heapCount, table.count);
}

/** Row of the chunk that starts exactly at `chunkAddr`, −1 when there is none. */
export function rowOf(table: ChunkTable, chunkAddr: number): number {
  const row = rowAt(table, chunkAddr);
  return row >= 0 && table.addr[row] === chunkAddr ? row : -1;
}
