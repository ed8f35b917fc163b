/** The whole heap at once: one cell a pixel column, coloured by the state most of its bytes are in. Also the strip above the rows. */
import { PAGE_SIZE } from "../abi/machine-memory";
import { type ChunkTable, chunkState, chunkStateNames } from "../decode/types";
import { addrLabel, mapTags } from "./map-mid";
import { rectOf } from "./row-layout";
import type { FarMapScene, HeapPicture, RowLayout, ViewRect } from "./types";

export const NOTHING = 255;

export interface FarSettings {
  readonly viewWidth: number;
  readonly gutter: number;
  /** Power of two; null chooses one so that everything fits into viewHeight. */
  readonly bytesPerRow: number | null;
  readonly viewHeight: number;
  readonly rowHeight: number;
  readonly rowGap: number;
  /** Raster columns; one a device pixel at most. */
  readonly columns: number;
}

/** Majority state of each of `cells` equal stretches from `start`. One pass over the chunks. */
export function majority(table: ChunkTable, start: number, bytesPerCell: number, cells: number): Uint8Array {
  const states = new Uint8Array(cells).fill(NOTHING);
  const share = new Float64Array(chunkStateNames.length);
  let cell = 0;
  let most = 0;
  const flush = (next: number): void => {
    if (most > 0 && cell < cells) states[cell] = share.indexOf(most);
    share.fill(0);
    most = 0;
    cell = next;
  };
  // Cells end at whole bytes: with fractions a boundary could round to the cell before it and the walk would stand still.
  const edge = (index: number): number => Math.round(index * bytesPerCell);
  const cellOf = (at: number): number => {
    let here = Math.max(0, Math.floor(at / bytesPerCell) - 1);
    while (edge(here + 1) <= at) here++;
    return here;
  };
  for (let row = 0; row < table.heapCount; row++) {
    const state = table.state[row] ?? 0;
    const end = (table.addr[row] ?? 0) + (table.size[row] ?? 0) - start;
    let at = (table.addr[row] ?? 0) - start;
    while (at < end) {
      const here = cellOf(at);
      if (here !== cell) flush(here);
      if (here >= cells) return states;
      const whole = cellOf(end);
      if (at === edge(here) && whole > here + 1) {
        states.fill(state, here, Math.min(whole, cells));
        flush(whole);
        at = edge(whole);
        continue;
      }
      const upTo = Math.min(end, edge(here + 1));
      share[state] = (share[state] ?? 0) + upTo - at;
      most = Math.max(most, share[state] ?? 0);
      at = upTo;
    }
  }
  flush(cells);
  return states;
}

/** Pages [first, past) inside a free chunk that malloc_trim would give back: all of it but its fields (glibc: mtrim). */
function freePages(table: ChunkTable, row: number, headerBytes: number): { readonly first: number; readonly past: number } {
  const addr = table.addr[row] ?? 0;
  return { first: Math.ceil((addr + headerBytes) / PAGE_SIZE), past: Math.floor((addr + (table.size[row] ?? 0)) / PAGE_SIZE) };
}

function trimmable(picture: HeapPicture, layout: RowLayout): { readonly rects: ViewRect[]; readonly pages: number } {
  const { chunks: table } = picture;
  const rects: ViewRect[] = [];
  let pages = 0;
  for (let row = 0; row < table.heapCount; row++) {
    const state = table.state[row];
    if (state !== chunkState.unsorted && state !== chunkState.small && state !== chunkState.large) continue;
    const { first, past } = freePages(table, row, 6 * picture.abi.wordBytes);
    if (past <= first) continue;
    pages += past - first;
    for (let page = first; page < past; page++) {
      const rect = rectOf(layout, page * PAGE_SIZE, PAGE_SIZE);
      if (rect !== null) rects.push(rect);
    }
  }
  return { rects, pages };
}

function chooseRow(bytes: number, settings: FarSettings): number {
  const rows = Math.max(1, Math.floor(settings.viewHeight / (settings.rowHeight + settings.rowGap)));
  let bytesPerRow = PAGE_SIZE;
  while (bytesPerRow * rows < bytes) bytesPerRow *= 2;
  return bytesPerRow;
}

export function farMapScene(picture: HeapPicture, settings: FarSettings): FarMapScene {
  const { chunks: table } = picture;
  const bytesPerRow = settings.bytesPerRow ?? chooseRow(table.end - table.start, settings);
  const start = Math.floor(table.start / PAGE_SIZE) * PAGE_SIZE;
  const rows = Math.max(0, Math.ceil((table.end - start) / bytesPerRow));
  const columns = Math.max(1, Math.floor(settings.columns));
  const bytesPerCell = bytesPerRow / columns;
  const lineHeight = settings.rowHeight + settings.rowGap;
  const line = (_: unknown, i: number): number => i;
  const lines = Float64Array.from({ length: rows }, line);
  const layout: RowLayout = {
    count: rows,
    addr: lines.map((i) => start + i * bytesPerRow),
    bytes: new Float64Array(rows).fill(bytesPerRow),
    y: lines.map((i) => i * lineHeight),
    height: new Float64Array(rows).fill(settings.rowHeight),
    folded: new Uint8Array(rows),
    start,
    end: table.end,
    viewX: settings.gutter,
    viewWidth: Math.max(1, settings.viewWidth - settings.gutter),
    bytesPerRow,
  };
  const pages = trimmable(picture, layout);
  return {
    level: "far",
    viewWidth: settings.viewWidth,
    viewHeight: rows * lineHeight,
    gutter: settings.gutter,
    columns,
    rows,
    states: majority(table, start, bytesPerCell, rows * columns),
    bytesPerRow,
    bytesPerCell,
    rowHeight: settings.rowHeight,
    rowGap: settings.rowGap,
    start,
    end: table.end,
    labels: [...layout.addr].map((addr, i) => ({
      addr,
      text: addrLabel(addr, start, table.end),
      y: i * lineHeight + settings.rowHeight / 2,
      fold: false,
    })),
    trimmable: pages.rects,
    trimmablePages: pages.pages,
    tags: mapTags(picture, layout),
    layout,
  };
}
