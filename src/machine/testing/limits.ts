/** How much a process gets, found by trying. */
import { errno, mapFlag, prot } from "../../abi/linux";
import { PAGE_SIZE as PAGE } from "../../abi/machine-memory";
import { assert } from "../../base";
import type { Kernel } from "../../kernel/kernel";

const RW = prot.READ | prot.WRITE;
const ANON = mapFlag.PRIVATE | mapFlag.ANONYMOUS;

/** The longest mapping there is room for, and where it lands. */
export function longest(kernel: Kernel, flags = ANON): { readonly bytes: number; readonly at: number } {
  let [low, high] = [0, 2 ** 48];
  let at = 0;
  while (high - low > PAGE) {
    const middle = Math.floor((low + high) / 2 / PAGE) * PAGE;
    const got = kernel.mmap(0, middle, RW, flags);
    if (got >= 0) {
      kernel.munmap(got, middle);
      [low, at] = [middle, got];
    } else {
      assert(got === -errno.ENOMEM, `mmap failed with ${-got}`);
      high = middle;
    }
  }
  return { bytes: low, at };
}

/** The highest break, in steps that become smaller; none is larger than `step`. */
export function highestBreak(kernel: Kernel, step: number): number {
  for (let now = step; now >= PAGE; now = Math.floor(now / 2 / PAGE) * PAGE) {
    while (kernel.brk(kernel.currentBrk() + now) === kernel.currentBrk() && grew(kernel));
  }
  return kernel.currentBrk();
}

let before = 0;
/** Whether the break has moved since it was asked last. */
function grew(kernel: Kernel): boolean {
  const now = kernel.currentBrk();
  const moved = now !== before;
  before = now;
  return moved;
}
