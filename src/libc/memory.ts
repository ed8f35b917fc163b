/** Strings and bytes of the simulated process, through its own loads and stores. */
import type { Target } from "../clang/target";

/** Bytes from addr up to (not including) the NUL, at most `max`. Reads whole aligned words, as glibc's string functions do. */
export function readString(target: Target, addr: number, max = Number.POSITIVE_INFINITY): Uint8Array {
  const bytes: number[] = [];
  for (let at = addr; bytes.length < max; ) {
    const word = at - (at % 8);
    const halves = [target.load(word, 8), target.resultHi()];
    for (let i = at - word; i < 8 && bytes.length < max; i++) {
      const byte = ((halves[i >> 2] ?? 0) >>> ((i & 3) * 8)) & 255;
      if (byte === 0) return Uint8Array.from(bytes);
      bytes.push(byte);
    }
    at = word + 8;
    if ((at & 4095) === 0) target.spend(64);
  }
  return Uint8Array.from(bytes);
}

export function readBytes(target: Target, addr: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    const view = new DataView(bytes.buffer, i, 8);
    view.setInt32(0, target.load(addr + i, 8), true);
    view.setInt32(4, target.resultHi(), true);
  }
  for (; i < length; i++) bytes[i] = target.load(addr + i, 1);
  return bytes;
}

export function writeBytes(target: Target, addr: number, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let i = 0;
  for (; i + 8 <= bytes.length; i += 8) target.store(addr + i, 8, view.getInt32(i, true), view.getInt32(i + 4, true));
  for (; i < bytes.length; i++) target.store(addr + i, 1, bytes[i] ?? 0, 0);
}

/** Whoever knows the program's word size: a call. */
interface WordUser {
  readonly target: Target;
  readonly wordBytes: 4 | 8;
}

/** A pointer or size of the program. */
export function loadWord({ target, wordBytes }: WordUser, addr: number): number {
  const lo = target.load(addr, wordBytes) >>> 0;
  return wordBytes === 4 ? lo : (target.resultHi() >>> 0) * 4294967296 + lo;
}

export function storeWord({ target, wordBytes }: WordUser, addr: number, value: number): void {
  target.store(addr, wordBytes, (value % 4294967296) | 0, Math.floor(value / 4294967296) | 0);
}

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Text of bytes, one character each. */
export const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (b) => String.fromCharCode(b)).join("");
