/** Marries chunks and lists: who is in which list, which neighbours agree, and what does not fit. */
import { rowAt, rowOf } from "./chunk-table";
import { big, type Context, report } from "./context";
import { type BinList, chunkFlag, chunkMark, chunkState, type ChunkTable } from "./types";

const isChunk = (state: number): boolean =>
  state !== chunkState.corrupt && state !== chunkState.foreign && state !== chunkState.fencepost;

function addMark(table: ChunkTable, row: number, mark: number): void {
  table.marks[row] = (table.marks[row] ?? 0) | mark;
}

/** Whether the chunk after `row` says that `row` is in use. A neighbour that cannot be read is no evidence of being free. */
export function nextSaysInUse(table: ChunkTable, row: number): boolean {
  const next = row + 1;
  if (next >= table.count || (table.addr[row] ?? 0) + (table.size[row] ?? 0) !== table.addr[next]) return true;
  const state = table.state[next] ?? 0;
  if (state === chunkState.corrupt || state === chunkState.foreign) return true;
  return ((table.flags[next] ?? 0) & chunkFlag.prevInuse) !== 0;
}

/** Compares every chunk's first word with the chunk before it. Sets prevSizeValid and footer. */
export function checkNeighbours(context: Context, table: ChunkTable): void {
  for (let row = 1; row < table.count; row++) {
    if (((table.flags[row] ?? 0) & chunkFlag.prevInuse) !== 0 || !isChunk(table.state[row] ?? 0)) continue;
    const addr = table.addr[row] ?? 0;
    const before = row - 1;
    const adjacent = (table.addr[before] ?? 0) + (table.size[before] ?? 0) === addr && isChunk(table.state[before] ?? 0);
    if (!adjacent || table.state[row] === chunkState.mmapped) continue;
    if (context.reader.word(addr) === table.size[before]) {
      addMark(table, row, chunkMark.prevSizeValid);
      addMark(table, before, chunkMark.footer);
      continue;
    }
    addMark(table, row, chunkMark.suspect);
    report(context, "prev_size mismatch", addr, { chunkAddr: addr, expected: big(table.size[before] ?? 0) });
  }
}

const stateOfKind = {
  tcache: chunkState.tcache,
  fast: chunkState.fast,
  unsorted: chunkState.unsorted,
  small: chunkState.small,
  large: chunkState.large,
} as const;

function placeEntry(context: Context, table: ChunkTable, list: BinList, position: number): void {
  const addr = list.entries[position] ?? 0;
  const { wordBytes } = context.abi;
  const more = (): { chunkAddr: number; bin: number; value: bigint } => ({ chunkAddr: addr, bin: list.id, value: big(addr) });
  const row = rowOf(table, addr);
  if (row < 0 || !isChunk(table.state[row] ?? 0)) {
    const previous = position === 0 ? list.head : (list.entries[position - 1] ?? 0) + 2 * wordBytes;
    report(context, rowAt(table, addr) < 0 ? "link outside heap" : "link not a chunk", previous, more());
    return;
  }
  const size = table.size[row] ?? 0;
  if ((table.bin[row] ?? -1) >= 0) {
    report(context, "in two lists", addr, more());
    addMark(table, row, chunkMark.suspect);
    return;
  }
  if (table.state[row] !== chunkState.inuse && table.state[row] !== chunkState.loose)
    report(context, "link not a chunk", addr, more());
  table.bin[row] = list.id;
  table.binPosition[row] = position + 1;
  table.state[row] = stateOfKind[list.kind];
  const held = list.kind === "tcache" || list.kind === "fast";
  if (!held && nextSaysInUse(table, row)) {
    report(context, "in list but in use", addr + size + wordBytes, { chunkAddr: addr, bin: list.id });
    addMark(table, row, chunkMark.suspect);
  }
  if (list.kind !== "unsorted" && !(size >= list.sizeBytes && size < list.sizeEnd)) {
    report(context, "wrong size for list", addr + wordBytes, { chunkAddr: addr, bin: list.id, expected: big(list.sizeBytes) });
    addMark(table, row, chunkMark.suspect);
  }
}

