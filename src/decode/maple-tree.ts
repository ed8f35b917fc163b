/** The maple tree of VMAs (mm_mt). Layout of its nodes: src/abi/maple.ts. */
import { mmStruct, vmAreaStruct } from "../abi/kernel";
import { MAPLE_END, mapleArange, mapleBits, mapleFlag, mapleNode, type MapleShape } from "../abi/maple";
import { type KernelWords, slabObject } from "./kernel-words";
import { mapleLastSlot, mapleNodeOf, mapleRoot, mapleSlotEnd } from "./maple-nodes";
import type { MapleNode, MapleSlot, MapleTree, TreeFault, TreeProblem } from "./vma-tree-types";
import { currentMm } from "./process";

interface Place {
  readonly encoded: number;
  readonly start: number;
  readonly end: number;
  readonly parent: number;
  readonly parentSlot: number;
  readonly depth: number;
}

type Draft = Omit<MapleNode, "slots"> & { readonly slots: (Omit<MapleSlot, "child"> & { child: number })[] };

export function decodeMapleTree(kernel: KernelWords): MapleTree {
  const nodes: Draft[] = [];
  const problems: TreeProblem[] = [];
  const blame = (fault: TreeFault, at: number): void => {
    problems.push({ fault, at });
  };
  const met = new Set<number>();
  const root = mapleRoot(kernel);
  const flags = kernel.u64(currentMm(kernel) + mmStruct.ma_flags);
  const height = (flags & mapleFlag.heightMask) >>> mapleFlag.heightShift;
  const waiting: Place[] = [];
  if (root !== 0) waiting.push({ encoded: root, start: 0, end: MAPLE_END, parent: -1, parentSlot: -1, depth: 0 });
  // The list grows while it is worked off.
  for (const place of waiting) {
    const found = mapleNodeOf(kernel, place.encoded);
    const above = nodes[place.parent];
    if (found === null || met.has(found.at)) {
      blame(found === null ? "pointer" : "loop", above?.at ?? currentMm(kernel));
      continue;
    }
    met.add(found.at);
    const slot = above?.slots[place.parentSlot];
    if (slot !== undefined) slot.child = nodes.length;
    const { children, node } = readNode(kernel, found.at, found.shape, place, nodes.length, blame);
    if (node.kind === "leaf" ? place.depth !== height - 1 : place.depth >= height - 1) blame("height", node.at);
    nodes.push(node);
    waiting.push(...children);
  }
  checkGaps(kernel, nodes, blame);
  checkNulls(nodes, blame);
  return { kind: "maple", nodes, height, problems };
}

function readNode(
  kernel: KernelWords,
  at: number,
  shape: MapleShape,
  place: Place,
  index: number,
  blame: (fault: TreeFault, at: number) => void,
): { readonly node: Draft; readonly children: readonly Place[] } {
  const { start, end, parent, parentSlot, depth } = place;
  const leaf = shape.gaps === 0;
  const last = mapleLastSlot(kernel, at, shape, end);
  const slots: Draft["slots"] = [];
  const children: Place[] = [];
  for (let offset = 0, from = start; offset <= last; offset++) {
    const to = mapleSlotEnd(kernel, at, offset, last, end);
    if (to <= from || to > end) {
      blame("order", at);
      break;
    }
    const held = kernel.u64(at + shape.slots + offset * 8);
    const vma = leaf && held !== 0 ? slabObject(kernel, held, "vm_area_struct") : 0;
    if (leaf && held !== 0 && vma === 0) blame("pointer", at);
    if (vma !== 0 && (kernel.u64(vma) !== from || kernel.u64(vma + vmAreaStruct.vm_end) !== to)) blame("order", vma);
    const gap = leaf ? (held === 0 ? to - from : 0) : kernel.u64(at + shape.gaps + offset * 8);
    slots.push({ start: from, end: to, vma, child: -1, gap });
    if (!leaf) children.push({ encoded: held, start: from, end: to, parent: index, parentSlot: offset, depth: depth + 1 });
    from = to;
  }
  const stored = kernel.u64(at + mapleNode.parent);
  const expected =
    parent < 0
      ? (currentMm(kernel) + mmStruct.ma_root) | mapleBits.parentRoot
      : (parentSlot << mapleBits.parentSlotShift) | mapleBits.parentRange;
  if (parent < 0 ? stored !== expected : stored % mapleNode.stride !== expected) blame("parent", at);
  if (parent >= 0 && slots.length < shape.minimum) blame("fill", at);
  const node: Draft = {
    at,
    kind: leaf ? "leaf" : "arange",
    start,
    end,
    parent,
    parentSlot,
    depth,
    slots,
    capacity: shape.slotCount,
  };
  return { node, children };
}

/** Children stand after their parent, so from the last to the first every node's own longest gap is known when it is asked for. */
function checkGaps(kernel: KernelWords, nodes: readonly Draft[], blame: (fault: TreeFault, at: number) => void): void {
  const widest = new Float64Array(nodes.length);
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index];
    if (node === undefined) continue;
    const { at, kind, parent, slots } = node;
    widest[index] = slots.reduce((most, slot) => Math.max(most, slot.child < 0 ? slot.gap : (widest[slot.child] ?? 0)), 0);
    if (kind === "leaf") continue;
    if (slots.some((slot) => slot.child >= 0 && slot.gap !== widest[slot.child])) blame("gap", at);
    const meta = kernel.u32(at + mapleArange.meta);
    if (slots[(meta >>> 8) & 0xff]?.gap !== widest[index]) blame("meta", at);
    // A child names the node above by its address.
    for (const { child } of slots) {
      const below = nodes[child];
      if (below === undefined) continue;
      const up = kernel.u64(below.at + mapleNode.parent);
      if (up - (up % mapleNode.stride) !== at) blame("parent", below.at);
    }
    if (parent >= index) blame("loop", at);
  }
}

function checkNulls(nodes: readonly Draft[], blame: (fault: TreeFault, at: number) => void): void {
  for (const { at, kind, end, slots } of nodes) {
    if (kind !== "leaf") continue;
    const empty = slots.map((slot) => slot.vma === 0);
    if (empty.some((isEmpty, offset) => isEmpty && empty[offset + 1] === true)) blame("nulls", at);
    if (empty.at(-1) === true && end < MAPLE_END) blame("nulls", at);
  }
}
