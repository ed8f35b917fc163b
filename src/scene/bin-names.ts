/** glibc's names for lists and places, as pwndbg and the mock print them. Never translated. */
import type { ArenaFacts, BinList } from "../decode/types";

const hex = (value: number): string => `0x${value.toString(16)}`;

/** `tcache[0x90]`, `fastbin[0x20]`, `unsorted`, `smallbin[0x90]`, `largebin[0x500]`. */
export function binName(list: BinList): string {
  switch (list.kind) {
    case "tcache":
      return `tcache[${hex(list.sizeBytes)}]`;
    case "fast":
      return `fastbin[${hex(list.sizeBytes)}]`;
    case "unsorted":
      return "unsorted";
    default:
      return `${list.kind}bin[${hex(list.sizeBytes)}]`;
  }
}

/** Where a chunk stands in its list: `tcache[0x90][6/7]`, `unsorted 1/2`. Position counts from 1 at the head. */
export function binTag(list: BinList, position: number): string {
  const place = `${position}/${list.entries.length}`;
  return list.kind === "tcache" || list.kind === "fast" ? `${binName(list)}[${place}]` : `${binName(list)} ${place}`;
}

/** The same where there is little room: `tcache 6/7`, `large 1/2`. */
export function shortBinTag(list: BinList, position: number): string {
  return `${list.kind} ${position}/${list.entries.length}`;
}

/** `main_arena`, and the others in order of their making: the ring has the newest behind main_arena. */
export function arenaName(arenas: readonly ArenaFacts[], { index }: Pick<ArenaFacts, "index">): string {
  return index === 0 ? "main_arena" : `arena ${arenas.length - index}`;
}

/** The arena whose malloc_state an address lies in: of those before it the nearest. */
export function arenaAt(arenas: readonly ArenaFacts[], addr: number): ArenaFacts | undefined {
  return arenas.reduce<ArenaFacts | undefined>(
    (best, arena) => (arena.addr <= addr && arena.addr > (best?.addr ?? 0) ? arena : best),
    undefined,
  );
}

/** Name of a ring's header: the unsorted bin by its address, as debuggers print it, the others by number. */
export function headerName(list: BinList, arenas: readonly ArenaFacts[]): string {
  if (list.kind !== "unsorted") return `bin ${list.index}`;
  const arena = arenaAt(arenas, list.head);
  return arena === undefined ? "unsorted" : `${arenaName(arenas, arena)}+${list.head - arena.addr}`;
}