/** Large bins: sizes fall along fd, and fd_nextsize links the first chunk of each size in a ring. */
function checkLarge(context: Context, list: BinList): void {
  const { reader, abi } = context;
  const size = (addr: number): number => Math.floor(Math.max(0, reader.word(addr + abi.wordBytes)) / 8) * 8;
  const leaders: number[] = [];
  let last = Infinity;
  for (const addr of list.entries) {
    const current = size(addr);
    if (current > last)
      report(context, "not sorted", addr + abi.wordBytes, { chunkAddr: addr, bin: list.id, expected: big(last) });
    if (current !== last) leaders.push(addr);
    last = current;
  }
  leaders.forEach((addr, i) => {
    const fd = leaders[(i + 1) % leaders.length] ?? 0;
    const bk = leaders[(i + leaders.length - 1) % leaders.length] ?? 0;
    for (const [at, expected] of [
      [addr + 4 * abi.wordBytes, fd],
      [addr + 5 * abi.wordBytes, bk],
    ] as const) {
      if (reader.word(at) !== expected)
        report(context, "nextsize link", at, { chunkAddr: addr, bin: list.id, expected: big(expected) });
    }
  });
}

/** Puts every list entry on its row, and checks lists that are in order among themselves. */
export function placeLists(context: Context, table: ChunkTable, lists: readonly BinList[]): void {
  for (const list of lists) {
    for (let i = 0; i < list.entries.length; i++) placeEntry(context, table, list, i);
    if (list.entries.length === 0) continue;
    if (list.kind === "large") checkLarge(context, list);
    if ((list.kind === "small" || list.kind === "large") && !list.mapped) {
      report(context, "binmap missing", list.head, { bin: list.id, chunkAddr: list.entries[0] ?? -1 });
    }
  }
}

/** Flags that a chunk may not carry; in use outside the main arena it must say so. */
function wrongFlags(arena: number, state: number, flags: number): boolean {
  if (!isChunk(state)) return false;
  if (arena <= 0) return (flags & ~chunkFlag.prevInuse) !== 0;
  const owned =
    state === chunkState.inuse || state === chunkState.tcache || state === chunkState.fast || state === chunkState.meta;
  return (flags & chunkFlag.isMmapped) !== 0 || (owned && (flags & chunkFlag.nonMainArena) === 0);
}

/** What makes free look for a chunk in the tcache: the random key, or the address of a tcache. By halves: a bigint a chunk is dear. */
function tcacheKeys({ abi, site }: Context): { readonly low: number; readonly high: number }[] {
  const halves = (key: bigint): { readonly low: number; readonly high: number } => ({
    low: Number(key & 0xffff_ffffn),
    high: Number(key >> 32n),
  });
  if (abi.tcacheKey === "random") return site.tcacheKey === null ? [] : [halves(site.tcacheKey)];
  const addresses = [site.tcache, ...(site.otherTcaches ?? [])].filter((addr) => addr > 0);
  return abi.tcacheKey === "address" ? addresses.map((addr) => halves(BigInt(addr))) : [];
}

/** What is left: chunks that are free by their neighbour but in no list; flags that no chunk of its arena may carry. */
export function settleRows(context: Context, table: ChunkTable, lastRemainders: readonly number[]): void {
  const { wordBytes } = context.abi;
  const keys = tcacheKeys(context);
  for (let row = 0; row < table.count; row++) {
    const arena = table.arena[row] ?? -1;
    if (arena < 0) continue;
    const state = table.state[row];
    const addr = table.addr[row] ?? 0;
    if (state === chunkState.inuse) {
      const keyAt = addr + 3 * wordBytes;
      const low = context.reader.u32(keyAt);
      for (const key of keys)
        if (low === key.low && (wordBytes === 4 || context.reader.u32(keyAt + 4) === key.high))
          addMark(table, row, chunkMark.staleKey);
      if (!nextSaysInUse(table, row)) {
        table.state[row] = chunkState.loose;
        report(context, "free without list", addr + (table.size[row] ?? 0) + wordBytes, { chunkAddr: addr });
      }
    }
    if (wrongFlags(arena, state ?? 0, table.flags[row] ?? 0)) {
      report(context, "unexpected flag", addr + wordBytes, { chunkAddr: addr });
      addMark(table, row, chunkMark.suspect);
    }
  }
  for (const remainder of lastRemainders) {
    const row = rowOf(table, remainder);
    if (row >= 0) addMark(table, row, chunkMark.lastRemainder);
  }
}
