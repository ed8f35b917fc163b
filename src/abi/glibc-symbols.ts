/**
 * Where glibc keeps the malloc state that is not inside a struct: offsets in bytes from the base of libc's mapping, and from the start
 * of libc's thread-local block. Every build of a release has its own. Sources: symbol table, relocations and the code of malloc in
 * Debian's libc6 2.36-9+deb12 (x86-64); code and memory of its libc6-i386; debug information of upstream's releases, built from source, for the others.
 */
import { mallocAbis } from "./glibc-structs";
import { type Feature, findRelease, type Release } from "./glibc-features";

export interface GlibcSymbols {
  readonly glibc: Release;
  readonly abi: "amd64" | "i386";
  /** Whose build. "other": one that only a recording's header tells of. */
  readonly build: "debian" | "upstream" | "other";
  readonly mainArena: number;
  readonly mp: number;
  readonly tcacheKey: number;
  readonly globalMaxFast: number;
  readonly perturbByte: number;
  /** One byte, `__malloc_initialized`. */
  readonly mallocInitialized: number;
  /** `__curbrk`: the break as sbrk last saw it, NULL until its first call. */
  readonly curbrk: number;
  /** `__abort_msg`: the mapping that holds a copy of the message of an abort, for debuggers. */
  readonly abortMessage: number;
  /** A byte for each of malloc's hooks, and M_CHECK_ACTION: of releases that have them. */
  readonly hooks: number;
  readonly checkAction: number;
  /** `narenas`, `free_list`, `aligned_heap_area`, and the static variables of arena_get2 and reused_arena. */
  readonly narenas: number;
  readonly freeList: number;
  readonly alignedHeapArea: number;
  readonly arenaLimit: number;
  readonly nextToUse: number;
  /** `save_arena`: the arena of the thread that forks, of releases with fork hooks. */
  readonly saveArena: number;
  /** Thread-local: `tcache`, `thread_arena` and `errno`. */
  readonly tlsTcache: number;
  readonly tlsThreadArena: number;
  readonly tlsErrno: number;
  /** What this build has although its release has not. */
  readonly backports: readonly Feature[];
  /** Which of the above are not known for this build: they got a place of their own behind what is known. */
  readonly placed: ReadonlySet<string>;
}

type Row = readonly [
  glibc: Release,
  abi: "amd64" | "i386",
  mainArena: number,
  mp: number,
  tcacheKey: number | null,
  globalMaxFast: number | null,
  perturbByte: number | null,
  tlsTcache: number | null,
];

// biome-ignore format: one build a line
const upstream: readonly Row[] = [
  ["2.12.1", "amd64", 0x168f60, 0x168f00, null, 0x168ef8, 0x168ef4, null],
  ["2.23", "amd64", 0x198b20, 0x198160, null, 0x19a7a8, 0x19a7a4, null],
  // No build of it was at hand: places of 2.23's.
  ["2.24", "amd64", 0x198b20, 0x198160, null, 0x19a7a8, 0x19a7a4, null],
  ["2.26", "amd64", 0x1a6c20, 0x1a6260, null, 0x1a95d0, 0x1a95cc, 0x40],
  ["2.27", "amd64", 0x1a9c20, 0x1a9260, null, 0x1ac600, 0x1ac5ec, 0x40],
  ["2.28", "amd64", 0x1abc20, 0x1ab260, null, 0x1ae5e0, 0x1ae5cc, 0x40],
  ["2.29", "amd64", 0x1adc20, 0x1ad260, null, 0x1b05c0, 0x1b05ac, 0x40],
  ["2.30", "amd64", 0x1b0b80, 0x1b0280, null, 0x1b3b58, 0x1b3b44, 0x40],
  ["2.31", "amd64", 0x1afb60, 0x1af260, null, 0x1b2b40, 0x1b2b2c, 0x40],
  ["2.31", "i386", 0x1db740, 0x1db120, null, 0x1dd324, 0x1dd318, 0x20],
  ["2.32", "amd64", 0x1b1b80, 0x1b1260, null, 0x1b4b58, 0x1b4b44, 0x40],
  ["2.33", "amd64", 0x1b4b80, 0x1b4260, null, 0x1b7b58, 0x1b7b44, 0x40],
  ["2.34", "amd64", 0x1e8c40, 0x1e8320, 0x1f0158, 0x1f0180, 0x1f017c, 0x48],
  ["2.35", "amd64", 0x1e8c60, 0x1e8340, 0x1f0178, 0x1f01a0, 0x1f019c, 0x48],
  ["2.36", "amd64", 0x1c1c60, 0x1c1340, 0x1c8478, 0x1c84a0, 0x1c849c, 0x48],
  ["2.36", "i386", 0x20b7c0, 0x20b1c0, 0x20eb50, 0x20eb6c, 0x20eb68, 0x24],
  ["2.37", "amd64", 0x1c1c80, 0x1c1360, 0x1c8498, 0x1c84c0, 0x1c84bc, 0x48],
  ["2.38", "amd64", 0x223c80, 0x223340, 0x22a338, 0x22a360, 0x22a35c, 0x48],
  ["2.39", "amd64", 0x1c7ca0, 0x1c7360, 0x1ce358, 0x1ce380, 0x1ce37c, 0x48],
  ["2.39", "i386", 0x2137c0, 0x2131c0, 0x216a90, 0x216aac, 0x216aa8, 0x24],
  ["2.40", "amd64", 0x1c8ca0, 0x1c8360, 0x1cf358, 0x1cf380, 0x1cf37c, 0x48],
  ["2.41", "amd64", 0x1c8ca0, 0x1c8360, 0x1cf418, 0x1cf440, 0x1cf43c, 0x48],
  ["2.42", "amd64", 0x1c9c80, 0x1c9340, 0x1d03c0, 0x1d03e8, 0x1d03e4, 0x48],
  ["2.42", "i386", 0x2147c0, 0x2141c0, 0x217ad4, 0x217aec, 0x217ae8, 0x24],
  ["2.43", "amd64", 0x1c8c80, 0x1c8340, 0x1cf380, null, 0x1cf3a4, 0x20],
];

