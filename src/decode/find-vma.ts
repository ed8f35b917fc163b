/** find_vma(addr), decision by decision, from the bytes alone: the first VMA whose end lies above the address. */
import { mmStruct, vmAreaStruct as f } from "../abi/kernel";
import { MAPLE_END } from "../abi/maple";
import type { KernelWords } from "./kernel-words";
import { mapleLastSlot, mapleNodeOf, mapleRoot, mapleSlotEnd } from "./maple-nodes";
import { vmaOfLink } from "./rb-tree";
import { usesMaple } from "./vma-order";
import { currentMm } from "./process";

/** One decision. Operands are what stood in memory when it was made. */
export type FindStep =
  /** Red-black node: is vm_end > addr? If so it is the best so far, and found if vm_start ≤ addr; else its left child may be nearer. */
  | {
      readonly kind: "compare";
      readonly vma: number;
      readonly start: number;
      readonly end: number;
      readonly endAbove: boolean;
      readonly holds: boolean;
      readonly go: "left" | "right" | "stop";
    }
  /** Maple node: pivots are compared from the first on until addr ≤ pivot. `pivots`: those looked at, as last addresses. */
  | {
      readonly kind: "scan";
      readonly node: number;
      readonly leaf: boolean;
      readonly pivots: readonly number[];
      /** The slot taken, and what it covers. */
      readonly slot: number;
      readonly start: number;
      readonly end: number;
    }
  /** The slot is empty: the next one of the leaf holds the VMA above, unless there is none. */
  | { readonly kind: "next"; readonly node: number; readonly slot: number }
  /** A pointer that leads nowhere; the kernel would crash. */
  | { readonly kind: "damaged"; readonly at: number };

export interface FindWalk {
  readonly steps: readonly FindStep[];
  /** Offset of the vm_area_struct; 0 = NULL. */
  readonly vma: number;
  /** Whether it holds the address; if not, it lies above. */
  readonly holds: boolean;
}

/** More than the height of any sound tree. */
const STEP_LIMIT = 64;

export function findVmaWalk(kernel: KernelWords, addr: number): FindWalk {
  const steps: FindStep[] = [];
  const vma = usesMaple(kernel) ? walkMaple(kernel, addr, steps) : walkRb(kernel, addr, steps);
  return { steps, vma, holds: vma !== 0 && kernel.u64(vma + f.vm_start) <= addr && kernel.u64(vma + f.vm_end) > addr };
}

function walkRb(kernel: KernelWords, addr: number, steps: FindStep[]): number {
  let found = 0;
  let link = kernel.u64(currentMm(kernel) + mmStruct.mm_rb);
  while (link !== 0) {
    const vma = vmaOfLink(kernel, link);
    if (vma === 0 || steps.length >= STEP_LIMIT) {
      steps.push({ kind: "damaged", at: link });
      return found;
    }
    const [start, end] = [kernel.u64(vma + f.vm_start), kernel.u64(vma + f.vm_end)];
    const endAbove = end > addr;
    const holds = endAbove && start <= addr;
    const go = holds ? "stop" : endAbove ? "left" : "right";
    steps.push({ kind: "compare", vma, start, end, endAbove, holds, go });
    if (endAbove) found = vma;
    if (go === "stop") return found;
    link = kernel.u64(vma + (go === "left" ? f.rb_left : f.rb_right));
  }
  return found;
}

function walkMaple(kernel: KernelWords, addr: number, steps: FindStep[]): number {
  let [encoded, start, end] = [mapleRoot(kernel), 0, MAPLE_END];
  if (encoded === 0) return 0;
  for (;;) {
    const found = mapleNodeOf(kernel, encoded);
    if (found === null || steps.length >= STEP_LIMIT) {
      steps.push({ kind: "damaged", at: encoded });
      return 0;
    }
    const { at, shape } = found;
    const leaf = shape.gaps === 0;
    const last = mapleLastSlot(kernel, at, shape, end);
    const pivots: number[] = [];
    let [slot, from] = [0, start];
    let to = mapleSlotEnd(kernel, at, 0, last, end);
    pivots.push(to - 1);
    while (to <= addr && slot < last) {
      slot++;
      from = to;
      to = mapleSlotEnd(kernel, at, slot, last, end);
      pivots.push(to - 1);
    }
    steps.push({ kind: "scan", node: at, leaf, pivots, slot, start: from, end: to });
    const held = kernel.u64(at + shape.slots + slot * 8);
    if (!leaf) {
      [encoded, start, end] = [held, from, to];
      continue;
    }
    if (held !== 0 || slot === last) return held;
    steps.push({ kind: "next", node: at, slot: slot + 1 });
    return kernel.u64(at + shape.slots + (slot + 1) * 8);
  }
}
