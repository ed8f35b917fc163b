import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findGlibcSymbols } from "../abi/glibc-symbols";
import { addressSpaceKinds, type MappingSpec } from "../abi/layouts";
import { type LibcImage, libcImage } from "../abi/libc-images";
import { PAGE_SIZE } from "../abi/machine-memory";
import { defaultLayout, layoutFromMaps, parseMapsLine, planProgram } from "./layout";
import type { Placing } from "./places";

const placings = fc.record({
  abi: fc.constantFrom("amd64", "i386"),
  kind: fc.constantFrom(...addressSpaceKinds),
  pie: fc.boolean(),
  seed: fc.option(fc.nat(), { nil: null }),
});

function imageOf(abi: Placing["abi"]): LibcImage | undefined {
  const symbols = findGlibcSymbols("2.36", abi);
  return symbols && libcImage(symbols);
}
const images = { amd64: imageOf("amd64"), i386: imageOf("i386") };

const sizes = fc.record({
  textBytes: fc.nat(100_000),
  rodataBytes: fc.nat(20_000),
  dataBytes: fc.nat(20_000),
  bssBytes: fc.nat(200_000),
});

describe("the default layout", () => {
  it("has whole, ordered, separate pages for any program, and the heap behind its bss", () => {
    fc.assert(
      fc.property(sizes, placings, (program, placing) => {
        const image = images[placing.abi];
        const { space, program: plan, programBase } = defaultLayout("/home/user/demo", program, placing, image);
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

interface RealLayout {
  readonly placing: Omit<Placing, "seed">;
  readonly lines: readonly string[];
}

/** Mappings of such a program on this machine in every kind of address space; a reason when it is not the system that the layouts describe. */
function realMaps(): readonly RealLayout[] | string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "heapglass-layout-"));
  const run = (personality: string, options: readonly string[], program: string): readonly string[] =>
    execFileSync("setarch", [personality, "-R", ...options, `./${program}`], { cwd: folder, env: {} })
      .toString("utf8")
      .trim()
      .split("\n");
  const linked = (output: string, options: readonly string[]): boolean =>
    spawnSync("gcc", ["-O1", "-o", output, ...options, "demo.c"], { cwd: folder }).status === 0;
  try {
    writeFileSync(path.join(folder, "demo.c"), source);
    const version = spawnSync("ldd", ["--version"]).stdout?.toString("utf8") ?? "";
    if (!/\b2\.36\b/.test(version)) return "another glibc";
    const layouts: RealLayout[] = [];
    for (const pie of [true, false]) {
      if (!linked("demo", pie ? [] : ["-no-pie"])) return "no gcc";
      for (const kind of ["default", "legacy"] as const) {
        const lines = run("x86_64", kind === "legacy" ? ["-L"] : [], "demo");
        if (!lines.some((line) => line.endsWith("[vvar_vclock]"))) return "another kernel";
        layouts.push({ placing: { abi: "amd64", kind, pie }, lines });
      }
      if (!linked("demo", pie ? ["-m32"] : ["-m32", "-no-pie"])) continue;
      for (const kind of addressSpaceKinds) {
        const options = [...(kind.startsWith("3g") ? ["-3"] : []), ...(kind.endsWith("legacy") ? ["-L"] : [])];
        layouts.push({ placing: { abi: "i386", kind, pie }, lines: run("i686", options, "demo") });
      }
    }
    return layouts;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What does not depend on where the disk put a file, nor on how large the loader's cache of libraries was when libc was placed. Of i386 the
 * libc of this machine is another build than the one that is simulated: it and what lies around it are left out.
 */
function shape(mappings: readonly MappingSpec[], abi: Placing["abi"]): string[] {
  const libc = mappings.filter(({ name }) => name.includes("/libc.so"));
  const [from = 0, to = 0] = [libc[0]?.start, libc.at(-1)?.end];
  return mappings.flatMap(({ start, end, perms, offset, inode, name }, index) => {
    const libcOrNear = start >= from - 0x1_0000 && start < to + 0x1_0000 && (name === "" || name.includes("/libc.so"));
    const loaders = name === "" && mappings[index - 1]?.name.endsWith("demo") !== true;
    if (abi === "i386" && (libcOrNear || loaders)) return [];
    const place = libcOrNear ? `libc${start - from}` : start.toString(16);
    const label = name.endsWith("demo") ? "demo" : (name.split("/").at(-1) ?? "");
    return `${place} ${end - start} ${perms} ${inode === 0 || abi === "i386" ? "" : offset} ${label}`;
  });
}

const real = realMaps();
const measured = typeof real === "string" ? [] : real;

describe.skipIf(typeof real === "string")(
  `a real process on this machine has exactly the mappings of the layout${typeof real === "string" ? ` (${real})` : ""}`,
  () => {
    for (const { placing, lines } of measured) {
      it(`${placing.abi} ${placing.kind}${placing.pie ? "" : ", not PIE"}`, () => {
        const maps = lines.map((line) => parseMapsLine(line)).filter((mapping) => mapping !== null);
        const program = { textBytes: 400, rodataBytes: 40, dataBytes: 8, bssBytes: 1 << 15 };
        const { space } = defaultLayout("/home/user/demo", program, placing, images[placing.abi]);
        const own = maps.filter(({ name }) => name !== "[vsyscall]");
        expect(shape(space.mappings, placing.abi)).toEqual(shape(own, placing.abi));
      });
    }
  },
);
