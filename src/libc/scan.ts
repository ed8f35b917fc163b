/** scanf's language: `%[*][width][length]conversion`. Source: C17 7.21.6.2. */
import type { LibcCall } from "../clang/libc-call";
import { latin1, readString } from "./memory";

/** Characters one by one; −1 at the end. */
export interface CharSource {
  peek(): number;
  take(): void;
}

const EOF = -1;
const pattern = /(\*)?(\d+)?(hh|h|ll|l|z|j|t|L|q)?(\[\^?\]?[^\]]*\]|[\s\S])/y;
const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

/** Reads input by a format and stores what it finds. Returns how many were stored; EOF when the input ended before the first. */
export function scan(call: LibcCall, formatAddr: number, source: CharSource): number {
  const format = latin1(readString(call.target, formatAddr));
  const start = { consumed: 0 };
  const counted: CharSource = {
    peek: () => source.peek(),
    take: () => {
      start.consumed++;
      source.take();
    },
  };
  let stored = 0;
  for (let at = 0; at < format.length; ) {
    const letter = format.charCodeAt(at);
    if (isSpace(letter)) {
      skipSpace(counted);
      at++;
      continue;
    }
    if (letter !== 37) {
      if (counted.peek() !== letter) return stored === 0 && counted.peek() === EOF ? EOF : stored;
      counted.take();
      at++;
      continue;
    }
    pattern.lastIndex = at + 1;
    const match = pattern.exec(format);
    if (match === null) return stored;
    at = pattern.lastIndex;
    const [, star, widthText, length = "", conversion = ""] = match;
    const width = widthText === undefined ? 0 : Number(widthText);
    const spec: Spec = { width, bits: bitsOf(call, length), wide: length === "l", to: 0 };
    if (conversion === "n") {
      call.target.store(call.word(call.nextInt()), spec.bits >> 3, start.consumed, 0);
      continue;
    }
    if (conversion !== "c" && !conversion.startsWith("[")) skipSpace(counted);
    if (counted.peek() === EOF) return stored === 0 ? EOF : stored;
    if (conversion === "%") {
      if (counted.peek() !== 37) return stored;
      counted.take();
      continue;
    }
    const to = star === undefined ? call.word(call.nextInt()) : 0;
    if (!convert(call, counted, conversion, { ...spec, to })) return stored;
    if (star === undefined) stored++;
  }
  return stored;
}

interface Spec {
  /** Most characters; 0: no limit. */
  readonly width: number;
  /** Of an integer. */
  readonly bits: number;
  /** %lf: a double. */
  readonly wide: boolean;
  /** Where it goes; 0: nowhere. */
  readonly to: number;
}

function bitsOf(call: LibcCall, length: string): number {
  if (length === "l" || length === "z" || length === "t") return call.wordBytes * 8;
  if (length === "hh") return 8;
  if (length === "h") return 16;
  return length === "" ? 32 : 64;
}

function skipSpace(source: CharSource): void {
  while (isSpace(source.peek())) source.take();
}

/** Takes characters as long as the text so far with the next one still fits. */
function takeWhile(source: CharSource, width: number, fits: (text: string) => boolean): string {
  const limit = width === 0 ? Number.POSITIVE_INFINITY : width;
  let text = "";
  while (text.length < limit) {
    const byte = source.peek();
    if (byte === EOF || !fits(text + String.fromCharCode(byte))) break;
    text += String.fromCharCode(byte);
    source.take();
  }
  return text;
}

const integerStart: Readonly<Record<number, RegExp>> = {
  8: /^[+-]?[0-7]*$/,
  10: /^[+-]?[0-9]*$/,
  16: /^[+-]?(0[xX]?)?[0-9a-fA-F]*$/,
  0: /^[+-]?(0([xX][0-9a-fA-F]*|[0-7]*)|[1-9][0-9]*)?$/,
};
const realStart = /^[+-]?(\d+\.?\d*|\.\d*)?([eE][+-]?\d*)?$/;

function convert(call: LibcCall, source: CharSource, conversion: string, spec: Spec): boolean {
  switch (conversion) {
    case "d":
    case "u":
      return integer(call, source, spec, 10);
    case "i":
      return integer(call, source, spec, 0);
    case "o":
      return integer(call, source, spec, 8);
    case "x":
    case "X":
      return integer(call, source, spec, 16);
    case "p":
      return integer(call, source, { ...spec, bits: call.wordBytes * 8 }, 16);
    case "e":
    case "f":
    case "g":
    case "E":
    case "G":
    case "a":
      return real(call, source, spec);
    case "s":
      return characters(call, source, spec, (byte) => !isSpace(byte), true);
    case "c":
      return characters(call, source, { ...spec, width: Math.max(spec.width, 1) }, () => true, false);
    default:
      return conversion.startsWith("[") && characters(call, source, spec, memberOf(conversion.slice(1, -1)), true);
  }
}

function integer(call: LibcCall, source: CharSource, { width, bits, to }: Spec, base: 0 | 8 | 10 | 16): boolean {
  const text = takeWhile(source, width, (so) => integerStart[base]?.test(so) ?? false);
  const digits = text.replace(/^[+-]/, "").toLowerCase();
  if (!/[0-9a-f]/.test(digits) || digits.endsWith("x")) return false;
  const plain = digits.replace(/^0x/, "");
  const radix = base !== 0 ? base : digits.startsWith("0x") ? 16 : /^0[0-7]/.test(digits) ? 8 : 10;
  let value = 0n;
  for (const digit of plain) value = value * BigInt(radix) + BigInt(Number.parseInt(digit, 36));
  if (text.startsWith("-")) value = -value;
  const half = (shift: bigint) => Number(BigInt.asIntN(32, value >> shift));
  if (to !== 0) call.target.store(to, bits >> 3, half(0n), half(32n));
  return true;
}

function real(call: LibcCall, source: CharSource, { width, wide, to }: Spec): boolean {
  const text = takeWhile(source, width, (so) => realStart.test(so));
  const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) return false;
  const view = new DataView(new ArrayBuffer(8));
  if (wide) view.setFloat64(0, value, true);
  else view.setFloat32(0, value, true);
  if (to !== 0) call.target.store(to, wide ? 8 : 4, view.getInt32(0, true), view.getInt32(4, true));
  return true;
}

function characters(
  call: LibcCall,
  source: CharSource,
  { width, to }: Spec,
  belongs: (byte: number) => boolean,
  isString: boolean,
): boolean {
  const text = takeWhile(source, width, (so) => belongs(so.charCodeAt(so.length - 1)));
  if (text.length === 0) return false;
  if (to === 0) return true;
  const bytes = Array.from(text, (c) => c.charCodeAt(0));
  for (const [i, byte] of [...bytes, ...(isString ? [0] : [])].entries()) call.target.store(to + i, 1, byte, 0);
  return true;
}

/** What `[a-z]` or `[^,]` accepts. */
function memberOf(set: string): (byte: number) => boolean {
  const negated = set.startsWith("^");
  const members = new Set<number>();
  const text = negated ? set.slice(1) : set;
  for (let i = 0; i < text.length; i++) {
    const from = text.charCodeAt(i);
    const ranged = text[i + 1] === "-" && i + 2 < text.length;
    const to = ranged ? text.charCodeAt(i + 2) : from;
    for (let c = from; c <= to; c++) members.add(c);
    if (ranged) i += 2;
  }
  return (byte) => members.has(byte) !== negated;
}
