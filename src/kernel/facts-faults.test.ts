/** Faults and what they leave, as measured on Linux 6.18: rows of §i. */
import { describe, expect, it } from "vitest";
import { control } from "../abi/control";
import { fileKind, mmStruct } from "../abi/kernel";
import { advice, BUS_ADRERR, mapFlag, mremapFlag, prot, segvCode, signalNumber } from "../abi/linux";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import type { Kernel } from "./kernel";
import type { MemoryStatus } from "./proc";
import { createTestHost } from "./testing/host";

const RW = prot.READ | prot.WRITE;
const KB = PAGE_SIZE / 1024;
/** Two page tables' worth of pages before the border of a third. */
const AREA = 0x1000_0000;
const at = (page: number): number => AREA + page * PAGE_SIZE;

interface Bench {
  readonly kernel: Kernel;
  readonly file: number;
}

/** `map` says what stands at the area; the file has 100 pages and a bit. */
function bench(): Bench {
  const { kernel } = createTestHost();
  const sizeBytes = 100 * PAGE_SIZE + 10;
  return {
    kernel,
    file: kernel.createFile({ kind: fileKind.regular, name: "/F", inode: 7, deviceMajor: 8, deviceMinor: 1, sizeBytes }),
  };
}

function anonymous({ kernel }: Bench, pages: number, rights: number = RW, flags: number = mapFlag.PRIVATE): void {
  expect(kernel.mmap(AREA, pages * PAGE_SIZE, rights, flags | mapFlag.ANONYMOUS | mapFlag.FIXED)).toBe(AREA);
}

function mapped({ kernel, file }: Bench, page: number, pages: number, pgoff: number, flags: number = mapFlag.PRIVATE): void {
  expect(kernel.mmap(at(page), pages * PAGE_SIZE, RW, flags | mapFlag.FIXED, { file, pgoff })).toBe(at(page));
}

const faults = (kernel: Kernel): number => kernel.context.bytes.u64(mmStruct.at + mmStruct.min_flt);
const signal = ({ context }: Kernel): readonly [number, number] => {
  const word = (field: number): number => context.bytes.u32(machineMemory.control + field);
  return [word(control.signal), word(control.signalCode)];
};

type Part = "RssAnon" | "RssFile" | "RssShmem" | "VmPTE";

/** Faults of some work, and what it changed, in pages. */
function cost(kernel: Kernel, work: () => void): Partial<Record<Part | "faults", number>> {
  const before = kernel.status();
  const count = faults(kernel);
  work();
  const after = kernel.status();
  const change = (part: Part): number => (after[part] - before[part]) / KB;
  const parts = (["RssAnon", "RssFile", "RssShmem"] as const).filter((part) => change(part) !== 0);
  return { faults: faults(kernel) - count, ...Object.fromEntries(parts.map((part) => [part, change(part)])) };
}

const touch = (kernel: Kernel, write: boolean, from: number, to: number): void => {
  for (let page = from; page < to; page++) expect(kernel.access(at(page), write)).toBe(true);
};
const read = (kernel: Kernel, from: number, to = from + 1): void => touch(kernel, false, from, to);
const write = (kernel: Kernel, from: number, to = from + 1): void => touch(kernel, true, from, to);
/** Pages of the first `count` that a page table entry maps, as `a-b`. */
function present({ kernel }: Bench, count: number): string {
  const there = Array.from({ length: count }, (_, page) => page).filter((page) => kernel.linearOffset(at(page)) >= 0);
  return there.length === 0 ? "none" : `${there[0]}-${(there.at(-1) ?? 0) + 1}`;
}

type Step = readonly [string, (b: Bench) => void, Partial<Record<Part | "faults", number>>];

