/** mallinfo2, malloc_stats and malloc_info over the real engine against this machine's glibc, where that is 2.36 for x86-64. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gccMissing } from "../../clang/testing/gcc";
import { createMemory } from "../machine";
import { engineTarget } from "./engine-target";
import { compileScenario, createCProcess } from "./load";
import { defaultMachine } from "../../scenario/scenario";

function whyNot(): string | null {
  const missing = gccMissing();
  if (missing !== null) return missing;
  const found = spawnSync("getconf", ["GNU_LIBC_VERSION"], { encoding: "utf8" }).stdout.trim();
  return found === "glibc 2.36" ? null : `this machine has ${found || "no glibc"}, not glibc 2.36`;
}

const report = `
static void report(void) {
  struct mallinfo2 m = mallinfo2();
  printf("%zu %zu %zu %zu %zu %zu %zu %zu %zu %zu\\n", m.arena, m.ordblks, m.smblks, m.hblks, m.hblkhd, m.usmblks, m.fsmblks, m.uordblks, m.fordblks, m.keepcost);
  malloc_stats();
  malloc_info(0, stdout);
}`;
const samples: readonly (readonly [string, string])[] = [
  ["before anything is allocated", "report();"],
  [
    "small blocks in tcache and fastbins",
    "void *p[20]; for (int i = 0; i < 20; i++) p[i] = malloc(24 + i % 4 * 16); for (int i = 0; i < 20; i++) free(p[i]); report();",
  ],
  [
    "unsorted, small and large bins",
    "void *p[30]; for (int i = 0; i < 30; i++) p[i] = malloc(300 + i * 200); for (int i = 0; i < 30; i += 2) free(p[i]); report(); malloc(5000); report();",
  ],
  [
    "mapped blocks",
    "void *a = malloc(200000), *b = malloc(3000000); report(); free(a); report(); malloc(150000); (void)b; report();",
  ],
  [
    "after trimming",
    "void *p[40]; for (int i = 0; i < 40; i++) p[i] = malloc(4000); for (int i = 0; i < 39; i++) free(p[i]); malloc_trim(0); report();",
  ],
  ["with a second arena", "pthread_t t; pthread_create(&t, NULL, work, NULL); pthread_join(t, NULL); report();"],
];
const source = (body: string) => `#include <malloc.h>\n#include <pthread.h>\n#include <stdio.h>\n#include <stdlib.h>\n${report}
static void *work(void *p) { void *q[12]; for (int i = 0; i < 12; i++) q[i] = malloc(500 + 700 * i); for (int i = 0; i < 12; i += 3) free(q[i]); return p; }
int main(void) { ${body} (void)work; return 0; }\n`;

function ours(text: string, module: WebAssembly.Module): { readonly out: string; readonly err: string } {
  const program = compileScenario(text, defaultMachine);
  if (!program.ok) throw new Error(JSON.stringify(program.problem));
  const c = createCProcess(module, program.value, defaultMachine, { memory: createMemory() });
  const written = { 1: "", 2: "" };
  const target = engineTarget(c.machine, {
    print: (fd, bytes) => {
      if (fd === 1 || fd === 2) written[fd] += new TextDecoder().decode(bytes.slice());
    },
    isTerminal: () => false,
    input: c.input,
  });
  c.bind(target).run();
  return { out: written[1], err: written[2] };
}

const reason = whyNot();
describe.skipIf(reason !== null)(
  `malloc's statistics against glibc 2.36${reason === null ? "" : ` (skipped: ${reason})`}`,
  () => {
    it.each(samples)("%s", { timeout: 60_000 }, async (_, body) => {
      const module = await WebAssembly.compile(readFileSync(new URL("../../../build/engine/engine.wasm", import.meta.url)));
      const folder = mkdtempSync(join(tmpdir(), "statistics-"));
      try {
        writeFileSync(join(folder, "p.c"), source(body));
        const built = spawnSync("gcc", ["-w", "-O0", "-pthread", "-o", join(folder, "p"), join(folder, "p.c")], {
          encoding: "utf8",
        });
        expect(built.stderr).toBe("");
        const real = spawnSync(join(folder, "p"), { encoding: "utf8" });
        expect(ours(source(body), module)).toEqual({ out: real.stdout, err: real.stderr });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
);
