/** Where things happen in a run. */
import type { RunSummary } from "../protocol/messages";

/** First line (1-based) at which two texts differ, 0 when they are equal. */
export function firstChangedLine(before: string, after: string): number {
  if (before === after) return 0;
  const old = before.split("\n");
  const lines = after.split("\n");
  const index = lines.findIndex((line, row) => line !== old[row]);
  return (index < 0 ? lines.length : index) + 1;
}

/** Cursor at the end of the last call made from the first changed line; −1 when that line makes no call. */
export function operationAtLine(summary: RunSummary, before: string, after: string): number {
  const line = firstChangedLine(before, after);
  return summary.operations.findLast((operation) => operation.line === line)?.end ?? -1;
}
