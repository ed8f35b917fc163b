/** string.h and ctype.h. Writes go through Target.fill and Target.copy, so that they are journalled word by word. */
import type { LibcCall } from "../clang/libc-call";
import type { Target } from "../clang/target";
import { malloc } from "./malloc";
import { errorText } from "./error-text";
import { ascii, loadWord, readString, storeWord, writeBytes } from "./memory";

const length = (target: Target, addr: number, max?: number): number => readString(target, addr, max).length;

/** First difference of two byte sequences, as the x86-64 assembly returns it: the difference of the bytes. */
function compare(call: LibcCall, max: number, stopAtNul: boolean, fold: (byte: number) => number = (b) => b): void {
  const { target } = call;
  const [a, b] = [call.word(0), call.word(1)];
  for (let i = 0; i < max; i++) {
    const x = fold(target.load(a + i, 1) & 255);
    const y = fold(target.load(b + i, 1) & 255);
    if (x !== y) return call.returnInt(x - y);
    if (x === 0 && stopAtNul) break;
    if ((i & 4095) === 4095) target.spend(64);
  }
  call.returnInt(0);
}

function copyString(call: LibcCall, to: number, from: number, max = Number.POSITIVE_INFINITY): number {
  const count = length(call.target, from, max);
  call.target.copy(to, from, count + (count < max ? 1 : 0));
  return count;
}

function findByte(call: LibcCall, bytes: Uint8Array, index: number): void {
  const base = call.word(0);
  call.returnWord(index < 0 || index > bytes.length ? 0 : base + index);
}

function findString(haystack: Uint8Array, needle: Uint8Array): number {
  for (let i = 0; i + needle.length <= haystack.length; i++) if (needle.every((byte, j) => haystack[i + j] === byte)) return i;
  return -1;
}

function duplicate(call: LibcCall, max = Number.POSITIVE_INFINITY): void {
  const from = call.word(0);
  const count = length(call.target, from, max);
  const to = malloc(call, count + 1);
  if (to !== 0) {
    call.target.copy(to, from, count);
    call.target.store(to + count, 1, 0, 0);
  }
  call.returnWord(to);
}

/** Offset in libc's data of what strtok remembers. */
const TOKEN_PLACE = 248;

/** How many bytes of a text are in a set (or not in it). */
function span(target: Target, addr: number, setAddr: number, inSet: boolean): number {
  const set = new Set(readString(target, setAddr));
  const text = readString(target, addr);
  const end = text.findIndex((byte) => set.has(byte) !== inSet);
  return end < 0 ? text.length : end;
}

function nextToken(call: LibcCall, place: number): void {
  const { target } = call;
  const given = call.word(0);
  const from = given === 0 ? loadWord(call, place) : given;
  if (from === 0) return call.returnWord(0);
  const start = from + span(target, from, call.word(1), true);
  const end = start + span(target, start, call.word(1), false);
  if ((target.load(start, 1) & 255) === 0) {
    storeWord(call, place, start);
    return call.returnWord(0);
  }
  const last = (target.load(end, 1) & 255) === 0;
  if (!last) target.store(end, 1, 0, 0);
  storeWord(call, place, last ? end : end + 1);
  call.returnWord(start);
}

const lower = (c: number): number => (c >= 65 && c <= 90 ? c + 32 : c);
const upper = (c: number): number => (c >= 97 && c <= 122 ? c - 32 : c);

