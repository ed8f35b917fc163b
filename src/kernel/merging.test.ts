import { describe, expect, it } from "vitest";
import { advice, mapFlag, prot } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { Kernel } from "./kernel";
import { createTestHost } from "./testing/host";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;
const AREA = 0x1000_0000;
const at = (page: number): number => AREA + page * PAGE_SIZE;

/** Pages relative to the area, as measured tables write them: `0-2 2-3`. */
function pieces(kernel: Kernel): string {
  return kernel
    .entries()
    .filter((entry) => entry.start >= AREA && entry.start < AREA + 1000 * PAGE_SIZE)
    .map((entry) => `${(entry.start - AREA) / PAGE_SIZE}-${(entry.end - AREA) / PAGE_SIZE}`)
    .join(" ");
}

function map(kernel: Kernel, page: number, pages: number, rights: number = RW, flags = 0): void {
  expect(kernel.mmap(at(page), pages * PAGE_SIZE, rights, ANON | mapFlag.FIXED | flags)).toBe(at(page));
}

const touch = (kernel: Kernel, page: number): number => kernel.fault(at(page), 1);
const protect = (kernel: Kernel, page: number, pages: number, rights: number): number =>
  kernel.mprotect(at(page), pages * PAGE_SIZE, rights);

/** What was measured on Linux 6.18 for anonymous memory, one line each. */
const cases: readonly (readonly [string, (kernel: Kernel) => void, string])[] = [
  ["RW beside RW is one", (k) => (map(k, 0, 1), map(k, 1, 1)), "0-2"],
  ["touched beside untouched is one", (k) => (map(k, 0, 1), touch(k, 0), map(k, 1, 1)), "0-2"],
  ["RW beside R stays two", (k) => (map(k, 0, 1), map(k, 1, 1, prot.READ)), "0-1 1-2"],
  [
    "between two touched ones the filling joins the lower",
    (k) => (map(k, 0, 1), map(k, 2, 1), touch(k, 0), touch(k, 2), map(k, 1, 1)),
    "0-2 2-3",
  ],
  [
    "between a touched and an untouched one all three join",
    (k) => (map(k, 0, 1), map(k, 2, 1), touch(k, 0), map(k, 1, 1)),
    "0-3",
  ],
  [
    "a hole in one touched mapping heals when it is refilled",
    (k) => {
      map(k, 0, 3);
      for (const page of [0, 1, 2]) touch(k, page);
      k.munmap(at(1), PAGE_SIZE);
      map(k, 1, 1);
    },
    "0-3",
  ],
  [
    "a middle page made R and RW again leaves one mapping",
    (k) => (map(k, 0, 3), touch(k, 0), protect(k, 1, 1, prot.READ), protect(k, 1, 1, RW)),
    "0-3",
  ],
  [
    "R made RW joins a touched neighbour",
    (k) => (map(k, 0, 1), touch(k, 0), map(k, 1, 1, prot.READ), protect(k, 1, 1, RW)),
    "0-2",
  ],
  [
    "untouched R, first page RW and back: one again",
    (k) => (map(k, 0, 2, prot.READ), protect(k, 0, 1, RW), protect(k, 0, 1, prot.READ)),
    "0-2",
  ],
  [
    "the same with a write in between: two, because the promise of memory stays",
    (k) => (map(k, 0, 2, prot.READ), protect(k, 0, 1, RW), touch(k, 0), protect(k, 0, 1, prot.READ)),
    "0-1 1-2",
  ],
  ["NORESERVE does not join", (k) => (map(k, 0, 1), map(k, 1, 1, RW, mapFlag.NORESERVE)), "0-1 1-2"],
  ["GROWSDOWN does not join", (k) => (map(k, 0, 1), map(k, 1, 1, RW, mapFlag.GROWSDOWN)), "0-1 1-2"],
  [
    "advice on the middle page makes three, taking it back makes one",
    (k) => {
      map(k, 0, 3);
      k.madvise(at(1), PAGE_SIZE, advice.RANDOM);
      expect(pieces(k)).toBe("0-1 1-2 2-3");
      k.madvise(at(1), PAGE_SIZE, advice.NORMAL);
    },
    "0-3",
  ],
  [
    "untouched memory moved beside another joins",
    (k) => (map(k, 0, 1), map(k, 50, 1), k.mremap(at(50), PAGE_SIZE, PAGE_SIZE, 3, at(1))),
    "0-2",
  ],
  [
    "touched memory moved beside another does not: it keeps its old offset",
    (k) => (map(k, 0, 1), map(k, 50, 1), touch(k, 50), k.mremap(at(50), PAGE_SIZE, PAGE_SIZE, 3, at(1))),
    "0-1 1-2",
  ],
];

