/**
 * Storing a range in the maple tree: the leaf (or the leaves) it touches become a list of items, the list is cut into nodes again, and what
 * changed for the level above is stored there the same way, up to the root.
 *
 *   too many items    push some to the left sibling, else to the right one, else split in halves     lib/maple_tree.c: mas_split
 *   too few           join the right sibling, else the left; split again if one node cannot hold both              mas_rebalance
 *   several nodes     what is left of them is one list                                               mas_wr_spanning_store
 *
 * Two rules hold for leaves: empty ranges that touch are one, and no leaf but the last ends with an empty range, so that every gap lies
 * whole in one leaf. Unlike Linux, which copies a node so that readers without a lock see the old or the new one, nodes change in place.
 */
import { MAPLE_END, mapleArange, mapleLeaf, type MapleShape } from "../../abi/maple";
import { encode, type Item, isLeaf, largestGap, type MapleNodes, nodeOf, type Path, type Step } from "./node";
import { pathTo } from "./walk";

/** Joins empty ranges that touch, and drops items of no length. `from` is where the first item starts. */
function tidy(items: readonly Item[], from: number): Item[] {
  const tidied: Item[] = [];
  let start = from;
  for (const { end, slot } of items) {
    const before = tidied.at(-1);
    if (end <= start) continue;
    if (slot === 0 && before?.slot === 0) tidied[tidied.length - 1] = { end, slot: 0, gap: before.gap + end - start };
    else tidied.push({ end, slot, gap: slot === 0 ? end - start : 0 });
    start = end;
  }
  return tidied;
}

/** The last item of the left part when `items` are cut behind item `split`: a leaf must not end with an empty range. */
function cutBehind(items: readonly Item[], shape: MapleShape, split: number): number {
  if (!isLeaf(shape) || items[split]?.slot !== 0) return split + 1;
  const room = split < shape.slotCount - 1 && items.length - 1 - split > shape.minimum - 1;
  return room ? split + 2 : split;
}

/** Cuts a list into as few nodes as hold it, of about equal size. */
function cutEvenly(items: readonly Item[], shape: MapleShape): Item[][] {
  if (items.length <= shape.slotCount) return [[...items]];
  const parts = Math.ceil(items.length / shape.slotCount);
  const cut = cutBehind(items, shape, Math.floor((items.length - 1) / parts));
  return [items.slice(0, cut), ...cutEvenly(items.slice(cut), shape)];
}

function at(path: Path, depth: number): Step {
  const step = path[depth];
  if (step === undefined) throw new RangeError("a maple tree is as deep everywhere");
  return step;
}

/** Puts `entry` (a VMA, 0 = nothing) at [lo, hi). */
export function store(nodes: MapleNodes, lo: number, hi: number, entry: number): void {
  if (nodes.root() === 0) {
    const root = nodes.allocate();
    const items = [
      { end: lo, slot: 0, gap: 0 },
      { end: hi, slot: entry, gap: 0 },
      { end: MAPLE_END, slot: 0, gap: 0 },
    ];
    nodes.setRoot(root, mapleLeaf, 1);
    nodes.write(root, mapleLeaf, tidy(items, 0));
    return;
  }
  const first = pathTo(nodes, lo);
  const depth = first.length - 1;
  let last = hi > at(first, depth).end ? pathTo(nodes, hi - 1) : first;
  const [left, right] = [at(first, depth), at(last, depth)];
  const before = nodes.read(left);
  const after = first === last ? before : nodes.read(right);
  const cut = before.findIndex((item) => item.end > lo);
  const items = [
    ...before.slice(0, cut),
    { end: lo, slot: before[cut]?.slot ?? 0, gap: 0 },
    { end: hi, slot: entry, gap: 0 },
    ...after.filter((item) => item.end > hi),
  ];
  let tidied = tidy(items, left.start);
  if (tidied.at(-1)?.slot === 0 && at(last, depth).end < MAPLE_END) {
    last = pathTo(nodes, at(last, depth).end);
    tidied = tidy([...tidied, ...nodes.read(at(last, depth))], left.start);
  }
  replace(nodes, depth, first, last, tidied);
}

/** Makes `items` the content of the nodes of one level from `first` to `last`. */
function replace(nodes: MapleNodes, depth: number, first: Path, last: Path, items: readonly Item[]): void {
  if (depth === 0) return replaceRoot(nodes, at(first, 0), items);
  const region = arrange(nodes, depth, first, last, items);
  const [from, to] = [at(region.first, depth), at(region.last, depth)];
  const children = writeParts(nodes, from.shape, nodesBetween(nodes, depth, region.first, region.last), region.parts);
  const [above, aboveLast] = [at(region.first, depth - 1), at(region.last, depth - 1)];
  const upper = nodes.read(above);
  const only = children[0];
  const old = upper[above.offset];
  if (from.node === to.node && children.length === 1 && only?.end === old?.end && only?.gap === old?.gap) return;
  const tail = above.node === aboveLast.node ? upper : nodes.read(aboveLast);
  const merged = [...upper.slice(0, above.offset), ...children, ...tail.slice(aboveLast.offset + 1)];
  replace(nodes, depth - 1, region.first, region.last, merged);
}

