/** What the allocator calls the word at an address: `main_arena.bins[3]`, `tcache.counts[1]`, `b.fd`. */
import type { MallocAbi, StructLayout } from "../abi/glibc-structs";
import { rowAt } from "./chunk-table";
import { chunkState, type ChunkTable } from "./types";

export interface NamedPlaces {
  readonly abi: MallocAbi;
  readonly mainArena: number;
  readonly mp: number;
  /** Address of the tcache_perthread_struct, 0 when there is none. */
  readonly tcache: number;
  readonly chunks: ChunkTable;
  readonly names: ReadonlyMap<number, string>;
}

/** Field of a struct at `base` that an address lies in: `bins[3]`; null when it lies in none. */
export function fieldName(layout: StructLayout, base: number, addr: number): string | null {
  const offset = addr - base;
  const field = layout.fields.find((candidate) => offset >= candidate.offset && offset < candidate.offset + candidate.sizeBytes);
  if (field === undefined) return null;
  return field.count === 1
    ? field.name
    : `${field.name}[${Math.floor((offset - field.offset) / (field.sizeBytes / field.count))}]`;
}

const freeFields = ["prev_size", "size", "fd", "bk", "fd_nextsize", "bk_nextsize"];
const cachedFields = ["prev_size", "size", "next", "key"];

/** Words of a chunk that are fields in its state; the rest is data. */
function fieldsOf(state: number): readonly string[] {
  switch (state) {
    case chunkState.tcache:
      return cachedFields;
    case chunkState.fast:
      return freeFields.slice(0, 3);
    case chunkState.large:
      return freeFields;
    case chunkState.unsorted:
    case chunkState.small:
    case chunkState.loose:
      return freeFields.slice(0, 4);
    default:
      return freeFields.slice(0, 2);
  }
}

/** Null for addresses that belong to nothing of the allocator's. */
export function addressName(places: NamedPlaces, addr: number): string | null {
  const { abi, chunks } = places;
  const structs = [
    { prefix: "main_arena", layout: abi.mallocState, base: places.mainArena },
    { prefix: "mp_", layout: abi.mallocPar, base: places.mp },
    ...(abi.tcache === null || places.tcache === 0 ? [] : [{ prefix: "tcache", layout: abi.tcache, base: places.tcache }]),
  ];
  for (const { prefix, layout, base } of structs) {
    const name = fieldName(layout, base, addr);
    if (name !== null) return `${prefix}.${name}`;
  }
  const row = rowAt(chunks, addr);
  if (row < 0) return null;
  const chunk = chunks.addr[row] ?? 0;
  const state = chunks.state[row] ?? 0;
  const title = state === chunkState.top ? "top" : (places.names.get(chunk) ?? `…${chunk.toString(16).slice(-4)}`);
  const field = fieldsOf(state)[Math.floor((addr - chunk) / abi.wordBytes)];
  return field === undefined ? `${title}+0x${(addr - chunk - 2 * abi.wordBytes).toString(16)}` : `${title}.${field}`;
}

/** Number of the bin whose header (an imaginary chunk two words before its links) lies at an address; −1 when none does. */
export function binOfHeader(abi: MallocAbi, mainArena: number, addr: number): number {
  const bins = abi.mallocState.fields.find((field) => field.name === "bins");
  if (bins === undefined) return -1;
  const index = (addr - mainArena - bins.offset) / (2 * abi.wordBytes) + 2;
  return Number.isInteger(index) && index >= 1 && index <= bins.count / 2 ? index : -1;
}
