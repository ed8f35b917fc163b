/** The bins panel: the lists of free chunks of the instant, drawn by the scene; hover and selection shared with every other panel. */
import { useCallback, useMemo } from "react";
import { panelTexts } from "../../i18n/panels";
import { useHeapPlace, useInstant, useOperation, useTcacheOwner } from "../../queries";
import { listsPicture } from "../../scene/heaps";
import { useActions, useUi } from "../../store";
import { ListsChoice } from "./lists-choice";
import { BinsView } from "./bins-view";

export function BinsPanel(): React.ReactNode {
  const text = panelTexts[useUi((state) => state.locale)];
  const instant = useInstant();
  const actions = useActions();
  const selected = useUi((state) => state.selection);
  const hovered = useUi((state) => state.hover);
  const presenter = useUi((state) => state.presenter);
  const call = useOperation();
  const inside = call?.inside === true;
  const leaving = inside && call.operation.result > 0 ? call.operation.result - 2 * (instant?.abi.wordBytes ?? 8) : -1;
  const marks = useMemo(() => ({ selected, hovered, leaving }), [selected, hovered, leaving]);
  const onSelect = useCallback((addr: number, pin: boolean) => (pin ? actions.pin(addr) : actions.select(addr)), [actions]);
  const problems = useMemo(() => {
    const counts = new Map<number, number>();
    // Inside a call links are half rewritten: only a finished call can leave a broken list.
    if (instant !== null && !inside)
      for (const problem of instant.heap.problems)
        if (problem.bin >= 0) counts.set(problem.bin, (counts.get(problem.bin) ?? 0) + 1);
    return counts;
  }, [instant, inside]);
  const place = useHeapPlace();
  const { tcache } = useTcacheOwner();
  const base = instant?.picture;
  const picture = useMemo(
    () => (base === undefined || place === undefined ? null : listsPicture(base, place.arena, tcache)),
    [base, place, tcache],
  );
  const several = instant !== null && (instant.threads.length > 1 || instant.heap.arenas.length > 1);
  return (
    <BinsView
      picture={instant === null || instant.heap.unborn ? null : picture}
      head={several ? <ListsChoice /> : null}
      problems={problems}
      text={text}
      marks={marks}
      touchedOnly={presenter}
      onSelect={onSelect}
      onHover={actions.hover}
    />
  );
}
