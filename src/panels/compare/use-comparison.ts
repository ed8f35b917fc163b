/** A comparison under way: two engines as long as the view is open, one question at a time. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Comparison } from "../../protocol/comparison";
import type { Instant } from "../../queries";
import { createVersions, type Looks, type Machines, type Versions } from "../../queries/versions";
import type { Scenario } from "../../scenario";

export type Progress =
  | { readonly kind: "idle" | "cancelled" | "rejected" | "failed" }
  | { readonly kind: "running"; readonly steps: number; readonly operations: number }
  | { readonly kind: "done"; readonly comparison: Comparison };

export type Instants = readonly [Instant | null, Instant | null];

interface Comparing {
  readonly progress: Progress;
  readonly start: (scenario: Scenario, machines: Machines) => void;
  readonly cancel: () => void;
  /** Both heaps. */
  readonly look: (looks: Looks) => Promise<Instants>;
}

export function useComparison(): Comparing {
  const [progress, setProgress] = useState<Progress>({ kind: "idle" });
  const versions = useRef<Versions | null>(null);
  /** Numbers the comparisons: answers of an earlier one are not shown. */
  const latest = useRef(0);

  const engines = useCallback((): Versions => (versions.current ??= createVersions()), []);
  useEffect(
    () => () => {
      latest.current++;
      versions.current?.dispose();
      versions.current = null;
    },
    [],
  );

  const start = useCallback(
    (scenario: Scenario, machines: Machines): void => {
      const mine = ++latest.current;
      const show = (next: Progress): void => {
        if (latest.current === mine) setProgress(next);
      };
      show({ kind: "running", steps: 0, operations: 0 });
      const used = engines();
      used.cancel();
      used
        .compare(scenario, machines, (steps, operations) => show({ kind: "running", steps, operations }))
        .then(
          (answer) => {
            if (!answer.ok) show({ kind: "rejected" });
            else if (answer.value === null) show({ kind: "cancelled" });
            else show({ kind: "done", comparison: answer.value });
          },
          () => {
            used.dispose();
            if (versions.current === used) versions.current = null;
            show({ kind: "failed" });
          },
        );
    },
    [engines],
  );
  const cancel = useCallback(() => versions.current?.cancel(), []);
  const look = useCallback(
    async (looks: Looks): Promise<Instants> => {
      const mine = latest.current;
      const found = await engines().look(looks);
      return latest.current === mine ? found : [null, null];
    },
    [engines],
  );
  return { progress, start, cancel, look };
}
