/** /proc/self/smaps as data. fs/proc/task_mmu.c: smaps_account, show_smap_vma_flags. */
import { fileKind, fileStruct, pageFlag, pte, vmFlag } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { allMms, type KernelContext } from "./context";
import { fitsHuge, isHuge } from "./huge";
import { isMapped, pfnOf } from "./page-table";
import { mappingsOf } from "./resident";
import type { Vma } from "./vma";

/** Sizes in kB. */
export interface SmapsEntry {
  readonly start: number;
  readonly rss: number;
  readonly pss: number;
  readonly sharedClean: number;
  readonly sharedDirty: number;
  readonly privateClean: number;
  readonly privateDirty: number;
  readonly referenced: number;
  readonly anonymous: number;
  /** Given up with MADV_FREE and not written since. */
  readonly lazyFree: number;
  readonly anonHuge: number;
  /** A huge page would fit and may come. */
  readonly thpEligible: boolean;
  readonly vmFlags: string;
  /** Shares before they are rounded to kB: what sums are made of. */
  readonly shares: Readonly<Record<PssKind, number>>;
}

/** What a share of a page counts for: all of it, and again as dirty or locked, and as anonymous, a file's or shared memory. */
export type PssKind = "all" | "dirty" | "locked" | "anon" | "file" | "shmem";

/** In the order of the bits. */
const flagNames: readonly (readonly [number, string])[] = [
  [vmFlag.READ, "rd"],
  [vmFlag.WRITE, "wr"],
  [vmFlag.EXEC, "ex"],
  [vmFlag.SHARED, "sh"],
  [vmFlag.MAYREAD, "mr"],
  [vmFlag.MAYWRITE, "mw"],
  [vmFlag.MAYEXEC, "me"],
  [vmFlag.MAYSHARE, "ms"],
  [vmFlag.GROWSDOWN, "gd"],
  [vmFlag.PFNMAP, "pf"],
  [vmFlag.LOCKED, "lo"],
  [vmFlag.IO, "io"],
  [vmFlag.SEQ_READ, "sr"],
  [vmFlag.RAND_READ, "rr"],
  [vmFlag.DONTCOPY, "dc"],
  [vmFlag.DONTEXPAND, "de"],
  [vmFlag.ACCOUNT, "ac"],
  [vmFlag.NORESERVE, "nr"],
  [vmFlag.WIPEONFORK, "wf"],
  [vmFlag.DONTDUMP, "dd"],
  [vmFlag.MIXEDMAP, "mm"],
  [vmFlag.HUGEPAGE, "hg"],
  [vmFlag.NOHUGEPAGE, "nh"],
];

/** Binary digits kept behind the point while shares of pages are added up. */
const PSS_SCALE = 4096;

/** How many processes map a file's page whose contents are not known: after a fork it stands at the same address. */
function unknownMappings(k: KernelContext, others: readonly number[], addr: number): number {
  const maps = (): boolean => {
    const entry = k.pages.find(addr);
    return entry !== 0 && isMapped(k.bytes.u32(entry)) && (k.frames.flags(pfnOf(k.bytes.u32(entry))) & pageFlag.unknown) !== 0;
  };
  return 1 + others.filter((mm) => k.mm.within(mm, maps)).length;
}

/** A sum of shares in kB. */
export function pssKb(share: number): number {
  return Math.floor(share / (1024 * PSS_SCALE));
}

function kindOfPage(flags: number): "anon" | "file" | "shmem" {
  if ((flags & pageFlag.anon) !== 0) return "anon";
  return (flags & pageFlag.sharedMemory) !== 0 ? "shmem" : "file";
}

function smapsOf(k: KernelContext, vma: Vma): SmapsEntry {
  const kB = PAGE_SIZE / 1024;
  const sum = { rss: 0, sharedClean: 0, sharedDirty: 0, privateClean: 0, privateDirty: 0 };
  const kinds = { referenced: 0, anonymous: 0, lazyFree: 0, anonHuge: 0 };
  const shares = { all: 0, dirty: 0, locked: 0, anon: 0, file: 0, shmem: 0 };
  const vmFlags = k.vmas.flags(vma);
  const locked = (vmFlags & vmFlag.LOCKED) !== 0;
  const others = allMms(k).filter((mm) => mm !== k.mm.at());
  const file = k.vmas.file(vma);
  const counted = file === 0 || k.bytes.u32(file + fileStruct.kind) !== fileKind.pfnmap;
  k.pages.walk(k.vmas.start(vma), k.vmas.end(vma), (entry, addr) => {
    const low = k.bytes.u32(entry);
    const flags = k.frames.flags(pfnOf(low));
    if (!isMapped(low) || !counted || (flags & pageFlag.zero) !== 0) return;
    const mappings = (flags & pageFlag.unknown) !== 0 ? unknownMappings(k, others, addr) : mappingsOf(k, pfnOf(low));
    const dirty = (low & pte.DIRTY) !== 0 || (flags & pageFlag.dirty) !== 0;
    const kind = kindOfPage(flags);
    const share = Math.floor((PAGE_SIZE * PSS_SCALE) / mappings);
    sum.rss += kB;
    shares.all += share;
    shares[kind] += share;
    if (dirty) shares.dirty += share;
    if (locked) shares.locked += share;
    if (mappings > 1) sum[dirty ? "sharedDirty" : "sharedClean"] += kB;
    else sum[dirty ? "privateDirty" : "privateClean"] += kB;
    if ((low & pte.ACCESSED) !== 0) kinds.referenced += kB;
    if (kind !== "anon") return;
    kinds.anonymous += kB;
    if (!dirty) kinds.lazyFree += kB;
    if (isHuge(k, addr)) kinds.anonHuge += kB;
  });
  return {
    start: k.vmas.start(vma),
    ...sum,
    ...kinds,
    pss: pssKb(shares.all),
    thpEligible: fitsHuge(k, vma),
    vmFlags: flagNames
      .filter(([flag]) => (vmFlags & flag) !== 0)
      .map(([, name]) => name)
      .join(" "),
    shares,
  };
}

export function smaps(k: KernelContext): readonly SmapsEntry[] {
  const entries: SmapsEntry[] = [];
  for (let vma = k.vmas.first(); vma !== 0; vma = k.vmas.next(vma)) entries.push(smapsOf(k, vma));
  return entries;
}
