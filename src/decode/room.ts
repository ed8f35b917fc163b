/**
 * How much room an address space leaves: how far the break can go, and the longest mapping. By place alone: limits and promises of memory
 * may end both earlier. mm/mmap.c: do_brk_flags, vm_unmapped_area.
 */
import { STACK_GUARD_GAP_PAGES } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { AddressSpace, VmaFacts } from "./types";

export interface SpaceRoom {
  /** The highest break, and the mapping below which it stops; −1 when it is the end of the address space. */
  readonly brkEnd: number;
  readonly brkStop: number;
  /** The largest place for a new mapping; empty when there is none. */
  readonly mapping: { readonly start: number; readonly end: number };
}

const pageUp = (addr: number): number => Math.ceil(addr / PAGE_SIZE) * PAGE_SIZE;

/** Lowest address that a mapping claims: below a stack, the guard gap too. */
const claimed = (vma: VmaFacts): number => vma.start - (vma.growsDown ? STACK_GUARD_GAP_PAGES * PAGE_SIZE : 0);

/** The largest free range between two addresses. */
function largestHole(vmas: readonly VmaFacts[], floor: number, ceiling: number): SpaceRoom["mapping"] {
  let best = { start: floor, end: floor };
  let start = floor;
  const offer = (end: number): void => {
    if (end - start > best.end - best.start) best = { start, end };
  };
  for (const vma of vmas) {
    if (vma.start >= ceiling) {
      offer(Math.min(ceiling, claimed(vma)));
      return best;
    }
    offer(claimed(vma));
    start = Math.max(start, vma.end);
  }
  offer(ceiling);
  return best;
}

export function spaceRoom({ vmas, brk, taskSize, topDown, mmapBase, mmapMinimum }: AddressSpace): SpaceRoom {
  const end = pageUp(brk);
  const stop = vmas.findIndex((vma) => vma.end > end);
  const above = vmas[stop];
  // A page above the heap stays free.
  const brkEnd = above === undefined ? taskSize : Math.max(end, Math.min(taskSize, claimed(above) - PAGE_SIZE));
  const up = largestHole(vmas, topDown ? pageUp(taskSize / 3) : mmapBase, taskSize);
  const down = topDown ? largestHole(vmas, mmapMinimum, mmapBase) : up;
  return { brkEnd, brkStop: stop, mapping: down.end - down.start >= up.end - up.start ? down : up };
}
