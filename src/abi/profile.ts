/**
 * The profile block (machineMemory.profile): what the engine must know about the glibc it impersonates. The host writes it once, before
 * `initialise`. Offsets from machineMemory.profile; addresses are u64 (0 = this glibc has no such object), everything else u32.
 *
 *   0x000  scalars        widths, sizes, feature bits
 *   0x020  addresses      of glibc's objects in the simulated process
 *   0x0a0  malloc_state   byte offsets of its fields
 *   0x0e0  malloc_par     byte offsets of its fields
 *   0x140  tcache         byte offsets in tcache_perthread_struct
 *   0x160  features       one byte each, 1 = this glibc has it, in the order of featureNames
 *   0x200  tunables       written by the engine's setTunable
 */
import { featureNames, type Feature } from "./glibc-features";
import type { MallocAbi, StructLayout } from "./glibc-structs";
import type { GlibcSymbols } from "./glibc-symbols";

export const profile = {
  wordBytes: 0x000,
  pageSize: 0x004,
  /** MALLOC_ALIGNMENT. */
  alignment: 0x008,
  fastbins: 0x010,
  /** TCACHE_MAX_BINS. */
  tcacheBins: 0x014,
  /** TCACHE_FILL_COUNT. */
  tcacheFill: 0x018,
  /** TCACHE_SMALL_BINS: those that hold one size each. */
  tcacheSmallBins: 0x01c,

  mainArena: 0x020,
  mp: 0x028,
  tcachePointer: 0x030,
  threadArena: 0x038,
  tcacheKey: 0x040,
  /** What malloc's initialisation stores at tcacheKey: getrandom's answer, fixed by the scenario's seed. */
  tcacheKeyValue: 0x048,
  globalMaxFast: 0x050,
  perturbByte: 0x058,
  mallocInitialized: 0x060,
  curbrk: 0x068,
  abortMessage: 0x070,
  errno: 0x078,
  /** Three bytes: which of the hooks for malloc, realloc and memalign have run (glibc 2.33 and before). */
  hooks: 0x080,
  /** i32, as M_CHECK_ACTION set it (2.26 and before). */
  checkAction: 0x088,

  stateMutex: 0x0a0,
  stateFlags: 0x0a4,
  stateHaveFastchunks: 0x0a8,
  stateFastbins: 0x0ac,
  stateTop: 0x0b0,
  stateLastRemainder: 0x0b4,
  stateBins: 0x0b8,
  stateBinmap: 0x0bc,
  stateNext: 0x0c0,
  stateNextFree: 0x0c4,
  stateAttachedThreads: 0x0c8,
  stateSystemMem: 0x0cc,
  stateMaxSystemMem: 0x0d0,
  stateBytes: 0x0d4,

  mpTrimThreshold: 0x0e0,
  mpTopPad: 0x0e4,
  mpMmapThreshold: 0x0e8,
  mpArenaTest: 0x0ec,
  mpArenaMax: 0x0f0,
  mpThpPagesize: 0x0f4,
  mpHpPagesize: 0x0f8,
  mpHpFlags: 0x0fc,
  mpNMmaps: 0x100,
  mpNMmapsMax: 0x104,
  mpMaxNMmaps: 0x108,
  mpNoDynThreshold: 0x10c,
  mpMmappedMem: 0x110,
  mpMaxMmappedMem: 0x114,
  mpSbrkBase: 0x118,
  mpTcacheBins: 0x11c,
  mpTcacheMaxBytes: 0x120,
  mpTcacheCount: 0x124,
  mpTcacheUnsortedLimit: 0x128,
  mpBytes: 0x12c,
  mpPagesize: 0x130,
  mpThpMode: 0x134,

  tcacheBytes: 0x140,
  tcacheCounts: 0x144,
  tcacheEntries: 0x148,
  heapInfoBytes: 0x14c,

  /** A byte for each of featureNames. */
  features: 0x160,

  /** Tunables that wait for the first call, 16 bytes each; the engine's own. */
  tunables: 0x200,
} as const;
export type ProfileField = keyof typeof profile;

/** Bytes that `profileBytes` writes. */
export const PROFILE_BYTES = 0x200;

/** Where a feature's byte is, from the start of the profile. */
export function featureOffset(feature: Feature): number {
  return profile.features + featureNames.indexOf(feature);
}

/** Where one process has its libc. */
export interface GlibcPlace {
  readonly libcBase: number;
  /** Start of libc's thread-local block of the main thread. */
  readonly libcTls: number;
  readonly pageSize: number;
  readonly tcacheKeyValue: bigint;
}

