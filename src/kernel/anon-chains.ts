/**
 * Who owns the pages of a mapping, as objects. A mapping leads through its chain to every anon_vma its pages can belong to: its own first,
 * then those of the mappings it was forked from. mm/rmap.c: anon_vma_chain_link, unlink_anon_vmas, __put_anon_vma.
 *
 *   vm_area_struct ─anon_vma──────────────► anon_vma ─parent─► anon_vma ─► … ─► root
 *        └─anon_vma_chain─► anon_vma_chain ────┘                   ▲
 *                                └─next─► anon_vma_chain ──────────┘
 *
 * An anon_vma goes when no chain leads to it; a root stays until the last that was forked from it has gone.
 */
import { anonVmaChainStruct as c, anonVmaStruct as a, vmAreaStruct } from "../abi/kernel";
import type { Bytes } from "./host";
import type { Slabs } from "./slab";
import type { Vma } from "./vma-index";

/** An anon_vma by its offset in linear memory; 0 = none. */
type AnonVmaAt = number;

export interface AnonChains {
  /** The anon_vmas of a mapping's chain, the newest link first. */
  of(vma: Vma): readonly AnonVmaAt[];
  /** Whether a forked mapping can have it for its own: nobody else has, and no two were forked from it. */
  isSpare(anonVma: AnonVmaAt): boolean;
  /** One that descends from `parent`, or a root. Nothing leads to it yet. */
  make(parent: AnonVmaAt | null): AnonVmaAt;
  /** One more link at the front of the chain. */
  link(vma: Vma, anonVma: AnonVmaAt): void;
  /** The mapping's own. It is in its chain. */
  own(vma: Vma, anonVma: AnonVmaAt): void;
  /** The mapping has none any more; those that nobody leads to are freed. */
  clear(vma: Vma): void;
  /** Frames that links of so many mappings may take beside the slabs there are. */
  framesFor(mappings: number): number;
}

/** Links of a mapping that are reckoned with: deeper families are rare, and what is kept back for the kernel is enough for them. */
const USUAL_LINKS = 4;

export function createAnonChains(bytes: Bytes, slabs: Slabs): AnonChains {
  const anonVmas = slabs.pool("anon_vma");
  const links = slabs.pool("anon_vma_chain");
  const add = (at: number, delta: number): void => bytes.put32(at, bytes.u32(at) + delta);

  function linksOf(vma: Vma): readonly number[] {
    const all: number[] = [];
    for (let at = bytes.u64(vma + vmAreaStruct.anon_vma_chain); at !== 0; at = bytes.u64(at + c.next)) all.push(at);
    return all;
  }

  const anonVmaOf = (link: number): AnonVmaAt => bytes.u64(link + c.anon_vma);

  /** One reference fewer; a descendant holds one of its root. */
  function put(anonVma: AnonVmaAt): void {
    add(anonVma + a.refcount, -1);
    if (bytes.u32(anonVma + a.refcount) > 0) return;
    const root = bytes.u64(anonVma + a.root);
    anonVmas.give(anonVma);
    if (root !== anonVma) put(root);
  }

  return {
    of: (vma) => linksOf(vma).map(anonVmaOf),
    isSpare: (anonVma) => bytes.u32(anonVma + a.num_children) < 2 && bytes.u32(anonVma + a.num_active_vmas) === 0,
    make: (parent) => {
      const made = anonVmas.take();
      const root = parent === null ? made : bytes.u64(parent + a.root);
      bytes.put64(made + a.root, root);
      bytes.putPair(made + a.refcount, 1, 0);
      bytes.putPair(made + a.num_children, 0, 0);
      bytes.put64(made + a.parent, parent ?? made);
      add((parent ?? made) + a.num_children, 1);
      if (parent !== null) add(root + a.refcount, 1);
      return made;
    },
    link: (vma, anonVma) => {
      const link = links.take();
      bytes.put64(link + c.vma, vma);
      bytes.put64(link + c.anon_vma, anonVma);
      bytes.put64(link + c.next, bytes.u64(vma + vmAreaStruct.anon_vma_chain));
      bytes.put64(vma + vmAreaStruct.anon_vma_chain, link);
      add(anonVma + a.nr_links, 1);
    },
    own: (vma, anonVma) => {
      bytes.put64(vma + vmAreaStruct.anon_vma, anonVma);
      add(anonVma + a.num_active_vmas, 1);
    },
    clear: (vma) => {
      const own = bytes.u64(vma + vmAreaStruct.anon_vma);
      const unreached: AnonVmaAt[] = [];
      for (const link of linksOf(vma)) {
        const anonVma = anonVmaOf(link);
        add(anonVma + a.nr_links, -1);
        if (bytes.u32(anonVma + a.nr_links) === 0) {
          add(bytes.u64(anonVma + a.parent) + a.num_children, -1);
          unreached.push(anonVma);
        }
        links.give(link);
      }
      if (own !== 0) {
        add(own + a.num_active_vmas, -1);
        bytes.put64(vma + vmAreaStruct.anon_vma, 0);
        bytes.put64(vma + vmAreaStruct.anon_vma_chain, 0);
      }
      for (const anonVma of unreached) put(anonVma);
    },
    framesFor: (mappings) => links.framesFor(mappings * USUAL_LINKS) + anonVmas.framesFor(mappings),
  };
}
