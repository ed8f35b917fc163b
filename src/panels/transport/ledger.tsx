/** The ledger: what the heap holds over the whole run, and the scrubber that moves through it. */
import { lazy, memo, Suspense, useEffect, useMemo, useRef } from "react";
import { kernelCallNames } from "../../abi/api";
import type { Operation, RunSummary } from "../../protocol/messages";
import { kernelCallAt } from "../../queries";
import { useSize } from "../../render/hooks";
import { ensureDefs, groundUrl, patternUrl } from "../../render/svg/defs";
import { LEDGER_SIDES, ledgerScene } from "../../scene/ledger";
import { beginX, cursorAt, endOfAxis, endX, type TimeAxis, timeAxis, xOfCursor } from "../../scene/time-axis";
import type { LedgerScene, LedgerSeries } from "../../scene/strip-types";
import { useActions, useText, useUi } from "../../store";
import { threadName } from "../../scene/threads";
import "../shared/threads.css";
import { callText } from "../shared/call-text";
import { pathRole } from "../shared/path-role";

function pathOf(series: LedgerSeries): string {
  // Hundredths of a pixel keep the path short.
  const at = (index: number): string => String(Math.round((series.points[index] ?? 0) * 100) / 100);
  const points = Array.from({ length: series.points.length / 2 }, (_, i) => `${at(2 * i)},${at(2 * i + 1)}`);
  return points.length === 0 ? "" : `M${points.join("L")}`;
}

/** Area between a series and a lower one (or the floor). */
function areaOf(upper: LedgerSeries, floor: number): string {
  const { points } = upper;
  if (points.length === 0) return "";
  return `${pathOf(upper)}L${points[points.length - 2] ?? 0} ${floor}L${points[0] ?? 0} ${floor}Z`;
}

const Curves = memo(function Curves({ scene }: { readonly scene: LedgerScene }) {
  const floor = scene.viewHeight - 27;
  return (
    <g aria-hidden="true">
      <path d={areaOf(scene.free, floor)} fill="var(--c-unsorted-fill)" stroke="var(--c-unsorted-edge)" />
      <path d={areaOf(scene.free, floor)} fill={patternUrl("unsorted")} />
      <path d={areaOf(scene.inUse, floor)} fill="var(--c-inuse-fill)" stroke="var(--c-inuse-edge)" strokeWidth="1.2" />
      <path d={pathOf(scene.resident)} fill="none" stroke="var(--v-stack-edge)" strokeWidth="1.4" />
      <path d={pathOf(scene.virtual)} fill="none" stroke="var(--v-mmap-edge)" strokeWidth="1.4" strokeDasharray="4 3" />
      {scene.ticks.map((tick) => {
        const role = pathRole(tick.path, "inuse");
        return (
          <rect
            key={`${tick.operation}${tick.lane}`}
            x={tick.x}
            y={tick.y}
            width={Math.min(tick.width, 18)}
            height={tick.height}
            rx={2}
            fill={`var(--c-${role}-${tick.lane === "give" ? "fill" : "edge"})`}
            stroke={`var(--c-${role}-edge)`}
          />
        );
      })}
    </g>
  );
});

/** Whose calls these are: a stripe in the thread's colour, where there are several threads. */
const ThreadStripe = memo(function ThreadStripe({
  operations,
  axis,
}: {
  readonly operations: readonly Operation[];
  readonly axis: TimeAxis;
}) {
  const runs: { thread: number; from: number; to: number }[] = [];
  for (const { thread, index } of operations) {
    const last = runs.at(-1);
    if (last?.thread === thread) last.to = index + 1;
    else runs.push({ thread, from: index, to: index + 1 });
  }
  return (
    <g aria-hidden="true" data-testid="thread-stripe">
      {runs.map(({ thread, from, to }) => (
        <g key={from} data-thread={thread % 6}>
          <rect
            x={beginX(axis, from)}
            y={32}
            width={Math.max(0.5, endX(axis, to - 1) - beginX(axis, from))}
            height={3}
            fill="var(--t-edge)"
          >
            <title>{threadName(thread)}</title>
          </rect>
        </g>
      ))}
    </g>
  );
});

const KernelTicks = lazy(() => import("./kernel-ticks"));

/** Lower than this there is room for the track and the playhead only. */
const SLIM = 60;

function kib(bytes: number): string {
  return bytes >= 1024 ? `${Math.round(bytes / 1024)} KiB` : `${bytes} B`;
}

/** What stays as it is while the reader steps: a figure of its own, so that a step does not paint thousands of ticks again. */
const Plot = memo(function Plot({
  summary,
  axis,
  scene,
  width,
  height,
}: {
  readonly summary: RunSummary;
  readonly axis: TimeAxis;
  readonly scene: LedgerScene;
  readonly width: number;
  readonly height: number;
}) {
  return (
    <svg width={width} height={height} aria-hidden="true">
      {height < SLIM ? (
        <path d={`M${LEDGER_SIDES.left} ${height / 2}H${endOfAxis(axis)}`} stroke="var(--line-2)" strokeWidth={3} />
      ) : (
        <>
          <Curves scene={scene} />
          {summary.threads.at.length > 0 ? <ThreadStripe operations={summary.operations} axis={axis} /> : null}
          <Suspense fallback={null}>
            <KernelTicks kernel={summary.kernel} axis={axis} />
          </Suspense>
        </>
      )}
    </svg>
  );
});

