/** The two hashes of heap recordings, over little-endian 32-bit words. */

/** FNV-1a, 64 bits, byte by byte; state as two halves. Zero bytes only multiply, so whole zero pages are one multiplication. */
export class Fnv64 {
  hi = 0xcbf2_9ce4;
  lo = 0x8422_2325;

  reset(): void {
    this.hi = 0xcbf2_9ce4;
    this.lo = 0x8422_2325;
  }

  /** Multiplies by the prime 2^40 + 0x1b3 after each of the four bytes of each word; only `lo` waits for the byte before. */
  words(words: Uint32Array, from: number, to: number): void {
    let { hi, lo } = this;
    for (let i = from; i < to; i++) {
      const word = words[i] ?? 0;
      for (let shift = 0; shift < 32; shift += 8) {
        const x = lo ^ ((word >>> shift) & 0xff);
        const carry = (Math.imul(x >>> 16, 0x1b3) + (Math.imul(x & 0xffff, 0x1b3) >>> 16)) >>> 16;
        hi = (Math.imul(hi, 0x1b3) + carry + (x << 8)) | 0;
        lo = Math.imul(x, 0x1b3);
      }
    }
    this.hi = hi;
    this.lo = lo;
  }

  /** `bytes` zero bytes. */
  zeroes(bytes: number): void {
    const value = (BigInt(this.hi >>> 0) << 32n) | BigInt(this.lo >>> 0);
    const product = BigInt.asUintN(64, value * power(bytes));
    this.hi = Number(product >> 32n);
    this.lo = Number(product & 0xffff_ffffn);
  }

  hex(): string {
    return (this.hi >>> 0).toString(16).padStart(8, "0") + (this.lo >>> 0).toString(16).padStart(8, "0");
  }
}

const PRIME = 0x100_0000_01b3n;
const powers = new Map<number, bigint>();

function power(exponent: number): bigint {
  const known = powers.get(exponent);
  if (known !== undefined) return known;
  let result = 1n;
  let base = PRIME;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = BigInt.asUintN(64, result * base);
    base = BigInt.asUintN(64, base * base);
  }
  powers.set(exponent, result);
  return result;
}

/** The fast hash: h = imul(h ^ w, 0x9E3779B1); h ^= h >>> 15. */
export function hash32(words: Uint32Array, from: number, to: number, start: number): number {
  let h = start;
  for (let i = from; i < to; i++) {
    h = Math.imul(h ^ (words[i] ?? 0), 0x9e37_79b1);
    h ^= h >>> 15;
  }
  return h;
}

export const HASH32_START = 0x811c_9dc5 | 0;

/** Both hashes of a small block. */
export function hashBlock(words: Uint32Array): { readonly fnv: string; readonly h32: string } {
  const fnv = new Fnv64();
  fnv.words(words, 0, words.length);
  return { fnv: fnv.hex(), h32: hex32(hash32(words, 0, words.length, HASH32_START)) };
}

export function hex32(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, "0");
}
