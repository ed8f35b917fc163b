/** The vm_area_struct behind a mapping, by the address it starts at. */
import { anonVmaChainStruct, vmAreaStruct as f } from "../abi/kernel";
import { type KernelWords, slabObject } from "./kernel-words";
import { vmaOrder } from "./vma-order";

export interface VmaStruct {
  /** Linear offset of the object. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
  /** Pages: offset in the file; of anonymous memory, address / 4096 where it was made. */
  readonly pgoff: number;
  /** Linear offset of its own anon_vma; 0 = none. */
  readonly anonVma: number;
  /** anon_vmas that its pages can belong to. */
  readonly chain: number;
}

/** A chain that is longer is damaged. */
const CHAIN_LIMIT = 1 << 12;

function chainLength(kernel: KernelWords, first: number): number {
  let length = 0;
  for (
    let at = first;
    slabObject(kernel, at, "anon_vma_chain") !== 0 && length < CHAIN_LIMIT;
    at = kernel.u64(at + anonVmaChainStruct.next)
  )
    length++;
  return length;
}

/** Null when no VMA starts there. Total. */
export function vmaStructAt(kernel: KernelWords, start: number): VmaStruct | null {
  const at = vmaOrder(kernel).vmas.find((offset) => kernel.u64(offset + f.vm_start) === start);
  if (at === undefined) return null;
  const field = (offset: number): number => kernel.u64(at + offset);
  return {
    at,
    start,
    end: field(f.vm_end),
    pgoff: field(f.vm_pgoff),
    anonVma: field(f.anon_vma),
    chain: chainLength(kernel, field(f.anon_vma_chain)),
  };
}
