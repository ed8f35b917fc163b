/** stdlib.h, unistd.h, assert.h, math.h: what is not about blocks or text. */
import type { LibcCall } from "../clang/libc-call";
import { errnoAddress, malloc, setErrno } from "./malloc";
import { ascii, latin1, loadWord, readBytes, readString, storeWord, writeBytes } from "./memory";
import { flushStdout } from "./stdio";

const SIGABRT = 6;
const SI_TKILL = -6;
const ERANGE = 34;
const EINVAL = 22;
const PAGE = 4096;

const space = /^[ \t-\r]*/;

/** The number at the start of a text, and how much of the text it takes; as strtol reads it. */
function parseInteger(text: string, base: number): { readonly value: bigint; readonly used: number } {
  const lead = space.exec(text)?.[0].length ?? 0;
  const sign = /^[+-]/.exec(text.slice(lead))?.[0] ?? "";
  let rest = text.slice(lead + sign.length);
  let radix = base;
  let prefix = 0;
  if ((base === 0 || base === 16) && /^0[xX][0-9a-fA-F]/.test(rest)) {
    radix = 16;
    prefix = 2;
  } else if (base === 0) radix = rest.startsWith("0") ? 8 : 10;
  rest = rest.slice(prefix);
  let value = 0n;
  let digits = 0;
  for (const c of rest) {
    const digit = /[0-9a-z]/i.test(c) ? Number.parseInt(c, 36) : 99;
    if (digit >= radix) break;
    value = value * BigInt(radix) + BigInt(digit);
    digits++;
  }
  if (digits === 0) return { value: 0n, used: 0 };
  return { value: sign === "-" ? -value : value, used: lead + sign.length + prefix + digits };
}

/** Clamps to a signed or unsigned integer of so many bits. */
function clamped(value: bigint, signed: boolean, bits: number): bigint {
  const max = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  if (value > max) return max;
  // A negative number is negated after it was read: an unsigned one out of range is the greatest.
  if (signed) return value < -max - 1n ? -max - 1n : value;
  return value < -max ? max : value;
}

/** `long` is one word, `long long` always 64 bits. */
function strtol(call: LibcCall, signed: boolean, bits: number): void {
  const at = call.word(0);
  const end = call.word(1);
  const base = call.lo(2);
  if (base < 0 || base === 1 || base > 36) {
    setErrno(call, EINVAL);
    return call.returnWord(0);
  }
  const { value, used } = parseInteger(latin1(readString(call.target, at)), base);
  if (end !== 0) storeWord(call, end, at + used);
  const fitting = clamped(value, signed, bits);
  if (fitting !== value) setErrno(call, ERANGE);
  call.returnLong(BigInt.asIntN(64, fitting));
}

const textArgument = (call: LibcCall): string => latin1(readString(call.target, call.word(0)));
const decimalArgument = (call: LibcCall, bits: number): bigint => clamped(parseInteger(textArgument(call), 10).value, true, bits);

/**
 * rand: glibc's additive feedback generator (TYPE_3): 31 words at libcData + 32, the front pointer at + 16, a mark at + 20.
 */
const random = { front: 16, seeded: 20, words: 32, count: 31, separation: 3 } as const;

function seedRandom(call: LibcCall, seed: number): void {
  const { target, layout } = call;
  const at = (i: number) => layout.libcData + random.words + i * 4;
  let word = seed === 0 ? 1 : seed;
  target.store(at(0), 4, word, 0);
  for (let i = 1; i < random.count; i++) {
    const high = Math.trunc(word / 127773);
    const low = word % 127773;
    word = 16807 * low - 2836 * high;
    if (word < 0) word += 2147483647;
    target.store(at(i), 4, word, 0);
  }
  target.store(layout.libcData + random.front, 4, random.separation, 0);
  target.store(layout.libcData + random.seeded, 4, 1, 0);
  for (let i = 0; i < random.count * 10; i++) nextRandom(call);
}

function nextRandom(call: LibcCall): number {
  const { target, layout } = call;
  const at = (i: number) => layout.libcData + random.words + i * 4;
  const front = target.load(layout.libcData + random.front, 4);
  const rear = (front + random.count - random.separation) % random.count;
  const sum = (target.load(at(front), 4) + target.load(at(rear), 4)) | 0;
  target.store(at(front), 4, sum, 0);
  target.store(layout.libcData + random.front, 4, (front + 1) % random.count, 0);
  return sum >>> 1;
}

