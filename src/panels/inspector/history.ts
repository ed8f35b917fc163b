/** Which calls of a run concern one block: those that returned its user address or were given it. */
import type { Operation } from "../../protocol/messages";

export interface HistoryEntry {
  readonly operation: Operation;
  /** The call handed the block out, took it back, or (realloc) both. */
  readonly role: "gave" | "took" | "resized" | "asked";
}

const takes = new Set(["free", "realloc"]);
const asks = new Set(["malloc_usable_size"]);

function roleOf(operation: Operation, userAddr: number): HistoryEntry["role"] | null {
  const isArgument = operation.args[0] === userAddr;
  if (isArgument && takes.has(operation.api)) return operation.result === userAddr ? "resized" : "took";
  if (isArgument && asks.has(operation.api)) return "asked";
  return operation.result === userAddr && operation.api !== "sbrk" ? "gave" : null;
}

/** In order of time, the whole run: what is to come is for the view to grey. */
export function historyOf(operations: readonly Operation[], userAddr: number): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const operation of operations) {
    const role = roleOf(operation, userAddr);
    if (role !== null) entries.push({ operation, role });
  }
  return entries;
}

/** Latest entry begun before the cursor, −1 when none. */
export function currentEntry(history: readonly HistoryEntry[], cursor: number): number {
  let current = -1;
  history.forEach((entry, index) => {
    if (entry.operation.begin < cursor) current = index;
  });
  return current;
}

const sizeArgument: Readonly<Record<string, (args: readonly number[]) => number | undefined>> = {
  malloc: (args) => args[0],
  valloc: (args) => args[0],
  pvalloc: (args) => args[0],
  calloc: (args) => (args[0] ?? 0) * (args[1] ?? 0),
  realloc: (args) => args[1],
  memalign: (args) => args[1],
  aligned_alloc: (args) => args[1],
  posix_memalign: (args) => args[2],
};

/** Bytes the program asked for when it last got the block before the cursor; null when it never did. */
export function askedSize(history: readonly HistoryEntry[], cursor: number): number | null {
  for (let i = currentEntry(history, cursor); i >= 0; i--) {
    const entry = history[i];
    if (entry === undefined || entry.role === "asked" || entry.role === "took") continue;
    return sizeArgument[entry.operation.api]?.(entry.operation.args) ?? null;
  }
  return null;
}
