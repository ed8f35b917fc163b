/** C programs of several processes over the real allocator and kernel: what they print, how they end, and what they share. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { gccMissing } from "../../clang/testing/gcc";
import { decodeThreads } from "../../decode/threads";
import { runProgram } from "./testing/run-program";
import type { Timeline } from "./timeline";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await WebAssembly.compile(readFileSync(new URL("../../../build/engine/engine.wasm", import.meta.url)));
});

const output = ({ index }: Timeline): string => index.output.map(({ text }) => text).join("");

const headers = `#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
`;

/** Nothing of what they print depends on who runs first. */
const programs: Readonly<Record<string, string>> = {
  "memory, exit status and a buffer that both write out": `
int global = 5;
int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  char *text = malloc(100);
  int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  strcpy(text, "parent");
  printf("written twice; ");
  pid_t child = fork();
  if (child == 0) {
    strcpy(text, "child");
    global = 7;
    *shared = 42;
    free(malloc(5000));
    printf("%s %d %d\\n", text, global, getppid() != getpid());
    exit(259);
  }
  int status = 0;
  pid_t got = wait(&status);
  printf("%d %d %d; %s %d %d\\n", got == child, WIFEXITED(status), WEXITSTATUS(status), text, global, *shared);
  return 0;
}`,
  "children that die": `
int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  char *p = malloc(40);
  for (int way = 0; way < 4; way++) {
    int status;
    if (fork() == 0) {
      if (way == 0) *(volatile int *)8 = 1;
      if (way == 1) { free(p); free(p); }
      if (way == 2) abort();
      _exit(way);
    }
    wait(&status);
    printf("%d: %d %d\\n", way, WIFSIGNALED(status), WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  }
  free(p);
  int last = wait(NULL);
  printf("%d %d\\n", last, errno == ECHILD);
  return 0;
}`,
  "several children, each asked for by its pid, and one not yet there": `
int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  int shared_memory = 0, status;
  pid_t pids[5];
  for (int i = 0; i < 5; i++)
    if ((pids[i] = fork()) == 0) {
      for (int k = 0; k < 3; k++) free(malloc(1000 * i));
      _exit(10 + i);
    }
  for (int i = 4; i >= 0; i--) {
    pid_t got = waitpid(pids[i], &status, 0);
    printf("%d %d\\n", got == pids[i], WEXITSTATUS(status));
  }
  printf("%d %d\\n", waitpid(pids[0], &status, 0), waitpid(-1, &status, WNOHANG));
  pid_t v = vfork();
  if (v == 0) { shared_memory = 99; _exit(6); }
  pid_t last = waitpid(v, &status, 0);
  printf("%d %d %d\\n", shared_memory, last == v, WEXITSTATUS(status));
  return 0;
}`,
  "a process forked by a thread has that thread only": `
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *inner(void *arg) { free(malloc(70)); return (char *)arg + 1; }
static void *work(void *arg) {
  int status;
  char *block = malloc(500);
  pthread_t self = pthread_self();
  if (fork() == 0) {
    void *result;
    pthread_t t;
    free(block);
    if (!pthread_equal(self, pthread_self())) _exit(1);
    pthread_create(&t, NULL, inner, (void *)8);
    pthread_join(t, &result);
    _exit((int)(long)result);
  }
  wait(&status);
  pthread_mutex_lock(&lock);
  printf("%d\\n", WEXITSTATUS(status));
  pthread_mutex_unlock(&lock);
  free(block);
  return NULL;
}
int main(void) {
  pthread_t a, b;
  setvbuf(stdout, NULL, _IOLBF, 0);
  pthread_create(&a, NULL, work, NULL);
  pthread_join(a, NULL);
  pthread_create(&b, NULL, work, NULL);
  pthread_join(b, NULL);
  return 0;
}`,
};

