/** One chunk for the inspector: which words are fields in its present state, what they hold and where they lead. */
import { PAGE_SIZE } from "../abi/machine-memory";
import { isChunkAligned } from "./bin-index";
import { rowAt, rowOf } from "./chunk-table";
import type { Context } from "./context";
import {
  type BinList,
  type ChunkDetail,
  type ChunkField,
  type ChunkFieldName,
  chunkFlag,
  chunkMark,
  chunkState,
  type ChunkStateName,
  chunkStateNames,
  type HeapFacts,
  type PointerHere,
} from "./types";
import { demangle } from "./words";

/** Fields of a chunk in each state, in memory order. prev_size and size stand in front of all of them. */
const linkFields: Readonly<Record<ChunkStateName, readonly ChunkFieldName[]>> = {
  inuse: [],
  tcache: ["next", "key"],
  fast: ["fd"],
  unsorted: ["fd", "bk"],
  small: ["fd", "bk"],
  large: ["fd", "bk", "fd_nextsize", "bk_nextsize"],
  top: [],
  mmapped: [],
  meta: [],
  corrupt: [],
  fencepost: [],
  foreign: [],
  loose: ["fd", "bk"],
  heap_info: [],
  malloc_state: [],
};

function ringAt(facts: HeapFacts, addr: number): BinList | undefined {
  return facts.lists.find((list) => list.head === addr && list.kind !== "tcache" && list.kind !== "fast");
}

/** Whether the chunk before is free, so that this one's first word is a size. */
function prevSizeCounts(facts: HeapFacts, row: number): boolean {
  if (facts.chunks.state[row] === chunkState.mmapped) return true;
  return ((facts.chunks.flags[row] ?? 0) & chunkFlag.prevInuse) === 0;
}

/** Whether the word is what a freed tcache entry carries: the random key, or the address of the tcache that holds it. */
function isKey(context: Context, facts: HeapFacts, row: number, value: bigint | null): boolean {
  switch (context.abi.tcacheKey) {
    case "none":
      return false;
    case "random":
      return facts.bins.tcacheKey === null || value === facts.bins.tcacheKey;
    case "address": {
      const list = facts.chunks.bin[row] ?? -1;
      const owner = facts.tcaches.find(({ lists }) => lists.some(({ id }) => id === list));
      return owner !== undefined && value === BigInt(owner.addr);
    }
  }
}

function linkField(context: Context, facts: HeapFacts, row: number, name: ChunkFieldName, nth: number): ChunkField {
  const addr = (facts.chunks.addr[row] ?? 0) + nth * context.abi.wordBytes;
  const value = context.reader.exact(addr);
  const state = facts.chunks.state[row];
  const mangled = context.abi.safeLinking && (name === "next" || (name === "fd" && state === chunkState.fast));
  const stored = Number(value ?? 0n);
  const target = name === "key" || value === null ? -1 : mangled ? demangle(addr, stored) : stored;
  const chunk = target <= 0 ? -1 : rowOf(facts.chunks, name === "next" ? target - 2 * context.abi.wordBytes : target);
  const nextsize = name === "fd_nextsize" || name === "bk_nextsize";
  const key = name === "key" && !isKey(context, facts, row, value);
  return {
    name,
    addr,
    value,
    // A large chunk behind the first of its size has no nextsize links; a foreign word is no key.
    valid: value !== null && !(nextsize && stored === 0) && !key,
    target,
    targetChunk: chunk < 0 ? -1 : (facts.chunks.addr[chunk] ?? -1),
    targetBin: target > 0 ? (ringAt(facts, target)?.id ?? -1) : -1,
    mangled,
    ownerChunk: -1,
  };
}

/** Row of the chunk that ends where this one begins, −1 when it is the first of its region. */
function rowBefore({ chunks }: HeapFacts, row: number): number {
  const before = row - 1;
  if (before < 0 || row >= chunks.count || (chunks.arena[row] ?? -1) < 0) return -1;
  return (chunks.addr[before] ?? 0) + (chunks.size[before] ?? 0) === chunks.addr[row] ? before : -1;
}

