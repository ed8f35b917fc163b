/** Which index of VMAs this kernel has, and the VMAs in address order. */
import { mmStruct, vmAreaStruct as f } from "../abi/kernel";
import { MAPLE_END } from "../abi/maple";
import { type KernelWords, slabObject } from "./kernel-words";
import { mapleLastSlot, mapleNodeOf, mapleRoot, mapleSlotEnd } from "./maple-nodes";
import { currentMm } from "./process";

/** True when VMAs are in a maple tree. */
export function usesMaple(kernel: KernelWords): boolean {
  return kernel.u64(currentMm(kernel) + mmStruct.ma_flags) !== 0;
}

/** Offsets of the vm_area_structs in address order; cut off where damage begins. */
export function vmaOrder(kernel: KernelWords): { readonly vmas: readonly number[]; readonly complete: boolean } {
  const vmas: number[] = [];
  let floor = 0;
  /** Takes one in when it lies above the one before; otherwise the order is broken, or goes in circles. */
  const take = (vma: number): boolean => {
    if (slabObject(kernel, vma, "vm_area_struct") === 0) return false;
    const [start, end] = [kernel.u64(vma + f.vm_start), kernel.u64(vma + f.vm_end)];
    if (start < floor || end <= start || end > 2 ** 52) return false;
    floor = end;
    vmas.push(vma);
    return true;
  };
  /** Every slot lies above the one before it, so that a damaged tree ends too. */
  const visit = (encoded: number, start: number, end: number, depth: number): boolean => {
    const found = mapleNodeOf(kernel, encoded);
    if (found === null || depth > 16) return false;
    const { at, shape } = found;
    const last = mapleLastSlot(kernel, at, shape, end);
    for (let offset = 0, from = start; offset <= last; offset++) {
      const to = mapleSlotEnd(kernel, at, offset, last, end);
      if (to <= from || to > end) return false;
      const held = kernel.u64(at + shape.slots + offset * 8);
      const whole = shape.gaps !== 0 ? visit(held, from, to, depth + 1) : held === 0 || take(held);
      if (!whole) return false;
      from = to;
    }
    return true;
  };
  if (usesMaple(kernel)) {
    const root = mapleRoot(kernel);
    return { vmas, complete: root === 0 || visit(root, 0, MAPLE_END, 0) };
  }
  for (let at = kernel.u64(currentMm(kernel) + mmStruct.mmap); at !== 0; at = kernel.u64(at + f.vm_next)) {
    if (!take(at)) return { vmas, complete: false };
  }
  return { vmas, complete: true };
}
