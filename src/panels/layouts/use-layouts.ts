/** The four runs: asked for one after the other, shown as they come; what was shown before stays until there is something newer. */
import { keepPreviousData, useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { type LayoutAnswer, type LayoutSide, layoutSides, lookAtLayout, machineWith } from "../../queries/layouts";
import { type Moment, momentAt } from "../../queries/same-moment";
import type { Scenario } from "../../scenario";
import { useUi } from "../../store";

export interface LayoutColumn {
  readonly side: LayoutSide;
  readonly scenario: Scenario;
  /** Null before the first answer. */
  readonly answer: LayoutAnswer | null;
  /** Asked for and not there yet; `steps` of the run so far, 0 while another runs. */
  readonly waiting: boolean;
  readonly steps: number;
}

export interface Layouts {
  readonly columns: readonly LayoutColumn[];
  readonly moment: Moment;
  readonly busy: boolean;
  readonly stop: () => void;
  readonly start: () => void;
}

const noSteps: Readonly<Record<string, number>> = {};

export function useLayouts(): Layouts | null {
  const run = useUi((state) => state.run);
  const cursor = useUi((state) => state.position?.cursor ?? -1);
  const client = useQueryClient();
  const [stopped, setStopped] = useState(false);
  const [steps, setSteps] = useState(noSteps);
  const moment = useMemo<Moment>(() => (run === null ? "start" : momentAt(run.summary, cursor)), [run, cursor]);
  const scenarios = useMemo(
    () =>
      run === null
        ? []
        : layoutSides.map((side) => ({ side, scenario: { ...run.scenario, machine: machineWith(run.scenario.machine, side) } })),
    [run],
  );
  const results = useQueries({
    queries: scenarios.map(({ side, scenario }) => ({
      queryKey: ["layout", run?.id, side.id, moment] as const,
      queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<LayoutAnswer> => {
        const onProgress = (done: number): void => setSteps((old) => ({ ...old, [side.id]: done }));
        const answer = await lookAtLayout(scenario, moment, { signal, onProgress });
        setSteps((old) => ({ ...old, [side.id]: 0 }));
        return answer;
      },
      enabled: !stopped,
      placeholderData: keepPreviousData,
    })),
  });
  const stop = useCallback((): void => {
    setStopped(true);
    void client.cancelQueries({ queryKey: ["layout"] });
  }, [client]);
  const start = useCallback((): void => {
    setStopped(false);
    // What failed may go well when it is tried again.
    void client.resetQueries({
      queryKey: ["layout"],
      predicate: ({ state }) => (state.data as LayoutAnswer | undefined)?.kind !== "seen",
    });
  }, [client]);
  if (run === null) return null;
  const columns = scenarios.map(({ side, scenario }, i): LayoutColumn => {
    const result = results[i];
    const waiting = result?.isFetching === true;
    const answer = result?.data ?? (stopped ? ({ kind: "cancelled" } as const) : null);
    return { side, scenario, answer, waiting, steps: waiting ? (steps[side.id] ?? 0) : 0 };
  });
  return { columns, moment, busy: columns.some(({ waiting }) => waiting), stop, start };
}
