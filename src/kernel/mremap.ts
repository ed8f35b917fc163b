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
  const known = mremapFlag.MAYMOVE | mremapFlag.FIXED | mremapFlag.DONTUNMAP;
  const fixed = (flags & mremapFlag.FIXED) !== 0;
  const stays = (flags & mremapFlag.DONTUNMAP) !== 0;
  if ((flags & ~known) !== 0 || addr % PAGE_SIZE !== 0 || newLength === 0) return -errno.EINVAL;
  if ((fixed || stays) && (flags & mremapFlag.MAYMOVE) === 0) return -errno.EINVAL;
  if (fixed && newAddr % PAGE_SIZE !== 0) return -errno.EINVAL;
  const taskSize = mmGet(k, "task_size");
  if (newLength > taskSize) return -errno.EINVAL;
  const oldSize = pageUp(oldLength);
  const newSize = pageUp(newLength);
  const vma = k.vmas.find(addr);
  if (vma === 0 || k.vmas.start(vma) > addr) return -errno.EFAULT;
  if (stays && oldSize !== newSize) return -errno.EINVAL;
  if (fixed) {
    if (oldSize > k.vmas.end(vma) - addr) return -errno.EFAULT;
    if (newAddr > taskSize - newSize) return -errno.EINVAL;
    if (addr < newAddr + newSize && newAddr < addr + oldSize) return -errno.EINVAL;
    if (mmGet(k, "map_count") >= zoneGet(k, "max_map_count") - 3) return -errno.ENOMEM;
    const cleared = unmapRange(k, newAddr, newAddr + newSize);
    if (cleared < 0) return cleared;
    return moveTo(k, { addr, oldSize, newSize, target: newAddr, stays });
  }
  if (stays) {
    const target = getUnmappedArea(k, newAddr, newSize, isAnonymous(k, vma));
    return target < 0 ? target : moveTo(k, { addr, oldSize, newSize, target, stays });
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
  return target < 0 ? target : moveTo(k, { addr, oldSize, newSize, target, stays });
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

interface Move {
  readonly addr: number;
  readonly oldSize: number;
  readonly newSize: number;
  /** A free place for `newSize` bytes. */
  readonly target: number;
  /** MREMAP_DONTUNMAP: the old range stays, without its pages. */
  readonly stays: boolean;
}

/** Makes the new mapping, moves the pages into it and takes the old range away. */
function moveTo(k: KernelContext, { addr, oldSize, newSize, target, stays }: Move): number {
  const v = k.vmas;
  if (mmGet(k, "map_count") >= zoneGet(k, "max_map_count") - 3) return -errno.ENOMEM;
  const source = v.find(addr);
  const kept = Math.min(oldSize, newSize);
  if (source === 0 || v.start(source) > addr || kept > v.end(source) - addr) return -errno.EFAULT;
  const flags = v.flags(source);
  const pages = newSize / PAGE_SIZE;
  if (stays && !mayExpand(k, flags, pages)) return -errno.ENOMEM;
  if ((flags & vmFlag.ACCOUNT) !== 0 && !commit(k, pages)) return -errno.ENOMEM;
  const untouched = isAnonymous(k, source) && v.anonVma(source) === 0;
  const pgoff = untouched ? target / PAGE_SIZE : v.pgoff(source) + (addr - v.start(source)) / PAGE_SIZE;
  const range = { start: target, end: target + newSize, flags, pgoff, file: v.file(source), anonVma: v.anonVma(source) };
  const above = v.find(target);
  if (mergeNew(k, v.before(above), range, above) === 0) v.insert(v.create({ ...range, pageProt: pageProtOf(flags) }));
  accountVm(k, flags, pages);
  if (!moveEntries(k, addr, addr + kept, target)) {
    unmapRange(k, target, target + newSize);
    return -errno.ENOMEM;
  }
  if (!stays) {
    unmapRange(k, addr, addr + oldSize);
    return target;
  }
  const left = v.find(addr);
  if (v.start(left) === addr && v.end(left) === addr + oldSize) v.set(left, "anon_vma", 0);
  return target;
}

/** Moves page-table entries; frames stay where they are. False, and nothing is moved, when there is no frame for a page table. */
function moveEntries(k: KernelContext, start: number, end: number, target: number): boolean {
  cutRegions(k, start, end);
  let room = true;
  // A table at the source makes one at the target, entries in it or not.
  for (let addr = start; addr < end; addr = nextTable(addr, target - start)) {
    if (k.pages.find(addr) !== 0 && k.pages.make(target + (addr - start)) === 0) room = false;
  }
  if (!room) return false;
  k.pages.walk(start, end, (entry, addr) => {
    const to = k.pages.make(target + (addr - start));
    k.bytes.putPair(to, k.bytes.u32(entry), k.bytes.u32(entry + 4));
    k.bytes.putPair(entry, 0, 0);
    k.frames.moved(pfnOf(k.bytes.u32(to)), (target + (addr - start)) / PAGE_SIZE);
  });
  k.host.flush(start, end - start);
  return true;
}

/** The next address at which the source's or the target's page table is another one. */
function nextTable(addr: number, distance: number): number {
  const span = 512 * PAGE_SIZE;
  const border = (at: number): number => (Math.floor(at / span) + 1) * span;
  return Math.min(border(addr), border(addr + distance) - distance);
}
