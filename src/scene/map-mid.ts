/** The chunk map at reading distance: wrapped rows of blocks. See the drawing in types.ts. */
import { rowAt } from "../decode/chunk-table";
import { chunkFlag, chunkMark, chunkState, type ChunkStateName, type ChunkTable } from "../decode/types";
import { stateName } from "./chunk-state";
import { lensScene, movedLens } from "./lens";
import { blockTexts, chunkName } from "./map-labels";
import { firstLine, layoutBottom, layoutRows, rectOf } from "./row-layout";
import type {
  HeapPicture,
  LensScene,
  MapBar,
  MapBlock,
  MapFold,
  MapRowLabel,
  MapTag,
  MidMapPlan,
  MidMapScene,
  RowLayout,
  TextMetrics,
  ViewRect,
  ViewWindow,
} from "./types";

export interface MidPlanSettings {
  readonly viewWidth: number;
  /** 0x80–0x1000, a power of two. */
  readonly bytesPerRow: number;
  readonly gutter: number;
  readonly rowHeight: number;
  readonly foldHeight: number;
  readonly gap: number;
  readonly metrics: TextMetrics;
  /** Shows the lens under the focused chunks. */
  readonly lens: boolean;
}

export type MidSettings = MidPlanSettings & ViewWindow;

/** Sizes of the mock's workbench. */
export const midDefaults = { gutter: 42, rowHeight: 20.6, foldHeight: 11, gap: 2.6, bytesPerRow: 0x200 } as const;

const MARGIN = 10;
const TOP = 2;
/** Rows of this many changed words are kept unfolded; a memset of a page does not unfold the page. */
const KEEP_OPEN = 64;

/** Last digits of an address, enough to tell the lines of one heap apart. */
export function addrLabel(addr: number, start: number, end: number): string {
  const digits = end - start > 0x1_0000 || Math.floor(start / 0x1_0000) !== Math.floor((end - 1) / 0x1_0000) ? 6 : 4;
  return addr.toString(16).slice(-digits);
}

/** No size word in front. */
const headless: ReadonlySet<ChunkStateName> = new Set(["foreign", "corrupt", "heap_info", "malloc_state"]);

/** Whether the label of a chunk goes into this segment: the wider of its first and last, or a full row between. */
function carriesLabel(table: ChunkTable, row: number, from: number, to: number, wordBytes: number, bytesPerRow: number): boolean {
  const start = (table.addr[row] ?? 0) + wordBytes;
  const end = start + (table.size[row] ?? 0);
  const rowEnd = Math.floor(start / bytesPerRow) * bytesPerRow + bytesPerRow;
  if (end <= rowEnd) return true;
  const lastRow = Math.floor((end - 1) / bytesPerRow) * bytesPerRow;
  const firstWidth = rowEnd - start - wordBytes;
  return firstWidth >= end - lastRow ? from === start : to === end && from === lastRow;
}

