/** mremap(2). mm/mremap.c. */
import { vmFlag } from "../abi/kernel";
import { errno, mremapFlag } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { accountVm, commit, type KernelContext, mayExpand, mmGet, mmSet, roomForVmas, uncommit, zoneGet } from "./context";
import { pageUp } from "./host";
import { cutRegions } from "./hot";
import { breakHuge, HUGE_BYTES, isHuge, markHuge } from "./huge";
import { anonVmaAlone, anonVmaOf } from "./anon-vma";
import { mergeNew, placeVma } from "./merge";
import { unmapRange } from "./munmap";
import { fileIndex, isSharedMemory } from "./page-cache";
import { isMapped, pfnOf } from "./page-table";
import { isAnonymous } from "./resident";
import { tlbOf } from "./tlb";
import { type AreaPurpose, getUnmappedArea } from "./unmapped-area";
import type { Vma } from "./vma";

export function mremap(k: KernelContext, addr: number, oldLength: number, newLength: number, flags: number, newAddr = 0): number {
  k.note("Mremap", addr, newLength);
  const request = { addr, oldSize: pageUp(oldLength), newSize: pageUp(newLength), flags, newAddr };
  const wrong = checkRequest(k, request);
  if (wrong < 0) return wrong;
  if ((flags & mremapFlag.FIXED) !== 0 && request.oldSize === request.newSize) return moveAll(k, request);
  const vma = k.vmas.find(addr);
  if (vma === 0 || k.vmas.start(vma) > addr) return -errno.EFAULT;
  const refused = checkMapping(k, vma, request);
  if (refused < 0) return refused;
  return movesAway(flags) ? remapTo(k, request) : resize(k, vma, request);
}

interface Request {
  readonly addr: number;
  readonly oldSize: number;
  readonly newSize: number;
  readonly flags: number;
  readonly newAddr: number;
}

function movesAway(flags: number): boolean {
  return (flags & (mremapFlag.FIXED | mremapFlag.DONTUNMAP)) !== 0;
}

/** What is wrong with the numbers alone. */
function checkRequest(k: KernelContext, { addr, oldSize, newSize, flags, newAddr }: Request): number {
  const known = mremapFlag.MAYMOVE | mremapFlag.FIXED | mremapFlag.DONTUNMAP;
  const taskSize = mmGet(k, "task_size");
  if ((flags & ~known) !== 0 || addr % PAGE_SIZE !== 0 || newSize === 0 || newSize > taskSize) return -errno.EINVAL;
  if (!movesAway(flags)) return 0;
  if ((flags & mremapFlag.MAYMOVE) === 0) return -errno.EINVAL;
  if ((flags & mremapFlag.DONTUNMAP) !== 0 && oldSize !== newSize) return -errno.EINVAL;
  if (newAddr % PAGE_SIZE !== 0 || newAddr > taskSize - newSize) return -errno.EINVAL;
  if (addr < newAddr + newSize && newAddr < addr + oldSize) return -errno.EINVAL;
  return mmGet(k, "map_count") + 2 >= zoneGet(k, "max_map_count") - 3 ? -errno.ENOMEM : 0;
}

/** What the mapping at the old place forbids. mm/mremap.c: check_prep_vma. */
function checkMapping(k: KernelContext, vma: Vma, { addr, oldSize, newSize, flags }: Request): number {
  const grows = newSize > oldSize;
  if (!grows && !movesAway(flags)) return 0;
  const vmFlags = k.vmas.flags(vma);
  const unmovable = (vmFlags & (vmFlag.DONTEXPAND | vmFlag.PFNMAP)) !== 0;
  if (oldSize === 0 && (vmFlags & (vmFlag.SHARED | vmFlag.MAYSHARE)) === 0) return -errno.EINVAL;
  if ((flags & mremapFlag.DONTUNMAP) !== 0 && unmovable) return -errno.EINVAL;
  if (Math.min(oldSize, newSize) > k.vmas.end(vma) - addr) return -errno.EFAULT;
  if (!grows) return 0;
  if (unmovable) return -errno.EFAULT;
  return mayExpand(k, vmFlags, (newSize - oldSize) / PAGE_SIZE) ? 0 : -errno.ENOMEM;
}

