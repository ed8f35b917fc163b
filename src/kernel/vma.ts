/** vm_area_struct: fields, the pool they come from, and the address-ordered list that finds them. */
import { mmStruct, vmAreaStruct as f } from "../abi/kernel";
import { assert } from "../base";
import type { Bytes } from "./host";

/** A vm_area_struct by its offset in linear memory; 0 = none. */
export type Vma = number;

/** Looks VMAs up by address. The list is today's implementation; a tree can take its place behind the same questions. */
export interface VmaIndex {
  /** The first VMA whose end lies above `addr` (find_vma). */
  find(addr: number): Vma;
  /** The last VMA of all. */
  last(): Vma;
  /** Links a VMA in at its place. */
  insert(vma: Vma): void;
  remove(vma: Vma): void;
}

export interface Vmas extends VmaIndex {
  start(vma: Vma): number;
  end(vma: Vma): number;
  flags(vma: Vma): number;
  anonVma(vma: Vma): number;
  pgoff(vma: Vma): number;
  file(vma: Vma): number;
  next(vma: Vma): Vma;
  prev(vma: Vma): Vma;
  set(vma: Vma, field: VmaField, value: number): void;
  /** The VMA before `addr`'s find result: the last one that starts at or below addr − 1 when none contains it. */
  before(vma: Vma): Vma;
  /** First of the list. */
  first(): Vma;
  /** A slot of the pool with its fields filled in, not yet in the index. */
  create(fields: VmaFields): Vma;
  /** Takes a VMA out of the index and gives its slot back. */
  destroy(vma: Vma): void;
}

export type VmaField = "vm_start" | "vm_end" | "vm_flags" | "vm_page_prot" | "anon_vma" | "vm_pgoff" | "vm_file";

export interface VmaFields {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly pageProt: number;
  readonly anonVma: number;
  readonly pgoff: number;
  readonly file: number;
}

const mm = mmStruct.at;
const slotEnd = f.at + f.capacity * f.stride;

export function createVmas(bytes: Bytes): Vmas {
  /** Where the last search ended: only a hint, checked before use, so that it may be stale after time travel. */
  let hint: Vma = 0;

  const start = (vma: Vma): number => bytes.u64(vma + f.vm_start);
  const end = (vma: Vma): number => bytes.u64(vma + f.vm_end);
  const next = (vma: Vma): Vma => bytes.u64(vma + f.vm_next);
  const prev = (vma: Vma): Vma => bytes.u64(vma + f.vm_prev);
  const first = (): Vma => bytes.u64(mm + mmStruct.mmap);

  function find(addr: number): Vma {
    let at = hint !== 0 && bytes.u64(hint + f.vm_mm) === mm ? hint : first();
    if (at === 0) return 0;
    if (end(at) > addr) {
      for (let below = prev(at); below !== 0 && end(below) > addr; below = prev(at)) at = below;
    } else {
      while (at !== 0 && end(at) <= addr) at = next(at);
    }
    hint = at;
    return at;
  }

  function last(): Vma {
    let at = hint !== 0 && bytes.u64(hint + f.vm_mm) === mm ? hint : first();
    if (at === 0) return 0;
    for (let above = next(at); above !== 0; above = next(at)) at = above;
    hint = at;
    return at;
  }

  function link(below: Vma, above: Vma): void {
    if (below === 0) bytes.put64(mm + mmStruct.mmap, above);
    else bytes.put64(below + f.vm_next, above);
    if (above !== 0) bytes.put64(above + f.vm_prev, below);
  }

  function insert(vma: Vma): void {
    const above = find(start(vma));
    const below = above === 0 ? last() : prev(above);
    assert(below === 0 || end(below) <= start(vma), "a new mapping overlaps the one below");
    assert(above === 0 || end(vma) <= start(above), "a new mapping overlaps the one above");
    link(below, vma);
    link(vma, above);
    if (below === 0) bytes.put64(vma + f.vm_prev, 0);
    bytes.put64(vma + f.vm_mm, mm);
    bytes.add64(mm + mmStruct.map_count, 1);
    hint = vma;
  }

  function remove(vma: Vma): void {
    const below = prev(vma);
    const above = next(vma);
    link(below, above);
    bytes.put64(vma + f.vm_mm, 0);
    bytes.add64(mm + mmStruct.map_count, -1);
    hint = below === 0 ? above : below;
  }

  function slot(): Vma {
    const free = bytes.u64(mm + mmStruct.vma_free);
    if (free !== 0) {
      bytes.put64(mm + mmStruct.vma_free, bytes.u64(free + f.vm_next));
      return free;
    }
    const unused = bytes.u64(mm + mmStruct.vma_unused) || f.at;
    assert(unused < slotEnd, "the vm_area_struct pool is larger than max_map_count");
    bytes.put64(mm + mmStruct.vma_unused, unused + f.stride);
    return unused;
  }

  function set(vma: Vma, field: VmaField, value: number): void {
    if (bytes.u64(vma + f[field]) !== value) bytes.put64(vma + f[field], value);
  }

  return {
    start,
    end,
    next,
    prev,
    first,
    find,
    last,
    insert,
    remove,
    set,
    flags: (vma) => bytes.u32(vma + f.vm_flags),
    anonVma: (vma) => bytes.u64(vma + f.anon_vma),
    pgoff: (vma) => bytes.u64(vma + f.vm_pgoff),
    file: (vma) => bytes.u64(vma + f.vm_file),
    before: (vma) => (vma === 0 ? last() : prev(vma)),
    create: (fields) => {
      const vma = slot();
      set(vma, "vm_start", fields.start);
      set(vma, "vm_end", fields.end);
      set(vma, "vm_flags", fields.flags);
      set(vma, "vm_page_prot", fields.pageProt);
      set(vma, "anon_vma", fields.anonVma);
      set(vma, "vm_pgoff", fields.pgoff);
      set(vma, "vm_file", fields.file);
      return vma;
    },
    destroy: (vma) => {
      remove(vma);
      bytes.put64(vma + f.vm_prev, 0);
      bytes.put64(vma + f.vm_next, bytes.u64(mm + mmStruct.vma_free));
      bytes.put64(mm + mmStruct.vma_free, vma);
    },
  };
}
