/** When neighbouring mappings become one, as measured on Linux 6.18: rows of §h that are not in merging.test.ts. Pages relative to an area. */
import { describe, expect, it } from "vitest";
import { fileKind } from "../abi/kernel";
import { advice, mapFlag, prot } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { Kernel } from "./kernel";
import { createTestHost } from "./testing/host";

const RW = prot.READ | prot.WRITE;
const PRIVATE = mapFlag.PRIVATE | mapFlag.FIXED;
const SHARED = mapFlag.SHARED | mapFlag.FIXED;
const ANON = mapFlag.ANONYMOUS;
const AREA = 0x1000_0000;
const at = (page: number): number => AREA + page * PAGE_SIZE;
const hex = (value: number): string => value.toString(16);

/** What a row is made of: a process with two files, and calls in pages of the area. */
interface Bench {
  readonly kernel: Kernel;
  map(page: number, pages: number, rights?: number, flags?: number): void;
  file(page: number, pages: number, pgoff: number, rights?: number, flags?: number, which?: 0 | 1): void;
  write(...pages: readonly number[]): void;
  protect(page: number, pages: number, rights: number): void;
  unmap(page: number, pages: number): void;
  move(from: number, to: number): void;
  advise(page: number, pages: number, code: number): void;
}

function bench(): Bench {
  const { kernel } = createTestHost();
  const files = ["/A", "/B"].map((name, index) =>
    kernel.createFile({ kind: fileKind.regular, name, inode: 7 + index, deviceMajor: 8, deviceMinor: 1, sizeBytes: 2 ** 20 }),
  );
  return {
    kernel,
    map: (page, pages, rights = RW, flags = PRIVATE) =>
      expect(kernel.mmap(at(page), pages * PAGE_SIZE, rights, flags | ANON)).toBe(at(page)),
    file: (page, pages, pgoff, rights = RW, flags = PRIVATE, which = 0) =>
      expect(kernel.mmap(at(page), pages * PAGE_SIZE, rights, flags, { file: files[which] ?? 0, pgoff })).toBe(at(page)),
    write: (...pages) => {
      for (const page of pages) expect(kernel.access(at(page), true)).toBe(true);
    },
    protect: (page, pages, rights) => expect(kernel.mprotect(at(page), pages * PAGE_SIZE, rights)).toBe(0),
    unmap: (page, pages) => expect(kernel.munmap(at(page), pages * PAGE_SIZE)).toBe(0),
    move: (from, to) => expect(kernel.mremap(at(from), PAGE_SIZE, PAGE_SIZE, 3, at(to))).toBe(at(to)),
    advise: (page, pages, code) => expect(kernel.madvise(at(page), pages * PAGE_SIZE, code)).toBe(0),
  };
}

const pieces = ({ kernel }: Bench): string =>
  kernel
    .entries()
    .filter(({ start }) => start >= AREA && start < at(1000))
    .map(({ start, end }) => `${(start - AREA) / PAGE_SIZE}-${(end - AREA) / PAGE_SIZE}`)
    .join(" ");