function headFields(context: Context, facts: HeapFacts, row: number): ChunkField[] {
  const addr = facts.chunks.addr[row] ?? 0;
  const plain = { target: -1, targetChunk: -1, targetBin: -1, mangled: false };
  const counts = prevSizeCounts(facts, row);
  const before = rowBefore(facts, row);
  const owner = before < 0 ? -1 : (facts.chunks.addr[before] ?? -1);
  const sizeAt = addr + context.abi.wordBytes;
  return [
    { ...plain, name: "prev_size", addr, value: context.reader.exact(addr), valid: counts, ownerChunk: counts ? -1 : owner },
    {
      ...plain,
      name: "size",
      addr: sizeAt,
      value: context.reader.exact(sizeAt),
      valid: facts.chunks.state[row] !== chunkState.corrupt,
      ownerChunk: -1,
    },
  ];
}

/** Bytes the program may use: in a heap chunk also the next chunk's first word (glibc: musable). */
function usableBytes(context: Context, facts: HeapFacts, row: number): number {
  const size = facts.chunks.size[row] ?? 0;
  const short = facts.chunks.state[row] === chunkState.mmapped && !context.abi.features.has("mappedLikeHeap");
  const header = short ? 2 : 1;
  return facts.chunks.state[row] === chunkState.top ? 0 : Math.max(0, size - header * context.abi.wordBytes);
}

/** Everything about the chunk in one row; null when there is no such row. */
export function chunkDetail(context: Context, facts: HeapFacts, row: number): ChunkDetail | null {
  const { chunks } = facts;
  if (!(row >= 0 && row < chunks.count)) return null;
  const addr = chunks.addr[row] ?? 0;
  const state = chunkStateNames[chunks.state[row] ?? 0] ?? "corrupt";
  const bin = chunks.bin[row] ?? -1;
  const size = chunks.size[row] ?? 0;
  const room = Math.max(0, size / context.abi.wordBytes - 2);
  const links = linkFields[state].slice(0, room).map((name, i) => linkField(context, facts, row, name, i + 2));
  return {
    row,
    addr,
    userAddr: addr + 2 * context.abi.wordBytes,
    sizeBytes: size,
    sizeWord: context.reader.exact(addr + context.abi.wordBytes) ?? 0n,
    usableBytes: usableBytes(context, facts, row),
    flags: chunks.flags[row] ?? 0,
    state,
    bin,
    binPosition: chunks.binPosition[row] ?? 0,
    binCount: facts.lists[bin]?.entries.length ?? 0,
    prevRow: rowBefore(facts, row),
    nextRow: rowBefore(facts, row + 1) === row ? row + 1 : -1,
    fields: state === "foreign" ? [] : [...headFields(context, facts, row), ...links],
    problems: facts.problems.filter((problem) => problem.chunkAddr === addr || rowAt(chunks, problem.at) === row),
  };
}

/** At most this many words that point into one chunk are listed. */
const POINTER_LIMIT = 256;

