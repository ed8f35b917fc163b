/**
 * The answers of the decoders. Plain data: no view needs anything else to draw. Addresses and sizes are numbers (exact below 2^53; a
 * corrupted word above that keeps its exact value as bigint beside it). "Chunk address" is the address of the prev_size word;
 * "user address" is what malloc returned, two words later.
 */
import type { ProcessFacts } from "./process";
import type { KernelWords } from "./kernel-words";
import type { StructField } from "../abi/glibc-structs";
import type { ArenaFacts, TcacheFacts } from "./arena-types";

export type { ChunkDetail, ChunkField, ChunkFieldName, PointerHere } from "./detail-types";
export type { ArenaFacts, SubHeap, TcacheFacts } from "./arena-types";

/**
 * What a page is, seen from a reader. untouched: mapped, no frame yet; reads as zero when anonymous. zero: the shared zero page.
 * unknown: its contents are not known (a file that is not simulated, or outside a recording).
 */
export type PageState = "absent" | "untouched" | "zero" | "resident" | "unknown";

/** Bytes of one process at one instant. Two methods are enough for every decoder and for a hex view. */
export interface MemoryView {
  /** The 1024 little-endian 32-bit words of page `address / 4096`; null when it is absent or unknown. Never keep it across instants. */
  page(pageNumber: number): Uint32Array | null;
  state(pageNumber: number): PageState;
}

/** State of a chunk. Order is fixed: codes index `chunkStateNames`. */
export const chunkStateNames = [
  "inuse",
  "tcache",
  "fast",
  "unsorted",
  "small",
  "large",
  "top",
  "mmapped",
  /** malloc's own data: the tcache_perthread_struct. */
  "meta",
  /** From a header that cannot be one up to where the walk could go on. */
  "corrupt",
  /** Two 0x10 headers that close a region when somebody else moved the break. */
  "fencepost",
  /** Bytes inside the heap's range that malloc does not own (the program's own sbrk). */
  "foreign",
  /** Free by the next chunk's PREV_INUSE, but in no list: on its way from one to another, or lost. */
  "loose",
  /** The structs at the start of an arena's first heap, where one heap is drawn alone; not in the table of all chunks. */
  "heap_info",
  "malloc_state",
] as const;
export type ChunkStateName = (typeof chunkStateNames)[number];

export const chunkState = {
  inuse: 0,
  tcache: 1,
  fast: 2,
  unsorted: 3,
  small: 4,
  large: 5,
  top: 6,
  mmapped: 7,
  meta: 8,
  corrupt: 9,
  fencepost: 10,
  foreign: 11,
  loose: 12,
  heapInfo: 13,
  mallocState: 14,
} as const;

/** Bits of ChunkTable.flags: the low bits of the size word. */
export const chunkFlag = { prevInuse: 1, isMmapped: 2, nonMainArena: 4 } as const;

/** Bits of ChunkTable.marks. */
export const chunkMark = {
  /** arena.last_remainder points here. */
  lastRemainder: 1,
  /** The chunk's first word is a size: PREV_INUSE is 0 and it equals the size of the chunk before. */
  prevSizeValid: 2,
  /** The last word of this chunk (first word of the next) is its boundary tag, and right. */
  footer: 4,
  /** Reached after a corrupt or foreign stretch: the first address from which headers lead to top. */
  resumed: 8,
  /** Named in at least one problem. */
  suspect: 16,
  /** Holds the tcache key in its second user word although it is in no tcache list (would be mistaken for a freed one). */
  staleKey: 32,
} as const;

export const problemCodes = [
  "size too small",
  "size misaligned",
  "size past top",
  "size word unreadable",
  "prev_size mismatch",
  "free without list",
  "in list but in use",
  "unexpected flag",
  "link misaligned",
  "link outside heap",
  "link unreadable",
  "link not a chunk",
  "back link",
  "list cycle",
  "list limit",
  "wrong size for list",
  "in two lists",
  "count mismatch",
  "nextsize link",
  "not sorted",
  "top outside heap",
  "top does not reach brk",
  "binmap missing",
  "mmapped total",
  "tcache unreadable",
  "arena unreadable",
  "arena ring",
  "heap_info",
] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** Something in the bytes that cannot be, or that glibc would refuse. `at`: address of the word that is wrong. */
export interface HeapProblem {
  readonly code: ProblemCode;
  readonly at: number;
  /** The chunk concerned, −1 when none. */
  readonly chunkAddr: number;
  /** What the word holds, and what it should hold when that is known. */
  readonly value: bigint;
  readonly expected: bigint | null;
  /** Id of the list concerned (BinList.id), −1 when none. */
  readonly bin: number;
}

/**
 * Chunks in address order, structure of arrays. Rows [0, heapCount) lie in [heap] and tile [start, end) without holes; rows
 * [heapCount, count) lie outside it, also in address order: mmapped chunks, the heaps of other arenas (each tiled by its rows), and a
 * main arena that had to go on in a mapping.
 */
