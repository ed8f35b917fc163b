/** Reading the kernel's structs in linear memory, or in a copy of those that the index of VMAs is made of. */
import { pageDescriptor as page, pageFlag, taskStruct, zoneStruct } from "../abi/kernel";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { objectsPerSlab, type SlabCacheName, slabCaches, slabPage } from "../abi/slab";
import { currentMm } from "./process";

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
export function copyIndex(words: Uint32Array, kernel: KernelWords): KernelWords | null {
  const pages = new Map<number, Uint32Array>();
  const copy = (offset: number): void => {
    const number = Math.floor(offset / PAGE_SIZE);
    if (!pages.has(number)) pages.set(number, words.slice((number * PAGE_SIZE) / 4, ((number + 1) * PAGE_SIZE) / 4));
  };
  for (const offset of [machineMemory.control, taskStruct.at, currentMm(kernel)]) copy(offset);
  const end = Math.min(kernel.u64(zoneStruct.at + zoneStruct.first_deferred_pfn), page.capacity);
  for (let pfn = 0; pfn < end; pfn++) {
    const descriptor = machineMemory.pageDescriptors + pfn * page.stride;
    if ((kernel.u32(descriptor + page.flags) & pageFlag.slab) === 0) continue;
    const slot = kernel.u32(descriptor + page.slot);
    // What says that the frame is a slab, and of which cache, goes with it.
    for (const offset of [descriptor, machineMemory.slotOwners + slot * 4, machineMemory.frames + slot * PAGE_SIZE]) copy(offset);
    if (pages.size * PAGE_SIZE > COPY_LIMIT) return null;
  }
  return reader((offset) => pages.get(Math.floor(offset / PAGE_SIZE))?.[(offset % PAGE_SIZE) >>> 2] ?? 0);
}

/** Offset of a struct in a table of the kernel's, or 0 when it is none. */
export function tableSlot(
  offset: number,
  table: { readonly at: number; readonly stride: number; readonly capacity: number },
): number {
  const index = (offset - table.at) / table.stride;
  return Number.isInteger(index) && index >= 0 && index < table.capacity ? offset : 0;
}

/** An object of a slab cache at this offset, or 0 when there is none: its frame must be a slab of that cache. */
export function slabObject(kernel: KernelWords, offset: number, name: SlabCacheName): number {
  const slot = Math.floor((offset - machineMemory.frames) / PAGE_SIZE);
  if (!(slot >= 0 && offset < 2 ** 32)) return 0;
  const owner = kernel.u32(machineMemory.slotOwners + slot * 4);
  if (owner === 0 || owner > page.capacity) return 0;
  const descriptor = machineMemory.pageDescriptors + (owner - 1) * page.stride;
  const cache = kernel.u32(descriptor + page.private) >>> slabPage.cacheShift;
  const isSlab = (kernel.u32(descriptor + page.flags) & pageFlag.slab) !== 0 && slabCaches[cache]?.name === name;
  const size = slabCaches.find((known) => known.name === name)?.size ?? PAGE_SIZE;
  const index = (offset % PAGE_SIZE) / size;
  return isSlab && Number.isInteger(index) && index < objectsPerSlab(size) ? offset : 0;
}
