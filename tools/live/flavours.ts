import type { Random } from "./random";

/** What differs between the widths a script is made for. */
export interface Target {
  readonly abi: "amd64" | "i386";
  readonly wordBytes: 4 | 8;
  /** Bytes that one heap of an arena can have, but main_arena's. */
  readonly heapMax: number;
}

export const targets = {
  amd64: { abi: "amd64", wordBytes: 8, heapMax: 64 << 20 },
  i386: { abi: "i386", wordBytes: 4, heapMax: 1 << 20 },
} as const satisfies Record<string, Target>;

/** What a random script does, in which proportion. */
export type Action =
  | "malloc"
  | "calloc"
  | "free"
  | "realloc"
  | "align"
  | "page"
  | "usable"
  | "trim"
  | "mallopt"
  | "sbrk"
  | "burst"
  | "edge"
  | "misuse"
  | "spawn"
  | "leave"
  | "fork";

export interface Flavour {
  readonly name: string;
  /** Size of a request in bytes. */
  readonly size: (random: Random, target: Target) => number;
  /** Slots in use at most: beyond it the script frees. Bounds the heap. */
  readonly live: number;
  /** How often a new block is written to. */
  readonly fill: number;
  readonly weights: Readonly<Partial<Record<Action, number>>>;
  /** Threads beside the main one that live at the same time, at most; then any operation may be any thread's. */
  readonly threads?: number;
  /** mallopt calls at the beginning: parameter and value. */
  readonly first?: (target: Target) => readonly (readonly [number, number])[];
  /** Operations of a script at most, where each is dear to observe. */
  readonly operations?: number;
}

const smallSizes = (random: Random): number => (random.chance(0.8) ? random.between(0, 200) : random.between(0, 1100));
/** Sizes where something changes: the smallest chunk, tcache, fast, small and large limits. */
const borders = [
  0, 1, 8, 12, 24, 25, 40, 60, 64, 120, 128, 129, 0x1f8, 0x1fc, 0x3f0, 0x3f8, 0x3f9, 0x3fc, 0x408, 0x409, 0x40c, 0x410, 0x420,
  0x1ffe8, 0x20000, 0x20ff8,
] as const;

export const flavours: readonly Flavour[] = [
  { name: "small", size: smallSizes, live: 160, fill: 0.3, weights: { malloc: 10, calloc: 1, free: 9, burst: 1, usable: 0.2 } },
  {
    name: "mixed",
    size: (random) => (random.chance(0.7) ? random.magnitude(1, 60_000) : random.between(1, 300)),
    live: 60,
    fill: 0.15,
    weights: { malloc: 10, calloc: 1, free: 9, realloc: 1.5, align: 0.7, page: 0.2, burst: 0.4, usable: 0.3, trim: 0.1 },
  },
  {
    name: "large",
    size: (random) => 1024 + 16 * random.between(0, 63) * random.pick([1, 1, 4, 16]) + random.pick([0, 0, 8, -8]),
    live: 50,
    fill: 0.1,
    weights: { malloc: 10, free: 9.5, realloc: 0.5, burst: 0.3 },
  },
  {
    name: "realloc",
    size: (random) => random.magnitude(1, 4000),
    live: 50,
    fill: 0.4,
    weights: { malloc: 4, calloc: 1, free: 4, realloc: 8, usable: 0.2 },
  },
  {
    name: "align",
    size: (random) => random.magnitude(1, 6000),
    live: 60,
    fill: 0.3,
    weights: { malloc: 4, free: 9, align: 6, page: 0.8, realloc: 1 },
  },
  {
    name: "trim",
    size: (random) => random.pick([random.between(16, 130), random.between(1000, 9000), random.between(9000, 90_000)]),
    live: 25,
    fill: 0.1,
    weights: { malloc: 9, free: 10, trim: 0.6, sbrk: 0.2 },
  },
  {
    name: "options",
    size: (random) => random.magnitude(1, 3000) * (random.chance(0.1) ? 60 : 1),
    live: 60,
    fill: 0.15,
    weights: { malloc: 9, calloc: 1, free: 9, realloc: 1, mallopt: 0.5, trim: 0.3 },
  },
  {
    name: "mmap",
    size: (random) =>
      random.chance(0.5) ? random.magnitude(90_000, random.chance(0.1) ? 1_500_000 : 500_000) : random.magnitude(16, 20_000),
    live: 12,
    fill: 0.1,
    weights: { malloc: 8, calloc: 1, free: 9, realloc: 3, align: 0.5, usable: 0.5 },
  },
  {
    name: "foreign",
    size: (random) => random.pick([random.between(16, 130), random.between(1000, 9000), random.between(9000, 60_000)]),
    live: 25,
    fill: 0.1,
    weights: { malloc: 9, free: 9, sbrk: 0.5, trim: 0.2, realloc: 0.5 },
  },
  {
    name: "edge",
    size: (random) => Math.max(0, random.pick(borders) + random.pick([0, 0, 0, -1, 1])),
    live: 60,
    fill: 0.2,
    weights: { malloc: 9, calloc: 1, free: 9, realloc: 1, align: 1, edge: 2, usable: 0.5 },
  },
  {
    name: "misuse",
    size: (random) => random.magnitude(1, 2000),
    live: 40,
    fill: 0.3,
    weights: { malloc: 9, calloc: 1, free: 9, realloc: 1, misuse: 0.3 },
  },
];

