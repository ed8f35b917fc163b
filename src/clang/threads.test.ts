import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Schedule } from "../abi/schedule";
import { libcFunctions } from "../libc";
import { createInterpreter } from "./interpreter";
import { createFakeTarget, loadProgram } from "./testing/fake-target";
import { mustCompile, runSource } from "./testing/run-program";

const headers = "#include <pthread.h>\n#include <sched.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n";

/** Threads that add numbers under a lock, in pieces. */
const sum = (threads: number, rounds: number) => `${headers}
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long total;
static void *add(void *arg) {
  long mine = (long)arg;
  for (int i = 0; i < ${rounds}; i++) {
    pthread_mutex_lock(&lock);
    long seen = total;
    if (i % 3 == 0) sched_yield();
    total = seen + mine;
    pthread_mutex_unlock(&lock);
  }
  return (void *)(mine * 10);
}
int main(void) {
  pthread_t t[${threads}];
  long results = 0;
  for (long i = 0; i < ${threads}; i++) pthread_create(&t[i], NULL, add, (void *)(i + 1));
  for (int i = 0; i < ${threads}; i++) {
    void *result;
    results += pthread_join(t[i], &result) * 1000;
    results += (long)result;
  }
  printf("%ld %ld\\n", total, results);
  return 0;
}`;

const turn = fc.record({ thread: fc.nat(6), until: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant("malloc" as const)) });
const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constantFrom<Schedule>({ kind: "run" }, { kind: "random" }),
  fc.integer({ min: 1, max: 20 }).map((statements): Schedule => ({ kind: "turns", statements })),
  fc.array(turn, { maxLength: 60 }).map((turns): Schedule => ({ kind: "list", turns })),
);

const run = (source: string, schedule?: Schedule, seed?: number) => runSource(source, 20_000_000, undefined, schedule, seed);

