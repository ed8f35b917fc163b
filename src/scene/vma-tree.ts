/**
 * Geometry of the index of VMAs, in pixels of the view (`x`, `y` from its upper left corner).
 *
 *   maple    one row a level: the node on the way as a box of slots, its siblings folded to narrow boxes beside it
 *   rbtree   a node for each VMA, in address order from left to right, level by level; below, the list in the same order.
 *            A tree too wide to draw shows the way and the children beside it; what else hangs there is a count.
 */
import type { FindWalk } from "../decode/find-vma";
import type { MapleTree, RbTree } from "../decode/vma-tree-types";

export interface MapleSlotBox {
  readonly x: number;
  readonly width: number;
  readonly start: number;
  readonly end: number;
  /** Offset of its vm_area_struct, 0 = none; index of the node below, −1 = none. */
  readonly vma: number;
  readonly child: number;
  readonly gap: number;
  /** The way goes through it. */
  readonly taken: boolean;
}

export interface MapleBox {
  /** Index in the tree's nodes. */
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Index of the step of the walk that looks at it, −1: not on the way, drawn folded. */
  readonly step: number;
  readonly slots: readonly MapleSlotBox[];
}

export interface TreeEdge {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** Step of the walk that goes along it, −1 = none. */
  readonly step: number;
}

export interface MapleScene {
  readonly kind: "maple";
  readonly boxes: readonly MapleBox[];
  readonly edges: readonly TreeEdge[];
  readonly viewHeight: number;
}

export interface RbPill {
  /** Index in the tree's nodes. */
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly step: number;
  /** VMAs of its subtree that are not drawn. */
  readonly hidden: number;
}

export interface RbScene {
  readonly kind: "rbtree";
  readonly pills: readonly RbPill[];
  readonly edges: readonly TreeEdge[];
  readonly pillWidth: number;
  readonly pillHeight: number;
  /** Upper edge of the list; its boxes stand under their pills. */
  readonly listY: number;
  readonly listWidth: number;
  readonly viewHeight: number;
}

const MARGIN = 12;
const LEVEL = { label: 16, box: 44, between: 34 } as const;
const FOLDED = { width: 40, least: 10, gap: 6 } as const;
const PILL = { width: 34, height: 20, level: 42, spacing: 17, list: 16 } as const;

/** The open box of the level above. */
interface Above {
  readonly box: MapleBox;
  readonly slots: readonly MapleSlotBox[];
}

/** `viewWidth` is the room there is. */
export function mapleScene(tree: MapleTree, walk: FindWalk, viewWidth: number): MapleScene {
  const boxes: MapleBox[] = [];
  const edges: TreeEdge[] = [];
  const looks = walk.steps.flatMap((step, index) => (step.kind === "scan" ? [{ ...step, index }] : []));
  const final = walk.steps.findLast((step) => step.kind === "next");
  const room = viewWidth - 2 * MARGIN;
  let shown: readonly number[] = tree.nodes.length === 0 ? [] : [0];
  let above: Above | undefined;
  for (let depth = 0; shown.length > 0; depth++) {
    const look = looks[depth];
    const open = tree.nodes.findIndex((node, index) => node.at === look?.node && shown.includes(index));
    const others = open < 0 ? shown.length : shown.length - 1;
    const folded = Math.max(FOLDED.least, Math.min(FOLDED.width, room / (2 * Math.max(1, others)) - FOLDED.gap));
    const y = MARGIN + LEVEL.label + depth * (LEVEL.label + LEVEL.box + LEVEL.between);
    let x = MARGIN;
    let next: Above | undefined;
    for (const index of shown) {
      const node = tree.nodes[index];
      if (node === undefined) continue;
      const isOpen = index === open;
      const width = isOpen ? room - others * (folded + FOLDED.gap) : folded;
      const each = width / Math.max(1, node.slots.length);
      const taken = isOpen ? (final?.node === node.at ? final.slot : (look?.slot ?? -1)) : -1;
      const slots = node.slots.map((slot, offset) => ({ ...slot, x: x + offset * each, width: each, taken: offset === taken }));
      const box = { node: index, x, y, width, height: LEVEL.box, step: isOpen ? (look?.index ?? -1) : -1, slots };
      boxes.push(box);
      const from = above?.slots[node.parentSlot];
      if (above !== undefined && from !== undefined) {
        const step = isOpen ? above.box.step : -1;
        edges.push({ x1: from.x + from.width / 2, y1: above.box.y + LEVEL.box, x2: x + width / 2, y2: y, step });
      }
      if (isOpen) next = { box, slots };
      x += width + FOLDED.gap;
    }
    const inner = next === undefined ? undefined : tree.nodes[next.box.node];
    shown = inner === undefined ? [] : inner.slots.flatMap((slot) => (slot.child < 0 ? [] : [slot.child]));
    above = next;
  }
  const bottom = boxes.reduce((most, box) => Math.max(most, box.y + box.height), 0);
  return { kind: "maple", boxes, edges, viewHeight: bottom + 2 * LEVEL.label + MARGIN };
}

