/** The decoder's opinion of how much room there is, against what the kernel gives. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapFlag, prot } from "../abi/linux";
import { addressSpaceKinds } from "../abi/layouts";
import { execSettings, placement } from "../abi/placement";
import type { Kernel } from "../kernel/kernel";
import { highestBreak, longest } from "../machine/testing/limits";
import { bytes, measuredSpace, startKernel } from "../machine/testing/measured";
import { spaceRoom } from "./room";
import { decodeAddressSpace } from "./vmas";

const PAGE = 4096;
const MIB = 2 ** 20;
const { PRIVATE, ANONYMOUS, GROWSDOWN } = mapFlag;

/** What the kernel gives after its memory was read. */
function tried(kernel: Kernel) {
  const { brkEnd, mapping } = spaceRoom(decodeAddressSpace(bytes));
  const room = { brkEnd, mapping: mapping.end - mapping.start };
  const given = { mapping: longest(kernel).bytes, brkEnd: highestBreak(kernel, 2 ** 45) };
  return { room, given };
}

describe("room in an address space", () => {
  const machines = (["amd64", "i386"] as const).flatMap((abi) =>
    addressSpaceKinds.flatMap((kind) =>
      (["dynamicPie", "dynamic", "staticPie"] as const).map((linkage) => [abi, kind, linkage] as const),
    ),
  );
  it.each(machines)("%s %s, %s: the break and the longest mapping end where the kernel ends them", (abi, kind, linkage) => {
    // Mode 1: every promise is made, so that only the place counts.
    const { room, given } = tried(startKernel(measuredSpace(execSettings(abi, kind), linkage), { overcommitMemory: 1 }));
    expect(room).toEqual(given);
  });

  it("whatever is mapped where, stacks with their guard gaps among it", () => {
    const mapping = fc.record({
      at: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      mib: fc.integer({ min: 1, max: 64 }),
      stack: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.constantFrom(...machines), fc.array(mapping, { maxLength: 5 }), ([abi, kind, linkage], mappings) => {
        const settings = execSettings(abi, kind);
        const kernel = startKernel(measuredSpace(settings, linkage), { overcommitMemory: 1 });
        for (const { at, mib, stack } of mappings) {
          const hint = Math.floor((placement(settings).taskSize * at) / PAGE) * PAGE;
          kernel.mmap(hint, mib * MIB, prot.READ, PRIVATE | ANONYMOUS | (stack ? GROWSDOWN : 0));
        }
        const { room, given } = tried(kernel);
        expect(room).toEqual(given);
      }),
      { numRuns: 60 },
    );
  });
});
