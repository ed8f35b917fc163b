/**
 * Doubly linked rings as the kernel keeps them (include/linux/list.h): a node is two 32-bit words, next and prev, that hold the linear
 * offsets of other nodes. The head is a node too; an empty list's head points to itself.
 */
import type { Bytes } from "./host";

export interface Lists {
  makeEmpty(head: number): void;
  /** Offset of the first node; the head's own when there is none. */
  first(head: number): number;
  next(node: number): number;
  /** Puts a node first or last. */
  add(head: number, node: number, where: "first" | "last"): void;
  remove(node: number): void;
}

export function createLists(bytes: Bytes): Lists {
  const next = (node: number): number => bytes.u32(node);
  const prev = (node: number): number => bytes.u32(node + 4);

  function join(before: number, after: number): void {
    bytes.put32(before, after);
    bytes.put32(after + 4, before);
  }

  return {
    makeEmpty: (head) => bytes.putPair(head, head, head),
    first: next,
    next,
    add: (head, node, where) => {
      const [before, after] = where === "first" ? [head, next(head)] : [prev(head), head];
      bytes.putPair(node, after, before);
      bytes.put32(before, node);
      bytes.put32(after + 4, node);
    },
    remove: (node) => join(prev(node), next(node)),
  };
}
