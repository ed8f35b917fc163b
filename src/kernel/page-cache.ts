/**
 * Pages of files: for each file a radix tree from page index to frame, 512 entries a node, as many levels as the machine needs.
 * Regular files whose size is known are in memory as a whole, as after a first read: a frame is made when a page is first mapped.
 * Shared memory holds exactly the pages that were touched. mm/filemap.c, mm/shmem.c.
 */
import { fileKind, fileStruct, pageFlag } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { allMms, type KernelContext } from "./context";
import type { Vma } from "./vma";

const NODE_ENTRIES = 512;
const LEVELS = 3;

function kindOf(k: KernelContext, file: number): number {
  return k.bytes.u32(file + fileStruct.kind);
}

/** Files with a page cache: shared memory, and regular files of known size. The others' contents are unknown. */
export function hasPageCache(k: KernelContext, file: number): boolean {
  if (file === 0) return false;
  const kind = kindOf(k, file);
  return kind === fileKind.sharedMemory || (kind === fileKind.regular && k.bytes.u64(file + fileStruct.i_size) !== 0);
}

export function isSharedMemory(k: KernelContext, file: number): boolean {
  return file !== 0 && kindOf(k, file) === fileKind.sharedMemory;
}

/** First page index beyond the file. */
export function pagesOfFile(k: KernelContext, file: number): number {
  return Math.ceil(k.bytes.u64(file + fileStruct.i_size) / PAGE_SIZE);
}

/** Page index in the file of a page of the mapping. */
export function fileIndex(k: KernelContext, vma: Vma, addr: number): number {
  return k.vmas.pgoff(vma) + Math.floor((addr - k.vmas.start(vma)) / PAGE_SIZE);
}

function slotOf(node: number, level: number, index: number): number {
  return node + (Math.floor(index / NODE_ENTRIES ** level) % NODE_ENTRIES) * 8;
}

/** The frame in a slot; −1 when it is empty. */
function frameIn(k: KernelContext, slot: number): number {
  return k.bytes.u32(slot) - 1;
}

/** The frame in a slot, made when there is none; −1 when no frame is left. */
function frameMade(k: KernelContext, slot: number, flags: number, index: number): number {
  const known = frameIn(k, slot);
  if (known >= 0) return known;
  const pfn = k.frames.allocate(flags, index);
  if (pfn >= 0) k.bytes.put64(slot, pfn + 1);
  return pfn;
}

/** Frame of a page that is in the cache; −1 otherwise. */
export function findCached(k: KernelContext, file: number, index: number): number {
  let pfn = frameIn(k, file + fileStruct.i_pages);
  for (let level = LEVELS - 1; level >= 0 && pfn >= 0; level--) pfn = frameIn(k, slotOf(k.frames.offset(pfn), level, index));
  return pfn;
}

/** The same, adding the page; −1 when no frame is left. */
export function makeCached(k: KernelContext, file: number, index: number): number {
  let pfn = frameMade(k, file + fileStruct.i_pages, pageFlag.kernel, 0);
  for (let level = LEVELS - 1; level >= 0 && pfn >= 0; level--) {
    const page = pageFlag.cached | (isSharedMemory(k, file) ? pageFlag.sharedMemory : pageFlag.file);
    pfn = frameMade(k, slotOf(k.frames.offset(pfn), level, index), level === 0 ? page : pageFlag.kernel, index);
  }
  return pfn;
}

/** Whether a fault-around may map the page: it is in memory. */
export function isCached(k: KernelContext, file: number, index: number): boolean {
  return isSharedMemory(k, file) ? findCached(k, file, index) >= 0 : index < pagesOfFile(k, file);
}

function freeNode(k: KernelContext, pfn: number, level: number): void {
  if (level >= 0) {
    for (let slot = k.frames.offset(pfn); slot < k.frames.offset(pfn) + PAGE_SIZE; slot += 8) {
      if (frameIn(k, slot) >= 0) freeNode(k, frameIn(k, slot), level - 1);
    }
  }
  k.frames.free(pfn);
}

function isMapping(k: KernelContext, file: number): boolean {
  for (let vma = k.vmas.first(); vma !== 0; vma = k.vmas.next(vma)) if (k.vmas.file(vma) === file) return true;
  return false;
}

/** Shared memory that nothing maps any more, in no process, is gone with its pages. mm/shmem.c: shmem_evict_inode. */
export function dropIfUnused(k: KernelContext, file: number): void {
  if (allMms(k).some((mm) => k.mm.within(mm, () => isMapping(k, file)))) return;
  const top = frameIn(k, file + fileStruct.i_pages);
  if (top >= 0) freeNode(k, top, LEVELS - 1);
  k.bytes.put64(file + fileStruct.i_pages, 0);
  k.bytes.put32(file + fileStruct.kind, 0);
}
