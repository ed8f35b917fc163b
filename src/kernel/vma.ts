/** vm_area_struct: fields, the slab cache they come from, and the index that finds them. */
import { mmStruct, vmAreaStruct as f } from "../abi/kernel";
import { assert } from "../base";
import type { AnonChains } from "./anon-chains";
import type { CurrentMm } from "./current";
import type { Frames } from "./frames";
import type { Bytes } from "./host";
import { createMapleIndex } from "./maple";
import { createRbIndex } from "./rbtree";
import type { Slabs } from "./slab";
import type { Vma, VmaIndex } from "./vma-index";

export type { Vma } from "./vma-index";

export interface Vmas extends Omit<VmaIndex, "resize" | "framesForChange"> {
  start(vma: Vma): number;
  end(vma: Vma): number;
  flags(vma: Vma): number;
  anonVma(vma: Vma): number;
  pgoff(vma: Vma): number;
  file(vma: Vma): number;
  set(vma: Vma, field: VmaField, value: number): void;
  /** The VMA before `addr`'s find result: the last one that starts at or below addr − 1 when none contains it. */
  before(vma: Vma): Vma;
  /** Whether so many more VMAs, and what the index needs for any change, are sure to be had. Calls that change mappings ask first. */
  hasRoom(count: number): boolean;
  /** A slot of the pool with its fields filled in, not yet in the index. */
  create(fields: VmaFields): Vma;
  /** Takes a VMA out of the index and gives its slot back. */
  destroy(vma: Vma): void;
}

export type VmaField = "vm_start" | "vm_end" | "vm_flags" | "vm_page_prot" | "vm_pgoff" | "vm_file";

export interface VmaFields {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly pageProt: number;
  readonly pgoff: number;
  readonly file: number;
}

export function createVmas(bytes: Bytes, mm: CurrentMm, frames: Frames, slabs: Slabs, anon: AnonChains): Vmas {
  const rbtree = createRbIndex(bytes, mm);
  const maple = createMapleIndex(bytes, mm, slabs.pool("maple_node"));
  /** Which of the two this kernel has is a fact in its memory. */
  const index = (): VmaIndex => (bytes.u32(mm.at() + mmStruct.ma_flags) === 0 ? rbtree : maple);
  const pool = slabs.pool("vm_area_struct");

  const start = (vma: Vma): number => bytes.u64(vma + f.vm_start);
  const end = (vma: Vma): number => bytes.u64(vma + f.vm_end);
  const isLinked = (vma: Vma): boolean => bytes.u64(vma + f.vm_mm) === mm.at();

  function insert(vma: Vma): void {
    const above = index().find(start(vma));
    assert(above === 0 || end(vma) <= start(above), "a new mapping overlaps another");
    index().insert(vma);
    bytes.put64(vma + f.vm_mm, mm.at());
    bytes.add64(mm.at() + mmStruct.map_count, 1);
  }

  function remove(vma: Vma): void {
    index().remove(vma);
    bytes.put64(vma + f.vm_mm, 0);
    bytes.add64(mm.at() + mmStruct.map_count, -1);
  }

  function set(vma: Vma, field: VmaField, value: number): void {
    if (bytes.u64(vma + f[field]) === value) return;
    if (field === "vm_start" && isLinked(vma)) index().resize(vma, value, end(vma));
    if (field === "vm_end" && isLinked(vma)) index().resize(vma, start(vma), value);
    if (bytes.u64(vma + f[field]) !== value) bytes.put64(vma + f[field], value);
  }

  return {
    start,
    end,
    insert,
    remove,
    set,
    next: (vma) => index().next(vma),
    prev: (vma) => index().prev(vma),
    first: () => index().first(),
    find: (addr) => index().find(addr),
    last: () => index().last(),
    highestGap: (length, floor, ceiling) => index().highestGap(length, floor, ceiling),
    lowestGap: (length, floor, ceiling) => index().lowestGap(length, floor, ceiling),
    flags: (vma) => bytes.u32(vma + f.vm_flags),
    anonVma: (vma) => bytes.u64(vma + f.anon_vma),
    pgoff: (vma) => bytes.u64(vma + f.vm_pgoff),
    file: (vma) => bytes.u64(vma + f.vm_file),
    before: (vma) => (vma === 0 ? index().last() : index().prev(vma)),
    hasRoom: (count) => frames.has(pool.framesFor(count) + anon.framesFor(count) + index().framesForChange()),
    create: (fields) => {
      const vma = pool.take();
      set(vma, "vm_start", fields.start);
      set(vma, "vm_end", fields.end);
      set(vma, "vm_flags", fields.flags);
      set(vma, "vm_page_prot", fields.pageProt);
      for (const field of [f.anon_vma, f.anon_vma_chain]) if (bytes.u64(vma + field) !== 0) bytes.put64(vma + field, 0);
      set(vma, "vm_pgoff", fields.pgoff);
      set(vma, "vm_file", fields.file);
      return vma;
    },
    destroy: (vma) => {
      anon.clear(vma);
      remove(vma);
      pool.give(vma);
    },
  };
}