function blockOf(picture: HeapPicture, layout: RowLayout, line: number, row: number, metrics: TextMetrics): MapBlock | null {
  const { chunks: table } = picture;
  const word = picture.abi.wordBytes;
  const lineAddr = layout.addr[line] ?? 0;
  const lineEnd = lineAddr + layout.bytesPerRow;
  const [addr, size] = [table.addr[row] ?? 0, table.size[row] ?? 0];
  const start = addr + word;
  const end = Math.min(start + size, table.end);
  const [from, to] = [Math.max(start, lineAddr), Math.min(end, lineEnd)];
  if (from >= to) return null;
  const scale = layout.viewWidth / layout.bytesPerRow;
  const x = layout.viewX + (from - lineAddr) * scale;
  const rect = { x, y: layout.y[line] ?? 0, width: (to - from) * scale, height: layout.height[line] ?? 0 };
  const state = stateName(table, row);
  const marks = table.marks[row] ?? 0;
  const hasHeader = from === start && !headless.has(state);
  const hasFooter = to === addr + size + word && state !== "top" && !headless.has(state);
  const cell = word * scale;
  const innerX = x + (hasHeader ? cell : 0);
  const innerWidth = rect.width - (hasHeader ? cell : 0) - (hasFooter ? cell : 0);
  const labelled = carriesLabel(table, row, from, to, word, layout.bytesPerRow);
  return {
    ...rect,
    chunkRow: row,
    chunkAddr: addr,
    state,
    openLeft: from > start,
    openRight: to < end,
    header: hasHeader ? { x, width: cell, filled: ((table.flags[row] ?? 0) & chunkFlag.prevInuse) !== 0 } : null,
    footer: hasFooter
      ? { x: x + rect.width - cell, width: cell, kind: (marks & chunkMark.footer) !== 0 ? "tag" : "borrowed" }
      : null,
    texts: labelled ? blockTexts(picture, row, { ...rect, x: innerX, width: innerWidth }, metrics) : [],
    suspect: (marks & chunkMark.suspect) !== 0,
    lastRemainder: (marks & chunkMark.lastRemainder) !== 0,
  };
}

/** What the lines in the viewport show. */
function visibleLines(
  picture: HeapPicture,
  layout: RowLayout,
  settings: Pick<MidPlanSettings, "metrics"> & ViewWindow,
): { blocks: MapBlock[]; folds: MapFold[]; labels: MapRowLabel[] } {
  const { chunks: table } = picture;
  const word = picture.abi.wordBytes;
  const out = { blocks: [] as MapBlock[], folds: [] as MapFold[], labels: [] as MapRowLabel[] };
  const bottom = settings.scrollTop + settings.viewHeight;
  for (let line = firstLine(layout, settings.scrollTop); line < layout.count && (layout.y[line] ?? 0) < bottom; line++) {
    const [lineAddr, y, height] = [layout.addr[line] ?? 0, layout.y[line] ?? 0, layout.height[line] ?? 0];
    const folded = layout.folded[line] === 1;
    out.labels.push({ addr: lineAddr, text: addrLabel(lineAddr, layout.start, layout.end), y: y + height / 2, fold: folded });
    let row = Math.max(0, rowAt(table, Math.max(lineAddr - word, table.start)));
    if (folded) {
      const bytes = layout.bytes[line] ?? 0;
      const at = { x: layout.viewX, y, width: layout.viewWidth, height };
      out.folds.push({
        ...at,
        chunkRow: row,
        chunkAddr: table.addr[row] ?? 0,
        state: stateName(table, row),
        addr: lineAddr,
        bytes,
      });
      continue;
    }
    for (; row < table.heapCount && (table.addr[row] ?? 0) + word < lineAddr + layout.bytesPerRow; row++) {
      const block = blockOf(picture, layout, line, row, settings.metrics);
      if (block !== null) out.blocks.push(block);
    }
  }
  return out;
}

/** Words just written, and the one that is next, where they are shown. */
export function mapTags(picture: HeapPicture, layout: RowLayout, viewTop = 0, viewBottom = Infinity): MapTag[] {
  const tags: MapTag[] = [];
  const seen = (addr: number, bytes: number): ViewRect | null => {
    const rect = rectOf(layout, addr, bytes);
    return rect !== null && rect.y + rect.height >= viewTop && rect.y <= viewBottom ? rect : null;
  };
  for (const change of picture.changed) {
    const rect = seen(change.addr, change.sizeBytes);
    if (rect !== null) tags.push({ ...rect, addr: change.addr, order: change.order, done: true });
  }
  const next = picture.nextWrite < 0 ? null : seen(picture.nextWrite, picture.abi.wordBytes);
  if (next !== null)
    tags.push({ ...next, addr: picture.nextWrite, order: picture.nextOrder ?? picture.changed.length + 1, done: false });
  return tags;
}

