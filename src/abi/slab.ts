/**
 * Slab caches: objects of one size in frames of their own (mm/slub.c). A slab is one frame; its struct page links it into the cache's list
 * of full, partial or free slabs, `private` counts its objects in use, `index` is the linear offset of its first free object. A free object
 * begins with the offset of the next one, 0 = none.
 */
import { machineMemory, PAGE_SIZE } from "./machine-memory";

/** struct kmem_cache. u32 each unless named otherwise. */
export const kmemCache = {
  at: machineMemory.kernel + 0xa00,
  stride: 64,
  /** Bytes of an object, and from one to the next. */
  object_size: 0x00,
  size: 0x04,
  /** Objects in a slab. */
  objects: 0x08,
  /** Pages of a slab are 2^order. */
  order: 0x0c,
  nr_slabs: 0x10,
  active_objs: 0x14,
  /** List heads of two words each, like the buddy allocator's. */
  slabs_full: 0x18,
  slabs_partial: 0x20,
  slabs_free: 0x28,
  /** Characters, ended by 0. */
  name: 0x30,
  nameBytes: 16,
} as const;

/** The caches, in their order in memory. The sizes of objects are those of Linux 6.18; ours do not use all of them. */
export const slabCaches = [
  { name: "vm_area_struct", size: 192 },
  { name: "anon_vma_chain", size: 64 },
  { name: "anon_vma", size: 104 },
  { name: "maple_node", size: 256 },
] as const;
export type SlabCacheName = (typeof slabCaches)[number]["name"];

/** Free slabs that a cache keeps for the next objects; more go back to the buddy allocator (min_partial). */
export const KEPT_FREE_SLABS = 5;

/** struct page of a slab, in `private`: objects in use, and above them which cache. */
export const slabPage = { inuseMask: 0xffff, cacheShift: 16 } as const;

export function objectsPerSlab(size: number): number {
  return Math.floor(PAGE_SIZE / size);
}