type ArenaRow = readonly [
  glibc: Release,
  abi: "amd64" | "i386",
  narenas: number | null,
  freeList: number | null,
  alignedHeapArea: number | null,
];

// biome-ignore format: one build a line
const upstreamArenas: readonly ArenaRow[] = [
  ["2.12.1", "amd64", null, null, 0x168e80],
  ["2.23", "amd64", 0x198148, 0x19a798, 0x19a730],
  ["2.26", "amd64", 0x1a6248, 0x1a95c0, 0x1a95b0],
  ["2.27", "amd64", 0x1a9248, 0x1ac5e0, 0x1ac5d0],
  ["2.28", "amd64", 0x1ab248, 0x1ae5c0, 0x1ae5b0],
  ["2.29", "amd64", 0x1ad248, 0x1b05a0, 0x1b0590],
  ["2.30", "amd64", 0x1b0268, 0x1b3b38, 0x1b3b28],
  ["2.31", "amd64", 0x1af248, 0x1b2b20, 0x1b2b10],
  ["2.31", "i386", 0x1db108, 0x1dd310, 0x1dd308],
  ["2.32", "amd64", 0x1b1248, 0x1b4b38, 0x1b4b28],
  ["2.33", "amd64", 0x1b4248, 0x1b7b38, 0x1b7b28],
  ["2.34", "amd64", 0x1e8308, 0x1f0170, 0x1f0160],
  ["2.35", "amd64", 0x1e8328, 0x1f0190, 0x1f0180],
  ["2.36", "amd64", 0x1c1328, 0x1c8490, 0x1c8480],
  ["2.36", "i386", 0x20b1a4, 0x20eb60, 0x20eb54],
  ["2.37", "amd64", 0x1c1348, 0x1c84b0, 0x1c84a0],
  ["2.38", "amd64", 0x223328, 0x22a350, 0x22a340],
  ["2.39", "amd64", 0x1c7348, 0x1ce370, 0x1ce360],
  ["2.39", "i386", 0x2131a4, 0x216aa0, 0x216a94],
  ["2.40", "amd64", 0x1c8348, 0x1cf370, 0x1cf360],
  ["2.41", "amd64", 0x1c8348, 0x1cf430, 0x1cf420],
  ["2.42", "amd64", 0x1c9328, 0x1d03d8, 0x1d03c8],
  ["2.42", "i386", 0x2141a4, 0x217ae0, 0x217ad8],
  ["2.43", "amd64", 0x1c8328, 0x1cf398, 0x1cf388],
];

/** Variables without a known place stand behind these many bytes from the last known one. */
const GAP = 0x40;
const SLOT = 0x10;

/** What has a place in libc or in its thread-local block. */
export type LibcSymbol = Exclude<keyof GlibcSymbols, "glibc" | "abi" | "build" | "placed" | "backports">;
type Known = Partial<Record<LibcSymbol, number | null>> & { readonly mainArena: number; readonly mp: number };