/** A move without a change of size takes every mapping of the range along, and the gaps between them. mm/mremap.c: remap_move. */
function moveAll(k: KernelContext, request: Request): number {
  const end = request.addr + request.oldSize;
  const first = k.vmas.find(request.addr);
  if (first === 0 || k.vmas.start(first) > request.addr || request.oldSize === 0) return -errno.EFAULT;
  for (let from = request.addr; from < end; ) {
    const vma = k.vmas.find(from);
    if (vma === 0 || k.vmas.start(vma) >= end) break;
    const addr = Math.max(from, k.vmas.start(vma));
    const size = Math.min(end, k.vmas.end(vma)) - addr;
    const part = { ...request, addr, oldSize: size, newSize: size, newAddr: request.newAddr + (addr - request.addr) };
    const refused = checkMapping(k, vma, part);
    if (refused < 0) return refused;
    const moved = remapTo(k, part);
    if (moved < 0) return moved;
    from = addr + size;
  }
  return request.newAddr;
}

/** mm/mremap.c: mremap_to. */
function remapTo(k: KernelContext, { addr, oldSize, newSize, flags, newAddr }: Request): number {
  const stays = (flags & mremapFlag.DONTUNMAP) !== 0;
  const fixed = (flags & mremapFlag.FIXED) !== 0;
  if (fixed) {
    const cleared = unmapRange(k, newAddr, newAddr + newSize);
    if (cleared < 0) return cleared;
  }
  const vma = k.vmas.find(addr);
  if (vma === 0 || k.vmas.start(vma) > addr) return -errno.EFAULT;
  if (oldSize > newSize) {
    const cut = unmapRange(k, addr + newSize, addr + oldSize);
    if (cut < 0) return cut;
  }
  if (stays && !mayExpand(k, k.vmas.flags(vma), newSize / PAGE_SIZE)) return -errno.ENOMEM;
  const target = fixed ? newAddr : getUnmappedArea(k, newAddr, newSize, purposeOf(k, vma, addr));
  return target < 0 ? target : moveTo(k, { addr, oldSize: Math.min(oldSize, newSize), newSize, target, stays });
}

/** Without a new address: shrinks or grows in place, or moves where there is room. mm/mremap.c: mremap_at. */
function resize(k: KernelContext, vma: Vma, { addr, oldSize, newSize, flags }: Request): number {
  if (newSize <= oldSize) {
    const cut = oldSize > newSize ? unmapRange(k, addr + newSize, addr + oldSize) : 0;
    return cut < 0 ? cut : addr;
  }
  if (growInPlace(k, vma, addr, oldSize, newSize)) return addr;
  if ((flags & mremapFlag.MAYMOVE) === 0) return -errno.ENOMEM;
  const target = getUnmappedArea(k, 0, newSize, purposeOf(k, vma, addr));
  return target < 0 ? target : moveTo(k, { addr, oldSize, newSize, target, stays: false });
}

