/**
 * glibc's malloc structs as bytes: offset, size, element count and C type of every field, and the constants that depend on the width.
 * Data only; the decoders read it. Source: debug information of glibc 2.36 (x86-64 and i386).
 */
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

function struct(
  name: string,
  sizeBytes: number,
  rows: readonly (readonly [string, number, number, StructField["type"], string, number?])[],
): StructLayout {
  const fields = rows.map(([field, offset, bytes, type, typeText, count]) => ({
    name: field,
    offset,
    sizeBytes: bytes,
    count: count ?? 1,
    type,
    typeText,
  }));
  return { name, sizeBytes, fields };
}

const mallocStateAmd64 = struct("malloc_state", 2200, [
  ["mutex", 0, 4, "int", "__libc_lock_t"],
  ["flags", 4, 4, "int", "int"],
  ["have_fastchunks", 8, 4, "int", "int"],
  ["fastbinsY", 16, 80, "pointer", "mfastbinptr", 10],
  ["top", 96, 8, "pointer", "mchunkptr"],
  ["last_remainder", 104, 8, "pointer", "mchunkptr"],
  ["bins", 112, 2032, "pointer", "mchunkptr", 254],
  ["binmap", 2144, 16, "uint", "unsigned int", 4],
  ["next", 2160, 8, "pointer", "struct malloc_state *"],
  ["next_free", 2168, 8, "pointer", "struct malloc_state *"],
  ["attached_threads", 2176, 8, "size", "size_t"],
  ["system_mem", 2184, 8, "size", "size_t"],
  ["max_system_mem", 2192, 8, "size", "size_t"],
]);

const mallocParAmd64 = struct("malloc_par", 136, [
  ["trim_threshold", 0, 8, "size", "unsigned long"],
  ["top_pad", 8, 8, "size", "size_t"],
  ["mmap_threshold", 16, 8, "size", "size_t"],
  ["arena_test", 24, 8, "size", "size_t"],
  ["arena_max", 32, 8, "size", "size_t"],
  ["thp_pagesize", 40, 8, "size", "size_t"],
  ["hp_pagesize", 48, 8, "size", "size_t"],
  ["hp_flags", 56, 4, "int", "int"],
  ["n_mmaps", 60, 4, "int", "int"],
  ["n_mmaps_max", 64, 4, "int", "int"],
  ["max_n_mmaps", 68, 4, "int", "int"],
  ["no_dyn_threshold", 72, 4, "int", "int"],
  ["mmapped_mem", 80, 8, "size", "size_t"],
  ["max_mmapped_mem", 88, 8, "size", "size_t"],
  ["sbrk_base", 96, 8, "pointer", "char *"],
  ["tcache_bins", 104, 8, "size", "size_t"],
  ["tcache_max_bytes", 112, 8, "size", "size_t"],
  ["tcache_count", 120, 8, "size", "size_t"],
  ["tcache_unsorted_limit", 128, 8, "size", "size_t"],
]);

const tcachePerthreadAmd64 = struct("tcache_perthread_struct", 640, [
  ["counts", 0, 128, "uint", "uint16_t", 64],
  ["entries", 128, 512, "pointer", "tcache_entry *", 64],
]);

const mallocStateI386 = struct("malloc_state", 1116, [
  ["mutex", 0, 4, "int", "__libc_lock_t"],
  ["flags", 4, 4, "int", "int"],
  ["have_fastchunks", 8, 4, "int", "int"],
  ["fastbinsY", 12, 44, "pointer", "mfastbinptr", 11],
  ["top", 56, 4, "pointer", "mchunkptr"],
  ["last_remainder", 60, 4, "pointer", "mchunkptr"],
  ["bins", 64, 1016, "pointer", "mchunkptr", 254],
  ["binmap", 1080, 16, "uint", "unsigned int", 4],
  ["next", 1096, 4, "pointer", "struct malloc_state *"],
  ["next_free", 1100, 4, "pointer", "struct malloc_state *"],
  ["attached_threads", 1104, 4, "size", "size_t"],
  ["system_mem", 1108, 4, "size", "size_t"],
  ["max_system_mem", 1112, 4, "size", "size_t"],
]);

const mallocParI386 = struct("malloc_par", 76, [
  ["trim_threshold", 0, 4, "size", "unsigned long"],
  ["top_pad", 4, 4, "size", "size_t"],
  ["mmap_threshold", 8, 4, "size", "size_t"],
  ["arena_test", 12, 4, "size", "size_t"],
  ["arena_max", 16, 4, "size", "size_t"],
  ["thp_pagesize", 20, 4, "size", "size_t"],
  ["hp_pagesize", 24, 4, "size", "size_t"],
  ["hp_flags", 28, 4, "int", "int"],
  ["n_mmaps", 32, 4, "int", "int"],
  ["n_mmaps_max", 36, 4, "int", "int"],
  ["max_n_mmaps", 40, 4, "int", "int"],
  ["no_dyn_threshold", 44, 4, "int", "int"],
  ["mmapped_mem", 48, 4, "size", "size_t"],
  ["max_mmapped_mem", 52, 4, "size", "size_t"],
  ["sbrk_base", 56, 4, "pointer", "char *"],
  ["tcache_bins", 60, 4, "size", "size_t"],
  ["tcache_max_bytes", 64, 4, "size", "size_t"],
  ["tcache_count", 68, 4, "size", "size_t"],
  ["tcache_unsorted_limit", 72, 4, "size", "size_t"],
]);

const tcachePerthreadI386 = struct("tcache_perthread_struct", 384, [
  ["counts", 0, 128, "uint", "uint16_t", 64],
  ["entries", 128, 256, "pointer", "tcache_entry *", 64],
]);

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
  readonly glibc: string;
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
  /** null before 2.26. */
  readonly tcache: StructLayout | null;
}

export const mallocAbis: readonly MallocAbi[] = [
  {
    glibc: "2.36",
    abi: "amd64",
    wordBytes: 8,
    alignment: 16,
    minChunkBytes: 32,
    lastBin: 126,
    firstLargeBin: 64,
    lastLargeBin: 126,
    largeSteps: [{ shift: 6, limit: 48, base: 48 }, ...largeTail],
    safeLinking: true,
    tcacheKey: "random",
    mallocState: mallocStateAmd64,
    mallocPar: mallocParAmd64,
    tcache: tcachePerthreadAmd64,
  },
  {
    glibc: "2.36",
    abi: "i386",
    wordBytes: 4,
    alignment: 16,
    minChunkBytes: 16,
    lastBin: 126,
    firstLargeBin: 64,
    lastLargeBin: 126,
    largeSteps: [{ shift: 6, limit: 45, base: 49 }, ...largeTail],
    safeLinking: true,
    tcacheKey: "random",
    mallocState: mallocStateI386,
    mallocPar: mallocParI386,
    tcache: tcachePerthreadI386,
  },
];

/** The layout for one glibc, undefined when it is not known. */
export function findMallocAbi(glibc: string, abi: "amd64" | "i386"): MallocAbi | undefined {
  return mallocAbis.find((candidate) => candidate.glibc === glibc && candidate.abi === abi);
}
