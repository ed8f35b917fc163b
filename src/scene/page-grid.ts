/**
 * The pages of a mapping as a grid, low addresses first. A row is a stretch of the address space that begins at a multiple of its length, so
 * that cells of one column have the same low address bits. Rows without a mapped page are folded when there is no room for all.
 *
 *   7cc0000  · · · · ▮ ▮ ▮ □        before the mapping there is nothing; ▮ mapped, □ not touched
 *            ~ 512 pages ~          folded
 *   7ec0000  ▮ □ □ □ □ □ □ □
 */
import { PAGE_SIZE } from "../abi/machine-memory";
import type { VmaPages } from "../decode/pages";
import type { ViewRect } from "./types";

export interface CellRow {
  readonly kind: "cells";
  /** First page of the row, as an index in the mapping: negative where the row begins before it. */
  readonly first: number;
  /** Cells [from, to) of the row lie in the mapping. */
  readonly from: number;
  readonly to: number;
  readonly y: number;
}
export interface FoldedRow {
  readonly kind: "folded";
  readonly first: number;
  readonly pages: number;
  readonly y: number;
}
export type PageRow = CellRow | FoldedRow;

export interface PageGrid {
  readonly columns: number;
  readonly pagesPerCell: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Where the cells begin; addresses stand left of it. */
  readonly left: number;
  readonly height: number;
  readonly rows: readonly PageRow[];
  readonly total: number;
}

/** Room for seven digits of an address. */
const LEFT = 54;
const FOLD_HEIGHT = 13;
/** Taller than this, cells stand for more pages. */
const MAX_HEIGHT = 2400;

const shapes = [
  { columns: 32, cellHeight: 13 },
  { columns: 64, cellHeight: 8 },
  { columns: 128, cellHeight: 5 },
  { columns: 256, cellHeight: 3 },
] as const;

interface Shape {
  readonly columns: number;
  readonly cellHeight: number;
  readonly pagesPerCell: number;
}

/** Numbers of the rows with a mapped page, and those that must be shown, ascending. */
function neededRows(pages: VmaPages, first: number, perRow: number, shown: readonly number[]): number[] {
  const rows = new Set<number>();
  for (const page of shown) if (page >= 0 && page < pages.total) rows.add(Math.floor((first + page) / perRow));
  for (const page of pages.page) rows.add(Math.floor((first + page) / perRow));
  return [...rows].toSorted((a, b) => a - b);
}

/** Rows with their places; folds stretches between `needed` rows when that is given. */
function place(
  pages: VmaPages,
  first: number,
  shape: Shape,
  needed: readonly number[] | null,
): { rows: PageRow[]; height: number } {
  const perRow = shape.columns * shape.pagesPerCell;
  const [top, end] = [Math.floor(first / perRow), Math.floor((first + pages.total - 1) / perRow) + 1];
  const rows: PageRow[] = [];
  let y = 0;
  const cells = (number: number): void => {
    const start = number * perRow - first;
    const cellAt = (page: number): number => Math.ceil(Math.min(perRow, Math.max(0, page - start)) / shape.pagesPerCell);
    const from = Math.floor(Math.max(0, -start) / shape.pagesPerCell);
    rows.push({ kind: "cells", first: start, from, to: cellAt(pages.total), y });
    y += shape.cellHeight;
  };
  const fold = (from: number, to: number): void => {
    const start = Math.max(0, from * perRow - first);
    rows.push({ kind: "folded", first: start, pages: Math.min(pages.total, to * perRow - first) - start, y });
    y += FOLD_HEIGHT;
  };
  if (needed === null) for (let row = top; row < end; row++) cells(row);
  else {
    let reached = top;
    for (const row of needed) {
      if (row - reached === 1 && shape.cellHeight <= FOLD_HEIGHT) cells(reached);
      else if (row > reached) fold(reached, row);
      cells(row);
      reached = row + 1;
    }
    if (reached < end) fold(reached, end);
  }
  return { rows, height: y };
}

function layOut(
  pages: VmaPages,
  viewHeight: number,
  shown: readonly number[],
): { shape: Shape; rows: PageRow[]; height: number } {
  const first = pages.start / PAGE_SIZE;
  const rowsIn = (perRow: number): number => Math.floor((first + pages.total - 1) / perRow) - Math.floor(first / perRow) + 1;
  for (const { columns, cellHeight } of shapes) {
    const shape = { columns, cellHeight, pagesPerCell: 1 };
    if (rowsIn(columns) * cellHeight <= viewHeight) return { shape, ...place(pages, first, shape, null) };
    const folded = place(pages, first, shape, neededRows(pages, first, columns, shown));
    if (folded.height <= viewHeight) return { shape, ...folded };
  }
  const { columns, cellHeight } = shapes[3];
  for (let pagesPerCell = 1; ; pagesPerCell *= 2) {
    const shape = { columns, cellHeight, pagesPerCell };
    const folded = place(pages, first, shape, neededRows(pages, first, columns * pagesPerCell, shown));
    if (folded.height <= MAX_HEIGHT || pagesPerCell > pages.total) return { shape, ...folded };
  }
}

/** Lays the pages out in `viewWidth` × about `viewHeight` pixels; it may become higher. `shown`: pages whose rows are never folded. */
export function pageGrid(pages: VmaPages, viewWidth: number, viewHeight: number, shown: readonly number[] = []): PageGrid {
  const { shape, rows, height } = layOut(pages, viewHeight, shown);
  const cellWidth = Math.max(1, Math.floor(((viewWidth - LEFT) / shape.columns) * 4) / 4);
  return { ...shape, cellWidth, left: LEFT, height, rows, total: pages.total };
}

/** Row that holds a page; undefined when it is folded away. */
function rowOfPage(grid: PageGrid, page: number): CellRow | undefined {
  const length = grid.columns * grid.pagesPerCell;
  let low = 0;
  let high = grid.rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((grid.rows[middle]?.first ?? Infinity) <= page) low = middle + 1;
    else high = middle;
  }
  const row = grid.rows[low - 1];
  return row?.kind === "cells" && page < row.first + length ? row : undefined;
}

/** Where a page is drawn; null when it is folded away. */
export function pageBox(grid: PageGrid, page: number): ViewRect | null {
  const row = rowOfPage(grid, page);
  if (row === undefined) return null;
  const cell = Math.floor((page - row.first) / grid.pagesPerCell);
  return { x: grid.left + cell * grid.cellWidth, y: row.y, width: grid.cellWidth, height: grid.cellHeight };
}

/** The page drawn at a point; of a folded stretch or a cell of many, the first one. −1 where there is none. */
export function pageAt(grid: PageGrid, x: number, y: number): number {
  const row = grid.rows.findLast((entry) => entry.y <= y);
  if (row === undefined || y >= grid.height) return -1;
  if (row.kind === "folded") return row.first;
  const cell = Math.floor((x - grid.left) / grid.cellWidth);
  if (cell < row.from || cell >= row.to) return -1;
  return Math.max(0, row.first + cell * grid.pagesPerCell);
}
