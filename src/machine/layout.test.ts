import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MappingSpec } from "../abi/layouts";
import { PAGE_SIZE } from "../abi/machine-memory";
import { defaultLayout, layoutFromMaps, parseMapsLine, planProgram } from "./layout";

const sizes = fc.record({
  textBytes: fc.nat(100_000),
  rodataBytes: fc.nat(20_000),
  dataBytes: fc.nat(20_000),
  bssBytes: fc.nat(200_000),
});

describe("the default layout", () => {
  it("has whole, ordered, separate pages for any program, and the heap behind its bss", () => {
    fc.assert(
      fc.property(sizes, fc.option(fc.nat(), { nil: null }), (program, seed) => {
        const { space, program: plan, programBase } = defaultLayout("/home/user/demo", program, seed);
        space.mappings.forEach((mapping, index) => {
          expect(mapping.start % PAGE_SIZE).toBe(0);
          expect(mapping.end).toBeGreaterThan(mapping.start);
          expect(mapping.start).toBeGreaterThanOrEqual(space.mappings[index - 1]?.end ?? 0);
        });
        expect(space.startBrk).toBeGreaterThanOrEqual((programBase ?? 0) + plan.end);
        for (const offset of [plan.data, plan.data + program.dataBytes, plan.bss, plan.bss + program.bssBytes - 1]) {
          const addr = (programBase ?? 0) + Math.max(offset, plan.data);
          expect(space.mappings.find(({ start, end }) => start <= addr && addr < end)?.perms).toBe("rw-p");
        }
      }),
    );
  });

  it("keeps sections apart", () => {
    fc.assert(
      fc.property(sizes, (program) => {
        const plan = planProgram(program);
        expect(plan.text + program.textBytes).toBeLessThanOrEqual(plan.rodata);
        expect(plan.rodata + program.rodataBytes).toBeLessThanOrEqual(plan.data);
        expect(plan.data + program.dataBytes).toBeLessThanOrEqual(plan.bss);
      }),
    );
  });
});

describe("lines of /proc/self/maps", () => {
  it("are read with and without a name", () => {
    expect(parseMapsLine("7ffff7dd0000-7ffff7dd3000 rw-p 00000000 00:00 0 ")).toMatchObject({
      start: 0x7fff_f7dd_0000,
      name: "",
    });
    expect(parseMapsLine("7ffff7df9000-7ffff7f4f000 r-xp 00026000 fe:00 339380   /usr/lib/a b.so")).toMatchObject({
      offset: 0x2_6000,
      device: "fe:00",
      inode: 339380,
      name: "/usr/lib/a b.so",
    });
    expect(parseMapsLine("nonsense")).toBeNull();
    expect(layoutFromMaps(["nonsense"], 0, 0)).toBeNull();
  });
});

const source = `
#include <fcntl.h>
#include <unistd.h>
static char text[1 << 15];
int main(void) {
  int fd = open("/proc/self/maps", O_RDONLY);
  for (ssize_t n; (n = read(fd, text, sizeof text)) > 0;) if (write(1, text, n) != n) return 1;
  return 0;
}`;

/** Mappings of such a program on this machine; a reason when it is not the system that the layout describes. */
function realMaps(): { readonly lines: readonly string[] } | { readonly skipped: string } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "heapglass-layout-"));
  try {
    writeFileSync(path.join(folder, "demo.c"), source);
    const compiled = spawnSync("gcc", ["-O1", "-o", "demo", "demo.c"], { cwd: folder });
    if (compiled.status !== 0) return { skipped: "no gcc" };
    const text = execFileSync("setarch", ["x86_64", "-R", "./demo"], { cwd: folder, env: {} }).toString("utf8");
    if (!text.includes("[vvar_vclock]")) return { skipped: "another kernel" };
    const version = spawnSync("ldd", ["--version"]).stdout?.toString("utf8") ?? "";
    return /\b2\.36\b/.test(version) ? { lines: text.trim().split("\n") } : { skipped: "another glibc" };
  } catch (error) {
    return { skipped: String(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What does not depend on where the disk put a file, nor on how large the loader's cache of libraries was when libc was placed. */
function shape(mappings: readonly MappingSpec[]): string[] {
  const libcBase = mappings.find(({ name }) => name.includes("/libc.so"))?.start ?? 0;
  return mappings.map(({ start, end, perms, offset, inode, name }) => {
    const place = start > libcBase - 0x1_0000 && start < libcBase + 0x1e_2000 ? `libc${start - libcBase}` : start.toString(16);
    const label = name.endsWith("demo") ? "demo" : name;
    return `${place} ${end - start} ${perms} ${inode === 0 ? "" : offset} ${label}`;
  });
}

const real = realMaps();

describe("a real process on this machine", () => {
  it.skipIf("skipped" in real)("has exactly the mappings of the default layout", () => {
    const lines = "lines" in real ? real.lines : [];
    const measured = lines
      .map((line) => parseMapsLine(line))
      .filter((mapping) => mapping !== null && mapping.name !== "[vsyscall]");
    const { space } = defaultLayout("/home/user/demo", { textBytes: 400, rodataBytes: 40, dataBytes: 8, bssBytes: 1 << 15 });
    expect(shape(space.mappings)).toEqual(shape(measured.filter((mapping) => mapping !== null)));
  });
});
