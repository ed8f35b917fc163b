/** The dirty bit of page-table entries under a program's own writes, as /proc/self/smaps of Linux 6.18 showed it (LazyFree without its batches). */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { kernelReleases } from "../../abi/linux";
import { smaps } from "../../kernel/smaps";
import { runProgram, whole } from "./testing/run-program";

const source = `#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#define P 4096L
int main(void) {
  int rw = PROT_READ | PROT_WRITE, fixed = MAP_ANONYMOUS | MAP_FIXED;
  char *p = mmap((void *)0x10000000, 128 * P, rw, MAP_PRIVATE | fixed, -1, 0);
  char *s = mmap((void *)0x20000000, 16 * P, rw, MAP_SHARED | fixed, -1, 0);
  volatile char c;
  memset(p, 1, 128 * P);
  madvise(p, 64 * P, MADV_FREE); // written
  c = p[0]; // freed 64
  for (int i = 0; i < 8; i++) p[i * P] = 2;
  mprotect(p, 16 * P, PROT_READ); // written 8
  mprotect(p, 16 * P, rw); // read-only
  p[9 * P] = 3; // writable
  madvise(p, 128 * P, MADV_FREE); // written 1
  for (int i = 0; i < 128; i++) p[i * P] = 2;
  for (int i = 0; i < 16; i++) c = s[i * P];
  for (int i = 0; i < 4; i++) s[i * P] = 1;
  char *h = malloc(100000); // all written
  memset(h, 1, 100000);
  char *a = (char *)(((unsigned long)h + P - 1) & ~(P - 1UL));
  madvise(a, 16 * P, MADV_FREE); // heap
  memset(a, 1, 5 * P); // heap freed
  memset(a + 5 * P, 2, 11 * P); // heap written 5
  return c; // heap written all
}`;

it.each(kernelReleases)("a write after MADV_FREE makes the page dirty again (kernel %s)", async (kernel) => {
  const module = await WebAssembly.compile(readFileSync(new URL("../../../build/engine/engine.wasm", import.meta.url)));
  const { timeline, machine } = runProgram(module, 0, source, { kernel, ramMiB: 64 }, whole);
  const lines = source.split("\n");
  const { at, statement } = timeline.index.statements();
  /** Clean, dirty and lazily free kB of the mapping at an address, before the statement with that remark runs. */
  const before = (remark: string, start: number): readonly number[] => {
    const line = lines.findIndex((text) => text.endsWith(`// ${remark}`)) + 1;
    const first = statement.findIndex((id) => timeline.debug.statements[id]?.span.line === line);
    return timeline.at((at[first] ?? -1) + 1, () => {
      const { context } = machine.kernel;
      const entry = smaps(context).find((found) => found.start === start);
      if (entry === undefined) throw new Error(`nothing at ${start}`);
      return [entry.privateClean, entry.privateDirty, entry.lazyFree];
    });
  };
  const [p, s] = [0x1000_0000, 0x2000_0000];
  expect(before("written", p)).toEqual([0, 512, 0]);
  expect(before("freed 64", p)).toEqual([256, 256, 256]);
  expect(before("written 8", p)).toEqual([224, 288, 224]);
  expect(before("read-only", p)).toEqual([32, 32, 32]);
  expect(before("writable", p)).toEqual([224, 288, 224]);
  expect(before("written 1", p)).toEqual([220, 292, 220]);
  expect(before("all written", p)).toEqual([0, 512, 0]);
  expect(before("all written", s)).toEqual([48, 16, 0]);
  const heap = timeline.process.wordBytes === 8 ? 0x5555_5555_9000 : 0;
  const [, dirty = 0] = before("heap", heap);
  expect(before("heap freed", heap)).toEqual([64, dirty - 64, 64]);
  expect(before("heap written 5", heap)).toEqual([44, dirty - 44, 44]);
  expect(before("heap written all", heap)).toEqual([0, dirty, 0]);
});
