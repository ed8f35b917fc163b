/** The chunk map close up: one cell a word, rows of zeros folded. Shows a window of addresses, not the whole heap. */
import { stateName } from "./chunk-state";
import { chunkName } from "./map-labels";
import { addrLabel } from "./map-mid";
import { chunkDrawnAt } from "./row-layout";
import type { HeapPicture, MapRowLabel, NearMapPlan, NearMapScene, RowLayout, ViewWindow, WordCell, WordFold } from "./types";
import { allZero, wordCell } from "./word-cells";

export interface NearPlanSettings {
  readonly viewWidth: number;
  readonly gutter: number;
  readonly wordsPerRow: number;
  /** Addresses to show; cut to the heap and to whole rows. */
  readonly start: number;
  readonly end: number;
  readonly rowHeight: number;
  readonly foldHeight: number;
  readonly gap: number;
}

export const nearDefaults = { gutter: 62, wordsPerRow: 4, rowHeight: 48, foldHeight: 14, gap: 2 } as const;

/** At least this many zero rows of one chunk fold. */
const MIN_FOLD_ROWS = 2;

interface Line {
  readonly addr: number;
  readonly bytes: number;
  readonly folded: boolean;
}

/** Rows from `addr` on that hold nothing but one chunk's zeros and no word of interest. */
function zeroRows(picture: HeapPicture, addr: number, end: number, bytesPerRow: number, keep: ReadonlySet<number>): number {
  const word = picture.abi.wordBytes;
  const chunk = chunkDrawnAt(picture.chunks, addr, word);
  if (chunk < 0) return 0;
  const [chunkAddr, size] = [picture.chunks.addr[chunk] ?? 0, picture.chunks.size[chunk] ?? 0];
  // The size word starts the block; the last word may be a boundary tag: both stay visible.
  if (chunkAddr + word >= addr) return 0;
  let rows = 0;
  for (let at = addr; at + bytesPerRow <= Math.min(end, chunkAddr + size); at += bytesPerRow) {
    if (keep.has(Math.floor(at / bytesPerRow)) || !allZero(picture, at, at + bytesPerRow)) break;
    rows++;
  }
  return rows;
}

function linesOf(picture: HeapPicture, start: number, end: number, bytesPerRow: number): Line[] {
  const lines: Line[] = [];
  const words = [...picture.changed.map((change) => change.addr), picture.nextWrite];
  const keep = new Set(words.map((addr) => Math.floor(addr / bytesPerRow)));
  for (let addr = start; addr < end; ) {
    const rows = zeroRows(picture, addr, end, bytesPerRow, keep);
    const folded = rows >= MIN_FOLD_ROWS;
    const bytes = folded ? rows * bytesPerRow : bytesPerRow;
    lines.push({ addr, bytes, folded });
    addr += bytes;
  }
  return lines;
}

function nearLayout(picture: HeapPicture, settings: NearPlanSettings): RowLayout {
  const bytesPerRow = settings.wordsPerRow * picture.abi.wordBytes;
  const { chunks: table } = picture;
  const start = Math.floor(Math.max(settings.start, table.start) / bytesPerRow) * bytesPerRow;
  const end = Math.min(Math.ceil(settings.end / bytesPerRow) * bytesPerRow, table.end);
  const lines = linesOf(picture, start, end, bytesPerRow);
  let viewY = 0;
  const y = lines.map((line) => {
    const top = viewY;
    viewY += (line.folded ? settings.foldHeight : settings.rowHeight) + settings.gap;
    return top;
  });
  return {
    count: lines.length,
    addr: Float64Array.from(lines, (line) => line.addr),
    bytes: Float64Array.from(lines, (line) => line.bytes),
    y: Float64Array.from(y),
    height: Float64Array.from(lines, (line) => (line.folded ? settings.foldHeight : settings.rowHeight)),
    folded: Uint8Array.from(lines, (line) => (line.folded ? 1 : 0)),
    start,
    end,
    viewX: settings.gutter,
    viewWidth: Math.max(1, settings.viewWidth - settings.gutter),
    bytesPerRow,
  };
}

/** Where everything lies, seen or not. */
export function nearMapPlan(picture: HeapPicture, settings: NearPlanSettings): NearMapPlan {
  const layout = nearLayout(picture, settings);
  const last = layout.count - 1;
  return {
    level: "near",
    viewWidth: settings.viewWidth,
    viewHeight: last < 0 ? 0 : (layout.y[last] ?? 0) + (layout.height[last] ?? 0),
    gutter: settings.gutter,
    bytesPerRow: layout.bytesPerRow,
    wordsPerRow: settings.wordsPerRow,
    start: layout.start,
    end: layout.end,
    layout,
  };
}

/** What is seen of it. */
export function nearMapView(picture: HeapPicture, plan: NearMapPlan, view: ViewWindow): NearMapScene {
  const { layout, wordsPerRow } = plan;
  const { wordBytes } = picture.abi;
  const cells: WordCell[] = [];
  const folds: WordFold[] = [];
  const labels: MapRowLabel[] = [];
  const cellWidth = layout.viewWidth / wordsPerRow;
  for (let line = 0; line < layout.count; line++) {
    const [addr, y, height] = [layout.addr[line] ?? 0, layout.y[line] ?? 0, layout.height[line] ?? 0];
    if (y + height < view.scrollTop || y > view.scrollTop + view.viewHeight) continue;
    const folded = layout.folded[line] === 1;
    labels.push({ addr, text: addrLabel(addr, layout.start, layout.end), y: y + height / 2, fold: folded });
    if (folded) {
      const row = Math.max(0, chunkDrawnAt(picture.chunks, addr, wordBytes));
      const at = { x: layout.viewX, y, width: layout.viewWidth, height };
      const words = (layout.bytes[line] ?? 0) / wordBytes;
      folds.push({
        ...at,
        addr,
        words,
        allZero: true,
        chunkRow: row,
        state: stateName(picture.chunks, row),
        chunkName: chunkName(picture, row),
      });
      continue;
    }
    for (let i = 0; i < wordsPerRow && addr + i * wordBytes < layout.end; i++) {
      cells.push(wordCell(picture, addr + i * wordBytes, { x: layout.viewX + i * cellWidth, y, width: cellWidth, height }));
    }
  }
  return { ...plan, labels, cells, folds };
}

export function nearMapScene(picture: HeapPicture, settings: NearPlanSettings & ViewWindow): NearMapScene {
  return nearMapView(picture, nearMapPlan(picture, settings), settings);
}
