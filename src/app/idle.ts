/**
 * `<html data-idle="true">` when nothing is under way: tests and screenshots wait for it, never for time. `data-cursor` is the instant that
 * the panels have drawn, `data-settled` the one that those which follow have drawn too. A component of its own, the last one: its effects
 * run after theirs, and the page is not rendered again for it.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useMoment, useSettled } from "../queries";
import { useUi } from "../store";

let fonts: Promise<unknown> | null = null;

/** Asked for once: `document.fonts.ready` lays the page out each time it is read. */
function fontsReady(): Promise<unknown> {
  fonts ??= document.fonts.ready;
  return fonts;
}

export function IdleSignal(): null {
  const queries = useQueryClient();
  const ready = useUi(
    (state) => (state.engine === "ready" || state.engine === "dead") && state.progress === null && state.moving === 0,
  );
  const settled = useSettled();
  const cursor = useMoment().position?.cursor ?? -1;
  useEffect(() => {
    document.documentElement.dataset["cursor"] = String(cursor);
  }, [cursor]);
  useEffect(() => {
    if (settled) document.documentElement.dataset["settled"] = String(cursor);
  }, [settled, cursor]);
  useEffect(() => {
    const root = document.documentElement;
    root.dataset["idle"] = "false";
    if (!ready || !settled) return;
    /** Counts the attempts: one that a new question has overtaken is none. */
    let attempt = 0;
    // After the frame in which the answer is painted, and once the fonts are there.
    const announce = (): void => {
      const mine = ++attempt;
      const fetching = queries.isFetching() > 0;
      if (fetching) root.dataset["idle"] = "false";
      else
        void fontsReady().then(() =>
          requestAnimationFrame(() =>
            requestAnimationFrame(() => {
              if (mine === attempt) root.dataset["idle"] = "true";
            }),
          ),
        );
    };
    announce();
    const stop = queries.getQueryCache().subscribe(({ type }) => {
      if (type === "updated" || type === "added") announce();
    });
    return () => {
      attempt++;
      stop();
    };
  }, [ready, settled, queries]);
  return null;
}
