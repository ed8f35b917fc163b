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
    return programs.map((_, n) => {
      const ran = spawnSync(binary, [String(n)], { encoding: "latin1", timeout: 10_000 });
      return { output: ran.stdout, status: ran.status ?? -1 };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
