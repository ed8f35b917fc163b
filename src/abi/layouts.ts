/**
 * Address spaces a process can start in: plain data. Measured on Debian 12 (glibc 2.36, Linux 6.18, x86-64) with address randomisation
 * off, from /proc/self/maps and /proc/self/pagemap of a small dynamic PIE program standing in main before its first malloc.
 *
 *   0x555555554000  program: headers, text, read-only data, relro, data (+ bss)      end of bss = start_brk, where [heap] will grow
 *   0x7ffff7dd0000  thread-local storage of the main thread, libc, its bss
 *   0x7ffff7fc2000  [vvar] [vvar_vclock] [vdso], then ld.so up to mmap_base = 0x7ffff7fff000; new mappings go below, top-down
 *   0x7ffffffde000  [stack], growing down from 0x7ffffffff000
 */

/** One mapping of a new process. Addresses in bytes. */
export interface MappingSpec {
  readonly start: number;
  readonly end: number;
  /** As in /proc/self/maps, e.g. `rw-p`. */
  readonly perms: string;
  /** Offset in the file, bytes. */
  readonly offset: number;
  /** `major:minor` in hex, and the inode; 00:00 and 0 for anonymous and special mappings. */
  readonly device: string;
  readonly inode: number;
  /** Path, `[stack]`, `[vdso]`, … or "". */
  readonly name: string;
}

/** An address space before the program runs: its mappings and the numbers that are not mappings. */
export interface AddressSpaceSpec {
  readonly mappings: readonly MappingSpec[];
  readonly taskSize: number;
  readonly mmapBase: number;
  readonly topdown: boolean;
  readonly startBrk: number;
  readonly startStack: number;
  readonly startCode: number;
  readonly endCode: number;
  readonly startData: number;
  readonly endData: number;
}

/** The parts of a dynamic program's address space in the order of their making: what execve and the loader map one by one. */
export interface LoadPlan {
  readonly space: AddressSpaceSpec;
  /** Rows of the file as it is linked, data and bss apart. */
  readonly program: readonly MappingSpec[];
  readonly loader: readonly MappingSpec[];
  readonly libc: readonly MappingSpec[];
  /** Of vvar and vdso. */
  readonly kernelPages: readonly MappingSpec[];
  readonly loaderWords: MappingSpec;
  /** Null where the loader's words hold it. */
  readonly threadBlock: MappingSpec | null;
  /** The loader's list of libraries, gone before main; null where there is none. */
  readonly cache: MappingSpec | null;
  readonly stack: MappingSpec;
}

/** [offset from the base, bytes, perms, offset in the file]. A null offset is anonymous memory (bss). */
export type SegmentRow = readonly [offset: number, sizeBytes: number, perms: string, fileOffset: number | null];

export interface LibrarySpec {
  readonly path: string;
  readonly inode: number;
  readonly segments: readonly SegmentRow[];
  /** Pages written by the loader and the start-up code before main, as offsets from the base. */
  readonly touched: readonly number[];
  /** One page of each group of 16 that was read before main: the kernel maps such groups at once. Offsets from the base. */
  readonly read: readonly number[];
}

export const DEVICE = "fe:00";

export const TASK_SIZE = 0x7fff_ffff_f000;
/** RLIMIT_STACK and its guard take less than the minimum gap of 128 MiB below the task size. */
export const MMAP_BASE = 0x7fff_f7ff_f000;
export const STACK_TOP = 0x7fff_ffff_f000;
export const STACK_BYTES = 0x2_1000;

/** Debian's libc6 2.36-9+deb12. */
export const libc236: LibrarySpec = {
  path: "/usr/lib/x86_64-linux-gnu/libc.so.6",
  inode: 339380,
  segments: [
    [0x0, 0x2_6000, "r--p", 0x0],
    [0x2_6000, 0x15_6000, "r-xp", 0x2_6000],
    [0x17_c000, 0x5_3000, "r--p", 0x17_c000],
    [0x1c_f000, 0x4000, "r--p", 0x1c_f000],
    [0x1d_3000, 0x2000, "rw-p", 0x1d_3000],
    [0x1d_5000, 0xd000, "rw-p", null],
  ],
  read: [
    0x6000, 0x1_4000, 0x2_1000, 0x2_9000, 0x3_4000, 0x4_4000, 0x8_4000, 0x9_4000, 0xa_4000, 0xb_4000, 0x10_4000, 0x15_4000,
    0x16_4000,
  ],
  touched: [
    0x1c_f000, 0x1d_0000, 0x1d_1000, 0x1d_2000, 0x1d_3000, 0x1d_4000, 0x1d_5000, 0x1d_9000, 0x1d_a000, 0x1d_b000, 0x1e_1000,
  ],
};

