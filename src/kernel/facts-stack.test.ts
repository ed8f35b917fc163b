/** The process's stack, as measured on Linux 6.18: rows of §g. */
import { describe, expect, it } from "vitest";
import { control } from "../abi/control";
import { mapFlag, prot, segvCode } from "../abi/linux";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import type { Kernel } from "./kernel";
import { createTestHost } from "./testing/host";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;
const FIXED = ANON | mapFlag.FIXED;
const TOP = 0x7fff_ffff_f000;
const BOTTOM = TOP - 0x2_1000;
const LIMIT = TOP - 8 * 2 ** 20;
const GUARD = 256 * PAGE_SIZE;
const hex = (value: number): string => value.toString(16);

const start = (): Kernel => createTestHost().kernel;
const write = (kernel: Kernel, addr: number): boolean => kernel.access(addr, true);
const code = ({ context }: Kernel): number => context.bytes.u32(machineMemory.control + control.signalCode);
/** Start and end of each mapping from 16 MiB below the top on, with its name. */
const pieces = (kernel: Kernel): string[] =>
  kernel
    .entries()
    .filter(({ end }) => end > TOP - 2 ** 24)
    .map(({ start: from, end, perms, name }) => `${hex(from)}-${hex(end)} ${perms}${name === "" ? "" : ` ${name}`}`);
const stack = (from: number): string => `${hex(from)}-7ffffffff000 rw-p [stack]`;

describe("§g the stack", () => {
  it("begins with 132 kB", () => expect(pieces(start())).toEqual([stack(BOTTOM)]));

  it("grows in one step to the touched page, of which alone becomes resident, and never shrinks", () => {
    const kernel = start();
    const resident = kernel.status().RssAnon;
    const far = TOP - 4 * 2 ** 20 + 123;
    expect(write(kernel, far)).toBe(true);
    expect(pieces(kernel)).toEqual([stack(far - (far % PAGE_SIZE))]);
    expect(kernel.status().RssAnon - resident).toBe(4);
    expect([kernel.linearOffset(far) >= 0, kernel.linearOffset(far + PAGE_SIZE)]).toEqual([true, -1]);
    write(kernel, TOP - 8);
    expect(pieces(kernel)).toEqual([stack(far - (far % PAGE_SIZE))]);
  });

  it("may be exactly as large as its limit; one byte below is SIGSEGV, MAPERR", () => {
    const kernel = start();
    expect(write(kernel, LIMIT)).toBe(true);
    expect(pieces(kernel)).toEqual([stack(0x7fff_ff7f_f000)]);
    expect(write(kernel, LIMIT - 1)).toBe(false);
    expect(code(kernel)).toBe(segvCode.MAPERR);
  });

  it("only stops growing when its limit is lowered below its size", () => {
    const kernel = start();
    write(kernel, TOP - 2 ** 20);
    kernel.setLimit("rlimit_stack", 65_536);
    expect(write(kernel, TOP - 2 ** 20 + 5 * PAGE_SIZE)).toBe(true);
    expect(write(kernel, TOP - 2 ** 20 - 1)).toBe(false);
    expect(pieces(kernel)).toEqual([stack(TOP - 2 ** 20)]);
  });

  const neighbours: readonly (readonly [string, number, number, number, boolean])[] = [
    ["256 pages are left: grows", GUARD, RW, FIXED, true],
    ["255 pages are left: MAPERR", GUARD - PAGE_SIZE, RW, FIXED, false],
    ["a mapping without rights does not count", PAGE_SIZE, prot.NONE, FIXED, true],
    ["nor does another that grows down, even at its border", 0, RW, FIXED | mapFlag.GROWSDOWN, true],
  ];
  it.each(neighbours)("guard gap: %s", (_, gap, rights, flags, grows) => {
    const kernel = start();
    const touched = BOTTOM - 10 * PAGE_SIZE;
    const below = touched - gap - PAGE_SIZE;
    expect(kernel.mmap(below, PAGE_SIZE, rights, flags)).toBe(below);
    expect(write(kernel, touched)).toBe(grows);
    expect(pieces(kernel).at(-1)).toBe(stack(grows ? touched : BOTTOM));
    if (!grows) expect(code(kernel)).toBe(segvCode.MAPERR);
    // The two stay apart.
    expect(pieces(kernel)).toHaveLength(2);
  });

  it("a hint nearer than 256 pages is moved; FIXED and FIXED_NOREPLACE right below succeed, and then it cannot grow", () => {
    for (const flag of [mapFlag.FIXED, mapFlag.FIXED_NOREPLACE]) {
      const kernel = start();
      const near = BOTTOM - GUARD;
      expect(kernel.mmap(near, PAGE_SIZE, RW, ANON)).not.toBe(near);
      expect(kernel.mmap(near - PAGE_SIZE, PAGE_SIZE, RW, ANON)).toBe(near - PAGE_SIZE);
      expect(kernel.mmap(BOTTOM - PAGE_SIZE, PAGE_SIZE, RW, ANON | flag)).toBe(BOTTOM - PAGE_SIZE);
      expect(write(kernel, BOTTOM - 2 * PAGE_SIZE)).toBe(false);
    }
  });

  it("shrinks when its lowest part is unmapped, and grows back at the next touch", () => {
    const kernel = start();
    kernel.munmap(BOTTOM, 16 * PAGE_SIZE);
    expect(pieces(kernel)).toEqual([stack(BOTTOM + 16 * PAGE_SIZE)]);
    expect(write(kernel, BOTTOM)).toBe(true);
    expect(pieces(kernel)).toEqual([stack(BOTTOM)]);
  });

  it("is split by mprotect; only the part with the stack pointer is called [stack]; the lowest still grows", () => {
    const kernel = start();
    kernel.mprotect(BOTTOM + 8 * PAGE_SIZE, PAGE_SIZE, prot.READ);
    expect(pieces(kernel)).toEqual([
      `${hex(BOTTOM)}-${hex(BOTTOM + 8 * PAGE_SIZE)} rw-p`,
      `${hex(BOTTOM + 8 * PAGE_SIZE)}-${hex(BOTTOM + 9 * PAGE_SIZE)} r--p`,
      stack(BOTTOM + 9 * PAGE_SIZE),
    ]);
    expect(write(kernel, BOTTOM - 3 * PAGE_SIZE)).toBe(true);
    expect(pieces(kernel)[0]).toBe(`${hex(BOTTOM - 3 * PAGE_SIZE)}-${hex(BOTTOM + 8 * PAGE_SIZE)} rw-p`);
  });
});
