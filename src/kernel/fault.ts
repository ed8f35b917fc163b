/**
 * Page faults: what happens when the process touches a page that is not there, or not with that right.
 *
 *   no VMA ──► stack can grow? ──no──► SIGSEGV MAPERR
 *     │              └─yes─┐
 *   VMA without the right ─┼─────────► SIGSEGV ACCERR
 *     │                    │
 *   anonymous, read        ▼ zero page          anonymous, write ─► a zeroed frame of its own
 *   file, read             ▼ up to 16 pages     private file or zero page, write ─► a private copy
 *
 * arch/x86/mm/fault.c: do_user_addr_fault; mm/memory.c: do_anonymous_page, do_cow_fault, do_fault_around, do_wp_page.
 */
import { control, stop } from "../abi/control";
import { fileKind, fileStruct, pageFlag, pte, vmFlag } from "../abi/kernel";
import { BUS_ADRERR, segvCode, signalNumber, STACK_GUARD_GAP_PAGES } from "../abi/linux";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { prepareAnonVma } from "./anon-vma";
import {
  accountVm,
  commit,
  type KernelContext,
  limitOperand,
  mayExpand,
  mmAdd,
  mmGet,
  rlimit,
  roomForVmas,
  zoneGet,
} from "./context";
import { pageDown } from "./host";
import { extendHeapRegion } from "./hot";
import { HUGE_BYTES, hugeStart, isHuge, markHuge, suitsHuge } from "./huge";
import { setStart } from "./merge";
import { badness, oomKill } from "./oom";
import { cachedPage, copyOnWrite, mapCached, ownPage, setEntry } from "./own-page";
import { fileIndex, hasPageCache, isCached, pagesOfFile } from "./page-cache";
import { isMapped, pfnOf } from "./page-table";
import { isAccessible } from "./protection";
import { addResident, isAnonymous } from "./resident";
import { runningTask } from "./task";
import { tlbOf } from "./tlb";
import type { Vma } from "./vma";

/** First address that is not canonical: bit 47 decides. */
const CANONICAL_END = 2 ** 47;
const KERNEL_START = 2 ** 64 - 2 ** 47;
const FAULT_AROUND_PAGES = 16;
const PTE_TABLE_BYTES = 512 * PAGE_SIZE;

/**
 * Pages of [vvar] that exist: the clock's and the random generator's. The one between them is there only inside a time namespace, the one
 * behind them not on x86. lib/vdso/datastore.c: vvar_fault.
 */
const kernelDataPages: ReadonlySet<number> = new Set([0, 2]);

/** Resolves a fault at `addr`. False when it is fatal: the control block tells why. */
export function handleFault(k: KernelContext, addr: number, write: boolean): boolean {
  const access = write ? 1 : 0;
  if (addr >= CANONICAL_END && addr < KERNEL_START) {
    k.note("GeneralProtection", addr, access);
    return segv(k, segvCode.SI_KERNEL, 0, write);
  }
  k.note("UserFault", addr, access);
  const taskSize = mmGet(k, "task_size");
  if (!k.asks("BelowTaskSize", addr < taskSize, addr, taskSize)) return badArea(k, addr, write);
  const vma = k.vmas.find(addr);
  const start = vma === 0 ? 0 : k.vmas.start(vma);
  const found = k.asks("FindVma", vma !== 0 && start <= addr, start, vma === 0 ? 0 : k.vmas.end(vma));
  if (!found && (vma === 0 || !growStack(k, vma, pageDown(addr)))) return badArea(k, addr, write);
  const flags = k.vmas.flags(vma);
  if (!k.asks("AccessAllowed", write ? (flags & vmFlag.WRITE) !== 0 : isAccessible(flags), flags, access)) {
    k.note("BadAccess", addr, access);
    return segv(k, segvCode.ACCERR, addr, write);
  }
  k.note("HandleFault", addr, access);
  if (hasNoPage(k, vma, addr)) {
    missPage(k, vma, pageDown(addr), write);
    k.note("SigBus", addr, access);
    report(k, signalNumber.SIGBUS, BUS_ADRERR, addr, write);
    return false;
  }
  mmAdd(k, "min_flt", 1);
  while (!touchPage(k, vma, pageDown(addr), write)) if (!makeRoom(k, addr, write)) return false;
  k.note("FaultCounted", mmGet(k, "min_flt"));
  return true;
}