const R = prot.READ;
const rows: readonly (readonly [string, (b: Bench) => void, string])[] = [
  ["RW before RW", (b) => (b.map(1, 1), b.map(0, 1)), "0-2"],
  ["RW before touched RW", (b) => (b.map(1, 1), b.write(1), b.map(0, 1)), "0-2"],
  ["RW after touched RW", (b) => (b.map(0, 1), b.write(0), b.map(1, 1)), "0-2"],
  ["RW + R", (b) => (b.map(0, 1), b.map(1, 1, R)), "0-1 1-2"],
  ["both touched apart, gap filled", (b) => (b.map(0, 1), b.map(2, 1), b.write(0, 2), b.map(1, 1)), "0-2 2-3"],
  ["the lower touched, gap filled", (b) => (b.map(0, 1), b.map(2, 1), b.write(0), b.map(1, 1)), "0-3"],
  ["the upper touched, gap filled", (b) => (b.map(0, 1), b.map(2, 1), b.write(2), b.map(1, 1)), "0-3"],
  ["one touched with a hole refilled", (b) => (b.map(0, 3), b.write(0, 1, 2), b.unmap(1, 1), b.map(1, 1)), "0-3"],
  ["middle R and back, touched", (b) => (b.map(0, 3), b.write(0, 1, 2), b.protect(1, 1, R), b.protect(1, 1, RW)), "0-3"],
  ["touched + R made RW", (b) => (b.map(0, 1), b.write(0), b.map(1, 1, R), b.protect(1, 1, RW)), "0-2"],
  [
    "the same, both with an anon_vma of their own",
    (b) => {
      b.map(0, 1);
      b.map(5, 1);
      b.write(0, 5);
      b.protect(5, 1, R);
      b.move(5, 1);
      b.protect(1, 1, RW);
    },
    "0-1 1-2",
  ],
  ["two touched, one moved beside the other", (b) => (b.map(0, 1), b.map(5, 1), b.write(0, 5), b.move(5, 1)), "0-1 1-2"],
  ["untouched moved beside", (b) => (b.map(0, 1), b.map(5, 1), b.move(5, 1)), "0-2"],
  ["moved touched: new ones beside it", (b) => (b.map(5, 1), b.write(5), b.move(5, 1), b.map(0, 1), b.map(2, 1)), "0-1 1-2 2-3"],
  ["moved untouched: new ones beside it", (b) => (b.map(5, 1), b.move(5, 1), b.map(0, 1), b.map(2, 1)), "0-3"],
  ["R, first page RW and back, untouched", (b) => (b.map(0, 2, R), b.protect(0, 1, RW), b.protect(0, 1, R)), "0-2"],
  ["the same, touched between", (b) => (b.map(0, 2, R), b.protect(0, 1, RW), b.write(0), b.protect(0, 1, R)), "0-1 1-2"],
  ["private file R, half RW and back", (b) => (b.file(0, 2, 0, R), b.protect(0, 1, RW), b.protect(0, 1, R)), "0-1 1-2"],
  ["NORESERVE + normal", (b) => (b.map(0, 1, RW, PRIVATE | mapFlag.NORESERVE), b.map(1, 1)), "0-1 1-2"],
  ["GROWSDOWN + normal", (b) => (b.map(300, 1, RW, PRIVATE | mapFlag.GROWSDOWN), b.map(301, 1)), "300-301 301-302"],
  ["shared anon + shared anon", (b) => (b.map(0, 1, RW, SHARED), b.map(1, 1, RW, SHARED)), "0-1 1-2"],
  ["shared anon split and back", (b) => (b.map(0, 3, RW, SHARED), b.protect(1, 1, R), b.protect(1, 1, RW)), "0-3"],
  ["file, offsets in line", (b) => (b.file(0, 1, 0), b.file(1, 1, 1)), "0-2"],
  ["file shared, offsets in line", (b) => (b.file(0, 1, 0, RW, SHARED), b.file(1, 1, 1, RW, SHARED)), "0-2"],
  ["file, one side copied", (b) => (b.file(0, 1, 0), b.write(0), b.file(1, 1, 1)), "0-2"],
  ["file, both copied, gap filled", (b) => (b.file(0, 1, 0), b.file(2, 1, 2), b.write(0, 2), b.file(1, 1, 1)), "0-2 2-3"],
  ["file, a gap in the offset", (b) => (b.file(0, 1, 0), b.file(1, 1, 2)), "0-1 1-2"],
  ["file, shared + private", (b) => (b.file(0, 1, 0, RW, SHARED), b.file(1, 1, 1)), "0-1 1-2"],
  ["file A + file B", (b) => (b.file(0, 1, 0), b.file(1, 1, 1, RW, PRIVATE, 1)), "0-1 1-2"],
  ["MADV_RANDOM in the middle", (b) => (b.map(0, 3), b.advise(1, 1, advice.RANDOM)), "0-1 1-2 2-3"],
  ["MADV_HUGEPAGE in the middle", (b) => (b.map(0, 3), b.advise(1, 1, advice.HUGEPAGE)), "0-1 1-2 2-3"],
  ["MADV_NORMAL after RANDOM", (b) => (b.map(0, 3), b.advise(1, 1, advice.RANDOM), b.advise(1, 1, advice.NORMAL)), "0-3"],
];

describe("§h merging", () => {
  it.each(rows)("%s", (_, run, expected) => {
    const b = bench();
    run(b);
    expect(pieces(b)).toBe(expected);
  });
});

describe("§h placement for huge pages", () => {
  const MIB2 = 2 ** 21;
  const free = mapFlag.PRIVATE | ANON;
  const place = (length: number, hint = 0): string => hex(createTestHost().kernel.mmap(hint, length, RW, free));
  const base = 0x7fff_f7ff_f000;

  it.each([
    [2 * 1024 * 1024, "7ffff7c00000"],
    [4 * 1024 * 1024, "7ffff7a00000"],
    [4096, hex(base - 4096)],
    [2044 * 1024, hex(base - 2044 * 1024)],
    [2052 * 1024, hex(base - 2052 * 1024)],
    [5 * 1024 * 1024, hex(base - 5 * 1024 * 1024)],
  ])("%i bytes", (length, expected) => expect(place(length)).toBe(expected));

  it("small ones fill the hole that alignment left above", () => {
    const { kernel } = createTestHost();
    kernel.mmap(0, MIB2, RW, free);
    expect(kernel.mmap(0, PAGE_SIZE, RW, free)).toBe(base - PAGE_SIZE);
  });

  it("files: address and offset agree modulo 2 MiB; shared memory never", () => {
    const { kernel } = createTestHost();
    const big = { kind: fileKind.regular, name: "/A", inode: 7, deviceMajor: 8, deviceMinor: 1, sizeBytes: 2 ** 24 };
    const file = kernel.createFile(big);
    expect(hex(kernel.mmap(0, 4 * 2 ** 20, RW, mapFlag.PRIVATE, { file, pgoff: 3 }))).toBe("7ffff7a03000");
    expect(createTestHost().kernel.mmap(0, MIB2, RW, mapFlag.SHARED | ANON)).toBe(base - MIB2);
  });

  it("anonymous memory with a hint that fails is not aligned", () => {
    const { kernel } = createTestHost();
    kernel.mmap(AREA, PAGE_SIZE, RW, free | mapFlag.FIXED);
    expect(kernel.mmap(AREA, MIB2, RW, free)).toBe(base - MIB2);
  });
});
