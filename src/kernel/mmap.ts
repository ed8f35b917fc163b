/** mmap(2). mm/mmap.c: do_mmap; mm/vma.c: mmap_region. */
import { fileKind, pageFlag, pte, vmFlag } from "../abi/kernel";
import { errno, mapFlag, prot as protBit } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { noAnonVma } from "./anon-vma";
import { accountVm, commit, isAccountable, type KernelContext, mayExpand, mmGet, uncommit, zoneGet, zoneSet } from "./context";
import { handleFault } from "./fault";
import { createFile } from "./files";
import { pageDown, pageUp } from "./host";
import { placeVma } from "./merge";
import { splitAround, unmapRange } from "./munmap";
import { dropIfUnused, isSharedMemory } from "./page-cache";
import { pfnOf } from "./page-table";
import { type AreaPurpose, getUnmappedArea } from "./unmapped-area";

const MAY_ALL = vmFlag.MAYREAD | vmFlag.MAYWRITE | vmFlag.MAYEXEC;

/** vm_flags for protection bits: PROT_READ, WRITE and EXEC are VM_READ, WRITE and EXEC. */
export function protectionFlags(prot: number): number {
  return prot & (protBit.READ | protBit.WRITE | protBit.EXEC);
}

function flagsFor(k: KernelContext, prot: number, flags: number, shared: boolean): number {
  return (
    protectionFlags(prot) |
    MAY_ALL |
    mmGet(k, "def_flags") |
    (shared ? vmFlag.SHARED | vmFlag.MAYSHARE : 0) |
    ((flags & mapFlag.GROWSDOWN) !== 0 ? vmFlag.GROWSDOWN : 0) |
    ((flags & mapFlag.LOCKED) !== 0 ? vmFlag.LOCKED : 0) |
    ((flags & mapFlag.STACK) !== 0 ? vmFlag.NOHUGEPAGE : 0) |
    ((flags & mapFlag.NORESERVE) !== 0 && zoneGet(k, "overcommit_memory") !== 2 ? vmFlag.NORESERVE : 0)
  );
}

/** The address the caller gets: given, hinted or found; −errno. */
function place(k: KernelContext, addr: number, length: number, flags: number, purpose: AreaPurpose): number {
  const fixed = (flags & (mapFlag.FIXED | mapFlag.FIXED_NOREPLACE)) !== 0;
  if (!fixed) {
    const hint = pageDown(addr);
    return getUnmappedArea(k, hint === 0 ? 0 : Math.max(hint, zoneGet(k, "mmap_min_addr")), length, purpose);
  }
  if (length > mmGet(k, "task_size") || addr > mmGet(k, "task_size") - length) return -errno.ENOMEM;
  if (addr % PAGE_SIZE !== 0) return -errno.EINVAL;
  if (addr < zoneGet(k, "dac_mmap_min_addr") && zoneGet(k, "cap_sys_rawio") === 0) return -errno.EPERM;
  if ((flags & mapFlag.FIXED_NOREPLACE) === 0) return addr;
  const vma = k.vmas.find(addr);
  return vma !== 0 && k.vmas.start(vma) < addr + length ? -errno.EEXIST : addr;
}

interface Region {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly pgoff: number;
  readonly file: number;
}

/** Puts a mapping into a free range, joined with its neighbours where they are alike. False when memory for it is short. */
function mapRegion(k: KernelContext, region: Region): boolean {
  const above = k.vmas.find(region.start);
  if (!placeVma(k, k.vmas.before(above), { ...region, ...noAnonVma }, above)) return false;
  accountVm(k, region.flags, (region.end - region.start) / PAGE_SIZE);
  return true;
}

/** Pages of [start, end) that are mapped now, and those of them that are promised. */
function mappedPages(k: KernelContext, start: number, end: number): { readonly all: number; readonly accounted: number } {
  let [all, accounted] = [0, 0];
  for (let vma = k.vmas.find(start); vma !== 0 && k.vmas.start(vma) < end; vma = k.vmas.next(vma)) {
    const pages = (Math.min(end, k.vmas.end(vma)) - Math.max(start, k.vmas.start(vma))) / PAGE_SIZE;
    all += pages;
    if ((k.vmas.flags(vma) & vmFlag.ACCOUNT) !== 0) accounted += pages;
  }
  return { all, accounted };
}

/** What is mapped: a file of the kernel's table, from a page of it on. */
export interface FileRange {
  readonly file: number;
  /** Offset in pages. */
  readonly pgoff: number;
}