export interface ChunkTable {
  readonly count: number;
  readonly heapCount: number;
  readonly addr: Float64Array;
  /** Bytes, flag bits removed. */
  readonly size: Float64Array;
  readonly flags: Uint8Array;
  readonly state: Uint8Array;
  /** BinList.id, −1 when in no list. */
  readonly bin: Int16Array;
  /** 1-based position from the list's head, 0 when in no list. */
  readonly binPosition: Int32Array;
  readonly marks: Uint8Array;
  /** Index in HeapFacts.arenas, −1 for mmapped chunks. */
  readonly arena: Int16Array;
  /** Range the heap rows tile: [start, end), end = the program break as far as malloc knows. */
  readonly start: number;
  readonly end: number;
}

export type BinKind = "tcache" | "fast" | "unsorted" | "small" | "large";

/** How a walk along a list ended. nil: null link. ring: back at the bin's header. cycle: back at entry `cycleTo`. */
export type ListEnd = "nil" | "ring" | "cycle" | "broken" | "limit";

/** One list of free chunks, head first. */
export interface BinList {
  /** Index in HeapFacts.lists: tcache 0…, then fast, then unsorted, small, large in bin order; behind them other arenas and tcaches. */
  readonly id: number;
  readonly kind: BinKind;
  /** Index as glibc counts it: tcache tc_idx, fastbinsY index, bins index (1 unsorted, 2… small, 64… large). */
  readonly index: number;
  /** Chunk size of the list; for large bins the smallest size that belongs there; 0 for unsorted. */
  readonly sizeBytes: number;
  /** One past the largest size for large bins (Infinity for the last), sizeBytes + alignment otherwise. */
  readonly sizeEnd: number;
  /** Address of the head: the entries[] or fastbinsY[] slot, or the bin's imaginary chunk (main_arena+96 …). */
  readonly head: number;
  /** How many entries the tcache says it has (counts[], or what num_slots[] leaves of the fill count); −1 elsewhere. */
  readonly claimedCount: number;
  /** Bin's bit in binmap; false for tcache and fast. */
  readonly mapped: boolean;
  /** Chunk addresses in order of fd. */
  readonly entries: Float64Array;
  /** The stored link word of each entry (fd or next), still safe-linked. */
  readonly rawNext: BigUint64Array;
  readonly end: ListEnd;
  /** Where the walk broke: the address it should have gone to (decoded), −1 otherwise. */
  readonly brokenTo: number;
  /** Index of the entry the cycle returns to, −1 otherwise. */
  readonly cycleTo: number;
  /** Chunk addresses in order of bk, when they are not the reverse of `entries`; null when they agree or the list has no bk. */
  readonly backEntries: Float64Array | null;
  /** Large bins: per entry the fd_nextsize and bk_nextsize chunk addresses; 0 where the entry is not on the skip list. Null elsewhere. */
  readonly fdNextsize: Float64Array | null;
  readonly bkNextsize: Float64Array | null;
}

/** Lists of the thread at hand and of the main arena; all others: HeapFacts.arenas and HeapFacts.tcaches. */
export interface BinFacts {
  readonly lists: readonly BinList[];
  /** Address of the tcache_perthread_struct, 0 before there is one. */
  readonly tcacheAddr: number;
  /** Value of tcache_key; null when it is not known. */
  readonly tcacheKey: bigint | null;
  /** How many chunks a tcache list may hold (mp_.tcache_count). */
  readonly tcacheCount: number;
  /** Bins whose bit in binmap is set, ascending. A set bit on an empty bin is stale, not wrong. */
  readonly binmap: readonly number[];
  readonly haveFastchunks: boolean;
  readonly top: number;
  readonly lastRemainder: number;
}

/** One field of a struct with its value(s). Arrays have one value per element. */
export interface FieldValue {
  readonly field: StructField;
  readonly addr: number;
  readonly values: readonly bigint[];
}

export interface StructValue {
  readonly name: string;
  readonly addr: number;
  /** Null when the bytes are not readable. */
  readonly fields: readonly FieldValue[] | null;
}

export interface HeapTotals {
  /** Bytes of chunks handed out (mmapped ones included), allocator data, and lists; bytes as chunk sizes. */
  readonly inUse: number;
  readonly mmapped: number;
  readonly freeInBins: number;
  readonly top: number;
  /** Per state code: bytes and number of chunks. */
  readonly bytesByState: Float64Array;
  readonly countByState: Uint32Array;
}

/** Everything malloc's bytes say at one instant. */
export interface HeapFacts {
  readonly chunks: ChunkTable;
  readonly bins: BinFacts;
  /** All arenas, the main arena first, then in order of its `next` ring. */
  readonly arenas: readonly ArenaFacts[];
  /** All threads' tcaches: the thread's at hand first (when it has one), then the site's others in their order. */
  readonly tcaches: readonly TcacheFacts[];
  /** Every list; a list's id is its index. */
  readonly lists: readonly BinList[];
  readonly arena: StructValue;
  readonly par: StructValue;
  readonly totals: HeapTotals;
  readonly problems: readonly HeapProblem[];
  /** True before the first malloc: main_arena.top is still null or points at the bins. */
  readonly unborn: boolean;
  /** The instant lies inside an allocator call: problems may be links that are just being rewritten. */
  readonly inCall: boolean;
}

