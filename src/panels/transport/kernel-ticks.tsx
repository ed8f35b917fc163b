/** The kernel's work on the axis of time: a stroke for each place where there is some, page faults in the colour of their cause. Fetched once the page stands. */
import { memo } from "react";
import { kernelCallNames } from "../../abi/api";
import { type KernelFunction, kernelMarkById } from "../../abi/kernel-marks";
import type { KernelTrack } from "../../protocol/messages";
import { type TimeAxis, xOfCursor } from "../../scene/time-axis";

interface Props {
  readonly kernel: KernelTrack;
  readonly axis: TimeAxis;
}

const pageFault = kernelCallNames.indexOf("page_fault");
const STROKE = 2;

/** Fatal ones over all, then those that cost a frame. */
const roles: readonly (readonly [colour: string, causes: readonly KernelFunction[]])[] = [
  ["--bad", ["bad_area_nosemaphore", "bad_area_access_error", "do_sigbus", "out_of_memory", "exc_general_protection"]],
  ["--c-unsorted-edge", ["do_wp_page", "wp_page_copy", "do_cow_fault"]],
  ["--v-stack-edge", ["do_anonymous_page", "do_huge_pmd_anonymous_page"]],
  ["--v-lib-edge", ["do_read_fault", "do_shared_fault"]],
];

const rankOf = (cause: string): number => {
  const rank = roles.findIndex(([, causes]) => causes.some((name) => name === cause));
  return rank < 0 ? roles.length : rank;
};

/** `3× do_anonymous_page, 1× mmap`: faults by cause, for each stroke. */
function strokesOf({ kernel, axis }: Props): ReadonlyMap<number, ReadonlyMap<string, number>> {
  const strokes = new Map<number, Map<string, number>>();
  for (let i = 0; i < kernel.at.length; i++) {
    const call = kernel.call[i] ?? 0;
    const x = Math.round(xOfCursor(axis, kernel.at[i] ?? 0) / STROKE) * STROKE;
    const cause = (call === pageFault ? kernelMarkById(kernel.cause[i] ?? 0)?.fn : undefined) ?? kernelCallNames[call] ?? "";
    const counts = strokes.get(x) ?? new Map<string, number>();
    counts.set(cause, (counts.get(cause) ?? 0) + 1);
    strokes.set(x, counts);
  }
  return strokes;
}

const TOP = 14;

function KernelTicks(props: Props) {
  return (
    <g data-testid="kernel-ticks">
      {[...strokesOf(props)].map(([x, counts]) => {
        const [worst = ""] = [...counts.keys()].toSorted((a, b) => rankOf(a) - rankOf(b));
        const colour = roles[rankOf(worst)]?.[0] ?? "--ink-3";
        return (
          <rect key={x} x={x - 0.5} y={TOP} width={STROKE - 0.5} height={5} fill={`var(${colour})`}>
            <title>{[...counts].map(([cause, count]) => `${count}× ${cause}`).join(", ")}</title>
          </rect>
        );
      })}
    </g>
  );
}

export default memo(KernelTicks);