/** malloc's own links to a chunk: list heads, neighbours in lists, top, last_remainder, and the next chunk's prev_size. */
export function linksTo(context: Context, facts: HeapFacts, row: number): PointerHere[] {
  const { chunks, bins } = facts;
  const { wordBytes } = context.abi;
  const addr = chunks.addr[row] ?? 0;
  const found: PointerHere[] = [];
  const arena = (name: "top" | "last_remainder"): number =>
    facts.arena.fields?.find((entry) => entry.field.name === name)?.addr ?? -1;
  if (bins.top === addr) found.push({ kind: "top", at: arena("top"), row: -1, bin: -1, field: null });
  if (bins.lastRemainder === addr)
    found.push({ kind: "last_remainder", at: arena("last_remainder"), row: -1, bin: -1, field: null });
  const list = facts.lists[chunks.bin[row] ?? -1];
  const position = (chunks.binPosition[row] ?? 0) - 1;
  if (list !== undefined && position >= 0) {
    const ring = list.kind !== "tcache" && list.kind !== "fast";
    const forward: ChunkFieldName = list.kind === "tcache" ? "next" : "fd";
    const link = (entry: number | undefined, nth: 2 | 3, field: ChunkFieldName): void => {
      const head = ring ? list.head + nth * wordBytes : list.head;
      if (entry === undefined) found.push({ kind: "bin", at: head, row: -1, bin: list.id, field });
      else found.push({ kind: "chunk", at: entry + nth * wordBytes, row: rowOf(chunks, entry), bin: list.id, field });
    };
    link(list.entries[position - 1], 2, forward);
    if (ring) link(list.entries[position + 1], 3, "bk");
  }
  const next = row + 1;
  if (rowBefore(facts, next) === row && ((chunks.marks[next] ?? 0) & chunkMark.prevSizeValid) !== 0) {
    found.push({ kind: "prevSize", at: chunks.addr[next] ?? 0, row: next, bin: -1, field: "prev_size" });
  }
  return found;
}

/** Words in chunks in use whose value lies in the user memory of this chunk. One pass over the heap: ask on demand. */
export function wordsTo(context: Context, facts: HeapFacts, row: number): PointerHere[] {
  const { chunks } = facts;
  const { wordBytes } = context.abi;
  const from = (chunks.addr[row] ?? 0) + 2 * wordBytes;
  const to = (chunks.addr[row] ?? 0) + (chunks.size[row] ?? 0) + wordBytes;
  const found: PointerHere[] = [];
  // Pages with the same bytes can stand in one place: it is looked at once when no pointer is in it.
  const pointless = new Map<ArrayBufferLike, Set<number>>();
  for (let other = 0; other < chunks.count && found.length < POINTER_LIMIT; other++) {
    const state = chunks.state[other];
    if ((state !== chunkState.inuse && state !== chunkState.mmapped) || !isChunkAligned(context.abi, chunks.addr[other] ?? 0))
      continue;
    const end = (chunks.addr[other] ?? 0) + (chunks.size[other] ?? 0);
    const past = (state === chunkState.inuse ? end : end - wordBytes) + 1;
    for (let at = (chunks.addr[other] ?? 0) + 2 * wordBytes; at < past && found.length < POINTER_LIMIT; ) {
      const page = Math.floor(at / PAGE_SIZE);
      const next = (page + 1) * PAGE_SIZE;
      // Asked once a page: it is a walk through four tables.
      const words = context.memory.page(page);
      const known = words === null ? undefined : (pointless.get(words.buffer) ?? new Set());
      if (words !== null && known !== undefined && !known.has(words.byteOffset)) {
        const hits = wordsIn(words, wordBytes, at % PAGE_SIZE, Math.min(PAGE_SIZE, past - page * PAGE_SIZE), from, to);
        for (const hit of hits) found.push({ kind: "chunk", at: page * PAGE_SIZE + hit, row: other, bin: -1, field: null });
        if (hits.length === 0 && at % PAGE_SIZE === 0 && past >= next) pointless.set(words.buffer, known.add(words.byteOffset));
      }
      at = next;
    }
  }
  return found.slice(0, POINTER_LIMIT);
}

const TWO_32 = 0x1_0000_0000;

/** Offsets in [begin, end) of a page at which a word lies in [from, to). */
function wordsIn(words: Uint32Array, wordBytes: 4 | 8, begin: number, end: number, from: number, to: number): number[] {
  const hits: number[] = [];
  const [least, most] = [Math.floor(from / TWO_32), Math.floor(to / TWO_32)];
  for (let at = begin; at < end; at += wordBytes) {
    const high = wordBytes === 8 ? (words[at / 4 + 1] ?? 0) : 0;
    // Most words are told apart by their upper half.
    if (high < least || high > most) continue;
    const value = high * TWO_32 + (words[at / 4] ?? 0);
    if (value >= from && value < to) hits.push(at);
  }
  return hits;
}
