/** Words of the heap, bins, address-space and inspector panels. glibc's and the kernel's own names stay as they are in both languages. */
import { byLocale } from "./by-locale";
import type { ChunkStateName, ListEnd, ProblemCode, VmaKind } from "../decode/types";

export interface PanelText {
  /** Short name of a chunk state, as in the legend and in accessible names. */
  readonly state: Readonly<Record<ChunkStateName, string>>;
  readonly heap: {
    readonly title: string;
    readonly gridLabel: string;
    readonly stripLabel: string;
    readonly zoomLabel: string;
    readonly far: string;
    readonly mid: string;
    readonly near: string;
    readonly perRow: (size: string) => string;
    readonly chunks: (n: number) => string;
    readonly unborn: string;
    readonly unbornHint: string;
    readonly foldedBytes: (size: string, owner: string) => string;
    readonly dataOf: (name: string) => string;
    readonly words: (n: number) => string;
    readonly beingFreed: string;
    readonly mappedChunk: string;
    readonly problems: (n: number) => string;
    /** Accessible name of a chunk, e.g. "b, 0x90, unsorted 1 of 2, previous in use". */
    readonly chunkLabel: (name: string, size: string, state: string, position: string, previousInUse: boolean) => string;
    readonly positionOf: (position: number, count: number) => string;
    readonly unnamed: (addr: string) => string;
  };
  readonly near: {
    readonly data: string;
    readonly lastWord: string;
    readonly oldData: string;
    readonly padding: string;
    readonly unused: string;
    readonly shared: string;
    readonly footerOf: (name: string) => string;
    readonly zeros: (size: string, name: string) => string;
  };
  readonly menu: {
    readonly label: (name: string) => string;
    readonly free: (name: string) => string;
    readonly realloc: (name: string) => string;
    readonly writePast: string;
    readonly plusOneByte: string;
    readonly goMalloc: string;
    readonly goPrevious: string;
    readonly goNext: string;
    readonly whoPoints: string;
    readonly pinBeside: string;
    readonly copyAddress: string;
    readonly none: string;
    readonly noName: string;
    readonly copied: string;
    readonly notCopied: string;
    readonly operation: (n: number) => string;
  };
  readonly bins: {
    readonly title: string;
    readonly gridLabel: string;
    readonly legendLabel: string;
    readonly binmap: string;
    readonly staleBit: string;
    readonly empty: string;
    readonly emptyAll: string;
    readonly stored: (raw: string) => string;
    readonly end: Readonly<Record<ListEnd, string>>;
    readonly cycleTo: (name: string) => string;
    readonly brokenTo: (addr: string) => string;
    readonly backDiffers: string;
    readonly claimed: (claimed: number, found: number) => string;
    readonly more: (n: number) => string;
    readonly showEmpty: string;
    readonly hideEmpty: string;
  };
  readonly space: {
    readonly title: string;
    readonly gridLabel: string;
    readonly flip: string;
    readonly tree: string;
    readonly trueScale: (size: string) => string;
    readonly pages: (n: number) => string;
    readonly inRam: (n: number) => string;
    readonly view: string;
    readonly grows: string;
    readonly kind: Readonly<Record<VmaKind, string>>;
    readonly expand: string;
    readonly whose: string;
    readonly running: (pid: number) => string;
    readonly gap: (size: string) => string;
    readonly resident: (resident: number, pages: number) => string;
  };
  readonly inspector: {
    readonly title: string;
    readonly empty: string;
    readonly emptyHint: string;
    readonly chunk: string;
    readonly user: string;
    readonly previousEvent: string;
    readonly nextEvent: string;
    readonly close: string;
    readonly usable: (size: string) => string;
    readonly chunkSize: (size: string) => string;
    readonly asked: (size: string) => string;
    readonly borrows: string;
    readonly sizeWord: string;
    readonly previousInUse: (name: string) => string;
    readonly previousFree: (name: string) => string;
    readonly thePrevious: string;
    readonly mainArena: string;
    readonly otherArena: string;
    readonly freeElsewhere: string;
    readonly mmapped: string;
    readonly fieldsValid: (state: string) => string;
    readonly notAField: string;
    readonly userDataOf: (name: string) => string;
    readonly ownData: string;
    readonly unreadable: string;
    readonly whoPoints: string;
    readonly nobody: string;
    readonly byOffset: string;
    readonly dangling: string;
    readonly inHeapOf: (name: string) => string;
    readonly history: (name: string) => string;
    readonly noHistory: string;
    readonly line: (n: number) => string;
    readonly now: string;
    readonly bytes: string;
    readonly sameBytes: (size: string, byte: string) => string;
    readonly moreBytes: (size: string) => string;
    readonly problems: string;
    readonly problem: Readonly<Record<ProblemCode, string>>;
    readonly expected: (value: string) => string;
    readonly mapping: string;
    readonly permissions: string;
    readonly size: string;
    readonly resident: string;
    readonly file: string;
    readonly mapsLine: string;
    readonly gone: string;
  };
}