export const stringFunctions = {
  memset: (call: LibcCall) => {
    call.target.fill(call.word(0), call.lo(1) & 255, call.word(2));
    call.returnHalves(call.lo(0), call.hi(0));
  },
  explicit_bzero: (call: LibcCall) => call.target.fill(call.word(0), 0, call.word(1)),
  memcpy: copyBytes,
  memmove: copyBytes,
  mempcpy: (call: LibcCall) => {
    call.target.copy(call.word(0), call.word(1), call.word(2));
    call.returnWord(call.word(0) + call.word(2));
  },
  memcmp: (call: LibcCall) => compare(call, call.word(2), false),
  memchr: (call: LibcCall) => {
    const [base, byte, count] = [call.word(0), call.lo(1) & 255, call.word(2)];
    for (let i = 0; i < count; i++) if ((call.target.load(base + i, 1) & 255) === byte) return call.returnWord(base + i);
    call.returnWord(0);
  },
  strcpy: (call: LibcCall) => {
    copyString(call, call.word(0), call.word(1));
    call.returnHalves(call.lo(0), call.hi(0));
  },
  stpcpy: (call: LibcCall) => call.returnWord(call.word(0) + copyString(call, call.word(0), call.word(1))),
  strncpy: (call: LibcCall) => {
    const [to, from, size] = [call.word(0), call.word(1), call.word(2)];
    const count = length(call.target, from, size);
    call.target.copy(to, from, count);
    if (count < size) call.target.fill(to + count, 0, size - count);
    call.returnHalves(call.lo(0), call.hi(0));
  },
  strcat: (call: LibcCall) => {
    copyString(call, call.word(0) + length(call.target, call.word(0)), call.word(1));
    call.returnHalves(call.lo(0), call.hi(0));
  },
  strncat: (call: LibcCall) => {
    const to = call.word(0) + length(call.target, call.word(0));
    const count = length(call.target, call.word(1), call.word(2));
    call.target.copy(to, call.word(1), count);
    call.target.store(to + count, 1, 0, 0);
    call.returnHalves(call.lo(0), call.hi(0));
  },
  strlen: (call: LibcCall) => call.returnWord(length(call.target, call.word(0))),
  strnlen: (call: LibcCall) => call.returnWord(length(call.target, call.word(0), call.word(1))),
  strcmp: (call: LibcCall) => compare(call, Number.POSITIVE_INFINITY, true),
  strncmp: (call: LibcCall) => compare(call, call.word(2), true),
  strcasecmp: (call: LibcCall) => compare(call, Number.POSITIVE_INFINITY, true, lower),
  strchr: (call: LibcCall) => {
    const bytes = readString(call.target, call.word(0));
    const byte = call.lo(1) & 255;
    findByte(call, bytes, byte === 0 ? bytes.length : bytes.indexOf(byte));
  },
  strrchr: (call: LibcCall) => {
    const bytes = readString(call.target, call.word(0));
    const byte = call.lo(1) & 255;
    findByte(call, bytes, byte === 0 ? bytes.length : bytes.lastIndexOf(byte));
  },
  strstr: (call: LibcCall) => {
    const bytes = readString(call.target, call.word(0));
    findByte(call, bytes, findString(bytes, readString(call.target, call.word(1))));
  },
  strspn: (call: LibcCall) => call.returnWord(span(call.target, call.word(0), call.word(1), true)),
  strcspn: (call: LibcCall) => call.returnWord(span(call.target, call.word(0), call.word(1), false)),
  strpbrk: (call: LibcCall) => {
    const at = call.word(0) + span(call.target, call.word(0), call.word(1), false);
    call.returnWord((call.target.load(at, 1) & 255) === 0 ? 0 : at);
  },
  /** Its place in the text is kept in libc's data, where the next call finds it. */
  strtok: (call: LibcCall) => nextToken(call, call.layout.libcData + TOKEN_PLACE),
  strtok_r: (call: LibcCall) => nextToken(call, call.word(2)),
  strdup: (call: LibcCall) => duplicate(call),
  strndup: (call: LibcCall) => duplicate(call, call.word(1)),
  /** The text stands in libc's data, as it does for numbers that have none of their own. */
  strerror: (call: LibcCall) => {
    const at = call.layout.libcData + 256;
    writeBytes(call.target, at, ascii(`${errorText(call.lo(0))}\0`));
    call.returnWord(at);
  },
};

function copyBytes(call: LibcCall): void {
  call.target.copy(call.word(0), call.word(1), call.word(2));
  call.returnHalves(call.lo(0), call.hi(0));
}

/** A predicate of ctype.h: glibc answers with the class's bit, tests care only for zero. */
const when = (holds: (c: number) => boolean) => (call: LibcCall) => call.returnInt(holds(call.lo(0)) ? 1 : 0);
const isUpper = (c: number): boolean => c >= 65 && c <= 90;
const isLower = (c: number): boolean => c >= 97 && c <= 122;
const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isAlnum = (c: number): boolean => isUpper(c) || isLower(c) || isDigit(c);

export const ctypeFunctions = {
  isalpha: when((c) => isUpper(c) || isLower(c)),
  isdigit: when(isDigit),
  isalnum: when(isAlnum),
  isspace: when((c) => c === 32 || (c >= 9 && c <= 13)),
  isupper: when(isUpper),
  islower: when(isLower),
  ispunct: when((c) => c > 32 && c < 127 && !isAlnum(c)),
  isprint: when((c) => c >= 32 && c < 127),
  isgraph: when((c) => c > 32 && c < 127),
  isxdigit: when((c) => isDigit(c) || (lower(c) >= 97 && lower(c) <= 102)),
  iscntrl: when((c) => (c >= 0 && c < 32) || c === 127),
  toupper: (call: LibcCall) => call.returnInt(upper(call.lo(0))),
  tolower: (call: LibcCall) => call.returnInt(lower(call.lo(0))),
};
