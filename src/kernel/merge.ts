/**
 * Joining and splitting mappings. mm/vma.c: vma_merge_new_range, vma_merge_existing_range, split_vma.
 *
 * Neighbours join when nothing tells them apart: flags, file, offsets in line, and their anon_vmas (src/kernel/anon-vma.ts).
 */
import { vmFlag } from "../abi/kernel";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type AnonVma, anonVmaOf, mayShareAnonVma, cloneAnonVma } from "./anon-vma";
import { type KernelContext, mmGet, roomForVmas, zoneGet } from "./context";
import { splitHuge } from "./huge";
import { pageProtOf } from "./protection";
import type { Vma } from "./vma";

/** What is about to stand at [start, end). `anonVma` is 0 for fresh memory. */
export interface MergeCandidate extends AnonVma {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly pgoff: number;
  readonly file: number;
}

const SPECIAL = vmFlag.IO | vmFlag.DONTEXPAND | vmFlag.PFNMAP | vmFlag.MIXEDMAP;

function alike(k: KernelContext, vma: Vma, range: MergeCandidate): boolean {
  return (
    (range.flags & SPECIAL) === 0 &&
    k.vmas.flags(vma) === range.flags &&
    k.vmas.file(vma) === range.file &&
    mayShareAnonVma(anonVmaOf(k, vma), range)
  );
}

function continues(k: KernelContext, prev: Vma, range: MergeCandidate): boolean {
  if (prev === 0 || k.vmas.end(prev) !== range.start || !alike(k, prev, range)) return false;
  return k.vmas.pgoff(prev) + (range.start - k.vmas.start(prev)) / PAGE_SIZE === range.pgoff;
}

function precedes(k: KernelContext, range: MergeCandidate, next: Vma): boolean {
  if (next === 0 || k.vmas.start(next) !== range.end || !alike(k, next, range)) return false;
  return range.pgoff + (range.end - range.start) / PAGE_SIZE === k.vmas.pgoff(next);
}

/** Which neighbours the range joins; all three only if the neighbours also suit each other. */
function neighbours(
  k: KernelContext,
  prev: Vma,
  range: MergeCandidate,
  next: Vma,
): { readonly left: boolean; readonly right: boolean } {
  const left = continues(k, prev, range);
  const [below, above] = left ? [k.vmas.anonVma(prev), k.vmas.anonVma(next)] : [0, 0];
  const right = precedes(k, range, next) && (below === 0 || above === 0 || below === above);
  return { left, right };
}

/** A VMA without an anon_vma takes over the first there is. */
function adoptAnonVma(k: KernelContext, vma: Vma, ...candidates: readonly AnonVma[]): void {
  const first = candidates.find(({ anonVma }) => anonVma !== 0);
  if (k.vmas.anonVma(vma) === 0 && first !== undefined) cloneAnonVma(k, vma, first);
}

/** Moves the lower end of a VMA; its offset moves along. */
export function setStart(k: KernelContext, vma: Vma, start: number): void {
  k.vmas.set(vma, "vm_pgoff", k.vmas.pgoff(vma) + (start - k.vmas.start(vma)) / PAGE_SIZE);
  k.vmas.set(vma, "vm_start", start);
}

/** Extends a neighbour over a free range that suits it. Returns the VMA that now covers the range, 0 when nothing joins. `next` 0: only grow `prev`. */
export function mergeNew(k: KernelContext, prev: Vma, range: MergeCandidate, next: Vma): Vma {
  const { left, right } = neighbours(k, prev, range, next);
  if (left && right) {
    const end = k.vmas.end(next);
    adoptAnonVma(k, prev, anonVmaOf(k, next), range);
    k.vmas.destroy(next);
    k.vmas.set(prev, "vm_end", end);
    return prev;
  }
  if (left) {
    adoptAnonVma(k, prev, range);
    k.vmas.set(prev, "vm_end", range.end);
    return prev;
  }
  if (!right) return 0;
  adoptAnonVma(k, next, range);
  setStart(k, next, range.start);
  return next;
}

