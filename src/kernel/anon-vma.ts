/**
 * Which anon_vma a mapping has, and whose it shares: what joining mappings asks for. mm/rmap.c; mm/vma.c: is_mergeable_anon_vma. The objects:
 * src/kernel/anon-chains.ts.
 */
import { vmFlag } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { KernelContext } from "./context";
import type { Vma } from "./vma";

export interface AnonVma {
  /** 0 = none. */
  readonly anonVma: number;
  /** All that its pages can belong to. */
  readonly chain: readonly number[];
}

export const noAnonVma: AnonVma = { anonVma: 0, chain: [] };

export function anonVmaOf(k: KernelContext, vma: Vma): AnonVma {
  return { anonVma: k.vmas.anonVma(vma), chain: k.anon.of(vma) };
}

/** A mapping that has none gets another's: links of its own to the same. mm/rmap.c: anon_vma_clone. */
export function cloneAnonVma(k: KernelContext, vma: Vma, { anonVma, chain }: AnonVma): void {
  if (anonVma === 0) return;
  for (const each of chain.toReversed()) k.anon.link(vma, each);
  k.anon.own(vma, anonVma);
}

/** Two that have the same are alike; one without takes over the other's, but not a forked one's: its lock has users enough. */
export function mayShareAnonVma(a: AnonVma, b: AnonVma): boolean {
  if (a.anonVma !== 0 && b.anonVma !== 0) return a.anonVma === b.anonVma;
  return Math.max(a.chain.length, b.chain.length) <= 1;
}

/** A child's mapping has its parent's, and one of its own: one of those that nobody else has, or a new one. mm/rmap.c: anon_vma_fork. */
export function forkAnonVma(k: KernelContext, vma: Vma, parent: AnonVma): void {
  if (parent.anonVma === 0) return;
  const oldestFirst = parent.chain.toReversed();
  for (const each of oldestFirst) k.anon.link(vma, each);
  const spare = oldestFirst.find((each) => k.anon.isSpare(each));
  const own = spare ?? k.anon.make(parent.anonVma);
  if (spare === undefined) k.anon.link(vma, own);
  k.anon.own(vma, own);
}

/** Gives a VMA its anon_vma at the first write, shared with a neighbour it could become one with. mm/rmap.c: __anon_vma_prepare, find_mergeable_anon_vma. False when no
 * frame is left for it. */
export function prepareAnonVma(k: KernelContext, vma: Vma): boolean {
  const v = k.vmas;
  if (v.anonVma(vma) !== 0) return true;
  if (!k.frames.has(k.anon.framesFor(1))) return false;
  const rights = vmFlag.READ | vmFlag.WRITE | vmFlag.EXEC;
  const compatible = (lower: Vma, upper: Vma): boolean =>
    lower !== 0 &&
    upper !== 0 &&
    v.end(lower) === v.start(upper) &&
    v.file(lower) === v.file(upper) &&
    (v.flags(lower) & ~rights) === (v.flags(upper) & ~rights) &&
    v.pgoff(upper) === v.pgoff(lower) + (v.start(upper) - v.start(lower)) / PAGE_SIZE;
  const lent = (lender: Vma, fits: boolean): number => (fits && k.anon.of(lender).length === 1 ? v.anonVma(lender) : 0);
  const [prev, next] = [v.prev(vma), v.next(vma)];
  const shared = lent(next, compatible(vma, next)) || lent(prev, compatible(prev, vma));
  k.asks("AnonVma", shared !== 0, shared);
  cloneAnonVma(k, vma, anonVmaAlone(shared || k.anon.make(null)));
  return true;
}

/** Of a mapping that was never forked. */
export function anonVmaAlone(anonVma: number): AnonVma {
  return anonVma === 0 ? noAnonVma : { anonVma, chain: [anonVma] };
}
