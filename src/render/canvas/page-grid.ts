/**
 * The grid of pages. Shape says what a page is, the mapping's colour whose it is:
 *
 *   ▮ solid     the process's own        ▨ diagonal   of a file         ▤ lines   shared memory
 *   ⧄ crossed   the process's own, and since a fork another's too: until one of the two writes
 *   0 a zero    the zero page            ·  dots      not counted       □ empty   never touched
 */
import { pageKind } from "../../decode/page-kind";
import { pageMark, type VmaPages } from "../../decode/pages";
import { pageBox, type PageGrid } from "../../scene/page-grid";
import type { ViewRect } from "../../scene/types";
import type { PatternName, VmaRole } from "../roles";
import type { Paint, Theme } from "../theme";
import { drawText, makePen, type Pen } from "./pen";
import { smallPattern } from "./small-pattern";
import type { Surface } from "./surface";

export interface PageGridMarks {
  /** Index of the page in the mapping, −1 none. */
  readonly selected: number;
  readonly hovered: number;
  /** Pages [from, to) of the selected chunk. */
  readonly chunk: { readonly from: number; readonly to: number } | null;
  /** Pages that the step wrote to. */
  readonly changed: readonly number[];
  /** Where chunks begin, in pages and parts of them. */
  readonly headers: readonly number[];
  /** The page whose fault is being handled, −1 none. */
  readonly faulting: number;
}

export interface PageGridPicture {
  readonly pages: VmaPages;
  readonly grid: PageGrid;
  readonly role: VmaRole;
  /** Text of a folded stretch. */
  readonly folded: (pages: number) => string;
}

const PAGE = 4096;
/** Narrower cells have no gaps, and lower ones neither pattern nor digit. */
const GAP_FROM = 4;
const PATTERN_FROM = 5;
const DIGIT_FROM = 8;
/** Where a page is at least so wide, chunks' headers are ticks in it. */
const HEADER_FROM = 10;

const patternOf: Readonly<Record<number, PatternName>> = {
  [pageKind.file]: "diagonal",
  [pageKind.sharedMemory]: "horizontal",
  [pageKind.special]: "dots",
};

const inset = ({ x, y, width, height }: ViewRect): ViewRect => {
  const [right, bottom] = [width >= GAP_FROM ? 1 : 0, height >= GAP_FROM ? 1 : 0];
  return { x, y, width: width - right, height: height - bottom };
};

/** What is there whether or not pages are: rows of cells, addresses, folds. */
function drawRows(pen: Pen, { pages, grid, folded }: PageGridPicture, paint: Paint): void {
  const { context, theme } = pen;
  let labelled = -Infinity;
  for (const row of grid.rows) {
    if (row.kind === "folded") {
      const middle = grid.left + (grid.columns * grid.cellWidth) / 2;
      drawText(pen, folded(row.pages), middle, row.y + 6.5, {
        size: 10,
        color: theme.color["ink-3"],
        align: "center",
        sans: true,
      });
      continue;
    }
    if (row.y - labelled >= 11) {
      const addr = pages.start + row.first * PAGE;
      drawText(pen, addr.toString(16).slice(-8), grid.left - 5, row.y + Math.max(5, grid.cellHeight / 2), {
        size: 10,
        color: theme.color["ink-3"],
        align: "right",
      });
      labelled = row.y;
    }
    const x = grid.left + row.from * grid.cellWidth;
    const width = (row.to - row.from) * grid.cellWidth;
    if (grid.cellWidth < GAP_FROM) {
      context.globalAlpha = 0.45;
      context.fillStyle = paint.fill;
      context.fillRect(x, row.y, width, grid.cellHeight - (grid.cellHeight >= GAP_FROM ? 1 : 0));
      context.globalAlpha = 1;
      continue;
    }
    context.strokeStyle = paint.edge;
    context.globalAlpha = 0.35;
    context.lineWidth = 0.8;
    context.beginPath();
    for (let cell = row.from; cell < row.to; cell++)
      context.rect(grid.left + cell * grid.cellWidth + 0.4, row.y + 0.4, grid.cellWidth - 1.8, grid.cellHeight - 1.8);
    context.stroke();
    context.globalAlpha = 1;
  }
}

