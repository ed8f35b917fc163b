/** Where an address is looked for in the TLB, and what an access would meet. Reads facts; the model itself is the worker's. */
import { tlbPageShift, type TlbPart, tlbSet, tlbShapes } from "../../abi/tlb";
import type { TlbFacts, TlbPartFacts } from "../../protocol/tlb";

export interface TlbSetInSight {
  readonly part: TlbPart;
  readonly set: number;
  readonly sets: number;
  /** Slots of its ways, the last used first, empty ones last. */
  readonly slots: readonly number[];
  /** The slot that holds the address; −1: none. */
  readonly hit: number;
  /** Groups of bits of the address, [high, low], whose exclusive or is the set; and their digits. */
  readonly groups: readonly (readonly [high: number, low: number])[];
}

export type TlbVerdict = "l1" | "l2" | "walk" | "fault" | "readOnly";

/** Slots of a set by use. */
export function slotsOf(part: TlbPart, facts: TlbPartFacts, set: number): readonly number[] {
  const { ways } = tlbShapes[part];
  const order = (slot: number): number => facts.order[slot] || ways + 1;
  return Array.from({ length: ways }, (_, way) => set * ways + way).toSorted((a, b) => order(a) - order(b));
}

function setInSight(part: TlbPart, facts: TlbFacts, pcid: number, addr: number, shift: number): TlbSetInSight {
  const shape = tlbShapes[part];
  const entries = facts.parts[part];
  const set = tlbSet(shape, Math.floor(addr / 2 ** shift));
  const slots = slotsOf(part, entries, set);
  const holds = (slot: number): boolean => {
    const page = entries.page[slot] ?? -1;
    const bytes = entries.bytes[slot] ?? 0;
    return page >= 0 && bytes === 2 ** shift && addr >= page && addr < page + bytes && entries.pcid[slot] === pcid;
  };
  const width = Math.log2(shape.sets);
  const groups = Array.from({ length: shape.folds }, (_, i) => shape.folds - 1 - i).map(
    (fold) => [shift + width * (fold + 1) - 1, shift + width * fold] as const,
  );
  return { part, set, sets: shape.sets, slots, hit: slots.find(holds) ?? -1, groups };
}

/** The sets that an address of an address space belongs to, in the order in which they are asked; those of large pages only while there are such entries. */
export function setsInSight(facts: TlbFacts, pcid: number, addr: number): readonly TlbSetInSight[] {
  const { small, large } = tlbPageShift;
  const isLarge = ({ page, bytes }: TlbPartFacts): boolean => page.some((at, slot) => at >= 0 && bytes[slot] === 2 ** large);
  return [
    setInSight("small", facts, pcid, addr, small),
    ...(isLarge(facts.parts.large) ? [setInSight("large", facts, pcid, addr, large)] : []),
    setInSight("shared", facts, pcid, addr, small),
    ...(isLarge(facts.parts.shared) ? [setInSight("shared", facts, pcid, addr, large)] : []),
  ];
}

/** What the next access meets. `present`: the tables have a page there; `writable`: its mapping may be written. */
export function verdictOf(facts: TlbFacts, sets: readonly TlbSetInSight[], present: boolean, writable: boolean): TlbVerdict {
  const hit = sets.find((each) => each.hit >= 0);
  if (hit === undefined) return present ? "walk" : "fault";
  if (writable && facts.parts[hit.part].writable[hit.hit] === 0) return "readOnly";
  return hit.part === "shared" ? "l2" : "l1";
}
