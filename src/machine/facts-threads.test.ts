/** Threads, their stacks and arenas, as measured with glibc 2.36 on Linux 6.18: rows of §f. */
import { describe, expect, it } from "vitest";
import type { ExecSettings } from "../abi/placement";
import type { Machine } from "./machine";
import { createThreads } from "./make-threads";
import { startMalloc } from "./testing/measured";

const PAGE = 4096;
const KIB = 1024;
const MIB = 2 ** 20;
const hex = (value: number): string => value.toString(16);

const amd64: ExecSettings = { abi: "amd64" };
const i386: ExecSettings = { abi: "i386", threeGigabytes: true };
const start = (settings: ExecSettings): Promise<Machine> => startMalloc(settings, "dynamicPie");
const malloc = ({ engine }: Machine, bytes: number): number => engine.malloc(bytes, 0);
const status = ({ kernel }: Machine) => kernel.status();

const lines = ({ kernel }: Machine): string[] =>
  kernel.entries().map(({ start: from, end, perms }) => `${hex(from)}-${hex(end)} ${perms}`);
/** Mappings that are there now and were not before. */
const since = (machine: Machine, before: readonly string[]): string[] => lines(machine).filter((line) => !before.includes(line));
const sizes = (machine: Machine, from: number, to: number, perms: string): number[] =>
  machine.kernel
    .entries()
    .filter((entry) => entry.start >= from && entry.end <= to && entry.perms === perms)
    .map((entry) => (entry.end - entry.start) / KIB);

