/** The red-black tree of VMAs (vm_rb) and the list beside it. lib/rbtree.c, mm/mmap.c before 6.1. */
import { mmStruct, vmAreaStruct as f } from "../abi/kernel";
import { type KernelWords, slabObject } from "./kernel-words";
import type { RbNode, RbTree, TreeFault, TreeProblem } from "./vma-tree-types";
import { currentMm } from "./process";

/** The VMA whose vm_rb a link points to; 0 when it points elsewhere. */
export function vmaOfLink(kernel: KernelWords, link: number): number {
  return link === 0 ? 0 : slabObject(kernel, link - f.vm_rb, "vm_area_struct");
}

type Draft = { -readonly [K in keyof RbNode]: RbNode[K] };

export function decodeRbTree(kernel: KernelWords): RbTree {
  const nodes: Draft[] = [];
  const problems: TreeProblem[] = [];
  const blame = (fault: TreeFault, at: number): void => {
    problems.push({ fault, at });
  };
  const met = new Set<number>();
  const rootLink = kernel.u64(currentMm(kernel) + mmStruct.mm_rb);

  /** In order, with a stack of our own: damage could make the tree as deep as it likes. */
  interface Visit {
    readonly vma: number;
    readonly depth: number;
    left: number;
  }
  const waiting: Visit[] = [];
  const enter = (link: number, depth: number): void => {
    let [at, level] = [link, depth];
    while (at !== 0) {
      const vma = vmaOfLink(kernel, at);
      if (vma === 0 || met.has(vma)) {
        blame(vma === 0 ? "pointer" : "loop", waiting.at(-1)?.vma ?? currentMm(kernel));
        return;
      }
      met.add(vma);
      waiting.push({ vma, depth: level++, left: -1 });
      at = kernel.u64(vma + f.rb_left);
    }
  };
  const indexOf = new Map<number, number>();
  enter(rootLink, 0);
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { vma, depth } = visit;
    const [start, end] = [kernel.u64(vma + f.vm_start), kernel.u64(vma + f.vm_end)];
    const floor = nodes.at(-1)?.end ?? 0;
    if (start < floor || end <= start) blame("order", vma);
    indexOf.set(vma, nodes.length);
    const red = (kernel.u32(vma + f.rb_parent_color) & 1) === 0;
    const subtreeGap = kernel.u64(vma + f.rb_subtree_gap);
    nodes.push({ vma, start, end, red, left: -1, right: -1, parent: -1, depth, gap: start - floor, subtreeGap });
    enter(kernel.u64(vma + f.rb_right), depth + 1);
  }
  for (const [index, node] of nodes.entries()) {
    const at = (link: number): number => indexOf.get(vmaOfLink(kernel, kernel.u64(node.vma + link))) ?? -1;
    node.left = at(f.rb_left);
    node.right = at(f.rb_right);
    for (const child of [node.left, node.right]) {
      const below = nodes[child];
      if (below === undefined || below.depth !== node.depth + 1) continue;
      below.parent = index;
      const stored = kernel.u32(below.vma + f.rb_parent_color) & ~1;
      if (stored !== node.vma + f.vm_rb) blame("parent", below.vma);
      if (node.red && below.red) blame("colour", below.vma);
    }
  }
  const root = indexOf.get(vmaOfLink(kernel, rootLink)) ?? -1;
  const top = nodes[root];
  if (top?.red === true) blame("colour", top.vma);
  if (top !== undefined && (kernel.u32(top.vma + f.rb_parent_color) & ~1) !== 0) blame("parent", top.vma);
  checkHeights(nodes, blame);
  checkList(kernel, nodes, blame);
  return { kind: "rbtree", nodes, root, problems };
}

/** From the deepest upwards: black heights of both sides agree, and subtree gaps are what they should be. */
function checkHeights(nodes: readonly RbNode[], blame: (fault: TreeFault, at: number) => void): void {
  const black = new Int32Array(nodes.length);
  const widest = new Float64Array(nodes.length);
  const order = [...nodes.keys()].toSorted((a, b) => (nodes[b]?.depth ?? 0) - (nodes[a]?.depth ?? 0));
  for (const index of order) {
    const node = nodes[index];
    if (node === undefined) continue;
    const heights = [node.left, node.right].map((child) => black[child] ?? 0);
    if (heights[0] !== heights[1]) blame("blackHeight", node.vma);
    black[index] = Math.max(...heights) + (node.red ? 0 : 1);
    widest[index] = Math.max(node.gap, widest[node.left] ?? 0, widest[node.right] ?? 0);
    if (widest[index] !== node.subtreeGap) blame("gap", node.vma);
  }
}

/** The list is what an in-order walk of the tree is. */
function checkList(kernel: KernelWords, nodes: readonly RbNode[], blame: (fault: TreeFault, at: number) => void): void {
  if (kernel.u64(currentMm(kernel) + mmStruct.mmap) !== (nodes[0]?.vma ?? 0)) blame("list", currentMm(kernel));
  for (const [index, { vma }] of nodes.entries()) {
    const next = nodes[index + 1]?.vma ?? 0;
    const prev = nodes[index - 1]?.vma ?? 0;
    if (kernel.u64(vma + f.vm_next) !== next || kernel.u64(vma + f.vm_prev) !== prev) blame("list", vma);
  }
}