/** A slider over the run's calls: drag, click, arrow keys (the page's own step keys). */
export function LedgerScrubber({ summary }: { readonly summary: RunSummary }) {
  const text = useText();
  const actions = useActions();
  const position = useUi((state) => state.position);
  const { cursor, lastOperation: latest } = position ?? { cursor: 0, lastOperation: -1 };
  const bookmarks = useUi((state) => state.bookmarks);
  const level = useUi((state) => state.level);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => ensureDefs(), []);
  const { width, height } = useSize(box);
  const { operations, ledger } = summary;
  const threaded = summary.threads.at.length > 0;
  const axis = useMemo(
    () => timeAxis(summary, LEDGER_SIDES.left, Math.max(1, width - LEDGER_SIDES.left - LEDGER_SIDES.right)),
    [summary, width],
  );
  const scene = useMemo(() => ledgerScene(ledger, operations, axis, height), [ledger, operations, axis, height]);
  const atEnd = cursor >= summary.last;
  const call = operations[latest];
  const called = call === undefined ? "" : `op ${latest + 1} ${threaded ? `${threadName(call.thread)} ` : ""}${callText(call)}`;
  // Between two calls of the allocator it is the kernel that works, when anybody does.
  const work = position === null ? null : kernelCallAt(summary, position);
  const label = work === null ? called : (kernelCallNames[work.call] ?? "");
  const playhead = xOfCursor(axis, cursor);
  const bad = atEnd && (summary.status === "abort" || summary.status === "signal");
  const xOf = (at: number): number => xOfCursor(axis, at);

  const seekTo = (clientX: number, snap: boolean): void => {
    const x = clientX - (box.current?.getBoundingClientRect().left ?? 0);
    const nearest = snap ? bookmarks.toSorted((a, b) => Math.abs(xOf(a) - x) - Math.abs(xOf(b) - x))[0] : undefined;
    if (nearest !== undefined) actions.seek(nearest);
    else if (x >= endOfAxis(axis) + 2) actions.toEnd();
    else if (x <= LEDGER_SIDES.left - 2) actions.toStart();
    else actions.seek(cursorAt(axis, x), level);
  };

  const flip = playhead > width * 0.7;
  return (
    <div
      ref={box}
      className="ledger-scrubber"
      data-testid="scrubber"
      role="slider"
      tabIndex={0}
      aria-label={text.transport.scrubber}
      aria-valuemin={0}
      aria-valuemax={operations.length}
      aria-valuenow={latest + 1}
      aria-valuetext={text.transport.scrubberValue(latest + 1, operations.length, call === undefined ? "" : callText(call))}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event.clientX, event.shiftKey);
      }}
      onPointerMove={(event) => event.buttons === 1 && seekTo(event.clientX, event.shiftKey)}
    >
      {width === 0 ? null : (
        <>
          <Plot summary={summary} axis={axis} scene={scene} width={width} height={height} />
          <svg width={width} height={height} aria-hidden="true">
            <rect width={width} height={height} fill={groundUrl} />
            <rect
              className="ledger-future"
              x={playhead}
              y={14}
              width={Math.max(0, width - playhead)}
              height={Math.max(0, height - 14)}
            />
            {height < SLIM || operations.length === 0 ? null : (
              <g className="ledger-axis" textAnchor="end">
                <text x={width - 8} y={42}>
                  {kib(scene.topBytes)}
                </text>
                <text x={width - 8} y={height - 27}>
                  0
                </text>
                <text x={width - 8} y={height - 15} className="ledger-line-name">
                  {text.transport.resident}
                </text>
                <text x={width - 8} y={height - 4} className="ledger-line-name">
                  {text.transport.virtual}
                </text>
              </g>
            )}
            {bookmarks.map((mark) => (
              <g key={mark}>
                <path d={`M${xOf(mark)} 3v${height - 6}`} stroke="var(--line-3)" strokeDasharray="2 2" />
                <path d={`M${xOf(mark)} 2h8l-2 3l2 3h-8Z`} fill="var(--ink-2)" />
              </g>
            ))}
            <path d={`M${playhead} 6V${height - 2}`} stroke={bad ? "var(--bad)" : "var(--now)"} strokeWidth={2} />
            <path d={`M${playhead - 5} 1h10v6l-5 5l-5 -5z`} fill={bad ? "var(--bad)" : "var(--now)"} />
            {label === "" ? null : (
              <text
                x={playhead + (flip ? -9 : 9)}
                y={10}
                textAnchor={flip ? "end" : "start"}
                className={bad ? "ledger-label bad" : "ledger-label"}
              >
                {label}
              </text>
            )}
          </svg>
        </>
      )}
    </div>
  );
}