const sequences: readonly (readonly [string, (b: Bench) => void, readonly Step[]])[] = [
  [
    "anonymous memory",
    (b) => anonymous(b, 16),
    [
      ["read: the zero page, a fault a page", ({ kernel }) => read(kernel, 0, 4), { faults: 4 }],
      ["written", ({ kernel }) => write(kernel, 8, 12), { faults: 4, RssAnon: 4 }],
      ["zero page, then written", ({ kernel }) => write(kernel, 0, 4), { faults: 4, RssAnon: 4 }],
      ["again", ({ kernel }) => write(kernel, 0, 4), { faults: 0 }],
      ["MADV_DONTNEED", ({ kernel }) => void kernel.madvise(AREA, 4 * PAGE_SIZE, advice.DONTNEED), { faults: 0, RssAnon: -4 }],
      ["MADV_FREE keeps it", ({ kernel }) => void kernel.madvise(at(8), 4 * PAGE_SIZE, advice.FREE), { faults: 0 }],
      ["and a rewrite is free", ({ kernel }) => write(kernel, 8, 12), { faults: 0 }],
      [
        "mprotect R and back: no refault",
        ({ kernel }) => {
          kernel.mprotect(AREA, 16 * PAGE_SIZE, prot.READ);
          kernel.mprotect(AREA, 16 * PAGE_SIZE, RW);
          write(kernel, 8, 12);
        },
        { faults: 0 },
      ],
    ],
  ],
  [
    "a private file",
    (b) => mapped(b, 0, 100, 0),
    [
      ["read: 16 pages at a time", ({ kernel }) => read(kernel, 20), { faults: 1, RssFile: 16 }],
      ["its neighbours are there", ({ kernel }) => read(kernel, 16, 32), { faults: 0 }],
      ["written: its own page only", ({ kernel }) => write(kernel, 50, 52), { faults: 2, RssAnon: 2 }],
      ["read, then written: one fault more", ({ kernel }) => write(kernel, 16), { faults: 1, RssAnon: 1, RssFile: -1 }],
    ],
  ],
  [
    "a shared file",
    (b) => mapped(b, 0, 100, 0, mapFlag.SHARED),
    [
      ["written: its own page only", ({ kernel }) => write(kernel, 50, 52), { faults: 2, RssFile: 2 }],
      ["read: 16 pages", ({ kernel }) => read(kernel, 0), { faults: 1, RssFile: 16 }],
      ["then written: one fault more", ({ kernel }) => write(kernel, 3), { faults: 1 }],
    ],
  ],
  [
    "shared anonymous memory",
    (b) => anonymous(b, 16, RW, mapFlag.SHARED),
    [
      ["read makes pages too", ({ kernel }) => read(kernel, 0, 2), { faults: 2, RssShmem: 2 }],
      ["MADV_DONTNEED", ({ kernel }) => void kernel.madvise(AREA, 16 * PAGE_SIZE, advice.DONTNEED), { faults: 0, RssShmem: -2 }],
      ["but the pages stay: one fault maps both", ({ kernel }) => read(kernel, 0, 2), { faults: 1, RssShmem: 2 }],
    ],
  ],
];

describe("§i what a touch costs", () => {
  it.each(sequences)("%s", (_, prepare, steps) => {
    const b = bench();
    prepare(b);
    for (const [name, work, expected] of steps) expect([name, cost(b.kernel, () => work(b))]).toEqual([name, expected]);
  });
});

describe("§i fault-around: 16 pages from the border of their group or the mapping", () => {
  const rows: readonly (readonly [string, number, number, number, number, string])[] = [
    ["inside", 0, 100, 0, 37, "32-48"],
    ["the mapping begins inside the group: 16 pages from there", 5, 90, 0, 9, "5-21"],
    ["clipped to the mapping's end", 0, 40, 0, 38, "32-40"],
    ["clipped to the page table's end", 500, 100, 0, 506, "500-512"],
    ["clipped to the file's end", 0, 64, 90, 8, "0-11"],
  ];
  it.each(rows)("%s", (_, page, pages, pgoff, touched, expected) => {
    const b = bench();
    mapped(b, page, pages, pgoff);
    expect(cost(b.kernel, () => read(b.kernel, touched)).faults).toBe(1);
    expect(present(b, 700)).toBe(expected);
  });
});

