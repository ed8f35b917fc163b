/** Ways down the maple tree. lib/maple_tree.c: mtree_range_walk, mas_empty_area, mas_empty_area_rev. */
import { MAPLE_END } from "../../abi/maple";
import { isLeaf, type MapleNodes, nodeOf, type Path, shapeOf, type Step } from "./node";

/** Slot of a node that holds `addr`, and what it covers. */
function stepInto(
  nodes: MapleNodes,
  encoded: number,
  addr: number,
  start: number,
  end: number,
): Step & { from: number; to: number } {
  const node = nodeOf(encoded);
  const shape = shapeOf(encoded);
  const last = nodes.lastSlot(node, shape, end);
  let [offset, from] = [0, start];
  let to = last === 0 ? end : nodes.slotEnd(node, shape, 0, end);
  while (to <= addr && offset < last) {
    offset++;
    from = to;
    to = offset === last ? end : nodes.slotEnd(node, shape, offset, end);
  }
  return { node, shape, start, end, offset, from, to };
}

/** From the root of a tree that is not empty to the leaf that holds `addr`, or to a level above it (0 = the root). */
export function pathTo(nodes: MapleNodes, addr: number, depth = Number.POSITIVE_INFINITY): Path {
  const path: Step[] = [];
  let [encoded, start, end] = [nodes.root(), 0, MAPLE_END];
  for (;;) {
    const step = stepInto(nodes, encoded, addr, start, end);
    path.push(step);
    if (isLeaf(step.shape) || path.length > depth) return path;
    encoded = nodes.slot(step.node, step.shape, step.offset);
    [start, end] = [step.from, step.to];
  }
}

/** What the tree holds at `addr`, and the range over which it does. `behind`: the entry of the next slot in the leaf, `before` of the one before. */
export interface Found {
  readonly entry: number;
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly behind: number;
}

const nothing: Found = { entry: 0, from: 0, to: MAPLE_END, before: 0, behind: 0 };

export function lookUp(nodes: MapleNodes, addr: number): Found {
  let [encoded, start, end] = [nodes.root(), 0, MAPLE_END];
  if (encoded === 0) return nothing;
  for (;;) {
    const { node, shape, offset, from, to } = stepInto(nodes, encoded, addr, start, end);
    const held = nodes.slot(node, shape, offset);
    if (!isLeaf(shape)) {
      [encoded, start, end] = [held, from, to];
      continue;
    }
    const behind = to < end ? nodes.slot(node, shape, offset + 1) : 0;
    return { entry: held, from, to, before: offset > 0 ? nodes.slot(node, shape, offset - 1) : 0, behind };
  }
}

interface GapQuery {
  readonly length: number;
  readonly floor: number;
  readonly ceiling: number;
}

/** The part of an empty range inside [floor, ceiling), when it is long enough. */
function fits({ length, floor, ceiling }: GapQuery, from: number, to: number): boolean {
  return Math.min(to, ceiling) - Math.max(from, floor) >= length;
}

/** Where the highest gap that fits ends; −1. A subtree whose longest gap is too short is not entered. */
export function highestGap(nodes: MapleNodes, encoded: number, query: GapQuery, start = 0, end = MAPLE_END): number {
  const [node, shape] = [nodeOf(encoded), shapeOf(encoded)];
  const last = nodes.lastSlot(node, shape, end);
  for (let offset = last, to = end; offset >= 0 && to > query.floor; offset--) {
    const from = offset === 0 ? start : nodes.slotEnd(node, shape, offset - 1, end);
    if (from < query.ceiling) {
      const held = nodes.slot(node, shape, offset);
      if (isLeaf(shape)) {
        if (held === 0 && fits(query, from, to)) return Math.min(to, query.ceiling);
      } else if (nodes.gap(node, offset) >= query.length) {
        const found = highestGap(nodes, held, query, from, to);
        if (found >= 0) return found;
      }
    }
    to = from;
  }
  return -1;
}

/** Where the lowest gap that fits starts; −1. */
export function lowestGap(nodes: MapleNodes, encoded: number, query: GapQuery, start = 0, end = MAPLE_END): number {
  const [node, shape] = [nodeOf(encoded), shapeOf(encoded)];
  const last = nodes.lastSlot(node, shape, end);
  for (let offset = 0, from = start; offset <= last && from < query.ceiling; offset++) {
    const to = offset === last ? end : nodes.slotEnd(node, shape, offset, end);
    if (to > query.floor) {
      const held = nodes.slot(node, shape, offset);
      if (isLeaf(shape)) {
        if (held === 0 && fits(query, from, to)) return Math.max(from, query.floor);
      } else if (nodes.gap(node, offset) >= query.length) {
        const found = lowestGap(nodes, held, query, from, to);
        if (found >= 0) return found;
      }
    }
    from = to;
  }
  return -1;
}
