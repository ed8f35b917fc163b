/** mprotect(2) and madvise(2). mm/mprotect.c: mprotect_fixup; mm/madvise.c. */
import { fileKind, fileStruct, pageFlag, pte, vmFlag } from "../abi/kernel";
import { advice as adviceCode, errno, prot as protBit } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { accountVm, commit, isDataMapping, type KernelContext, mayExpand, mmGet, uncommit, zoneGet } from "./context";
import { pageUp } from "./host";
import { cutRegions, extendHeapRegion } from "./hot";
import { modifyVma } from "./merge";
import { protectionFlags } from "./mmap";
import { isMapped, pfnOf } from "./page-table";
import { pageProtHigh, pageProtOf } from "./protection";
import { isAnonymous, zapPages } from "./resident";
import type { Vma } from "./vma";

const ACCESS = vmFlag.READ | vmFlag.WRITE | vmFlag.EXEC;

/** Rewrites the rights of the mapped pages of [start, end). A page of the process's own becomes writable at once; shared ones at a fault. */
function changeProtection(k: KernelContext, start: number, end: number, flags: number): void {
  cutRegions(k, start, end);
  k.pages.walk(start, end, (entry) => {
    const low = k.bytes.u32(entry);
    if (!isMapped(low)) return;
    const common = (k.frames.flags(pfnOf(low)) & (pageFlag.zero | pageFlag.unknown)) !== 0;
    const rights = pageProtOf(flags) & (common ? ~pte.RW : ~0);
    k.bytes.putPair(entry, ((pfnOf(low) << 12) | rights | (low & pte.DIRTY)) >>> 0, pageProtHigh(flags));
  });
  k.host.flush(start, end - start);
  extendHeapRegion(k);
}

function protectOne(k: KernelContext, vma: Vma, start: number, end: number, access: number): number {
  const before = k.vmas.flags(vma);
  let flags = ((before & ~ACCESS) | access) >>> 0;
  if (flags === before) return 0;
  const pages = (end - start) / PAGE_SIZE;
  if ((flags & vmFlag.WRITE) !== 0) {
    if (!isDataMapping(before) && isDataMapping(flags) && !mayExpand(k, flags, 0)) return -errno.ENOMEM;
    const promised = vmFlag.ACCOUNT | vmFlag.WRITE | vmFlag.SHARED | vmFlag.NORESERVE;
    if ((before & promised) === 0) {
      if (!commit(k, pages)) return -errno.ENOMEM;
      flags |= vmFlag.ACCOUNT;
    }
  } else if ((before & vmFlag.ACCOUNT) !== 0 && isAnonymous(k, vma) && k.vmas.anonVma(vma) === 0) {
    flags &= ~vmFlag.ACCOUNT;
    uncommit(k, pages);
  }
  if (tooManyParts(k, vma, start, end)) return -errno.ENOMEM;
  accountVm(k, before, -pages);
  modifyVma(k, vma, start, end, flags >>> 0);
  accountVm(k, flags, pages);
  changeProtection(k, start, end, flags >>> 0);
  return 0;
}

function tooManyParts(k: KernelContext, vma: Vma, start: number, end: number): boolean {
  const splits = start > k.vmas.start(vma) || end < k.vmas.end(vma);
  return splits && mmGet(k, "map_count") >= zoneGet(k, "max_map_count");
}

export function mprotect(k: KernelContext, addr: number, length: number, prot: number): number {
  if ((prot & ~(protBit.READ | protBit.WRITE | protBit.EXEC)) !== 0 || addr % PAGE_SIZE !== 0) return -errno.EINVAL;
  if (length === 0) return 0;
  const end = addr + pageUp(length);
  if (end > mmGet(k, "task_size")) return -errno.ENOMEM;
  let at = addr;
  while (at < end) {
    const vma = k.vmas.find(at);
    if (vma === 0 || k.vmas.start(vma) > at) return -errno.ENOMEM;
    const access = protectionFlags(prot);
    if ((access & ~(k.vmas.flags(vma) >>> 4)) !== 0) return -errno.EACCES;
    const until = Math.min(end, k.vmas.end(vma));
    const status = protectOne(k, vma, at, until, access);
    if (status < 0) return status;
    at = until;
  }
  return 0;
}

