/** Scripts that end in one failed assertion each: those of main_arena and of mappings. Those of other arenas: arena-assertions.ts. */
import { binned, type Misuse, padded, type Place, poke, pokeInt, pokePointer, smallBin } from "./place";

const MMAPPED = 2;
const FOREIGN = 4;

/** A mapped block (slot 0) with a chunk in it (slot 1, its memory on 64 bytes) that says it is of the arena whose heap the mapping looks like. */
export function foreign({ word, heapMax }: Place, size: number): string[] {
  return [`m 0 ${2 * heapMax}`, `G 1 0 ${heapMax + 48}`, `N 1 ${-word} ${size + FOREIGN + 1}`];
}

/** A request of `bytes` gets such a chunk; what its size word says is another matter. */
function* foreignFor(place: Place, bytes: number, size = padded(place, bytes)): Generator<string> {
  yield "m 9 24";
  yield* foreign(place, size);
  yield* binned(place, 1, smallBin(place, padded(place, bytes)));
}

const foreignCall = (message: string, call: string, threads: boolean): Misuse => ({
  message,
  *script(place) {
    if (threads) yield "S 1";
    yield* ["m 4 24", "m 5 24"];
    yield* foreignFor(place, 256);
    yield call;
  },
});

/** _int_memalign asks for more than it needs; the block it gets is no larger than what it needs. */
const foreignMemalign = (message: string, threads: boolean): Misuse => ({
  message,
  *script(place) {
    if (threads) yield "S 1";
    const nb = padded(place, 100);
    yield* foreignFor(place, nb + 64 + place.least, nb);
    yield "a 6 64 100";
  },
});

/** The same for valloc, whose block is large, and leaves a rest to free outside the heap. */
const foreignPages = (message: string, call: string, bytes: number): Misuse => ({
  message,
  *script(place) {
    const { word, heapMax } = place;
    const nb = padded(place, bytes);
    const got = padded(place, nb + 4096 + place.least);
    yield* [
      "m 9 24",
      "a 8 64 24",
      ...foreign(place, got),
      `G 1 0 ${heapMax + 4096 - 2 * word}`,
      `N 1 ${-word} ${got + FOREIGN + 1}`,
    ];
    yield* binned(place, 1, 1);
    yield* pokeInt(place.state("flags"), 3);
    yield* [`N 1 ${got - word} 65`, `N 1 ${got + 64 - word} 33`, call];
  },
});

/** Large chunks of one bin, slots 0 and on, and another (slot 9) that is sorted in after `damage`. */
const sortedIn = (bytes: readonly number[], damage: (word: number) => string, last: number): ((place: Place) => string[]) => {
  const blocks = [...bytes.entries()];
  return ({ word }) => [
    ...blocks.flatMap(([slot, size]) => [`m ${slot} ${size}`, `m ${slot + 100} 24`]),
    `m 9 ${last}`,
    "m 109 24",
    ...blocks.map(([slot]) => `f ${slot}`),
    "m 20 4000",
    damage(word),
    "f 9",
    "m 21 4000",
  ];
};

/** Two free chunks of a large bin in a ring, slots 0 and 1; the second between blocks of `size` bytes, slots 10 and 11. Slot 3 is in use. */
const ring = (size: number): string[] => [
  "m 3 200",
  "m 0 1256",
  "m 4 200",
  `m 10 ${size}`,
  "m 1 1208",
  `m 11 ${size}`,
  "m 12 24",
  "f 0",
  "f 1",
  "m 2 5000",
];

/** The second of the ring leaves it, and one of its neighbours (`word`: the link to it) does not lead back. */
function unlinked(site: string, size: number, calls: readonly string[]): Misuse[] {
  return (["Forward", "Backward"] as const).map((direction, index) => ({
    message: `AssertUnlink${site}${direction}`,
    script: ({ word }) => [...ring(size), `W 1 ${(2 + index) * word} 3 ${-2 * word}`, ...calls],
  }));
}

/**
 * A header in the middle of slot 0's zeros (slot 1) of a chunk that seems mapped: what it says of its mapping leads to memory that is not there,
 * so that realloc cannot move it. Top begins where the block that realloc takes instead ends at this header.
 */