export const ldso236: LibrarySpec = {
  path: "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
  inode: 338944,
  segments: [
    [0x0, 0x1000, "r--p", 0x0],
    [0x1000, 0x2_6000, "r-xp", 0x1000],
    [0x2_7000, 0xa000, "r--p", 0x2_7000],
    [0x3_1000, 0x2000, "r--p", 0x3_1000],
    [0x3_3000, 0x2000, "rw-p", 0x3_3000],
  ],
  read: [0x0, 0x3000, 0x1_2000, 0x1_e000, 0x2_c000],
  touched: [0x3_1000, 0x3_2000, 0x3_3000, 0x3_4000],
};

/** The loader of i386 processes, from their /proc/self/maps. */
export const ldso32: LibrarySpec = {
  path: "/usr/lib/i386-linux-gnu/ld-linux.so.2",
  inode: 6046238,
  segments: [
    [0x0, 0x1000, "r--p", 0x0],
    [0x1000, 0x2_3000, "r-xp", 0x1000],
    [0x2_4000, 0xe000, "r--p", 0x2_4000],
    [0x3_2000, 0x2000, "r--p", 0x3_1000],
    [0x3_4000, 0x1000, "rw-p", 0x3_3000],
  ],
  read: [0x0, 0x3000, 0x1_2000, 0x2_6000],
  touched: [0x3_2000, 0x3_3000, 0x3_4000],
};

/** Kernel's own pages: [offset from the first of them, bytes, perms, name]. */
export const vdsoRows = [
  [0x0, 0x4000, "r--p", "[vvar]"],
  [0x4000, 0x2000, "r--p", "[vvar_vclock]"],
  [0x6000, 0x2000, "r-xp", "[vdso]"],
] as const;

/** Loader's two anonymous mappings: below the vvar pages, and the block with the thread control block below libc. */
export const LOADER_SCRATCH_BYTES = 0x2000;
export const TLS_MAPPING_BYTES = 0x3000;
/** fs register relative to the start of that block, and bytes of libc's thread-local block below it. */
export const THREAD_POINTER_OFFSET = 0x740;
export const LIBC_TLS_BYTES = 0x90;

/** All of the kernel's own pages. */
export const vdsoBytes = 0x8000;

/**
 * Pages between the loader's words and libc: its cache of libraries was mapped there when libc was placed, and is gone. Machines of i386
 * recordings had none.
 */
export const CACHE_FILE_BYTES = { amd64: 0xb000, i386: 0 } as const;

/**
 * Kinds of address spaces. `legacy` is bottom-up (setarch -L, vm.legacy_va_layout): the only kind before Linux 2.6.7. 32-bit processes have
 * all 4 GiB on a 64-bit kernel and 3 GiB on a 32-bit one (setarch -3).
 */
export const addressSpaceKinds = ["default", "legacy", "3g", "3g-legacy"] as const;
export type AddressSpaceKind = (typeof addressSpaceKinds)[number];

/** Of a program linked with -no-pie. */
export const FIXED_PROGRAM_BASE = { amd64: 0x40_0000, i386: 0x804_8000 } as const;

/** Shape of a small program as gcc links it: offsets of its parts from its base. */
export const programShape = {
  text: 0x1000,
  rodata: 0x2000,
  relro: 0x3000,
  data: 0x4000,
  /** gcc's own words come first: data_start, __dso_handle; in rodata _IO_stdin_used. */
  dataSkip: 0x60,
  rodataSkip: 0x10,
  bssSkip: 0x20,
  inode: 5349383,
} as const;
