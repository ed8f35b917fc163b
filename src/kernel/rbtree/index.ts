/** VMAs in a red-black tree and, beside it, a list in address order, as in Linux before 6.1: mm_rb and mmap. mm/mmap.c of those releases. */
import { mmStruct, vmAreaStruct as f } from "../../abi/kernel";
import type { CurrentMm } from "../current";
import type { Bytes } from "../host";
import type { Vma, VmaIndex } from "../vma-index";
import { createRbTree, type Side } from "./tree";

const nodeOf = (vma: Vma): number => vma + f.vm_rb;
const vmaOf = (node: number): Vma => node - f.vm_rb;

export function createRbIndex(bytes: Bytes, mm: CurrentMm): VmaIndex {
  const start = (vma: Vma): number => bytes.u64(vma + f.vm_start);
  const end = (vma: Vma): number => bytes.u64(vma + f.vm_end);
  const next = (vma: Vma): Vma => bytes.u64(vma + f.vm_next);
  const prev = (vma: Vma): Vma => bytes.u64(vma + f.vm_prev);
  /** Where the gap below a VMA starts. */
  const gapStart = (vma: Vma): number => {
    const below = prev(vma);
    return below === 0 ? 0 : end(below);
  };
  const tree = createRbTree(bytes, mm, (node) => start(vmaOf(node)) - gapStart(vmaOf(node)));

  function find(addr: number): Vma {
    let found = 0;
    for (let node = tree.root(); node !== 0; ) {
      const vma = vmaOf(node);
      if (end(vma) <= addr) node = tree.child(node, "right");
      else {
        found = vma;
        if (start(vma) <= addr) break;
        node = tree.child(node, "left");
      }
    }
    return found;
  }

  function last(): Vma {
    let [at, below] = [0, tree.root()];
    while (below !== 0) [at, below] = [below, tree.child(below, "right")];
    return at === 0 ? 0 : vmaOf(at);
  }

  function link(below: Vma, above: Vma): void {
    bytes.put64(below === 0 ? mm.at() + mmStruct.mmap : below + f.vm_next, above);
    if (above !== 0) bytes.put64(above + f.vm_prev, below);
  }

  function insert(vma: Vma): void {
    let [parent, below]: [number, Vma] = [0, 0];
    let side: Side = "left";
    for (let node = tree.root(); node !== 0; node = tree.child(node, side)) {
      parent = node;
      side = end(vmaOf(node)) <= start(vma) ? "right" : "left";
      if (side === "right") below = vmaOf(node);
    }
    const above = below === 0 ? bytes.u64(mm.at() + mmStruct.mmap) : next(below);
    link(vma, above);
    link(below, vma);
    if (below === 0) bytes.put64(vma + f.vm_prev, 0);
    if (above !== 0) tree.propagate(nodeOf(above));
    tree.insert(nodeOf(vma), parent, side);
  }

  function remove(vma: Vma): void {
    const above = next(vma);
    tree.erase(nodeOf(vma));
    link(prev(vma), above);
    if (above !== 0) tree.propagate(nodeOf(above));
  }

  interface Query {
    readonly length: number;
    readonly floor: number;
    readonly ceiling: number;
  }
  const isFree = ({ length, floor, ceiling }: Query, from: number, to: number): boolean =>
    Math.min(to, ceiling) - Math.max(from, floor) >= length;

  /** Where the highest gap below a VMA of the subtree ends; −1. Subtrees whose gaps are all too short are passed over. */
  function highestIn(node: number, query: Query): number {
    if (tree.gap(node) < query.length) return -1;
    const vma = vmaOf(node);
    const above = end(vma) < query.ceiling ? highestIn(tree.child(node, "right"), query) : -1;
    if (above >= 0) return above;
    if (isFree(query, gapStart(vma), start(vma))) return Math.min(start(vma), query.ceiling);
    return start(vma) > query.floor ? highestIn(tree.child(node, "left"), query) : -1;
  }

  function lowestIn(node: number, query: Query): number {
    if (tree.gap(node) < query.length) return -1;
    const vma = vmaOf(node);
    const below = start(vma) > query.floor ? lowestIn(tree.child(node, "left"), query) : -1;
    if (below >= 0) return below;
    if (isFree(query, gapStart(vma), start(vma))) return Math.max(gapStart(vma), query.floor);
    return end(vma) < query.ceiling ? lowestIn(tree.child(node, "right"), query) : -1;
  }

  /** Above the last VMA everything is free; no node stands for that. */
  const top = (): number => (last() === 0 ? 0 : end(last()));

  return {
    find,
    framesForChange: () => 0,
    first: () => bytes.u64(mm.at() + mmStruct.mmap),
    last,
    next,
    prev,
    insert,
    remove,
    resize: (vma, from, to) => {
      const [oldFrom, oldTo] = [start(vma), end(vma)];
      if (from !== oldFrom) bytes.put64(vma + f.vm_start, from);
      if (to !== oldTo) bytes.put64(vma + f.vm_end, to);
      if (from !== oldFrom) tree.propagate(nodeOf(vma));
      if (to !== oldTo && next(vma) !== 0) tree.propagate(nodeOf(next(vma)));
    },
    highestGap: (length, floor, ceiling) => {
      const query = { length, floor, ceiling };
      return isFree(query, top(), Infinity) ? ceiling : highestIn(tree.root(), query);
    },
    lowestGap: (length, floor, ceiling) => {
      const query = { length, floor, ceiling };
      const found = lowestIn(tree.root(), query);
      if (found >= 0) return found;
      return isFree(query, top(), Infinity) ? Math.max(top(), floor) : -1;
    },
  };
}