function drawPages(pen: Pen, { pages, grid }: PageGridPicture, paint: Paint): void {
  const { context, theme } = pen;
  const tiles = new Map<number, CanvasPattern | null>();
  const fine = grid.cellWidth >= PATTERN_FROM && grid.cellHeight >= PATTERN_FROM;
  for (let row = 0; row < pages.count; row++) {
    const box = pageBox(grid, pages.page[row] ?? -1);
    if (box === null) continue;
    const { x, y, width, height } = inset(box);
    const kind = pages.kind[row] ?? 0;
    const forked = kind === pageKind.anonymous && ((pages.marks[row] ?? 0) & pageMark.shared) !== 0;
    const own = kind === pageKind.anonymous && !forked;
    const name = patternOf[kind];
    context.fillStyle = own ? paint.edge : paint.fill;
    // Where there is no room for a pattern, how dark a cell is says whether it is the process's own.
    context.globalAlpha = grid.pagesPerCell > 1 ? 0.8 : 1;
    context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
    if (own) continue;
    if (!fine) {
      context.globalAlpha = name === undefined ? 0.25 : 0.55;
      context.fillStyle = paint.edge;
      context.fillRect(x, y, width, height);
      context.globalAlpha = 1;
      continue;
    }
    if (name !== undefined) {
      if (!tiles.has(kind)) tiles.set(kind, smallPattern(pen, name, paint.edge));
      context.fillStyle = tiles.get(kind) ?? paint.edge;
      context.fillRect(x, y, width, height);
    } else if (forked) {
      context.strokeStyle = paint.edge;
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x, y + height);
      context.lineTo(x + width, y);
      context.stroke();
    } else if (width >= DIGIT_FROM) {
      drawText(pen, "0", x + width / 2, y + height / 2 + 0.5, { size: 9, weight: 600, color: paint.ink, align: "center" });
    }
    context.strokeStyle = paint.edge;
    context.lineWidth = 0.8;
    context.strokeRect(x + 0.4, y + 0.4, width - 0.8, height - 0.8);
    // A corner tells pages of files and of shared memory that were written.
    if (((pages.marks[row] ?? 0) & pageMark.dirty) !== 0 && width >= DIGIT_FROM) {
      context.fillStyle = theme.color.ink;
      context.beginPath();
      context.moveTo(x + width, y + height - 5);
      context.lineTo(x + width, y + height);
      context.lineTo(x + width - 5, y + height);
      context.fill();
    }
  }
}

/** A tick for every header, as on the map: light, because the pages under it are touched. */
function drawHeaders({ context, theme }: Pen, grid: PageGrid, headers: readonly number[]): void {
  if (grid.cellWidth < HEADER_FROM) return;
  context.fillStyle = theme.color.panel;
  for (const at of headers) {
    const box = pageBox(grid, Math.floor(at));
    if (box !== null) context.fillRect(box.x + (at % 1) * (box.width - 2.5), box.y + box.height - 6, 1.5, 5);
  }
}

function frame(pen: Pen, box: ViewRect | null, color: string, line: number): void {
  if (box === null) return;
  const { context } = pen;
  const { x, y, width, height } = inset(box);
  context.strokeStyle = color;
  context.lineWidth = line;
  context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

/** The page that everything waits for: amber, with its number where that fits. */
function drawFault(pen: Pen, box: ViewRect | null, page: number): void {
  if (box === null) return;
  const { context, theme } = pen;
  const { x, y, width, height } = inset(box);
  context.fillStyle = theme.color["now-fill"];
  context.fillRect(x, y, width, height);
  const text = String(page);
  if (height >= 9 && width >= text.length * 6)
    drawText(pen, text, x + width / 2, y + height / 2 + 0.5, {
      size: 8.5,
      weight: 600,
      color: theme.color["now-ink"],
      align: "center",
    });
  frame(pen, box, theme.color.now, 2);
}

export function drawPageGrid(surface: Surface, theme: Theme, picture: PageGridPicture, marks: PageGridMarks): void {
  const pen = makePen(surface, theme, 10);
  const { grid } = picture;
  const paint = theme.vma[picture.role];
  drawRows(pen, picture, paint);
  drawPages(pen, picture, paint);
  drawHeaders(pen, grid, marks.headers);
  const { color } = theme;
  if (marks.chunk !== null) {
    for (let page = marks.chunk.from; page < marks.chunk.to; page += grid.pagesPerCell) {
      const box = pageBox(grid, page);
      // A chunk of many pages in large folded stretches need not be followed cell by cell.
      if (box === null) continue;
      // A light line above keeps the blue apart from a blue mapping.
      pen.context.fillStyle = color.panel;
      pen.context.fillRect(box.x, box.y + box.height - 3.5, box.width, 1);
      pen.context.fillStyle = color.accent;
      pen.context.fillRect(box.x, box.y + box.height - 2.5, box.width, 2.5);
    }
  }
  if (marks.faulting >= 0) drawFault(pen, pageBox(grid, marks.faulting), marks.faulting);
  for (const page of marks.changed) frame(pen, pageBox(grid, page), color.now, 2);
  if (marks.hovered >= 0 && marks.hovered !== marks.selected) frame(pen, pageBox(grid, marks.hovered), color.accent, 1);
  frame(pen, pageBox(grid, marks.selected), color.panel, 5);
  frame(pen, pageBox(grid, marks.selected), color.accent, 2.5);
}
