/**
 * Bins as linked lists. Singly linked lists start at a dot, rings at a pill:
 *
 *   tcache 0x90 7/7  ●──►[t[6]]──►[t[5]]──► … ──►∅
 *   small  0x90 1    (bin 9)⇄[x 0x90] ↺
 *   unsorted         (main_arena+96) with fd above and bk below, taller: this is where most steps happen
 */
import { fieldOf, tcacheRange } from "../decode/bin-index";
import { rowOf } from "../decode/chunk-table";
import { type BinList, chunkMark } from "../decode/types";
import { arrowPath, ringArrows } from "./bin-arrows";
import { headerName } from "./bin-names";
import { chunkName, hexText } from "./map-labels";
import type { BinArrow, BinElision, BinNode, BinPlace, BinRow, BinsScene, HeapPicture } from "./types";

export interface BinsSettings {
  readonly viewWidth: number;
  /** Multiplies every size: presenter mode. */
  readonly scale: number;
  /** Shows only lists the step touched (presenter, narrow embeds). */
  readonly touchedOnly: boolean;
  /** The part of the content that is on the screen, in view pixels; lists outside have a place but no row. All when absent. */
  readonly window?: { readonly top: number; readonly bottom: number };
}

const SIZE = {
  labelWidth: 116,
  digit: 6,
  rowHeight: 21,
  unsortedHeight: 62,
  nodeHeight: 16,
  singleNode: 59,
  narrowNode: 50,
  singleGap: 5,
  nil: 16,
  ringNode: 74,
  wideNode: 96,
  dot: 5.2,
  tail: 42,
  ringGap: 26,
  pill: 64,
  widePill: 92,
} as const;

/** Lists that are shown: those with entries, and broken ones. */
function isShown(list: BinList): boolean {
  return list.entries.length > 0 || list.end === "broken" || (list.backEntries !== null && list.backEntries.length > 0);
}

/** Whether the step wrote the list's head or a link of one of its entries. O(changed words). */
function touched(picture: HeapPicture, list: BinList): boolean {
  const { wordBytes } = picture.abi;
  const ring = list.kind !== "tcache" && list.kind !== "fast";
  const isEntry = (chunkAddr: number): boolean => picture.chunks.bin[rowOf(picture.chunks, chunkAddr)] === list.id;
  return picture.changed.some(({ addr }) => {
    const head = ring ? addr === list.head + 2 * wordBytes || addr === list.head + 3 * wordBytes : addr === list.head;
    return head || isEntry(addr - 2 * wordBytes) || (ring && isEntry(addr - 3 * wordBytes));
  });
}

/** How many nodes fit, and which positions they show: the head's side and the tail, the middle left out. */
function shownPositions(count: number, fits: number): { readonly head: number; readonly tail: number } {
  if (count <= fits) return { head: count, tail: 0 };
  const room = Math.max(2, fits - 1);
  return { head: room - 1, tail: 1 };
}

interface RowPlace {
  readonly height: number;
  readonly scale: number;
  readonly viewWidth: number;
}

function node(
  picture: HeapPicture,
  list: BinList,
  index: number,
  rect: { x: number; y: number; width: number; height: number },
): BinNode {
  const chunkAddr = list.entries[index] ?? 0;
  const chunkRow = rowOf(picture.chunks, chunkAddr);
  const marks = chunkRow < 0 ? 0 : (picture.chunks.marks[chunkRow] ?? 0);
  const user = chunkAddr + (list.kind === "tcache" ? 2 * picture.abi.wordBytes : 0);
  const short = user.toString(16).slice(-4);
  const name = chunkRow < 0 ? "" : chunkName(picture, chunkRow);
  const single = list.kind === "tcache" || list.kind === "fast";
  const size = chunkRow < 0 ? "?" : hexText(picture.chunks.size[chunkRow] ?? 0);
  return {
    ...rect,
    chunkAddr,
    chunkRow,
    position: index + 1,
    name: name === "" ? `…${short}` : name,
    detail: name === "" && single ? "" : single ? short : size,
    suspect: chunkRow < 0 || (marks & chunkMark.suspect) !== 0,
    lastRemainder: (marks & chunkMark.lastRemainder) !== 0,
  };
}