/** Advice that only changes flags: bits to clear, bits to set. */
const flagAdvice: ReadonlyMap<number, readonly [number, number]> = new Map([
  [adviceCode.NORMAL, [vmFlag.RAND_READ | vmFlag.SEQ_READ, 0]],
  [adviceCode.RANDOM, [vmFlag.SEQ_READ, vmFlag.RAND_READ]],
  [adviceCode.SEQUENTIAL, [vmFlag.RAND_READ, vmFlag.SEQ_READ]],
  [adviceCode.DONTFORK, [0, vmFlag.DONTCOPY]],
  [adviceCode.DOFORK, [vmFlag.DONTCOPY, 0]],
  [adviceCode.HUGEPAGE, [vmFlag.NOHUGEPAGE, vmFlag.HUGEPAGE]],
  [adviceCode.NOHUGEPAGE, [vmFlag.HUGEPAGE, vmFlag.NOHUGEPAGE]],
  [adviceCode.DONTDUMP, [0, vmFlag.DONTDUMP]],
  [adviceCode.DODUMP, [vmFlag.DONTDUMP, 0]],
  [adviceCode.WIPEONFORK, [0, vmFlag.WIPEONFORK]],
  [adviceCode.KEEPONFORK, [vmFlag.WIPEONFORK, 0]],
]);
/** Advice without a visible effect while memory is plentiful. */
const quietAdvice: ReadonlySet<number> = new Set([adviceCode.WILLNEED, adviceCode.FREE, adviceCode.COLD, adviceCode.PAGEOUT]);

function adviseOne(k: KernelContext, vma: Vma, start: number, end: number, advice: number): number {
  const change = flagAdvice.get(advice);
  const before = k.vmas.flags(vma);
  if (change !== undefined) {
    const after = ((before & ~change[0]) | change[1]) >>> 0;
    if (after === before) return 0;
    if (tooManyParts(k, vma, start, end)) return -errno.ENOMEM;
    modifyVma(k, vma, start, end, after);
    return 0;
  }
  if (advice === adviceCode.FREE && !isAnonymous(k, vma)) return -errno.EINVAL;
  if (advice === adviceCode.DONTNEED) {
    if ((before & (vmFlag.LOCKED | vmFlag.PFNMAP)) !== 0) return -errno.EINVAL;
    if (!isSharedMemory(k, vma)) zapPages(k, vma, start, end);
  }
  return 0;
}

/** The pages of shared memory live in their file; dropping the entries would lose ours, and changes nothing a program can read. */
function isSharedMemory(k: KernelContext, vma: Vma): boolean {
  const file = k.vmas.file(vma);
  return file !== 0 && k.bytes.u32(file + fileStruct.kind) === fileKind.sharedMemory;
}

/** Gaps do not stop it, but make the answer ENOMEM. */
export function madvise(k: KernelContext, addr: number, length: number, advice: number): number {
  const known = flagAdvice.has(advice) || quietAdvice.has(advice) || advice === adviceCode.DONTNEED;
  const end = addr + pageUp(length);
  if (!known || addr % PAGE_SIZE !== 0 || end > mmGet(k, "task_size")) return -errno.EINVAL;
  let status = 0;
  let at = addr;
  while (at < end) {
    const vma = k.vmas.find(at);
    if (vma === 0 || k.vmas.start(vma) >= end) return -errno.ENOMEM;
    if (k.vmas.start(vma) > at) status = -errno.ENOMEM;
    const start = Math.max(at, k.vmas.start(vma));
    const until = Math.min(end, k.vmas.end(vma));
    const failed = adviseOne(k, vma, start, until, advice);
    if (failed < 0) return failed;
    at = until;
  }
  return status;
}
