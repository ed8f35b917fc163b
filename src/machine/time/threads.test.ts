/** C programs with threads over the real allocator and kernel: schedules, contention, and time travel through both. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { control } from "../../abi/control";
import { kernelRanges } from "../../abi/kernel";
import { machineMemory } from "../../abi/machine-memory";
import type { Schedule } from "../../abi/schedule";
import { threadState, threadTable } from "../../abi/threads";
import { gccMissing } from "../../clang/testing/gcc";
import type { MachineSettings } from "../../scenario/scenario";
import type { Machine } from "../machine";
import { destination } from "./moves";
import { processOf, runProgram, timelineOf, whole } from "./testing/run-program";
import type { Timeline } from "./timeline";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await WebAssembly.compile(readFileSync(new URL("../../../build/engine/engine.wasm", import.meta.url)));
});

const open = (which: 0 | 1, source: string, settings: Partial<MachineSettings>, options = whole, capacity?: number) =>
  runProgram(module, which, source, settings, options, capacity);

const output = ({ index }: Timeline) => index.output.map(({ text }) => text).join("");

/** Hash of everything that must be a function of the cursor. */
function stateOf({ bytes, kernel }: Machine): number {
  let hash = 0;
  const mix = (from: number, to: number) => {
    const words = new Uint32Array(bytes.buffer, from, (to - from) / 4);
    for (let i = 0; i < words.length; i++) {
      const word = words[i] ?? 0;
      if (word !== 0) hash = Math.imul(hash ^ word ^ i, 0x9e37_79b1) ^ (hash >>> 15);
    }
  };
  mix(machineMemory.control + control.stop, machineMemory.control + control.resultHi);
  mix(machineMemory.control + control.cFrame, machineMemory.control + control.threadArena + 16);
  mix(threadTable.at, threadTable.at + threadTable.rows * threadTable.stride);
  for (const [from, to] of kernelRanges(bytes)) mix(from, to);
  mix(machineMemory.frames, machineMemory.frames + kernel.used.window * 4096);
  mix(machineMemory.frames + 0x4000 * 4096, machineMemory.frames + kernel.used.pool * 4096);
  return hash;
}

const headers = "#include <pthread.h>\n#include <sched.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n";

/** Threads that share a list under a lock, allocate, and free what others allocated. */
const shared = (threads: number, rounds: number) => `${headers}
struct node { struct node *next; long value; char *text; };
static struct node *list;
static long total;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *work(void *arg) {
  long id = (long)arg;
  for (int i = 0; i < ${rounds}; i++) {
    struct node *n = malloc(sizeof *n);
    n->value = id * 100 + i;
    n->text = malloc(24 + (id * 37 + i * 113) % 2000);
    strcpy(n->text, "text");
    pthread_mutex_lock(&lock);
    n->next = list; list = n;
    pthread_mutex_unlock(&lock);
    if (i % 3 == 2) sched_yield();
    pthread_mutex_lock(&lock);
    struct node *got = list;
    if (got) list = got->next;
    pthread_mutex_unlock(&lock);
    if (got) {
      pthread_mutex_lock(&lock);
      total += got->value + (got->text[0] == 't');
      pthread_mutex_unlock(&lock);
      free(got->text); free(got);
    }
  }
  return (void *)id;
}
int main(void) {
  pthread_t t[${threads}]; long sum = 0;
  for (long i = 0; i < ${threads}; i++) if (pthread_create(&t[i], NULL, work, (void *)(i + 1))) return 9;
  for (int i = 0; i < ${threads}; i++) { void *r; pthread_join(t[i], &r); sum += (long)r; }
  while (list) { struct node *n = list; list = n->next; total += n->value + 1; free(n->text); free(n); }
  printf("%ld %ld\\n", total, sum);
  return 0;
}`;