function* cutOverMapping(place: Place): Generator<string> {
  const { word, mappedLikeHeap } = place;
  yield "m 0 20000";
  const mem = Math.ceil((place.slot(0) + 8000) / 4096) * 4096 + 2048;
  const size = 2048 + (mappedLikeHeap ? 0 : 2 * word);
  const nb = padded(place, 3000);
  yield* [`G 1 0 ${mem - place.slot(0)}`, `N 1 ${-2 * word} ${mem - 2 * word - 0x10000}`, `N 1 ${-word} ${size + MMAPPED}`];
  yield* [`G 2 1 ${-nb}`, `N 2 ${-word} ${0x8000 + 1}`];
  yield* pokePointer(place.state("top"), 2, -2 * word);
  yield "r 1 3 3000";
}

/**
 * A mapped chunk (slot 0) says that its mapping begins a page behind it: that part moves, to where a mapping (slot 2) has been, and what is a
 * page before the new place is not the chunk.
 */
function* movedWithout({ word }: Place): Generator<string> {
  const front = word === 4 ? 8 : 0;
  yield* [`m 2 ${0x30000 - 0x800}`, "m 0 400000", "f 2"];
  yield* [`N 0 ${-2 * word} ${front - 4096}`, `N 0 ${-word} ${0x11000 - front + MMAPPED}`, `r 0 1 ${0x31000 - 0x800}`];
}

/**
 * An exact fit goes to the cache, and the next chunk's bk leads to the thread's pointer to the cache: the bin's address is written there, and
 * the list that the cache then seems to have is empty. The cache stands in that next chunk, slot 2, since the bins are checked.
 */
function* cacheExchanged(place: Place): Generator<string> {
  const { word, unsorted } = place;
  yield* ["m 0 1200", "m 100 24", "m 1 800", "m 101 24", "m 2 1500", "m 102 24"];
  yield* poke(place.mp("tcache_count"), 0);
  yield* ["f 0", "f 1", "f 2"];
  yield* poke(place.mp("tcache_count"), 7);
  yield* poke(place.mp("tcache_unsorted_limit"), 1);
  const tcache = place.thread("tcache");
  yield* pokePointer(tcache, 2, -2 * word);
  yield `N 2 ${word} ${tcache - 2 * word}`;
  const index = (padded(place, 800) - place.least) / 16;
  yield* poke(unsorted - 2 * word + 64 + index * word, 0);
  yield "m 3 800";
}

/** 2 GiB: on i386 a top of that size in a mapping ends, past the end of the address space, below the break. */
function* topAround(place: Place): Generator<string> {
  yield* ["m 0 24", "m 1 805306368", "o -4 0"];
  yield* poke(0xd000_0004, 0x8000_0001);
  yield* poke(place.state("top"), 0xd000_0000);
  yield* poke(place.state("system_mem"), 0xffff_ffff);
  yield "m 2 2147483632";
}

/** An arena that stands around errno, so that its flags are errno: what a refused mapping leaves there says that there are fast chunks. */
function* arenaInErrno(place: Place): Generator<string> {
  const errno = place.thread("errno");
  const fake = errno - (place.state("flags") - place.state("mutex"));
  yield* ["S 1", "m 0 4000", `N 0 0 0`];
  const top = Math.ceil((place.slot(0) + 64) / 4096) * 4096 - 64;
  yield* poke(top + place.word, 65);
  yield* poke(place.state("top", fake), top);
  const bins = place.state("bins", fake);
  for (const bin of [1, 126]) {
    const header = bins + (bin - 2) * 2 * place.word;
    yield* poke(header + 2 * place.word, header);
    yield* poke(header + 3 * place.word, header);
  }
  for (let block = 0; block < 4; block++) yield* pokeInt(place.state("binmap", fake) + 4 * block, 0);
  yield* pokeInt(fake, 0);
  yield* pokeInt(errno, 1);
  yield* poke(place.thread("arena"), fake);
  yield "m 1 139637976727552";
}

