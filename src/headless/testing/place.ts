/** What scripts of misuse hang on, and the operations by which they write anywhere. */
import type { LibcSymbol } from "../../abi/glibc-symbols";

/** One build's process, while a script runs on it. */
export interface Place {
  readonly word: 4 | 8;
  /** HEAP_MAX_SIZE, MINSIZE. */
  readonly heapMax: number;
  readonly least: number;
  /** Whether mapped chunks end in a header's worth of nothing. */
  readonly mappedLikeHeap: boolean;
  /** Address of the unsorted bin's fd, in main_arena. */
  readonly unsorted: number;
  /** Address of a field of main_arena, or of an arena; of mp_; of a variable of libc's, or of the thread's. */
  state(field: string, arena?: number): number;
  mp(field: string): number;
  symbol(name: LibcSymbol): number;
  /** Address of main's errno and of its pointers to tcache and arena. */
  thread(name: "tcache" | "arena" | "errno"): number;
  /** A word of memory as it is by now; what a slot holds by now. */
  peek(addr: number): number;
  slot(slot: number): number;
  /** Maps a page. */
  map(addr: number): void;
}

export interface Misuse {
  readonly message: string;
  /** Operations, one by one: a generator sees what those before have done. */
  readonly script: (place: Place) => Iterable<string>;
  /** The call that finds the damage, when no operation of scripts does. */
  readonly finally?: "mallinfo2" | "malloc_info";
}

/** A slot that is always NULL, and one that points to what is being written. */
const NULL = 999;
const AT = 998;

const at = (addr: number): string => `G ${AT} ${NULL} ${addr}`;
/** Writes a word; a pointer to where a slot points, and beyond; 32 bits. */
export const poke = (addr: number, value: number): string[] => [at(addr), `N ${AT} 0 ${value}`];
export const pokePointer = (addr: number, slot: number, offset: number): string[] => [at(addr), `W ${AT} 0 ${slot} ${offset}`];
export const pokeInt = (addr: number, value: number): string[] => [
  at(addr),
  `w ${AT} 0 ${[0, 8, 16, 24].map((shift) => ((value >> shift) & 0xff).toString(16).padStart(2, "0")).join("")}`,
];

/** request2size where chunks are aligned to 16 bytes. */
export const padded = ({ word, least }: Place, bytes: number): number =>
  Math.max(least, Math.floor((bytes + word + 15) / 16) * 16);

/** Number of the small bin of a size, and the address whose fd and bk are the bin's. */
export const smallBin = ({ word }: Place, size: number): number => size / 16 + (word === 4 ? 1 : 0);
export const binHeader = ({ word, unsorted }: Place, bin: number): number => unsorted + (bin - 2) * 2 * word;

/** Makes a bin hold the block of a slot, and nothing else. */
export function binned(place: Place, slot: number, bin: number): string[] {
  const { word } = place;
  const header = binHeader(place, bin);
  return [
    ...pokePointer(header + 2 * word, slot, -2 * word),
    ...pokePointer(header + 3 * word, slot, -2 * word),
    `N ${slot} 0 ${header}`,
    `N ${slot} ${word} ${header}`,
  ];
}