/** The message of a failed assertion is built by asprintf (a block of 100 bytes, cut to size) and kept in a page of its own. */
function assertFail(call: LibcCall): never {
  const { target, layout } = call;
  const text = (n: number) => latin1(readString(target, call.word(n)));
  const program = (
    latin1(readString(target, loadWord(call, layout.argv)))
      .split("/")
      .at(-1) ?? ""
  ).trim();
  const message = ascii(`${program}: ${text(1)}:${call.lo(2) >>> 0}: ${text(3)}: Assertion \`${text(0)}' failed.\n`);
  let size = 100;
  let buffer = malloc(call, size);
  while (size <= message.length) {
    const bigger = malloc(call, 2 * size + 100);
    target.copy(bigger, buffer, size);
    target.free(buffer, 0);
    buffer = bigger;
    size = 2 * size + 100;
  }
  if (buffer !== 0) {
    writeBytes(target, buffer, message);
    target.store(buffer + message.length, 1, 0, 0);
    const needed = message.length + 1;
    if (size >> 1 <= needed) buffer = target.realloc(buffer, 0, needed, 0);
    else {
      const exact = malloc(call, needed);
      target.copy(exact, buffer, needed);
      target.free(buffer, 0);
      buffer = exact;
    }
  }
  target.write(2, message);
  const page = target.system.mmap(0, Math.ceil((message.length + 1) / PAGE) * PAGE, 3, 0x22);
  if (page > 0) {
    target.store(page, 4, Math.ceil((message.length + 1) / PAGE) * PAGE, 0);
    writeBytes(target, page + 4, message);
  }
  target.free(buffer, 0);
  return target.raise(SIGABRT, SI_TKILL, 0);
}

function exit(call: LibcCall): void {
  flushStdout(call);
  call.exit(call.lo(0));
}

const math1 = (compute: (x: number) => number) => (call: LibcCall) => call.returnReal(compute(call.real(0)));
const math2 = (compute: (x: number, y: number) => number) => (call: LibcCall) =>
  call.returnReal(compute(call.real(0), call.real(1)));

/** Rounds half away from zero. */
const roundAway = (x: number): number =>
  Number.isInteger(x) || !Number.isFinite(x) ? x : Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

export const stdlibFunctions = {
  exit,
  _exit: (call: LibcCall) => call.exit(call.lo(0)),
  _Exit: (call: LibcCall) => call.exit(call.lo(0)),
  abort: (call: LibcCall) => call.target.raise(SIGABRT, SI_TKILL, 0),
  __assert_fail: assertFail,
  abs: (call: LibcCall) => call.returnInt(call.lo(0) < 0 ? -call.lo(0) : call.lo(0)),
  labs: absolute,
  llabs: absolute,
  atoi: (call: LibcCall) => call.returnInt(Number(BigInt.asIntN(32, decimalArgument(call, call.wordBytes * 8)))),
  atol: (call: LibcCall) => call.returnLong(decimalArgument(call, call.wordBytes * 8)),
  atoll: (call: LibcCall) => call.returnLong(decimalArgument(call, 64)),
  atof: (call: LibcCall) =>
    call.returnReal(Number(/^[ \t-\r]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(textArgument(call))?.[1] ?? 0)),
  strtol: (call: LibcCall) => strtol(call, true, call.wordBytes * 8),
  strtoll: (call: LibcCall) => strtol(call, true, 64),
  strtoul: (call: LibcCall) => strtol(call, false, call.wordBytes * 8),
  strtoull: (call: LibcCall) => strtol(call, false, 64),
  rand: (call: LibcCall) => {
    if (call.target.load(call.layout.libcData + random.seeded, 4) === 0) seedRandom(call, 1);
    call.returnInt(nextRandom(call));
  },
  srand: (call: LibcCall) => seedRandom(call, call.lo(0)),
  getenv: (call: LibcCall) => call.returnWord(0),
  __errno_location: (call: LibcCall) => call.returnWord(errnoAddress(call)),
  write: (call: LibcCall) => {
    const bytes = readBytes(call.target, call.word(1), call.word(2));
    call.target.write(call.lo(0), bytes);
    call.returnWord(bytes.length);
  },
};

function absolute(call: LibcCall): void {
  const value = call.long(0);
  call.returnLong(value < 0n ? -value : value);
}

export const mathFunctions = {
  sqrt: math1(Math.sqrt),
  fabs: math1(Math.abs),
  floor: math1(Math.floor),
  ceil: math1(Math.ceil),
  round: math1(roundAway),
  trunc: math1(Math.trunc),
  sin: math1(Math.sin),
  cos: math1(Math.cos),
  exp: math1(Math.exp),
  log: math1(Math.log),
  pow: math2((x, y) => x ** y),
  fmod: math2((x, y) => x % y),
};
