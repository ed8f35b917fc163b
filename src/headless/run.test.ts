/** `run` against the real thing: the same C source through gcc and this machine's glibc, and on the simulated process. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultMachineSpec } from "../kernel/exec";
import { builtinScenario, builtinScenarios } from "../scenario/builtin";
import { type Sink, runCommand } from "./run";
import { parseRunOptions } from "./run-options";
import { programs } from "./testing/programs";
import { systemPrograms } from "./testing/system-programs";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));

/** Why the real side cannot be asked here; "" when it can. */
function reasonToSkip(): string {
  const gcc = spawnSync("gcc", ["--version"]);
  if (gcc.status !== 0) return "no gcc";
  const version = spawnSync("getconf", ["GNU_LIBC_VERSION"], { encoding: "utf8" }).stdout?.trim();
  if (version !== "glibc 2.36") return `this machine has ${version ?? "no glibc"}, not glibc 2.36`;
  return spawnSync("setarch", ["-R", "true"]).status === 0 ? "" : "address randomisation cannot be switched off";
}

interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

const folder = mkdtempSync(join(tmpdir(), "heapglass-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command in this process; `asProgram` starts the runner itself. */
async function simulated(args: readonly string[]): Promise<Answer> {
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const into = (pieces: Uint8Array[]): Sink => ({ write: (data) => pieces.push(Buffer.from(data)) });
  const status = await runCommand(args, (line) => stdout.push(Buffer.from(`${line}\n`)), {
    stdout: into(stdout),
    stderr: into(stderr),
  });
  return { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), status };
}

function asProgram(args: readonly string[]): Answer {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", "tsx", main, "run", ...args], {
    encoding: "utf8",
    cwd: root,
    timeout: 60_000,
  });
  return { stdout, stderr, status: status ?? -1 };
}

/** How a program is linked and started: gcc's options and setarch's. */
interface Manner {
  readonly gcc: readonly string[];
  readonly setarch: readonly string[];
}
const usual: Manner = { gcc: [], setarch: [] };
const classic32: Manner = { gcc: ["-m32", "-no-pie"], setarch: ["i686", "-3", "-L"] };

function real(file: string, args: readonly string[], manner = usual): Answer {
  const binary = file.replace(/\.c$/, "");
  execFileSync("gcc", ["-O0", "-w", "-fno-builtin", ...manner.gcc, "-o", binary, file]);
  const { stdout, stderr, status, signal } = spawnSync("setarch", [...manner.setarch, "-R", binary, ...args], {
    encoding: "utf8",
    timeout: 60_000,
    env: { PATH: "/usr/bin:/bin" },
  });
  const signals: Readonly<Record<string, number>> = { SIGABRT: 6, SIGFPE: 8, SIGSEGV: 11 };
  return { stdout, stderr, status: status ?? 128 + (signals[signal ?? ""] ?? 0) };
}

/** Where libc is mapped in a small program without randomisation, on the machine of the recordings that our layout is taken from. */
const LIBC_BASE = 0x7fff_f7dd_3000;

/** Pages by which this machine's libc, and every mapping below it, stands higher: the loader's cache file, mapped before it, has another size. */
function mappingShift(): number {
  const file = join(folder, "where.c");
  writeFileSync(
    file,
    '#include <stdio.h>\nint main(void) { char t[400]; FILE *f = fopen("/proc/self/maps", "r"); while (fgets(t, 400, f)) fputs(t, stdout); }\n',
  );
  const line =
    real(file, [])
      .stdout.split("\n")
      .find((text) => text.includes("libc.so")) ?? "";
  return Number.parseInt(line, 16) - LIBC_BASE;
}

/** Addresses in the mmap area as they would be with the loader's cache of the recordings. */
function withoutShift(answer: Answer, shift: number): Answer {
  const moved = (text: string) => text.replaceAll(/0x7ffff7[0-9a-f]{6}\b/g, (addr) => `0x${(Number(addr) - shift).toString(16)}`);
  return { ...answer, stdout: moved(answer.stdout) };
}

/** What one malloc can get depends on RAM, and the simulated machine has that of the recordings. */
function whySkipped(name: string): string {
  if (name === "scenario how-much-touched") return " (it would use up this machine's memory)";
  if (name !== "scenario how-much") return "";
  const [, ram = ""] = /^MemTotal:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
  return Number(ram) === defaultMachineSpec.totalramPages * 4 ? "" : ` (this machine has ${ram} kB of RAM)`;
}

