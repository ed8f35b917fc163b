/** Reading the kernel's structs in linear memory, or in a copy of those that the index of VMAs is made of. */
import { mmStruct, vmAreaStruct } from "../abi/kernel";
import { mapleNode } from "../abi/maple";

/** Words by their offset in linear memory; what is not there reads as 0. */
export interface KernelWords {
  u32(offset: number): number;
  /** Above 2^53 it is rounded, all ones to 2^64. */
  u64(offset: number): number;
}

function reader(u32: (offset: number) => number): KernelWords {
  return { u32, u64: (offset) => u32(offset + 4) * 0x1_0000_0000 + u32(offset) };
}

export function kernelWords(words: Uint32Array): KernelWords {
  return reader((offset) => words[offset >>> 2] ?? 0);
}

/** More bytes than this are not copied: some ten thousand VMAs, which nobody could look at. */
const COPY_LIMIT = 2 ** 21;

/** A copy of mm_struct, VMAs and maple nodes, for questions that come later; null when there is too much of it. */
export function copyIndex(words: Uint32Array): KernelWords | null {
  const kernel = kernelWords(words);
  const parts = [
    [mmStruct.at, mmStruct.at + mmStruct.sizeBytes],
    [vmAreaStruct.at, kernel.u64(mmStruct.at + mmStruct.vma_unused)],
    [mapleNode.at, kernel.u64(mmStruct.at + mmStruct.maple_unused)],
  ].map(([from = 0, to = 0]) => ({
    from,
    words: to - from > COPY_LIMIT ? null : words.slice(from >>> 2, Math.max(from, to) >>> 2),
  }));
  if (parts.some((part) => part.words === null)) return null;
  return reader((offset) => {
    for (const part of parts)
      if (offset >= part.from) {
        const word = part.words?.[(offset - part.from) >>> 2];
        if (word !== undefined) return word;
      }
    return 0;
  });
}

/** Offset of a struct in a table of the kernel's, or 0 when it is none. */
export function tableSlot(
  offset: number,
  table: { readonly at: number; readonly stride: number; readonly capacity: number },
): number {
  const index = (offset - table.at) / table.stride;
  return Number.isInteger(index) && index >= 0 && index < table.capacity ? offset : 0;
}
