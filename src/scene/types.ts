/**
 * Geometry of the views, without pixels: what to draw where, in view space (CSS pixels, origin top left of the panel's content, y grows
 * downwards, scrolling not subtracted). Colours, patterns and sentences are the renderer's and i18n's. Spaces appear in names: addr…
 * (bytes), row… (lines of the map), view… (pixels).
 *
 *   chunk map, mid level           gutter │ one row = bytesPerRow bytes
 *     viewY of row r       559400 │▌a        ┊▌b               ▫▯c
 *     folded rows          559600 │⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯⋯
 *
 * A block is one chunk from its size word up to and including the next chunk's first word: that word is its user data or its footer.
 */
import type { MallocAbi } from "../abi/glibc-structs";
import type { ArenaFacts, BinFacts, BinList, ChangedWord, ChunkStateName, ChunkTable } from "../decode/types";
import type { WordReader } from "../decode/words";

export interface ViewRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ViewPoint {
  readonly x: number;
  readonly y: number;
}

/** Sizes of type in view pixels; the renderer measures its font once. */
export interface TextMetrics {
  /** Advance of one character of the code face at the label size. */
  readonly charWidth: number;
  readonly fontSize: number;
}

export type MapLevel = "far" | "mid" | "near";

/** What the map scenes are made from: one instant of the heap, and what the last step did to it. */
export interface HeapPicture {
  readonly chunks: ChunkTable;
  /** Lists that belong to what is shown: of one thread and one arena. */
  readonly bins: BinFacts;
  /** All lists by id. */
  readonly lists: readonly BinList[];
  readonly arenas: readonly ArenaFacts[];
  /** The heap that is shown when it is not [heap]: its heap_info. */
  readonly subHeap?: number;
  readonly abi: MallocAbi;
  readonly reader: WordReader;
  readonly mainArena: number;
  /** Variable names by chunk address, best first; see namesOf in src/decode. */
  readonly names: ReadonlyMap<number, string>;
  /** Words the last step wrote, and the address the next write goes to (−1 unknown). */
  readonly changed: readonly ChangedWord[];
  readonly nextWrite: number;
  /** Number of that write among the call's; one more than the last changed word's when absent. */
  readonly nextOrder?: number;
  /** Chunks that the step works on: the lens opens under them. Addresses, ascending. */
  readonly focus: readonly number[];
}

// ---- chunk map, mid ---------------------------------------------------------------------------------------------------------------

export interface MapText {
  readonly text: string;
  readonly role: "name" | "size" | "bin";
  readonly x: number;
  /** Middle of the line. */
  readonly y: number;
  readonly anchor: "start" | "end";
}

/** One segment of a chunk in one row. */
export interface MapBlock extends ViewRect {
  /** Row of the chunk table. */
  readonly chunkRow: number;
  readonly chunkAddr: number;
  readonly state: ChunkStateName;
  /** The chunk goes on in the row before or after. */
  readonly openLeft: boolean;
  readonly openRight: boolean;
  /** Size word, when it lies in this segment: filled when PREV_INUSE is 1. */
  readonly header: { readonly x: number; readonly width: number; readonly filled: boolean } | null;
  /** Last word, when it lies in this segment: a boundary tag, or user data borrowed from the next chunk's prev_size. */
  readonly footer: { readonly x: number; readonly width: number; readonly kind: "tag" | "borrowed" } | null;
  readonly texts: readonly MapText[];
  readonly suspect: boolean;
  readonly lastRemainder: boolean;
}

/** Rows folded into a thin band: they lie wholly inside one chunk. */
export interface MapFold extends ViewRect {
  readonly chunkRow: number;
  readonly chunkAddr: number;
  readonly state: ChunkStateName;
  readonly addr: number;
  readonly bytes: number;
}

export interface MapRowLabel {
  readonly addr: number;
  /** Last four hex digits, or more where four would be ambiguous. */
  readonly text: string;
  readonly y: number;
  readonly fold: boolean;
}

/** A word that the step wrote, or that the next one will. */
export interface MapTag extends ViewRect {
  readonly addr: number;
  readonly order: number;
  readonly done: boolean;
}

/** A chunk with a mapping of its own, drawn as a bar under the rows. */
export interface MapBar extends ViewRect {
  readonly chunkRow: number;
  readonly chunkAddr: number;
  readonly name: string;
  readonly sizeBytes: number;
}

