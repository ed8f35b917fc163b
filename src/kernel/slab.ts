/**
 * Slab caches at work: an object comes from a slab that is partly in use, else from a free one, else from a new frame. mm/slub.c, and
 * the three lists of slabs as in mm/slab.c, where every slab can be found.
 */
import { pageDescriptor as page, pageFlag } from "../abi/kernel";
import { KEPT_FREE_SLABS, kmemCache as f, objectsPerSlab, type SlabCacheName, slabCaches, slabPage } from "../abi/slab";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { assert } from "../base";
import { pageOf } from "./buddy";
import type { Frames } from "./frames";
import type { Bytes } from "./host";
import { createLists } from "./list";

/** Objects of one kind, by their linear offsets. */
export interface Pool {
  /** An object with what it last held but for its first word. */
  take(): number;
  /** Frames that so many objects would take beside the slabs there are. */
  framesFor(count: number): number;
  give(object: number): void;
}

export interface Slabs {
  /** Writes the kmem_caches; there is no slab yet. */
  initialise(): void;
  pool(name: SlabCacheName): Pool;
}

type ListName = "slabs_full" | "slabs_partial" | "slabs_free";

export function createSlabs(bytes: Bytes, frames: Frames): Slabs {
  const lists = createLists(bytes);
  const pfnOfNode = (node: number): number => (node - page.lru_next - machineMemory.pageDescriptors) / page.stride;
  const nodeOf = (pfn: number): number => pageOf(pfn) + page.lru_next;
  const inuse = (pfn: number): number => bytes.u32(pageOf(pfn) + page.private) & slabPage.inuseMask;
  const add32 = (at: number, delta: number): void => bytes.put32(at, bytes.u32(at) + delta);

  function pool(name: SlabCacheName): Pool {
    const id = slabCaches.findIndex((cache) => cache.name === name);
    const cache = f.at + id * f.stride;
    const firstOf = (list: ListName): number => {
      const node = lists.first(cache + f[list]);
      return node === cache + f[list] ? -1 : pfnOfNode(node);
    };

    /** A frame cut into free objects, on no list yet. */
    function newSlab(): number {
      const pfn = frames.allocateKernel(pageFlag.slab, 0);
      assert(pfn >= 0, "no frame is left for the kernel's own objects");
      const [start, size, objects] = [frames.offset(pfn), bytes.u32(cache + f.size), bytes.u32(cache + f.objects)];
      for (let i = 0; i + 1 < objects; i++) bytes.put32(start + i * size, start + (i + 1) * size);
      bytes.put64(pageOf(pfn) + page.index, start);
      bytes.put32(pageOf(pfn) + page.private, (id << slabPage.cacheShift) >>> 0);
      add32(cache + f.nr_slabs, 1);
      return pfn;
    }

    /** Puts a slab on the list that its count says; `before` is where it stood, null for nowhere. */
    function place(pfn: number, before: ListName | null): void {
      const count = inuse(pfn);
      const now = count === 0 ? "slabs_free" : count === bytes.u32(cache + f.objects) ? "slabs_full" : "slabs_partial";
      if (now === before) return;
      if (before !== null) lists.remove(nodeOf(pfn));
      lists.add(cache + f[now], nodeOf(pfn), "first");
    }

    function take(): number {
      let before: ListName | null = "slabs_partial";
      let pfn = firstOf(before);
      if (pfn < 0) pfn = firstOf((before = "slabs_free"));
      if (pfn < 0) {
        pfn = newSlab();
        before = null;
      }
      const object = bytes.u64(pageOf(pfn) + page.index);
      bytes.put64(pageOf(pfn) + page.index, bytes.u32(object));
      add32(pageOf(pfn) + page.private, 1);
      add32(cache + f.active_objs, 1);
      place(pfn, before);
      return object;
    }

    function freeSlabs(): number {
      let count = 0;
      for (let node = lists.first(cache + f.slabs_free); node !== cache + f.slabs_free; node = lists.next(node)) count++;
      return count;
    }

    function give(object: number): void {
      const slot = Math.floor((object - machineMemory.frames) / PAGE_SIZE);
      const pfn = bytes.u32(machineMemory.slotOwners + slot * 4) - 1;
      const before = inuse(pfn) === bytes.u32(cache + f.objects) ? "slabs_full" : "slabs_partial";
      bytes.put64(object, bytes.u64(pageOf(pfn) + page.index));
      bytes.put64(pageOf(pfn) + page.index, object);
      add32(pageOf(pfn) + page.private, -1);
      add32(cache + f.active_objs, -1);
      place(pfn, before);
      if (inuse(pfn) > 0 || freeSlabs() <= KEPT_FREE_SLABS) return;
      lists.remove(nodeOf(pfn));
      add32(cache + f.nr_slabs, -1);
      frames.free(pfn);
    }

    function framesFor(count: number): number {
      const objects = bytes.u32(cache + f.objects);
      const free = bytes.u32(cache + f.nr_slabs) * objects - bytes.u32(cache + f.active_objs);
      return Math.max(0, Math.ceil((count - free) / objects));
    }

    return { take, give, framesFor };
  }

  return {
    initialise: () => {
      for (const [id, { name, size }] of slabCaches.entries()) {
        const cache = f.at + id * f.stride;
        bytes.putPair(cache + f.object_size, size, size);
        bytes.putPair(cache + f.objects, objectsPerSlab(size), 0);
        for (const list of ["slabs_full", "slabs_partial", "slabs_free"] as const) lists.makeEmpty(cache + f[list]);
        for (let i = 0; i < name.length; i += 4) {
          const word = [0, 1, 2, 3].reduce((sum, byte) => sum + (name.charCodeAt(i + byte) || 0) * 2 ** (8 * byte), 0);
          bytes.put32(cache + f.name + i, word);
        }
      }
    },
    pool,
  };
}
