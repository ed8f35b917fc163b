/**
 * fork(2): a second process with the same address space. Mappings are copied, pages are not: both processes map the same frames, without
 * the right to write where a write must not be seen by the other.
 *
 *   mapping of the parent            what the child has
 *   MADV_DONTFORK                    nothing
 *   MADV_WIPEONFORK                  the mapping, untouched
 *   no page of its own, or shared    the mapping; its page tables are filled by faults
 *   the rest                         the same pages, write-protected in both
 *
 * mm/mmap.c: dup_mmap; mm/rmap.c: anon_vma_fork; mm/memory.c: copy_page_range; kernel/exit.c: exit_mm.
 */
import { fileKind, fileStruct, mmOfRow, mmStruct, pageFlag, pte, taskState, vmFlag } from "../abi/kernel";
import { errno } from "../abi/linux";
import { mapleFlag } from "../abi/maple";
import { anonVmaOf, forkAnonVma } from "./anon-vma";
import { accountVm, allMms, commit, type KernelContext, mmGet, mmSet, roomForVmas, uncommit, vmaPages } from "./context";
import { cutRegions } from "./hot";
import { dropIfUnused, isSharedMemory } from "./page-cache";
import { isMapped, pfnOf } from "./page-table";
import { pageProtOf } from "./protection";
import { addResident, residentPages, zapPages } from "./resident";
import { becomeZombie, freeTask, runningTask, switchTask, type Task, taskGet, tasks, taskSet } from "./task";
import { tlbOf } from "./tlb";
import type { Vma } from "./vma";

/** Fields that begin anew; the others are the parent's. */
const fresh: ReadonlySet<number> = new Set(
  (
    ["mmap", "map_count", "pgd", "rss_file", "rss_anon", "rss_shmem", "pgtables_bytes", "min_flt", "mm_rb", "ma_root"] as const
  ).map((field) => mmStruct[field]),
);

/** Everything of the parent's mm but what it maps. */
function copyMm(k: KernelContext, from: number, to: number): void {
  for (let field = 0; field < mmStruct.sizeBytes; field += 8) {
    const wanted = fresh.has(field) ? [0, 0] : [k.bytes.u32(from + field), k.bytes.u32(from + field + 4)];
    if (field === mmStruct.ma_flags) wanted[0] = (wanted[0] ?? 0) & ~mapleFlag.heightMask;
    const [low = 0, high = 0] = wanted;
    if (k.bytes.u32(to + field) !== low || k.bytes.u32(to + field + 4) !== high) k.bytes.putPair(to + field, low, high);
  }
}

/** The mapping's entries are worth copying: faults could not bring the same pages in again. mm/memory.c: vma_needs_copy. */
function needsCopy(k: KernelContext, vma: Vma): boolean {
  return (k.vmas.flags(vma) & (vmFlag.PFNMAP | vmFlag.MIXEDMAP)) !== 0 || k.vmas.anonVma(vma) !== 0;
}

/** Shares the pages of a mapping with the child. False when no frame is left for its page tables. */
function copyPages(k: KernelContext, child: number, vma: Vma): boolean {
  const flags = k.vmas.flags(vma);
  const file = k.vmas.file(vma);
  const counted = file === 0 || k.bytes.u32(file + fileStruct.kind) !== fileKind.pfnmap;
  const copiesOnWrite = (flags & (vmFlag.SHARED | vmFlag.MAYWRITE)) === vmFlag.MAYWRITE;
  const come = { rss_anon: 0, rss_file: 0, rss_shmem: 0 };
  let [entries, protectedNow] = [0, 0];
  k.note("CopyRange", k.vmas.start(vma), k.vmas.end(vma));
  k.asks("CowMapping", copiesOnWrite, flags);
  const room = k.pages.copy(child, k.vmas.start(vma), k.vmas.end(vma), (from, to) => {
    const before = k.bytes.u32(from);
    if (!isMapped(before)) return;
    const low = copiesOnWrite ? (before & ~pte.RW) >>> 0 : before;
    entries++;
    if (low !== before) {
      k.bytes.put32(from, low);
      protectedNow++;
    }
    const inherited = low & ~pte.ACCESSED & ((flags & vmFlag.SHARED) !== 0 ? ~pte.DIRTY : ~0);
    k.bytes.putPair(to, inherited >>> 0, k.bytes.u32(from + 4));
    const pfn = pfnOf(low);
    const kind = k.frames.flags(pfn);
    if ((kind & pageFlag.zero) !== 0) return;
    if ((kind & pageFlag.unknown) !== 0) {
      if (counted) come.rss_file++;
      return;
    }
    if ((kind & pageFlag.file) !== 0) come.rss_file++;
    else if ((kind & pageFlag.sharedMemory) !== 0) come.rss_shmem++;
    else come.rss_anon++;
    k.frames.addUser(pfn, 1);
    if ((kind & pageFlag.anon) !== 0) k.frames.setShared(pfn, true);
  });
  k.note("EntriesCopied", entries, protectedNow);
  k.mm.within(child, () => {
    for (const field of ["rss_anon", "rss_file", "rss_shmem"] as const) addResident(k, field, come[field]);
  });
  return room;
}

