/** Singly linked lists: tcache (links lead to user memory) and fastbins (links lead to chunks). */
import { fastBinSize, fieldOf, isChunkAligned, offsetOf, tcacheSize } from "./bin-index";
import { big, type Context, LIST_LIMIT, report } from "./context";
import { shifted, walkList, wordsAt } from "./lists";
import type { BinList } from "./types";
import { demangle } from "./words";

interface SingleList {
  readonly kind: "tcache" | "fast";
  readonly id: number;
  readonly index: number;
  readonly sizeBytes: number;
  readonly slot: number;
  readonly claimedCount: number;
}

/** Walks one list. Links are stored in the first user word; `base` is how far a node's address lies beyond its chunk's. */
function decodeList(context: Context, list: SingleList): BinList {
  const { reader, abi } = context;
  const userOffset = 2 * abi.wordBytes;
  const base = list.kind === "tcache" ? userOffset : 0;
  const linkAt = (node: number): number => node - base + userOffset;
  const next = (node: number): number => {
    const stored = reader.word(linkAt(node));
    return stored < 0 || !abi.safeLinking ? stored : demangle(linkAt(node), stored);
  };
  const first = Math.max(0, reader.word(list.slot));
  const walk = walkList(first, {
    next,
    ring: -1,
    follow: (node) => isChunkAligned(abi, node - base) && reader.word(linkAt(node)) >= 0,
    limit: LIST_LIMIT,
  });
  const entries = shifted(walk.nodes, -base);
  const last = entries.at(-1);
  const lastLink = last === undefined ? list.slot : last + userOffset;
  const at = { bin: list.id, chunkAddr: last ?? -1 };
  if (walk.end === "broken") {
    const code = isChunkAligned(abi, walk.brokenTo - base) ? "link unreadable" : "link misaligned";
    report(context, code, lastLink, { ...at, value: big(walk.brokenTo) });
  } else if (walk.end === "cycle") report(context, "list cycle", lastLink, { ...at, value: big(walk.nodes[walk.cycleTo] ?? 0) });
  else if (walk.end === "limit") report(context, "list limit", lastLink, at);
  return {
    ...list,
    sizeEnd: list.sizeBytes + abi.alignment,
    head: list.slot,
    mapped: false,
    entries,
    rawNext: wordsAt(reader, entries, userOffset),
    end: walk.end,
    brokenTo: walk.brokenTo,
    cycleTo: walk.cycleTo,
    backEntries: null,
    fdNextsize: null,
    bkNextsize: null,
  };
}

/** How many tcache lists this glibc has, whether or not the thread has its tcache yet. */
export function tcacheListCount(context: Context): number {
  return context.abi.tcache === null ? 0 : (fieldOf(context.abi.tcache, "entries")?.count ?? 0);
}

export function decodeTcache(context: Context): BinList[] {
  const { abi, site, reader } = context;
  const layout = abi.tcache;
  const counts = layout && fieldOf(layout, "counts");
  const entries = layout && fieldOf(layout, "entries");
  if (!counts || !entries) return [];
  const readable = site.tcache > 0 && site.tcache % abi.wordBytes === 0 && reader.word(site.tcache) >= 0;
  if (site.tcache > 0 && !readable) report(context, "tcache unreadable", site.tcache, { value: big(site.tcache) });
  const countBytes = counts.sizeBytes / counts.count;
  return Array.from({ length: entries.count }, (_, index) => {
    const claimed = readable ? Number(reader.bytes(site.tcache + counts.offset + index * countBytes, countBytes) ?? 0n) : 0;
    // Without a tcache the slot address 0 is unreadable, so the list is empty.
    const slot = readable ? site.tcache + entries.offset + index * abi.wordBytes : 0;
    const sizeBytes = tcacheSize(abi, index);
    const list = decodeList(context, { kind: "tcache", id: index, index, sizeBytes, slot, claimedCount: claimed });
    if (claimed !== list.entries.length) {
      const at = site.tcache + counts.offset + index * countBytes;
      report(context, "count mismatch", at, { bin: index, value: BigInt(claimed), expected: list.entries.length });
    }
    return list;
  });
}

export function decodeFastbins(context: Context, firstId: number): BinList[] {
  const field = fieldOf(context.abi.mallocState, "fastbinsY");
  if (field === null) return [];
  const start = context.site.mainArena + offsetOf(context.abi.mallocState, "fastbinsY");
  return Array.from({ length: field.count }, (_, index) =>
    decodeList(context, {
      kind: "fast",
      id: firstId + index,
      index,
      sizeBytes: fastBinSize(context.abi, index),
      slot: start + index * context.abi.wordBytes,
      claimedCount: -1,
    }),
  );
}
