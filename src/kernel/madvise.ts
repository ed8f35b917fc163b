/** madvise(2). mm/madvise.c. */
import { pageFlag, pte, vmFlag } from "../abi/kernel";
import { advice as adviceCode, errno } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, mmGet } from "./context";
import { pageUp } from "./host";
import { cutRegions } from "./hot";
import { strideAt } from "./huge";
import { modifyVma } from "./merge";
import { bringIn } from "./mmap";
import { isMapped, pfnOf } from "./page-table";
import { isAnonymous, zapPages } from "./resident";
import { splitFolios } from "./split-folio";
import { tlbOf } from "./tlb";
import type { Vma } from "./vma";

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
const quietAdvice: ReadonlySet<number> = new Set([adviceCode.WILLNEED, adviceCode.COLD, adviceCode.PAGEOUT]);

const SPECIAL = vmFlag.IO | vmFlag.DONTEXPAND | vmFlag.PFNMAP | vmFlag.MIXEDMAP;

/** Whether the mapping cannot follow the advice: device memory is never inherited or dumped, only private anonymous memory starts anew. */
function refuses(k: KernelContext, vma: Vma, advice: number): boolean {
  const flags = k.vmas.flags(vma);
  if (advice === adviceCode.DOFORK) return (flags & vmFlag.IO) !== 0;
  if (advice === adviceCode.DODUMP) return (flags & SPECIAL) !== 0;
  return advice === adviceCode.WIPEONFORK && !isAnonymous(k, vma);
}

function adviseOne(k: KernelContext, vma: Vma, start: number, end: number, advice: number): number {
  const change = flagAdvice.get(advice);
  const before = k.vmas.flags(vma);
  if (change !== undefined) {
    if (refuses(k, vma, advice)) return -errno.EINVAL;
    const after = ((before & ~change[0]) | change[1]) >>> 0;
    if (after === before) return 0;
    return modifyVma(k, vma, start, end, after) === 0 ? -errno.EAGAIN : 0;
  }
  if (advice === adviceCode.FREE) {
    if (!isAnonymous(k, vma)) return -errno.EINVAL;
    markLazyFree(k, start, end);
  }
  if (advice === adviceCode.DONTNEED) {
    if ((before & (vmFlag.LOCKED | vmFlag.PFNMAP)) !== 0) return -errno.EINVAL;
    zapPages(k, vma, start, end);
    k.pages.freeEmptyTables(start, end);
  }
  return 0;
}

/** MADV_FREE: the pages count as clean and unused until they are touched again, so that the kernel may take them without saving them. */
function markLazyFree(k: KernelContext, start: number, end: number): void {
  const shared = splitFolios(k, start, end);
  const tlb = tlbOf(k);
  k.pages.walk(start, end, (entry, addr) => {
    const low = k.bytes.u32(entry);
    if (!isMapped(low) || shared.has(k.frames.hugeOf(pfnOf(low)))) return;
    const flags = k.frames.flags(pfnOf(low));
    // Another process may still want what it holds.
    if ((flags & pageFlag.dirty) !== 0 && (flags & pageFlag.anon) !== 0 && k.frames.refcount(pfnOf(low)) > 1) return;
    if ((flags & pageFlag.dirty) !== 0) k.frames.setFlags(pfnOf(low), flags & ~pageFlag.dirty);
    const after = (low & ~(pte.DIRTY | pte.ACCESSED)) >>> 0;
    if (after === low) return;
    tlb?.gather(addr, PAGE_SIZE, strideAt(k, addr));
    k.bytes.put32(entry, after);
  });
  // The next write to each of them has to be noticed.
  cutRegions(k, start, end);
  k.host.flush(start, end - start);
}

/** MADV_POPULATE_READ and _WRITE: faults every page in, or says why not. mm/madvise.c: madvise_populate. */
function populateOrFail(k: KernelContext, start: number, end: number, write: boolean): number {
  const needed = write ? vmFlag.WRITE : vmFlag.READ;
  for (let at = start; at < end; at += PAGE_SIZE) {
    const vma = k.vmas.find(at);
    if (vma === 0 || k.vmas.start(vma) > at) return -errno.ENOMEM;
    const flags = k.vmas.flags(vma);
    if ((flags & (vmFlag.IO | vmFlag.PFNMAP)) !== 0 || (flags & needed) === 0) return -errno.EINVAL;
    if (!bringIn(k, at, write)) return -errno.EFAULT;
  }
  return 0;
}

/** Gaps do not stop it, but make the answer ENOMEM. */
export function madvise(k: KernelContext, addr: number, length: number, advice: number): number {
  k.note("Madvise", addr, length);
  const populates = advice === adviceCode.POPULATE_READ || advice === adviceCode.POPULATE_WRITE;
  const known =
    populates ||
    flagAdvice.has(advice) ||
    quietAdvice.has(advice) ||
    advice === adviceCode.DONTNEED ||
    advice === adviceCode.FREE;
  const end = addr + pageUp(length);
  if (!known || addr % PAGE_SIZE !== 0 || end > mmGet(k, "task_size")) return -errno.EINVAL;
  if (populates) return populateOrFail(k, addr, end, advice === adviceCode.POPULATE_WRITE);
  const status = adviseRange(k, addr, end, advice);
  tlbOf(k)?.flush();
  return status;
}

function adviseRange(k: KernelContext, addr: number, end: number, advice: number): number {
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
