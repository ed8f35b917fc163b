/** Time travel through C programs that drive the kernel hard, whatever their end: exit, SIGSEGV, a stack at its limit, the OOM killer. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { kernelCallNames } from "../../abi/api";
import { control } from "../../abi/control";
import { recordKind } from "../../abi/journal";
import { kernelRanges } from "../../abi/kernel";
import { kernelMarkById } from "../../abi/kernel-marks";
import { kernelReleases } from "../../abi/linux";
import { HEAP_WINDOW_SLOTS, machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { threadTable } from "../../abi/threads";
import type { MachineSettings } from "../../scenario/scenario";
import type { Machine } from "../machine";
import { runProgram, type Which, whole } from "./testing/run-program";
import type { Timeline, TimelineOptions } from "./timeline";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await WebAssembly.compile(readFileSync(new URL("../../../build/engine/engine.wasm", import.meta.url)));
});

const endings = {
  exit: "return 0;",
  guard: "area[0] = 1; mprotect(area, P, PROT_NONE); return area[0];",
  stack: "return deep(1 << 20);",
  killed: "for (;;) { char *p = malloc(100000); if (p) memset(p, 1, 100000); }",
  wild: "return *(volatile int *)8;",
  /** The same end where linear memory is smaller than RAM: equal pages share their bytes, and part again when they are written. */
  crowded:
    "for (int n = 0;; n++) { char *p = malloc(100000); if (p) memset(p, n % 3, 100000); if (p && held[n % 8]) held[n % 8][0] = 5; }",
} as const;
type Ending = keyof typeof endings;

const source = (seed: number, rounds: number, ending: Ending): string => `
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#define P 4096L
static unsigned dice = ${seed}u;
static int roll(int sides) { dice = dice * 1103515245u + 12345u; return (int)((dice >> 16) % (unsigned)sides); }
static int deep(int n) { volatile char room[2000]; room[0] = (char)n; return n ? deep(n - 1) + room[0] : 0; }
static char *held[8];
static void touch(char *p) { *(volatile char *)p = (char)roll(100); }
static int peek(char *p) { return *(volatile char *)p; }
static void *work(void *arg) {
  char *own = malloc(3000);
  memset(own, 7, 3000);
  deep(roll(30));
  free(own);
  return arg;
}
static int child(char *at) {
  touch(at);
  deep(roll(20));
  free(held[roll(8)]);
  char *own = malloc((size_t)roll(5000));
  if (own) touch(own);
  switch (roll(5)) {
  case 0: return *(volatile int *)8;
  case 1: free(own); free(own); return 1;
  case 2: { pthread_t t; if (!pthread_create(&t, NULL, work, at)) pthread_join(t, NULL); return 2; }
  case 3: { pid_t grandchild = fork(); touch(at); if (!grandchild) _exit(4); return 3; }
  default: return 0;
  }
}
int main(void) {
  int rw = PROT_READ | PROT_WRITE, anon = MAP_PRIVATE | MAP_ANONYMOUS;
  char *area = mmap(NULL, 64 * P, rw, anon, -1, 0);
  char *large = mmap(NULL, 1536 * P, rw, anon, -1, 0);
  char *common = mmap(NULL, 8 * P, rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < ${rounds}; i++) {
    char *at = area + roll(48) * P;
    int some = 1 + roll(8), slot = roll(8);
    mprotect(at, some * P, rw);
    switch (roll(17)) {
    case 0: touch(at); break;
    case 1: peek(at); touch(at); break;
    case 2: madvise(at, some * P, MADV_DONTNEED); break;
    case 3: touch(at); madvise(at, some * P, MADV_FREE); touch(at); break;
    case 4: mprotect(at, some * P, PROT_READ); peek(at); break;
    case 5: munmap(at, some * P); mmap(at, some * P, rw, anon | MAP_FIXED, -1, 0); break;
    case 6: madvise(large, 1024 * P, MADV_HUGEPAGE); touch(large + roll(1024) * P); break;
    case 7: madvise(large + roll(1024) * P, some * P, MADV_DONTNEED); break;
    case 8: touch(common + roll(8) * P); break;
    case 9: { char *p = mmap(NULL, some * P, rw, anon, -1, 0); touch(p); p = mremap(p, some * P, (some + 3) * P, MREMAP_MAYMOVE); peek(p); break; }
    case 10: deep(roll(120)); break;
    case 11: free(held[slot]); held[slot] = calloc(1, (size_t)roll(200000)); break;
    case 13: case 14: { pid_t c = fork(); if (!c) _exit(child(at)); if (roll(2)) touch(at); if (roll(2)) waitpid(c, NULL, 0); break; }
    case 15: { pid_t c = vfork(); if (!c) { touch(at); _exit(0); } break; }
    case 12: if (malloc((size_t)1 << 62)) return 9; break;
    default: { pthread_t t; if (!pthread_create(&t, NULL, work, at)) pthread_join(t, NULL); }
    }
  }
  mprotect(area, 64 * P, rw);
  while (wait(NULL) > 0) { }
  ${endings[ending]}
}`;

