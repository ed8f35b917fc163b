/** Resident pages: counting them, and taking them away. mm/memory.c: zap_pte_range. */
import { fileKind, fileStruct, pageFlag, pte } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, mmAdd, mmGet, mmSet } from "./context";
import { cutRegions } from "./hot";
import { splitHuge, strideAt } from "./huge";
import { isMapped, pfnOf } from "./page-table";
import { tlbOf } from "./tlb";
import type { Vma } from "./vma";

type RssField = "rss_anon" | "rss_file" | "rss_shmem";

const counterMarks = { rss_anon: "RssAnon", rss_file: "RssFile", rss_shmem: "RssShmem" } as const;

export function isAnonymous(k: KernelContext, vma: Vma): boolean {
  return k.vmas.file(vma) === 0;
}

/** RES in pages. */
export function residentPages(k: KernelContext): number {
  return mmGet(k, "rss_anon") + mmGet(k, "rss_file") + mmGet(k, "rss_shmem");
}

export function addResident(k: KernelContext, field: RssField, pages: number): void {
  if (pages !== 0) k.note(counterMarks[field], mmGet(k, field), mmGet(k, field) + pages);
  mmAdd(k, field, pages);
  if (pages > 0) mmSet(k, "hiwater_rss", Math.max(mmGet(k, "hiwater_rss"), residentPages(k)));
}

/** Drops the pages of [start, end), which lies in one VMA; their frames go back to the pool. */
export function zapPages(k: KernelContext, vma: Vma, start: number, end: number): void {
  const file = k.vmas.file(vma);
  const counted = file === 0 || k.bytes.u32(file + fileStruct.kind) !== fileKind.pfnmap;
  const gone = { rss_anon: 0, rss_file: 0, rss_shmem: 0 };
  let entries = 0;
  cutRegions(k, start, end);
  splitHuge(k, start, end);
  const tlb = tlbOf(k);
  k.pages.walk(start, end, (entry, addr) => {
    const low = k.bytes.u32(entry);
    entries++;
    k.bytes.putPair(entry, 0, 0);
    if (!isMapped(low)) return;
    tlb?.gather(addr, PAGE_SIZE, strideAt(k, addr));
    const flags = k.frames.flags(pfnOf(low));
    if ((flags & pageFlag.zero) !== 0) return;
    if ((flags & pageFlag.unknown) !== 0) {
      if (counted) gone.rss_file++;
      return;
    }
    if ((flags & pageFlag.file) !== 0) gone.rss_file++;
    else if ((flags & pageFlag.sharedMemory) !== 0) gone.rss_shmem++;
    else gone.rss_anon++;
    if ((flags & pageFlag.cached) === 0) {
      releasePage(k, pfnOf(low));
      return;
    }
    if ((low & pte.DIRTY) !== 0 && (flags & pageFlag.dirty) === 0) k.frames.setFlags(pfnOf(low), flags | pageFlag.dirty);
    k.frames.addUser(pfnOf(low), -1);
  });
  k.note("PagesZapped", entries, start);
  for (const field of ["rss_anon", "rss_file", "rss_shmem"] as const) addResident(k, field, -gone[field]);
  if (k.mm.isRunning()) k.host.flush(start, end - start);
}

/** How many page-table entries map a page. */
export function mappingsOf(k: KernelContext, pfn: number): number {
  return k.frames.refcount(pfn) - ((k.frames.flags(pfn) & pageFlag.cached) !== 0 ? 1 : 0);
}

/** One mapping of a page fewer; its frame goes back to the pool with the last. */
export function releasePage(k: KernelContext, pfn: number): void {
  if (k.frames.refcount(pfn) > 1) k.frames.addUser(pfn, -1);
  else k.frames.free(pfn);
}
