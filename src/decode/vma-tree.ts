/** The index of VMAs as data, whichever kind this kernel has. */
import type { KernelWords } from "./kernel-words";
import { decodeMapleTree } from "./maple-tree";
import { decodeRbTree } from "./rb-tree";
import { usesMaple } from "./vma-order";
import type { VmaTree } from "./vma-tree-types";

/** Decodes the tree of VMAs. Total: what is damaged is told in `problems` and left out. */
export function decodeVmaTree(kernel: KernelWords): VmaTree {
  return usesMaple(kernel) ? decodeMapleTree(kernel) : decodeRbTree(kernel);
}
