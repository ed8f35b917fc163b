import { control } from "../../abi/control";
import { recordKind } from "../../abi/journal";
import { machineMemory, PAGE_SHIFT, PAGE_SIZE } from "../../abi/machine-memory";
import type { PageCopy, RunSummary } from "../../protocol/messages";
import { pageSet } from "./pages";
import type { Timeline } from "./timeline";

/** What the control block says about the end of a run; read while the cursor is there. */
export type Ending = Pick<RunSummary, "exitCode" | "message" | "signal" | "signalAddr" | "signalWrite">;

/** The summary of the run so far. */
export function summaryOf(timeline: Timeline, ending: Ending): RunSummary {
  const { index } = timeline;
  return {
    ...ending,
    status: timeline.status ?? "cancelled",
    first: timeline.first,
    last: timeline.last,
    steps: timeline.steps,
    process: timeline.process,
    debug: timeline.debug,
    operations: index.operations,
    ledger: index.ledger(),
    statements: index.statements(),
    threads: index.threads(),
    kernel: index.kernel(),
    output: index.output,
  };
}

/** Longer journeys copy every page of the run instead of looking at each record. */
const WALK_LIMIT = 1 << 20;

/** Pages that differ between two cursors, as far as a reader of memory can tell; a superset. */
export function changedPages(timeline: Timeline, from: number, to: number): Uint32Array<ArrayBuffer> {
  const low = Math.min(from, to);
  const high = Math.max(from, to);
  if (high - low > WALK_LIMIT || !timeline.has(low, high)) return timeline.allPages();
  const pages = pageSet(timeline.memory.byteLength >>> PAGE_SHIFT);
  pages.add((machineMemory.control + control.sequence) >>> PAGE_SHIFT);
  const { journal } = timeline;
  for (let record = low; record < high; record++) {
    if (journal.kind(record) === recordKind.write) pages.add(journal.where(record) >>> PAGE_SHIFT);
  }
  return pages.list();
}

/** Those pages that a view may read: not the journal, nor the C machine, nor derived caches. */
export function shownPages(pages: Uint32Array): Uint32Array {
  return pages.filter((page) => isShown(page * PAGE_SIZE));
}

export function copyPages(memory: Uint8Array, pages: Uint32Array): PageCopy {
  const bytes = new Uint8Array(pages.length * PAGE_SIZE);
  pages.forEach((page, index) => bytes.set(memory.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE), index * PAGE_SIZE));
  return { pages: Uint32Array.from(pages), bytes };
}

function isShown(offset: number): boolean {
  return (
    (offset >= machineMemory.control && offset < machineMemory.translationCache) ||
    (offset >= machineMemory.kernel && offset < machineMemory.scratch) ||
    offset >= machineMemory.frames
  );
}
