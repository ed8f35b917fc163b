/** Address spaces and their limits as measured on Linux 6.18: rows of §0, §a and the mapping rows of §b. */
import { describe, expect, it } from "vitest";
import { mapFlag, prot } from "../abi/linux";
import { type ExecSettings, placement } from "../abi/placement";
import type { Linkage } from "./program-space";
import { highestBreak, longest } from "./testing/limits";
import { measuredSpace, startKernel } from "./testing/measured";

const PAGE = 4096;
const KIB = 1024;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;
const hex = (value: number): string => value.toString(16);

const amd64: ExecSettings = { abi: "amd64" };
const amd64L: ExecSettings = { abi: "amd64", legacy: true };
const i386: ExecSettings = { abi: "i386", threeGigabytes: true };
const i386L: ExecSettings = { abi: "i386", threeGigabytes: true, legacy: true };
const i386Full: ExecSettings = { abi: "i386" };
const i386FullL: ExecSettings = { abi: "i386", legacy: true };

describe("§0 where things stand", () => {
  const places: readonly (readonly [string, ExecSettings, string, string, boolean])[] = [
    ["amd64", amd64, "7ffffffff000", "7ffff7fff000", true],
    ["amd64-L", amd64L, "7ffffffff000", "2aaaaaaab000", false],
    ["i386-3", i386, "c0000000", "b8000000", true],
    ["i386-3-L", i386L, "c0000000", "40000000", false],
    ["i386", i386Full, "ffffe000", "f7ffe000", true],
    ["i386-L", i386FullL, "ffffe000", "55555000", false],
  ];
  it.each(places)("%s", (_, settings, taskSize, mmapBase, topdown) => {
    const place = placement(settings);
    expect([hex(place.taskSize), hex(place.mmapBase), place.topdown]).toEqual([taskSize, mmapBase, topdown]);
  });

  const stacks: readonly (readonly [string, ExecSettings, number, string])[] = [
    ["amd64, 64 kB", amd64, 64 * KIB, "7ffff7fff000"],
    ["amd64, 8 M", amd64, 8 * MIB, "7ffff7fff000"],
    ["amd64, 64 M", amd64, 64 * MIB, "7ffff7fff000"],
    ["amd64, 128 M", amd64, 128 * MIB, "7ffff7eff000"],
    ["amd64, 256 M", amd64, 256 * MIB, "7fffefeff000"],
    ["amd64, 1 G", amd64, GIB, "7fffbfeff000"],
    ["amd64, unlimited", amd64, Infinity, "155555556000"],
    ["i386-3, 8 M", i386, 8 * MIB, "b8000000"],
    ["i386-3, 128 M", i386, 128 * MIB, "b7f00000"],
    ["i386-3, 256 M", i386, 256 * MIB, "aff00000"],
    ["i386-3, 1 G", i386, GIB, "7ff00000"],
    ["i386-3, unlimited", i386, Infinity, "20000000"],
  ];
  it.each(stacks)("RLIMIT_STACK %s: the first mapping ends there", (_, settings, stackLimit, top) => {
    const kernel = startKernel(measuredSpace({ ...settings, stackLimit }, "static"), { rlimitStack: stackLimit });
    const mmaps = kernel
      .entries()
      .filter(({ start }) => start > 2 ** 29 - 2 ** 24 && start < placement(settings).taskSize - 9 * MIB);
    expect(hex(Math.max(...mmaps.map(({ end }) => end)))).toBe(top);
    // A limit that is lowered later changes growth only.
    kernel.setLimit("rlimit_stack", 64 * KIB);
    expect(kernel.mmap(0, PAGE, RW, ANON)).toBe(Math.min(...mmaps.map(({ start }) => start)) - PAGE);
  });

  const programs: readonly (readonly [string, ExecSettings, Linkage, string, string])[] = [
    ["amd64 static", amd64, "static", "400000", "5a6000"],
    ["amd64 dynamic PIE", amd64, "dynamicPie", "555555554000", "555555559000"],
    ["amd64 static PIE", amd64, "staticPie", "7ffff7e59000", "555555555000"],
    ["amd64-L static PIE", amd64L, "staticPie", "2aaaaaaab000", "555555555000"],
    ["i386-3 dynamic", i386, "dynamic", "8048000", "804d000"],
    ["i386-3 dynamic PIE", i386, "dynamicPie", "41000000", "41005000"],
    ["i386-3 static PIE", i386, "staticPie", "b7f57000", "41000000"],
    ["i386-3-L static PIE", i386L, "staticPie", "40000000", "41000000"],
    ["i386 dynamic PIE", i386Full, "dynamicPie", "56555000", "5655a000"],
  ];
  it.each(programs)("%s: program and heap", (_, settings, linkage, base, heap) => {
    const { programBase, space } = measuredSpace(settings, linkage);
    expect([hex(programBase), hex(space.startBrk)]).toEqual([base, heap]);
    const vdso = space.mappings.filter(({ name }) => name.startsWith("[v")).map(({ start, end }) => (end - start) / PAGE);
    expect(vdso).toEqual([4, 2, 2]);
  });

  it("the stack begins with 132 kB, or with its limit", () => {
    const stack = (stackLimit: number): number => placement({ ...amd64, stackLimit }).stackBytes / KIB;
    expect([stack(64 * KIB), stack(8 * MIB), stack(Infinity)]).toEqual([64, 132, 132]);
  });
});

