/** mmap(2) of anonymous memory. mm/mmap.c: do_mmap; mm/vma.c: mmap_region. */
import { fileKind, vmFlag } from "../abi/kernel";
import { errno, mapFlag, prot as protBit } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { accountVm, commit, isAccountable, type KernelContext, mayExpand, mmAdd, mmGet, zoneGet } from "./context";
import { handleFault } from "./fault";
import { createFile } from "./files";
import { pageDown, pageUp } from "./host";
import { mergeNew } from "./merge";
import { unmapRange } from "./munmap";
import { pageProtOf } from "./protection";
import { getUnmappedArea } from "./unmapped-area";

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
function place(k: KernelContext, addr: number, length: number, flags: number, shared: boolean): number {
  const minimum = zoneGet(k, "mmap_min_addr");
  const fixed = (flags & (mapFlag.FIXED | mapFlag.FIXED_NOREPLACE)) !== 0;
  if (!fixed) {
    const hint = pageDown(addr);
    return getUnmappedArea(k, hint === 0 ? 0 : Math.max(hint, minimum), length, !shared);
  }
  if (length > mmGet(k, "task_size") || addr > mmGet(k, "task_size") - length) return -errno.ENOMEM;
  if (addr % PAGE_SIZE !== 0) return -errno.EINVAL;
  if (addr < minimum) return -errno.EPERM;
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

/** Puts a mapping into a free range, joined with its neighbours where they are alike. */
function mapRegion(k: KernelContext, region: Region): void {
  const above = k.vmas.find(region.start);
  const candidate = { ...region, anonVma: 0 };
  if (mergeNew(k, k.vmas.before(above), candidate, above) === 0) {
    k.vmas.insert(k.vmas.create({ ...candidate, pageProt: pageProtOf(region.flags) }));
  }
  accountVm(k, region.flags, (region.end - region.start) / PAGE_SIZE);
}

/** Pages of [start, end) that are mapped now. */
function mappedPages(k: KernelContext, start: number, end: number): number {
  let pages = 0;
  for (let vma = k.vmas.find(start); vma !== 0 && k.vmas.start(vma) < end; vma = k.vmas.next(vma)) {
    pages += (Math.min(end, k.vmas.end(vma)) - Math.max(start, k.vmas.start(vma))) / PAGE_SIZE;
  }
  return pages;
}

export function mmap(k: KernelContext, addr: number, length: number, prot: number, flags: number): number {
  if (length === 0) return -errno.EINVAL;
  const type = flags & mapFlag.TYPE;
  if (type !== mapFlag.SHARED && type !== mapFlag.PRIVATE) return -errno.EINVAL;
  if ((flags & mapFlag.ANONYMOUS) === 0) return -errno.ENODEV;
  // The machine has no reserved huge pages, like one whose administrator set none aside.
  if ((flags & mapFlag.HUGETLB) !== 0) return -errno.ENOMEM;
  if (length > mmGet(k, "task_size")) return -errno.ENOMEM;
  if (mmGet(k, "map_count") > zoneGet(k, "max_map_count")) return -errno.ENOMEM;
  const shared = type === mapFlag.SHARED;
  if (shared && (flags & mapFlag.GROWSDOWN) !== 0) return -errno.EINVAL;
  const size = pageUp(length);
  const start = place(k, addr, size, flags, shared);
  if (start < 0) return start;
  const end = start + size;
  const pages = size / PAGE_SIZE;
  let vmFlags = flagsFor(k, prot, flags, shared);
  if (!mayExpand(k, vmFlags, pages - mappedPages(k, start, end))) return -errno.ENOMEM;
  const unmapped = unmapRange(k, start, end);
  if (unmapped < 0) return unmapped;
  if (shared ? (vmFlags & vmFlag.NORESERVE) === 0 : isAccountable(vmFlags)) {
    if (!commit(k, pages)) return -errno.ENOMEM;
    if (!shared) vmFlags |= vmFlag.ACCOUNT;
  }
  const file = shared ? sharedMemoryFile(k, size) : 0;
  if (file < 0) return file;
  mapRegion(k, { start, end, flags: vmFlags >>> 0, pgoff: shared ? 0 : start / PAGE_SIZE, file });
  if ((flags & (mapFlag.POPULATE | mapFlag.LOCKED)) !== 0) populate(k, start, end);
  return start;
}

/** Faults the pages of a range in, as MAP_POPULATE does; stops quietly where that is not possible. */
export function populate(k: KernelContext, start: number, end: number): void {
  for (let addr = start; addr < end; addr += PAGE_SIZE) {
    const vma = k.vmas.find(addr);
    if (vma === 0 || k.vmas.start(vma) > addr) return;
    if (!handleFault(k, addr, (k.vmas.flags(vma) & vmFlag.WRITE) !== 0)) return;
  }
}

/** Shared anonymous memory is a file of its own on the kernel's tmpfs. mm/shmem.c: shmem_zero_setup. */
function sharedMemoryFile(k: KernelContext, size: number): number {
  const inode = mmGet(k, "next_inode") + 1;
  mmAdd(k, "next_inode", 1);
  return createFile(k, {
    kind: fileKind.sharedMemory,
    name: "/dev/zero (deleted)",
    inode,
    deviceMajor: 0,
    deviceMinor: 1,
    sizeBytes: size,
  });
}
