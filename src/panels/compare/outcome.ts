/** What a call came to, in a few words, and which steps to look at in both runs. */
import type { ComparedCall, Comparison } from "../../protocol/comparison";
import type { Operation } from "../../protocol/messages";
import type { Look, Looks } from "../../queries/versions";

const TAIL = 4;

/** `…92a0` for an address, other results as they are. */
export function shortResult(operation: Operation): string {
  const text = operation.resultText;
  return text.startsWith("0x") && text.length > 2 + TAIL ? `…${text.slice(-TAIL)}` : text;
}

/** The name of a compared call: whichever run makes it. */
export const eitherCall = (call: ComparedCall): Operation | null => call.a ?? call.b;

/** Where both columns stand when row `index` of the list is chosen; past the last call: the end of both runs. */
export function looksAt({ calls, a, b }: Comparison, index: number): Looks {
  // A run that does not make the call stands where its latest call before has ended.
  const of = (side: "a" | "b", last: number): Look => {
    if (index >= calls.length) return { begin: last, end: last };
    const own = calls[index]?.[side];
    if (own) return { begin: own.begin, end: own.finished ? own.end : last };
    const before = calls.slice(0, index).findLast((call) => call[side] !== null)?.[side]?.end ?? 0;
    return { begin: before, end: before };
  };
  return [of("a", a.last), of("b", b.last)];
}

/** The cursor at which the page opens a run at that row. */
export function cursorAt({ calls, a, b, divergence }: Comparison, index: number, side: "a" | "b"): number {
  const own = calls[index]?.[side];
  if (own) return own.begin + 1;
  if (divergence !== null && index === divergence.call) return side === "a" ? divergence.cursorA : divergence.cursorB;
  return side === "a" ? a.last : b.last;
}

/** User address a call is about once it has ended: what it took back or handed out; 0 when none. */
export function subjectOf(operation: Operation | null): number {
  if (operation === null) return 0;
  const [first = 0] = operation.args;
  if (operation.api === "free" || operation.api === "malloc_usable_size") return first;
  if (operation.api === "mallopt" || operation.api === "malloc_trim" || operation.api === "sbrk") return 0;
  return operation.result > 0 ? operation.result : operation.api === "realloc" ? first : 0;
}