/** Little RAM, so that it can run out. */
const run = (which: Which, text: string, settings: Partial<MachineSettings>, options: TimelineOptions, capacity?: number) =>
  runProgram(module, which, text, { ramMiB: 16, ...settings }, options, capacity);

/** Everything that must be a function of the cursor, of whichever of the two runs used more of it. */
function stateOf({ bytes }: Machine): number {
  const words = new Uint32Array(bytes.buffer);
  let hash = 0;
  const mix = (from: number, to: number): void => {
    for (let at = from >>> 2; at < to >>> 2; at++) {
      const word = words[at] ?? 0;
      if (word !== 0) hash = Math.imul(hash ^ word ^ at, 0x9e37_79b1) ^ (hash >>> 15);
    }
  };
  mix(machineMemory.control + control.stop, machineMemory.control + control.resultHi);
  mix(machineMemory.control + control.cFrame, machineMemory.control + control.threadArena + 16);
  mix(machineMemory.control + control.process, machineMemory.control + control.threadProcess + threadTable.rows * 4);
  mix(threadTable.at, threadTable.at + threadTable.rows * threadTable.stride);
  for (const [from, to] of kernelRanges(bytes)) mix(from, to);
  const slots = machineMemory.frames;
  mix(slots, slots + 0x1000 * PAGE_SIZE);
  mix(slots + HEAP_WINDOW_SLOTS * PAGE_SIZE, slots + (HEAP_WINDOW_SLOTS + 0x1000) * PAGE_SIZE);
  return hash;
}

const statuses: Readonly<Record<Ending, string>> = {
  exit: "exited",
  guard: "signal",
  stack: "signal",
  killed: "outOfMemory",
  wild: "signal",
  crowded: "outOfMemory",
};
const names = Object.keys(endings).filter((name): name is Ending => name in endings);
const runs = Number(process.env["HEAPGLASS_LAW_RUNS"] ?? 1);

/** Calls of the kernel come one after the other, each with what it came to; only one that the process died in may say nothing of its end. */
function checkKernelTrack({ index, journal, last }: Timeline): void {
  const { at, end, call, cause } = index.kernel();
  expect(at.length).toBeGreaterThan(10);
  for (let i = 0; i < at.length; i++) {
    const [begin = 0, until = 0] = [at[i], end[i]];
    expect(until).toBeGreaterThan(begin);
    expect(until).toBeLessThanOrEqual(at[i + 1] ?? last);
    expect(journal.kind(begin)).toBe(recordKind.syscallBegin);
    expect(journal.kind(until - 1)).toBe(recordKind.syscallEnd);
    if (call[i] === kernelCallNames.indexOf("page_fault")) expect(kernelMarkById(cause[i] ?? 0)?.level).toBe("phase");
  }
}

describe.each(names)("time travel through a program that drives the kernel, ending: %s", (ending) => {
  const plan = fc.record({
    seed: fc.nat(100_000),
    rounds: fc.integer({ min: 20, max: 60 }),
    kernel: fc.constantFrom(...kernelReleases),
    abi: fc.constantFrom("amd64" as const, "amd64" as const, "i386" as const),
    capacity: fc.integer({ min: 60_000, max: 150_000 }),
    where: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 3 }),
  });

  it("a cursor shows the same from either side, from the whole journal, and run again from a checkpoint", () => {
    fc.assert(
      fc.property(plan, ({ seed, rounds, kernel, abi, capacity, where }) => {
        const text = source(seed, rounds, ending);
        const few = ending === "crowded";
        const a = run(few ? 2 : 0, text, { kernel, abi }, whole);
        const b = run(few ? 3 : 1, text, { kernel, abi }, { checkpointRecords: 40_000, checkpointBytes: 1 << 26 }, capacity);
        expect([a.timeline.status, b.timeline.status]).toEqual([statuses[ending], statuses[ending]]);
        expect([b.timeline.first, b.timeline.last]).toEqual([a.timeline.first, a.timeline.last]);
        const { first, last } = a.timeline;
        expect(b.timeline.index.kernel()).toEqual(a.timeline.index.kernel());
        checkKernelTrack(a.timeline);
        const end = stateOf(a.machine);
        expect(stateOf(b.machine)).toBe(end);
        const cursors = [last - 1, first, ...where.map((share) => Math.floor(first + share * (last - first))), last];
        for (const cursor of cursors) {
          expect([a.timeline.seek(cursor), b.timeline.seek(cursor)]).toEqual([cursor, cursor]);
          expect(stateOf(b.machine), `${cursor} of ${first} … ${last}`).toBe(stateOf(a.machine));
        }
        expect(stateOf(a.machine)).toBe(end);
      }),
      { numRuns: runs },
    );
  });
});
