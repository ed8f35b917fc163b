/** Scripts that end in one message of malloc_printerr each, beside those of goldens/: what no recorded script reaches in every release. */
import type { Misuse } from "./place";

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);
const allocate = (first: number, count: number, size: number): string[] => range(first, count).map((slot) => `m ${slot} ${size}`);
const free = (first: number, count: number): string[] => range(first, count).map((slot) => `f ${slot}`);
/** Blocks that a free neighbour cannot swallow: slot n and, behind it, slot n + 100. */
const guarded = (first: number, count: number, size: number): string[] =>
  range(first, count).flatMap((slot) => [`m ${slot} ${size}`, `m ${slot + 100} 24`]);
/** Eight small blocks freed: seven fill the tcache, where there is one, the last (slot 7) heads a fast bin. */
const fastHead = [...allocate(0, 8, 20), "m 8 20", ...free(0, 8)];
/** fd of that head leads to an address between two chunks. */
const unalignedNext = [...fastHead, "M 7 0 7 1"];
const size = (word: number, words: number): number => words * word + 1;

/** A large chunk (slot 0) in its bin, another (slot 1) about to be sorted in before it, after `damage`. */
const sortedIn = (damage: string): string[] => [
  ...guarded(0, 1, 1200),
  ...guarded(1, 1, 1232),
  "f 0",
  "m 2 4000",
  damage,
  "f 1",
  "m 3 4000",
];

export const misuse: readonly Misuse[] = [
  // The head of a fast bin changes its size.
  { message: "FastCorruption", script: ({ word }) => [...fastHead, `N 7 ${-word} ${size(word, 16)}`, ...allocate(10, 8, 20)] },
  // The same, found by the remainder of a realloc that comes to lie before it.
  {
    message: "InvalidFastbinEntry",
    script: ({ word }) => [
      "o -1 0", // 2.37 leaves a block as it is unless the rest exceeds the trim threshold
      ...allocate(0, 8, 3 * word),
      `m 9 ${11 * word}`,
      "m 10 24",
      ...free(0, 8),
      `N 7 ${-word} ${size(word, 8)}`,
      `r 9 9 ${7 * word}`,
    ],
  },
  { message: "FastUnaligned", script: () => [...unalignedNext, "S 1", ...allocate(10, 8, 20)] },
  // The head itself: realloc takes from the fast bin while the tcache is full.
  {
    message: "FastUnaligned2",
    script: ({ word }) => [
      ...allocate(0, 8, 5 * word),
      ...guarded(30, 2, 8),
      ...free(0, 8),
      "M 7 0 7 1",
      ...[30, 31].map((slot) => `r ${slot} ${slot} ${5 * word}`),
    ],
  },
  { message: "MallinfoUnaligned", script: () => unalignedNext, finally: "mallinfo2" },
  { message: "MallocInfoUnaligned", script: () => unalignedNext, finally: "malloc_info" },
  // bk of the oldest in a small bin leads to a block that does not lead back. Sixteen fill the tcache of any release.
  {
    message: "SmallbinCorrupted",
    script: ({ word }) => [
      ...guarded(0, 18, 256),
      ...free(0, 18),
      "m 200 4000",
      ...[0, 7, 16].map((slot) => `W ${slot} ${word} 108 0`),
      ...allocate(210, 18, 256),
    ],
  },
  // The newest of a small bin does not lead back when another one is freed into it.
  {
    message: "FreeCorruptedSmallbin",
    script: ({ word }) => [
      ...guarded(0, 18, 256),
      ...free(0, 17),
      ...[7, 15, 16].map((slot) => `W ${slot} ${word} 108 0`),
      "f 17",
    ],
  },
  { message: "LargebinNextsizeCorrupted", script: ({ word }) => sortedIn(`W 0 ${3 * word} 100 0`) },
  { message: "LargebinBkCorrupted", script: ({ word }) => sortedIn(`W 0 ${word} 100 0`) },
  // fd of the unsorted bin itself leads astray while a large chunk is split: one of the request's own bin, one of a larger bin.
  {
    message: "UnsortedCorrupted",
    script: ({ unsorted }) => [...guarded(0, 1, 1256), "f 0", "m 2 5000", `G 9 999 ${unsorted}`, "W 9 0 100 0", "m 3 1208"],
  },
  {
    message: "UnsortedCorrupted2",
    script: ({ unsorted }) => [...guarded(0, 1, 3000), "f 0", "m 2 5000", `G 9 999 ${unsorted}`, "W 9 0 100 0", "m 3 1500"],
  },
  // A free chunk's size is not what the next one remembers.
  {
    message: "UnlinkSizeVsPrevSize",
    script: ({ word }) => ["m 9 24", ...allocate(0, 2, 2000), "m 2 24", "f 1", `N 2 ${-2 * word} 288`, "f 0"],
  },
  // What has become top says its old size again: top's own need not be one that free accepts.
  { message: "DoubleFreeTop", script: ({ word }) => ["m 0 2000", "f 0", `N 0 ${-word} 2017`, "f 0"] },
  { message: "FreeInvalidPointer", script: () => ["m 0 24", "z 0 8"] },
  // A chunk in a fastbin says that the one before is free and larger than it is.
  {
    message: "FastbinsSizeVsPrevSize",
    script: ({ word }) => [...fastHead, `N 7 ${-2 * word} 48`, `N 7 ${-word} 32`, "t 0"],
  },
  { message: "BreakAdjusted", script: () => ["m 0 24", "b -4096", "m 1 120000", "m 2 100000"] },
  // Two words and no flag.
  { message: "ReallocInvalidOldSize", script: ({ word }) => ["m 0 100", "m 1 24", `N 0 ${-word} ${2 * word}`, "r 0 2 200"] },
  // fd of the chunks in a small bin leads to an address between two chunks; memalign looks through the bin.
  {
    message: "MemalignUnaligned",
    script: () => [
      ...guarded(0, 18, 256),
      ...free(0, 18),
      "m 200 4000",
      ...range(7, 11).map((slot) => `W ${slot} 0 108 1`),
      "a 201 4096 256",
    ],
  },
];
