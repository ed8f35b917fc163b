import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { describe, expect, it } from "vitest";
import { mapFlag, prot } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { ProcName } from "../abi/proc-texts";
import { slabCaches } from "../abi/slab";
import { procText } from "./proc-text";
import { createTestHost, emptySpace } from "./testing/host";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;

const exe = {
  start: 0x40_0000,
  end: 0x40_3000,
  perms: "r-xp",
  offset: 0,
  device: "fe:00",
  inode: 12,
  name: "/home/user/a.out",
};

/** A process with 100 pages of its own, three of them touched. */
function sample() {
  const { kernel } = createTestHost(emptySpace([exe]), { totalramPages: 16_384 });
  const addr = kernel.mmap(0, 100 * PAGE_SIZE, RW, ANON);
  for (let page = 0; page < 3; page++) kernel.fault(addr + page * PAGE_SIZE, 1);
  kernel.fault(exe.start, 0);
  kernel.fault(0x7fff_ffff_e000, 1);
  return kernel.context;
}

const lines = (name: ProcName): readonly string[] => procText(sample(), name);

/** Columns without what they say: numbers with the blanks before them by their width, addresses by their digits. */
function shape(line: string): string {
  return line.replaceAll(/ *[0-9]+/g, (column) => `<${column.length}>`);
}

const isLinux = process.platform === "linux";
const reason = isLinux ? "" : " (skipped: not Linux)";
const real = (file: string): string[] => readFileSync(file, "utf8").replace(/\n$/, "").split("\n");
/** What a tool prints of this process; null where the tool is not installed. */
function tool(command: string, args: readonly string[]): string[] | null {
  const { stdout, status } = spawnSync(command, [...args, String(process.pid)], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin" },
  });
  return status === 0 ? stdout.trimEnd().split("\n") : null;
}

describe("texts of /proc", () => {
  it("add up to what the process has", () => {
    expect(lines("status")).toContain("VmSize:\t     544 kB");
    expect(lines("status")).toContain("RssAnon:\t      16 kB");
    expect(lines("status")).toContain("VmStk:\t     132 kB");
    const [size, resident, shared, text, lib, data, dirty] = (lines("statm")[0] ?? "").split(" ").map(Number);
    expect([size, text, lib, data, dirty]).toEqual([136, 3, 0, 133, 0]);
    expect(resident).toBe((shared ?? 0) + 4);
  });

  it("buddyinfo counts all of RAM that is not in use", () => {
    const k = sample();
    const counts = (procText(k, "buddyinfo")[0] ?? "").trim().split(/ +/).slice(4).map(Number);
    const free = counts.reduce((sum, count, order) => sum + count * 2 ** order, 0);
    // Five pages, five tables, the two shared frames, and what the file's page needed.
    expect(free).toBeLessThan(16_384 - 10);
    expect(free).toBeGreaterThan(16_384 - 20);
  });

  it("pmap's total is the sum of its lines and the size that status tells, with the kernel's page", () => {
    const [, , ...rows] = lines("pmap");
    const total = rows.at(-1) ?? "";
    const sum = rows.slice(0, -2).reduce((all, row) => all + Number(row.slice(16, 24)), 0);
    expect(Number(total.split(/ +/)[2])).toBe(sum);
    expect(sum).toBe(544 + 4);
  });

  it("a number that is too wide for its column has a unit", () => {
    const { kernel } = createTestHost();
    kernel.mmap(0, 2 ** 33, RW, ANON | mapFlag.NORESERVE);
    kernel.mmap(0, 2 ** 40, prot.NONE, ANON | mapFlag.NORESERVE);
    expect(procText(kernel.context, "top")[1]).toContain("  20   0 1032.0g      0      0 S ");
  });
});