/** Nothing is mapped there. arch/x86/mm/fault.c: bad_area_nosemaphore. */
function badArea(k: KernelContext, addr: number, write: boolean): false {
  k.note("BadArea", addr, write ? 1 : 0);
  return segv(k, segvCode.MAPERR, addr, write);
}

/**
 * Before a write to a page that the process may write but whose bytes stand for other frames too: it gets its own. Not the process's matter,
 * so that it is no fault that counts. 1: done, 0: linear memory is full, null: it is something else.
 */
export function unshare(k: KernelContext, addr: number): 0 | 1 | null {
  const entry = addr < mmGet(k, "task_size") ? k.pages.find(addr) : 0;
  const low = entry === 0 ? 0 : k.bytes.u32(entry);
  const writable = pte.PRESENT | pte.RW;
  if ((low & writable) !== writable || !k.frames.isShared(pfnOf(low))) return null;
  if (!k.frames.unshare(pfnOf(low))) {
    k.bytes.put32(machineMemory.control + control.stop, stop.storeFull);
    return 0;
  }
  k.host.flush(pageDown(addr), PAGE_SIZE);
  return 1;
}

/** The processor notes the first write to a clean page in its entry, without the kernel. 1: done, null: it is something else. */
export function noteWrite(k: KernelContext, addr: number): 1 | null {
  const entry = addr < mmGet(k, "task_size") ? k.pages.find(addr) : 0;
  const low = entry === 0 ? 0 : k.bytes.u32(entry);
  if ((low & (pte.PRESENT | pte.RW | pte.USER | pte.DIRTY)) !== (pte.PRESENT | pte.RW | pte.USER)) return null;
  k.bytes.put32(entry, (low | pte.ACCESSED | pte.DIRTY) >>> 0);
  extendHeapRegion(k);
  return 1;
}

/** Past the end of a file whose size is known, or a page of the kernel's that does not exist: the fault answers VM_FAULT_SIGBUS. */
function hasNoPage(k: KernelContext, vma: Vma, addr: number): boolean {
  const file = k.vmas.file(vma);
  if (file === 0) return false;
  const kind = k.bytes.u32(file + fileStruct.kind);
  if (kind === fileKind.absent) return true;
  if (kind === fileKind.pfnmap) return !kernelDataPages.has(fileIndex(k, vma, addr));
  const size = pagesOfFile(k, file);
  return size !== 0 && fileIndex(k, vma, addr) >= size;
}

/** What such a fault leaves all the same: upper page tables, mapped neighbours of a page read, the anon_vma for a private copy. */
function missPage(k: KernelContext, vma: Vma, addr: number, write: boolean): void {
  const shared = (k.vmas.flags(vma) & vmFlag.SHARED) !== 0;
  k.note("WalkTables", addr, k.pages.levels());
  k.pages.makeUpper(addr);
  fileFault(k, vma, addr, write, false);
  if (write && !shared) prepareAnonVma(k, vma);
  if (!write && hasPageCache(k, k.vmas.file(vma))) mapAround(k, vma, addr);
}

/** Which of the three ways a page of a file comes: read, copied or shared. mm/memory.c: do_fault. */
function fileFault(k: KernelContext, vma: Vma, addr: number, write: boolean, inFile: boolean): void {
  const shared = (k.vmas.flags(vma) & vmFlag.SHARED) !== 0;
  const [index, size] = [fileIndex(k, vma, addr), pagesOfFile(k, k.vmas.file(vma))];
  k.note(!write ? "ReadFault" : shared ? "SharedFault" : "CowFault", addr, index);
  if (size > 0 || !inFile) k.asks("PageInFile", inFile, index, size);
}

function report(k: KernelContext, signal: number, code: number, addr: number, write: boolean): void {
  const block = machineMemory.control;
  k.bytes.put32(block + control.signal, signal);
  k.bytes.put32(block + control.signalCode, code);
  k.bytes.put64(block + control.signalAddr, addr);
  k.bytes.put32(block + control.signalWrite, write ? 1 : 0);
}

function segv(k: KernelContext, code: number, addr: number, write: boolean): false {
  report(k, signalNumber.SIGSEGV, code, addr, write);
  return false;
}

/**
 * No frame left: the kernel picks a process to kill. True when that was another one and the fault can be tried again. Where it is linear
 * memory that is full, the simulation ends and not the process.
 */
