/** Who runs when: a lane a thread. Click a slice to go where it begins, a tick to go to that call. */
import { useMemo, useRef } from "react";
import { arenaTexts } from "../../i18n/arenas";
import type { RunSummary } from "../../protocol/messages";
import { useSize } from "../../render/hooks";
import { lanesScene } from "../../scene/lanes";
import { threadName } from "../../scene/threads";
import { useActions, useUi } from "../../store";

const LANE = 32;
const LABELS = 92;
const MARGIN = 12;

const tickRole: Readonly<Record<string, string>> = {
  none: "inuse",
  top: "inuse",
  sysmalloc: "inuse",
  error: "bad",
};

export function Lanes({ summary }: { readonly summary: RunSummary }) {
  const text = arenaTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const cursor = useUi((state) => state.position?.cursor ?? 0);
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const { threads, statements, operations, first, last } = summary;
  const scene = useMemo(
    () =>
      lanesScene(threads, statements.at, operations, { first, last }, { x: LABELS, width: Math.max(1, width - LABELS - MARGIN) }),
    [threads, statements, operations, first, last, width],
  );
  const now = scene.xOf(cursor);
  const height = scene.lanes.length * LANE + 14;
  return (
    <div className="lanes" ref={box}>
      <ul className="visually-hidden" aria-label={text.lanes}>
        {scene.lanes.map(({ thread, slices }) => (
          <li key={thread}>
            {text.lane(
              threadName(thread),
              slices.length,
              slices.reduce((sum, slice) => sum + slice.ticks.length, 0),
            )}
          </li>
        ))}
      </ul>
      <svg width={width} height={height} aria-hidden="true" data-testid="lanes">
        {scene.lanes.map((lane, row) => {
          const y = 10 + row * LANE;
          return (
            <g key={lane.thread} data-thread={lane.thread % 6}>
              <text x={10} y={y + 14} className="lane-name">
                {threadName(lane.thread)}
              </text>
              <path d={`M${lane.x} ${y + 10}H${lane.end}`} className="lane-line" />
              {lane.waits.map((wait) => (
                <g
                  key={wait.x}
                  className="lane-wait"
                  data-state={wait.state}
                  data-now={now >= wait.x && now <= wait.x + wait.width}
                >
                  <rect x={wait.x} y={y + 2} width={wait.width} height={16} rx={3} />
                  {wait.state === "locking" && wait.width > 40 ? (
                    <text x={wait.x + 6} y={y + 14}>
                      {text.waits}
                    </text>
                  ) : null}
                </g>
              ))}
              {lane.slices.map((slice) => (
                // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the pointer; the ledger's slider does the same by keys
                <g key={slice.from} className="lane-slice" onClick={() => actions.seek(slice.from, "statement")}>
                  <title>{text.turn(threadName(lane.thread), slice.ticks.length)}</title>
                  <rect x={slice.x} y={y} width={slice.width} height={20} rx={3} />
                  {slice.ticks.map((tick) => {
                    const role = tickRole[tick.path] ?? tick.path;
                    return (
                      <rect
                        key={tick.operation}
                        x={tick.x + 1}
                        y={y + 5}
                        width={Math.max(2, Math.min(8, slice.width - 2))}
                        height={10}
                        rx={2}
                        fill={`var(--c-${role}-${tick.gives ? "fill" : "edge"})`}
                        stroke={`var(--c-${role}-edge)`}
                        onClick={(event) => {
                          event.stopPropagation();
                          actions.seekOperation(tick.operation);
                        }}
                      />
                    );
                  })}
                </g>
              ))}
            </g>
          );
        })}
        <rect className="ledger-future" x={now} y={0} width={Math.max(0, width - now)} height={height} pointerEvents="none" />
        <path d={`M${now} 4V${height}`} stroke="var(--now)" strokeWidth={2} pointerEvents="none" />
        <path d={`M${now - 5} 0h10v5l-5 5l-5 -5z`} fill="var(--now)" pointerEvents="none" />
      </svg>
    </div>
  );
}
