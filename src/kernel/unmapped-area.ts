/** Where a new mapping goes. mm/mmap.c: vm_unmapped_area; arch/x86/kernel/sys_x86_64.c; mm/huge_memory.c: thp_get_unmapped_area. */
import { vmFlag } from "../abi/kernel";
import { errno, STACK_GUARD_GAP_PAGES } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, mmGet, zoneGet } from "./context";
import { pageUp } from "./host";
import type { Vma } from "./vma";

const HUGE_BYTES = 512 * PAGE_SIZE;
/** No 32-bit process has addresses from here on. */
const COMPAT_END = 2 ** 32;

/** Lowest address the VMA claims: below a stack, its guard gap too. */
export function startWithGap(k: KernelContext, vma: Vma): number {
  const start = k.vmas.start(vma);
  return (k.vmas.flags(vma) & vmFlag.GROWSDOWN) !== 0 ? Math.max(0, start - STACK_GUARD_GAP_PAGES * PAGE_SIZE) : start;
}

/**
 * Highest free [addr, addr + length) below `ceiling`; −1 when there is none. As Linux does it, a hit inside the guard gap of the stack above
 * moves the ceiling below that gap, past whatever else lies there; gaps that are too small anyway are not asked.
 */
function fitTopDown(k: KernelContext, length: number, floor: number, ceiling: number): number {
  for (let high = ceiling; ; ) {
    const top = k.vmas.highestGap(length, floor, high);
    if (top < 0) return -1;
    const above = k.vmas.find(top);
    const guard = above === 0 ? Infinity : startWithGap(k, above);
    if (guard >= top) return top - length;
    high = guard;
  }
}

/** Lowest free [addr, addr + length) at or above `floor`; −1 when there is none. */
function fitBottomUp(k: KernelContext, length: number, floor: number, ceiling: number): number {
  for (let low = floor; ; ) {
    const addr = k.vmas.lowestGap(length, low, ceiling);
    if (addr < 0) return -1;
    const above = k.vmas.find(addr);
    if (above === 0 || startWithGap(k, above) >= addr + length) return addr;
    low = k.vmas.end(above);
  }
}

/** First fit in the direction of the layout; when the area below mmap_base is full, bottom-up above a third of the task size. */
function fit(k: KernelContext, length: number): number {
  const taskSize = mmGet(k, "task_size");
  const base = mmGet(k, "mmap_base");
  const minimum = zoneGet(k, "mmap_min_addr");
  if (mmGet(k, "topdown") === 0) return fitBottomUp(k, length, base, taskSize);
  const found = fitTopDown(k, length, minimum, base);
  return found >= 0 ? found : fitBottomUp(k, length, pageUp(taskSize / 3), taskSize);
}

/** What a place is wanted for: the offset in the file in bytes, and whether its pages could be huge ones. */
export interface AreaPurpose {
  readonly kind: "anonymous" | "file" | "sharedMemory";
  readonly offset: number;
}

/** The hint when [hint, hint + length) is free, else the first fit; −1 when there is none. */
function hintOrFit(k: KernelContext, hint: number, length: number): number {
  const taskSize = mmGet(k, "task_size");
  if (length > taskSize) return -1;
  if (hint !== 0 && hint + length <= taskSize) {
    const vma = k.vmas.find(hint);
    const free = vma === 0 || hint + length <= startWithGap(k, vma);
    if (k.asks("HintFree", free, hint, vma === 0 ? 0 : k.vmas.start(vma))) return hint;
  }
  return fit(k, length);
}

/**
 * A place whose addresses agree with the file's offsets modulo 2 MiB, so that huge pages could stand there; −1 when none is wanted or
 * found. Anonymous memory asks for it only in whole 2 MiB and without a hint; a 32-bit process never. mm/huge_memory.c: __thp_get_unmapped_area.
 */
function fitHuge(k: KernelContext, hint: number, length: number, { kind, offset }: AreaPurpose): number {
  if (kind === "sharedMemory" || mmGet(k, "task_size") <= COMPAT_END) return -1;
  if (kind === "anonymous" && (hint !== 0 || length % HUGE_BYTES !== 0)) return -1;
  if (offset + length - Math.ceil(offset / HUGE_BYTES) * HUGE_BYTES < HUGE_BYTES) return -1;
  const padded = hintOrFit(k, hint, length + HUGE_BYTES);
  if (padded < 0 || (hint !== 0 && padded === hint)) return padded;
  const missing = (HUGE_BYTES + (offset % HUGE_BYTES) - (padded % HUGE_BYTES)) % HUGE_BYTES;
  return missing === 0 && mmGet(k, "topdown") !== 0 ? padded + HUGE_BYTES : padded + missing;
}

/** An address for `length` bytes (whole pages), or −errno. `hint` is taken when the range there is free. */
export function getUnmappedArea(k: KernelContext, hint: number, length: number, purpose: AreaPurpose): number {
  k.note("UnmappedArea", length, mmGet(k, "mmap_base"));
  if (length > mmGet(k, "task_size")) return -errno.ENOMEM;
  const huge = fitHuge(k, hint, length, purpose);
  const addr = huge >= 0 ? huge : hintOrFit(k, hint, length);
  return k.asks("AreaFound", addr >= 0, Math.max(0, addr), Math.max(0, addr) + length) ? addr : -errno.ENOMEM;
}
