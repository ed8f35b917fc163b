/**
 * What the TLB does, counted in a run of its own on a second worker. Fetched with the view that shows it.
 */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { TlbFacts } from "../protocol/tlb";
import type { Scenario } from "../scenario";
import { useMoment } from "./instant-context";
import { spareSession } from "./spare-session";

export type TlbNow =
  /** `facts`: those of the instant before. */
  | { readonly kind: "counting"; readonly steps: number; readonly facts: TlbFacts | null }
  | { readonly kind: "counted"; readonly facts: TlbFacts }
  | { readonly kind: "cancelled" | "failed" };

const IDLE_MS = 60_000;

const spare = spareSession(IDLE_MS);
/** Aborted when the reader cancels whatever is being counted. */
let wanted = new AbortController();

interface Step {
  readonly cursor: number;
  readonly from: number;
  readonly onProgress: (steps: number) => void;
}

/** What nobody waits for any more when its turn comes is not asked. Null when cancelled. */
function count(scenario: Scenario, step: Step, signal: AbortSignal): Promise<TlbFacts | null> {
  const { signal: cancelled } = wanted;
  return spare(async (session) => {
    if (signal.aborted || cancelled.aborted) return null;
    const stop = (): void => session.cancel();
    cancelled.addEventListener("abort", stop);
    return session.tlb(scenario, step).finally(() => cancelled.removeEventListener("abort", stop));
  });
}

function cancel(): void {
  wanted.abort();
  wanted = new AbortController();
}

/** The TLB at the instant in sight, for as long as the caller is shown. */
export function useTlb(): { readonly now: TlbNow; readonly cancel: () => void; readonly again: () => void } {
  const { run, position } = useMoment();
  const [steps, setSteps] = useState(0);
  const [id, cursor, from] = [run?.id ?? -1, position?.cursor ?? -1, position?.stepFrom ?? -1];
  const key = [id, "tlb", cursor, from] as const;
  const { data, isError, isPlaceholderData, isFetching, refetch } = useQuery({
    queryKey: key,
    enabled: run !== null && cursor >= 0,
    placeholderData: (earlier: TlbFacts | null | undefined) => earlier ?? undefined,
    queryFn: ({ signal }) => {
      setSteps(0);
      return run === null ? null : count(run.scenario, { cursor, from, onProgress: setSteps }, signal);
    },
  });
  const again = useCallback(() => void refetch(), [refetch]);
  const facts = data ?? null;
  const now: TlbNow =
    isFetching || (isPlaceholderData && !isError)
      ? { kind: "counting", steps, facts }
      : isError
        ? { kind: "failed" }
        : facts === null
          ? { kind: "cancelled" }
          : { kind: "counted", facts };
  return { now, cancel, again };
}
