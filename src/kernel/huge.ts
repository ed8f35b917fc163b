/**
 * Transparent huge pages of anonymous memory: one fault brings in the whole aligned 2 MiB. The entry of the table above is marked; below it
 * stand 512 ordinary entries, as behind a huge page that Linux has split, because translation goes by 4 KiB. A change to a part of it, or a
 * mapping's border inside it, takes the mark away. mm/huge_memory.c: do_huge_pmd_anonymous_page, __split_huge_pmd.
 */
import { pte, vmFlag } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, zoneGet } from "./context";
import { tlbOf } from "./tlb";
import type { Vma } from "./vma";

export const HUGE_BYTES = 512 * PAGE_SIZE;

/** vm.transparent_hugepage/enabled, as the zone keeps it. */
export const hugePages = { never: 0, madvise: 1, always: 2 } as const;

export function hugeStart(addr: number): number {
  return addr - (addr % HUGE_BYTES);
}

/** Whether the mapping may have huge pages: anonymous, and the setting or its own wish says so. */
function wantsHuge(k: KernelContext, vma: Vma): boolean {
  const mode = zoneGet(k, "transparent_hugepage");
  const flags = k.vmas.flags(vma);
  const wanted = mode === hugePages.always || (mode === hugePages.madvise && (flags & vmFlag.HUGEPAGE) !== 0);
  return wanted && (flags & vmFlag.NOHUGEPAGE) === 0 && k.vmas.file(vma) === 0;
}

/**
 * What smaps says of whether one of them fits into the mapping: the last 2 MiB of it are tried. Where it ends below the first 2 MiB the
 * kernel's subtraction wraps, and the answer is yes. mm/huge_memory.c: __thp_vma_allowable_orders.
 */
export function fitsHuge(k: KernelContext, vma: Vma): boolean {
  const end = k.vmas.end(vma);
  return wantsHuge(k, vma) && (end < HUGE_BYTES || hugeStart(end - HUGE_BYTES) >= k.vmas.start(vma));
}

/** Whether the 2 MiB around the address may be one page: wanted, and all inside the mapping. */
export function suitsHuge(k: KernelContext, vma: Vma, addr: number): boolean {
  const start = hugeStart(addr);
  return wantsHuge(k, vma) && start >= k.vmas.start(vma) && start + HUGE_BYTES <= k.vmas.end(vma);
}

export function isHuge(k: KernelContext, addr: number): boolean {
  const entry = k.pages.upper(addr);
  return entry !== 0 && (k.bytes.u32(entry) & pte.HUGE) !== 0;
}

/** Bytes that the entry of a page maps: more where it is a part of a huge page. */
export function strideAt(k: KernelContext, addr: number): number {
  return isHuge(k, addr) ? HUGE_BYTES : PAGE_SIZE;
}

export function markHuge(k: KernelContext, addr: number, huge: boolean): void {
  const entry = k.pages.upper(addr);
  const low = entry === 0 ? 0 : k.bytes.u32(entry);
  if (low !== 0 && ((low & pte.HUGE) !== 0) !== huge) k.bytes.put32(entry, (huge ? low | pte.HUGE : low & ~pte.HUGE) >>> 0);
}

/** Makes 512 pages of a huge one, if it is one. */
export function breakHuge(k: KernelContext, addr: number): void {
  if (!isHuge(k, addr)) return;
  markHuge(k, addr, false);
  tlbOf(k)?.flushRange(hugeStart(addr), HUGE_BYTES);
}

/** A border inside a huge page makes 512 pages of it. */
export function splitHuge(k: KernelContext, ...borders: readonly number[]): void {
  for (const border of borders) if (border % HUGE_BYTES !== 0) breakHuge(k, border);
}
