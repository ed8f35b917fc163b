import { describe, expect, it } from "vitest";
import { tlbShapes } from "../../abi/tlb";
import type { TlbFacts, TlbPartFacts } from "../../protocol/tlb";
import { setsInSight, verdictOf } from "./tlb-lookup";

const PAGE = 4096;
const counts = { accesses: 0, l1: 0, l2: 0, walks: 0, faults: 0 };

function part(
  name: "small" | "large" | "shared",
  entries: readonly (readonly [slot: number, page: number, bytes: number])[],
): TlbPartFacts {
  const count = tlbShapes[name].sets * tlbShapes[name].ways;
  const facts = {
    page: new Float64Array(count).fill(-1),
    bytes: new Uint32Array(count),
    pfn: new Uint32Array(count),
    writable: new Uint8Array(count).fill(1),
    pcid: new Uint8Array(count).fill(1),
    order: new Uint8Array(count),
    fresh: new Uint8Array(count),
  };
  for (const [i, [slot, page, bytes]] of entries.entries()) {
    facts.page[slot] = page;
    facts.bytes[slot] = bytes;
    facts.order[slot] = i + 1;
  }
  return facts;
}

const factsWith = (small: TlbPartFacts, shared: TlbPartFacts, large = part("large", [])): TlbFacts => ({
  cursor: 1,
  pcid: 1,
  tops: new Uint32Array(6),
  total: counts,
  flushes: 0,
  step: counts,
  accesses: [],
  stepFlushes: [],
  lastFlush: null,
  parts: { small, large, shared },
});

describe("where an address is looked for", () => {
  it("is the set of its page number's low bits in L1, and of two groups of bits in L2", () => {
    const addr = 0x5555_5555_92a0;
    const facts = factsWith(part("small", [[9 * 4 + 2, 0x5555_5555_9000, PAGE]]), part("shared", []));
    const [l1, l2] = setsInSight(facts, 1, addr);
    expect(l1).toMatchObject({ part: "small", set: 9, groups: [[15, 12]], hit: 38 });
    expect(l1?.slots[0]).toBe(38);
    expect(l2).toMatchObject({
      part: "shared",
      set: 0b0101010 ^ 0b1011001,
      groups: [
        [25, 19],
        [18, 12],
      ],
      hit: -1,
    });
    expect(verdictOf(facts, setsInSight(facts, 1, addr), true, true)).toBe("l1");
  });

  it("asks for large pages only when there are any", () => {
    const large = 2 ** 21;
    const facts = factsWith(part("small", []), part("shared", []), part("large", [[4 * 4, 12 * large, large]]));
    const sets = setsInSight(facts, 1, 12 * large + 5);
    expect(sets.map((each) => [each.part, each.hit])).toEqual([
      ["small", -1],
      ["large", 16],
      ["shared", -1],
    ]);
    expect(verdictOf(facts, sets, true, true)).toBe("l1");
  });

  it("says what an access would meet: a copy from L2, a walk, a fault, or a right that is missing", () => {
    const shared = part("shared", [[0, 0, PAGE]]);
    const facts = factsWith(part("small", []), shared);
    const verdict = (addr: number, present: boolean) => verdictOf(facts, setsInSight(facts, 1, addr), present, true);
    expect([verdict(8, true), verdict(PAGE, true), verdict(PAGE, false)]).toEqual(["l2", "walk", "fault"]);
    shared.writable[0] = 0;
    expect(verdict(8, true)).toBe("readOnly");
    shared.pcid[0] = 2;
    expect(verdict(8, true)).toBe("walk");
  });
});