/** Where malloc's objects are in this process; from ProcessInfo, or from the header of a recording. */
export interface HeapSite {
  readonly wordBytes: 4 | 8;
  readonly heapStart: number;
  /** End of the [heap] mapping. */
  readonly brk: number;
  readonly mainArena: number;
  readonly mp: number;
  /** Address of the tcache_perthread_struct itself; 0 = none. */
  readonly tcache: number;
  /** Those of the other threads. */
  readonly otherTcaches?: readonly number[];
  readonly tcacheKey: bigint | null;
}

// ---- address space ----------------------------------------------------------------------------------------------------------------

export type VmaKind = "text" | "rodata" | "data" | "bss" | "heap" | "lib" | "mmap" | "stack" | "kernel" | "guard";

export interface VmaFacts {
  readonly start: number;
  readonly end: number;
  readonly read: boolean;
  readonly write: boolean;
  readonly exec: boolean;
  readonly shared: boolean;
  /** Extended by faults below it, as a stack is: the guard gap below stays free. */
  readonly growsDown: boolean;
  readonly kind: VmaKind;
  /** As in /proc/self/maps: path, [heap], [stack], [vdso] … or "". */
  readonly name: string;
  /** Which part of a program or library it is: its text, .rodata, … ; "" for everything else. */
  readonly part: "" | "elf" | "text" | "rodata" | "relro" | "data" | "bss";
  /** Bytes. */
  readonly fileOffset: number;
  readonly device: string;
  readonly inode: number;
  /** Its pages are the machine's and no part of RES: the clock's ([vvar]). */
  readonly uncounted: boolean;
  /** Pairs [first page, pages], relative to start, ascending: pages with a frame of their own, and pages that show the zero page. */
  readonly residentRuns: Float64Array;
  readonly zeroRuns: Float64Array;
  readonly residentPages: number;
}

export interface AddressSpace {
  readonly vmas: readonly VmaFacts[];
  readonly brkStart: number;
  readonly brk: number;
  readonly mmapBase: number;
  /** Lowest address that a mapping may have without asking for it (vm.mmap_min_addr). */
  readonly mmapMinimum: number;
  readonly taskSize: number;
  /** True when new mappings are placed below the lowest one. */
  readonly topDown: boolean;
  /** Bytes, from the kernel's own counters: VIRT, RES (anonymous + file + shared) and page tables. */
  readonly virtualBytes: number;
  readonly residentBytes: number;
  readonly pageTableBytes: number;
  readonly minorFaults: number;
  /** False when the VMA list or the page tables are damaged and were cut off. */
  readonly complete: boolean;
  /** The bytes of the index of VMAs, for who wants to look at its nodes; null when they are too many. */
  readonly index: KernelWords | null;
  /** Frame of the top-level page table; −1 when it is none. */
  readonly top: number;
  /** The process that all this is of, and which there are. */
  readonly pid: number;
  readonly processes: readonly ProcessFacts[];
}

// ---- variables ---------------------------------------------------------------------------------------------------------------------

/** A pointer that the program can name in its current scope. */
export interface NamedPointer {
  /** `a`, `t[3]`, `list->next`, `node.left`. */
  readonly path: string;
  readonly addr: number;
  readonly value: number;
  /** Number of dereferences in the path: 0 for variables themselves. */
  readonly depth: number;
  /** Frame: 0 innermost; −1 global. */
  readonly frame: number;
  readonly functionName: string;
  readonly typeText: string;
}

export interface VariableValue {
  readonly name: string;
  readonly typeText: string;
  readonly addr: number;
  readonly frame: number;
  readonly functionName: string;
  readonly sizeBytes: number;
  /** Scalar value (integers sign-extended, pointers unsigned); null for arrays, structs and unreadable memory. */
  readonly value: bigint | null;
  readonly pointer: boolean;
}

// ---- journal -----------------------------------------------------------------------------------------------------------------------

/** Decoded records [from, from + count): structure of arrays. */
export interface JournalRecords {
  readonly from: number;
  readonly count: number;
  readonly kind: Uint8Array;
  readonly size: Uint8Array;
  readonly id: Uint16Array;
  readonly where: Uint32Array;
  /** before / first operand. */
  readonly a: BigUint64Array;
  /** after / second operand. */
  readonly b: BigUint64Array;
  /** Virtual address of a write, 0 for kernel structs and for markers. */
  readonly addr: Float64Array;
}

/** One changed word of the process, for highlights and W tags. `order`: 1-based order of its write in the slice. */
export interface ChangedWord {
  readonly addr: number;
  readonly sizeBytes: number;
  readonly order: number;
  readonly record: number;
  readonly before: bigint;
  readonly after: bigint;
}