export const assertions: readonly Misuse[] = [
  foreignCall("AssertMallocMain", "m 6 256", false),
  foreignCall("AssertMallocArena", "m 6 256", true),
  foreignCall("AssertCallocArena", "c 6 1 256", false),
  foreignCall("AssertReallocMain", "r 4 6 256", false),
  foreignCall("AssertReallocArena", "r 4 6 256", true),
  foreignMemalign("AssertMemalignMain", false),
  foreignMemalign("AssertMemalignArena", true),
  foreignPages("AssertVallocArena", "v 6 100", 100),
  foreignPages("AssertPvallocArena", "P 6 100", 4096),
  // A small bin's chunk is too small to hold what is cleared or copied, or what was asked for.
  {
    message: "AssertCallocClears",
    script: (place) => ["m 0 256", ...binned(place, 0, smallBin(place, padded(place, 256))), `N 0 ${-place.word} 9`, "c 1 1 256"],
  },
  {
    message: "AssertReallocCopies",
    script: ({ word }) => ["m 0 100", `N 0 ${-word} 17`, `N 0 ${word} 33`, `N 0 ${5 * word} 33`, "r 0 1 256"],
  },
  {
    message: "AssertReallocFits",
    script: (place) => ["m 0 24", "m 1 24", "m 2 24", ...binned(place, 1, smallBin(place, padded(place, 256))), "r 0 3 256"],
  },
  {
    message: "AssertMemalignFits",
    *script(place) {
      yield "m 0 4000";
      const mem = Math.ceil((place.slot(0) + 64) / 64) * 64 + 16;
      yield* [`G 1 0 ${mem - place.slot(0)}`, `N 1 ${-place.word} 81`];
      yield* binned(place, 1, smallBin(place, padded(place, padded(place, 100) + 64 + place.least)));
      yield "a 2 64 100";
    },
  },
  {
    message: "AssertBinFits",
    *script(place) {
      const bin = smallBin(place, 0x300);
      yield* ["m 0 24", ...binned(place, 0, bin)];
      yield* pokeInt(place.state("binmap") + 4 * Math.floor(bin / 32), 1 << (bin % 32));
      yield "m 1 500";
    },
  },
  // Large chunks that say they are of another arena: the smallest, the largest and one in between.
  { message: "AssertLargeBackMain", script: sortedIn([1208], (word) => `N 0 ${-word} ${0x4c0 + 5}`, 1232) },
  { message: "AssertLargeForwardMain", script: sortedIn([1256, 1208], (word) => `N 0 ${-word} ${0x4f0 + 5}`, 1232) },
  { message: "AssertLargeForwardMainNext", script: sortedIn([1256, 1224, 1208], (word) => `N 1 ${-word} ${0x4d0 + 5}`, 1232) },
  { message: "AssertTrimEnd", script: ({ word }) => ["m 0 5000", "m 1 24", "f 0", `N 0 ${-word} -4095`, "t 0"] },
  // The program's own sbrk leaves the break where no chunk may begin.
  {
    message: "AssertSysmallocAligned",
    script: (place) => ["m 0 24", ...pokeInt(place.state("flags"), 3), "b 8", "m 1 100000", "m 2 100000"],
  },
  { message: "AssertCorrection", script: topAround },
  { message: "AssertMunmapMmapped", script: cutOverMapping },
  {
    message: "AssertMunmapWorked",
    *script({ word, slot }) {
      yield "m 0 24";
      const before = (slot(0) - 2 * word) % 4096;
      yield* [`N 0 ${-2 * word} ${before}`, `N 0 ${-word} ${MMAPPED - before}`, "f 0"];
    },
  },
  { message: "AssertMremapSize", script: ({ word }) => ["m 0 200000", `N 0 ${-word} 4114`, "r 0 1 300000"] },
  { message: "AssertMremapOffset", script: movedWithout },
  { message: "AssertTcachePutIndex", script: (place) => ["m 0 2000", ...poke(place.mp("tcache_bins"), 1000), "f 0"] },
  {
    message: "AssertTcacheGetIndex",
    script: (place) => ["m 0 5000", "F 0 0 255 5000", ...poke(place.mp("tcache_bins"), 1000), "m 1 1200"],
  },
  { message: "AssertTcacheGetEntry", script: cacheExchanged },
  ...unlinked("LargeBin", 200, ["m 5 1208"]),
  ...unlinked("Binmap", 200, ["m 5 600"]),
  ...unlinked("FreeBack", 200, ["f 11"]),
  ...unlinked("FreeNext", 200, ["f 10"]),
  ...unlinked("ConsolidateBack", 24, ["f 11", "t 0"]),
  ...unlinked("ConsolidateNext", 24, ["f 10", "t 0"]),
  ...unlinked("Realloc", 200, ["r 10 5 600"]),
  // What a chunk's bk leads to is written to: main_arena's flags, after they were asked.
  {
    message: "AssertSmallRange",
    script: (place) => [
      ...sortedIn([1200], (word) => `N 0 ${word} ${place.state("flags") - 2 * word}`, 1232)(place).slice(0, -1),
      "m 21 130000",
    ],
  },
  { message: "AssertNoFastchunks", script: arenaInErrno },
];
