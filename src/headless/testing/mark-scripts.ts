/** Scripts for markers that recordings of one release or another never come to. */

export interface MarkScript {
  readonly environment?: Readonly<Record<string, string>>;
  readonly script: readonly string[];
  /** Calls that no operation of scripts makes, behind it. */
  readonly behind?: readonly ("mallinfo2" | "malloc_info")[];
}

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);
const large = (size: number, count: number): string[] =>
  range(0, count).flatMap((slot) => [`m ${slot} ${size}`, `m ${slot + 100} 24`]);
/** More than any machine has, and so is its lower half with 32 bits. */
const tooMuch = "0x500070000000";

export const markScripts: readonly MarkScript[] = [
  // Two of a size in a large bin: the second one is taken.
  { script: [...large(2000, 2), "f 0", "f 1", "m 2 5000", "m 3 2000"], behind: ["mallinfo2", "malloc_info"] },
  // A thread's heap grows, is followed by others, shrinks; they go away.
  {
    script: [
      "o -4 0",
      "S 1",
      ...range(0, 40).map((slot) => `T 1 m ${slot} 60000`),
      ...range(50, 12).map((slot) => `T 1 m ${slot} 12000000`),
      ...range(70, 12).map((slot) => `T 1 m ${slot} 500000`),
      ...range(70, 12)
        .toReversed()
        .map((slot) => `T 1 f ${slot}`),
      ...range(50, 12)
        .toReversed()
        .map((slot) => `T 1 f ${slot}`),
      ...range(0, 40)
        .toReversed()
        .map((slot) => `T 1 f ${slot}`),
      "X 1",
    ],
  },
  // Nothing left to give, in any arena.
  {
    script: [
      "S 1",
      "m 0 24",
      `m 1 ${tooMuch}`,
      `m 1 ${tooMuch}`,
      "T 1 m 2 24",
      "T 1 m 3 24",
      `T 1 m 4 ${tooMuch}`,
      `T 1 r 2 5 ${tooMuch}`,
    ],
  },
  // A process with two threads forks.
  { script: ["m 0 24", "S 1", "T 1 m 1 24", "k"] },
  // More threads than arenas.
  { script: ["o -8 2", "S 1", "T 1 m 1 24", "S 2", "T 2 m 2 24", "S 3", "T 3 m 3 24"] },
  // A fastbin of several, with more than one thread.
  {
    script: [
      ...range(0, 30).map((slot) => `m ${slot} 20`),
      ...range(0, 30).map((slot) => `f ${slot}`),
      "S 1",
      ...range(0, 30).map((slot) => `m ${slot} 20`),
    ],
  },
  // What only tunables reach: large chunks in the tcache, an end to sorting.
  {
    environment: { GLIBC_TUNABLES: "glibc.malloc.tcache_max=100000", MALLOC_TOP_PAD_: "65536" },
    script: [...large(3000, 3), "f 1", "f 0", "f 2", "m 3 3000", "m 4 2900", "c 5 1 3000"],
  },
  {
    environment: { GLIBC_TUNABLES: "glibc.malloc.tcache_unsorted_limit=1" },
    script: [
      ...range(0, 20).flatMap((slot) => [`m ${slot} 1020`, "m 300 24", `m ${slot + 100} 1500`, "m 300 24"]),
      ...range(0, 20).flatMap((slot) => [`f ${slot}`, `f ${slot + 100}`]),
      ...range(0, 20).map((slot) => `m ${slot} 1020`),
    ],
  },
  // The break is as far as it goes.
  {
    script: [
      "m 0 24",
      ...range(23, 9)
        .toReversed()
        .map((power) => `b ${2 ** power}`),
      ...range(1, 90).map((slot) => `m ${slot} 120000`),
    ],
  },
];
