/**
 * What a fault puts into a page-table entry: a page of the file's cache, a page of the process's own, or a copy of one that others may not
 * see change. mm/memory.c.
 */
import { pageFlag, pte, vmFlag } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { assert } from "../base";
import { prepareAnonVma } from "./anon-vma";
import { type KernelContext, mmGet } from "./context";
import { extendHeapRegion } from "./hot";
import { breakHuge, HUGE_BYTES, hugeStart, isHuge } from "./huge";
import { fileIndex, findCached, isSharedMemory, makeCached } from "./page-cache";
import { pfnOf } from "./page-table";
import { pageProtHigh, pageProtOf } from "./protection";
import { addResident, releasePage } from "./resident";
import { tlbOf } from "./tlb";
import type { Vma } from "./vma";

/** Writes an entry with the mapping's rights; `extra` says whether it may be written. */
export function setEntry(k: KernelContext, vma: Vma, addr: number, entry: number, pfn: number, extra: number): void {
  const flags = k.vmas.flags(vma);
  const low = ((pfn << 12) | (pageProtOf(flags) & ~pte.RW) | extra) >>> 0;
  k.noteEntry("EntryWritten", low, pageProtHigh(flags), addr);
  k.bytes.putPair(entry, low, pageProtHigh(flags));
}

/** Maps a page of the file's cache, adding it there. False when no frame is left. mm/memory.c: do_shared_fault, finish_fault. */
export function mapCached(k: KernelContext, vma: Vma, addr: number, entry: number, extra: number): boolean {
  const file = k.vmas.file(vma);
  const index = fileIndex(k, vma, addr);
  const known = findCached(k, file, index);
  const pfn = known < 0 ? makeCached(k, file, index) : known;
  if (pfn < 0) return false;
  k.asks("PageCached", known >= 0, index, pfn);
  const shared = isSharedMemory(k, file);
  // Writes to shared memory need not be noticed: nothing writes it back, so that a read maps it writable at once.
  const writable = vmFlag.SHARED | vmFlag.WRITE;
  const ready = shared && (k.vmas.flags(vma) & writable) === writable ? pte.RW : 0;
  setEntry(k, vma, addr, entry, pfn, extra | ready);
  k.frames.addUser(pfn, 1);
  if ((extra & pte.DIRTY) !== 0) k.frames.setFlags(pfn, k.frames.flags(pfn) | pageFlag.dirty);
  addResident(k, shared ? "rss_shmem" : "rss_file", 1);
  return true;
}

/** A page of the process's own: a frame with what `source` holds, −1 for zeroes. An anonymous source is counted already. False when no frame is left. */
export function ownPage(k: KernelContext, vma: Vma, addr: number, entry: number, source = -1): boolean {
  const shared = (k.vmas.flags(vma) & vmFlag.SHARED) !== 0;
  if (!shared && !prepareAnonVma(k, vma)) return false;
  const flag = shared ? pageFlag.sharedMemory : pageFlag.anon;
  const heapStart = mmGet(k, "start_brk");
  const inHeap = addr >= heapStart && addr < mmGet(k, "brk");
  const pfn = inHeap
    ? k.frames.allocateHeap(flag, addr / PAGE_SIZE, (addr - heapStart) / PAGE_SIZE)
    : k.frames.allocate(flag, addr / PAGE_SIZE);
  if (pfn < 0) return false;
  const writable = (k.vmas.flags(vma) & vmFlag.WRITE) !== 0;
  if (source >= 0) copyPage(k, source, pfn);
  // A page that the loader wrote before the mapping lost the right is dirty all the same.
  setEntry(k, vma, addr, entry, pfn, writable ? pte.RW | pte.DIRTY : pte.DIRTY);
  if (source < 0 || (k.frames.flags(source) & pageFlag.anon) === 0) addResident(k, shared ? "rss_shmem" : "rss_anon", 1);
  if (inHeap) extendHeapRegion(k);
  return true;
}

/** The page of the mapping's file in the page cache: what a private copy begins with; −1 when there is none. */
export function cachedPage(k: KernelContext, vma: Vma, addr: number): number {
  const file = k.vmas.file(vma);
  return file === 0 ? -1 : findCached(k, file, fileIndex(k, vma, addr));
}

function copyPage(k: KernelContext, source: number, pfn: number): void {
  k.note("PageCopied", source, pfn);
  for (let at = 0; at < PAGE_SIZE; at += 8) {
    const [low, high] = [k.bytes.u32(k.frames.offset(source) + at), k.bytes.u32(k.frames.offset(source) + at + 4)];
    if (low !== 0 || high !== 0) k.bytes.putPair(k.frames.offset(pfn) + at, low, high);
  }
}

