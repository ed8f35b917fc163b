/** mremap(2). mm/mremap.c: vma_to_resize, move_vma, move_page_tables. */
import { vmFlag } from "../abi/kernel";
import { errno, mremapFlag } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { accountVm, commit, type KernelContext, mayExpand, mmGet, zoneGet } from "./context";
import { pageUp } from "./host";
import { cutRegions } from "./hot";
import { mergeNew } from "./merge";
import { unmapRange } from "./munmap";
import { pfnOf } from "./page-table";
import { pageProtOf } from "./protection";
import { isAnonymous } from "./resident";
import { getUnmappedArea } from "./unmapped-area";
import type { Vma } from "./vma";

export function mremap(k: KernelContext, addr: number, oldLength: number, newLength: number, flags: number, newAddr = 0): number {
  const known = mremapFlag.MAYMOVE | mremapFlag.FIXED;
  const fixed = (flags & mremapFlag.FIXED) !== 0;
  if ((flags & ~known) !== 0 || addr % PAGE_SIZE !== 0 || newLength === 0) return -errno.EINVAL;
  if (fixed && ((flags & mremapFlag.MAYMOVE) === 0 || newAddr % PAGE_SIZE !== 0)) return -errno.EINVAL;
  const taskSize = mmGet(k, "task_size");
  if (newLength > taskSize) return -errno.EINVAL;
  const oldSize = pageUp(oldLength);
  const newSize = pageUp(newLength);
  const vma = k.vmas.find(addr);
  if (vma === 0 || k.vmas.start(vma) > addr) return -errno.EFAULT;
  if (fixed) {
    if (newAddr > taskSize - newSize) return -errno.EINVAL;
    if (addr < newAddr + newSize && newAddr < addr + oldSize) return -errno.EINVAL;
    if (mmGet(k, "map_count") >= zoneGet(k, "max_map_count") - 3) return -errno.ENOMEM;
    const cleared = unmapRange(k, newAddr, newAddr + newSize);
    if (cleared < 0) return cleared;
    return moveTo(k, addr, Math.min(oldSize, newSize), newSize, newAddr, oldSize);
  }
  if (oldSize >= newSize) {
    const cut = oldSize > newSize ? unmapRange(k, addr + newSize, addr + oldSize) : 0;
    return cut < 0 ? cut : addr;
  }
  const refused = checkGrowth(k, vma, addr, oldSize, newSize);
  if (refused < 0) return refused;
  if (growInPlace(k, vma, addr, oldSize, newSize)) return addr;
  if ((flags & mremapFlag.MAYMOVE) === 0) return -errno.ENOMEM;
  const target = getUnmappedArea(k, 0, newSize, isAnonymous(k, vma));
  return target < 0 ? target : moveTo(k, addr, oldSize, newSize, target, oldSize);
}

function checkGrowth(k: KernelContext, vma: Vma, addr: number, oldSize: number, newSize: number): number {
  if (oldSize > k.vmas.end(vma) - addr) return -errno.EFAULT;
  if (oldSize === 0) return -errno.EINVAL;
  if ((k.vmas.flags(vma) & (vmFlag.DONTEXPAND | vmFlag.PFNMAP)) !== 0) return -errno.EFAULT;
  return mayExpand(k, k.vmas.flags(vma), (newSize - oldSize) / PAGE_SIZE) ? 0 : -errno.ENOMEM;
}

/** Extends the mapping where it stands when it ends where the range ends and nothing follows in the way. */
function growInPlace(k: KernelContext, vma: Vma, addr: number, oldSize: number, newSize: number): boolean {
  const v = k.vmas;
  const end = v.end(vma);
  const newEnd = addr + newSize;
  const next = v.next(vma);
  if (addr + oldSize !== end || newEnd > mmGet(k, "task_size") || (next !== 0 && v.start(next) < newEnd)) return false;
  const flags = v.flags(vma);
  const pages = (newSize - oldSize) / PAGE_SIZE;
  if ((flags & vmFlag.ACCOUNT) !== 0 && !commit(k, pages)) return false;
  const pgoff = v.pgoff(vma) + (end - v.start(vma)) / PAGE_SIZE;
  const range = { start: end, end: newEnd, flags, pgoff, file: v.file(vma), anonVma: v.anonVma(vma) };
  if (mergeNew(k, vma, range, next) === 0) v.set(vma, "vm_end", newEnd);
  accountVm(k, flags, pages);
  return true;
}

/** Moves `keep` bytes of pages at `addr` into a new mapping of `newSize` at a free place, then takes the old range away. */
function moveTo(k: KernelContext, addr: number, keep: number, newSize: number, target: number, oldSize: number): number {
  const v = k.vmas;
  if (mmGet(k, "map_count") >= zoneGet(k, "max_map_count") - 3) return -errno.ENOMEM;
  const source = v.find(addr);
  if (source === 0 || v.start(source) > addr || keep > v.end(source) - addr) return -errno.EFAULT;
  const flags = v.flags(source);
  const pages = newSize / PAGE_SIZE;
  if ((flags & vmFlag.ACCOUNT) !== 0 && !commit(k, pages)) return -errno.ENOMEM;
  const untouched = isAnonymous(k, source) && v.anonVma(source) === 0;
  const pgoff = untouched ? target / PAGE_SIZE : v.pgoff(source) + (addr - v.start(source)) / PAGE_SIZE;
  const range = { start: target, end: target + newSize, flags, pgoff, file: v.file(source), anonVma: v.anonVma(source) };
  const above = v.find(target);
  if (mergeNew(k, v.before(above), range, above) === 0) v.insert(v.create({ ...range, pageProt: pageProtOf(flags) }));
  accountVm(k, flags, pages);
  if (!moveEntries(k, addr, addr + keep, target)) {
    moveEntries(k, target, target + keep, addr);
    unmapRange(k, target, target + newSize);
    return -errno.ENOMEM;
  }
  unmapRange(k, addr, addr + oldSize);
  return target;
}

/** Moves page-table entries; frames stay where they are. False when a page table was missing and no frame was left for it. */
function moveEntries(k: KernelContext, start: number, end: number, target: number): boolean {
  cutRegions(k, start, end);
  let room = true;
  k.pages.walk(start, end, (entry, addr) => {
    const to = k.pages.make(target + (addr - start));
    if (to === 0) {
      room = false;
      return;
    }
    k.bytes.putPair(to, k.bytes.u32(entry), k.bytes.u32(entry + 4));
    k.bytes.putPair(entry, 0, 0);
    k.frames.moved(pfnOf(k.bytes.u32(to)), (target + (addr - start)) / PAGE_SIZE);
  });
  k.host.flush(start, end - start);
  return room;
}
