import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { control } from "../abi/control";
import { mapFlag, prot } from "../abi/linux";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { createTestHost } from "../kernel/testing/host";
import { walkPage } from "./page-walk";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;

function machine(pagingLevels: 4 | 5) {
  const { kernel, bytes } = createTestHost(undefined, { pagingLevels });
  const addr = kernel.mmap(0, 4 * PAGE_SIZE, RW, ANON);
  return { kernel, bytes, addr };
}

describe("a walk through the page table", () => {
  for (const levels of [4, 5] as const) {
    it(`reads one entry of each of ${levels} tables and ends at the page's bytes`, () => {
      const { kernel, bytes, addr } = machine(levels);
      kernel.fault(addr, 1);
      const walk = walkPage(bytes, addr + 0x123);
      const order = levels === 5 ? ["PGD", "P4D", "PUD", "PMD", "PTE"] : ["PGD", "PUD", "PMD", "PTE"];
      expect(walk.steps.map(({ level }) => level)).toEqual(order);
      expect(walk.end).toBe("page");
      expect(walk.offset).toBe(kernel.linearOffset(addr + 0x123));
      const whole = walk.steps.reduce((sum, { index, lowBit }) => sum + index * 2 ** lowBit, 0);
      expect(whole).toBe(addr);
      expect(walk.steps.at(-1)?.flags).toMatchObject({ present: true, writable: true, user: true, dirty: true, noExecute: true });
      // The table that only five levels have is not counted as the process's.
      expect(kernel.status().VmPTE).toBe(12);
    });
  }

  it("ends at the entry that is not there, with the tables above it", () => {
    const { kernel, bytes, addr } = machine(4);
    const before = walkPage(bytes, addr);
    expect(before).toMatchObject({ end: "notPresent", frame: -1, offset: -1 });
    kernel.fault(addr, 1);
    expect(walkPage(bytes, addr + PAGE_SIZE)).toMatchObject({ end: "notPresent", offset: -1 });
    expect(walkPage(bytes, addr + PAGE_SIZE).steps.length).toBe(4);
  });

  it("a page without rights keeps its frame, and the zero page has the frame that all share", () => {
    const { kernel, bytes, addr } = machine(4);
    kernel.fault(addr, 1);
    kernel.fault(addr + PAGE_SIZE, 0);
    const { frame } = walkPage(bytes, addr);
    kernel.mprotect(addr, PAGE_SIZE, prot.NONE);
    expect(walkPage(bytes, addr)).toMatchObject({ end: "protNone", frame });
    kernel.fault(addr + 2 * PAGE_SIZE, 0);
    expect(walkPage(bytes, addr + PAGE_SIZE).frame).toBe(walkPage(bytes, addr + 2 * PAGE_SIZE).frame);
    expect(walkPage(bytes, addr + PAGE_SIZE).steps.at(-1)?.flags.writable).toBe(false);
  });

  it("does not begin at an address that is not canonical", () => {
    const { bytes } = machine(4);
    for (const addr of [2 ** 47, 2 ** 52, -1, Number.NaN])
      expect(walkPage(bytes, addr)).toMatchObject({ end: "nonCanonical", steps: [] });
  });

  it("never throws and takes at most five steps, whatever the bytes say", () => {
    const { kernel, bytes, addr } = machine(5);
    kernel.fault(addr, 1);
    const view = new DataView(bytes.buffer);
    const places = [machineMemory.control + control.pgd, ...walkPage(bytes, addr).steps.map(({ at }) => at)];
    fc.assert(
      fc.property(fc.nat(places.length - 1), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (which, value) => {
        const at = places[which] ?? 0;
        const before = view.getBigUint64(at, true);
        view.setBigUint64(at, value, true);
        expect(walkPage(bytes, addr).steps.length).toBeLessThanOrEqual(5);
        view.setBigUint64(at, before, true);
      }),
      { numRuns: 100 },
    );
  });
});
