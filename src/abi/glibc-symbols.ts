/**
 * Where glibc keeps the malloc state that is not inside a struct: offsets in bytes from the base of libc's mapping, and from the start
 * of libc's thread-local block. Source: symbol table, relocations and the code of malloc in Debian's libc6 2.36-9+deb12 (x86-64).
 */
export interface GlibcSymbols {
  readonly glibc: string;
  readonly abi: "amd64" | "i386";
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
  /** Thread-local: `tcache`, `thread_arena` and `errno`. */
  readonly tlsTcache: number;
  readonly tlsThreadArena: number;
  readonly tlsErrno: number;
}

export const glibcSymbols: readonly GlibcSymbols[] = [
  {
    glibc: "2.36",
    abi: "amd64",
    mainArena: 0x1d3c60,
    mp: 0x1d3340,
    tcacheKey: 0x1da478,
    globalMaxFast: 0x1da4a0,
    perturbByte: 0x1da49c,
    mallocInitialized: 0x1da488,
    curbrk: 0x1db338,
    abortMessage: 0x1d4e60,
    tlsTcache: 0x48,
    tlsThreadArena: 0x58,
    tlsErrno: 0x10,
  },
];

/** The symbols of one glibc, undefined when they are not known. */
export function findGlibcSymbols(glibc: string, abi: "amd64" | "i386"): GlibcSymbols | undefined {
  return glibcSymbols.find((candidate) => candidate.glibc === glibc && candidate.abi === abi);
}