interface Nodes {
  readonly nodes: readonly BinNode[];
  readonly elisions: readonly BinElision[];
  /** x after the last node. */
  readonly end: number;
}

/** Nodes from left to right with `gap` between them; too many are elided in the middle. */
function layNodes(picture: HeapPicture, list: BinList, place: RowPlace, x: number, width: number, gap: number): Nodes {
  const height = SIZE.nodeHeight * place.scale;
  const y = (place.height - height) / 2;
  const single = list.kind === "tcache" || list.kind === "fast";
  const room = place.viewWidth - x - (single ? SIZE.nil : SIZE.tail) * place.scale;
  // A hair of tolerance: a list that was packed to fit exactly does fit.
  const { head, tail } = shownPositions(list.entries.length, Math.floor(room / (width + gap) + 1e-6));
  const nodes: BinNode[] = [];
  const elisions: BinElision[] = [];
  let at = x;
  const put = (index: number): void => {
    nodes.push(node(picture, list, index, { x: at + gap, y, width, height }));
    at += gap + width;
  };
  for (let i = 0; i < head; i++) put(i);
  if (tail > 0) {
    elisions.push({ x: at + gap, y, width, height, count: list.entries.length - head - tail });
    at += gap + width;
    for (let i = list.entries.length - tail; i < list.entries.length; i++) put(i);
  }
  return { nodes, elisions, end: at };
}

function endText(list: BinList): string {
  switch (list.end) {
    case "nil":
      return "∅";
    case "ring":
      return "↺";
    case "cycle":
      return `↺ ${list.cycleTo + 1}`;
    case "broken":
      return list.brokenTo < 0 ? "⚠ ?" : `⚠ ${hexText(list.brokenTo)}`;
    default:
      return "…";
  }
}

/** Arrows of a singly linked list: slot to head, each node to the next. */
function singleArrows(picture: HeapPicture, list: BinList, laid: Nodes, anchorX: number, y: number): BinArrow[] {
  const { wordBytes } = picture.abi;
  const stops = laid.nodes.map((entry) => ({
    x: entry.x,
    end: entry.x + entry.width,
    at: entry.chunkAddr + 2 * wordBytes,
    to: entry.chunkAddr,
    node: true,
  }));
  for (const gap of laid.elisions) stops.push({ x: gap.x, end: gap.x + gap.width, at: -1, to: -1, node: false });
  stops.sort((a, b) => a.x - b.x);
  let from = { x: anchorX, at: list.head };
  return stops.map((stop) => {
    const change = picture.changed.find((entry) => entry.addr === from.at);
    const accent = change !== undefined ? "just" : picture.nextWrite === from.at ? "next" : "none";
    const arrow: BinArrow = {
      style: "fd",
      path: arrowPath({ x: from.x, y }, { x: stop.x - 2, y }),
      accent,
      order: change?.order ?? 0,
      fromAddr: from.at,
      toAddr: stop.to,
    };
    from = { x: stop.end, at: stop.at };
    return arrow;
  });
}

/** Node width and gap. A full tcache list of seven fills the row of a workbench; rings keep room for two arrows. */
function packing(list: BinList, room: number, scale: number): { readonly nodeWidth: number; readonly gap: number } {
  const count = Math.max(1, list.entries.length);
  if (list.kind === "tcache" || list.kind === "fast") {
    const each = (room - SIZE.nil * scale) / count;
    const nodeWidth = Math.max(SIZE.narrowNode * scale, Math.min(SIZE.singleNode * scale, each - SIZE.singleGap * scale));
    return { nodeWidth, gap: Math.max(SIZE.singleGap * scale, Math.min(14 * scale, each - nodeWidth)) };
  }
  const unsorted = list.kind === "unsorted";
  const each = (room - SIZE.tail * scale) / count;
  const widest = (unsorted ? SIZE.wideNode : SIZE.ringNode) * scale;
  const nodeWidth = Math.max(SIZE.ringNode * scale, Math.min(widest, each - 22 * scale));
  return { nodeWidth, gap: Math.max(22 * scale, Math.min((unsorted ? 70 : SIZE.ringGap) * scale, each - nodeWidth)) };
}

