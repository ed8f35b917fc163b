/**
 * The processor's data TLB, by the rules of src/abi/tlb.ts:
 *
 *   hit in L1                 the entry is the most recent of its set
 *   hit in L2                 the same there, and L1 gets a copy
 *   walk                      both get the translation that the page tables give
 *   no right, or no page      a fault, which makes the processor forget the page (Intel SDM 3A, 4.10.4.1); the access is made again after it
 *
 * Where a set is full, its least recently used entry goes. What leaves L2 may stay in L1.
 */
import { TLB_ADDRESS_SPACES, tlbPageShift, type TlbPart, tlbSet, type TlbShape, tlbShapes } from "../../abi/tlb";

/** What the page tables give for an address. */
export interface Translation {
  /** First frame of the page. */
  readonly pfn: number;
  readonly writable: boolean;
  /** A page of 2 MiB. */
  readonly large: boolean;
}

/** Null where no page is mapped. */
export type PageWalk = (addr: number) => Translation | null;

/** Where a translation was found. */
export const tlbOutcome = { l1: 0, l2: 1, walk: 2 } as const;
export type TlbOutcome = (typeof tlbOutcome)[keyof typeof tlbOutcome];

/** The entries of one part, slot = set × ways + way. */
export interface TlbEntries {
  /** Page number × 2, plus 1 for a large page; −1: empty. */
  readonly key: Float64Array;
  /** Which address space, as its PCID. */
  readonly pcid: Uint8Array;
  readonly pfn: Uint32Array;
  readonly writable: Uint8Array;
  /** When the entry was last used; more is later. */
  readonly used: Float64Array;
}

const SMALL = 2 ** tlbPageShift.small;
const LARGE = 2 ** tlbPageShift.large;

function emptyEntries({ sets, ways }: TlbShape): TlbEntries {
  const count = sets * ways;
  return {
    key: new Float64Array(count).fill(-1),
    pcid: new Uint8Array(count),
    pfn: new Uint32Array(count),
    writable: new Uint8Array(count),
    used: new Float64Array(count),
  };
}

const copyOf = (entries: TlbEntries): TlbEntries => ({
  key: entries.key.slice(),
  pcid: entries.pcid.slice(),
  pfn: entries.pfn.slice(),
  writable: entries.writable.slice(),
  used: entries.used.slice(),
});

export class Tlb {
  readonly parts: Readonly<Record<TlbPart, TlbEntries>>;
  /** The address space whose entries are looked at. */
  pcid: number;
  /** Frames of the address spaces' top tables, PCID 1 first; 0: nobody's. */
  readonly tops: Uint32Array;
  private clock: number;

  constructor(from?: Tlb) {
    this.parts = {
      small: from === undefined ? emptyEntries(tlbShapes.small) : copyOf(from.parts.small),
      large: from === undefined ? emptyEntries(tlbShapes.large) : copyOf(from.parts.large),
      shared: from === undefined ? emptyEntries(tlbShapes.shared) : copyOf(from.parts.shared),
    };
    this.pcid = from?.pcid ?? 1;
    this.tops = from?.tops.slice() ?? new Uint32Array(TLB_ADDRESS_SPACES);
    this.clock = from?.clock ?? 0;
  }

  /** One access. `fault`: it was refused, and is to be made again. */
  access(addr: number, write: boolean, walk: PageWalk): { readonly outcome: TlbOutcome; readonly fault: boolean } {
    const small = Math.floor(addr / SMALL);
    const large = Math.floor(addr / LARGE);
    let slot = this.find("small", small, 0);
    let part: "small" | "large" = "small";
    if (slot < 0) {
      slot = this.find("large", large, 1);
      part = "large";
    }
    if (slot >= 0) {
      const entries = this.parts[part];
      if (write && entries.writable[slot] === 0) return this.refused(addr, tlbOutcome.l1);
      entries.used[slot] = ++this.clock;
      return HITS.l1;
    }
    slot = this.find("shared", small, 0);
    const isLarge = slot < 0;
    if (isLarge) slot = this.find("shared", large, 1);
    if (slot >= 0) {
      const { pfn, writable, used } = this.parts.shared;
      if (write && writable[slot] === 0) return this.refused(addr, tlbOutcome.l2);
      used[slot] = ++this.clock;
      const found = { pfn: pfn[slot] ?? 0, writable: writable[slot] !== 0, large: isLarge };
      this.fill(isLarge ? "large" : "small", isLarge ? large : small, found);
      return HITS.l2;
    }
    const found = walk(addr);
    if (found === null || (write && !found.writable)) return this.refused(addr, tlbOutcome.walk);
    const page = found.large ? large : small;
    this.fill("shared", page, found);
    this.fill(found.large ? "large" : "small", page, found);
    return HITS.walk;
  }

  /** Forgets entries of an address space that stand for a part of [start, end). How many there were. */
  forget(pcid: number, start: number, end: number): number {
    let gone = 0;
    for (const { key, pcid: owner } of Object.values(this.parts)) {
      for (let slot = 0; slot < key.length; slot++) {
        const at = key[slot] ?? -1;
        if (at < 0 || owner[slot] !== pcid) continue;
        const bytes = at % 2 === 0 ? SMALL : LARGE;
        const from = Math.floor(at / 2) * bytes;
        if (from >= end || from + bytes <= start) continue;
        key[slot] = -1;
        gone++;
      }
    }
    return gone;
  }

  /** The translation that an access would find without a walk; changes nothing. */
  peek(addr: number): Translation | null {
    const pages = [Math.floor(addr / SMALL), Math.floor(addr / LARGE)] as const;
    for (const [part, large] of lookups) {
      const slot = this.find(part, pages[large], large);
      const { pfn, writable } = this.parts[part];
      if (slot >= 0) return { pfn: pfn[slot] ?? 0, writable: writable[slot] !== 0, large: large === 1 };
    }
    return null;
  }

  private find(part: TlbPart, page: number, large: 0 | 1): number {
    const shape = tlbShapes[part];
    const { key, pcid } = this.parts[part];
    const first = tlbSet(shape, page) * shape.ways;
    const wanted = page * 2 + large;
    for (let slot = first; slot < first + shape.ways; slot++) if (key[slot] === wanted && pcid[slot] === this.pcid) return slot;
    return -1;
  }

  private fill(part: TlbPart, page: number, { pfn, writable, large }: Translation): void {
    const shape = tlbShapes[part];
    const entries = this.parts[part];
    const first = tlbSet(shape, page) * shape.ways;
    let victim = first;
    for (let slot = first; slot < first + shape.ways; slot++) {
      if (entries.key[slot] === -1) {
        victim = slot;
        break;
      }
      if ((entries.used[slot] ?? 0) < (entries.used[victim] ?? 0)) victim = slot;
    }
    entries.key[victim] = page * 2 + (large ? 1 : 0);
    entries.pcid[victim] = this.pcid;
    entries.pfn[victim] = pfn;
    entries.writable[victim] = writable ? 1 : 0;
    entries.used[victim] = ++this.clock;
  }

  private refused(addr: number, outcome: TlbOutcome): { readonly outcome: TlbOutcome; readonly fault: boolean } {
    this.forget(this.pcid, addr, addr + 1);
    return { outcome, fault: true };
  }
}

const lookups = [
  ["small", 0],
  ["large", 1],
  ["shared", 0],
  ["shared", 1],
] as const;

const HITS = {
  l1: { outcome: tlbOutcome.l1, fault: false },
  l2: { outcome: tlbOutcome.l2, fault: false },
  walk: { outcome: tlbOutcome.walk, fault: false },
} as const;