describe("§f threads", () => {
  it("a stack is 8192 kB above its guard page, the next one right below; the first thread makes the heap", async () => {
    const machine = await start(amd64);
    const threads = createThreads(machine);
    const before = lines(machine);
    threads.create();
    expect(since(machine, before)).toEqual([
      "555555559000-55555557a000 rw-p",
      "7ffff75cf000-7ffff75d0000 ---p",
      "7ffff75d0000-7ffff7dd0000 rw-p",
    ]);
    const resident = status(machine).RssAnon;
    threads.create();
    expect(lines(machine)).toContain("7ffff6dcf000-7ffff75cf000 rw-p");
    // Of the 8 to 12 kB that a real idle thread touches these are glibc's; the rest are frames of machine code (docs/deviations.md).
    expect(status(machine).RssAnon - resident).toBe(4);
  });

  it("i386: the first thread makes a heap of 136 kB", async () => {
    const machine = await start(i386);
    createThreads(machine).create();
    expect(machine.kernel.currentBrk() - machine.process.heapStart).toBe(136 * KIB);
  });

  it("an arena at each thread's first malloc: 64 MiB on a 64 MiB border, 132 kB of them usable", async () => {
    const machine = await start(amd64);
    const threads = createThreads(machine);
    const made = [0, 1, 2].map(() => threads.create());
    const before = lines(machine);
    const firsts = made.map((thread) => {
      threads.switchTo(thread);
      const virt = status(machine).VmSize;
      const block = malloc(machine, 1000);
      expect(status(machine).VmSize - virt).toBe(65_536);
      return hex(block);
    });
    // Which thread gets which is a matter of who comes first.
    expect(firsts.toSorted()).toEqual(["7fffe8000b70", "7fffec000b70", "7ffff0000b70"]);
    expect(firsts[0]).toBe("7ffff0000b70");
    expect(since(machine, before).slice(-2)).toEqual(["7ffff0000000-7ffff0021000 rw-p", "7ffff0021000-7ffff4000000 ---p"]);
    expect((0x7fff_f400_0000 - 0x7fff_f002_1000) / KIB).toBe(65_404);
  });

  it("the usable part grows by pages: 1.0 M in use", async () => {
    const machine = await start(amd64);
    const threads = createThreads(machine);
    threads.switchTo(threads.create());
    malloc(machine, 1000);
    for (let count = 0; count < 20; count++) malloc(machine, 50_000);
    const [usable = 0] = sizes(machine, 0x7fff_f000_0000, 0x7fff_f400_0000, "rw-p");
    expect(hex(usable * KIB)).toBe("f6000");
  });

  it("legacy: arenas from 2aaaac000000 on", async () => {
    const machine = await start({ ...amd64, legacy: true });
    const threads = createThreads(machine);
    const made = [threads.create(), threads.create()];
    const arenas = made.map((thread) => {
      threads.switchTo(thread);
      return hex(malloc(machine, 1000));
    });
    expect(arenas).toEqual(["2aaaac000b70", "2aaab0000b70"]);
  });

  it("an arena that is full gets a second heap: 65504 kB in blocks of 50000", async () => {
    const machine = await start(amd64);
    const threads = createThreads(machine);
    threads.switchTo(threads.create());
    malloc(machine, 50_000);
    const one = status(machine).VmSize;
    while (status(machine).VmSize === one) malloc(machine, 50_000);
    expect(sizes(machine, 0x7fff_f000_0000, 0x7fff_f400_0000, "rw-p")).toEqual([65_504]);
    expect(lines(machine).some((line) => line.startsWith("7fffe8000000-"))).toBe(true);
  });

  it("i386: heaps of 1 MiB, 132 kB usable at first, 980 kB of each in blocks of 50000", async () => {
    const machine = await start(i386);
    const threads = createThreads(machine);
    threads.switchTo(threads.create());
    const before = lines(machine);
    malloc(machine, 1000);
    expect(since(machine, before)).toEqual(["b7400000-b7421000 rw-p", "b7421000-b7500000 ---p"]);
    expect((0xb750_0000 - 0xb742_1000) / KIB).toBe(892);
    for (let count = 0; count < 1430; count++) malloc(machine, 50_000);
    const usable = sizes(machine, 0x4200_0000, 0xb750_0000, "rw-p");
    expect(usable).toHaveLength(72);
    expect(usable.slice(1, -1).every((kB) => kB === 980)).toBe(true);
    expect(sizes(machine, 0xb720_0000, 0xb730_0000, "---p")).toEqual([44]);
  });

  it("threads after one another use one stack; at its end all but 24 kB of it go", async () => {
    const machine = await start(amd64);
    const threads = createThreads(machine);
    const round = (pages: number): readonly [string, number] => {
      const before = status(machine).RssAnon;
      const maps = lines(machine);
      const thread = threads.create();
      threads.switchTo(thread);
      for (let page = 1; page <= pages; page++) machine.kernel.access(0x7fff_f7dd_0000 - page * PAGE, true);
      threads.exit();
      threads.switchTo(0);
      threads.reap(thread);
      return [since(machine, maps).join(" "), status(machine).RssAnon - before];
    };
    const [stack] = round(2);
    expect(stack).toContain("7ffff75d0000-7ffff7dd0000 rw-p");
    const [again, kept] = round((4 * MIB) / PAGE);
    expect([again, kept]).toEqual(["", 16]);
  });

  it("of eight stacks at a time the cache keeps four, the latest to be given back", async () => {
    const machine = await start(amd64);
    const threads = createThreads(machine);
    const made = Array.from({ length: 8 }, () => threads.create());
    for (const thread of made) {
      threads.switchTo(thread);
      threads.exit();
      threads.switchTo(0);
      threads.reap(thread);
    }
    const left = machine.kernel.entries().filter(({ start: from, end }) => end - from === 8192 * KIB && end < 0x7fff_f7dd_1000);
    expect(left.map(({ start: from }) => hex(from))).toEqual(
      [4, 5, 6, 7].map((nth) => hex(0x7fff_f75d_0000 - nth * 8196 * KIB)).toReversed(),
    );
  });

  it("arenas stay when their threads have been joined", async () => {
    const machine = await start(amd64);
    const threads = createThreads(machine);
    const thread = threads.create();
    threads.switchTo(thread);
    malloc(machine, 1000);
    const maps = lines(machine);
    threads.exit();
    threads.switchTo(0);
    threads.reap(thread);
    expect(lines(machine)).toEqual(maps);
  });
});