const expected: Readonly<Record<string, string>> = {
  "memory, exit status and a buffer that both write out": "written twice; child 7 1\nwritten twice; 1 1 3; parent 5 42\n",
  "children that die": "0: 1 11\nfree(): double free detected in tcache 2\n1: 1 6\n2: 1 6\n3: 0 3\n-1 1\n",
  "several children, each asked for by its pid, and one not yet there": "1 14\n1 13\n1 12\n1 11\n1 10\n-1 -1\n99 1 6\n",
  "a process forked by a thread has that thread only": "9\n9\n",
};

describe.each(Object.keys(programs))("%s", (name) => {
  const source = headers + (programs[name] ?? "");

  it.each(["amd64", "i386"] as const)("comes out as it should (%s)", (abi) => {
    const { timeline } = runProgram(module, 0, source, { abi });
    expect([timeline.status, output(timeline)]).toEqual(["exited", expected[name]]);
  });

  it("does so whatever the schedule", () => {
    const schedules = [{ kind: "random" as const }, { kind: "turns" as const, statements: 2 }];
    for (const schedule of schedules) {
      const { timeline } = runProgram(module, 0, source, { schedule, seed: 5 });
      const lines = (text: string | undefined): string[] => (text ?? "").split("\n").toSorted();
      expect([timeline.status, lines(output(timeline))], schedule.kind).toEqual(["exited", lines(expected[name])]);
    }
  });

  it.skipIf(gccMissing() !== null)("comes out the same with gcc", { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "fork-"));
    try {
      writeFileSync(join(folder, "p.c"), source);
      const built = spawnSync("gcc", ["-w", "-pthread", "-o", join(folder, "p"), join(folder, "p.c")], { encoding: "utf8" });
      expect(built.stderr).toBe("");
      const real = spawnSync("sh", ["-c", `${join(folder, "p")} 2>&1`], { encoding: "utf8" });
      expect(real.stdout).toBe(expected[name]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("a run of two processes", () => {
  it("shows at every cursor the process that runs there, and only its threads", () => {
    const { timeline, machine } = runProgram(
      module,
      0,
      `${headers}int main(void) { int x = 1; pid_t c = fork(); if (c == 0) { x = 2; malloc(10); _exit(x); } wait(NULL); return x; }`,
      {},
    );
    const pids: number[] = [];
    for (let cursor = timeline.first; cursor <= timeline.last; cursor++) {
      timeline.seek(cursor);
      const pid = machine.kernel.pid();
      if (pids.at(-1) !== pid) pids.push(pid);
      expect(
        decodeThreads(machine.bytes).map(({ fromMain }) => fromMain),
        `cursor ${cursor}`,
      ).toEqual([0]);
    }
    expect(pids).toEqual([1000, 1001, 1000]);
  });

  it("forks no arena that a paused thread holds: the fork waits for it", () => {
    const source = `${headers}
static void *work(void *a) { char *p = malloc(100); puts("thread"); free(p); return a; }
int main(void) {
  pthread_t t;
  setvbuf(stdout, NULL, _IOLBF, 0);
  free(malloc(10));
  pthread_create(&t, NULL, work, NULL);
  if (fork() == 0) { free(malloc(3000)); _exit(3); }
  puts("forked");
  pthread_join(t, NULL);
  wait(NULL);
  return 0;
}`;
    const turns = [
      { thread: 0, until: 3 },
      { thread: 1, until: "malloc" as const },
      { thread: 0, until: 1000 },
    ];
    const { timeline } = runProgram(module, 0, source, { schedule: { kind: "list", turns } });
    expect([timeline.status, output(timeline)]).toEqual(["exited", "thread\nforked\n"]);
    expect(runProgram(module, 0, source, {}).timeline.status).toBe("exited");
    expect(output(runProgram(module, 0, source, {}).timeline)).toBe("forked\nthread\n");
  });

  it("ends when the last process does, also when that is the child", () => {
    const { timeline } = runProgram(
      module,
      0,
      `${headers}int main(void) { setvbuf(stdout, NULL, _IOLBF, 0); if (fork() == 0) { printf("%d\\n", getppid()); return 4; } puts("parent"); return 3; }`,
      {},
    );
    expect([timeline.status, output(timeline)]).toEqual(["exited", "parent\n1\n"]);
  });
});
