/** Numbers of Linux's system-call interface on x86-64. include/uapi/asm-generic/{mman-common,mman,errno-base}.h. */
export const kernelReleases = ["before-6.1", "6.1+"] as const;
/** What a process is simulated on. Linux 6.1 changed how a kernel finds VMAs; placement follows the newer one on both. */
export type KernelRelease = (typeof kernelReleases)[number];

/** VMAs are kept in a maple tree; before, in a red-black tree and a list. */
export function hasMapleTree(kernel: KernelRelease): boolean {
  return kernel !== "before-6.1";
}

/** Values of vm.overcommit_memory: heuristic, always, never. */
export const overcommitModes = [0, 1, 2] as const;
export type Overcommit = (typeof overcommitModes)[number];

export const prot = { NONE: 0, READ: 1, WRITE: 2, EXEC: 4 } as const;

export const mapFlag = {
  SHARED: 0x01,
  PRIVATE: 0x02,
  SHARED_VALIDATE: 0x03,
  TYPE: 0x0f,
  FIXED: 0x10,
  ANONYMOUS: 0x20,
  GROWSDOWN: 0x0100,
  LOCKED: 0x2000,
  NORESERVE: 0x4000,
  POPULATE: 0x8000,
  STACK: 0x20000,
  HUGETLB: 0x40000,
  FIXED_NOREPLACE: 0x100000,
} as const;

export const mremapFlag = { MAYMOVE: 1, FIXED: 2, DONTUNMAP: 4 } as const;

export const advice = {
  NORMAL: 0,
  RANDOM: 1,
  SEQUENTIAL: 2,
  WILLNEED: 3,
  DONTNEED: 4,
  FREE: 8,
  DONTFORK: 10,
  DOFORK: 11,
  HUGEPAGE: 14,
  NOHUGEPAGE: 15,
  DONTDUMP: 16,
  DODUMP: 17,
  WIPEONFORK: 18,
  KEEPONFORK: 19,
  COLD: 20,
  PAGEOUT: 21,
  POPULATE_READ: 22,
  POPULATE_WRITE: 23,
} as const;

export const errno = {
  EPERM: 1,
  ECHILD: 10,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
} as const;

export const signalNumber = { SIGILL: 4, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGSEGV: 11 } as const;

/** si_code of SIGSEGV. SI_KERNEL: a general protection fault, e.g. a non-canonical address; the address is then 0. */
export const segvCode = { MAPERR: 1, ACCERR: 2, SI_KERNEL: 0x80 } as const;

/** si_code of SIGBUS: a page beyond the end of its file. */
export const BUS_ADRERR = 2;

/** Below every GROWSDOWN mapping this many pages stay free (stack_guard_gap). */
export const STACK_GUARD_GAP_PAGES = 256;

/** No limit: rlim_t of all ones. Exact as a number for comparison: larger than every size. */
export const RLIM_INFINITY = 2 ** 64;