function makeRoom(k: KernelContext, addr: number, write: boolean): boolean {
  const killed = k.frames.exhausted();
  k.note("OutOfMemory", addr);
  k.asks("OomKills", killed, badness(k), mmGet(k, "total_vm"));
  if (killed && oomKill(k) !== runningTask(k)) return true;
  report(k, killed ? signalNumber.SIGKILL : 0, 0, addr, write);
  k.bytes.put32(machineMemory.control + control.stop, killed ? stop.outOfMemory : stop.storeFull);
  return false;
}

/** Extends a GROWSDOWN mapping to the touched page. mm/vma.c: expand_downwards, acct_stack_growth. */
function growStack(k: KernelContext, vma: Vma, addr: number): boolean {
  const v = k.vmas;
  const flags = v.flags(vma);
  k.note("ExpandStack", addr, v.start(vma));
  const growsDown = (flags & vmFlag.GROWSDOWN) !== 0 && addr >= zoneGet(k, "mmap_min_addr");
  if (!k.asks("GrowsDown", growsDown, v.start(vma))) return false;
  const below = v.prev(vma);
  if (below !== 0 && (v.flags(below) & vmFlag.GROWSDOWN) === 0 && isAccessible(v.flags(below))) {
    const gap = addr - v.end(below);
    if (!k.asks("GuardGap", gap >= STACK_GUARD_GAP_PAGES * PAGE_SIZE, gap, v.end(below))) return false;
  }
  // Even when a limit or the mapping's rights forbid the rest: the lock that growing takes is the anon_vma's.
  prepareAnonVma(k, vma);
  if (!roomForVmas(k, 0)) return false;
  const pages = (v.start(vma) - addr) / PAGE_SIZE;
  const [bytes, limit] = [v.end(vma) - addr, rlimit(k, "rlimit_stack")];
  if (!k.asks("StackLimit", bytes <= limit, bytes, limitOperand(limit))) return false;
  if (!mayExpand(k, flags, pages) || !commit(k, pages)) return false;
  accountVm(k, flags, pages);
  setStart(k, vma, addr);
  k.note("StackGrown", addr, pages);
  return true;
}

/** Brings one page in; false when no frame is left. */
function touchPage(k: KernelContext, vma: Vma, addr: number, write: boolean): boolean {
  k.note("WalkTables", addr, k.pages.levels());
  if (!k.pages.makeUpper(addr)) return false;
  if (k.asks("HugeWanted", suitsHuge(k, vma, addr), hugeStart(addr)) && mapHuge(k, vma, addr, write)) return true;
  k.note("PteFault", addr, Math.floor(addr / PAGE_SIZE) % 512);
  const entry = k.pages.make(addr, true);
  if (entry === 0) return false;
  const low = k.bytes.u32(entry);
  if (k.asks("EntryEmpty", !isMapped(low), low)) return missingPage(k, vma, addr, entry, write);
  if (k.asks("EntryForbidsWrite", write, low, write ? 1 : 0)) return writeProtected(k, vma, addr, entry, low);
  setEntry(k, vma, addr, entry, pfnOf(low), low & (pte.RW | pte.DIRTY));
  return true;
}

/** The entry is empty. mm/memory.c: do_pte_missing. */
function missingPage(k: KernelContext, vma: Vma, addr: number, entry: number, write: boolean): boolean {
  if (k.asks("MappingAnonymous", isAnonymous(k, vma), k.vmas.pgoff(vma))) {
    k.note("AnonymousPage", addr, write ? 1 : 0);
    const zero = zoneGet(k, "zero_pfn");
    if (!k.asks("OnlyRead", !write, write ? 1 : 0, zero)) return ownPage(k, vma, addr, entry);
    setEntry(k, vma, addr, entry, zero, 0);
    return true;
  }
  fileFault(k, vma, addr, write, true);
  const cache = hasPageCache(k, k.vmas.file(vma));
  if (!write) {
    mapAround(k, vma, addr);
    return !cache || isMapped(k.bytes.u32(entry)) || mapCached(k, vma, addr, entry, 0);
  }
  const shared = (k.vmas.flags(vma) & vmFlag.SHARED) !== 0;
  return shared && cache
    ? mapCached(k, vma, addr, entry, pte.RW | pte.DIRTY)
    : ownPage(k, vma, addr, entry, cachedPage(k, vma, addr));
}