/** One mapping for the child. False when memory is short or must not be promised. */
function copyVma(k: KernelContext, child: number, vma: Vma): boolean {
  const v = k.vmas;
  const flags = (v.flags(vma) & ~vmFlag.LOCKED) >>> 0;
  const pages = vmaPages(k, vma);
  if (k.asks("DontCopy", (flags & vmFlag.DONTCOPY) !== 0, v.start(vma), v.end(vma))) {
    k.mm.within(child, () => accountVm(k, flags, -pages));
    return true;
  }
  const promised = (flags & vmFlag.ACCOUNT) !== 0 ? pages : 0;
  if (promised > 0 && !commit(k, promised)) return false;
  if (!k.mm.within(child, () => roomForVmas(k, 1))) {
    uncommit(k, promised);
    return false;
  }
  k.note("VmaForked", v.start(vma), v.end(vma));
  const wiped = k.asks("WipedOnFork", (flags & vmFlag.WIPEONFORK) !== 0, v.start(vma));
  const copy = v.create({
    start: v.start(vma),
    end: v.end(vma),
    flags,
    pageProt: pageProtOf(flags),
    pgoff: v.pgoff(vma),
    file: v.file(vma),
  });
  if (!wiped) forkAnonVma(k, copy, anonVmaOf(k, vma));
  k.mm.within(child, () => v.insert(copy));
  return wiped || !k.asks("NeedsCopy", needsCopy(k, vma), v.start(vma)) || copyPages(k, child, vma);
}

/** Fills the child's mm. False when it could not be made whole. mm/mmap.c: dup_mmap. */
function copyMappings(k: KernelContext, child: number): boolean {
  if (!k.mm.within(child, () => k.pages.createTop())) return false;
  k.note("DupMmap", mmGet(k, "map_count"));
  let whole = true;
  for (let vma = k.vmas.first(); vma !== 0 && whole; vma = k.vmas.next(vma)) whole = copyVma(k, child, vma);
  cutRegions(k, 0, Infinity);
  k.host.flush(0, 0);
  tlbOf(k)?.flushAll();
  k.mm.within(child, () => {
    mmSet(k, "hiwater_rss", residentPages(k));
    mmSet(k, "hiwater_vm", mmGet(k, "total_vm"));
  });
  return whole;
}

/** Gives back what an mm maps, and the mm. Nobody runs in it. mm/mmap.c: exit_mmap. */
function freeMm(k: KernelContext, mm: number): void {
  k.host.tlb?.drop(mm);
  const v = k.vmas;
  const released = new Set<number>();
  k.mm.within(mm, () => {
    k.note("ExitMmap", mmGet(k, "map_count"));
    for (let vma = v.first(); vma !== 0; vma = v.first()) {
      const flags = v.flags(vma);
      zapPages(k, vma, v.start(vma), v.end(vma));
      if ((flags & vmFlag.ACCOUNT) !== 0) uncommit(k, vmaPages(k, vma));
      if (isSharedMemory(k, v.file(vma))) released.add(v.file(vma));
      k.note("VmaRemoved", v.start(vma), v.end(vma));
      v.destroy(vma);
    }
    if (mmGet(k, "pgd") === 0) return;
    k.pages.freeTables(0, mmGet(k, "task_size"), 0, Infinity);
    k.pages.freeTop();
  });
  for (let field = 0; field < mmStruct.sizeBytes; field += 8)
    if (k.bytes.u32(mm + field) !== 0 || k.bytes.u32(mm + field + 4) !== 0) k.bytes.putPair(mm + field, 0, 0);
  for (const file of released) dropIfUnused(k, file);
}

/** Where an mm_struct is free: there are as many as tasks. */
function freeMmStruct(k: KernelContext): number {
  const used = allMms(k);
  let row = 0;
  while (used.includes(mmOfRow(row))) row++;
  return mmOfRow(row);
}

/** Ends a process that does not run: what only it used is free again. */
export function endTask(k: KernelContext, task: Task, exitCode: number): void {
  const mm = taskGet(k, task, "mm");
  k.note("DoExit", taskGet(k, task, "pid"));
  k.note("ExitMm");
  taskSet(k, task, "mm", 0);
  const others = tasks(k).filter((each) => taskGet(k, each, "mm") === mm).length;
  if (k.asks("LastUser", others === 0, others)) freeMm(k, mm);
  becomeZombie(k, task, exitCode);
}

/** The child's pid, or −errno. The parent goes on. `sharesMm`: vfork(2), the child borrows the address space. */
export function fork(k: KernelContext, pid: number, sharesMm: boolean): number {
  const parent = runningTask(k);
  const child = freeTask(k);
  k.note("CopyProcess", pid);
  if (!k.asks("TaskAllowed", child >= 0, pid)) return -errno.EAGAIN;
  k.note("CopyMm");
  k.asks("SharesMm", sharesMm, pid);
  const mm = sharesMm ? k.mm.at() : freeMmStruct(k);
  if (!sharesMm) {
    copyMm(k, k.mm.at(), mm);
    if (!copyMappings(k, mm)) {
      freeMm(k, mm);
      return -errno.ENOMEM;
    }
  }
  taskSet(k, child, "state", taskState.running);
  taskSet(k, child, "pid", pid);
  taskSet(k, child, "parent", taskGet(k, parent, "pid"));
  taskSet(k, child, "mm", mm);
  k.note("WakesChild", pid);
  return pid;
}

/** exit_group(2) of the running process, after which another one runs. */
export function exit(k: KernelContext, exitCode: number, next: Task): void {
  const task = runningTask(k);
  switchTask(k, next);
  endTask(k, task, exitCode);
}
