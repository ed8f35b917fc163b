/** Runs of 32-bit words: the same or not. */

const MIX = 0x9e37_79b1;

/** A hash of a run whose length is a multiple of four. Four sums at a time: each waits for its own last product only. */
export function hashWords(words: Uint32Array): number {
  let [a, b, c, d] = [1, 2, 3, 4];
  for (let i = 0; i < words.length; i += 4) {
    a = (Math.imul(a, MIX) + (words[i] ?? 0)) | 0;
    b = (Math.imul(b, MIX) + (words[i + 1] ?? 0)) | 0;
    c = (Math.imul(c, MIX) + (words[i + 2] ?? 0)) | 0;
    d = (Math.imul(d, MIX) + (words[i + 3] ?? 0)) | 0;
  }
  return Math.imul(a ^ (b >>> 15), MIX) ^ Math.imul(c ^ (d >>> 15), MIX) ^ Math.imul(b, MIX) ^ d;
}

export function equalWords(a: Uint32Array, b: Uint32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}
