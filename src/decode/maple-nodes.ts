/** One node of the maple tree in memory. Layout: src/abi/maple.ts. */
import { mmStruct } from "../abi/kernel";
import { mapleArange, mapleBits, mapleLeaf, mapleNode, type MapleShape } from "../abi/maple";
import { type KernelWords, slabObject } from "./kernel-words";
import { currentMm } from "./process";

/** A node by its encoded pointer; null when it points to no node. */
export function mapleNodeOf(kernel: KernelWords, encoded: number): { readonly at: number; readonly shape: MapleShape } | null {
  // Pointers into linear memory have 32 bits; anything above is no pointer.
  if (encoded >= 2 ** 31 || (encoded & mapleBits.enode) === 0) return null;
  const at = slabObject(kernel, encoded & ~(mapleNode.stride - 1), "maple_node");
  const type = (encoded >>> mapleBits.typeShift) & mapleBits.typeMask;
  const shape = [mapleLeaf, mapleArange].find((known) => known.type === type);
  return at === 0 || shape === undefined ? null : { at, shape };
}

export function mapleRoot(kernel: KernelWords): number {
  return kernel.u64(currentMm(kernel) + mmStruct.ma_root);
}

/** Index of the last slot in use of a node that ends at `end`. Total: at most what there is room for. */
export function mapleLastSlot(kernel: KernelWords, at: number, shape: MapleShape, end: number): number {
  const meta = Math.min(kernel.u32(at + shape.meta) & 0xff, shape.slotCount - 1);
  if (shape.gaps !== 0) return meta;
  const last = kernel.u64(at + mapleNode.pivots + (shape.slotCount - 2) * 8);
  if (last === 0) return meta;
  return last + 1 >= end ? shape.slotCount - 2 : shape.slotCount - 1;
}

/** End of what a slot covers, as its pivot says; the last one ends with the node. */
export function mapleSlotEnd(kernel: KernelWords, at: number, offset: number, last: number, end: number): number {
  return offset >= last ? end : kernel.u64(at + mapleNode.pivots + offset * 8) + 1;
}
