/** Pictures of recorded heaps for tests of the scenes. */
import { decodeHeap } from "../../decode/heap";
import { committedDumps, type HeapDump, siteOfDump, viewOf } from "../../decode/testing/heaps";
import type { ChangedWord } from "../../decode/types";
import { wordReader } from "../../decode/words";
import type { HeapPicture } from "../types";

type Decoded = Pick<HeapPicture, "chunks" | "bins" | "lists" | "arenas" | "reader">;

const known = new WeakMap<HeapDump, Decoded>();

/** Every dump is decoded once. */
function decoded(dump: HeapDump): Decoded {
  const before = known.get(dump);
  if (before !== undefined) return before;
  const memory = viewOf(dump);
  const { chunks, bins, lists, arenas } = decodeHeap(memory, dump.abi, siteOfDump(dump));
  const made = { chunks, bins, lists, arenas, reader: wordReader(memory, dump.abi.wordBytes) };
  known.set(dump, made);
  return made;
}

/** A picture of a dump. Every third chunk has a name; `focus` and `changed` are rows of the chunk table. */
export function pictureOf(dump: HeapDump, focus: readonly number[] = [], changed: readonly number[] = []): HeapPicture {
  const { chunks, reader, ...rest } = decoded(dump);
  const addr = (row: number): number => chunks.addr[row % chunks.count] ?? 0;
  const names = new Map<number, string>();
  for (let row = 1; row < chunks.count; row += 3) names.set(addr(row), ["a", "t[3]", "list->next", "buffer"][row % 4] ?? "x");
  const words = changed.map((row, i): ChangedWord => {
    const at = addr(row) + dump.abi.wordBytes;
    return { addr: at, sizeBytes: dump.abi.wordBytes, order: i + 1, record: i, before: 0n, after: 1n };
  });
  return {
    ...rest,
    chunks,
    abi: dump.abi,
    reader,
    mainArena: dump.mainArena,
    names,
    changed: words,
    nextWrite: -1,
    focus: [...new Set(focus.map(addr))].toSorted((a, b) => a - b),
  };
}

export function picture(index = 0, focus: readonly number[] = [], changed: readonly number[] = []): HeapPicture {
  const dump = committedDumps[index % committedDumps.length];
  if (dump === undefined) throw new Error("no committed dumps");
  return pictureOf(dump, focus, changed);
}

export const pictures = committedDumps.length;
