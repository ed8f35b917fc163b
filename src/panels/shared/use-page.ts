/** Which page of memory is looked at, and questions about the machine's tables and frames at this instant. */
import { useMemo } from "react";
import { PAGE_SIZE } from "../../abi/machine-memory";
import { rowAt } from "../../decode/chunk-table";
import type { VmaFacts } from "../../decode/types";
import { type Instant, useSubject } from "../../queries";
import { useUi } from "../../store";
import { useFaultOfStep } from "./use-fault";
import { useShown } from "./use-shown";

export interface PageInSight {
  /** Null when no mapping holds the address. */
  readonly vma: VmaFacts | null;
  /** Where the page starts, and the address on it that is meant. */
  readonly start: number;
  readonly addr: number;
  /** The selected chunk, [start, end); null when none is. */
  readonly chunk: { readonly start: number; readonly end: number } | null;
}

const pageOf = (addr: number): number => Math.floor(addr / PAGE_SIZE) * PAGE_SIZE;

/** The first page of a mapping with a frame, else its first one. */
function firstPage(vma: VmaFacts): number {
  const first = Math.min(vma.residentRuns[0] ?? Infinity, vma.zeroRuns[0] ?? Infinity);
  return vma.start + (Number.isFinite(first) ? first * PAGE_SIZE : 0);
}

function inSight(
  { space, heap, abi, stackPointer }: Instant,
  page: number | null,
  mapping: number | null,
  chunkAddr: number | null,
  fault: number,
): PageInSight | null {
  const row = chunkAddr === null ? -1 : rowAt(heap.chunks, chunkAddr);
  const start = heap.chunks.addr[row] ?? -1;
  const chunk = row < 0 ? null : { start, end: start + (heap.chunks.size[row] ?? 0) };
  const vmaOf = (addr: number): VmaFacts | undefined => space.vmas.find((vma) => addr >= vma.start && addr < vma.end);
  const found = (addr: number): PageInSight => ({ vma: vmaOf(addr) ?? null, start: pageOf(addr), addr, chunk });
  const user = chunk === null ? null : chunk.start + 2 * abi.wordBytes;
  if (page !== null) {
    if (chunk === null || user === null) return found(page);
    // A selected chunk that reaches into the page does not lead away from it.
    if (chunk.start < pageOf(page) + PAGE_SIZE && chunk.end > pageOf(page))
      return found(pageOf(user) === pageOf(page) ? user : page);
  }
  const chosen = mapping === null ? undefined : vmaOf(mapping);
  if (chosen !== undefined) return found(firstPage(chosen));
  if (fault >= 0) return found(fault);
  if (user !== null) return found(user);
  if (space.vmas.length === 0) return null;
  return found(space.brk > space.brkStart ? space.brkStart : Math.max(0, stackPointer));
}

/** What the reader chose: a page, a mapping or a chunk; else what the call at hand is about. */
export function usePageInSight(): PageInSight | null {
  const instant = useShown();
  const page = useUi((state) => state.page);
  const mapping = useUi((state) => state.mapping);
  const selection = useUi((state) => state.selection);
  const subject = useSubject();
  // A page fault is what everything is about, unless the reader chose something.
  const fault = useFaultOfStep();
  const chosen = page !== null || mapping !== null || selection !== null;
  const chunk = selection ?? (chosen || fault >= 0 ? null : subject);
  return useMemo(
    () => (instant === null ? null : inSight(instant, page, mapping, chunk, chosen ? -1 : fault)),
    [instant, page, mapping, chunk, chosen, fault],
  );
}
