/**
 * What the TLB does, counted in a run of its own on a second worker, which starts when somebody first asks and is let go when nobody has asked
 * for a while. Fetched with the view that shows it.
 */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { TlbFacts } from "../protocol/tlb";
import type { Scenario } from "../scenario";
import { createSession, type Session } from "../session";
import { useMoment } from "./instant-context";

export type TlbNow =
  /** `facts`: those of the instant before. */
  | { readonly kind: "counting"; readonly steps: number; readonly facts: TlbFacts | null }
  | { readonly kind: "counted"; readonly facts: TlbFacts }
  | { readonly kind: "cancelled" | "failed" };

const IDLE_MS = 60_000;

let session: Promise<Session> | null = null;
let queue: Promise<unknown> = Promise.resolve();
let timer: ReturnType<typeof setTimeout> | null = null;

function letGo(): void {
  const old = session;
  session = null;
  void old?.then((idle) => idle.dispose()).catch(() => undefined);
}

interface Step {
  readonly cursor: number;
  readonly from: number;
  readonly onProgress: (steps: number) => void;
}

/** One question after the other; those that nobody waits for any more are not asked. Null when cancelled. */
function count(scenario: Scenario, step: Step, signal: AbortSignal): Promise<TlbFacts | null> {
  const answer = queue.then(async () => {
    if (signal.aborted) return null;
    if (timer !== null) clearTimeout(timer);
    try {
      session ??= createSession();
      return await (await session).tlb(scenario, step);
    } catch (error) {
      letGo();
      throw error;
    } finally {
      timer = setTimeout(letGo, IDLE_MS);
    }
  });
  queue = answer.catch(() => undefined);
  return answer;
}

function cancel(): void {
  session?.then(
    (ready) => ready.cancel(),
    () => undefined,
  );
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