const turn = fc.record({ thread: fc.nat(5), until: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant("malloc" as const)) });
const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constantFrom<Schedule>({ kind: "run" }, { kind: "random" }),
  fc.integer({ min: 1, max: 12 }).map((statements): Schedule => ({ kind: "turns", statements })),
  fc.array(turn, { maxLength: 60 }).map((turns): Schedule => ({ kind: "list", turns })),
);

describe("threads of a C program", () => {
  it("compute the same under every schedule, pauses inside malloc included, and leave no bracket open", {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(schedules, fc.nat(1000), fc.constantFrom("", "1", "2"), (schedule, seed, arenas) => {
        const environment: Record<string, string> = arenas === "" ? {} : { MALLOC_ARENA_MAX: arenas };
        const { timeline } = open(0, shared(3, 6), { schedule, seed, environment });
        expect(timeline.status).toBe("exited");
        expect(output(timeline)).toBe("3663 6\n");
        expect(timeline.index.operations.every(({ finished }) => finished)).toBe(true);
        expect(timeline.index.bracketDepth.at(timeline.index.bracketDepth.length - 1)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it("seek(a); seek(b) shows what seek(b) shows, from a small ring as from the whole journal", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(
        schedules,
        fc.nat(1000),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 10 }),
        (schedule, seed, shares) => {
          const settings = { schedule, seed };
          const a = open(0, shared(3, 12), settings);
          const b = open(1, shared(3, 12), settings, { checkpointRecords: 1500, checkpointBytes: 1 << 24 }, 6000);
          expect(b.timeline.status).toBe(a.timeline.status);
          expect(b.timeline.last).toBe(a.timeline.last);
          expect(b.timeline.index.operations).toEqual(a.timeline.index.operations);
          for (const share of shares) {
            const cursor = Math.floor(a.timeline.first + share * (a.timeline.last - a.timeline.first));
            expect(a.timeline.seek(cursor)).toBe(cursor);
            expect(b.timeline.seek(cursor)).toBe(cursor);
            expect(stateOf(b.machine)).toBe(stateOf(a.machine));
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it("go on after their budget was extended as if it had been large from the start", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 200, max: 3000 }), (schedule, pace) => {
        const a = open(0, shared(2, 8), { schedule });
        // The second run is cut into budgets.
        const c = processOf(module, 1, shared(2, 8), { schedule });
        const timeline = timelineOf(c);
        for (let budget = pace; timeline.status === null || timeline.status === "budget"; budget += pace) {
          timeline.setBudget(budget);
          while (timeline.slice(100) === null);
        }
        expect(timeline.status).toBe("exited");
        expect(timeline.index.operations).toEqual(a.timeline.index.operations);
        expect(timeline.index.statements()).toEqual(a.timeline.index.statements());
        expect(stateOf(c.machine)).toBe(stateOf(a.machine));
      }),
      { numRuns: 8 },
    );
  });

  it("leave a ledger that adds up: all that is not top is in use or free, and after all was freed little is in use", () => {
    const { timeline } = open(0, shared(3, 8), { schedule: { kind: "turns", statements: 4 } });
    const { inUse, freeInBins, top } = timeline.index.ledger();
    const end = inUse.length - 1;
    // tcache and stdout's buffer, a tcache and a dtv a thread.
    expect(inUse[end]).toBeGreaterThan(0x290 + 0x410);
    expect(inUse[end]).toBeLessThan(0x290 + 0x410 + 3 * (0x8d0 + 0x290 + 0x120));
    // What is missing to whole pages is the headers of the three arenas: heap_info and malloc_state.
    expect(((inUse[end] ?? 0) + (freeInBins[end] ?? 0) + (top[end] ?? 0) + 3 * 0x8d0) % 0x1000).toBe(0);
    for (const column of [inUse, freeInBins, top]) expect(column.every((bytes) => bytes >= 0)).toBe(true);
  });

  it.each([
    ["2.31", "i386"],
    ["2.36", "i386"],
    ["2.42", "i386"],
    ["2.23", "amd64"],
    ["2.31", "amd64"],
    ["2.43", "amd64"],
  ] as const)("run with glibc %s on %s", { timeout: 30_000 }, (glibc, abi) => {
    for (const schedule of [{ kind: "run" }, { kind: "turns", statements: 3 }] as const) {
      const { timeline } = open(0, shared(3, 6), { glibc, abi, schedule });
      expect(timeline.status).toBe("exited");
      expect(output(timeline)).toBe("3663 6\n");
      expect(timeline.index.operations.some(({ name }) => name !== "")).toBe(true);
    }
  });

  it("wait for an arena whose lock a paused thread holds, or go to another arena where there may be one", () => {
    const source = `${headers}
static void *work(void *name) { char *p = malloc(5000); puts((char *)name); free(p); return NULL; }
int main(void) {
  pthread_t a, b;
  setbuf(stdout, NULL);
  pthread_create(&a, NULL, work, "a");
  pthread_create(&b, NULL, work, "b");
  pthread_join(a, NULL); pthread_join(b, NULL);
}`;
    const turns = [
      { thread: 0, until: 3 },
      { thread: 1, until: "malloc" as const },
      { thread: 2, until: 1000 },
      { thread: 1, until: 1000 },
    ];
    const schedule: Schedule = { kind: "list", turns };
    expect(output(open(0, source, { schedule }).timeline)).toBe("b\na\n");
    const waited = open(0, source, { schedule, environment: { MALLOC_ARENA_MAX: "1" } }).timeline;
    expect(output(waited)).toBe("a\nb\n");
    expect(waited.index.operations.map(({ api, thread }) => `${api} ${thread}`)).toEqual([
      "malloc 1",
      "free 1",
      "malloc 2",
      "free 2",
    ]);
  });

  it("say at a deadlock who waits for what", () => {
    const { timeline, machine } = open(
      0,
      `${headers}
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static void *other(void *p) { pthread_mutex_lock(&b); sched_yield(); pthread_mutex_lock(&a); return p; }
int main(void) { pthread_t t; pthread_create(&t, NULL, other, NULL); pthread_mutex_lock(&a); sched_yield(); pthread_mutex_lock(&b); return 0; }`,
      {},
    );
    expect(timeline.status).toBe("deadlock");
    const view = new DataView(machine.memory.buffer, threadTable.at);
    const [first, second] = [0, 1].map((row) => row * threadTable.stride);
    for (const row of [first, second]) expect(view.getUint32((row ?? 0) + threadTable.state, true)).toBe(threadState.locking);
    expect(view.getBigUint64(threadTable.waitAddr, true)).not.toBe(view.getBigUint64((second ?? 0) + threadTable.waitAddr, true));
  });

  it("are stepped over in their own thread", () => {
    const { timeline } = open(0, shared(3, 4), { schedule: { kind: "turns", statements: 2 } });
    const over = { kind: "over", level: "statement", direction: 1 } as const;
    let moved = 0;
    for (let i = 40; i < timeline.index.statementAt.length; i += 25) {
      const cursor = timeline.index.statementAt.at(i) + 1;
      const next = destination(timeline, cursor, over);
      if (next === timeline.last) continue;
      expect(timeline.index.threadAtCursor(next)).toBe(timeline.index.threadAtCursor(cursor));
      moved++;
    }
    expect(moved).toBeGreaterThan(3);
  });
});

const missing = gccMissing();
describe.skipIf(missing !== null)(`threads against gcc -pthread${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it("print what the real program prints where that does not depend on its schedule", { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "threads-"));
    try {
      for (const [n, source] of [shared(1, 20), shared(4, 9), shared(2, 30)].entries()) {
        writeFileSync(join(folder, "p.c"), source);
        const built = spawnSync("gcc", ["-w", "-pthread", "-o", join(folder, "p"), join(folder, "p.c")], { encoding: "utf8" });
        expect(built.stderr).toBe("");
        const ran = spawnSync(join(folder, "p"), { encoding: "utf8" });
        expect(output(open(0, source, { schedule: { kind: "turns", statements: 3 } }).timeline), `program ${n}`).toBe(ran.stdout);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