function purposeOf(k: KernelContext, vma: Vma, addr: number): AreaPurpose {
  if (isAnonymous(k, vma)) return { kind: "anonymous", offset: 0 };
  const kind = isSharedMemory(k, k.vmas.file(vma)) ? "sharedMemory" : "file";
  return { kind, offset: fileIndex(k, vma, addr) * PAGE_SIZE };
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
  if (!roomForVmas(k, 0) || ((flags & vmFlag.ACCOUNT) !== 0 && !commit(k, pages))) return false;
  const pgoff = v.pgoff(vma) + (end - v.start(vma)) / PAGE_SIZE;
  // What grows is part of it already: that it was forked does not matter to what follows.
  const range = { start: end, end: newEnd, flags, pgoff, file: v.file(vma), ...anonVmaAlone(v.anonVma(vma)) };
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
  if ((flags & vmFlag.ACCOUNT) !== 0 && !commit(k, pages)) return -errno.ENOMEM;
  const untouched = isAnonymous(k, source) && v.anonVma(source) === 0;
  const pgoff = untouched ? target / PAGE_SIZE : v.pgoff(source) + (addr - v.start(source)) / PAGE_SIZE;
  const range = { start: target, end: target + newSize, flags, pgoff, file: v.file(source), ...anonVmaOf(k, source) };
  const above = v.find(target);
  if (!placeVma(k, v.before(above), range, above)) {
    if ((flags & vmFlag.ACCOUNT) !== 0) uncommit(k, pages);
    return -errno.ENOMEM;
  }
  const peak = mmGet(k, "hiwater_vm");
  accountVm(k, flags, pages);
  if (!moveEntries(k, addr, addr + kept, target)) {
    unmapRange(k, target, target + newSize);
    return -errno.ENOMEM;
  }
  if (!stays) {
    unmapRange(k, addr, addr + oldSize);
    // That both existed for a moment is no new peak.
    mmSet(k, "hiwater_vm", Math.max(peak, mmGet(k, "total_vm")));
    return target;
  }
  const left = v.find(addr);
  if (v.start(left) === addr && v.end(left) === addr + oldSize) k.anon.clear(left);
  return target;
}

/** Moves page-table entries; frames stay where they are. False, and nothing is moved, when there is no frame for a page table. */
function moveEntries(k: KernelContext, start: number, end: number, target: number): boolean {
  cutRegions(k, start, end);
  let room = true;
  /** Whole tables that the target takes over: the source has none there any more. mm/mremap.c: move_normal_pmd, move_huge_pmd. */
  const moved: number[] = [];
  // A table at the source makes one at the target, entries in it or not.
  for (let addr = start; addr < end; addr = nextTable(addr, target - start)) {
    const to = target + (addr - start);
    const whole = addr % HUGE_BYTES === 0 && to % HUGE_BYTES === 0 && addr + HUGE_BYTES <= end;
    if (whole && k.pages.find(to) === 0) moved.push(addr);
    if (k.pages.upper(addr) !== 0 && !k.pages.makeTop(to)) room = false;
    if (k.pages.find(addr) !== 0 && k.pages.make(to) === 0) room = false;
    const stays = whole && isHuge(k, addr);
    if (stays) markHuge(k, addr, false);
    else breakHuge(k, addr);
    if (stays) markHuge(k, to, true);
  }
  if (!room) return false;
  const tlb = tlbOf(k);
  let next = start;
  k.pages.walk(start, end, (entry, addr) => {
    if (tlb !== undefined && isMapped(k.bytes.u32(entry)) && addr >= next) {
      // The part that one table holds is flushed as a whole. mm/mremap.c: move_ptes.
      const from = Math.max(next, lastTable(addr, target - start));
      next = Math.min(end, nextTable(addr, target - start));
      tlb.flushRange(from, next - from);
    }
    const to = k.pages.make(target + (addr - start));
    k.bytes.putPair(to, k.bytes.u32(entry), k.bytes.u32(entry + 4));
    k.bytes.putPair(entry, 0, 0);
    k.frames.moved(pfnOf(k.bytes.u32(to)), (target + (addr - start)) / PAGE_SIZE);
  });
  for (const addr of moved) k.pages.freeEmptyTables(addr, addr + HUGE_BYTES, true);
  k.host.flush(start, end - start);
  return true;
}

/** The last address at or below at which the source's or the target's page table begins. */
function lastTable(addr: number, distance: number): number {
  const span = 512 * PAGE_SIZE;
  const border = (at: number): number => Math.floor(at / span) * span;
  return Math.max(border(addr), border(addr + distance) - distance);
}

/** The next address at which the source's or the target's page table is another one. */
function nextTable(addr: number, distance: number): number {
  const span = 512 * PAGE_SIZE;
  const border = (at: number): number => (Math.floor(at / span) + 1) * span;
  return Math.min(border(addr), border(addr + distance) - distance);
}
