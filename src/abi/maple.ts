/**
 * Nodes of the maple tree, 256 bytes each (include/linux/maple_tree.h since 6.1). Every field is a u64.
 *
 *   maple_leaf_64     parent │ pivot[15]            │ slot[16]                            slot = vm_area_struct or NULL
 *   maple_arange_64   parent │ pivot[9]  │ slot[10] │ gap[10] │ meta │ padding            slot = encoded node
 *
 * A slot holds the range from the end of the one before it up to and including its pivot; the last slot ends where the node ends. An empty
 * range has a slot too (NULL). gap[i] is the longest empty range below slot i, in bytes.
 *
 *   encoded node   address of the node │ type << 3 │ 4           the tree's root has 2 set as well
 *   parent word    address of the parent │ slot in it << 3 │ 6   of the root: address of the tree │ 1
 *   meta           index of the last slot in use │ index of the largest gap << 8; a leaf keeps it in slot 15 while that is not in use
 */
export const mapleNode = {
  stride: 256,
  parent: 0x00,
  pivots: 0x08,
} as const;

/** How the two kinds of nodes differ. `minimum`: slots in use below which a node is joined with a neighbour. */
export interface MapleShape {
  readonly type: number;
  readonly slotCount: number;
  readonly slots: number;
  /** 0: has none. */
  readonly gaps: number;
  readonly meta: number;
  readonly minimum: number;
}

export const mapleLeaf: MapleShape = { type: 1, slotCount: 16, slots: 0x80, gaps: 0, meta: 0xf8, minimum: 7 };
export const mapleArange: MapleShape = { type: 3, slotCount: 10, slots: 0x50, gaps: 0xa0, meta: 0xf0, minimum: 5 };

/** Bits beside the address of a node. */
export const mapleBits = {
  typeShift: 3,
  typeMask: 0xf,
  enode: 4,
  root: 2,
  parentSlotShift: 3,
  parentRange: 6,
  parentRoot: 1,
} as const;

/** Bits of ma_flags. `ranges`: gaps are kept. The height counts levels, a leaf alone is 1. */
export const mapleFlag = { ranges: 0x1, rcu: 0x2, heightShift: 2, heightMask: 0x7c, externalLock: 0x300 } as const;

/** First index after the last one of a tree: pivots reach 2^64 − 1. */
export const MAPLE_END = 2 ** 64;
