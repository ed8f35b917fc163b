/** gcc as the judge of what a C program prints. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Judged {
  readonly output: string;
  readonly status: number;
}

/** Why there is no gcc to ask, or null when there is. */
export function gccMissing(): string | null {
  const found = spawnSync("gcc", ["-dumpmachine"], { encoding: "utf8" });
  if (found.status !== 0) return "no gcc on this machine";
  return found.stdout.startsWith("x86_64") ? null : `gcc compiles for ${found.stdout.trim()}, not x86-64`;
}

const includes = ["stdio.h", "stdlib.h", "string.h", "stdint.h", "limits.h", "malloc.h", "unistd.h"]
  .map((h) => `#include <${h}>`)
  .join("\n");
export const preamble = `${includes}\n`;

const helper32 = "static unsigned long long bits(double d) { unsigned long long u; memcpy(&u, &d, sizeof u); return u; }";
/** What programs for i386 find before them; their printf knows integers, %s and %c. */
export const preamble32 = `${preamble}${helper32}\n`;

/** A 32-bit gcc often comes without its libraries: enough of them to run a program and see what it prints. */
const runtime32 = `
typedef unsigned int size_t; typedef unsigned long long u64; typedef long long s64;
static char buffer[1 << 16]; static unsigned used;
static void put(char c) { if (used < sizeof buffer) buffer[used++] = c; }
void *memcpy(void *to, const void *from, size_t n) { char *t = to; const char *f = from; while (n--) *t++ = *f++; return to; }
void *memset(void *to, int c, size_t n) { char *t = to; while (n--) *t++ = c; return to; }
u64 __udivmoddi4(u64 a, u64 b, u64 *rest) {
  u64 q = 0, r = 0;
  for (int i = 63; i >= 0; i--) { r = r << 1 | (a >> i & 1); if (r >= b) { r -= b; q |= 1ULL << i; } }
  if (rest) *rest = r;
  return q;
}
u64 __udivdi3(u64 a, u64 b) { return __udivmoddi4(a, b, 0); }
u64 __umoddi3(u64 a, u64 b) { u64 r; __udivmoddi4(a, b, &r); return r; }
s64 __divdi3(s64 a, s64 b) { u64 q = __udivmoddi4(a < 0 ? -a : a, b < 0 ? -b : b, 0); return (a < 0) != (b < 0) ? -q : q; }
s64 __moddi3(s64 a, s64 b) { u64 r; __udivmoddi4(a < 0 ? -a : a, b < 0 ? -b : b, &r); return a < 0 ? -r : r; }
u64 __fixunsdfdi(double x) { unsigned hi = x / 4294967296.0; return (u64)hi << 32 | (unsigned)(x - hi * 4294967296.0); }
u64 __fixunssfdi(float x) { return __fixunsdfdi(x); }
static void number(u64 value, int base) { if (value / base) number(value / base, base); put("0123456789abcdef"[value % base]); }
int printf(const char *format, ...) {
  __builtin_va_list list; __builtin_va_start(list, format);
  for (; *format; format++) {
    if (*format != '%') { put(*format); continue; }
    int wide = 0; format++;
    while (*format == 'l' || *format == 'z') wide += *format++ == 'l';
    if (*format == 's') { for (char *s = __builtin_va_arg(list, char *); *s; s++) put(*s); continue; }
    if (*format == 'c') { put(__builtin_va_arg(list, int)); continue; }
    u64 value = wide > 1 ? __builtin_va_arg(list, u64) : *format == 'd' ? (u64)__builtin_va_arg(list, int) : __builtin_va_arg(list, unsigned);
    if (*format == 'd' && (s64)value < 0) { put('-'); value = -value; }
    number(value, *format == 'x' ? 16 : 10);
  }
  __builtin_va_end(list);
  return 0;
}
static int call(int number, int a, const void *b, int c) { int r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory"); return r; }
int which(int n);
void begin(int *stack) {
  int n = 0; for (char *at = ((char **)stack)[2]; *at; at++) n = n * 10 + *at - '0';
  int status = which(n);
  call(4, 1, buffer, used); call(1, status, 0, 0);
}
__asm__(".globl _start\\n_start: mov %esp, %eax\\n and $-16, %esp\\n sub $12, %esp\\n push %eax\\n call begin\\n");
`;
const declarations32 = "int printf(const char *, ...); void *memcpy(void *, const void *, unsigned);";
const flags32 = [
  "-m32",
  "-msse2",
  "-mfpmath=sse",
  "-ffreestanding",
  "-nostdlib",
  "-static",
  "-fno-pie",
  "-no-pie",
  "-fno-stack-protector",
];

/** Why programs for i386 cannot be judged here, or null when they can. */
export function gcc32Missing(): string | null {
  const missing = gccMissing();
  if (missing !== null) return missing;
  try {
    const [ran] = judge32(["int p0_main(void) { return (int)sizeof(long); }"], (n) => `p${n}_`);
    return ran?.status === 4 ? null : "no 32-bit programs run on this machine";
  } catch {
    return "gcc has no -m32 on this machine";
  }
}

/** As `judge`, for i386. */
export function judge32(programs: readonly string[], prefix: (n: number) => string): Judged[] {
  const cases = programs.map((_, n) => `case ${n}: return ${prefix(n)}main();`).join(" ");
  const which = `int which(int n) { switch (n) { ${cases} } return 255; }`;
  const folder = mkdtempSync(join(tmpdir(), "judge-"));
  try {
    writeFileSync(join(folder, "all.c"), [declarations32, helper32, ...programs, which].join("\n"));
    writeFileSync(join(folder, "runtime.c"), runtime32);
    const files = ["-o", join(folder, "all"), join(folder, "all.c"), join(folder, "runtime.c")];
    const built = spawnSync("gcc", ["-std=gnu17", "-O0", "-w", "-fwrapv", ...flags32, ...files], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(`gcc refused: ${built.stderr.slice(0, 2000)}`);
    return runEach(join(folder, "all"), programs.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runEach(binary: string, count: number): Judged[] {
  return Array.from({ length: count }, (_, n) => {
    const ran = spawnSync(binary, [String(n)], { encoding: "latin1", timeout: 10_000 });
    return { output: ran.stdout, status: ran.status ?? -1 };
  });
}

/** Compiles all programs into one binary and runs each: program n has the entry `int Pn_main(void)`, with P the prefix. */
export function judge(programs: readonly string[], prefix: (n: number) => string): Judged[] {
  const folder = mkdtempSync(join(tmpdir(), "judge-"));
  try {
    const source = join(folder, "all.c");
    const binary = join(folder, "all");
    const cases = programs.map((_, n) => `case ${n}: return ${prefix(n)}main();`).join(" ");
    const driver = `int main(int argc, char **argv) { switch (atoi(argv[1])) { ${cases} } return 255; }`;
    writeFileSync(source, [preamble, ...programs, driver].join("\n"));
    const built = spawnSync("gcc", ["-std=gnu17", "-O0", "-w", "-fwrapv", "-o", binary, source, "-lm"], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(`gcc refused: ${built.stderr.slice(0, 2000)}`);
    return runEach(binary, programs.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
