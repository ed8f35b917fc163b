/** Which pages the other side must be sent when memory is not shared: those whose contents are not what it has. */
import { PAGE_SIZE } from "../abi/machine-memory";

const WORDS = PAGE_SIZE / 4;

/** Two independent 26-bit sums of a page's words in one exact number; 0 for a page of zeros. */
function digest(words: Uint32Array, page: number): number {
  let a = 0;
  let b = 0;
  for (let i = page * WORDS; i < (page + 1) * WORDS; i++) {
    const word = words[i] ?? 0;
    if (word === 0 && a === 0) continue;
    a = Math.imul(a ^ word ^ (i & (WORDS - 1)), 0x9e37_79b1) | 1;
    a ^= a >>> 15;
    b = Math.imul(b, 31) + (word ^ a);
  }
  return (a >>> 6) * 0x400_0000 + (b >>> 6);
}

export interface PageDiff {
  /** Of these pages, the ones that differ from what was sent last; they count as sent now. */
  changed(pages: Uint32Array): Uint32Array;
  /** The other side has nothing but zeros. */
  forget(): void;
}

export function pageDiff(memory: Uint8Array): PageDiff {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.byteLength / 4);
  const sent = new Map<number, number>();
  return {
    changed: (pages) =>
      pages.filter((page) => {
        const now = digest(words, page);
        if ((sent.get(page) ?? 0) === now) return false;
        sent.set(page, now);
        return true;
      }),
    forget: () => sent.clear(),
  };
}
