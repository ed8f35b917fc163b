/** VMAs in a maple tree, as in Linux since 6.1: mm_mt. There is no list; neighbours are found by walking down again. */
import { vmAreaStruct } from "../../abi/kernel";
import type { CurrentMm } from "../current";
import type { Bytes } from "../host";
import type { Pool } from "../slab";
import type { Vma, VmaIndex } from "../vma-index";
import { createMapleNodes } from "./node";
import { store } from "./store";
import { highestGap, lookUp, lowestGap } from "./walk";

export function createMapleIndex(bytes: Bytes, mm: CurrentMm, pool: Pool): VmaIndex {
  const nodes = createMapleNodes(bytes, mm, pool);
  const start = (vma: Vma): number => bytes.u64(vma + vmAreaStruct.vm_start);
  const end = (vma: Vma): number => bytes.u64(vma + vmAreaStruct.vm_end);

  /** The VMA that holds `addr`, else the next above: gaps never touch, so that it is one slot further. */
  function find(addr: number): Vma {
    const { entry, behind } = lookUp(nodes, addr);
    return entry === 0 ? behind : entry;
  }

  /** The last VMA below `addr`. A gap at the beginning of a leaf has its lower neighbour in the leaf before. */
  function lastBelow(addr: number): Vma {
    if (addr <= 0) return 0;
    const { entry, before, from } = lookUp(nodes, addr - 1);
    if (entry !== 0 || before !== 0 || from === 0) return entry === 0 ? before : entry;
    return lookUp(nodes, from - 1).entry;
  }

  return {
    find,
    // Of each level up to three nodes, and a new root: what Linux sets aside for storing across nodes. lib/maple_tree.c: mas_prealloc_calc.
    framesForChange: () => pool.framesFor(3 * nodes.height() + 1),
    first: () => find(0),
    last: () => lastBelow(2 ** 53),
    next: (vma) => find(end(vma)),
    prev: (vma) => lastBelow(start(vma)),
    insert: (vma) => store(nodes, start(vma), end(vma), vma),
    remove: (vma) => store(nodes, start(vma), end(vma), 0),
    resize: (vma, from, to) => {
      const [oldFrom, oldTo] = [start(vma), end(vma)];
      if (from > oldFrom) store(nodes, oldFrom, from, 0);
      if (to < oldTo) store(nodes, to, oldTo, 0);
      if (from < oldFrom || to > oldTo) store(nodes, from, to, vma);
    },
    highestGap: (length, floor, ceiling) => {
      if (nodes.root() === 0) return ceiling - floor >= length ? ceiling : -1;
      return highestGap(nodes, nodes.root(), { length, floor, ceiling });
    },
    lowestGap: (length, floor, ceiling) => {
      if (nodes.root() === 0) return ceiling - floor >= length ? floor : -1;
      return lowestGap(nodes, nodes.root(), { length, floor, ceiling });
    },
  };
}
