import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PAGE_SIZE } from "../abi/machine-memory";
import { pageDiff } from "./page-diff";

const PAGES = 4;
const every = Uint32Array.from({ length: PAGES }, (_, page) => page);
const writes = fc.array(fc.record({ at: fc.nat(PAGES * PAGE_SIZE - 1), value: fc.constantFrom(0, 0, 1, 255) }), { maxLength: 8 });

describe("the pages to send", () => {
  it("bring a copy up to date after any writes, and are none when nothing changed", () => {
    fc.assert(
      fc.property(fc.array(writes, { maxLength: 12 }), (rounds) => {
        const memory = new Uint8Array(PAGES * PAGE_SIZE);
        const copy = new Uint8Array(PAGES * PAGE_SIZE);
        const diff = pageDiff(memory);
        for (const round of rounds) {
          for (const { at, value } of round) memory[at] = value;
          for (const page of diff.changed(every))
            copy.set(memory.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE), page * PAGE_SIZE);
          expect(Buffer.from(copy).equals(Buffer.from(memory))).toBe(true);
          expect(diff.changed(every)).toHaveLength(0);
        }
      }),
    );
  });

  it("leave out pages of zeros for a reader that starts with zeros", () => {
    const memory = new Uint8Array(PAGES * PAGE_SIZE);
    memory[PAGE_SIZE + 5] = 1;
    const diff = pageDiff(memory);
    expect([...diff.changed(every)]).toEqual([1]);
    diff.forget();
    expect([...diff.changed(every)]).toEqual([1]);
  });
});
