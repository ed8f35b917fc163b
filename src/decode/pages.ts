/** The pages of one mapping: which are there, what they are, and where. From the page tables and struct page alone. */
import { pageFlag, pte } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { asWords, entryFrame, frameFlags, frameOffset, isFrame, pagingLevels, topTable } from "./memory";
import { kindOfFrame, mappingsOf, pageKind, pageKinds } from "./page-kind";
import type { VmaFacts } from "./types";

/** Bits of VmaPages.marks. */
export const pageMark = {
  /** Written since it was mapped, or its frame since it was read in. */
  dirty: 1,
  /** Mapped more than once. */
  shared: 2,
  /** May be written now; where it is not set, a write is a fault first. */
  writable: 4,
  /** The mapping is PROT_NONE: resident all the same. */
  protNone: 8,
} as const;

/** Only pages that an entry maps have a row, in ascending order; all others of the mapping were never touched, or were taken away. */
export interface VmaPages {
  readonly start: number;
  /** Pages of the mapping, and how many of them have a row. */
  readonly total: number;
  readonly count: number;
  /** Index of the page in the mapping. */
  readonly page: Float64Array;
  /** A value of pageKind. */
  readonly kind: Uint8Array;
  readonly marks: Uint8Array;
  readonly pfn: Float64Array;
  /** Rows by pageKind, and those that are dirty or shared. */
  readonly byKind: Float64Array;
  readonly dirty: number;
  readonly shared: number;
  /** What the mapping adds to RES. */
  readonly resident: number;
}

/** Tables visited at most: a bound on what damaged ones can cost. */
const TABLE_LIMIT = 1 << 14;

/** Calls `visit` for every mapped page number in [first, end), ascending. */
function visitPages(
  words: Uint32Array,
  top: number,
  first: number,
  end: number,
  visit: (page: number, frame: number, low: number) => void,
): void {
  let tables = 0;
  const descend = (table: number, level: number, from: number): void => {
    if (table < 0 || ++tables > TABLE_LIMIT) return;
    const span = 512 ** level;
    const start = Math.max(0, Math.floor((first - from) / span));
    for (let index = start; index < 512 && from + index * span < end; index++) {
      const frame = entryFrame(words, table, index);
      if (frame < 0) continue;
      if (level > 0) descend(frame, level - 1, from + index * span);
      else visit(from + index, frame, words[frameOffset(words, table) / 4 + index * 2] ?? 0);
    }
  };
  descend(isFrame(words, top) ? top : -1, pagingLevels(words) - 1, 0);
}

/** `top`: frame of the process's top-level table; the running one's when not given. */
export function vmaPages(linear: Uint8Array, vma: VmaFacts, top = topTable(asWords(linear))): VmaPages {
  const words = asWords(linear);
  const first = vma.start / PAGE_SIZE;
  const [page, kind, marks, pfn]: [number[], number[], number[], number[]] = [[], [], [], []];
  const byKind = new Float64Array(pageKinds.length);
  let [dirty, shared] = [0, 0];
  visitPages(words, top, first, vma.end / PAGE_SIZE, (number, frame, low) => {
    const what = kindOfFrame(words, frame, vma.uncounted);
    const counted = what !== pageKind.zero && what !== pageKind.special;
    const isDirty = counted && ((low & pte.DIRTY) !== 0 || (frameFlags(words, frame) & pageFlag.dirty) !== 0);
    const isShared = mappingsOf(words, frame) > 1;
    page.push(number - first);
    kind.push(what);
    pfn.push(frame);
    marks.push(
      (isDirty ? pageMark.dirty : 0) |
        (isShared ? pageMark.shared : 0) |
        ((low & pte.RW) !== 0 ? pageMark.writable : 0) |
        ((low & pte.PRESENT) === 0 ? pageMark.protNone : 0),
    );
    byKind[what] = (byKind[what] ?? 0) + 1;
    if (isDirty) dirty++;
    if (isShared) shared++;
  });
  const count = page.length;
  return {
    start: vma.start,
    total: (vma.end - vma.start) / PAGE_SIZE,
    count,
    page: Float64Array.from(page),
    kind: Uint8Array.from(kind),
    marks: Uint8Array.from(marks),
    pfn: Float64Array.from(pfn),
    byKind,
    dirty,
    shared,
    resident: count - (byKind[pageKind.zero] ?? 0) - (byKind[pageKind.special] ?? 0),
  };
}

/** Row of the page with an index in the mapping; −1 when nothing maps it. */
export function pageRow(pages: VmaPages, index: number): number {
  let low = 0;
  let high = pages.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pages.page[middle] ?? Infinity) < index) low = middle + 1;
    else high = middle;
  }
  return pages.page[low] === index && low < pages.count ? low : -1;
}
