/** What is written into a block, as far as there is room: name, then `← bin[i/n]`, then size. */
import { type BinList, chunkState, chunkStateNames } from "../decode/types";
import { binTag, shortBinTag } from "./bin-names";
import type { HeapPicture, MapText, TextMetrics, ViewRect } from "./types";

const PADDING = 4;
/** From this many characters on there is room for more than a name. */
const ROOMY = 12;

export const hexText = (value: number): string => `0x${value.toString(16)}`;

export function listOf(picture: HeapPicture, chunkRow: number): BinList | null {
  const id = picture.chunks.bin[chunkRow] ?? -1;
  return id < 0 ? null : (picture.lists[id] ?? null);
}

/** Name by which the map knows a chunk: the program's, or malloc's own; "" for an anonymous one. */
export function chunkName(picture: HeapPicture, chunkRow: number): string {
  const state = picture.chunks.state[chunkRow];
  if (state === chunkState.top) return "top";
  if (state === chunkState.meta) return "tcache_perthread_struct";
  if (state === chunkState.heapInfo || state === chunkState.mallocState) return chunkStateNames[state] ?? "";
  return picture.names.get(picture.chunks.addr[chunkRow] ?? -1) ?? "";
}

/** Name that fits, shortened the way readers expect: `tcache` for the struct, `f0` for `f[0]`; "" when nothing fits. */
function fittingName(name: string, room: number, metrics: TextMetrics): string {
  const fits = (text: string): boolean => text.length * metrics.charWidth <= room + (text.length < 5 ? 10 : 0);
  const shorter = name === "tcache_perthread_struct" ? ["tcache struct", "tcache"] : [name.replaceAll(/[[\]]/g, "")];
  return [name, ...shorter].find(fits) ?? "";
}

/** Texts for one segment of a chunk. `inner`: the part of the segment that is neither header nor footer. */
export function blockTexts(picture: HeapPicture, chunkRow: number, inner: ViewRect, metrics: TextMetrics): MapText[] {
  const size = hexText(picture.chunks.size[chunkRow] ?? 0);
  const own = chunkName(picture, chunkRow);
  const room = inner.width - 2 * PADDING;
  const name = fittingName(own === "" ? size : own, room, metrics);
  if (name === "") return [];
  const y = inner.y + inner.height / 2;
  const start = inner.x + PADDING;
  const end = inner.x + inner.width - PADDING;
  const texts: MapText[] = [{ text: name, role: own === "" ? "size" : "name", x: start, y, anchor: "start" }];
  if (inner.width <= metrics.charWidth * ROOMY) return texts;
  const width = (text: string): number => text.length * metrics.charWidth;
  const used = width(name) + metrics.charWidth;
  const sizeText: MapText[] = own === "" ? [] : [{ text: size, role: "size", x: start + used, y, anchor: "start" }];
  const sizeWidth = own === "" ? 0 : width(size) + metrics.charWidth;
  for (const tag of tagTexts(picture, chunkRow)) {
    const right: MapText = { text: tag, role: "bin", x: end, y, anchor: "end" };
    if (used + sizeWidth + width(tag) <= room) return [...texts, ...sizeText, right];
    if (used + width(tag) <= room) return [...texts, right];
  }
  return used + sizeWidth <= room ? [...texts, ...sizeText] : texts;
}

/** What may stand at the right edge, longest first. */
function tagTexts(picture: HeapPicture, chunkRow: number): string[] {
  const list = listOf(picture, chunkRow);
  const position = picture.chunks.binPosition[chunkRow] ?? 0;
  if (list !== null) return [`← ${binTag(list, position)}`, shortBinTag(list, position)];
  const state = chunkStateNames[picture.chunks.state[chunkRow] ?? 0];
  if (state !== "top") return [];
  const end = hexText(picture.chunks.end);
  return picture.subHeap === undefined ? [`→ brk ${end}`, "→ brk"] : [`→ ${end}`];
}
