/** One maple node as a list of items: reading it, writing it, and the words around it. Layout: src/abi/maple.ts. */
import { mapleArange, mapleBits, MAPLE_END, mapleFlag, mapleLeaf, mapleNode, type MapleShape } from "../../abi/maple";
import { mmStruct } from "../../abi/kernel";
import type { CurrentMm } from "../current";
import type { Bytes } from "../host";
import type { Pool } from "../slab";

/** One slot: [end of the item before, end) holds `slot`. In a leaf `gap` is the item's own length when it is empty. */
export interface Item {
  readonly end: number;
  /** Leaf: a VMA or 0. Above: an encoded node. */
  readonly slot: number;
  readonly gap: number;
}

/** A node met on the way from the root, and the slot that was taken in it. */
export interface Step {
  readonly node: number;
  readonly shape: MapleShape;
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** From the root to a leaf. */
export type Path = readonly Step[];

const STRIDE_MASK = mapleNode.stride - 1;

export interface MapleNodes {
  /** The root's encoded node, 0 when the tree is empty. */
  root(): number;
  setRoot(node: number, shape: MapleShape, height: number): void;
  clearRoot(): void;
  height(): number;
  /** Index of the last slot in use. */
  lastSlot(node: number, shape: MapleShape, end: number): number;
  /** End of what slot `offset` covers, in a node that ends at `end`. */
  slotEnd(node: number, shape: MapleShape, offset: number, end: number): number;
  slot(node: number, shape: MapleShape, offset: number): number;
  gap(node: number, offset: number): number;
  read(step: Step): Item[];
  write(node: number, shape: MapleShape, items: readonly Item[]): void;
  allocate(): number;
  free(node: number): void;
}

export function nodeOf(encoded: number): number {
  return encoded & ~STRIDE_MASK;
}

export function shapeOf(encoded: number): MapleShape {
  return ((encoded >>> mapleBits.typeShift) & mapleBits.typeMask) === mapleLeaf.type ? mapleLeaf : mapleArange;
}

export function encode(node: number, shape: MapleShape): number {
  return node | (shape.type << mapleBits.typeShift) | mapleBits.enode;
}

export function isLeaf(shape: MapleShape): boolean {
  return shape.gaps === 0;
}

export function largestGap(items: readonly Item[]): number {
  let largest = 0;
  for (const { gap } of items) if (gap > largest) largest = gap;
  return largest;
}

export function createMapleNodes(bytes: Bytes, mm: CurrentMm, pool: Pool): MapleNodes {
  const { parent, pivots } = mapleNode;
  const flagsWord = (): number => mm.at() + mmStruct.ma_flags;
  const rootWord = (): number => mm.at() + mmStruct.ma_root;

  const put = (at: number, value: number): void => {
    if (bytes.u64(at) !== value) bytes.put64(at, value);
  };
  /** A pivot is the last index of its slot; that of the whole tree is 2^64 − 1, which no double holds. */
  const putPivot = (at: number, end: number): void => {
    if (end < MAPLE_END) put(at, Math.max(0, end - 1));
    else if (bytes.u64(at) < MAPLE_END) bytes.putPair(at, 0xffff_ffff, 0xffff_ffff);
  };

  function lastSlot(node: number, shape: MapleShape, end: number): number {
    if (!isLeaf(shape)) return bytes.u32(node + shape.meta) & 0xff;
    // The word of the meta data is slot 15 when the last pivot is in use and the node goes on behind it.
    const last = bytes.u64(node + pivots + (shape.slotCount - 2) * 8);
    if (last === 0) return bytes.u32(node + shape.meta) & 0xff;
    return last + 1 >= end ? shape.slotCount - 2 : shape.slotCount - 1;
  }

  function slotEnd(node: number, shape: MapleShape, offset: number, end: number): number {
    return offset === shape.slotCount - 1 ? end : Math.min(end, bytes.u64(node + pivots + offset * 8) + 1);
  }

  const slot = (node: number, shape: MapleShape, offset: number): number => bytes.u64(node + shape.slots + offset * 8);
  const gap = (node: number, offset: number): number => bytes.u64(node + mapleArange.gaps + offset * 8);

  function read({ node, shape, start, end }: Step): Item[] {
    const last = lastSlot(node, shape, end);
    const items: Item[] = [];
    for (let offset = 0, from = start; offset <= last; offset++) {
      const to = offset === last ? end : slotEnd(node, shape, offset, end);
      const held = slot(node, shape, offset);
      items.push({ end: to, slot: held, gap: isLeaf(shape) ? (held === 0 ? to - from : 0) : gap(node, offset) });
      from = to;
    }
    return items;
  }

  /** Words that change are written, the others stay; unused ones become 0. Children learn where they hang. */
  function write(node: number, shape: MapleShape, items: readonly Item[]): void {
    const last = items.length - 1;
    const full = isLeaf(shape) && items.length === shape.slotCount;
    for (let offset = 0; offset < shape.slotCount; offset++) {
      const item = items[offset];
      if (offset < shape.slotCount - 1) putPivot(node + pivots + offset * 8, item?.end ?? 0);
      if (offset < shape.slotCount - 1 || full || !isLeaf(shape)) put(node + shape.slots + offset * 8, item?.slot ?? 0);
      if (isLeaf(shape)) continue;
      put(node + shape.gaps + offset * 8, item?.gap ?? 0);
      if (item !== undefined) {
        put(nodeOf(item.slot) + parent, node | (offset << mapleBits.parentSlotShift) | mapleBits.parentRange);
      }
    }
    const largest = largestGap(items);
    const widest = isLeaf(shape) ? 0 : items.findIndex((item) => item.gap === largest);
    if (!full) put(node + shape.meta, last | (widest << 8));
  }

  function setHeight(height: number): void {
    const flags = bytes.u64(flagsWord());
    put(flagsWord(), (flags & ~mapleFlag.heightMask) | (height << mapleFlag.heightShift));
  }

  return {
    root: () => bytes.u64(rootWord()),
    setRoot: (node, shape, height) => {
      put(node + parent, rootWord() | mapleBits.parentRoot);
      put(rootWord(), encode(node, shape) | mapleBits.root);
      setHeight(height);
    },
    clearRoot: () => {
      put(rootWord(), 0);
      setHeight(0);
    },
    height: () => (bytes.u64(flagsWord()) & mapleFlag.heightMask) >>> mapleFlag.heightShift,
    lastSlot,
    slotEnd,
    slot,
    gap,
    read,
    write,
    allocate: () => pool.take(),
    free: (node) => pool.give(node),
  };
}
