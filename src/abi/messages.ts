/**
 * What glibc says before it aborts, verbatim. A message id is its place in `messages` (0 = none); append only.
 * `check` messages are malloc_printerr's argument; `assertion` rows are the function and the expression of a failed assert.
 * Source: glibc 2.36 malloc/malloc.c; the wording is part of the library's behaviour and is compared with recordings.
 */
export type AbortMessage =
  | { readonly name: string; readonly kind: "check"; readonly text: string }
  | { readonly name: string; readonly kind: "assertion"; readonly fn: string; readonly expression: string };

function check(name: string, text: string): AbortMessage {
  return { name, kind: "check", text };
}

function assertion(name: string, fn: string, expression: string): AbortMessage {
  return { name, kind: "assertion", fn, expression };
}

export const messages: readonly AbortMessage[] = [
  check("None", ""),
  check("UnlinkSizeVsPrevSize", "corrupted size vs. prev_size"),
  check("UnlinkDoubleLinkedList", "corrupted double-linked list"),
  check("UnlinkNotSmall", "corrupted double-linked list (not small)"),
  check("BreakAdjusted", "break adjusted to free malloc space"),
  check("MunmapInvalidPointer", "munmap_chunk(): invalid pointer"),
  check("MremapInvalidPointer", "mremap_chunk(): invalid pointer"),
  check("TcacheUnaligned", "malloc(): unaligned tcache chunk detected"),
  check("TcacheShutdownUnaligned", "tcache_thread_shutdown(): unaligned tcache chunk detected"),
  check("ReallocInvalidPointer", "realloc(): invalid pointer"),
  check("FastUnaligned", "malloc(): unaligned fastbin chunk detected"),
  check("FastUnaligned2", "malloc(): unaligned fastbin chunk detected 2"),
  check("FastCorruption", "malloc(): memory corruption (fast)"),
  check("FastUnaligned3", "malloc(): unaligned fastbin chunk detected 3"),
  check("SmallbinCorrupted", "malloc(): smallbin double linked list corrupted"),
  check("UnsortedInvalidSize", "malloc(): invalid size (unsorted)"),
  check("UnsortedInvalidNextSize", "malloc(): invalid next size (unsorted)"),
  check("UnsortedPrevSizeMismatch", "malloc(): mismatching next->prev_size (unsorted)"),
  check("UnsortedListCorrupted", "malloc(): unsorted double linked list corrupted"),
  check("UnsortedNextPrevInuse", "malloc(): invalid next->prev_inuse (unsorted)"),
  check("UnsortedCorrupted3", "malloc(): corrupted unsorted chunks 3"),
  check("LargebinNextsizeCorrupted", "malloc(): largebin double linked list corrupted (nextsize)"),
  check("LargebinBkCorrupted", "malloc(): largebin double linked list corrupted (bk)"),
  check("UnsortedCorrupted", "malloc(): corrupted unsorted chunks"),
  check("UnsortedCorrupted2", "malloc(): corrupted unsorted chunks 2"),
  check("TopCorrupted", "malloc(): corrupted top size"),
  check("FreeInvalidPointer", "free(): invalid pointer"),
  check("FreeInvalidSize", "free(): invalid size"),
  check("TcacheTooMany", "free(): too many chunks detected in tcache"),
  check("TcacheUnaligned2", "free(): unaligned chunk detected in tcache 2"),
  check("TcacheDoubleFree", "free(): double free detected in tcache 2"),
  check("FreeInvalidNextSizeFast", "free(): invalid next size (fast)"),
  check("DoubleFreeFasttop", "double free or corruption (fasttop)"),
  check("InvalidFastbinEntry", "invalid fastbin entry (free)"),
  check("DoubleFreeTop", "double free or corruption (top)"),
  check("DoubleFreeOut", "double free or corruption (out)"),
  check("DoubleFreePrev", "double free or corruption (!prev)"),
  check("FreeInvalidNextSizeNormal", "free(): invalid next size (normal)"),
  check("ConsolidatingSizeVsPrevSize", "corrupted size vs. prev_size while consolidating"),
  check("FreeCorruptedUnsorted", "free(): corrupted unsorted chunks"),
  check("ConsolidateUnaligned", "malloc_consolidate(): unaligned fastbin chunk detected"),
  check("ConsolidateInvalidSize", "malloc_consolidate(): invalid chunk size"),
  check("FastbinsSizeVsPrevSize", "corrupted size vs. prev_size in fastbins"),
  check("ReallocInvalidOldSize", "realloc(): invalid old size"),
  check("ReallocInvalidNextSize", "realloc(): invalid next size"),
  check("MallinfoUnaligned", "int_mallinfo(): unaligned fastbin chunk detected"),
  check("MallocInfoUnaligned", "__malloc_info(): unaligned fastbin chunk detected"),
  assertion(
    "AssertOldTop",
    "sysmalloc",
    "(old_top == initial_top (av) && old_size == 0) || ((unsigned long) (old_size) >= MINSIZE && prev_inuse (old_top) && ((unsigned long) old_end & (pagesize - 1)) == 0)",
  ),
  assertion("AssertOldSize", "sysmalloc", "(unsigned long) (old_size) < (unsigned long) (nb + MINSIZE)"),
  assertion("AssertCorrection", "sysmalloc", "correction >= 0"),
  assertion("AssertSysmallocAligned", "sysmalloc", "((unsigned long) chunk2mem (brk) & MALLOC_ALIGN_MASK) == 0"),
  assertion("AssertMmapAligned", "sysmalloc_mmap", "((INTERNAL_SIZE_T) chunk2mem (mm) & MALLOC_ALIGN_MASK) == 0"),
  assertion("AssertMremapAligned", "mremap_chunk", "aligned_OK (chunk2mem (p))"),
  assertion("AssertMremapOffset", "mremap_chunk", "prev_size (p) == offset"),
  assertion(
    "AssertMallocArena",
    "__libc_malloc",
    "!victim || chunk_is_mmapped (mem2chunk (victim)) || &main_arena == arena_for_chunk (mem2chunk (victim))",
  ),
  assertion(
    "AssertReallocArena",
    "__libc_realloc",
    "!newp || chunk_is_mmapped (mem2chunk (newp)) || ar_ptr == arena_for_chunk (mem2chunk (newp))",
  ),
  assertion(
    "AssertMemalignArena",
    "_mid_memalign",
    "!p || chunk_is_mmapped (mem2chunk (p)) || &main_arena == arena_for_chunk (mem2chunk (p))",
  ),
  assertion(
    "AssertCallocArena",
    "__libc_calloc",
    "!mem || chunk_is_mmapped (mem2chunk (mem)) || av == arena_for_chunk (mem2chunk (mem))",
  ),
  assertion("AssertCallocClears", "__libc_calloc", "nclears >= 3"),
  assertion("AssertLargeBackMain", "_int_malloc", "chunk_main_arena (bck->bk)"),
  assertion("AssertLargeForwardMain", "_int_malloc", "chunk_main_arena (fwd)"),
  assertion("AssertBinmapBit", "_int_malloc", "bit != 0"),
  assertion("AssertBinFits", "_int_malloc", "(unsigned long) (size) >= (unsigned long) (nb)"),
  assertion("AssertReallocNotMmapped", "_int_realloc", "!chunk_is_mmapped (oldp)"),
  assertion("AssertReallocFits", "_int_realloc", "(unsigned long) (newsize) >= (unsigned long) (nb)"),
  assertion("AssertMemalignFits", "_int_memalign", "newsize >= nb && (((unsigned long) (chunk2mem (p))) % alignment) == 0"),
  assertion("AssertTrimStart", "mtrim", "(char *) chunk2mem (p) + 2 * CHUNK_HDR_SZ <= paligned_mem"),
  assertion("AssertTrimEnd", "mtrim", "(char *) p + size > paligned_mem"),
];

/** What appears on stderr, without the newline. Frame of failed assertions as in 2.36. */
export function messageText(message: AbortMessage): string {
  if (message.kind === "check") return message.text;
  return `Fatal glibc error: malloc assertion failure in ${message.fn}: ${message.expression}`;
}
