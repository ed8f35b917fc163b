/**
 * printf's language. `%[flags][width][.precision][length]conversion`; arguments are drawn from the call as the machine passes them.
 * Source: C17 7.21.6.1 and what glibc does where that leaves room (%p of NULL, %s of NULL, %m).
 */
import type { LibcCall } from "../clang/libc-call";
import { exponential, fixed, general, hexadecimal } from "./decimal";
import { errorText } from "./error-text";
import { ascii, latin1, readString } from "./memory";

interface Spec {
  readonly flags: string;
  readonly width: number;
  /** −1 when not given. */
  readonly precision: number;
  readonly length: string;
  readonly letter: string;
}

/** Widths and precisions beyond this are cut: nobody reads them. */
const MAX_FIELD = 100_000;
const pattern = /([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?(hh|h|ll|l|z|j|t|L|q)?([\s\S])/y;

/** Formats; every run of plain text and every conversion is handed to `put` by itself. Returns the number of bytes. */
export function format(call: LibcCall, formatAddr: number, put: (bytes: Uint8Array) => void): number {
  const text = latin1(readString(call.target, formatAddr));
  let count = 0;
  const out = (piece: Uint8Array) => {
    if (piece.length === 0) return;
    count += piece.length;
    put(piece);
  };
  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf("%", at);
    out(bytesOf(text.slice(at, percent < 0 ? text.length : percent)));
    if (percent < 0) break;
    pattern.lastIndex = percent + 1;
    const match = pattern.exec(text);
    if (match === null) {
      out(bytesOf(text.slice(percent)));
      break;
    }
    at = pattern.lastIndex;
    const spec = specOf(call, match);
    if (spec.letter === "n") storeCount(call, spec, count);
    else out(convert(call, spec) ?? bytesOf(text.slice(percent, at)));
  }
  return count;
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

function specOf(call: LibcCall, match: RegExpExecArray): Spec {
  const [, given = "", widthText, precisionText, length = "", letter = ""] = match;
  let flags = given;
  const number = (text: string) => (text === "*" ? call.lo(call.nextInt()) : Number(text));
  let width = widthText === undefined ? 0 : number(widthText);
  if (width < 0) {
    flags += "-";
    width = -width;
  }
  const precision = precisionText === undefined ? -1 : number(precisionText);
  return {
    flags,
    width: Math.min(width, MAX_FIELD),
    precision:
      precision < 0 && precisionText !== undefined && precisionText !== "*" && !precisionText.startsWith("-")
        ? 0
        : Math.min(precision, MAX_FIELD),
    length,
    letter,
  };
}

function convert(call: LibcCall, spec: Spec): Uint8Array | null {
  switch (spec.letter) {
    case "%":
      return bytesOf("%");
    case "d":
    case "i":
      return signedInteger(integerArgument(call, spec.length, true), spec);
    case "u":
    case "o":
    case "x":
    case "X":
      return unsignedInteger(integerArgument(call, spec.length, false), spec);
    case "c":
      return pad(Uint8Array.of(call.lo(call.nextInt()) & 255), spec);
    case "s":
      return pad(stringArgument(call, spec), spec);
    case "p": {
      const value = BigInt.asUintN(64, call.long(call.nextInt()));
      if (value === 0n) return pad(ascii("(nil)"), spec);
      return unsignedInteger(value, { ...spec, flags: `${spec.flags}#`, letter: "x" });
    }
    case "m":
      return pad(ascii(errorText(call.target.load(call.layout.libcData, 4))), spec);
    case "a":
    case "A":
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      return real(call.nextDouble(), spec);
    default:
      return null;
  }
}

const shortBits: Readonly<Record<string, number>> = { hh: 8, h: 16, "": 32 };

/** Bits of an integer argument with that length modifier. */
function bitsOf(call: LibcCall, length: string): number {
  if (length === "l" || length === "z" || length === "t") return call.wordBytes * 8;
  return shortBits[length] ?? 64;
}

function integerArgument(call: LibcCall, length: string, signed: boolean): bigint {
  const value = call.long(call.nextInt());
  const bits = bitsOf(call, length);
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

function signedInteger(value: bigint, spec: Spec): Uint8Array {
  const sign = value < 0n ? "-" : spec.flags.includes("+") ? "+" : spec.flags.includes(" ") ? " " : "";
  const digits = (value < 0n ? -value : value).toString();
  return digitsField(sign, spec.precision === 0 && value === 0n ? "" : digits, spec);
}

function unsignedInteger(value: bigint, spec: Spec): Uint8Array {
  const base = spec.letter === "o" ? 8 : spec.letter === "u" ? 10 : 16;
  let digits = spec.precision === 0 && value === 0n ? "" : value.toString(base);
  const alternate = spec.flags.includes("#");
  if (alternate && base === 8 && !digits.startsWith("0"))
    digits = digits.padStart(Math.max(digits.length + 1, spec.precision), "0");
  const prefix = alternate && base === 16 && value !== 0n ? "0x" : "";
  const field = digitsField(prefix, digits, spec);
  return spec.letter === "X" ? bytesOf(latin1(field).toUpperCase()) : field;
}

function digitsField(prefix: string, digits: string, spec: Spec): Uint8Array {
  const padded = digits.padStart(spec.precision, "0");
  const zeros = spec.flags.includes("0") && !spec.flags.includes("-") && spec.precision < 0;
  if (zeros) return bytesOf(prefix + padded.padStart(spec.width - prefix.length, "0"));
  return pad(bytesOf(prefix + padded), spec);
}

function stringArgument(call: LibcCall, spec: Spec): Uint8Array {
  const addr = call.word(call.nextInt());
  const max = spec.precision < 0 ? Number.POSITIVE_INFINITY : spec.precision;
  if (addr !== 0) return readString(call.target, addr, max);
  return max >= 6 ? ascii("(null)") : new Uint8Array(0);
}

function real({ value, negative }: { readonly value: number; readonly negative: boolean }, spec: Spec): Uint8Array {
  const sign = negative ? "-" : spec.flags.includes("+") ? "+" : spec.flags.includes(" ") ? " " : "";
  const upper = spec.letter === spec.letter.toUpperCase();
  const cased = (text: string) => (upper ? text.toUpperCase() : text);
  if (!Number.isFinite(value)) {
    return pad(ascii(cased(sign + (Number.isNaN(value) ? "nan" : "inf"))), spec);
  }
  const magnitude = Math.abs(value);
  const precision = spec.precision < 0 ? 6 : spec.precision;
  const alternate = spec.flags.includes("#");
  const body = cased(realBody(spec, magnitude, precision, alternate));
  if (!spec.flags.includes("0") || spec.flags.includes("-")) return pad(ascii(sign + body), spec);
  const prefix = body.startsWith("0x") || body.startsWith("0X") ? body.slice(0, 2) : "";
  return ascii(sign + prefix + body.slice(prefix.length).padStart(spec.width - sign.length - prefix.length, "0"));
}

function realBody(spec: Spec, magnitude: number, precision: number, alternate: boolean): string {
  switch (spec.letter.toLowerCase()) {
    case "f":
      return fixed(magnitude, precision, alternate);
    case "e":
      return exponential(magnitude, precision, alternate);
    case "g":
      return general(magnitude, precision, alternate);
    default:
      return hexadecimal(magnitude, spec.precision < 0 ? null : spec.precision, alternate);
  }
}

function pad(bytes: Uint8Array, spec: Spec): Uint8Array {
  if (bytes.length >= spec.width) return bytes;
  const padded = new Uint8Array(spec.width).fill(32);
  padded.set(bytes, spec.flags.includes("-") ? 0 : spec.width - bytes.length);
  return padded;
}

function storeCount(call: LibcCall, spec: Spec, count: number): void {
  const addr = call.word(call.nextInt());
  call.target.store(addr, bitsOf(call, spec.length) >> 3, count, 0);
}