describe.skipIf(!isLinux)(`texts beside this machine's own${reason}`, () => {
  it("status: the same lines in the same order and widths", () => {
    const memory = real("/proc/self/status").filter((line) => /^(Vm|Rss|Hugetlb)/.test(line));
    expect(lines("status").map(shape)).toEqual(memory.map(shape));
  });

  it("statm: as many numbers", () => {
    const numbers = (line = ""): string => line.replaceAll(/[0-9]+/g, "n");
    expect(numbers(lines("statm")[0])).toBe(numbers(real("/proc/self/statm")[0]));
  });

  it("maps: the name stands in the same column", () => {
    const column = (line = ""): number => line.lastIndexOf("[stack]");
    const stack = (all: readonly string[]): string | undefined => all.find((line) => line.endsWith("[stack]"));
    expect(column(stack(lines("maps")))).toBe(column(stack(real("/proc/self/maps"))));
  });

  it("smaps: each mapping has the same lines in the same order and widths", () => {
    const blocks = (all: readonly string[]): string[][] => {
      const found: string[][] = [];
      for (const line of all) {
        if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) found.push([]);
        else if (!line.startsWith("ProtectionKey")) found.at(-1)?.push(line.startsWith("VmFlags") ? "VmFlags" : shape(line));
      }
      return found;
    };
    const [theirs] = blocks(real("/proc/self/smaps"));
    const ours = blocks(lines("smaps"));
    // The program, 100 pages, the stack, and the page of the kernel that the process sees.
    expect(ours.length).toBe(4);
    for (const block of ours) expect(block).toEqual(theirs);
  });

  it("smaps_rollup: the same lines in the same order and widths, the sums over smaps", () => {
    expect(lines("smaps_rollup").slice(1).map(shape)).toEqual(real("/proc/self/smaps_rollup").slice(1).map(shape));
    const kB = (all: readonly string[], name: string): number =>
      all.filter((line) => line.startsWith(`${name}:`)).reduce((sum, line) => sum + Number.parseInt(line.slice(16), 10), 0);
    for (const name of ["Rss", "Private_Dirty", "Referenced", "Anonymous"])
      expect(kB(lines("smaps_rollup"), name), name).toBe(kB(lines("smaps"), name));
    expect([lines("smaps_rollup"), real("/proc/self/smaps_rollup")].map((all) => all[0]?.indexOf("[rollup]"))).toEqual([73, 73]);
  });

  it("buddyinfo: one line of the same shape for a zone", () => {
    const normal = real("/proc/buddyinfo").find((line) => line.includes("Normal"));
    if (normal === undefined) return expect(real("/proc/buddyinfo").length).toBeGreaterThan(0);
    const width = (line: string): string => line.replaceAll(/ +[0-9]+/g, (column) => `<${Math.max(7, column.length)}>`);
    expect(width(lines("buddyinfo")[0] ?? "").slice(5)).toBe(width(normal).slice(5));
  });

  it("slabinfo: the same head, and the lines of the same caches in the same widths", () => {
    const [version, titles, ...rows] = lines("slabinfo");
    const [v, t, ...all] = existsSync("/proc/slabinfo") && process.getuid?.() === 0 ? real("/proc/slabinfo") : [];
    expect(rows.map((row) => row.split(" ")[0])).toEqual(slabCaches.map(({ name }) => name));
    if (v === undefined) return;
    expect([version, titles]).toEqual([v, t]);
    for (const row of rows) {
      const theirs = all.find((line) => line.startsWith(row.slice(0, 17)));
      if (theirs === undefined) continue;
      expect(shape(row)).toBe(shape(theirs));
      // Sizes of objects, and how many make a slab of how many pages, are that release's.
      const sizes = (line: string): readonly string[] => line.split(/ +/).slice(3, 6);
      if (release().startsWith("6.18.")) expect(sizes(row)).toEqual(sizes(theirs));
    }
  });

  it("pmap -x: header, ruler, and each line in the shape of one of its lines", () => {
    const theirs = tool("pmap", ["-x"]);
    if (theirs === null) return expect(theirs).toBeNull();
    const ours = lines("pmap");
    expect(ours[1]).toBe(theirs[1]);
    expect(ours.at(-2)).toBe(theirs.at(-2));
    const pattern = /^[0-9a-f]{16}( [0-9 ]{6}[0-9]){3,} [r-][w-][x-][s-]- ( {2}\[ (anon|stack) \]|\S.*)$/;
    for (const line of [...ours.slice(2, -2), ...theirs.slice(2, -2)]) expect(line).toMatch(pattern);
    expect(shape(ours.at(-1) ?? "").length).toBe(shape(theirs.at(-1) ?? "").length);
  });

  it("top: the same header, columns at the same places", () => {
    const theirs = tool("top", ["-b", "-n1", "-p"]);
    if (theirs === null) return expect(theirs).toBeNull();
    const header = theirs.findIndex((line) => line.includes("VIRT"));
    expect(lines("top")[0]?.trim()).toBe(theirs[header]?.trim());
    const places = (line = ""): number[] => ["S", "COMMAND"].map((title) => line.indexOf(` ${title}`));
    expect(places(lines("top")[0]?.trimStart())).toEqual(places(theirs[header]?.trimStart()));
  });
});
