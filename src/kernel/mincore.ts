/** mincore(2): which pages are in memory, mapped or in their file's page cache. mm/mincore.c. */
import { errno } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, mmGet } from "./context";
import { pageUp } from "./host";
import { fileIndex, hasPageCache, isCached } from "./page-cache";
import { isMapped } from "./page-table";

export function mincore(k: KernelContext, addr: number, length: number): readonly boolean[] | number {
  const end = addr + pageUp(length);
  if (addr % PAGE_SIZE !== 0) return -errno.EINVAL;
  if (end > mmGet(k, "task_size")) return -errno.ENOMEM;
  const present: boolean[] = [];
  for (let at = addr; at < end; at += PAGE_SIZE) {
    const vma = k.vmas.find(at);
    if (vma === 0 || k.vmas.start(vma) > at) return -errno.ENOMEM;
    const entry = k.pages.find(at);
    const file = k.vmas.file(vma);
    const mapped = entry !== 0 && isMapped(k.bytes.u32(entry));
    present.push(mapped || (hasPageCache(k, file) && isCached(k, file, fileIndex(k, vma, at))));
  }
  return present;
}
