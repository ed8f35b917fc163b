/** Breaking the heap into rows, folding rows that lie inside one chunk, and finding places in them again. */
import { rowAt } from "../decode/chunk-table";
import type { ChunkTable } from "../decode/types";
import type { RowLayout, ViewRect } from "./types";

export interface RowSettings {
  /** Left edge and width of the rows in view pixels; the address gutter lies to the left. */
  readonly viewX: number;
  readonly viewWidth: number;
  readonly viewTop: number;
  readonly bytesPerRow: number;
  readonly wordBytes: number;
  readonly rowHeight: number;
  readonly foldHeight: number;
  readonly gap: number;
  /** Addresses whose rows are never folded, e.g. words just written. Ascending. */
  readonly keepOpen: readonly number[];
  /** Leaves `height` pixels free under the row that holds `addr`. */
  readonly inset: { readonly addr: number; readonly height: number } | null;
}

/** Rows from `first` that may be folded because one chunk covers them; `limit` is the next row that must stay open. */
function foldable(table: ChunkTable, chunk: number, first: number, limit: number, settings: RowSettings): number {
  const addr = table.addr[chunk] ?? 0;
  const lastWord = addr + (table.size[chunk] ?? 0);
  if (!(addr + settings.wordBytes < first)) return 0;
  return Math.max(0, Math.floor((Math.min(lastWord, limit) - first) / settings.bytesPerRow));
}

/** Lays the rows of [table.start, table.end) out from top to bottom. O(rows drawn + chunks). */
export function layoutRows(table: ChunkTable, settings: RowSettings): RowLayout {
  const { bytesPerRow, wordBytes } = settings;
  const out: Record<"addr" | "bytes" | "y" | "height" | "folded", number[]> = {
    addr: [],
    bytes: [],
    y: [],
    height: [],
    folded: [],
  };
  let viewY = settings.viewTop;
  let chunk = 0;
  let open = 0;
  const first = Math.floor(table.start / bytesPerRow) * bytesPerRow;
  for (let row = first; row < table.end; ) {
    while (chunk < table.heapCount - 1 && (table.addr[chunk] ?? 0) + (table.size[chunk] ?? 0) + wordBytes <= row) chunk++;
    while (open < settings.keepOpen.length && (settings.keepOpen[open] ?? 0) < row) open++;
    const keep = Math.floor((settings.keepOpen[open] ?? Infinity) / bytesPerRow) * bytesPerRow;
    const rows = foldable(table, chunk, row, keep, settings);
    const covered = Math.max(1, rows) * bytesPerRow;
    out.addr.push(row);
    out.bytes.push(covered);
    out.y.push(viewY);
    out.height.push(rows > 0 ? settings.foldHeight : settings.rowHeight);
    out.folded.push(rows > 0 ? 1 : 0);
    viewY += (rows > 0 ? settings.foldHeight : settings.rowHeight) + settings.gap;
    if (settings.inset !== null && settings.inset.addr >= row && settings.inset.addr < row + covered)
      viewY += settings.inset.height + settings.gap;
    row += covered;
  }
  return {
    count: out.addr.length,
    addr: Float64Array.from(out.addr),
    bytes: Float64Array.from(out.bytes),
    y: Float64Array.from(out.y),
    height: Float64Array.from(out.height),
    folded: Uint8Array.from(out.folded),
    start: table.start,
    end: table.end,
    viewX: settings.viewX,
    viewWidth: settings.viewWidth,
    bytesPerRow,
  };
}

/** Last line whose value in `column` is at most `value`, −1. */
function lineBefore(column: Float64Array, value: number): number {
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Line that shows an address, −1 when none does. */
export function lineOf(layout: RowLayout, addr: number): number {
  const line = lineBefore(layout.addr, addr);
  return line >= 0 && addr < (layout.addr[line] ?? 0) + (layout.bytes[line] ?? 0) ? line : -1;
}

/** First line that ends below `viewTop`. */
export function firstLine(layout: RowLayout, viewTop: number): number {
  const line = Math.max(0, lineBefore(layout.y, viewTop));
  return (layout.y[line] ?? 0) + (layout.height[line] ?? 0) < viewTop ? Math.min(line + 1, layout.count) : line;
}

/** Height of all lines, from the layout's top. */
export function layoutBottom(layout: RowLayout): number {
  const last = layout.count - 1;
  return last < 0 ? 0 : (layout.y[last] ?? 0) + (layout.height[last] ?? 0);
}

/** View rectangle of `bytes` bytes at an address, cut at its row's end; the whole band where rows are folded. Null when not shown. */
export function rectOf(layout: RowLayout, addr: number, bytes: number): ViewRect | null {
  const line = lineOf(layout, addr);
  if (line < 0) return null;
  const [y, height] = [layout.y[line] ?? 0, layout.height[line] ?? 0];
  if (layout.folded[line] === 1) return { x: layout.viewX, y, width: layout.viewWidth, height };
  const scale = layout.viewWidth / layout.bytesPerRow;
  const within = addr - (layout.addr[line] ?? 0);
  return { x: layout.viewX + within * scale, y, width: Math.min(bytes, layout.bytesPerRow - within) * scale, height };
}

/** Address at a view point, rounded down to a word; −1 beside the rows. In a folded band x runs through all its bytes. */
export function addrAt(layout: RowLayout, x: number, y: number, wordBytes: number): number {
  const line = lineBefore(layout.y, y);
  if (line < 0 || y > (layout.y[line] ?? 0) + (layout.height[line] ?? 0)) return -1;
  const part = (x - layout.viewX) / layout.viewWidth;
  if (!(part >= 0 && part < 1)) return -1;
  const addr = (layout.addr[line] ?? 0) + Math.floor((part * (layout.bytes[line] ?? 0)) / wordBytes) * wordBytes;
  return addr >= layout.start && addr < layout.end ? addr : -1;
}

/** Chunk drawn at an address: a block reaches to the next chunk's first word, so that word is still the chunk before. −1 = none. */
export function chunkDrawnAt(table: ChunkTable, addr: number, wordBytes: number): number {
  return rowAt(table, addr - wordBytes);
}
