import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressSpaceKinds } from "../abi/layouts";
import { execSettings } from "../abi/placement";
import { mapFlag, prot } from "../abi/linux";
import { spaceRoom } from "../decode/room";
import type { AddressSpace } from "../decode/types";
import { decodeAddressSpace } from "../decode/vmas";
import { bytes, measuredSpace, startKernel } from "../machine/testing/measured";
import { spaceScene } from "./address-space";
import { layoutBar } from "./layout-bar";
import { regionAt, regionNames } from "./regions";

const MIB = 2 ** 20;
const machines = (["amd64", "i386"] as const).flatMap((abi) => addressSpaceKinds.map((kind) => ({ abi, kind })));

/** An address space with a heap and some mappings. */
function spaceOf({ abi, kind }: (typeof machines)[number], heapMib: number, mibs: readonly number[]): AddressSpace {
  const kernel = startKernel(measuredSpace(execSettings(abi, kind), "dynamic"), { overcommitMemory: 1 });
  kernel.brk(kernel.currentBrk() + heapMib * MIB);
  // Rights that differ keep neighbours from being merged.
  mibs.forEach((mib, i) => {
    kernel.mmap(0, mib * MIB, i % 2 === 0 ? prot.READ : prot.READ | prot.WRITE, mapFlag.PRIVATE | mapFlag.ANONYMOUS);
  });
  return decodeAddressSpace(bytes);
}

const spaces = fc
  .tuple(
    fc.constantFrom(...machines),
    fc.integer({ min: 1, max: 512 }),
    fc.array(fc.integer({ min: 1, max: 64 }), { maxLength: 4 }),
  )
  .map((parts) => spaceOf(...parts));

const drawn = (space: AddressSpace, lowFirst: boolean, height = 500) => {
  const ribbon = { x: 20, width: 40, height, span: space.taskSize > 2 ** 33 ? 2 ** 47 : 2 ** 32 };
  return spaceScene(space, { viewWidth: 260, viewHeight: 400, lowFirst, rsp: -1, mapped: null, point: -1, ribbon });
};

describe("a layout's bar, true to scale", () => {
  it("all of it lies on the ribbon, in the order of the addresses and in the proportion of the sizes", () => {
    fc.assert(
      fc.property(spaces, fc.boolean(), (space, lowFirst) => {
        const scene = drawn(space, lowFirst);
        const { ribbon } = scene;
        const bar = layoutBar(space, spaceRoom(space), scene);
        const all = [...bar.areas, ...(bar.kernel === null ? [] : [bar.kernel])];
        for (const { y, height } of all) {
          expect(y).toBeGreaterThanOrEqual(ribbon.y - 1e-9);
          expect(y + height).toBeLessThanOrEqual(ribbon.y + ribbon.height + 1e-9);
        }
        const scale = ribbon.span / ribbon.height;
        for (const { start, height } of bar.areas) {
          const vma = space.vmas.find((each) => each.start === start);
          expect(height * scale).toBeCloseTo((vma?.end ?? 0) - start, -4);
        }
        const up = lowFirst ? 1 : -1;
        expect((bar.heap.y2 - bar.heap.y1) * up * scale).toBeCloseTo(spaceRoom(space).brkEnd - space.brkStart, -4);
        expect(bar.base.direction).toBe(space.topDown ? -up : up);
      }),
      { numRuns: 40 },
    );
  });

  it("ribbons of one height compare: the strips beside them may be of any", () => {
    const heights = machines.map((machine) => drawn(spaceOf(machine, 4, [1, 2]), false, 900).ribbon.height);
    expect(new Set(heights).size).toBe(1);
  });
});

describe("the same region in another layout", () => {
  it("every mapping has a name of its own that leads back to it", () => {
    fc.assert(
      fc.property(spaces, (space) => {
        const names = regionNames(space);
        expect(new Set(names).size).toBe(space.vmas.length);
        expect(names.map((name) => regionAt(space, name))).toEqual(space.vmas.map((_, index) => index));
      }),
      { numRuns: 40 },
    );
  });

  it("what was mapped alike has one name everywhere, whichever way mappings are placed; so have heap, stack and libraries", () => {
    const sizes = [7, 11, 13];
    const named = machines.map((machine) => {
      const space = spaceOf(machine, 1, sizes);
      const names = regionNames(space);
      const bySize = (mib: number) => names[space.vmas.findIndex(({ start, end }) => end - start === mib * MIB)];
      return [...sizes.map(bySize), ...names.filter((name) => /^(heap|stack|lib libc)/.test(name))].toSorted();
    });
    for (const names of named) expect(names).toEqual(named[0]);
    expect(named[0]).toHaveLength(3 + 2 + 5);
  });
});