/** `source` null: a descriptor that is no file that can be mapped. It does not matter for anonymous memory. */
export function mmap(
  k: KernelContext,
  addr: number,
  length: number,
  prot: number,
  flags: number,
  source: FileRange | null = null,
): number {
  k.note("Mmap", addr, length);
  if (length === 0) return -errno.EINVAL;
  const type = flags & mapFlag.TYPE;
  if (type !== mapFlag.SHARED && type !== mapFlag.PRIVATE) return -errno.EINVAL;
  const anonymous = (flags & mapFlag.ANONYMOUS) !== 0;
  if (!anonymous && source === null) return -errno.ENODEV;
  // The machine has no reserved huge pages, like one whose administrator set none aside.
  if ((flags & mapFlag.HUGETLB) !== 0) return -errno.ENOMEM;
  if (length > mmGet(k, "task_size")) return -errno.ENOMEM;
  if (mmGet(k, "map_count") > zoneGet(k, "max_map_count")) return -errno.ENOMEM;
  const shared = type === mapFlag.SHARED;
  const size = pageUp(length);
  const backing = anonymous ? null : source;
  const purpose = shared ? "sharedMemory" : "anonymous";
  const start = place(k, addr, size, flags, { kind: backing ? "file" : purpose, offset: (backing?.pgoff ?? 0) * PAGE_SIZE });
  if (start < 0) return start;
  if ((shared || backing) && (flags & mapFlag.GROWSDOWN) !== 0) return -errno.EINVAL;
  const end = start + size;
  const pages = size / PAGE_SIZE;
  k.note("MmapRegion", start, end);
  let vmFlags = flagsFor(k, prot, flags, shared);
  // What stands in the way is cut first and stays cut when a limit forbids the rest.
  const split = splitAround(k, start, end);
  if (split < 0) return split;
  const inTheWay = mappedPages(k, start, end);
  if (!mayExpand(k, vmFlags, pages - inTheWay.all)) return -errno.ENOMEM;
  const accountable = shared ? !backing && (vmFlags & vmFlag.NORESERVE) === 0 : isAccountable(vmFlags);
  if (accountable) {
    if (!commit(k, pages - inTheWay.accounted)) return -errno.ENOMEM;
    commit(k, inTheWay.accounted, true);
    if (!shared) vmFlags |= vmFlag.ACCOUNT;
  }
  const cleared = unmapRange(k, start, end);
  const file = cleared < 0 ? cleared : (backing?.file ?? (shared ? sharedMemoryFile(k, size) : 0));
  const pgoff = backing?.pgoff ?? (shared ? 0 : start / PAGE_SIZE);
  if (file < 0 || !mapRegion(k, { start, end, flags: vmFlags >>> 0, pgoff, file })) {
    if (accountable) uncommit(k, cleared < 0 ? pages - inTheWay.accounted : pages);
    if (file > 0 && isSharedMemory(k, file)) dropIfUnused(k, file);
    return Math.min(file, 0) || -errno.ENOMEM;
  }
  if ((flags & (mapFlag.POPULATE | mapFlag.LOCKED)) !== 0) populate(k, start, end);
  return start;
}

/** Faults the pages of a range in, as MAP_POPULATE does: private ones for writing where allowed. Stops quietly where that is not possible. */
export function populate(k: KernelContext, start: number, end: number, fault = handleFault): void {
  for (let addr = start; addr < end; addr += PAGE_SIZE) {
    const vma = k.vmas.find(addr);
    if (vma === 0 || k.vmas.start(vma) > addr) return;
    const write = (k.vmas.flags(vma) & (vmFlag.WRITE | vmFlag.SHARED)) === vmFlag.WRITE;
    if (!bringIn(k, addr, write, fault)) return;
  }
}

/** Brings one page in for that use; one that is there and will be written counts as written. False when it faults fatally. mm/gup.c. */
export function bringIn(k: KernelContext, addr: number, write: boolean, fault = handleFault): boolean {
  if (!isThere(k, addr, write)) return fault(k, addr, write);
  const low = k.bytes.u32(k.pages.find(addr));
  const flags = k.frames.flags(pfnOf(low));
  if (write && (low & pte.DIRTY) === 0) k.frames.setFlags(pfnOf(low), flags | pageFlag.dirty);
  return true;
}

/** Whether the page can be used that way without a fault. */
export function isThere(k: KernelContext, addr: number, write: boolean): boolean {
  const entry = k.pages.find(addr);
  const rights = pte.PRESENT | (write ? pte.RW : 0);
  return entry !== 0 && (k.bytes.u32(entry) & rights) === rights;
}

/** Shared anonymous memory is a file of its own on the kernel's tmpfs. mm/shmem.c: shmem_zero_setup. */
function sharedMemoryFile(k: KernelContext, size: number): number {
  const inode = zoneGet(k, "next_inode") + 1;
  zoneSet(k, "next_inode", inode);
  return createFile(k, {
    kind: fileKind.sharedMemory,
    name: "/dev/zero (deleted)",
    inode,
    deviceMajor: 0,
    deviceMinor: 1,
    sizeBytes: size,
  });
}
