/**
 * What ties a mapping's own pages to it: its anon_vma, and through a chain those of the mappings it was forked from. Here an anon_vma is a
 * number and the chain its length, which is all that joining mappings asks for. mm/rmap.c; mm/vma.c: is_mergeable_anon_vma.
 */
import { vmFlag } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, zoneGet, zoneSet } from "./context";
import type { Vma } from "./vma";

export interface AnonVma {
  /** 0 = none. */
  readonly anonVma: number;
  readonly anonVmaChain: number;
}

export function anonVmaOf(k: KernelContext, vma: Vma): AnonVma {
  return { anonVma: k.vmas.anonVma(vma), anonVmaChain: k.vmas.anonVmaChain(vma) };
}

export function setAnonVma(k: KernelContext, vma: Vma, { anonVma, anonVmaChain }: AnonVma): void {
  k.vmas.set(vma, "anon_vma", anonVma);
  k.vmas.set(vma, "anon_vma_chain", anonVmaChain);
}

/** Two that have the same are alike; one without takes over the other's, but not a forked one's: its lock has users enough. */
export function mayShareAnonVma(a: AnonVma, b: AnonVma): boolean {
  if (a.anonVma !== 0 && b.anonVma !== 0) return a.anonVma === b.anonVma;
  return Math.max(a.anonVmaChain, b.anonVmaChain) <= 1;
}

function newAnonVma(k: KernelContext): number {
  const number = zoneGet(k, "next_anon_vma") + 1;
  zoneSet(k, "next_anon_vma", number);
  return number;
}

/** A child's mapping has an anon_vma of its own, and its parent's. mm/rmap.c: anon_vma_fork. */
export function forkedAnonVma(k: KernelContext, parent: AnonVma): AnonVma {
  return parent.anonVma === 0 ? parent : { anonVma: newAnonVma(k), anonVmaChain: parent.anonVmaChain + 1 };
}

/** Gives a VMA its anon_vma at the first write, shared with a neighbour it could become one with. mm/rmap.c: __anon_vma_prepare, find_mergeable_anon_vma. */
export function prepareAnonVma(k: KernelContext, vma: Vma): void {
  const v = k.vmas;
  if (v.anonVma(vma) !== 0) return;
  const rights = vmFlag.READ | vmFlag.WRITE | vmFlag.EXEC;
  const compatible = (lower: Vma, upper: Vma): boolean =>
    lower !== 0 &&
    upper !== 0 &&
    v.end(lower) === v.start(upper) &&
    v.file(lower) === v.file(upper) &&
    (v.flags(lower) & ~rights) === (v.flags(upper) & ~rights) &&
    v.pgoff(upper) === v.pgoff(lower) + (v.start(upper) - v.start(lower)) / PAGE_SIZE;
  const lent = (lender: Vma, fits: boolean): number => (fits && v.anonVmaChain(lender) === 1 ? v.anonVma(lender) : 0);
  const [prev, next] = [v.prev(vma), v.next(vma)];
  const shared = lent(next, compatible(vma, next)) || lent(prev, compatible(prev, vma));
  const known = k.asks("AnonVma", shared !== 0, shared || zoneGet(k, "next_anon_vma") + 1);
  setAnonVma(k, vma, { anonVma: known ? shared : newAnonVma(k), anonVmaChain: 1 });
}