/**
 * A write to a page that is mapped read-only: the zero page, a file's page, one that a fork shared, or its own page that lost and regained
 * the right. The last user of a shared page keeps it. mm/memory.c: do_wp_page, wp_can_reuse_anon_folio, wp_page_copy.
 */
export function copyOnWrite(k: KernelContext, vma: Vma, addr: number, entry: number, low: number): boolean {
  const pfn = pfnOf(low);
  const flags = k.frames.flags(pfn);
  const own = (flags & (pageFlag.zero | pageFlag.unknown | pageFlag.cached)) === 0;
  const huge = own && (flags & pageFlag.maybeShared) !== 0 && isHuge(k, addr);
  const mine = own && ((flags & pageFlag.maybeShared) === 0 || isMineAlone(k, addr, pfn));
  if (k.asks("WpReuse", mine, pfn, k.frames.refcount(pfn))) return huge ? reuseHuge(k, vma, addr) : reuse(k, vma, addr, entry);
  if (huge) breakHuge(k, addr);
  k.note("CopyPage", addr, pfn);
  const source = (flags & (pageFlag.zero | pageFlag.unknown)) === 0 ? pfn : -1;
  if (!ownPage(k, vma, addr, entry, source)) return false;
  if ((flags & (pageFlag.unknown | pageFlag.file)) !== 0) addResident(k, "rss_file", -1);
  if ((flags & pageFlag.cached) !== 0) k.frames.addUser(pfn, -1);
  else if ((flags & pageFlag.anon) !== 0) releasePage(k, pfn);
  k.host.flush(addr, PAGE_SIZE);
  tlbOf(k)?.flushRange(addr, PAGE_SIZE);
  return true;
}

/** The page stays and may be written again. */
function reuse(k: KernelContext, vma: Vma, addr: number, entry: number): true {
  const pfn = pfnOf(k.bytes.u32(entry));
  k.frames.setShared(pfn, false);
  setEntry(k, vma, addr, entry, pfn, pte.RW | pte.DIRTY);
  extendHeapRegion(k);
  return true;
}

function reuseHuge(k: KernelContext, vma: Vma, addr: number): true {
  const start = hugeStart(addr);
  k.pages.walk(start, start + HUGE_BYTES, (entry, at) => void reuse(k, vma, at, entry));
  k.host.flush(start, HUGE_BYTES);
  return true;
}

/**
 * Whether no other process maps the page any more. Pages that were one huge page are judged together: none of them may be mapped elsewhere,
 * and a single one that is left is not worth keeping. mm/memory.c: __wp_can_reuse_large_anon_folio.
 */
function isMineAlone(k: KernelContext, addr: number, pfn: number): boolean {
  const huge = k.frames.hugeOf(pfn);
  if (huge === 0) return k.frames.refcount(pfn) === 1;
  let [mine, users] = [0, 0];
  k.pages.walk(hugeStart(addr), hugeStart(addr) + HUGE_BYTES, (entry) => {
    const part = pfnOf(k.bytes.u32(entry));
    if (k.frames.hugeOf(part) !== huge) return;
    mine++;
    users += k.frames.refcount(part);
  });
  return users === mine && mine > 1;
}

/** A private copy of a page, made before the mapping got its present rights (relocations, then mprotect). False when no frame is left. */
export function installPrivatePage(k: KernelContext, addr: number): boolean {
  const vma = k.vmas.find(addr);
  const entry = k.pages.make(addr);
  assert(vma !== 0 && k.vmas.start(vma) <= addr, "a private page needs a mapping");
  if (k.vmas.file(vma) === 0) k.note("AnonymousPage", addr, 1);
  else k.note("CowFault", addr, fileIndex(k, vma, addr));
  return entry !== 0 && ownPage(k, vma, addr, entry, cachedPage(k, vma, addr));
}

/** Puts a page of the program's file in memory and in place, for its bytes to be filled in. Linear offset of its frame; −1 when no frame is left. */
export function installFilePage(k: KernelContext, addr: number): number {
  const vma = k.vmas.find(addr);
  const entry = k.pages.make(addr);
  assert(vma !== 0 && k.vmas.start(vma) <= addr && entry !== 0, "a file page needs a mapping");
  if (!mapCached(k, vma, addr, entry, 0)) return -1;
  return k.frames.offset(pfnOf(k.bytes.u32(entry)));
}
