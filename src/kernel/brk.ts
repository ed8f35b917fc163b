/** brk(2): the end of the heap. mm/mmap.c: SYSCALL brk, do_brk_flags. */
import { vmFlag } from "../abi/kernel";
import { STACK_GUARD_GAP_PAGES } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { noAnonVma } from "./anon-vma";
import {
  accountVm,
  commit,
  type KernelContext,
  limitOperand,
  mayExpand,
  mmGet,
  mmSet,
  rlimit,
  uncommit,
  zoneGet,
} from "./context";
import { pageUp } from "./host";
import { placeVma } from "./merge";
import { unmapRange } from "./munmap";
import { startWithGap } from "./unmapped-area";

const HEAP_FLAGS = vmFlag.READ | vmFlag.WRITE | vmFlag.MAYREAD | vmFlag.MAYWRITE | vmFlag.MAYEXEC | vmFlag.ACCOUNT;

/** Sets the break to `addr` if the rules allow; returns the break as it then is. */
export function brk(k: KernelContext, addr: number): number {
  const old = mmGet(k, "brk");
  const start = mmGet(k, "start_brk");
  k.note("Brk", addr, old);
  if (!k.asks("BrkAboveStart", addr >= start, addr, start)) return old;
  const dataBytes = addr - start + (mmGet(k, "end_data") - mmGet(k, "start_data"));
  const limit = rlimit(k, "rlimit_data");
  if (!k.asks("BrkDataLimit", dataBytes <= limit, dataBytes, limitOperand(limit))) return old;
  const oldEnd = pageUp(old);
  const newEnd = pageUp(addr);
  const shrinks = k.asks("BrkShrinks", newEnd < oldEnd, newEnd, oldEnd);
  if (shrinks ? !shrink(k, newEnd, oldEnd) : newEnd > oldEnd && !grow(k, oldEnd, newEnd)) return old;
  k.note("BrkSet", addr);
  mmSet(k, "brk", addr);
  return addr;
}

function shrink(k: KernelContext, newEnd: number, oldEnd: number): boolean {
  const vma = k.vmas.find(newEnd);
  return vma !== 0 && k.vmas.start(vma) < oldEnd && unmapRange(k, newEnd, oldEnd) === 0;
}

/** One page above the new end must stay free, and a stack its guard gap. Grows the VMA below unless that lies under start_brk. */
function grow(k: KernelContext, oldEnd: number, newEnd: number): boolean {
  if (newEnd > mmGet(k, "task_size")) return false;
  const above = k.vmas.find(oldEnd);
  const reach = newEnd + PAGE_SIZE;
  const near = above !== 0 && k.vmas.start(above) < reach + STACK_GUARD_GAP_PAGES * PAGE_SIZE && reach > startWithGap(k, above);
  if (!k.asks("BrkRoom", !near, newEnd, above === 0 ? 0 : k.vmas.start(above))) return false;
  const pages = (newEnd - oldEnd) / PAGE_SIZE;
  const flags = HEAP_FLAGS | mmGet(k, "def_flags");
  if (!mayExpand(k, flags, pages) || mmGet(k, "map_count") > zoneGet(k, "max_map_count") || !commit(k, pages)) return false;
  const below = k.vmas.before(above);
  const prev = below !== 0 && k.vmas.end(below) > mmGet(k, "start_brk") ? below : 0;
  const range = { start: oldEnd, end: newEnd, flags, pgoff: oldEnd / PAGE_SIZE, file: 0, ...noAnonVma };
  if (!placeVma(k, prev, range, 0)) {
    uncommit(k, pages);
    return false;
  }
  accountVm(k, flags, pages);
  return true;
}
