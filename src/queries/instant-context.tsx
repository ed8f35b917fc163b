/** One observer of the instant for the whole page, handed down: panels read it as often as they like at no cost a step. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, startTransition, use, useEffect, useMemo, useState } from "react";
import type { Position } from "../protocol/messages";
import { type Run, useUi } from "../store";
import type { Instant } from "./instant";
import { instantKey } from "./keys";

/** Where the reader stands: what ran, where in it, and what memory held then. The three always belong together. */
export interface Moment {
  readonly run: Run | null;
  readonly position: Position | null;
  readonly instant: Instant | null;
}

const nowhere: Moment = { run: null, position: null, instant: null };
const MomentContext = createContext(nowhere);
const LaterContext = createContext(nowhere);
/** Which of the two a part of the page shows. Not a second provider of the first: React would render its readers with every step all the same. */
const ShownContext = createContext(MomentContext);

/** Calls back when the frame that is due has been painted; gives the canceller. */
function afterPaint(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(work);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

export function InstantProvider({ children }: { readonly children: ReactNode }) {
  const run = useUi((state) => state.run);
  const position = useUi((state) => state.position);
  const queries = useQueryClient();
  const key = instantKey(run?.id ?? -1, position?.cursor ?? -1);
  const { data } = useQuery<Instant | null>({ queryKey: key, queryFn: () => queries.getQueryData<Instant>(key) ?? null });
  const moment = useMemo(() => ({ run, position, instant: data ?? null }), [run, position, data]);
  const [later, setLater] = useState(moment);
  useEffect(() => afterPaint(() => startTransition(() => setLater(moment))), [moment]);
  return (
    <MomentContext value={moment}>
      <LaterContext value={later}>{children}</LaterContext>
    </MomentContext>
  );
}

/**
 * For panels that explain what others show: they follow once the map has been painted, so that a long list never delays it and a held key
 * skips them. Their children must be memoised.
 */
export function Later({ children }: { readonly children: ReactNode }) {
  return <ShownContext value={LaterContext}>{children}</ShownContext>;
}

/** Whether the panels that follow have followed. */
export function useSettled(): boolean {
  return use(LaterContext) === use(MomentContext);
}

/** What stood here when the panels that follow did: for what is not seen, such as the cells of a screen reader over a drawing. */
export function useWhenSettled<T>(value: T): T {
  const settled = useSettled();
  const [kept, setKept] = useState(value);
  if (settled && kept !== value) setKept(value);
  return settled ? value : kept;
}

export function useMoment(): Moment {
  return use(use(ShownContext));
}

/** The decoded instant at the cursor; null before the first run. The controller puts it there with every move. */
export function useInstant(): Instant | null {
  return useMoment().instant;
}
