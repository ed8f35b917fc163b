import { describe, expect, it } from "vitest";
import { mapFlag, prot } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { Kernel } from "./kernel";
import { createTestHost } from "./testing/host";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;

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