const reason = reasonToSkip();
if (reason !== "") console.log(`skipped: C programs on the real glibc: ${reason}`);

describe.skipIf(reason !== "")("a C program prints the same, heap addresses included, and ends the same as on real glibc", () => {
  const sources: readonly (readonly [string, string])[] = [
    ...builtinScenarios.map(({ slug, source }) => [`scenario ${slug}`, source] as const),
    ...Object.entries(programs),
    ...Object.entries(systemPrograms),
  ];
  let shift = 0;
  beforeAll(() => {
    shift = mappingShift();
  });
  for (const [name, source] of sources) {
    const skipped = whySkipped(name);
    it.skipIf(skipped !== "")(`${name}${skipped}`, { timeout: 60_000 }, async () => {
      const file = join(folder, `${name.replaceAll(/\W+/g, "-")}.c`);
      writeFileSync(file, source);
      expect(await simulated([file, "--", "one", "two words"])).toEqual(withoutShift(real(file, ["one", "two words"]), shift));
    });
  }
});

/** Whether gcc can make 32-bit programs here. */
const has32 =
  reason === "" &&
  spawnSync("gcc", ["-m32", "-xc", "-", "-o", join(folder, "narrow")], { input: "int main(void) { return 0; }" }).status === 0;

describe.skipIf(!has32)(`32 bits, 3 GiB, bottom-up${has32 ? "" : " (skipped: no gcc -m32)"}`, () => {
  it("the heap ends where it does on a real kernel", async () => {
    const file = join(folder, "classic.c");
    writeFileSync(file, builtinScenario("one-gib-heap").source);
    expect(await simulated([file, "--layout", "i386-3-L", "--no-pie"])).toEqual(real(file, [], classic32));
  });
});