/** The root may be as empty as it likes; an inner one with a single child gives way to it. */
function replaceRoot(nodes: MapleNodes, root: Step, items: readonly Item[]): void {
  const height = nodes.height();
  const [only] = items;
  if (items.length > root.shape.slotCount) {
    const children = writeParts(nodes, root.shape, [root.node], cutEvenly(items, root.shape));
    const above = nodes.allocate();
    nodes.setRoot(above, mapleArange, height + 1);
    nodes.write(above, mapleArange, children);
  } else if (items.length > 1 || only === undefined) nodes.write(root.node, root.shape, items);
  else if (isLeaf(root.shape) && only.slot !== 0) nodes.write(root.node, root.shape, items);
  else {
    nodes.free(root.node);
    if (isLeaf(root.shape)) nodes.clearRoot();
    else nodes.setRoot(nodeOf(only.slot), height === 2 ? mapleLeaf : mapleArange, height - 1);
  }
}

interface Arrangement {
  readonly first: Path;
  readonly last: Path;
  /** One list a node. */
  readonly parts: readonly (readonly Item[])[];
}

/** Decides which nodes share the items: the given ones alone, or with a sibling. */
function arrange(nodes: MapleNodes, depth: number, first: Path, last: Path, items: readonly Item[]): Arrangement {
  const { shape } = at(first, depth);
  const { length } = items;
  const alone = at(first, depth).node === at(last, depth).node;
  if (length > shape.slotCount && alone) {
    // Pushing fills the sibling up to two slots short of full.
    const limit = 2 * shape.slotCount - (isLeaf(shape) ? 1 : 0) - (at(first, depth).end === MAPLE_END ? 1 : 0) - 1;
    const left = sibling(nodes, depth, first, -1);
    const shared = left === null ? [] : [...nodes.read(at(left, depth)), ...items];
    if (left !== null && shared.length <= limit) {
      return { first: left, last, parts: cutAt(shared, cutBehind(shared, shape, shape.slotCount - 2)) };
    }
    const right = sibling(nodes, depth, last, 1);
    const joined = right === null ? [] : [...items, ...nodes.read(at(right, depth))];
    if (right !== null && joined.length <= limit) {
      return { first, last: right, parts: cutAt(joined, cutBehind(joined, shape, joined.length - shape.slotCount)) };
    }
  }
  if (length < shape.minimum) {
    const right = sibling(nodes, depth, last, 1);
    const left = right === null ? sibling(nodes, depth, first, -1) : null;
    if (right !== null) {
      return { first, last: right, parts: cutEvenly([...items, ...nodes.read(at(right, depth))], shape) };
    }
    if (left !== null) return { first: left, last, parts: cutEvenly([...nodes.read(at(left, depth)), ...items], shape) };
  }
  return { first, last, parts: cutEvenly(items, shape) };
}

function cutAt(items: readonly Item[], cut: number): readonly (readonly Item[])[] {
  return [items.slice(0, cut), items.slice(cut)];
}

/** The neighbour under the same parent; null when there is none. */
function sibling(nodes: MapleNodes, depth: number, path: Path, direction: -1 | 1): Path | null {
  const step = at(path, depth);
  const above = at(path, depth - 1);
  const edge = direction < 0 ? above.start : above.end;
  if ((direction < 0 ? step.start : step.end) === edge) return null;
  return pathTo(nodes, direction < 0 ? step.start - 1 : step.end, depth);
}

function nodesBetween(nodes: MapleNodes, depth: number, first: Path, last: Path): number[] {
  const found = [at(first, depth).node];
  for (let step = at(first, depth); step.node !== at(last, depth).node; found.push(step.node)) {
    step = at(pathTo(nodes, step.end, depth), depth);
  }
  return found;
}

/** Writes one node for each part, the old ones first, and returns the items that stand for them one level up. */
function writeParts(
  nodes: MapleNodes,
  shape: MapleShape,
  old: readonly number[],
  parts: readonly (readonly Item[])[],
): readonly Item[] {
  const children = parts.map((part, index) => {
    const node = old[index] ?? nodes.allocate();
    nodes.write(node, shape, part);
    return { end: part.at(-1)?.end ?? 0, slot: encode(node, shape), gap: largestGap(part) };
  });
  for (const node of old.slice(parts.length)) nodes.free(node);
  return children;
}
