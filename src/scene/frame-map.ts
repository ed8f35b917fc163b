/**
 * RAM at two magnifications. The map has one cell for each block of the largest order, a row a power of two of them; rows where all is free
 * are folded when there are too many. Below it stand the frames of one block.
 *
 *   map     ▮▮▯▯▯▯▯▯        a cell: 1024 frames, filled as far as they are in use
 *           ~ 5 994 blocks free ~
 *   block   ▮▮▮▮▯▯▯▮        a cell: one frame
 */
import { MAX_ORDER } from "../abi/kernel";
import { type FrameRole, frameRoles, type Physical } from "../decode/physical";
import type { ViewRect } from "./types";

/** Frames of a cell of the map. */
export const BLOCK_FRAMES = 2 ** MAX_ORDER;

export interface BlockRow {
  readonly kind: "cells";
  /** First block of the row. */
  readonly first: number;
  readonly count: number;
  readonly y: number;
}
export interface FoldedBlocks {
  readonly kind: "folded";
  readonly first: number;
  readonly count: number;
  readonly y: number;
}

export interface FrameMap {
  readonly columns: number;
  readonly left: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly height: number;
  readonly rows: readonly (BlockRow | FoldedBlocks)[];
  /** Frames of a block by role, for blocks with a frame in use. */
  readonly used: ReadonlyMap<number, Readonly<Partial<Record<FrameRole, number>>>>;
}

/** Room for an address in RAM. */
const LEFT = 62;
const FOLD_HEIGHT = 14;
const CELL_HEIGHT = 10;
/** More rows than this are folded where all is free. */
const MAX_ROWS = 16;

/** Which roles the frames of each block have. */
function usedBlocks({ role, start, limit }: Physical): ReadonlyMap<number, Partial<Record<FrameRole, number>>> {
  const used = new Map<number, Partial<Record<FrameRole, number>>>();
  const counts = new Uint32Array(frameRoles.length);
  for (let block = Math.floor(start / BLOCK_FRAMES); block * BLOCK_FRAMES < limit; block++) {
    counts.fill(0);
    const end = Math.min(limit, (block + 1) * BLOCK_FRAMES);
    for (let pfn = Math.max(start, block * BLOCK_FRAMES); pfn < end; pfn++)
      counts[role[pfn] ?? 0] = (counts[role[pfn] ?? 0] ?? 0) + 1;
    const there = frameRoles.flatMap((name, index) => {
      const count = counts[index] ?? 0;
      return name === "free" || count === 0 ? [] : [[name, count] as const];
    });
    if (there.length > 0) used.set(block, Object.fromEntries(there));
  }
  return used;
}

/** Lays out all of RAM. `shown`: a block whose row is never folded. `scale`: the presenter's, of text and what goes with it. */
export function frameMap(physical: Physical, viewWidth: number, shown: number, scale = 1): FrameMap {
  const columns = viewWidth < 420 ? 16 : 32;
  const used = usedBlocks(physical);
  const [first, end] = [Math.floor(physical.start / BLOCK_FRAMES), Math.ceil(physical.end / BLOCK_FRAMES)];
  const rowCount = Math.ceil((end - first) / columns);
  const rowOf = (block: number): number => Math.floor((block - first) / columns);
  const needed = new Set([...used.keys(), shown].filter((block) => block >= first && block < end).map(rowOf));
  const rows: (BlockRow | FoldedBlocks)[] = [];
  let y = 0;
  for (let row = 0; row < rowCount; ) {
    const from = first + row * columns;
    if (rowCount <= MAX_ROWS || needed.has(row)) {
      rows.push({ kind: "cells", first: from, count: Math.min(columns, end - from), y });
      y += CELL_HEIGHT * scale;
      row++;
      continue;
    }
    let next = row + 1;
    while (next < rowCount && !needed.has(next)) next++;
    rows.push({ kind: "folded", first: from, count: Math.min(end, first + next * columns) - from, y });
    y += FOLD_HEIGHT * scale;
    row = next;
  }
  const left = LEFT * scale;
  const cellWidth = Math.max(2, Math.floor(((viewWidth - left) / columns) * 4) / 4);
  return { columns, left, cellWidth, cellHeight: CELL_HEIGHT * scale, height: y, rows, used };
}

/** Where a block stands; null when it is folded away. */
export function blockBox(map: FrameMap, block: number): ViewRect | null {
  const row = map.rows.find(({ kind, first, count }) => kind === "cells" && block >= first && block < first + count);
  if (row === undefined) return null;
  return { x: map.left + (block - row.first) * map.cellWidth, y: row.y, width: map.cellWidth, height: map.cellHeight };
}

/** The block drawn at a point; of a folded stretch the first one. −1 where there is none. */
export function blockAt(map: FrameMap, x: number, y: number): number {
  const row = map.rows.findLast((entry) => entry.y <= y);
  if (row === undefined || y < 0 || y >= map.height) return -1;
  if (row.kind === "folded") return row.first;
  const cell = Math.floor((x - map.left) / map.cellWidth);
  return cell >= 0 && cell < row.count ? row.first + cell : -1;
}

export interface BlockGrid {
  readonly block: number;
  /** First frame drawn: rows that lie below RAM are left out. */
  readonly first: number;
  readonly columns: number;
  readonly left: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly height: number;
}

/** The frames of one block; a row begins at a multiple of its length. `start`: the first frame of RAM. */
export function blockGrid(block: number, viewWidth: number, start: number, scale = 1): BlockGrid {
  const columns = viewWidth < 420 ? 32 : 64;
  const left = LEFT * scale;
  const cellWidth = Math.max(3, Math.floor(((viewWidth - left) / columns) * 4) / 4);
  const cellHeight = Math.max(7, Math.min(11 * scale, Math.round(cellWidth)));
  const end = (block + 1) * BLOCK_FRAMES;
  const first = Math.max(block * BLOCK_FRAMES, Math.min(start - (start % columns), end - columns));
  return { block, first, columns, left, cellWidth, cellHeight, height: ((end - first) / columns) * cellHeight };
}

/** Where a frame of the block stands; null for another block's. */
export function frameBox(grid: BlockGrid, pfn: number): ViewRect | null {
  const index = pfn - grid.first;
  if (index < 0 || pfn >= (grid.block + 1) * BLOCK_FRAMES) return null;
  const { columns, left, cellWidth: width, cellHeight: height } = grid;
  return { x: left + (index % columns) * width, y: Math.floor(index / columns) * height, width, height };
}

/** The frame drawn at a point, −1 where there is none. */
export function frameAt(grid: BlockGrid, x: number, y: number): number {
  const column = Math.floor((x - grid.left) / grid.cellWidth);
  const row = Math.floor(y / grid.cellHeight);
  if (column < 0 || column >= grid.columns || y < 0 || y >= grid.height) return -1;
  return grid.first + row * grid.columns + column;
}