/** Puts a VMA into a free range, joined with its neighbours where they are alike. False, and nothing is changed, when memory for it is short. */
export function placeVma(k: KernelContext, prev: Vma, range: MergeCandidate, next: Vma): boolean {
  if (!roomForVmas(k, 0)) return false;
  const joined = mergeNew(k, prev, range, next);
  const [start, end] = joined === 0 ? [range.start, range.end] : [k.vmas.start(joined), k.vmas.end(joined)];
  if (k.asks("Merges", joined !== 0, start, end)) return true;
  if (!roomForVmas(k, 1)) return false;
  k.note("VmaMade", range.start, range.end);
  const vma = k.vmas.create({ ...range, pageProt: pageProtOf(range.flags) });
  cloneAnonVma(k, vma, range);
  k.vmas.insert(vma);
  return true;
}

/** Cuts a VMA in two at `addr`; returns the upper part, 0 when memory for it is short. The lower part keeps the slot. mm/vma.c: __split_vma. */
export function splitVma(k: KernelContext, vma: Vma, addr: number): Vma {
  if (!roomForVmas(k, 1)) return 0;
  splitHuge(k, addr);
  k.note("VmaSplit", addr, k.vmas.start(vma));
  const upper = k.vmas.create({
    start: addr,
    end: k.vmas.end(vma),
    flags: k.vmas.flags(vma),
    pageProt: pageProtOf(k.vmas.flags(vma)),
    pgoff: k.vmas.pgoff(vma) + (addr - k.vmas.start(vma)) / PAGE_SIZE,
    file: k.vmas.file(vma),
  });
  cloneAnonVma(k, upper, anonVmaOf(k, vma));
  k.vmas.set(vma, "vm_end", addr);
  k.vmas.insert(upper);
  return upper;
}

/** Gives [start, end) of a VMA to the neighbours it will match with new flags; 0 when neither does. */
function mergeExisting(k: KernelContext, vma: Vma, start: number, end: number, flags: number): Vma {
  const v = k.vmas;
  const wholeLeft = start === v.start(vma);
  const wholeRight = end === v.end(vma);
  const pgoff = v.pgoff(vma) + (start - v.start(vma)) / PAGE_SIZE;
  const range = { start, end, flags, pgoff, file: v.file(vma), ...anonVmaOf(k, vma) };
  const prev = wholeLeft ? v.prev(vma) : 0;
  const next = wholeRight ? v.next(vma) : 0;
  const { left, right } = neighbours(k, prev, range, next);
  if (left) {
    adoptAnonVma(k, prev, ...(right ? [anonVmaOf(k, next)] : []), range);
    const reach = right ? v.end(next) : end;
    if (wholeRight) v.destroy(vma);
    else setStart(k, vma, end);
    if (right) v.destroy(next);
    v.set(prev, "vm_end", reach);
    return prev;
  }
  if (!right) return 0;
  adoptAnonVma(k, next, range);
  if (wholeLeft) v.destroy(vma);
  else v.set(vma, "vm_end", start);
  setStart(k, next, start);
  return next;
}

/**
 * Changes the flags of [start, end) of one VMA, joining neighbours or splitting as needed. Returns the VMA that covers the range, 0 when the
 * limit on mappings or memory forbids a split; one that was made stays. mm/vma.c: vma_modify.
 */
export function modifyVma(k: KernelContext, vma: Vma, start: number, end: number, flags: number): Vma {
  if (!roomForVmas(k, 0)) return 0;
  splitHuge(k, start, end);
  const merged = mergeExisting(k, vma, start, end, flags);
  const [from, to] = merged === 0 ? [start, end] : [k.vmas.start(merged), k.vmas.end(merged)];
  if (k.asks("Merges", merged !== 0, from, to)) return merged;
  const mayCut = (): boolean => mmGet(k, "map_count") < zoneGet(k, "max_map_count");
  const part = k.vmas.start(vma) === start ? vma : mayCut() ? splitVma(k, vma, start) : 0;
  if (part === 0 || (end < k.vmas.end(part) && (!mayCut() || splitVma(k, part, end) === 0))) return 0;
  k.vmas.set(part, "vm_flags", flags);
  k.vmas.set(part, "vm_page_prot", pageProtOf(flags));
  return part;
}
