/**
 * glibc's malloc structs as bytes: offset, size, element count and C type of every field, and the constants that depend on the width.
 * Data only; the decoders read it. One declaration serves every release and width: a field says which releases have it, offsets follow
 * from C's alignment rules. Source: malloc/malloc.c and malloc/arena.c; the offsets are those of the debug information.
 */
import { type Feature, featureNames, findRelease, hasFeature, type Release, releases } from "./glibc-features";

export interface StructField {
  readonly name: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  /** Bytes of the whole field; an array of `count` elements has elements of sizeBytes / count. */
  readonly sizeBytes: number;
  readonly count: number;
  readonly type: "int" | "uint" | "size" | "pointer";
  /** C type of one element, as in glibc. */
  readonly typeText: string;
}

export interface StructLayout {
  readonly name: string;
  readonly sizeBytes: number;
  readonly fields: readonly StructField[];
}

/** C types of fields; sizes in bytes, `word` = 4 or 8 with the machine. */
const ctypes = {
  char: { bytes: 1, type: "int", text: "char" },
  u16: { bytes: 2, type: "uint", text: "uint16_t" },
  int: { bytes: 4, type: "int", text: "int" },
  lock: { bytes: 4, type: "int", text: "__libc_lock_t" },
  uint: { bytes: 4, type: "uint", text: "unsigned int" },
  ulong: { bytes: "word", type: "size", text: "unsigned long" },
  size: { bytes: "word", type: "size", text: "size_t" },
  chunk: { bytes: "word", type: "pointer", text: "mchunkptr" },
  fast: { bytes: "word", type: "pointer", text: "mfastbinptr" },
  state: { bytes: "word", type: "pointer", text: "struct malloc_state *" },
  heap: { bytes: "word", type: "pointer", text: "struct _heap_info *" },
  text: { bytes: "word", type: "pointer", text: "char *" },
  entry: { bytes: "word", type: "pointer", text: "tcache_entry *" },
} as const;

type WordBytes = 4 | 8;

/** A field: name, C type, elements, and the releases that have it, from the first up to but not including the second. */
interface FieldRow {
  readonly name: string;
  readonly type: keyof typeof ctypes;
  readonly count?: number;
  readonly since?: Release;
  readonly until?: Release;
}

function present(row: FieldRow, release: Release): boolean {
  const at = releases.indexOf(release);
  return (
    (row.since === undefined || at >= releases.indexOf(row.since)) &&
    (row.until === undefined || at < releases.indexOf(row.until))
  );
}

/** Lays fields out as C does. */
function struct(name: string, rows: readonly FieldRow[], release: Release, wordBytes: WordBytes): StructLayout {
  const fields: StructField[] = [];
  let offset = 0;
  for (const row of rows) {
    if (!present(row, release)) continue;
    const { bytes, type, text } = ctypes[row.type];
    const each = bytes === "word" ? wordBytes : bytes;
    const count = row.count ?? 1;
    offset = Math.ceil(offset / each) * each;
    fields.push({ name: row.name, offset, sizeBytes: each * count, count, type, typeText: text });
    offset += each * count;
  }
  return { name, sizeBytes: Math.ceil(offset / wordBytes) * wordBytes, fields };
}

function mallocState(release: Release, wordBytes: WordBytes, alignment: number): StructLayout {
  // NFASTBINS: the largest fast request, 80 * SIZE_SZ / 4, padded.
  const largest = Math.floor((20 * wordBytes + wordBytes + alignment - 1) / alignment) * alignment;
  const fastbins = largest / (2 * wordBytes) - 1;
  const rows: readonly FieldRow[] = [
    { name: "mutex", type: "lock" },
    { name: "flags", type: "int" },
    { name: "have_fastchunks", type: "int", since: "2.27", until: "2.43" },
    { name: "fastbinsY", type: "fast", count: fastbins, until: "2.43" },
    { name: "top", type: "chunk" },
    { name: "last_remainder", type: "chunk" },
    { name: "bins", type: "chunk", count: 254 },
    { name: "binmap", type: "uint", count: 4 },
    { name: "next", type: "state" },
    { name: "next_free", type: "state", since: "2.23" },
    { name: "attached_threads", type: "size", since: "2.23" },
    { name: "system_mem", type: "size" },
    { name: "max_system_mem", type: "size" },
  ];
  return struct("malloc_state", rows, release, wordBytes);
}

const mallocParRows: readonly FieldRow[] = [
  { name: "trim_threshold", type: "ulong" },
  { name: "top_pad", type: "size" },
  { name: "mmap_threshold", type: "size" },
  { name: "arena_test", type: "size", since: "2.23" },
  { name: "arena_max", type: "size", since: "2.23" },
  { name: "thp_mode", type: "int", since: "2.43" },
  { name: "thp_pagesize", type: "size", since: "2.35" },
  { name: "hp_pagesize", type: "size", since: "2.35" },
  { name: "hp_flags", type: "int", since: "2.35" },
  { name: "n_mmaps", type: "int" },
  { name: "n_mmaps_max", type: "int" },
  { name: "max_n_mmaps", type: "int" },
  { name: "no_dyn_threshold", type: "int" },
  { name: "pagesize", type: "uint", until: "2.23" },
  { name: "mmapped_mem", type: "size" },
  { name: "max_mmapped_mem", type: "size" },
  { name: "max_total_mem", type: "size", until: "2.24" },
  { name: "sbrk_base", type: "text" },
  { name: "tcache_bins", type: "size", since: "2.26", until: "2.42" },
  { name: "tcache_small_bins", type: "size", since: "2.42" },
  { name: "tcache_max_bytes", type: "size", since: "2.26" },
  { name: "tcache_count", type: "size", since: "2.26" },
  { name: "tcache_unsorted_limit", type: "size", since: "2.26" },
];