describe("§a 32 bits, 3 GiB of user space, nothing touched", () => {
  const reach: readonly (readonly [string, ExecSettings, Linkage, number, string, string])[] = [
    ["static, default", i386, "static", 0x811_3000, "2814.9", "b7ff7000"],
    ["dynamic, default", i386, "dynamic", 0x804_d000, "2813.3", "b7d8d000"],
    ["dynamic PIE, default", i386, "dynamicPie", 0x4100_5000, "1901.5", "b7d8d000"],
    ["static, classic", i386L, "static", 0x811_3000, "2046.84", "3ffff000"],
    ["dynamic, classic", i386L, "dynamic", 0x804_d000, "2044.43", "3ffff000"],
    ["dynamic PIE, classic", i386L, "dynamicPie", 0x4100_5000, "2030.85", "bfede000"],
  ];
  it.each(reach)("%s: longest mmap and highest break", (_, settings, linkage, brk, most, top) => {
    const kernel = startKernel(measuredSpace(settings, linkage));
    kernel.brk(brk);
    const { bytes } = longest(kernel);
    expect((bytes / MIB).toFixed(most.length - 5)).toBe(most);
    expect(hex(highestBreak(kernel, 64 * MIB))).toBe(top);
  });

  it("static, default: to the byte", () => {
    const kernel = startKernel(measuredSpace(i386, "static"));
    kernel.brk(0x811_3000);
    expect(longest(kernel).bytes).toBe(2_951_630_848);
  });

  it("mmap stops 1 MiB below the stack, and a classic layout leaves what lies below its base alone", () => {
    const kernel = startKernel(measuredSpace(i386L, "static"));
    const got = Array.from({ length: 1000 }, () => kernel.mmap(0, 8 * MIB, RW, ANON)).filter((at) => at >= 0);
    const rest = Array.from({ length: 4000 }, () => kernel.mmap(0, PAGE, RW, ANON)).filter((at) => at >= 0);
    expect(hex(Math.max(...rest.map((at) => at + PAGE)))).toBe("bfedf000");
    expect(Math.min(...got, ...rest)).toBeGreaterThanOrEqual(0x4000_0000);
  });

  it("without -3 the break reaches 3837.2 MiB, classic 1237.0 MiB", () => {
    const top = startKernel(measuredSpace(i386Full, "dynamic"));
    const start = top.currentBrk();
    expect(((highestBreak(top, 64 * MIB) - start) / MIB).toFixed(1)).toBe("3837.2");
    const classic = startKernel(measuredSpace(i386FullL, "dynamic"));
    const from = classic.currentBrk();
    expect(hex(highestBreak(classic, 64 * MIB))).toBe("55554000");
    expect(((classic.currentBrk() - from) / MIB).toFixed(1)).toBe("1237.0");
  });
});
