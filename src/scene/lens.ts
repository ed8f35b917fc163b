/**
 * The lens: the words that a step works on, opened inline under their row. Untouched words are folded.
 *
 *   ┌ a 0x90 ─────────────────────────┐┌ b 0x90 ──────────────────┐
 *   │ data │ size │ fd │ bk │ ⋯ 14 w │ prev_size │ size │ ⋯ 16 w │ …
 */
import { rowOf } from "../decode/chunk-table";
import { chunkMark, chunkState } from "../decode/types";
import { stateName } from "./chunk-state";
import { chunkName, hexText } from "./map-labels";
import { chunkDrawnAt } from "./row-layout";
import type { HeapPicture, LensBracket, LensScene, WordCell, WordFold } from "./types";
import { allZero, wordCell } from "./word-cells";

const SIZES = {
  minWidth: 58,
  foldWidth: 34,
  height: 41,
  top: 27,
  lineHeight: 21,
  foldLine: 14,
  jumpHeight: 20,
  padding: 8,
} as const;
type CellSizes = Readonly<Record<keyof typeof SIZES, number>>;

function cellSizes(scale: number): CellSizes {
  return Object.fromEntries(Object.entries(SIZES).map(([name, size]) => [name, size * scale])) as CellSizes;
}

/** Narrower lenses list their words downwards. */
const NARROW = 420;
/** Words of one lens at most. */
const MAX_DOWN = 24;

/** Lower is kept longer when there is no room. */
const rank = { changed: 0, header: 1, footer: 2, link: 3, border: 4 } as const;

/** How many link words a chunk in this state has. */
const linkWords: ReadonlyMap<number, number> = new Map([
  [chunkState.tcache, 2],
  [chunkState.fast, 1],
  [chunkState.unsorted, 2],
  [chunkState.small, 2],
  [chunkState.large, 4],
  [chunkState.loose, 2],
]);

/** Words worth showing, with how much each matters. */
function interesting(picture: HeapPicture): Map<number, number> {
  const { chunks: table, abi } = picture;
  const words = new Map<number, number>();
  const add = (addr: number, importance: number): void => {
    if (addr < table.start || addr >= table.end) return;
    words.set(addr, Math.min(words.get(addr) ?? Infinity, importance));
  };
  for (const addr of picture.focus) {
    const row = rowOf(table, addr);
    if (row < 0 || row >= table.heapCount) continue;
    const size = table.size[row] ?? 0;
    add(addr, rank.border);
    add(addr + abi.wordBytes, rank.header);
    const links = linkWords.get(table.state[row] ?? 0) ?? 0;
    for (let i = 0; i < links && (i + 3) * abi.wordBytes <= size; i++) add(addr + (2 + i) * abi.wordBytes, rank.link);
    if (table.state[row] === chunkState.top) continue;
    add(addr + size, rank.footer);
    add(addr + size + abi.wordBytes, rank.border);
  }
  const shown = (word: number): boolean =>
    words.has(word) || picture.focus.includes(table.addr[chunkDrawnAt(table, word, abi.wordBytes)] ?? -1);
  for (const changed of [
    ...picture.changed.map((change) => change.addr),
    ...(picture.nextWrite >= 0 ? [picture.nextWrite] : []),
  ]) {
    const word = changed - (changed % abi.wordBytes);
    if (shown(word)) add(word, rank.changed);
  }
  return words;
}

/** Cells and folds in address order; a single word between two cells is a cell, not a fold. */
function sequence(
  picture: HeapPicture,
  words: ReadonlyMap<number, number>,
): ({ readonly addr: number } | { readonly addr: number; readonly to: number })[] {
  const { wordBytes } = picture.abi;
  const sorted = [...words.keys()].toSorted((a, b) => a - b);
  const out: ({ readonly addr: number } | { readonly addr: number; readonly to: number })[] = [];
  sorted.forEach((addr, i) => {
    const before = sorted[i - 1];
    const gap = before === undefined ? 0 : addr - before - wordBytes;
    if (before !== undefined && gap === wordBytes) out.push({ addr: before + wordBytes });
    else if (before !== undefined && gap > 0) out.push({ addr: before + wordBytes, to: addr });
    out.push({ addr });
  });
  return out;
}

/** Drops what matters least until the sequence fits. */
function fit(picture: HeapPicture, fits: (cells: number, folds: number) => boolean): ReturnType<typeof sequence> {
  const words = interesting(picture);
  for (;;) {
    const items = sequence(picture, words);
    const folds = items.filter((item) => "to" in item).length;
    if (words.size <= 1 || fits(items.length - folds, folds)) return items;
    const worst = [...words].reduce((a, b) => (b[1] >= a[1] ? b : a));
    words.delete(worst[0]);
  }
}

function foldOf(
  picture: HeapPicture,
  from: number,
  to: number,
  rect: { x: number; y: number; width: number; height: number },
): WordFold {
  const row = Math.max(0, chunkDrawnAt(picture.chunks, from, picture.abi.wordBytes));
  const words = (to - from) / picture.abi.wordBytes;
  return {
    ...rect,
    addr: from,
    words,
    allZero: allZero(picture, from, to, 4096),
    chunkRow: row,
    state: stateName(picture.chunks, row),
    chunkName: chunkName(picture, row),
  };
}

