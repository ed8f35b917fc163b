/**
 * Walking linked lists in hostile memory. A walk never loops: it stops at a null link, at the ring's header, at a link that cannot be
 * followed, when it comes back to an entry (Brent's algorithm: constant memory), or at the announced limit.
 */
import type { ListEnd } from "./types";
import type { WordReader } from "./words";

export interface Walk {
  /** Node addresses in order, each once. */
  readonly nodes: readonly number[];
  readonly end: ListEnd;
  /** Address that could not be followed, −1. */
  readonly brokenTo: number;
  /** Index of the node that a cycle returns to, −1. */
  readonly cycleTo: number;
}

/** A link: where it leads, or why it cannot be followed. */
export interface ListShape {
  /** Follows the link of a node; −1 when the word cannot be read. */
  readonly next: (node: number) => number;
  /** Address of the ring's header, −1 for a list that ends with null. */
  readonly ring: number;
  /** Whether a node address may be read at all (aligned, mapped). */
  readonly follow: (node: number) => boolean;
  readonly limit: number;
}

export function walkList(first: number, shape: ListShape): Walk {
  const nodes: number[] = [];
  let node = first;
  let anchor = -1;
  let anchorIndex = 0;
  let reach = 1;
  for (;;) {
    if (node < 0) return { nodes, end: "broken", brokenTo: -1, cycleTo: -1 };
    if (node === shape.ring) return { nodes, end: "ring", brokenTo: -1, cycleTo: -1 };
    if (node === 0) return { nodes, end: shape.ring < 0 ? "nil" : "broken", brokenTo: shape.ring < 0 ? -1 : 0, cycleTo: -1 };
    if (!shape.follow(node)) return { nodes, end: "broken", brokenTo: node, cycleTo: -1 };
    if (node === anchor) return closeCycle(nodes, nodes.length - anchorIndex);
    if (nodes.length >= shape.limit) return { nodes, end: "limit", brokenTo: -1, cycleTo: -1 };
    if (nodes.length - anchorIndex === reach) {
      anchor = node;
      anchorIndex = nodes.length;
      reach *= 2;
    } else if (anchor < 0) anchor = node;
    nodes.push(node);
    node = shape.next(node);
  }
}

/** Cuts the repetition off: the first node that is the same `period` steps later is where the cycle enters. */
function closeCycle(nodes: number[], period: number): Walk {
  let entry = 0;
  while (entry + period < nodes.length && nodes[entry] !== nodes[entry + period]) entry++;
  return { nodes: nodes.slice(0, entry + period), end: "cycle", brokenTo: -1, cycleTo: entry };
}

/** Node addresses moved by `shift` bytes, as a column. */
export function shifted(nodes: readonly number[], shift: number): Float64Array {
  const column = new Float64Array(nodes.length);
  for (let i = 0; i < nodes.length; i++) column[i] = (nodes[i] ?? 0) + shift;
  return column;
}

/** The exact words at `offset` in each node, by halves: making a bigint for every word of a long list would cost more than the walk. */
export function wordsAt(reader: WordReader, nodes: Float64Array, offset: number): BigUint64Array {
  const column = new BigUint64Array(nodes.length);
  const halves = new Uint32Array(column.buffer);
  for (let i = 0; i < nodes.length; i++) {
    const at = (nodes[i] ?? 0) + offset;
    halves[2 * i] = Math.max(0, reader.u32(at));
    if (reader.wordBytes === 8) halves[2 * i + 1] = Math.max(0, reader.u32(at + 4));
  }
  return column;
}
