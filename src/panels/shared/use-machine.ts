/** Questions about the machine's tables and frames at this instant. */
import { useMemo, useState } from "react";
import { readConsistently } from "../../decode/consistent";
import type { Instant } from "../../queries";

/** An answer read from all of memory. While the worker is at work it is the answer before: the next instant brings its own. */
export function useMachine<T>(instant: Instant | null, read: ((linear: Uint8Array) => T) | null): T | null {
  const fresh = useMemo(() => {
    if (instant === null || read === null) return null;
    const answer = readConsistently(instant.linear, () => read(instant.linear));
    return answer.ok ? { value: answer.value } : undefined;
  }, [instant, read]);
  const [kept, setKept] = useState(fresh);
  if (fresh !== undefined && fresh !== kept) setKept(fresh);
  return (fresh === undefined ? kept : fresh)?.value ?? null;
}