export function rbScene(tree: RbTree, walk: FindWalk, viewWidth: number): RbScene {
  const { nodes } = tree;
  const stepOf = new Map(walk.steps.flatMap((step, index) => (step.kind === "compare" ? [[step.vma, index] as const] : [])));
  const room = viewWidth - 2 * MARGIN;
  const onWay = (index: number): boolean => stepOf.has(nodes[index]?.vma ?? -1);
  const all = nodes.length <= Math.max(8, Math.floor(room / PILL.spacing));
  const visible = [...nodes.keys()].filter((index) => all || index === tree.root || onWay(nodes[index]?.parent ?? -1));
  const column = new Map(visible.map((index, rank) => [index, rank]));
  const spacing = room / Math.max(1, visible.length);
  const y = (depth: number): number => MARGIN + depth * PILL.level;
  const sizes = all ? null : subtreeSizes(tree);
  const pills: RbPill[] = [];
  const edges: TreeEdge[] = [];
  const centre = (index: number): number => MARGIN + ((column.get(index) ?? 0) + 0.5) * spacing;
  for (const index of visible) {
    const node = nodes[index];
    if (node === undefined) continue;
    const drawn = [node.left, node.right].some((child) => column.has(child));
    const hidden = drawn || sizes === null ? 0 : (sizes[index] ?? 1) - 1;
    const step = stepOf.get(node.vma) ?? -1;
    pills.push({ node: index, x: centre(index), y: y(node.depth), step, hidden });
    if (!column.has(node.parent)) continue;
    const from = nodes[node.parent];
    const along = step >= 0 ? (stepOf.get(from?.vma ?? -1) ?? -1) : -1;
    edges.push({
      x1: centre(node.parent),
      y1: y(node.depth - 1) + PILL.height,
      x2: centre(index),
      y2: y(node.depth),
      step: along,
    });
  }
  const depth = pills.reduce((most, pill) => Math.max(most, nodes[pill.node]?.depth ?? 0), 0);
  const listY = y(depth) + PILL.height + 30;
  return {
    kind: "rbtree",
    pills,
    edges,
    pillWidth: Math.min(PILL.width, 2 * spacing - 2),
    pillHeight: PILL.height,
    listY,
    listWidth: Math.max(2, Math.min(PILL.list, spacing - 3)),
    viewHeight: listY + PILL.list + 22,
  };
}

function subtreeSizes(tree: RbTree): Int32Array {
  const sizes = new Int32Array(tree.nodes.length).fill(1);
  const order = [...tree.nodes.keys()].toSorted((a, b) => (tree.nodes[b]?.depth ?? 0) - (tree.nodes[a]?.depth ?? 0));
  for (const index of order) {
    const parent = tree.nodes[index]?.parent ?? -1;
    if (parent >= 0) sizes[parent] = (sizes[parent] ?? 0) + (sizes[index] ?? 0);
  }
  return sizes;
}
