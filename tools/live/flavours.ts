import type { Random } from "./random";

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
  | "misuse";

export interface Flavour {
  readonly name: string;
  /** Size of a request in bytes. */
  readonly size: (random: Random) => number;
  /** Slots in use at most: beyond it the script frees. Bounds the heap. */
  readonly live: number;
  /** How often a new block is written to. */
  readonly fill: number;
  readonly weights: Readonly<Partial<Record<Action, number>>>;
}

const smallSizes = (random: Random): number => (random.chance(0.8) ? random.between(0, 200) : random.between(0, 1100));
/** Sizes where something changes: the smallest chunk, tcache, fast, small and large limits. */
const borders = [
  0, 1, 8, 24, 25, 40, 120, 128, 129, 0x3f0, 0x3f8, 0x3f9, 0x408, 0x409, 0x410, 0x420, 0x1f8, 0x1ffe8, 0x20000, 0x20ff8,
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
    size: (random) => (random.chance(0.5) ? random.magnitude(90_000, 1_500_000) : random.magnitude(16, 20_000)),
    live: 16,
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
