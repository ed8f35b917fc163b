/**
 * What glibc says before it aborts, verbatim. A message id is its place in `messages` (0 = none).
 * `check` messages are malloc_printerr's argument; `assertion` rows are failed asserts, worded in glibc-assertions.ts.
 * Source: malloc/malloc.c; the wording is part of the library's behaviour and is compared with recordings.
 */
import { type AssertionName, assertionIn } from "./glibc-assertions";
import { hasFeature, type Release } from "./glibc-features";

export type AbortMessage =
  | { readonly name: string; readonly kind: "check"; readonly text: string }
  | { readonly name: AssertionName; readonly kind: "assertion" };

function check(name: string, text: string): AbortMessage {
  return { name, kind: "check", text };
}

function assertion(name: AssertionName): AbortMessage {
  return { name, kind: "assertion" };
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
  assertion("AssertOldTop"),
  assertion("AssertCorrection"),
  assertion("AssertSysmallocAligned"),
  assertion("AssertMremapOffset"),
  assertion("AssertMallocArena"),
  assertion("AssertReallocArena"),
  assertion("AssertMemalignArena"),
  assertion("AssertCallocArena"),
  assertion("AssertCallocClears"),
  assertion("AssertLargeBackMain"),
  assertion("AssertLargeForwardMain"),
  assertion("AssertBinFits"),
  assertion("AssertReallocFits"),
  assertion("AssertMemalignFits"),
  assertion("AssertTrimEnd"),
  check("UnsortedMemory", "malloc(): memory corruption"),
  check("FastStashSize", "malloc(): chunk size mismatch in fastbin"),
  check("FreeCorruptedSmallbin", "free(): chunks in smallbin corrupted"),
  check("MemalignUnaligned", "_int_memalign(): unaligned chunk detected"),
  check("TcacheTooLarge", "max tcache size too large"),
  assertion("AssertMremapSize"),
  assertion("AssertLargeForwardMainNext"),
  assertion("AssertReallocCopies"),
  assertion("AssertSmallRange"),
  assertion("AssertNoFastchunks"),
  assertion("AssertUnlinkLargeBinForward"),
  assertion("AssertUnlinkLargeBinBackward"),
  assertion("AssertUnlinkBinmapForward"),
  assertion("AssertUnlinkBinmapBackward"),
  assertion("AssertUnlinkFreeBackForward"),
  assertion("AssertUnlinkFreeBackBackward"),
  assertion("AssertUnlinkFreeNextForward"),
  assertion("AssertUnlinkFreeNextBackward"),
  assertion("AssertUnlinkConsolidateBackForward"),
  assertion("AssertUnlinkConsolidateBackBackward"),
  assertion("AssertUnlinkConsolidateNextForward"),
  assertion("AssertUnlinkConsolidateNextBackward"),
  assertion("AssertUnlinkReallocForward"),
  assertion("AssertUnlinkReallocBackward"),
  assertion("AssertHeapArena"),
  assertion("AssertHeapFence"),
  assertion("AssertHeapFenceSize"),
  assertion("AssertHeapTopSize"),
  assertion("AssertHeapTopPage"),
  assertion("AssertHeapTopEnd"),
  assertion("AssertDetachAttached"),
  assertion("AssertFreeListAttached"),
  assertion("AssertFreeListMember"),
  assertion("AssertThreadAttached"),
  assertion("AssertUnlinkHeapTrimForward"),
  assertion("AssertUnlinkHeapTrimBackward"),
  assertion("AssertMallocMain"),
  assertion("AssertReallocMain"),
  assertion("AssertMemalignMain"),
  assertion("AssertVallocArena"),
  assertion("AssertPvallocArena"),
  assertion("AssertMunmapMmapped"),
  assertion("AssertMunmapWorked"),
  assertion("AssertTcachePutIndex"),
  assertion("AssertTcacheGetIndex"),
  assertion("AssertTcacheGetEntry"),
];

/** Whose message it is: the release, the program's argv[0], the pointer at fault and the bytes of a word. */
export interface MessageFrame {
  readonly release: Release;
  readonly program: string;
  readonly pointer: bigint;
  readonly wordBytes: 4 | 8;
}

export const plainFrame: MessageFrame = { release: "2.36", program: "./a.out", pointer: 0n, wordBytes: 8 };

/** What appears on stderr, without the newline. */
export function messageText(message: AbortMessage, frame: MessageFrame = plainFrame): string {
  const parts = messageParts(message, frame);
  const pointer = parts.pointer ? frame.pointer.toString(16).padStart(2 * frame.wordBytes, "0") : "";
  return parts.before + parts.text + parts.after + (parts.pointer ? `${pointer} ***` : "");
}

/** A message in pieces; `pointer`: the pointer at fault follows, in hex, and stars. */
export function messageParts(
  message: AbortMessage,
  { release, program }: Pick<MessageFrame, "release" | "program">,
): { readonly before: string; readonly text: string; readonly after: string; readonly pointer: boolean } {
  if (message.kind === "check") {
    const { text } = message;
    if (hasFeature(release, "glibcDetected"))
      return { before: `*** glibc detected *** ${program}: `, text, after: ": 0x", pointer: true };
    if (hasFeature(release, "errorIn")) return { before: `*** Error in \`${program}': `, text, after: ": 0x", pointer: true };
    return { before: "", text, after: "", pointer: false };
  }
  const { fn, expression: text, file, line } = assertionIn(message.name, release);
  if (hasFeature(release, "assertionOfProgram")) {
    const shortName = program.slice(program.lastIndexOf("/") + 1);
    return { before: `${shortName}: ${file}:${line}: ${fn}: Assertion \``, text, after: "' failed.", pointer: false };
  }
  const before = hasFeature(release, "assertionOfMalloc")
    ? `Fatal glibc error: malloc assertion failure in ${fn}: `
    : `Fatal glibc error: ${file}:${line} (${fn}): assertion failed: `;
  return { before, text, after: "", pointer: false };
}

/**
 * Texts as the engine keeps them for the message that a process leaves behind (machineMemory.messages): for each message {start u32, length
 * u32 with flags}, then the bytes. Starts count from the block's own. An assertion that the release does not make is empty: the engine passes it over.
 */
export const messageFlag = {
  /** The pointer follows in hex, and stars. */
  pointer: 0x8000_0000,
  /** A copy stays in a mapping of its own; failed assertions left none before 2.36, and nothing did before 2.23. */
  copied: 0x4000_0000,
} as const;

export function messageBlock(release: Release, program: string): Uint8Array {
  const encoder = new TextEncoder();
  const rows = messages.map((message) => {
    if (message.kind === "assertion" && assertionIn(message.name, release).line === 0)
      return { bytes: new Uint8Array(), flags: 0 };
    const { before, text, after, pointer } = messageParts(message, { release, program });
    const copied = message.kind === "check" ? !hasFeature(release, "glibcDetected") : !hasFeature(release, "assertionOfProgram");
    const flags = (pointer ? messageFlag.pointer : 0) + (copied ? messageFlag.copied : 0);
    return { bytes: encoder.encode(before + text + after), flags };
  });
  const table = rows.length * 8;
  const block = new Uint8Array(rows.reduce((sum, { bytes }) => sum + bytes.length, table));
  const view = new DataView(block.buffer);
  let at = table;
  for (const [id, { bytes, flags }] of rows.entries()) {
    view.setUint32(id * 8, at, true);
    view.setUint32(id * 8 + 4, bytes.length + flags, true);
    block.set(bytes, at);
    at += bytes.length;
  }
  return block;
}
