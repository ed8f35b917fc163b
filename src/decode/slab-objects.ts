/** The objects of one slab: which are in use, in which order the free ones will be handed out, and what those in use are. */
import { vmAreaStruct } from "../abi/kernel";
import type { KernelWords } from "./kernel-words";
import type { Slab, SlabCache } from "./slab";

export interface SlabObject {
  readonly index: number;
  /** Linear offset. */
  readonly at: number;
  /** Place in the slab's list of free objects: 0 is handed out next; −1 = in use. */
  readonly place: number;
  /** A vm_area_struct in use: the addresses it maps, [start, end). */
  readonly vma: { readonly start: number; readonly end: number } | null;
}

/** In address order. Total: as many as the slab holds. */
export function slabObjects(kernel: KernelWords, cache: SlabCache, slab: Slab): readonly SlabObject[] {
  const places = new Map(slab.free.map((at, place) => [at, place]));
  // A slab that is damaged may tell a size of nothing.
  const count =
    cache.size > 0 ? Math.min(cache.objectsPerSlab, Math.floor((4096 * 2 ** Math.min(cache.order, 3)) / cache.size)) : 0;
  return Array.from({ length: count }, (_, index): SlabObject => {
    const at = slab.at + index * cache.size;
    const place = places.get(at) ?? -1;
    const isVma = place < 0 && cache.name === "vm_area_struct";
    const vma = isVma ? { start: kernel.u64(at + vmAreaStruct.vm_start), end: kernel.u64(at + vmAreaStruct.vm_end) } : null;
    return { index, at, place, vma };
  });
}

/** All slabs of a cache with the list they are on: full, partial, free. */
export function slabsOf({
  full,
  partial,
  empty,
}: SlabCache): readonly { readonly slab: Slab; readonly list: "full" | "partial" | "free" }[] {
  const on = <L extends string>(slabs: readonly Slab[], list: L) => slabs.map((slab) => ({ slab, list }));
  return [...on(full, "full"), ...on(partial, "partial"), ...on(empty, "free")];
}