const en: PanelText = {
  state: {
    inuse: "in use",
    tcache: "tcache",
    fast: "fast",
    unsorted: "unsorted",
    small: "small",
    large: "large",
    top: "top",
    mmapped: "mmapped",
    meta: "allocator data",
    corrupt: "corrupted",
    fencepost: "fencepost",
    foreign: "not malloc's",
    loose: "free, in no list",
    heap_info: "heap_info",
    malloc_state: "malloc_state",
  },
  heap: {
    title: "Heap",
    gridLabel: "Chunks of the heap, by address",
    stripLabel: "Whole heap; drag to move the view",
    zoomLabel: "Zoom of the heap",
    far: "Far",
    mid: "Mid",
    near: "Near",
    perRow: (size) => `${size}/row`,
    chunks: (n) => (n === 1 ? "1 chunk" : `${n} chunks`),
    unborn: "No heap yet.",
    unbornHint: "The first malloc calls sbrk.",
    foldedBytes: (size, owner) => `⋯ ${size} bytes of ${owner} ⋯`,
    dataOf: (name) => `${name}’s data`,
    words: (n) => `${n} w`,
    beingFreed: "being freed",
    mappedChunk: "own mapping",
    problems: (n) => (n === 1 ? "1 problem" : `${n} problems`),
    chunkLabel: (name, size, state, position, previousInUse) =>
      `${name}, ${size}, ${state}${position === "" ? "" : ` ${position}`}, previous ${previousInUse ? "in use" : "free"}`,
    positionOf: (position, count) => `${position} of ${count}`,
    unnamed: (addr) => `chunk ${addr}`,
  },
  near: {
    data: "data",
    lastWord: "last word",
    oldData: "old data",
    padding: "padding",
    unused: "unused",
    shared: "shared with next",
    footerOf: (name) => (name === "" ? "valid footer" : `valid: footer of ${name}`),
    zeros: (size, name) => (name === "" ? `${size} bytes, all 00` : `${size} bytes of ${name}, all 00`),
  },
  menu: {
    label: (name) => `Actions on ${name}`,
    free: (name) => `Call free(${name}) here`,
    realloc: (name) => `Call realloc(${name}, …)`,
    writePast: "Write past its end…",
    plusOneByte: "+1 byte",
    goMalloc: "Go to its malloc",
    goPrevious: "Go to its previous event",
    goNext: "Go to its next event",
    whoPoints: "Who points here",
    pinBeside: "Pin beside another chunk",
    copyAddress: "Copy address",
    none: "none",
    noName: "no variable",
    copied: "Address copied",
    notCopied: "The browser did not allow copying",
    operation: (n) => `op ${n}`,
  },
  bins: {
    title: "Bins",
    gridLabel: "Lists of free chunks",
    legendLabel: "Chunk states",
    binmap: "binmap",
    staleBit: "stale bit, cleared lazily",
    empty: "Empty:",
    emptyAll: "Every list is empty.",
    stored: (raw) => `next stored as ${raw} (⊕ pos»12)`,
    end: {
      nil: "ends with null",
      ring: "closes the ring",
      cycle: "runs in a circle",
      broken: "broken link",
      limit: "too long to follow",
    },
    cycleTo: (name) => `back to ${name}: a loop`,
    brokenTo: (addr) => `leads to ${addr}`,
    backDiffers: "bk does not mirror fd",
    claimed: (claimed, found) => `count says ${claimed}, ${found} found`,
    more: (n) => `${n} more`,
    showEmpty: "Show empty lists",
    hideEmpty: "Hide empty lists",
  },
  space: {
    title: "Address space",
    gridLabel: "Mappings of the process, by address",
    flip: "Put high addresses on top",
    tree: "Show the VMA tree beside the layout",
    trueScale: (size) => `true scale, ${size}`,
    pages: (n) => (n === 1 ? "1 page" : `${n} pages`),
    inRam: (n) => `${n} in RAM`,
    view: "map",
    grows: "grows",
    kind: {
      text: "code",
      rodata: "read-only data",
      data: "data",
      bss: "zeroed data",
      heap: "heap",
      lib: "library",
      mmap: "anonymous mapping",
      stack: "stack",
      kernel: "kernel",
      guard: "guard page",
    },
    expand: "Show the address space",
    whose: "Whose address space",
    running: (pid) => `${pid} (runs)`,
    gap: (size) => `⋯ ${size} ⋯`,
    resident: (resident, pages) => `${resident} of ${pages} pages resident`,
  },
  inspector: {
    title: "Inspector",
    empty: "Nothing selected",
    emptyHint: "Click a chunk, a bin entry or a mapping. Alt-click pins a second chunk beside it.",
    chunk: "chunk",
    user: "user",
    previousEvent: "Previous event of this chunk",
    nextEvent: "Next event of this chunk",
    close: "Unpin",
    usable: (size) => `usable ${size}`,
    chunkSize: (size) => `chunk ${size}`,
    asked: (size) => `asked ${size}`,
    borrows: "borrows next.prev_size",
    sizeWord: "size word",
    previousInUse: (name) => `P = 1: ${name} is in use`,
    previousFree: (name) => `P = 0: ${name} is free, so prev_size is valid`,
    thePrevious: "the chunk before",
    mainArena: "main arena, not mmapped",
    otherArena: "A = 1: not from the main arena",
    freeElsewhere: "A = 0: in this arena only blocks in use carry it",
    mmapped: "M = 1: has its own mapping, freed by munmap",
    fieldsValid: (state) => `Fields valid now: ${state}`,
    notAField: "not a field now",
    userDataOf: (name) => `${name}’s data`,
    ownData: "user data",
    unreadable: "not readable",
    whoPoints: "Who points here",
    nobody: "No word in memory leads here.",
    byOffset: "by offset",
    dangling: "dangling",
    inHeapOf: (name) => `in ${name}`,
    history: (name) => `History of ${name}`,
    noHistory: "No call has touched it yet.",
    line: (n) => `line ${n}`,
    now: "now",
    bytes: "Bytes",
    sameBytes: (size, byte) => `⋯ ${size} bytes, all ${byte}`,
    moreBytes: (size) => `⋯ ${size} more bytes`,
    problems: "What is wrong",
    problem: {
      "size too small": "The size is smaller than a chunk can be.",
      "size misaligned": "The size is not a multiple of 16.",
      "size past top": "The size leads beyond the top chunk.",
      "size word unreadable": "The size word cannot be read.",
      "prev_size mismatch": "prev_size differs from the size of the chunk before.",
      "free without list": "Free, but in no list.",
      "in list but in use": "In a list, but the next chunk says it is in use.",
      "unexpected flag": "A flag bit is set that cannot be set here.",
      "link misaligned": "A link leads to an address that is not a multiple of 16.",
      "link outside heap": "A link leads out of the heap.",
      "link unreadable": "A link leads where nothing can be read.",
      "link not a chunk": "A link leads into the middle of a chunk.",
      "back link": "fd and bk do not agree.",
      "list cycle": "The list runs in a circle.",
      "list limit": "The list is too long to follow.",
      "wrong size for list": "The size does not belong in this list.",
      "in two lists": "In two lists at once.",
      "count mismatch": "The count differs from the length of the list.",
      "nextsize link": "The nextsize links are wrong.",
      "not sorted": "A large bin is not sorted.",
      "top outside heap": "top lies outside the heap.",
      "top does not reach brk": "top does not end at the break.",
      "binmap missing": "The bin holds chunks but its binmap bit is 0.",
      "mmapped total": "The mmapped bytes do not add up.",
      "tcache unreadable": "The tcache cannot be read.",
      "arena unreadable": "The arena cannot be read.",
      "arena ring": "next leads to no arena.",
      heap_info: "This is no heap_info.",
    },
    expected: (value) => `expected ${value}`,
    mapping: "mapping",
    permissions: "permissions",
    size: "size",
    resident: "resident",
    file: "file offset",
    mapsLine: "/proc/self/maps",
    gone: "There is no such chunk at this step.",
  },
};

export const panelTexts = byLocale(en, (zh) => zh.panels);