describe("neighbouring mappings", () => {
  it.each(cases)("%s", (_, run, expected) => {
    const { kernel } = createTestHost();
    run(kernel);
    expect(pieces(kernel)).toBe(expected);
  });
});

describe("the heap", () => {
  const heap = 0x5a_6000;
  const lines = (kernel: Kernel): string[] =>
    kernel.entries().map(({ start, end, name }) => `${start.toString(16)}-${end.toString(16)} ${name}`);

  it("keeps an unaligned break exactly and rounds its mapping up", () => {
    const { kernel } = createTestHost();
    expect(kernel.brk(0x5a_6123)).toBe(0x5a_6123);
    expect(lines(kernel)[0]).toBe("5a6000-5a7000 [heap]");
    expect(kernel.brk(0)).toBe(0x5a_6123);
    expect(kernel.brk(heap - 1)).toBe(0x5a_6123);
  });

  it("leaves one free page below the next mapping, and returns the old break when it cannot", () => {
    const { kernel } = createTestHost();
    kernel.mmap(heap + 4 * PAGE_SIZE, PAGE_SIZE, RW, ANON | mapFlag.FIXED);
    expect(kernel.brk(heap + 4 * PAGE_SIZE)).toBe(heap);
    expect(kernel.brk(heap + 3 * PAGE_SIZE)).toBe(heap + 3 * PAGE_SIZE);
  });

  it("never joins the bss below it, but takes in a mapping made right above it", () => {
    const bss = { start: heap - PAGE_SIZE, end: heap, perms: "rw-p", offset: 0, device: "00:00", inode: 0, name: "" };
    const host = createTestHost();
    const space = { ...host.space, mappings: [bss, ...host.space.mappings] };
    const { kernel } = createTestHost(space);
    kernel.brk(heap + PAGE_SIZE);
    expect(lines(kernel).slice(0, 2)).toEqual(["5a5000-5a6000 ", "5a6000-5a7000 [heap]"]);
    kernel.mmap(heap + PAGE_SIZE, PAGE_SIZE, RW, ANON | mapFlag.FIXED);
    expect(lines(kernel)[1]).toBe("5a6000-5a8000 [heap]");
  });

  it("grows a new mapping where its last page was made read-only; all pieces are [heap]", () => {
    const { kernel } = createTestHost();
    kernel.brk(heap + 2 * PAGE_SIZE);
    kernel.mprotect(heap + PAGE_SIZE, PAGE_SIZE, prot.READ);
    kernel.brk(heap + 3 * PAGE_SIZE);
    expect(lines(kernel).slice(0, 3)).toEqual(["5a6000-5a7000 [heap]", "5a7000-5a8000 [heap]", "5a8000-5a9000 [heap]"]);
  });
});

describe("placement", () => {
  it("goes top-down, first fit, and puts whole 2 MiB on a 2 MiB border", () => {
    const { kernel } = createTestHost();
    const base = 0x7fff_f7ff_f000;
    expect(kernel.mmap(0, 9 * PAGE_SIZE, RW, ANON)).toBe(base - 9 * PAGE_SIZE);
    expect(kernel.mmap(0, 2 ** 21, RW, ANON)).toBe(0x7fff_f7c0_0000);
    expect(kernel.mmap(0, PAGE_SIZE, RW, ANON)).toBe(base - 10 * PAGE_SIZE);
    expect(kernel.mmap(0, 2 ** 21 + PAGE_SIZE, RW, ANON) % 2 ** 21).not.toBe(0);
  });

  it("moves a hint nearer than 256 pages below a stack, and obeys FIXED there", () => {
    const { kernel } = createTestHost();
    const stack = 0x7fff_fffd_e000;
    const near = stack - 10 * PAGE_SIZE;
    expect(kernel.mmap(near, PAGE_SIZE, RW, ANON)).not.toBe(near);
    expect(kernel.mmap(near, PAGE_SIZE, RW, ANON | mapFlag.FIXED)).toBe(near);
    expect(kernel.fault(stack - PAGE_SIZE, 1)).toBe(0);
  });
});
