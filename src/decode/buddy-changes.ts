/**
 * What happened to the free lists between two instants, in the allocator's own terms:
 *
 *   split  a block is gone, smaller ones inside it are new: it was halved until it fitted      taken  gone as a whole
 *   merge  a block is new that covers blocks that are gone: buddies joined                     given  new, alone
 *   grown  blocks of the largest order whose struct pages were set up
 */
import { MAX_ORDER } from "../abi/kernel";
import type { FreeBlocks } from "./buddy";

export interface Block {
  readonly pfn: number;
  readonly order: number;
}

export interface BuddyChange extends Block {
  readonly kind: "split" | "taken" | "merge" | "given" | "grown";
  /** Of a split what stayed free, of a merge what was free before; in address order. */
  readonly parts: readonly Block[];
}

/** Blocks by their first frame. A frame begins at most one free block. */
function blocksOf({ orders }: FreeBlocks): ReadonlyMap<number, number> {
  return new Map(orders.flatMap(({ order, pfns }) => pfns.map((pfn) => [pfn, order] as const)));
}

/** Blocks of the first that the second has not, in address order. */
function without(blocks: ReadonlyMap<number, number>, others: ReadonlyMap<number, number>): Block[] {
  const found: Block[] = [];
  for (const [pfn, order] of blocks) if (others.get(pfn) !== order) found.push({ pfn, order });
  return found.toSorted((a, b) => a.pfn - b.pfn);
}

/** Those of `blocks` (in address order) that lie inside the block. */
function inside({ pfn, order }: Block, blocks: readonly Block[]): Block[] {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((blocks[middle]?.pfn ?? 0) < pfn) low = middle + 1;
    else high = middle;
  }
  const parts: Block[] = [];
  for (let i = low; i < blocks.length && (blocks[i]?.pfn ?? 0) < pfn + 2 ** order; i++) {
    const block = blocks[i];
    if (block !== undefined && block.order < order) parts.push(block);
  }
  return parts;
}

/** Everything that became of the lists, in address order. */
export function buddyChanges(before: FreeBlocks, after: FreeBlocks): readonly BuddyChange[] {
  const [old, now] = [blocksOf(before), blocksOf(after)];
  const [gone, come] = [without(old, now), without(now, old)];
  const changes: BuddyChange[] = [];
  const explained = new Set<Block>();
  for (const block of come) {
    const parts = inside(block, gone);
    for (const part of parts) explained.add(part);
    if (parts.length > 0) {
      changes.push({ kind: "merge", ...block, parts });
      explained.add(block);
    }
  }
  for (const block of gone) {
    if (explained.has(block)) continue;
    const parts = inside(block, come);
    for (const part of parts) explained.add(part);
    changes.push({ kind: parts.length > 0 ? "split" : "taken", ...block, parts });
  }
  const grown = before.deferredPages > after.deferredPages;
  for (const block of come) {
    if (explained.has(block)) continue;
    changes.push({ kind: grown && block.order === MAX_ORDER ? "grown" : "given", ...block, parts: [] });
  }
  return changes.toSorted((a, b) => a.pfn - b.pfn);
}