/** One bracket over each chunk's cells. */
function brackets(picture: HeapPicture, parts: readonly (WordCell | WordFold)[], y: number, cell: CellSizes): LensBracket[] {
  const found: LensBracket[] = [];
  for (const part of parts) {
    if (part.chunkRow < 0) continue;
    const last = found.at(-1);
    const x2 = part.x + part.width;
    if (last !== undefined && last.chunkRow === part.chunkRow) found[found.length - 1] = { ...last, x2 };
    else {
      const sizeBytes = picture.chunks.size[part.chunkRow] ?? 0;
      const name = chunkName(picture, part.chunkRow) || hexText(sizeBytes);
      found.push({
        chunkRow: part.chunkRow,
        name,
        sizeBytes,
        state: stateName(picture.chunks, part.chunkRow),
        x1: part.x,
        x2,
        y,
      });
    }
  }
  // A chunk that shows only its last word is a neighbour; a bracket over one cell of old data would say too much.
  return found.filter(
    (bracket) =>
      picture.focus.includes(picture.chunks.addr[bracket.chunkRow] ?? -1) || bracket.x2 - bracket.x1 > cell.minWidth * 2,
  );
}

/** Where p − prev_size leads: from a boundary tag to the start of its chunk, when both chunks are worked on. */
function jumps(picture: HeapPicture, cells: readonly WordCell[]): LensScene["jumps"] {
  const { chunks: table } = picture;
  return cells.flatMap((cell) => {
    const addr = table.addr[cell.chunkRow] ?? -1;
    if (cell.role !== "prev_size" || ((table.marks[cell.chunkRow] ?? 0) & chunkMark.footer) === 0) return [];
    const both = picture.focus.includes(addr) && picture.focus.includes(table.addr[cell.chunkRow + 1] ?? -1);
    const start = cells.find((other) => other.addr === addr);
    if (!both || start === undefined) return [];
    return [
      {
        from: { x: cell.x + cell.width / 2, y: cell.y + cell.height },
        to: { x: start.x + 5, y: start.y + start.height },
        chunkRow: cell.chunkRow,
      },
    ];
  });
}

interface LensPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function across(picture: HeapPicture, at: LensPlace, scale: number): LensScene {
  const cell = cellSizes(scale);
  const inner = at.width - 2 * cell.padding;
  const items = fit(picture, (cells, folds) => cells * cell.minWidth + folds * cell.foldWidth <= inner);
  const folds: WordFold[] = [];
  const cells: WordCell[] = [];
  const foldCount = items.filter((item) => "to" in item).length;
  const width = (inner - foldCount * cell.foldWidth) / Math.max(1, items.length - foldCount);
  let x = at.x + cell.padding;
  const y = at.y + cell.top;
  const parts = items.map((item) => {
    const rect = { x, y, width: "to" in item ? cell.foldWidth : width, height: cell.height };
    x += rect.width;
    if ("to" in item) return folds[folds.push(foldOf(picture, item.addr, item.to, rect)) - 1];
    return cells[cells.push(wordCell(picture, item.addr, rect)) - 1];
  });
  const found = jumps(picture, cells);
  const shown = parts.flatMap((part) => (part === undefined ? [] : [part]));
  const height = cell.top + cell.height + cell.padding + (found.length > 0 ? cell.jumpHeight : 0);
  return { ...at, height, flow: "across", cells, folds, brackets: brackets(picture, shown, y - 7 * scale, cell), jumps: found };
}

function down(picture: HeapPicture, at: LensPlace, scale: number): LensScene {
  const cell = cellSizes(scale);
  const items = fit(picture, (cells) => cells <= MAX_DOWN);
  const folds: WordFold[] = [];
  const cells: WordCell[] = [];
  let y = at.y + cell.padding;
  for (const item of items) {
    const rect = {
      x: at.x + cell.padding,
      y,
      width: at.width - 2 * cell.padding,
      height: ("to" in item ? cell.foldLine : cell.lineHeight) - 1,
    };
    if ("to" in item) folds.push(foldOf(picture, item.addr, item.to, rect));
    else cells.push(wordCell(picture, item.addr, rect));
    y += rect.height + 1;
  }
  return { ...at, height: y - at.y + cell.padding, flow: "down", cells, folds, brackets: [], jumps: [] };
}

/** The lens at a place, its cells multiplied by `scale`; its height follows from what it shows. No cells when no chunk in the heap is worked on. */
export function lensScene(picture: HeapPicture, at: LensPlace, scale = 1): LensScene {
  return at.width < NARROW * scale ? down(picture, at, scale) : across(picture, at, scale);
}

/** The same lens, so much further down. */
export function movedLens(lens: LensScene, by: number): LensScene {
  const lower = <T extends { readonly y: number }>(box: T): T => ({ ...box, y: box.y + by });
  return {
    ...lower(lens),
    cells: lens.cells.map(lower),
    folds: lens.folds.map(lower),
    brackets: lens.brackets.map(lower),
    jumps: lens.jumps.map((jump) => ({ ...jump, from: lower(jump.from), to: lower(jump.to) })),
  };
}