/** Labels have room for `0x410` and `7/7`; releases with larger lists and counts get more, all rows alike. */
function labelRoom({ bins, abi }: HeapPicture): number {
  if (abi.tcache === null) return SIZE.labelWidth;
  const entries = fieldOf(abi.tcache, "entries")?.count ?? 0;
  const size = hexText(tcacheRange(abi, entries - 1).start).length;
  const count = 2 * String(bins.tcacheCount).length + 1;
  return SIZE.labelWidth + SIZE.digit * (Math.max(0, size - 5) + Math.min(4, Math.max(0, count - 3)));
}

function binRow(picture: HeapPicture, list: BinList, y: number, place: RowPlace, problems: number): BinRow {
  const { scale } = place;
  const middle = place.height / 2;
  const single = list.kind === "tcache" || list.kind === "fast";
  const unsorted = list.kind === "unsorted";
  const labelWidth = labelRoom(picture) * scale;
  const anchorWidth = (single ? SIZE.dot : unsorted ? SIZE.widePill : SIZE.pill) * scale;
  const anchorX = labelWidth - (single ? 6.6 : unsorted ? 6 : 4) * scale;
  const anchorHeight = (single ? SIZE.dot : SIZE.nodeHeight + (unsorted ? 3 : 0)) * scale;
  const start = anchorX + anchorWidth;
  const { nodeWidth, gap } = packing(list, place.viewWidth - start, scale);
  const laid = layNodes(picture, list, place, start, nodeWidth, gap);
  const anchor = { x: anchorX, y: middle - anchorHeight / 2, width: anchorWidth, height: anchorHeight };
  return {
    x: 0,
    y,
    width: place.viewWidth,
    height: place.height,
    binId: list.id,
    kind: list.kind,
    index: list.index,
    sizeText: unsorted ? "bins[0..1]" : hexText(list.sizeBytes),
    countText: list.kind === "tcache" ? `${list.claimedCount}/${picture.bins.tcacheCount}` : String(list.entries.length),
    anchor: { ...anchor, shape: single ? "dot" : "pill", text: single ? "" : headerName(list, picture.arenas) },
    nodes: laid.nodes,
    elisions: laid.elisions,
    arrows: single
      ? singleArrows(picture, list, laid, start, middle)
      : ringArrows(picture, list, laid.nodes, laid.elisions, anchor),
    end: { kind: list.end, x: laid.end + 5 * scale, y: middle, text: endText(list) },
    problems,
    touched: touched(picture, list),
  };
}

/** Problems by list id, for the warning sign at a row. */
export type ProblemCounts = ReadonlyMap<number, number>;

export function binsScene(picture: HeapPicture, settings: BinsSettings, problems: ProblemCounts = new Map()): BinsScene {
  const { lists } = picture.bins;
  const { scale, viewWidth, window = { top: 0, bottom: Number.POSITIVE_INFINITY } } = settings;
  const places: BinPlace[] = [];
  const rows: BinRow[] = [];
  let y = 3 * scale;
  for (const list of lists) {
    const bad = problems.get(list.id) ?? 0;
    if (!isShown(list) && list.kind !== "unsorted" && bad === 0) continue;
    if (settings.touchedOnly && !touched(picture, list)) continue;
    const height = (list.kind === "unsorted" && list.entries.length > 0 ? SIZE.unsortedHeight : SIZE.rowHeight) * scale;
    places.push({ binId: list.id, y, height });
    if (y < window.bottom && y + height > window.top) rows.push(binRow(picture, list, y, { height, scale, viewWidth }, bad));
    y += height;
  }
  const empty = (kind: BinList["kind"]): number => lists.filter((list) => list.kind === kind && !isShown(list)).length;
  return {
    viewWidth: settings.viewWidth,
    viewHeight: y,
    places,
    rows,
    empty: {
      tcache: picture.bins.tcacheAddr > 0 ? empty("tcache") : 0,
      fast: empty("fast"),
      small: empty("small"),
      large: empty("large"),
    },
    binmap: picture.bins.binmap.map((bin) => ({
      bin,
      stale: lists.some(
        (list) => list.kind !== "tcache" && list.kind !== "fast" && list.index === bin && list.entries.length === 0,
      ),
    })),
  };
}