describe("threads", () => {
  it("give the same sum under every schedule when they lock properly", () => {
    fc.assert(
      fc.property(
        schedules,
        fc.nat(1000),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        (schedule, seed, n, rounds) => {
          const { stdout, outcome } = run(sum(n, rounds), schedule, seed);
          const each = (n * (n + 1)) / 2;
          expect(outcome).toEqual({ kind: "exited", code: 0 });
          expect(stdout).toBe(`${each * rounds} ${each * 10}\n`);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("run the same way twice, whatever the schedule", () => {
    const source = sum(3, 5);
    fc.assert(
      fc.property(schedules, fc.nat(1000), (schedule, seed) => {
        const traces = [1, 2].map(() => {
          const program = mustCompile(source);
          const target = createFakeTarget();
          target.traceStatements = true;
          createInterpreter(program, target, loadProgram(target, program), libcFunctions, schedule, seed).run();
          return { trace: target.trace, switches: target.switches, steps: target.steps };
        });
        expect(traces[0]).toEqual(traces[1]);
      }),
      { numRuns: 30 },
    );
  });

  it("go on after any stop as if nothing had been, registers taken from memory", () => {
    const source = sum(3, 4);
    fc.assert(
      fc.property(schedules, fc.nat(1000), fc.integer({ min: 1, max: 40 }), (schedule, seed, pace) => {
        const whole = run(source, schedule, seed);
        const program = mustCompile(source);
        const target = createFakeTarget();
        const layout = loadProgram(target, program);
        target.budget = pace;
        let outcome = createInterpreter(program, target, layout, libcFunctions, schedule, seed).run();
        for (let turns = 0; outcome.kind === "stopped" && turns < 100_000; turns++) {
          target.budget = target.steps + pace;
          outcome = createInterpreter(program, target, layout, libcFunctions, schedule, seed).resume();
        }
        expect(outcome).toEqual(whole.outcome);
        expect(target.output.map((o) => o.text).join("")).toBe(whole.stdout);
        expect(target.switches).toEqual(whole.target.switches);
        expect(target.steps).toBe(whole.target.steps);
      }),
      { numRuns: 40 },
    );
  });

  it("lose updates without a lock when the schedule interleaves them", () => {
    const racy = sum(2, 5).replace(/pthread_mutex_(un)?lock\(&lock\);/g, ";");
    expect(run(racy).stdout).not.toBe(run(racy.replace("if (i % 3 == 0) sched_yield();", ""), { kind: "run" }).stdout);
  });

  it("run by turns of the schedule", () => {
    const source = `${headers}
static void *say(void *name) { for (int i = 0; i < 3; i++) putchar(*(char *)name); return NULL; }
int main(void) {
  pthread_t a, b;
  pthread_create(&a, NULL, say, "a");
  pthread_create(&b, NULL, say, "b");
  pthread_join(a, NULL); pthread_join(b, NULL);
  putchar('\\n');
}`;
    expect(run(source).stdout).toBe("aaabbb\n");
    expect(run(source, { kind: "turns", statements: 2 }).stdout).toBe("ababab\n");
    const turns = [
      { thread: 0, until: 2 },
      { thread: 2, until: 5 },
      { thread: 1, until: 5 },
      { thread: 2, until: 99 },
    ];
    expect(run(source, { kind: "list", turns }).stdout).toBe("babbaa\n");
  });

  it.each([
    ["a lock taken twice", "pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER; pthread_mutex_lock(&m); pthread_mutex_lock(&m);"],
    [
      "a thread that is never let go",
      "pthread_mutex_lock(&first); pthread_create(&t, NULL, cross, NULL); pthread_join(t, NULL);",
    ],
  ])("that wait for ever are told: %s", (_, body) => {
    const { outcome, target } = run(`${headers}static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static void *cross(void *p) { pthread_mutex_lock(&first); return p; }
int main(void) { pthread_t t; ${body} return 0; }`);
    expect(outcome).toEqual({ kind: "stopped" });
    expect(target.deadlocked).toBe(true);
  });

  it("of which the last ends the process, when main has left by pthread_exit", () => {
    const { stdout, outcome, target } = run(`${headers}
static void *late(void *p) { usleep(10); puts("late"); pthread_exit(p); }
int main(void) { pthread_t t; pthread_create(&t, NULL, late, NULL); pthread_detach(t); puts("main"); pthread_exit(NULL); }`);
    expect(stdout).toBe("main\nlate\n");
    expect(outcome).toEqual({ kind: "exited", code: 0 });
    expect(target.switches).toEqual(["create 1", "run 1"]);
  });

  it("give pthread_join what they returned, and an error for what cannot be joined", () => {
    const { stdout } = run(`${headers}
static void *id(void *p) { return p; }
int main(void) {
  pthread_t t; void *r = NULL;
  pthread_create(&t, NULL, id, (void *)0x1234567890L);
  int first = pthread_join(t, &r), again = pthread_join(t, &r), self = pthread_join(pthread_self(), NULL);
  printf("%d %p %d %d %d\\n", first, r, again, self, pthread_join(99, NULL));
  pthread_create(&t, NULL, id, NULL); pthread_detach(t);
  printf("%d\\n", pthread_join(t, NULL));
}`);
    expect(stdout).toBe("0 0x1234567890 3 35 3\n22\n");
  });

  it("pause inside malloc while others run, and go on from there", () => {
    const source = `${headers}
static void *work(void *p) { char *q = malloc(40); puts((char *)p); free(q); return NULL; }
int main(void) {
  pthread_t a, b;
  pthread_create(&a, NULL, work, "a");
  pthread_create(&b, NULL, work, "b");
  pthread_join(a, NULL); pthread_join(b, NULL);
}`;
    const { stdout, target } = run(source, {
      kind: "list",
      turns: [
        { thread: 0, until: 2 },
        { thread: 1, until: "malloc" },
        { thread: 2, until: 1000 },
      ],
    });
    expect(stdout).toBe("b\na\n");
    expect(target.switches.slice(0, 6)).toEqual(["create 1", "create 2", "run 1", "hold", "run 2", "exit"]);
    expect(target.switches).toContain("release 1");
  });
});