const M_ARENA_MAX = -8;
const M_MMAP_THRESHOLD = -3;

/** The same with several threads. */
export const threadFlavours: readonly Flavour[] = [
  {
    name: "threads",
    size: (random) => (random.chance(0.85) ? random.magnitude(1, 2000) : random.magnitude(2000, 60_000)),
    live: 120,
    fill: 0.2,
    threads: 4,
    weights: {
      malloc: 10,
      calloc: 1,
      free: 9,
      realloc: 1,
      align: 0.5,
      burst: 0.7,
      usable: 0.2,
      trim: 0.2,
      spawn: 0.3,
      leave: 0.1,
    },
  },
  {
    // More threads than arenas where two processors allow 16 (amd64) or 4 (i386).
    name: "arenas",
    size: (random) => random.magnitude(1, 3000),
    live: 150,
    fill: 0.2,
    threads: 22,
    weights: { malloc: 10, calloc: 1, free: 9, burst: 0.5, trim: 0.1, spawn: 1.5, leave: 0.3 },
  },
  {
    name: "few-arenas",
    size: smallSizes,
    live: 100,
    fill: 0.2,
    threads: 6,
    first: () => [[M_ARENA_MAX, 3]],
    weights: { malloc: 10, free: 9, burst: 1, realloc: 1, spawn: 0.6, leave: 0.3 },
  },
  {
    // An arena's heap is full after a few of these, and another is mapped.
    name: "heaps",
    size: (random, { heapMax }) => random.magnitude(heapMax / 20, heapMax / 5),
    live: 36,
    fill: 0.1,
    threads: 2,
    first: ({ heapMax }) => [[M_MMAP_THRESHOLD, heapMax / 2]],
    operations: 150,
    weights: { malloc: 10, free: 8, realloc: 0.2, align: 0.3, trim: 0.2, spawn: 0.6, leave: 0.05 },
  },
  {
    name: "thread-edge",
    size: (random) => Math.max(0, random.pick(borders) + random.pick([0, 0, 0, -1, 1])),
    live: 80,
    fill: 0.2,
    threads: 3,
    weights: { malloc: 9, calloc: 1, free: 9, realloc: 1, align: 1, edge: 1, mallopt: 0.1, sbrk: 0.1, spawn: 0.5, leave: 0.1 },
  },
  {
    // By main and by threads, with one thread and with many; children fork again.
    name: "fork",
    size: (random) => random.magnitude(1, random.chance(0.1) ? 200_000 : 2000),
    live: 80,
    fill: 0.2,
    threads: 6,
    weights: { malloc: 10, calloc: 1, free: 9, realloc: 1, burst: 0.5, trim: 0.2, spawn: 0.6, leave: 0.1, fork: 0.5 },
  },
  {
    name: "thread-misuse",
    size: (random) => random.magnitude(1, 2000),
    live: 60,
    fill: 0.3,
    threads: 3,
    weights: { malloc: 9, calloc: 1, free: 9, realloc: 1, misuse: 0.3, spawn: 0.8, leave: 0.2 },
  },
];
