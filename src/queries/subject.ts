/** What the run and its latest call are about. */
import { rowOf } from "../decode/chunk-table";
import type { Operation, Position, RunSummary } from "../protocol/messages";
import { useMoment } from "./instant-context";

export function useSummary(): RunSummary | null {
  return useMoment().run?.summary ?? null;
}

/** User address a call is about: what it takes back or, once it is known, what it handed out. */
function addressOf(operation: Operation, cursor: number): number | null {
  const takes = operation.api === "free" || operation.api === "realloc" || operation.api === "malloc_usable_size";
  if (takes && (operation.api === "free" || cursor < operation.end)) return operation.args[0] ?? null;
  return cursor < operation.end || operation.result <= 0 ? null : operation.result;
}

/** The chunk that the call at hand is about: what a reader sees who has selected nothing. Null when there is none yet. */
export function useSubject(): number | null {
  const { instant } = useMoment();
  const operations = useSummary()?.operations;
  const call = useOperation()?.operation;
  if (instant === null || operations === undefined || call === undefined) return null;
  const { chunks } = instant.heap;
  const own = (operation: Operation | undefined): number | null => {
    const user = operation === undefined ? null : addressOf(operation, instant.cursor);
    const row = user === null ? -1 : rowOf(chunks, user - 2 * instant.abi.wordBytes);
    return chunks.addr[row] ?? null;
  };
  // A malloc that has only begun: what it works on, else what the call before was about.
  return own(call) ?? instant.picture.focus[0] ?? own(operations[call.index - 1]);
}

export interface KernelCall {
  /** Its records, as of an operation. */
  readonly begin: number;
  readonly end: number;
  /** Index in kernelCallNames. */
  readonly call: number;
  readonly inside: boolean;
}

/** The kernel call that the cursor stands in or behind, when no call into the allocator has begun since; null when another step did it. */
export function kernelCallAt(summary: RunSummary, position: Position): KernelCall | null {
  const { kernel, operations, last } = summary;
  const { cursor, stepFrom, operation, lastOperation } = position;
  const index = kernelIndexAt(summary, cursor);
  if (index < 0 || operation >= 0) return null;
  const end = Math.min(kernel.end[index] ?? 0, last);
  if (end < cursor && (end <= stepFrom || end <= (operations[lastOperation]?.end ?? 0))) return null;
  return { begin: kernel.at[index] ?? 0, end, call: kernel.call[index] ?? 0, inside: cursor < end };
}

/** The latest kernel call begun before the cursor, −1 when there is none. */
function kernelIndexAt({ kernel }: RunSummary, cursor: number): number {
  let [low, high] = [0, kernel.at.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((kernel.at[middle] ?? 0) < cursor) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The call that the cursor stands in, or the latest one begun. */
export function useOperation(): { readonly operation: Operation; readonly inside: boolean } | null {
  const { run, position } = useMoment();
  const inside = position !== null && position.operation >= 0;
  const operation = run?.summary.operations[position?.[inside ? "operation" : "lastOperation"] ?? -1];
  return operation === undefined ? null : { operation, inside };
}
