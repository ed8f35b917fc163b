import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { control } from "../../abi/control";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { Checkpoints } from "./checkpoints";

const FIRST_PAGE = machineMemory.kernel / PAGE_SIZE;
const PAGES = 12;
const memory = new Uint8Array(machineMemory.kernel + PAGES * PAGE_SIZE);

const edits = fc.array(fc.record({ page: fc.nat(PAGES - 1), at: fc.nat(PAGE_SIZE - 1), value: fc.nat(255) }), { maxLength: 6 });

function apply(list: readonly { page: number; at: number; value: number }[], dirty: Set<number>): void {
  for (const { page, at, value } of list) {
    memory[(FIRST_PAGE + page) * PAGE_SIZE + at] = value;
    dirty.add(FIRST_PAGE + page);
  }
}

describe("checkpoints", () => {
  it("bring back every byte of their instant, however they were thinned", () => {
    fc.assert(
      fc.property(
        fc.array(edits, { minLength: 1, maxLength: 14 }),
        edits,
        fc.constantFrom(1, 8, 1000),
        (rounds, rest, limitPages) => {
          memory.fill(0);
          const checkpoints = new Checkpoints(memory, limitPages * PAGE_SIZE);
          checkpoints.take(0, [], [0]);
          const states = new Map([[0, memory.slice(machineMemory.kernel)]]);
          rounds.forEach((round, index) => {
            const dirty = new Set<number>();
            apply(round, dirty);
            checkpoints.take((index + 1) * 10, dirty, [index + 1]);
            states.set((index + 1) * 10, memory.slice(machineMemory.kernel));
          });
          const dirty = new Set<number>();
          apply(rest, dirty);
          for (const at of checkpoints.times().toReversed()) {
            expect(checkpoints.before(at + 9)).toBeLessThanOrEqual(at + 9);
            expect(checkpoints.restore(at, dirty)).toEqual([at / 10]);
            expect(Buffer.from(memory.subarray(machineMemory.kernel)).equals(Buffer.from(states.get(at) ?? []))).toBe(true);
          }
          // Thinning stops at three; before that, only what fits is kept.
          expect(checkpoints.times().length <= 3 || checkpoints.bytes() <= limitPages * PAGE_SIZE).toBe(true);
        },
      ),
    );
  });

  it("leave the present alone: sequence, cancel, tracing, budget", () => {
    memory.fill(0);
    const view = new DataView(memory.buffer, machineMemory.control);
    const checkpoints = new Checkpoints(memory, 1 << 20);
    checkpoints.take(0, [machineMemory.control / PAGE_SIZE], []);
    const present = [control.sequence, control.cancel, control.tracing, control.budget] as const;
    present.forEach((field, index) => view.setUint32(field, index + 1, true));
    view.setUint32(control.steps, 77, true);
    checkpoints.restore(0, []);
    expect(present.map((field) => view.getUint32(field, true))).toEqual([1, 2, 3, 4]);
    expect(view.getUint32(control.steps, true)).toBe(0);
  });
});