describe("run", () => {
  let file: string;
  beforeAll(() => {
    file = join(folder, "options.c");
    writeFileSync(file, "#include <stdlib.h>\nint main(void) {\n  char *a = malloc(24);\n  free(a);\n  return 9;\n}\n");
  });

  it("is a program whose output and status are the C program's", () => {
    const answer = asProgram([file, "--maps"]);
    expect(answer).toMatchObject({ status: 9, stderr: "" });
    expect(answer.stdout).toContain("[heap]");
  });

  it("prints maps, heap and trace when asked", async () => {
    const { stdout, status } = await simulated([file, "--maps", "--heap", "--trace"]);
    expect(status).toBe(9);
    expect(stdout).toContain("[heap]");
    expect(stdout).toMatch(/^tcache\[0x20\]\s+0x5555\w+$/m);
    const trace = stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
    expect(trace).toMatchObject([
      { i: 0, op: "malloc", args: ["24"], name: "a", line: 3, path: "top" },
      { i: 1, op: "free", name: "a", line: 4, path: "tcache" },
    ]);
  });

  it("counts hits and misses with --tlb: 400 pages are more than L1 holds, and less than L2", async () => {
    const strides = join(folder, "strides.c");
    const touch = "for (int i = 0; i < 400; i++) p[i * 4096] = 1;";
    writeFileSync(
      strides,
      `#include <stdlib.h>\nint main(void) { char *p = malloc(400 * 4096); ${touch} ${touch} ${touch} free(p); }\n`,
    );
    const { stdout, status } = await simulated([strides, "--tlb"]);
    const counts = new Map([...stdout.matchAll(/^TLB ([\w ]+): (\d+)$/gm)].map(([, name, count]) => [name, Number(count)]));
    const of = (name: string): number => counts.get(name) ?? -1;
    expect(status).toBe(0);
    expect(of("accesses")).toBe(of("L1 hits") + of("L2 hits") + of("walks"));
    // A page's first access walks twice, before its fault and after it; the first page is malloc's already.
    expect(of("walks") - 800).toBeGreaterThanOrEqual(0);
    expect(of("walks") - 800).toBeLessThan(20);
    expect(of("faults") - 400).toBeLessThan(10);
    expect(of("L2 hits") - 800).toBeLessThan(20);
    expect(of("flushes")).toBe(1);
  });

  it("has the same address space on both kernels, and knows no third", async () => {
    const newer = await simulated([file, "--maps", "--kernel", "6.1+"]);
    expect(newer.stdout).toContain("[heap]");
    expect(await simulated([file, "--maps", "--kernel", "before-6.1"])).toEqual(newer);
    expect(() => parseRunOptions([file, "--kernel", "5"], {})).toThrow("unknown kernel 5");
  });

  it("lays the process out as asked: 32 bits, 3 GiB, bottom-up, not PIE", async () => {
    const { stdout } = await simulated([file, "--maps", "--layout", "i386-3-L", "--no-pie"]);
    const lines = stdout.split("\n").map((line) => line.split(/\s+/));
    expect(lines[0]?.[0]).toBe("08048000-08049000");
    expect(lines.find((columns) => columns[5] === "[heap]")?.[0]).toBe("0804d000-0806f000");
    expect(lines.find((columns) => columns[5]?.endsWith("ld-linux.so.2") === true)?.[0]).toBe("40000000-40001000");
    expect(lines.find((columns) => columns[5] === "[stack]")?.[0]).toBe("bffdf000-c0000000");
    expect(() => parseRunOptions([file, "--layout", "i386-3", "--abi", "amd64"], {})).toThrow("not one of amd64");
  });

  it("lists with --loading what execve and the loader do, in strace's order, and ends with the same mappings", async () => {
    const { stdout, status } = await simulated([file, "--loading", "--trace", "--maps"]);
    const calls = stdout.split("\n").flatMap((line) => /^ {2}(\w+)\(/.exec(line)?.[1] ?? []);
    expect(calls.join(" ")).toBe("brk mmap mmap mmap mmap mmap mmap mmap mmap mprotect mprotect mprotect munmap");
    const plain = await simulated([file, "--maps"]);
    const mapsOf = (text: string) => text.split("\n").filter((line) => /^[0-9a-f]+-[0-9a-f]+ /.test(line));
    expect(mapsOf(stdout)).toEqual(mapsOf(plain.stdout));
    expect(status).toBe(plain.status);
  });

  it("moves with --aslr and the seed, and is the same for the same seed", async () => {
    const heapOf = async (...args: string[]) =>
      /^\w+-\w+ .*\[heap\]$/m.exec((await simulated([file, "--maps", ...args])).stdout)?.[0];
    const plain = await heapOf();
    const seven = await heapOf("--aslr", "--seed", "7");
    const again = await heapOf("--aslr", "--seed", "7");
    const eight = await heapOf("--aslr", "--seed", "8");
    expect(seven).toBe(again);
    expect(new Set([plain, seven, eight]).size).toBe(3);
  });

  it("tells where a program does not compile, with status 1", async () => {
    const broken = join(folder, "broken.c");
    writeFileSync(broken, "int main(void) {\n  int x = ;\n}\n");
    const { stderr, status } = await simulated([broken]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/broken\.c:2:11: error: /);
  });

  it("ends in an abort with the words of its release: a bare message, or one with the memory map under it", async () => {
    const file = join(folder, "twice.c");
    writeFileSync(file, "#include <stdlib.h>\nint main(void) { char *p = malloc(24); free(p); free(p); }\n");
    const ends = (release: string) => simulated([file, "--glibc", release]);
    expect(await ends("2.27")).toEqual({ stdout: "", stderr: "", status: 0 }); // the tcache of 2.26 to 2.28 has no key: nobody notices
    expect(await ends("2.36")).toEqual({ stdout: "", stderr: "free(): double free detected in tcache 2\n", status: 134 });
    const old = await ends("2.12.1");
    expect(old.status).toBe(134);
    expect(old.stderr.split("\n").slice(0, 3)).toEqual([
      "*** glibc detected *** ./a.out: double free or corruption (fasttop): 0x0000555555559010 ***",
      "======= Backtrace: =========",
      "======= Memory map: ========",
    ]);
    expect(old.stderr).toMatch(/^555555559000-55555557a000 rw-p 00000000 00:00 0 {26}\[heap\]$/m);
  });

  it("ends an endless program at the budget, with status 1", async () => {
    const endless = join(folder, "endless.c");
    writeFileSync(endless, "int main(void) {\n  for (;;)\n    ;\n}\n");
    const { stderr, status } = await simulated([endless, "--budget", "100000"]);
    expect(status).toBe(1);
    expect(stderr).toContain("budget");
  });

  it("refuses what it does not know", () => {
    for (const args of [
      [],
      ["a.c", "b.c"],
      ["a.c", "--what"],
      ["a.c", "--seed"],
      ["a.c", "--seed", "x"],
      ["a.c", "--abi", "arm"],
      ["a.c", "--layout", "moon"],
      ["a.c", "--overcommit", "3"],
    ]) {
      expect(() => parseRunOptions(args, {}), args.join(" ")).toThrow();
    }
  });
});
