/**
 * The red-black tree that hangs in the VMAs themselves (vm_rb), with the largest gap of each subtree kept along. lib/rbtree.c.
 *
 *   1. The root is black.   2. A red node has no red child.   3. Every way down from a node meets the same number of black nodes.
 *
 * A link is the address of another VMA's vm_rb; bit 0 of the parent word is the colour (1 = black). Nodes here are addresses of vm_rb.
 */
import { mmStruct, vmAreaStruct as f } from "../../abi/kernel";
import type { CurrentMm } from "../current";
import type { Bytes } from "../host";

export type Side = "left" | "right";

const PARENT = f.rb_parent_color - f.vm_rb;
const LINK = { left: f.rb_left - f.vm_rb, right: f.rb_right - f.vm_rb } as const;
const GAP = f.rb_subtree_gap - f.vm_rb;

export interface RbTree {
  root(): number;
  child(node: number, side: Side): number;
  parent(node: number): number;
  /** Longest gap of the subtree; 0 for none. */
  gap(node: number): number;
  /** Hangs a node below `parent` (0: as the root) and puts colours and gaps right. */
  insert(node: number, parent: number, side: Side): void;
  erase(node: number): void;
  /** Puts the subtree gaps right from a node upwards, after its own gap has changed. */
  propagate(node: number): void;
}

const other = (side: Side): Side => (side === "left" ? "right" : "left");

/** `ownGap`: the free bytes right below the VMA of a node. */
export function createRbTree(bytes: Bytes, mm: CurrentMm, ownGap: (node: number) => number): RbTree {
  const put = (at: number, value: number): void => {
    if (bytes.u64(at) !== value) bytes.put64(at, value);
  };
  const rootWord = (): number => mm.at() + mmStruct.mm_rb;
  const root = (): number => bytes.u64(rootWord());
  const child = (node: number, side: Side): number => bytes.u64(node + LINK[side]);
  const parent = (node: number): number => bytes.u32(node + PARENT) & ~1;
  const isRed = (node: number): boolean => node !== 0 && (bytes.u32(node + PARENT) & 1) === 0;
  const gap = (node: number): number => (node === 0 ? 0 : bytes.u64(node + GAP));
  const setParent = (node: number, to: number): void => put(node + PARENT, to | (bytes.u32(node + PARENT) & 1));
  const paint = (node: number, colour: "red" | "black"): void => put(node + PARENT, parent(node) | (colour === "black" ? 1 : 0));
  const sideOf = (node: number, above: number): Side => (child(above, "left") === node ? "left" : "right");

  /** Puts `now` where `old` hung. */
  function hang(above: number, old: number, now: number): void {
    if (above === 0) put(rootWord(), now);
    else put(above + LINK[sideOf(old, above)], now);
    if (now !== 0) setParent(now, above);
  }

  function refresh(node: number): boolean {
    const widest = Math.max(ownGap(node), gap(child(node, "left")), gap(child(node, "right")));
    if (gap(node) === widest) return false;
    put(node + GAP, widest);
    return true;
  }

  function propagate(node: number): void {
    for (let at = node; at !== 0 && refresh(at); at = parent(at));
  }

  /** Turns the node down to `side`; its child on the other side takes its place. */
  function rotate(node: number, side: Side): void {
    const up = child(node, other(side));
    const inner = child(up, side);
    hang(parent(node), node, up);
    put(up + LINK[side], node);
    setParent(node, up);
    put(node + LINK[other(side)], inner);
    if (inner !== 0) setParent(inner, node);
    refresh(node);
    refresh(up);
  }

  function insert(node: number, above: number, side: Side): void {
    put(node + LINK.left, 0);
    put(node + LINK.right, 0);
    put(node + PARENT, above);
    put(node + GAP, 0);
    put(above === 0 ? rootWord() : above + LINK[side], node);
    propagate(node);
    let at = node;
    while (isRed(parent(at))) {
      const up = parent(at);
      const top = parent(up);
      const near = sideOf(up, top);
      const uncle = child(top, other(near));
      paint(top, "red");
      if (isRed(uncle)) {
        paint(up, "black");
        paint(uncle, "black");
        at = top;
        continue;
      }
      // A bend is straightened first, so that one turn at the top ends it.
      const middle = sideOf(at, up) === near ? up : at;
      if (middle === at) rotate(up, near);
      paint(middle, "black");
      rotate(top, other(near));
      break;
    }
    paint(root(), "black");
  }

  function erase(node: number): void {
    const [left, right] = [child(node, "left"), child(node, "right")];
    const black = !isRed(node);
    if (left === 0 || right === 0) {
      const only = left === 0 ? right : left;
      const above = parent(node);
      const side = above === 0 ? "left" : sideOf(node, above);
      hang(above, node, only);
      propagateAll(above);
      if (only !== 0) paint(only, "black");
      else if (black) rebalance(above, side);
      return;
    }
    replaceBySuccessor(node, left, right);
  }

  /** The next node in order takes the node's place and colour; what is missing then is missing where that node came from. */
  function replaceBySuccessor(node: number, left: number, right: number): void {
    let next = right;
    for (let lower = child(next, "left"); lower !== 0; lower = child(next, "left")) next = lower;
    const below = child(next, "right");
    const black = !isRed(next);
    const direct = next === right;
    const above = direct ? next : parent(next);
    if (!direct) {
      hang(above, next, below);
      put(next + LINK.right, right);
      setParent(right, next);
    }
    put(next + LINK.left, left);
    setParent(left, next);
    const colour = isRed(node) ? "red" : "black";
    hang(parent(node), node, next);
    paint(next, colour);
    propagateAll(above);
    if (below !== 0) paint(below, "black");
    else if (black) rebalance(above, direct ? "right" : "left");
  }

  /** Like propagate, but does not stop early: a subtree changed, not just one gap. */
  function propagateAll(node: number): void {
    for (let at = node; at !== 0; at = parent(at)) refresh(at);
  }

  /** The ways through `side` of `node` are one black node short. */
  function rebalance(node: number, side: Side): void {
    let [up, lacking] = [node, side];
    while (up !== 0) {
      const far = other(lacking);
      let beside = child(up, far);
      if (isRed(beside)) {
        paint(beside, "black");
        paint(up, "red");
        rotate(up, lacking);
        beside = child(up, far);
      }
      if (!isRed(child(beside, "left")) && !isRed(child(beside, "right"))) {
        paint(beside, "red");
        if (isRed(up)) {
          paint(up, "black");
          return;
        }
        const above = parent(up);
        if (above !== 0) lacking = sideOf(up, above);
        up = above;
        continue;
      }
      if (!isRed(child(beside, far))) {
        paint(child(beside, lacking), "black");
        paint(beside, "red");
        rotate(beside, far);
        beside = child(up, far);
      }
      paint(beside, isRed(up) ? "red" : "black");
      paint(up, "black");
      paint(child(beside, far), "black");
      rotate(up, lacking);
      return;
    }
  }

  return { root, child, parent, gap, insert, erase, propagate };
}