/** Part of a content that is seen: [scrollTop, scrollTop + viewHeight). Infinity shows all. */
export interface ViewWindow {
  readonly scrollTop: number;
  readonly viewHeight: number;
}

/** The part of a scene that does not depend on how far it is scrolled. */
export interface MidMapPlan {
  readonly level: "mid";
  readonly viewWidth: number;
  /** Height of the whole content. */
  readonly viewHeight: number;
  readonly gutter: number;
  readonly bytesPerRow: number;
  readonly bars: readonly MapBar[];
  readonly lens: LensScene | null;
  readonly layout: RowLayout;
  readonly metrics: TextMetrics;
}

/** Only what meets the viewport is in the arrays. */
export interface MidMapScene extends MidMapPlan {
  readonly labels: readonly MapRowLabel[];
  readonly blocks: readonly MapBlock[];
  readonly folds: readonly MapFold[];
  readonly tags: readonly MapTag[];
}

/** Where the rows lie; needed to find addresses and points. Structure of arrays, one entry a drawn line. */
export interface RowLayout {
  readonly count: number;
  /** Address of the line's first byte, and how many bytes it covers (a multiple of bytesPerRow where rows are folded). */
  readonly addr: Float64Array;
  readonly bytes: Float64Array;
  readonly y: Float64Array;
  readonly height: Float64Array;
  /** 1 where rows are folded. */
  readonly folded: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly viewX: number;
  readonly viewWidth: number;
  readonly bytesPerRow: number;
}

// ---- near level and lens -------------------------------------------------------------------------------------------------------------

/** What a word of the heap is. Codes: the panel turns them into text. */
export type WordRole =
  | "prev_size"
  | "size"
  | "fd"
  | "bk"
  | "next"
  | "key"
  | "fd_nextsize"
  | "bk_nextsize"
  /** User data; the last word of user data that lies in the next chunk's prev_size; what a free chunk still holds of its old data. */
  | "data"
  | "lastWord"
  | "oldData"
  | "counts"
  | "entries"
  /** A field of heap_info or malloc_state. */
  | "struct"
  | "padding"
  | "top"
  | "foreign"
  | "corrupt";

export interface WordCell extends ViewRect {
  readonly addr: number;
  readonly role: WordRole;
  /** Index for counts[…] and entries[…], −1 otherwise. */
  readonly index: number;
  /** What the release at hand calls the field, for counts and structs; "" otherwise. */
  readonly field: string;
  /** Exact value; null when it cannot be read. */
  readonly value: bigint | null;
  readonly valueText: string;
  /** Where a pointer leads, as a name: `rem`, `unsorted`, `bin 9`, `∅`; "" when it is no pointer. */
  readonly target: string;
  readonly targetAddr: number;
  readonly mangled: boolean;
  /** The eight (four) bytes in memory order, and as ASCII with · for the unprintable. */
  readonly bytesText: string;
  readonly asciiText: string;
  /** Chunk that the word is drawn as part of, its state and name. */
  readonly chunkRow: number;
  readonly state: ChunkStateName;
  readonly chunkName: string;
  /** PREV_INUSE of a size word; null elsewhere. */
  readonly prevInuse: boolean | null;
  readonly changed: number;
  /** Next write goes here. */
  readonly next: boolean;
  readonly suspect: boolean;
}

/** Words left out: how many, of which chunk, and whether all are zero. */
export interface WordFold extends ViewRect {
  readonly addr: number;
  readonly words: number;
  readonly allZero: boolean;
  readonly chunkRow: number;
  readonly state: ChunkStateName;
  readonly chunkName: string;
}

/** A bracket over the cells of one chunk. */
export interface LensBracket {
  readonly chunkRow: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly state: ChunkStateName;
  readonly x1: number;
  readonly x2: number;
  readonly y: number;
}

export interface LensScene extends ViewRect {
  /** across: one line of cells; down: one cell a line (narrow panels). */
  readonly flow: "across" | "down";
  readonly cells: readonly WordCell[];
  readonly folds: readonly WordFold[];
  readonly brackets: readonly LensBracket[];
  /** From a valid prev_size to the start of the chunk before: p − prev_size. */
  readonly jumps: readonly { readonly from: ViewPoint; readonly to: ViewPoint; readonly chunkRow: number }[];
}