/** The profile block's bytes for a glibc at a place. */
export function profileBytes(abi: MallocAbi, symbols: GlibcSymbols, place: GlibcPlace): Uint8Array {
  const bytes = new Uint8Array(PROFILE_BYTES);
  const view = new DataView(bytes.buffer);
  const word = (field: ProfileField, value: number) => view.setUint32(profile[field], value, true);
  const addr = (field: ProfileField, value: number) => view.setBigUint64(profile[field], BigInt(value), true);
  const offsets = (rows: readonly (readonly [ProfileField, ...string[]])[], layout: StructLayout) => {
    for (const [field, ...names] of rows) {
      const found = layout.fields.find((candidate) => names.includes(candidate.name));
      word(field, found ? found.offset : ABSENT);
    }
  };
  word("wordBytes", abi.wordBytes);
  word("pageSize", place.pageSize);
  word("alignment", abi.alignment);
  for (const feature of [...abi.features, ...symbols.backports]) bytes[featureOffset(feature)] = 1;
  word("fastbins", abi.mallocState.fields.find((candidate) => candidate.name === "fastbinsY")?.count ?? 0);
  word("tcacheBins", abi.tcache?.fields.find((candidate) => candidate.name === "entries")?.count ?? 0);
  word("tcacheFill", abi.tcacheFill);
  word("tcacheSmallBins", abi.tcacheSmallBins);
  word("heapInfoBytes", abi.heapInfo.sizeBytes);
  for (const field of [
    "mainArena",
    "mp",
    "tcacheKey",
    "globalMaxFast",
    "perturbByte",
    "mallocInitialized",
    "curbrk",
    "abortMessage",
    "hooks",
    "checkAction",
  ] as const) {
    addr(field, place.libcBase + symbols[field]);
  }
  addr("tcachePointer", place.libcTls + symbols.tlsTcache);
  addr("threadArena", place.libcTls + symbols.tlsThreadArena);
  addr("errno", place.libcTls + symbols.tlsErrno);
  view.setBigUint64(profile.tcacheKeyValue, place.tcacheKeyValue, true);
  offsets(stateFields, abi.mallocState);
  word("stateBytes", abi.mallocState.sizeBytes);
  offsets(mpFields, abi.mallocPar);
  word("mpBytes", abi.mallocPar.sizeBytes);
  if (abi.tcache) {
    offsets(
      [
        ["tcacheCounts", "counts", "num_slots"],
        ["tcacheEntries", "entries"],
      ],
      abi.tcache,
    );
    word("tcacheBytes", abi.tcache.sizeBytes);
  }
  return bytes;
}

/** Offset of a field that this release's struct does not have. */
const ABSENT = 0xffff_ffff;

const stateFields = [
  ["stateMutex", "mutex"],
  ["stateFlags", "flags"],
  ["stateHaveFastchunks", "have_fastchunks"],
  ["stateFastbins", "fastbinsY"],
  ["stateTop", "top"],
  ["stateLastRemainder", "last_remainder"],
  ["stateBins", "bins"],
  ["stateBinmap", "binmap"],
  ["stateNext", "next"],
  ["stateNextFree", "next_free"],
  ["stateAttachedThreads", "attached_threads"],
  ["stateSystemMem", "system_mem"],
  ["stateMaxSystemMem", "max_system_mem"],
] as const satisfies readonly (readonly [ProfileField, ...string[]])[];

const mpFields = [
  ["mpTrimThreshold", "trim_threshold"],
  ["mpTopPad", "top_pad"],
  ["mpMmapThreshold", "mmap_threshold"],
  ["mpArenaTest", "arena_test"],
  ["mpArenaMax", "arena_max"],
  ["mpThpPagesize", "thp_pagesize"],
  ["mpHpPagesize", "hp_pagesize"],
  ["mpHpFlags", "hp_flags"],
  ["mpNMmaps", "n_mmaps"],
  ["mpNMmapsMax", "n_mmaps_max"],
  ["mpMaxNMmaps", "max_n_mmaps"],
  ["mpNoDynThreshold", "no_dyn_threshold"],
  ["mpMmappedMem", "mmapped_mem"],
  ["mpMaxMmappedMem", "max_mmapped_mem"],
  ["mpSbrkBase", "sbrk_base"],
  ["mpTcacheBins", "tcache_bins", "tcache_small_bins"],
  ["mpPagesize", "pagesize"],
  ["mpThpMode", "thp_mode"],
  ["mpTcacheMaxBytes", "tcache_max_bytes"],
  ["mpTcacheCount", "tcache_count"],
  ["mpTcacheUnsortedLimit", "tcache_unsorted_limit"],
] as const satisfies readonly (readonly [ProfileField, ...string[]])[];
