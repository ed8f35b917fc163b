/**
 * Doubly linked lists: unsorted, small and large bins. Each is a ring through an imaginary chunk whose fd and bk are bins[2i−2], bins[2i−1]:
 *
 *   bin header ──fd──► head ──fd──► … ──fd──► tail ──fd──► bin header       and the same backwards by bk
 *
 * Large bins are sorted by falling size; the first chunk of each size is on a second ring, fd_nextsize towards smaller sizes.
 */
import { isChunkAligned, largeBinRange, offsetOf, smallBinSize } from "./bin-index";
import { big, type Context, LIST_LIMIT, report } from "./context";
import { shifted, type Walk, walkList, wordsAt } from "./lists";
import type { BinKind, BinList } from "./types";

/** Address of the imaginary chunk of bin `index` in the arena at `arena`. */
function binHeader({ abi }: Context, arena: number, index: number): number {
  return arena + offsetOf(abi.mallocState, "bins") + (index - 1) * 2 * abi.wordBytes - 2 * abi.wordBytes;
}

function binKind(context: Context, index: number): BinKind {
  if (index === 1) return "unsorted";
  return index < context.abi.firstLargeBin ? "small" : "large";
}

function sizeRange(context: Context, kind: BinKind, index: number): { readonly start: number; readonly end: number } {
  if (kind === "unsorted") return { start: 0, end: Infinity };
  if (kind === "large") return largeBinRange(context.abi, index);
  const start = smallBinSize(context.abi, index);
  return { start, end: start + context.abi.alignment };
}

/** Compares bk with fd along the ring; reports every back link that disagrees. True when all agree. */
function checkBack(context: Context, walk: Walk, header: number, id: number): boolean {
  const { reader, abi } = context;
  const bkOf = (chunk: number): number => chunk + 3 * abi.wordBytes;
  let agree = true;
  let previous = header;
  for (const node of walk.nodes) {
    if (reader.word(bkOf(node)) !== previous) {
      report(context, "back link", bkOf(node), { chunkAddr: node, bin: id, expected: big(previous) });
      agree = false;
    }
    previous = node;
  }
  if (walk.end === "ring" && reader.word(bkOf(header)) !== previous) {
    report(context, "back link", bkOf(header), { chunkAddr: previous, bin: id, expected: big(previous) });
    agree = false;
  }
  return agree && walk.end === "ring";
}

function reportEnd(context: Context, walk: Walk, header: number, id: number): void {
  if (walk.end === "ring") return;
  const last = walk.nodes.at(-1) ?? header;
  const at = last + 2 * context.abi.wordBytes;
  const more = { chunkAddr: last, bin: id };
  if (walk.end === "cycle") report(context, "list cycle", at, more);
  else if (walk.end === "limit") report(context, "list limit", at, more);
  else
    report(
      context,
      walk.brokenTo >= 0 && !isChunkAligned(context.abi, walk.brokenTo) ? "link misaligned" : "link unreadable",
      at,
      more,
    );
}

const none = new Float64Array(0);
const noWords = new BigUint64Array(0);

function emptyBin(context: Context, arena: number, index: number, id: number, mapped: boolean, end: "ring" | "nil"): BinList {
  const kind = binKind(context, index);
  const range = sizeRange(context, kind, index);
  const large = kind === "large" ? none : null;
  return {
    id,
    kind,
    index,
    sizeBytes: range.start,
    sizeEnd: range.end,
    head: binHeader(context, arena, index),
    claimedCount: -1,
    mapped,
    entries: none,
    rawNext: noWords,
    end,
    brokenTo: -1,
    cycleTo: -1,
    backEntries: null,
    fdNextsize: large,
    bkNextsize: large,
  };
}

function decodeBin(context: Context, arena: number, index: number, id: number, mapped: boolean): BinList {
  const { reader, abi } = context;
  const header = binHeader(context, arena, index);
  const word = (chunk: number, nth: number): number => reader.word(chunk + nth * abi.wordBytes);
  // Most bins are empty at most times: a ring of the header alone.
  if (word(header, 2) === header && word(header, 3) === header) return emptyBin(context, arena, index, id, mapped, "ring");
  const kind = binKind(context, index);
  const range = sizeRange(context, kind, index);
  const shape = (nth: 2 | 3) => ({
    next: (node: number) => word(node, nth),
    ring: header,
    follow: (node: number) => isChunkAligned(abi, node) && word(node, 2) >= 0 && word(node, 3) >= 0,
    limit: LIST_LIMIT,
  });
  const walk = walkList(word(header, 2), shape(2));
  reportEnd(context, walk, header, id);
  const agrees = checkBack(context, walk, header, id);
  const entries = shifted(walk.nodes, 0);
  return {
    id,
    kind,
    index,
    sizeBytes: range.start,
    sizeEnd: range.end,
    head: header,
    claimedCount: -1,
    mapped,
    entries,
    rawNext: wordsAt(reader, entries, 2 * abi.wordBytes),
    end: walk.end,
    brokenTo: walk.brokenTo,
    cycleTo: walk.cycleTo,
    backEntries: agrees ? null : shifted(walkList(word(header, 3), shape(3)).nodes, 0),
    fdNextsize: kind === "large" ? entries.map((addr) => Math.max(0, word(addr, 4))) : null,
    bkNextsize: kind === "large" ? entries.map((addr) => Math.max(0, word(addr, 5))) : null,
  };
}

/** Bits set in binmap, ascending. */
export function decodeBinmap(context: Context, arena: number): number[] {
  const { abi, reader } = context;
  const start = arena + offsetOf(abi.mallocState, "binmap");
  const set: number[] = [];
  for (let bit = 0; bit <= abi.lastBin + 1; bit++) {
    const word = reader.u32(start + (bit >>> 5) * 4);
    if (word > 0 && (word >>> (bit & 31)) & 1) set.push(bit);
  }
  return set;
}

/** The bins of an arena that has been initialised. */
export function decodeBins(context: Context, arena: number, firstId: number, binmap: readonly number[]): BinList[] {
  const mapped = new Set(binmap);
  return Array.from({ length: context.abi.lastBin }, (_, i) => decodeBin(context, arena, i + 1, firstId + i, mapped.has(i + 1)));
}

/** The bins before the first malloc: their words are still zero. */
export function unbornBins(context: Context, arena: number, firstId: number): BinList[] {
  return Array.from({ length: context.abi.lastBin }, (_, i) => emptyBin(context, arena, i + 1, firstId + i, false, "nil"));
}