export interface NearMapPlan {
  readonly level: "near";
  readonly viewWidth: number;
  readonly viewHeight: number;
  readonly gutter: number;
  readonly bytesPerRow: number;
  readonly wordsPerRow: number;
  /** Addresses shown: [start, end). */
  readonly start: number;
  readonly end: number;
  readonly layout: RowLayout;
}

export interface NearMapScene extends NearMapPlan {
  readonly labels: readonly MapRowLabel[];
  readonly cells: readonly WordCell[];
  readonly folds: readonly WordFold[];
}

// ---- far level -----------------------------------------------------------------------------------------------------------------------

/** A raster: cell (column, row) is states[row * columns + column]. 255 = nothing there. */
export interface FarMapScene {
  readonly level: "far";
  readonly viewWidth: number;
  readonly viewHeight: number;
  readonly gutter: number;
  readonly columns: number;
  readonly rows: number;
  readonly states: Uint8Array;
  readonly bytesPerRow: number;
  readonly bytesPerCell: number;
  readonly rowHeight: number;
  readonly rowGap: number;
  readonly start: number;
  readonly end: number;
  readonly labels: readonly MapRowLabel[];
  /** Whole pages inside free chunks: what malloc_trim(0) would give back. */
  readonly trimmable: readonly ViewRect[];
  readonly trimmablePages: number;
  readonly tags: readonly MapTag[];
  readonly layout: RowLayout;
}

// ---- bins ----------------------------------------------------------------------------------------------------------------------------

export type ArrowStyle = "fd" | "bk" | "nextsize";

export interface BinArrow {
  readonly style: ArrowStyle;
  /** SVG path data from tail to head. */
  readonly path: string;
  /** just: written by the step; next: written next; broken: fails its check. */
  readonly accent: "none" | "just" | "next" | "broken";
  readonly order: number;
  readonly fromAddr: number;
  readonly toAddr: number;
}

export interface BinNode extends ViewRect {
  readonly chunkAddr: number;
  /** Row in the chunk table, −1 for an entry that is no chunk of the heap. */
  readonly chunkRow: number;
  readonly position: number;
  readonly name: string;
  /** Right-hand text: size for rings, end of the user address for singly linked lists. */
  readonly detail: string;
  readonly suspect: boolean;
  readonly lastRemainder: boolean;
}

/** Entries left out in the middle of a long list. */
export interface BinElision extends ViewRect {
  readonly count: number;
}

/** A list. What it is made of has its y from the row's upper edge on: a row that moves is the same picture. */
export interface BinRow extends ViewRect {
  readonly binId: number;
  readonly kind: "tcache" | "fast" | "unsorted" | "small" | "large";
  readonly index: number;
  readonly sizeText: string;
  readonly countText: string;
  /** A dot for singly linked lists, a pill with text for rings (`main_arena+96`, `bin 9`). */
  readonly anchor: (ViewRect & { readonly shape: "dot" | "pill"; readonly text: string }) | null;
  readonly nodes: readonly BinNode[];
  readonly elisions: readonly BinElision[];
  readonly arrows: readonly BinArrow[];
  /** ∅ ends a list, ↺ closes a ring, cycle and broken are wrong. */
  readonly end: {
    readonly kind: "nil" | "ring" | "cycle" | "broken" | "limit";
    readonly x: number;
    readonly y: number;
    readonly text: string;
  };
  readonly problems: number;
  /** True when the step changed the list. */
  readonly touched: boolean;
}

/** Where a list stands, drawn or not. */
export interface BinPlace {
  readonly binId: number;
  readonly y: number;
  readonly height: number;
}

export interface BinsScene {
  readonly viewWidth: number;
  /** Height of the whole content; only what meets the window is in `rows`. */
  readonly viewHeight: number;
  /** All lists that are shown, from top to bottom. */
  readonly places: readonly BinPlace[];
  /** The places that meet the window, laid out. */
  readonly rows: readonly BinRow[];
  /** Empty lists by kind. */
  readonly empty: { readonly tcache: number; readonly fast: number; readonly small: number; readonly large: number };
  /** Bins whose binmap bit is set; stale = set although the bin is empty. */
  readonly binmap: readonly { readonly bin: number; readonly stale: boolean }[];
}
