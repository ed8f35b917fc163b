/** Singly linked lists: tcache (links lead to user memory) and fastbins (links lead to chunks). */
import { PAGE_SIZE } from "../abi/machine-memory";
import { fastBinSize, fieldOf, isChunkAligned, offsetOf, tcacheRange } from "./bin-index";
import { big, type Context, LIST_LIMIT, report } from "./context";
import { shifted, walkList, wordsAt } from "./lists";
import type { BinList } from "./types";
import { demangle } from "./words";

interface SingleList {
  readonly kind: "tcache" | "fast";
  readonly id: number;
  readonly index: number;
  readonly sizeBytes: number;
  readonly sizeEnd: number;
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
  const { slot, ...rest } = list;
  return {
    ...rest,
    head: slot,
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

/** One thread's tcache. */
export interface TcachePlace {
  /** Of its tcache_perthread_struct, 0 = none. */
  readonly addr: number;
  readonly firstId: number;
  /** mp_.tcache_count. */
  readonly fillCount: number;
}

export function decodeTcache(context: Context, { addr, firstId, fillCount }: TcachePlace): BinList[] {
  const { abi, reader } = context;
  const layout = abi.tcache;
  if (layout === null) return [];
  const counts = fieldOf(layout, "counts");
  const slots = fieldOf(layout, "num_slots");
  const entries = fieldOf(layout, "entries");
  const numbers = counts ?? slots;
  if (!numbers || !entries) return [];
  const readable = isReadable(context, addr);
  const numberBytes = numbers.sizeBytes / numbers.count;
  const numberAt = (index: number): number => addr + numbers.offset + index * numberBytes;
  // A struct of nothing but zeros is the shared stand-in that a thread has before its first free: it counts nothing.
  const standIn = slots !== null && readable && isZero(context, addr, layout.sizeBytes);
  return Array.from({ length: entries.count }, (_, index) => {
    const stored = readable && !standIn ? Number(reader.bytes(numberAt(index), numberBytes) ?? 0n) : -1;
    const claimed = stored < 0 ? 0 : slots === null ? stored : fillCount - stored;
    // Without a tcache the slot address 0 is unreadable, so the list is empty.
    const slot = readable ? addr + entries.offset + index * abi.wordBytes : 0;
    const { start, end } = tcacheRange(abi, index);
    const place = { id: firstId + index, index, sizeBytes: start, sizeEnd: end };
    const list = decodeList(context, { ...place, kind: "tcache", slot, claimedCount: claimed });
    if (claimed !== list.entries.length)
      report(context, "count mismatch", numberAt(index), { bin: list.id, value: BigInt(stored), expected: list.entries.length });
    return list;
  });
}

/** A tcache in memory whose contents are not known (constants of libc) counts as none; one that cannot be there is a problem. */
function isReadable(context: Context, addr: number): boolean {
  if (addr <= 0) return false;
  if (addr % context.abi.wordBytes === 0 && context.reader.word(addr) >= 0) return true;
  if (context.memory.state(Math.floor(addr / PAGE_SIZE)) !== "unknown")
    report(context, "tcache unreadable", addr, { value: big(addr) });
  return false;
}

function isZero(context: Context, addr: number, sizeBytes: number): boolean {
  for (let at = addr; at < addr + sizeBytes; at += 4) if (context.reader.u32(at) !== 0) return false;
  return true;
}

/** Fastbins of the arena at `arena`. */
export function decodeFastbins(context: Context, arena: number, firstId: number): BinList[] {
  const { abi } = context;
  const field = fieldOf(abi.mallocState, "fastbinsY");
  if (field === null) return [];
  const start = arena + offsetOf(abi.mallocState, "fastbinsY");
  return Array.from({ length: field.count }, (_, index) => {
    const sizeBytes = fastBinSize(abi, index);
    const place = { id: firstId + index, index, sizeBytes, sizeEnd: sizeBytes + abi.alignment };
    return decodeList(context, { ...place, kind: "fast", slot: start + index * abi.wordBytes, claimedCount: -1 });
  });
}