function completed(glibc: Release, abi: "amd64" | "i386", build: GlibcSymbols["build"], known: Known): GlibcSymbols {
  const stateBytes = mallocAbis.find((each) => each.glibc === glibc && each.abi === abi)?.mallocState.sizeBytes ?? 0;
  const ends = [known.mainArena + stateBytes, known.mp, known.tcacheKey ?? 0, known.globalMaxFast ?? 0, known.perturbByte ?? 0];
  let next = Math.ceil((Math.max(...ends) + GAP) / SLOT) * SLOT;
  const placed = new Set<string>();
  const place = (name: LibcSymbol): number => {
    const at = known[name];
    if (at !== undefined && at !== null) return at;
    placed.add(name);
    next += SLOT;
    return next - SLOT;
  };
  const thread = (name: LibcSymbol, otherwise: number): number => {
    const at = known[name];
    if (at !== undefined && at !== null) return at;
    placed.add(name);
    return otherwise;
  };
  const tlsTcache = thread("tlsTcache", abi === "amd64" ? 0x38 : 0x20);
  return {
    glibc,
    abi,
    build,
    mainArena: known.mainArena,
    mp: known.mp,
    tcacheKey: place("tcacheKey"),
    globalMaxFast: place("globalMaxFast"),
    perturbByte: place("perturbByte"),
    mallocInitialized: place("mallocInitialized"),
    curbrk: place("curbrk"),
    abortMessage: place("abortMessage"),
    hooks: place("hooks"),
    checkAction: place("checkAction"),
    narenas: place("narenas"),
    freeList: place("freeList"),
    alignedHeapArea: place("alignedHeapArea"),
    arenaLimit: place("arenaLimit"),
    nextToUse: place("nextToUse"),
    saveArena: place("saveArena"),
    tlsTcache,
    // Behind tcache_shutting_down; inside libc's block, which is no more than 0x54 (i386) or 0x58 bytes in some releases.
    tlsThreadArena: thread("tlsThreadArena", tlsTcache + 2 * (abi === "amd64" ? 8 : 4)),
    tlsErrno: thread("tlsErrno", 0x10),
    backports: build === "debian" ? ["memalignWrapChecked"] : [],
    placed,
  };
}

export const glibcSymbols: readonly GlibcSymbols[] = [
  completed("2.36", "amd64", "debian", {
    mainArena: 0x1d3c60,
    mp: 0x1d3340,
    tcacheKey: 0x1da478,
    globalMaxFast: 0x1da4a0,
    perturbByte: 0x1da49c,
    mallocInitialized: 0x1da488,
    curbrk: 0x1db338,
    abortMessage: 0x1d4e60,
    narenas: 0x1d3328,
    freeList: 0x1da490,
    alignedHeapArea: 0x1da480,
    arenaLimit: 0x1da470,
    nextToUse: 0x1da468,
    tlsTcache: 0x48,
    tlsThreadArena: 0x58,
    tlsErrno: 0x10,
  }),
  ...upstream.map(([glibc, abi, mainArena, mp, tcacheKey, globalMaxFast, perturbByte, tlsTcache]) => {
    const arenas = upstreamArenas.find((row) => row[0] === glibc && row[1] === abi);
    const [, , narenas = null, freeList = null, alignedHeapArea = null] = arenas ?? [glibc, abi];
    const own = { tcacheKey, globalMaxFast, perturbByte, tlsTcache, narenas, freeList, alignedHeapArea };
    return completed(glibc, abi, "upstream", { mainArena, mp, ...own });
  }),
  completed("2.36", "i386", "debian", {
    mainArena: 0x21d7c0,
    mp: 0x21d1c0,
    tcacheKey: 0x220b50,
    globalMaxFast: 0x220b6c,
    perturbByte: 0x220b68,
    mallocInitialized: 0x220b58,
    narenas: 0x21d1a4,
    freeList: 0x220b60,
    alignedHeapArea: 0x220b54,
    tlsTcache: 0x24,
    tlsThreadArena: 0x2c,
  }),
];

/** Where a recording found two of them. */
export interface SeenSymbols {
  readonly mainArena: number;
  readonly mp: number;
}

/**
 * The symbols of one glibc, undefined when they are not known. With `seen`, of the build that has them there; a build that is not known
 * is laid out around what was seen.
 */
export function findGlibcSymbols(glibc: string, abi: "amd64" | "i386", seen?: SeenSymbols): GlibcSymbols | undefined {
  const release = findRelease(glibc);
  if (release === undefined) return undefined;
  const builds = glibcSymbols.filter((candidate) => candidate.glibc === release && candidate.abi === abi);
  if (seen === undefined) return builds[0];
  const same = builds.find(({ mainArena, mp }) => mainArena === seen.mainArena && mp === seen.mp);
  return same ?? completed(release, abi, "other", seen);
}
