/**
 * Checks and assertions of glibc that no misuse makes fail, and why: no state of memory that a program can bring about, in a process whose
 * calls run one after the other, leads there. Those that fail in no release stand in no table of messages, and the engine does not ask them.
 */
import type { Release } from "../../abi/glibc-features";

export interface NeverFails {
  /** The message's name where another release or width can say it; else the function and what it asserts. */
  readonly check: string;
  /** Releases for which this holds, [first, first without]; null: from the oldest on, or still. */
  readonly releases?: readonly [since: Release | null, until: Release | null];
  readonly abi?: "amd64" | "i386";
  readonly why: string;
}

export const neverFail: readonly NeverFails[] = [
  {
    check: "UnsortedCorrupted3",
    releases: ["2.29", "2.38"],
    why: "The same link has been looked at a few lines before, and nothing was written since: who fails here has failed there.",
  },
  {
    check: "TcacheTooLarge",
    why: "Compares a constant with half the page size. Only pages of 2 KiB would do, and the processor's have 4.",
  },
  {
    check: "AssertCorrection",
    abi: "amd64",
    why: "The correction is little more than the old top's size, negative from 2^63 on. Such a top ends, if not above the break, which has a message of its own, past the end of the address space: it would begin where the kernel is.",
  },
  {
    check: "AssertSysmallocAligned",
    abi: "i386",
    why: "Stands only where chunks are aligned as their header is long. Since 2.26 they are aligned to 16 bytes and the header has 8.",
  },
  {
    check: "sysmalloc: (unsigned long) (old_size) < (unsigned long) (nb + MINSIZE)",
    why: "The caller has just found top too small. Since then at most a refused mapping's errno was stored: a word aligned like top's size, in which ENOMEM makes a top without PREV_INUSE, and that assertion comes first.",
  },
  {
    check: "sysmalloc, sysmalloc_mmap: ((INTERNAL_SIZE_T) chunk2mem (mm) & MALLOC_ALIGN_MASK) == 0",
    why: "A mapping begins on a page.",
  },
  {
    check: "mremap_chunk: chunk_is_mmapped (p)",
    why: "realloc asks the same word in the line before.",
  },
  {
    check: "mremap_chunk: aligned_OK (chunk2mem (p))",
    why: "realloc refuses pointers that are not aligned, and the kernel moves nothing that does not begin on a page, so the offset in the page stays.",
  },
  {
    check: "_int_malloc: bit != 0",
    why: "Entered only with a bit that is not above the word's highest, in a copy of the word: the loop ends there at the latest.",
  },
  {
    check: "_int_realloc: !chunk_is_mmapped (oldp)",
    why: "realloc has asked, and has only taken the arena's lock since. A lock that shares its word with the flags of a chunk of this arena is not free, as the flags are not zero.",
  },
  {
    check: "mtrim: (char *) chunk2mem (p) + 2 * CHUNK_HDR_SZ <= paligned_mem",
    why: "The right side is the left side rounded up to a page. It wraps only for a chunk on the last page of the address space, which no process has.",
  },
  {
    check: "_int_free: locked, locked == 0",
    releases: ["2.23", "2.27"],
    why: "Asks a local variable that was set on the way.",
  },
];
