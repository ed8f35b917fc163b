/** The model against the plainest one: each set a list of pages, the last used first. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TlbPart, tlbSet, tlbShapes } from "../../abi/tlb";
import { Tlb, tlbOutcome, type Translation } from "./model";

const PAGE = 4096;
const LARGE = 512 * PAGE;

interface Entry extends Translation {
  readonly page: number;
  readonly pcid: number;
}

/** Sets as lists, nothing else. */
class PlainTlb {
  private readonly lists = new Map<string, Entry[]>();

  private listOf(part: TlbPart, page: number): Entry[] {
    const key = `${part} ${tlbSet(tlbShapes[part], page)}`;
    const list = this.lists.get(key) ?? [];
    this.lists.set(key, list);
    return list;
  }

  private take(part: TlbPart, page: number, large: boolean, pcid: number): Entry | undefined {
    const list = this.listOf(part, page);
    const at = list.findIndex((entry) => entry.page === page && entry.large === large && entry.pcid === pcid);
    return at < 0 ? undefined : list.splice(at, 1)[0];
  }

  private put(part: TlbPart, entry: Entry): void {
    const list = this.listOf(part, entry.page);
    list.unshift(entry);
    if (list.length > tlbShapes[part].ways) list.pop();
  }

  access(addr: number, write: boolean, pcid: number, real: Translation | null): string {
    const pageOf = (large: boolean): number => Math.floor(addr / (large ? LARGE : PAGE));
    for (const [name, part, large] of [
      ["l1", "small", false],
      ["l1", "large", true],
      ["l2", "shared", false],
      ["l2", "shared", true],
    ] as const) {
      const entry = this.take(part, pageOf(large), large, pcid);
      if (entry === undefined) continue;
      this.put(part, entry);
      if (write && !entry.writable) return this.refuse(addr, pcid, name);
      if (part === "shared") this.put(large ? "large" : "small", entry);
      return name;
    }
    if (real === null || (write && !real.writable)) return this.refuse(addr, pcid, "walk");
    const entry = { ...real, page: pageOf(real.large), pcid };
    this.put("shared", entry);
    this.put(real.large ? "large" : "small", entry);
    return "walk";
  }

  private refuse(addr: number, pcid: number, name: string): string {
    this.forget(pcid, addr, addr + 1);
    return `${name} fault`;
  }

  forget(pcid: number, start: number, end: number): number {
    let gone = 0;
    for (const [key, list] of this.lists) {
      const stays = list.filter((entry) => {
        const bytes = entry.large ? LARGE : PAGE;
        return entry.pcid !== pcid || entry.page * bytes >= end || (entry.page + 1) * bytes <= start;
      });
      gone += list.length - stays.length;
      this.lists.set(key, stays);
    }
    return gone;
  }

  entries(part: TlbPart): string[] {
    const told = [...this.lists].filter(([key]) => key.startsWith(part)).flatMap(([, list]) => list);
    return told.map(({ page, large, pcid, pfn }) => `${page} ${large} ${pcid} ${pfn}`).toSorted();
  }
}

function entriesOf(tlb: Tlb, part: TlbPart): string[] {
  const { key, pcid, pfn } = tlb.parts[part];
  const told = Array.from(key, (at, slot) => (at < 0 ? "" : `${Math.floor(at / 2)} ${at % 2 === 1} ${pcid[slot]} ${pfn[slot]}`));
  return told.filter((text) => text !== "").toSorted();
}

const names = ["l1", "l2", "walk"] as const;
/** Few sets, many pages in each; every fifth region of 2 MiB is one page, every seventh page is read-only, every eleventh absent. */
const pages = fc.oneof(
  fc.nat(40).map((n) => n * 16),
  fc.nat(300).map((n) => n * 129),
  fc.nat(3000),
);
const step = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constant("access" as const), page: pages, write: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("forget" as const), page: pages, pages: fc.integer({ min: 1, max: 700 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("switch" as const), pcid: fc.integer({ min: 1, max: 3 }) }) },
);

function walk(addr: number): Translation | null {
  const region = Math.floor(addr / LARGE);
  const page = Math.floor(addr / PAGE);
  if (region % 5 === 2) return { pfn: region * 512, writable: region % 2 === 0, large: true };
  return page % 11 === 3 ? null : { pfn: page + 7, writable: page % 7 !== 0, large: false };
}

describe("the TLB", () => {
  it("finds, forgets and gives way as sets of lists do", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 1500, size: "max" }), (steps) => {
        const tlb = new Tlb();
        const plain = new PlainTlb();
        for (const each of steps) {
          if (each.kind === "switch") tlb.pcid = each.pcid;
          else if (each.kind === "forget") {
            const [start, end] = [each.page * PAGE, (each.page + each.pages) * PAGE];
            expect(tlb.forget(tlb.pcid, start, end)).toBe(plain.forget(tlb.pcid, start, end));
          } else {
            const addr = each.page * PAGE + 8;
            const { outcome, fault } = tlb.access(addr, each.write, walk);
            expect(`${names[outcome]}${fault ? " fault" : ""}`).toBe(plain.access(addr, each.write, tlb.pcid, walk(addr)));
          }
        }
        for (const part of ["small", "large", "shared"] as const) expect(entriesOf(tlb, part)).toEqual(plain.entries(part));
      }),
      { numRuns: 30 },
    );
  });

  it("has four places for pages whose numbers are equal modulo 16 in L1, and remembers the fifth in L2", () => {
    const tlb = new Tlb();
    const at = (n: number) => tlb.access(n * 16 * PAGE, false, () => ({ pfn: n, writable: true, large: false })).outcome;
    expect([0, 1, 2, 3, 4].map(at)).toEqual(Array(5).fill(tlbOutcome.walk));
    expect([0, 4, 3, 2].map(at)).toEqual([tlbOutcome.l2, tlbOutcome.l1, tlbOutcome.l1, tlbOutcome.l1]);
    expect(at(1)).toBe(tlbOutcome.l2);
  });

  it("keeps the address spaces apart", () => {
    const tlb = new Tlb();
    const found = (pfn: number) => () => ({ pfn, writable: true, large: false });
    tlb.access(PAGE, true, found(1));
    tlb.pcid = 2;
    expect(tlb.access(PAGE, true, found(2)).outcome).toBe(tlbOutcome.walk);
    tlb.pcid = 1;
    expect(tlb.peek(PAGE)?.pfn).toBe(1);
    expect(tlb.forget(2, 0, Number.POSITIVE_INFINITY)).toBe(2);
    expect(tlb.access(PAGE, true, found(9)).outcome).toBe(tlbOutcome.l1);
  });
});