const TCACHE_SMALL_BINS = 64;
const TCACHE_LARGE_BINS = 12;

const tcacheRows: readonly FieldRow[] = [
  { name: "counts", type: "char", count: TCACHE_SMALL_BINS, until: "2.30" },
  { name: "counts", type: "u16", count: TCACHE_SMALL_BINS, since: "2.30", until: "2.42" },
  { name: "num_slots", type: "u16", count: TCACHE_SMALL_BINS + TCACHE_LARGE_BINS, since: "2.42" },
  { name: "entries", type: "entry", count: TCACHE_SMALL_BINS, until: "2.42" },
  { name: "entries", type: "entry", count: TCACHE_SMALL_BINS + TCACHE_LARGE_BINS, since: "2.42" },
];

const heapInfoRows: readonly FieldRow[] = [
  { name: "ar_ptr", type: "state" },
  { name: "prev", type: "heap" },
  { name: "size", type: "size" },
  { name: "mprotect_size", type: "size" },
  { name: "pagesize", type: "size", since: "2.35" },
];

/** The padding behind heap_info makes the first chunk's user data aligned. */
function heapInfo(release: Release, wordBytes: WordBytes, alignment: number): StructLayout {
  const layout = struct("_heap_info", heapInfoRows, release, wordBytes);
  const header = 2 * wordBytes;
  return { ...layout, sizeBytes: Math.ceil((layout.sizeBytes + header) / alignment) * alignment - header };
}

/** One step of largebin_index: sizes whose `size >> shift` is at most `limit` go to bin `base + (size >> shift)`. */
export interface LargeBinStep {
  readonly shift: number;
  readonly limit: number;
  readonly base: number;
}

const largeTail = [
  { shift: 9, limit: 20, base: 91 },
  { shift: 12, limit: 10, base: 110 },
  { shift: 15, limit: 4, base: 119 },
  { shift: 18, limit: 2, base: 124 },
] as const;

/** What a reader of the heap must know about one glibc on one machine. Features are questions, never version numbers. */
export interface MallocAbi {
  readonly glibc: Release;
  readonly abi: "amd64" | "i386";
  /** SIZE_SZ and the size of a pointer. */
  readonly wordBytes: 4 | 8;
  /** MALLOC_ALIGNMENT. */
  readonly alignment: number;
  /** MINSIZE: bytes of the smallest chunk. */
  readonly minChunkBytes: number;
  /** 126: bins 1 (unsorted), 2–63 (small), 64–126 (large). */
  readonly lastBin: number;
  readonly firstLargeBin: number;
  /** Bins above the last step's reach all go here. */
  readonly lastLargeBin: number;
  readonly largeSteps: readonly LargeBinStep[];
  /** tcache and fastbin links are stored xor-ed with (address of the link >> 12); since 2.32. */
  readonly safeLinking: boolean;
  /** What a freed tcache entry's second word holds; "random" since 2.34. */
  readonly tcacheKey: "none" | "address" | "random";
  readonly mallocState: StructLayout;
  readonly mallocPar: StructLayout;
  /** null before 2.26. Its counters are `counts`, entries in a list, or since 2.42 `num_slots`, entries that still fit. */
  readonly tcache: StructLayout | null;
  /** Bins of the tcache that hold one size each; any further ones hold ranges of large sizes. */
  readonly tcacheSmallBins: number;
  /** How many entries a list of the tcache takes by default. */
  readonly tcacheFill: number;
  /** Header of a sub-heap of another arena; the chunks behind it are aligned. */
  readonly heapInfo: StructLayout;
  readonly features: ReadonlySet<Feature>;
}

function mallocAbi(glibc: Release, abi: "amd64" | "i386"): MallocAbi {
  const wordBytes = abi === "amd64" ? 8 : 4;
  const has = (feature: Feature): boolean => hasFeature(glibc, feature);
  const alignment = abi === "amd64" || has("tcache") ? 16 : 8;
  const minChunkBytes = Math.ceil((4 * wordBytes) / alignment) * alignment;
  const finest =
    abi === "amd64"
      ? { shift: 6, limit: 48, base: 48 }
      : alignment === 16
        ? { shift: 6, limit: 45, base: 49 }
        : { shift: 6, limit: 38, base: 56 };
  return {
    glibc,
    abi,
    wordBytes,
    alignment,
    minChunkBytes,
    lastBin: 126,
    firstLargeBin: 64,
    lastLargeBin: 126,
    largeSteps: [finest, ...largeTail],
    safeLinking: has("safeLinking"),
    tcacheKey: has("keyIsAddress") ? "address" : has("tcacheKey") ? "random" : "none",
    mallocState: mallocState(glibc, wordBytes, alignment),
    mallocPar: struct("malloc_par", mallocParRows, glibc, wordBytes),
    tcache: has("tcache") ? struct("tcache_perthread_struct", tcacheRows, glibc, wordBytes) : null,
    tcacheSmallBins: has("tcache") ? TCACHE_SMALL_BINS : 0,
    tcacheFill: has("tcacheByFree") ? 16 : 7,
    heapInfo: heapInfo(glibc, wordBytes, alignment),
    features: new Set(featureNames.filter(has)),
  };
}

/** Every release, both widths. */
export const mallocAbis: readonly MallocAbi[] = releases.flatMap((glibc) => [
  mallocAbi(glibc, "amd64"),
  mallocAbi(glibc, "i386"),
]);

/** The layout for one glibc, undefined when it is not known. `glibc`: a release or what recordings call it. */
export function findMallocAbi(glibc: string, abi: "amd64" | "i386"): MallocAbi | undefined {
  const release = findRelease(glibc);
  return mallocAbis.find((candidate) => candidate.glibc === release && candidate.abi === abi);
}
