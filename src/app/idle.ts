/**
 * `<html data-idle="true">` when nothing is under way: tests and screenshots wait for it, never for time. `data-cursor` is the instant that
 * the panels have drawn, `data-settled` the one that those which follow have drawn too. A component of its own, the last one: its effects
 * run after theirs, and the page is not rendered again for it.
 */
import { useIsFetching } from "@tanstack/react-query";
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
  const fetching = useIsFetching();
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
    if (!ready || !settled || fetching > 0) {
      root.dataset["idle"] = "false";
      return;
    }
    // After the frame in which the answer is painted, and once the fonts are there.
    let cancelled = false;
    void fontsReady().then(() =>
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          if (!cancelled) root.dataset["idle"] = "true";
        }),
      ),
    );
    return () => {
      cancelled = true;
    };
  }, [ready, settled, fetching]);
  return null;
}