describe("§i signals", () => {
  const rows: readonly (readonly [string, (b: Bench) => void, number, boolean, readonly [number, number]])[] = [
    ["unmapped", () => {}, 0, false, [signalNumber.SIGSEGV, segvCode.MAPERR]],
    ["written without the right", (b) => anonymous(b, 1, prot.READ), 0, true, [signalNumber.SIGSEGV, segvCode.ACCERR]],
    ["read without any right", (b) => anonymous(b, 1, prot.NONE), 0, false, [signalNumber.SIGSEGV, segvCode.ACCERR]],
    ["beyond the end of the file", (b) => mapped(b, 0, 120, 0), 101, false, [signalNumber.SIGBUS, BUS_ADRERR]],
  ];
  it.each(rows)("%s", (_, prepare, page, writes, expected) => {
    const b = bench();
    prepare(b);
    expect(b.kernel.access(at(page), writes)).toBe(false);
    expect(signal(b.kernel)).toEqual(expected);
  });
});

describe("§i what /proc/self/status adds up", () => {
  const kB = (kernel: Kernel, pages: (perms: string, growsDown: boolean) => boolean): number =>
    kernel
      .entries()
      .filter(({ perms, name }) => pages(perms, name === "[stack]"))
      .reduce((sum, { start, end }) => sum + (end - start) / 1024, 0);

  it("VmSize, VmRSS, VmStk, VmData, VmExe + VmLib are sums over the mappings", () => {
    const b = bench();
    anonymous(b, 30);
    mapped(b, 100, 40, 0);
    mapped(b, 200, 10, 0, mapFlag.SHARED);
    b.kernel.mprotect(at(10), 5 * PAGE_SIZE, prot.READ | prot.EXEC);
    b.kernel.mprotect(at(20), 5 * PAGE_SIZE, RW | prot.EXEC);
    write(b.kernel, 0, 9);
    read(b.kernel, 100);
    const s: MemoryStatus = b.kernel.status();
    const writable = (perms: string): boolean => perms.includes("w") && perms.endsWith("p");
    expect(s.VmSize).toBe(kB(b.kernel, () => true));
    expect(s.VmRSS).toBe(s.RssAnon + s.RssFile + s.RssShmem);
    expect(s.VmStk).toBe(kB(b.kernel, (_, stack) => stack));
    expect(s.VmData).toBe(kB(b.kernel, (perms, stack) => writable(perms) && !stack));
    expect(s.VmExe + s.VmLib).toBe(kB(b.kernel, (perms, stack) => perms.includes("x") && !perms.includes("w") && !stack));
  });

  it("VmPTE is 4 kB a table of the three lower levels; empty ones go with munmap, and with a MADV_DONTNEED that spans them", () => {
    const b = bench();
    const tables = (): number => b.kernel.status().VmPTE / KB;
    const before = tables();
    const pages = 4 * 512;
    anonymous(b, pages);
    // A PUD and a PMD table for this part of the address space, then one PTE table a 2 MiB.
    write(b.kernel, 0);
    expect(tables() - before).toBe(3);
    for (const nth of [1, 2, 3]) write(b.kernel, nth * 512);
    expect(tables() - before).toBe(6);
    b.kernel.madvise(at(512), 1024 * PAGE_SIZE, advice.DONTNEED);
    expect(tables() - before).toBe(4);
    b.kernel.munmap(AREA, pages * PAGE_SIZE);
    expect(tables() - before).toBe(0);
  });

  it("VmPTE: 2 MiB that move as a whole take their table along, though the old range stays; parts of it leave theirs", () => {
    const flags = mremapFlag.MAYMOVE | mremapFlag.FIXED | mremapFlag.DONTUNMAP;
    for (const [pages, tables] of [
      [512, 3],
      [511, 4],
    ] as const) {
      const b = bench();
      const before = b.kernel.status().VmPTE / KB;
      anonymous(b, 1024);
      write(b.kernel, 0);
      const [bytes, target] = [pages * PAGE_SIZE, AREA + 16 * 512 * PAGE_SIZE];
      expect(b.kernel.mremap(AREA, bytes, bytes, flags, target)).toBe(target);
      expect(b.kernel.status().VmPTE / KB - before).toBe(tables);
    }
  });
});
