/** The index of VMAs as the bytes show it: a red-black tree beside a list, or a maple tree. */

/**
 * What is wrong with a tree.
 *
 *   pointer      leads out of the pool its target must stand in         parent      a node does not point back to the one above it
 *   loop         a node is met a second time                            gap         a stored gap is not the longest below it
 *   order        keys or pivots do not rise, or a VMA stands elsewhere  fill        a maple node has fewer slots than the rules allow
 *   colour       a red node has a red child, or the root is red         meta        meta data disagree with the slots
 *   blackHeight  ways down meet different numbers of black nodes        nulls       empty ranges touch, or a leaf ends with one
 *   list         vm_next and vm_prev disagree with the tree             height      leaves are not all as deep as the flags say
 */
export type TreeFault =
  | "pointer"
  | "loop"
  | "order"
  | "colour"
  | "blackHeight"
  | "list"
  | "parent"
  | "gap"
  | "fill"
  | "meta"
  | "nulls"
  | "height";

export interface TreeProblem {
  readonly fault: TreeFault;
  /** Offset in linear memory of the struct at fault. */
  readonly at: number;
}

/** One VMA in the red-black tree. Others are named by their index in `nodes`, −1 = none. */
export interface RbNode {
  /** Offset of the vm_area_struct. */
  readonly vma: number;
  readonly start: number;
  readonly end: number;
  readonly red: boolean;
  readonly left: number;
  readonly right: number;
  readonly parent: number;
  /** Nodes above it. */
  readonly depth: number;
  /** Free bytes between the VMA before and this one; and the longest such gap of its subtree, as stored. */
  readonly gap: number;
  readonly subtreeGap: number;
}

export interface RbTree {
  readonly kind: "rbtree";
  /** In address order. */
  readonly nodes: readonly RbNode[];
  readonly root: number;
  readonly problems: readonly TreeProblem[];
}

/** One slot: [start, end) holds a VMA, a node, or nothing. */
export interface MapleSlot {
  readonly start: number;
  readonly end: number;
  /** Offset of the vm_area_struct; 0 = none. Leaves only. */
  readonly vma: number;
  /** Index of the node below; −1 = none. */
  readonly child: number;
  /** As stored; of a leaf's empty slot its length. */
  readonly gap: number;
}

export interface MapleNode {
  /** Offset of the node. */
  readonly at: number;
  readonly kind: "leaf" | "arange";
  readonly start: number;
  readonly end: number;
  /** Index of the node above and the slot there; −1 for the root. */
  readonly parent: number;
  readonly parentSlot: number;
  readonly depth: number;
  readonly slots: readonly MapleSlot[];
  /** Slots it has room for. */
  readonly capacity: number;
}

export interface MapleTree {
  readonly kind: "maple";
  /** Every node after the one above it, siblings in address order; the root is the first. */
  readonly nodes: readonly MapleNode[];
  readonly height: number;
  readonly problems: readonly TreeProblem[];
}

export type VmaTree = RbTree | MapleTree;
