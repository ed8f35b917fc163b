/**
 * Slab caches as their bytes show them: which frames hold which objects. Reads kmem_cache and struct page (src/abi/slab.ts); a list that
 * is damaged is cut off, and `damaged` says so.
 */
import { pageDescriptor as page, pageFlag } from "../abi/kernel";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { kmemCache as f, slabCaches, slabPage } from "../abi/slab";
import { type KernelWords, kernelWords } from "./kernel-words";
import { asWords } from "./memory";
import { utf8Text } from "./utf8";

export interface Slab {
  readonly pfn: number;
  /** Linear offset of its first byte. */
  readonly at: number;
  readonly inUse: number;
  /** Linear offsets of its free objects, the next one to be handed out first. */
  readonly free: readonly number[];
}

export interface SlabCache {
  readonly name: string;
  /** Bytes from one object to the next. */
  readonly size: number;
  readonly objectsPerSlab: number;
  readonly order: number;
  readonly full: readonly Slab[];
  readonly partial: readonly Slab[];
  readonly empty: readonly Slab[];
  readonly slabs: number;
  readonly activeObjects: number;
  readonly damaged: boolean;
}

/** Decodes every cache, of linear memory or of what it was before (src/decode/before.ts). Total. */
export function decodeSlabCaches(linear: Uint8Array, kernel: KernelWords = kernelWords(asWords(linear))): readonly SlabCache[] {
  const { u32 } = kernel;

  return slabCaches.map((_, id) => {
    const cache = f.at + id * f.stride;
    const [size, objects] = [u32(cache + f.size), u32(cache + f.objects)];
    let damaged = false;

    function freeObjects(pfn: number, at: number): number[] {
      const free: number[] = [];
      const first = u32(machineMemory.pageDescriptors + pfn * page.stride + page.index);
      for (let object = first; object !== 0; object = u32(object)) {
        const index = (object - at) / size;
        if (!Number.isInteger(index) || index < 0 || index >= objects || free.length >= objects) {
          damaged = true;
          break;
        }
        free.push(object);
      }
      return free;
    }

    function walk(head: number): Slab[] {
      const slabs: Slab[] = [];
      let before = head;
      for (let node = u32(head); node !== head; node = u32(node)) {
        const pfn = (node - page.lru_next - machineMemory.pageDescriptors) / page.stride;
        const descriptor = machineMemory.pageDescriptors + pfn * page.stride;
        const isSlab =
          Number.isInteger(pfn) &&
          pfn >= 0 &&
          pfn < page.capacity &&
          (u32(descriptor + page.flags) & pageFlag.slab) !== 0 &&
          u32(descriptor + page.private) >>> slabPage.cacheShift === id;
        if (!isSlab || u32(node + 4) !== before || slabs.length >= page.capacity) {
          damaged = true;
          break;
        }
        const at = machineMemory.frames + u32(descriptor + page.slot) * PAGE_SIZE;
        const inUse = u32(descriptor + page.private) & slabPage.inuseMask;
        const free = freeObjects(pfn, at);
        if (inUse + free.length !== objects) damaged = true;
        slabs.push({ pfn, at, inUse, free });
        before = node;
      }
      return slabs;
    }

    const [full, partial, empty] = [walk(cache + f.slabs_full), walk(cache + f.slabs_partial), walk(cache + f.slabs_free)];
    const name = linear.subarray(cache + f.name, cache + f.name + f.nameBytes);
    const end = name.indexOf(0);
    return {
      name: utf8Text(end < 0 ? name : name.subarray(0, end)),
      size,
      objectsPerSlab: objects,
      order: u32(cache + f.order),
      full,
      partial,
      empty,
      slabs: u32(cache + f.nr_slabs),
      activeObjects: u32(cache + f.active_objs),
      damaged,
    };
  });
}