/** Bars for mmapped chunks, below the last row. */
function mappedBars(picture: HeapPicture, top: number, viewX: number, viewWidth: number, settings: MidPlanSettings): MapBar[] {
  const { chunks: table } = picture;
  const bars: MapBar[] = [];
  for (let row = table.heapCount; row < table.count; row++) {
    if (table.state[row] !== chunkState.mmapped) continue;
    const y = top + bars.length * (settings.rowHeight + settings.gap);
    const place = { x: viewX, y, width: viewWidth, height: settings.rowHeight };
    bars.push({
      ...place,
      chunkRow: row,
      chunkAddr: table.addr[row] ?? 0,
      name: chunkName(picture, row),
      sizeBytes: table.size[row] ?? 0,
    });
  }
  return bars;
}

/** Row under which the lens opens: the last one that a focused chunk's header stands in. */
function lensAnchor(picture: HeapPicture): number {
  const inHeap = picture.focus.filter((addr) => addr >= picture.chunks.start && addr < picture.chunks.end);
  const last = inHeap.at(-1);
  return last === undefined ? -1 : Math.min(last + picture.abi.wordBytes, picture.chunks.end - 1);
}

/** The lens under the row of what it is about. */
function placeLens(layout: RowLayout, anchor: number, lens: LensScene, gap: number): LensScene {
  const row = rectOf(layout, anchor, 1);
  return movedLens(lens, (row?.y ?? 0) + (row?.height ?? 0) + gap - lens.y);
}

/** Where everything lies, seen or not. One pass over the rows of the heap. */
export function midMapPlan(picture: HeapPicture, settings: MidPlanSettings): MidMapPlan {
  const viewX = settings.gutter;
  const rowsWidth = Math.max(1, settings.viewWidth - settings.gutter - MARGIN);
  // The mock's lens has labels of 10 px.
  const scale = settings.metrics.fontSize / 10;
  const anchor = settings.lens ? lensAnchor(picture) : -1;
  const draft =
    anchor < 0
      ? null
      : lensScene(picture, { x: viewX - settings.gutter * 0.8, y: 0, width: rowsWidth + settings.gutter * 0.9 }, scale);
  const wanted = draft !== null && draft.cells.length > 0 ? draft : null;
  const words = picture.changed.slice(0, KEEP_OPEN).map((change) => change.addr);
  if (picture.nextWrite >= 0) words.push(picture.nextWrite);
  const layout = layoutRows(picture.chunks, {
    viewX,
    viewWidth: rowsWidth,
    viewTop: TOP,
    bytesPerRow: settings.bytesPerRow,
    wordBytes: picture.abi.wordBytes,
    rowHeight: settings.rowHeight,
    foldHeight: settings.foldHeight,
    gap: settings.gap,
    keepOpen: [...words, ...picture.focus].toSorted((a, b) => a - b),
    inset: wanted === null ? null : { addr: anchor, height: wanted.height },
  });
  const lens = wanted === null ? null : placeLens(layout, anchor, wanted, settings.gap);
  const bottom = Math.max(layoutBottom(layout), lens === null ? 0 : lens.y + lens.height) + settings.gap;
  const bars = mappedBars(picture, bottom, viewX, rowsWidth, settings);
  return {
    level: "mid",
    viewWidth: settings.viewWidth,
    viewHeight: bottom + bars.length * (settings.rowHeight + settings.gap),
    gutter: settings.gutter,
    bytesPerRow: settings.bytesPerRow,
    bars,
    lens,
    layout,
    metrics: settings.metrics,
  };
}

/** What is seen of it. Time grows with what is visible. */
export function midMapView(picture: HeapPicture, plan: MidMapPlan, view: ViewWindow): MidMapScene {
  return {
    ...plan,
    ...visibleLines(picture, plan.layout, { ...view, metrics: plan.metrics }),
    tags: mapTags(picture, plan.layout, view.scrollTop, view.scrollTop + view.viewHeight),
  };
}

export function midMapScene(picture: HeapPicture, settings: MidSettings): MidMapScene {
  return midMapView(picture, midMapPlan(picture, settings), settings);
}
