/** Main arenas that are not one run of memory from the first break on: what is decoded at every statement is what the calls gave and took. */
import { beforeAll, describe, expect, it } from "vitest";
import { defaultMachine, type MachineSettings } from "../scenario/scenario";
import type { Session } from "../session/index";
import { connectInThread } from "../worker/testing/in-thread";
import { siteOf } from "./context";
import { decodeHeap } from "./heap";
import { machineView } from "./memory";
import { decodeThreads } from "./threads";
import { chunkState } from "./types";
import { chunkMappings, decodeAddressSpace, mappedRanges } from "./vmas";

let session: Session;
beforeAll(async () => {
  session = await connectInThread(true);
}, 120_000);

const head = `
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static void *block(void) {
  uintptr_t end = ((uintptr_t)sbrk(0) + 4095) & ~4095UL;
  return mmap((void *)end, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}
`;

/** What the main arena does when the break cannot move; the pieces it gets lie side by side, with mapped chunks and others' memory between. */
const programs = {
  "a blocked break": `
    char *a = malloc(100);
    block();
    char *b[60];
    for (int i = 0; i < 4; i++) b[i] = malloc(60000);
    free(b[1]);
    free(b[2]);
    for (int i = 4; i < 60; i++) b[i] = malloc(60000);
    for (int i = 10; i < 40; i += 3) free(b[i]);
    char *m = malloc(300000);
    for (int i = 0; i < 3; i++) b[i] = malloc(2000);
    free(m);
    free(a);`,
  "mapped chunks between the pieces": `
    block();
    char *b[60], *m[60];
    for (int i = 0; i < 45; i++) {
      b[i] = malloc(60000);
      if (i % 7 == 0) m[i] = malloc(200000 + i * 4096);
      if (i % 20 == 3) mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    for (int i = 0; i < 45; i += 2) free(b[i]);
    free(m[7]);
    free(m[21]);`,
  "a break that is blocked before the first malloc": `
    block();
    char *a = malloc(100), *b = malloc(200000), *c = malloc(3000);
    free(b);
    b = malloc(100000);
    free(a);
    free(c);`,
  "a break that is free again": `
    char *a = malloc(100);
    void *wall = block();
    char *b = malloc(120000), *c = malloc(120000);
    munmap(wall, 4096);
    char *d[12];
    for (int i = 0; i < 12; i++) d[i] = malloc(100000);
    free(b);
    free(d[3]);
    free(c);
    free(a);`,
  "a heap that begins behind the program's own": `
    char *own = sbrk(5000);
    memset(own, 0x21, 5000);
    char *a = malloc(100), *b = malloc(5000);
    free(b);
    char *more = sbrk(3001);
    memset(more, 0x31, 3001);
    char *c = malloc(100000), *d = malloc(100000);
    free(c);
    free(a);
    char *e = malloc(30000);
    free(d);
    free(e);`,
  "the program's own first bytes look like a chunk": `
    uintptr_t *own = sbrk(0x2000);
    own[0] = own[1] = own[3] = own[7] = 0x31;
    char *a = malloc(100);
    free(a);
    a = malloc(4000);`,
} as const;

const machines: readonly Partial<MachineSettings>[] = [{}, { abi: "i386" }, { glibc: "2.23" }, { glibc: "2.43" }];

describe.each(machines)("%o", (machine) => {
  it.each(Object.entries(programs))("%s", async (_, body) => {
    const source = `${head}int main(void) {${body}\n  return 0;\n}\n`;
    const scenario = { version: 1, slug: null, title: null, source, machine: { ...defaultMachine, ...machine } } as const;
    const opened = await session.open(scenario, { budget: 5_000_000, cursor: null });
    if (opened.type !== "opened") throw new Error(JSON.stringify(opened.diagnostics));
    const { operations, statements, ledger, last, status } = opened.summary;
    expect(status).toBe("exited");
    // Most statements only count.
    const cursors = [...statements.at].filter((_, nth) => nth % 4 === 0).map((at) => at + 1);
    for (const cursor of [...cursors, last]) {
      await session.seek(cursor);
      const space = decodeAddressSpace(session.memory);
      const view = machineView(session.memory, mappedRanges(space));
      const place = siteOf(view, opened.summary.process, space.brk, decodeThreads(session.memory));
      if (place === undefined) throw new Error("unknown glibc");
      const done = operations.filter(({ end }) => end <= cursor);
      const users = done.map(({ result }) => result).filter((result) => result > 0);
      const { problems, totals, chunks } = decodeHeap(view, place.abi, place.site, { mappings: chunkMappings(space), users });
      const at = done.length - 1 + ledger.inUse.length - operations.length;
      expect(problems, String(cursor)).toEqual([]);
      expect([totals.inUse, totals.top], String(cursor)).toEqual([ledger.inUse[at] ?? 0, ledger.top[at] ?? 0]);
      expect(totals.countByState[chunkState.corrupt]).toBe(0);
      for (let row = 1; row < chunks.count; row++)
        expect(chunks.addr[row]).toBeGreaterThanOrEqual((chunks.addr[row - 1] ?? 0) + (chunks.size[row - 1] ?? 0));
    }
  });
});
