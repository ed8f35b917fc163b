/** mprotect(2). mm/mprotect.c: mprotect_fixup. */
import { pageFlag, pte, vmFlag } from "../abi/kernel";
import { errno, prot as protBit } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { accountVm, commit, type KernelContext, mayExpand, uncommit } from "./context";
import { pageUp } from "./host";
import { cutRegions, extendHeapRegion } from "./hot";
import { strideAt } from "./huge";
import { modifyVma } from "./merge";
import { protectionFlags } from "./mmap";
import { isSharedMemory } from "./page-cache";
import { isMapped, pfnOf } from "./page-table";
import { pageProtHigh, pageProtOf } from "./protection";
import { isAnonymous } from "./resident";
import { tlbOf } from "./tlb";
import type { Vma } from "./vma";

const ACCESS = vmFlag.READ | vmFlag.WRITE | vmFlag.EXEC;

/** Rewrites the rights of the mapped pages of [start, end). A page of the process's own becomes writable at once; shared ones at a fault. */
function changeProtection(k: KernelContext, vma: Vma, start: number, end: number, flags: number): void {
  const shared = (flags & vmFlag.SHARED) !== 0;
  const unnoticed = shared && isSharedMemory(k, k.vmas.file(vma));
  cutRegions(k, start, end);
  const tlb = tlbOf(k);
  k.pages.walk(start, end, (entry, addr) => {
    const low = k.bytes.u32(entry);
    if (!isMapped(low)) return;
    const common =
      (k.frames.flags(pfnOf(low)) & (pageFlag.zero | pageFlag.unknown | pageFlag.cached | pageFlag.maybeShared)) !== 0;
    const writable = !common || unnoticed || (shared && (low & pte.DIRTY) !== 0);
    const rights = pageProtOf(flags) & (writable ? ~0 : ~pte.RW);
    const after = ((pfnOf(low) << 12) | rights | (low & pte.DIRTY)) >>> 0;
    if (tlb !== undefined && isOutdated(low, k.bytes.u32(entry + 4), after, pageProtHigh(flags)))
      tlb.gather(addr, PAGE_SIZE, strideAt(k, addr));
    k.bytes.putPair(entry, after, pageProtHigh(flags));
  });
  k.host.flush(start, end - start);
  extendHeapRegion(k);
}

/** Whether what was remembered of the entry is wrong now: it was there, and a right is another. arch/x86/include/asm/tlbflush.h: pte_needs_flush. */
function isOutdated(low: number, high: number, lowAfter: number, highAfter: number): boolean {
  const rights = pte.PRESENT | pte.RW | pte.USER;
  return (low & pte.PRESENT) !== 0 && (((low ^ lowAfter) & rights) !== 0 || high !== highAfter);
}

function protectOne(k: KernelContext, vma: Vma, start: number, end: number, access: number): number {
  const before = k.vmas.flags(vma);
  let flags = ((before & ~ACCESS) | access) >>> 0;
  k.note("Protect", start, flags);
  if (flags === before) return 0;
  const pages = (end - start) / PAGE_SIZE;
  let [promisedNow, takenBack] = [0, 0];
  if ((flags & vmFlag.WRITE) !== 0) {
    // The limits count the pages once more; whoever is over them already may go on.
    if (!mayExpand(k, flags, pages) && mayExpand(k, before, pages)) return -errno.ENOMEM;
    const promised = vmFlag.ACCOUNT | vmFlag.WRITE | vmFlag.SHARED | vmFlag.NORESERVE;
    if ((before & promised) === 0) {
      if (!commit(k, pages)) return -errno.ENOMEM;
      promisedNow = pages;
      flags |= vmFlag.ACCOUNT;
    }
  } else if ((before & vmFlag.ACCOUNT) !== 0 && isAnonymous(k, vma) && k.vmas.anonVma(vma) === 0) {
    flags &= ~vmFlag.ACCOUNT;
    takenBack = pages;
  }
  const changed = modifyVma(k, vma, start, end, flags >>> 0);
  uncommit(k, changed === 0 ? promisedNow : takenBack);
  if (changed === 0) return -errno.ENOMEM;
  accountVm(k, before, -pages);
  accountVm(k, flags, pages);
  changeProtection(k, changed, start, end, flags >>> 0);
  return 0;
}

export function mprotect(k: KernelContext, addr: number, length: number, prot: number): number {
  if ((prot & ~(protBit.READ | protBit.WRITE | protBit.EXEC)) !== 0 || addr % PAGE_SIZE !== 0) return -errno.EINVAL;
  if (length === 0) return 0;
  const end = addr + pageUp(length);
  if (end >= 2 ** 64) return -errno.ENOMEM;
  const status = protectRange(k, addr, end, prot);
  tlbOf(k)?.flush();
  return status;
}

function protectRange(k: KernelContext, addr: number, end: number, prot: number): number {
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