/** The entry is there and forbids the write. mm/memory.c: do_wp_page. */
function writeProtected(k: KernelContext, vma: Vma, addr: number, entry: number, low: number): boolean {
  const pfn = pfnOf(low);
  k.note("WriteProtected", addr, pfn);
  const shared = (k.vmas.flags(vma) & vmFlag.SHARED) !== 0;
  if (!k.asks("WpShared", shared && hasPageCache(k, k.vmas.file(vma)), pfn)) return copyOnWrite(k, vma, addr, entry, low);
  setEntry(k, vma, addr, entry, pfn, pte.RW | pte.DIRTY);
  k.frames.setFlags(pfn, k.frames.flags(pfn) | pageFlag.dirty);
  return true;
}

/** Where nothing is yet, or one zero page for all: brings 2 MiB in at once. False when that is not so, or the page itself found no frame. */
function mapHuge(k: KernelContext, vma: Vma, addr: number, write: boolean): boolean {
  const isZero = (): boolean => (k.frames.flags(pfnOf(k.bytes.u32(k.pages.find(addr)))) & pageFlag.zero) !== 0;
  if (k.pages.find(addr) !== 0 && !(write && isHuge(k, addr) && isZero())) return false;
  const start = hugeStart(addr);
  k.note("HugePage", start, write ? 1 : 0);
  if (!prepareAnonVma(k, vma)) return false;
  if (k.pages.find(addr) !== 0) tlbOf(k)?.flushRange(start, HUGE_BYTES);
  let head = 0;
  for (let page = start; page < start + HUGE_BYTES; page += PAGE_SIZE) {
    const entry = k.pages.make(page);
    if (entry === 0 || (write && !ownPage(k, vma, page, entry))) break;
    if (!write) setEntry(k, vma, page, entry, zoneGet(k, "zero_pfn"), 0);
    else k.frames.setHugeOf(pfnOf(k.bytes.u32(entry)), (head ||= pfnOf(k.bytes.u32(entry)) + 1));
  }
  markHuge(k, addr, true);
  k.note("HugeMapped", start, HUGE_BYTES / PAGE_SIZE);
  k.host.flush(start, HUGE_BYTES);
  const entry = k.pages.find(addr);
  return entry !== 0 && isMapped(k.bytes.u32(entry));
}

/** Maps the aligned group of 16 file pages around the touched one, inside the mapping and its page table. */
function mapAround(k: KernelContext, vma: Vma, addr: number): void {
  const kind = k.bytes.u32(k.vmas.file(vma) + fileStruct.kind);
  const group = FAULT_AROUND_PAGES * PAGE_SIZE;
  const table = Math.floor(addr / PTE_TABLE_BYTES) * PTE_TABLE_BYTES;
  const file = k.vmas.file(vma);
  const cache = hasPageCache(k, file);
  const around = kind === fileKind.regular || kind === fileKind.sharedMemory;
  const from = around ? Math.max(Math.floor(addr / group) * group, k.vmas.start(vma), table) : addr;
  const to = around ? Math.min(from + group, k.vmas.end(vma), table + PTE_TABLE_BYTES) : addr + PAGE_SIZE;
  const unknown = zoneGet(k, "unknown_pfn");
  k.asks("AroundWanted", around, from, (to - from) / PAGE_SIZE);
  let mapped = 0;
  let cached = 0;
  for (let page = from; page < to; page += PAGE_SIZE) {
    if (cache) {
      const entry = isCached(k, file, fileIndex(k, vma, page)) ? k.pages.make(page) : 0;
      if (entry !== 0 && !isMapped(k.bytes.u32(entry)) && mapCached(k, vma, page, entry, 0)) cached++;
      continue;
    }
    const entry = k.pages.find(page);
    if (entry === 0 || isMapped(k.bytes.u32(entry))) continue;
    const known = cachedPage(k, vma, page);
    setEntry(k, vma, page, entry, known < 0 ? unknown : known, 0);
    if (known >= 0) k.frames.addUser(known, 1);
    mapped++;
  }
  k.asks("AroundMapped", isMapped(k.bytes.u32(k.pages.find(addr))), mapped + cached, addr);
  if (kind !== fileKind.pfnmap) addResident(k, "rss_file", mapped);
}
