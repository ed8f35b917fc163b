/** munmap(2). mm/vma.c: do_vmi_munmap. */
import { vmFlag } from "../abi/kernel";
import { errno } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { accountVm, type KernelContext, mmGet, roomForVmas, uncommit, vmaPages, zoneGet } from "./context";
import { pageUp } from "./host";
import { splitVma } from "./merge";
import { dropIfUnused, isSharedMemory } from "./page-cache";
import { zapPages } from "./resident";
import { tlbOf } from "./tlb";

/** Cuts the mappings that stick out of [start, end), so that whole ones can be taken away. 0 or −errno. */
export function splitAround(k: KernelContext, start: number, end: number): number {
  const v = k.vmas;
  const first = v.find(start);
  if (first === 0 || v.start(first) >= end) return 0;
  const inside = v.start(first) < start;
  if (inside && end < v.end(first) && mmGet(k, "map_count") >= zoneGet(k, "max_map_count")) return -errno.ENOMEM;
  if (inside && splitVma(k, first, start) === 0) return -errno.ENOMEM;
  const last = v.find(end);
  const sticksOut = last !== 0 && v.start(last) < end;
  return sticksOut && splitVma(k, last, end) === 0 ? -errno.ENOMEM : 0;
}

/** Takes every mapping of [start, end) away, splitting those that stick out. 0 or −errno. */
export function unmapRange(k: KernelContext, start: number, end: number): number {
  const v = k.vmas;
  let vma = v.find(start);
  if (vma === 0 || v.start(vma) >= end) return 0;
  k.note("Munmap", start, end);
  const split = splitAround(k, start, end);
  if (split < 0) return split;
  vma = v.find(start);
  if (!roomForVmas(k, 0)) return -errno.ENOMEM;
  const released = new Set<number>();
  while (vma !== 0 && v.start(vma) < end) {
    const next = v.next(vma);
    const flags = v.flags(vma);
    const pages = vmaPages(k, vma);
    zapPages(k, vma, v.start(vma), v.end(vma));
    accountVm(k, flags, -pages);
    if ((flags & vmFlag.ACCOUNT) !== 0) uncommit(k, pages);
    if (isSharedMemory(k, v.file(vma))) released.add(v.file(vma));
    k.note("VmaRemoved", v.start(vma), v.end(vma));
    v.destroy(vma);
    vma = next;
  }
  const below = v.before(vma);
  k.pages.freeTables(start, end, below === 0 ? 0 : v.end(below), vma === 0 ? Infinity : v.start(vma));
  tlbOf(k)?.flush();
  for (const file of released) dropIfUnused(k, file);
  return 0;
}

export function munmap(k: KernelContext, addr: number, length: number): number {
  const taskSize = mmGet(k, "task_size");
  if (addr % PAGE_SIZE !== 0 || addr > taskSize || length > taskSize - addr || length === 0) return -errno.EINVAL;
  return unmapRange(k, addr, addr + pageUp(length));
}
