/** A finished comparison: what parts the two, the calls beside each other, and both heaps after the chosen call. */
import { useEffect, useMemo, useState } from "react";
import { compareTexts } from "../../i18n/compare";
import type { Comparison } from "../../protocol/comparison";
import type { Instant } from "../../queries";
import type { Looks } from "../../queries/versions";
import { panelTexts } from "../../i18n/panels";
import type { Scenario } from "../../scenario";
import { useActions, useUi } from "../../store";
import { Segmented } from "../../ui";
import { Calls } from "./calls";
import { Explanation } from "./explanation";
import { listRows } from "./lists";
import { cursorAt, looksAt } from "./outcome";
import { Side } from "./side";
import type { SideLevel } from "./side-map";
import { Source } from "./source";
import type { Instants } from "./use-comparison";

const levels = ["mid", "far"] as const satisfies readonly SideLevel[];
const nothing: Instants = [null, null];

/** Bytes of the heap below top. */
function usedBytes(instant: Instant | null): number {
  const { start = 0, end = 0 } = instant?.heap.chunks ?? {};
  const top = instant?.heap.bins.top ?? 0;
  return (top > start && top <= end ? top : end) - start;
}

/** Bytes a row that suit both heaps: the same in both columns, so that they can be laid against each other. */
function bytesPerRow(instants: Instants): number {
  const used = Math.max(...instants.map(usedBytes));
  let bytes = 0x100;
  while (bytes < 0x1000 && bytes * 48 < used) bytes *= 2;
  return bytes;
}

interface ComparedProps {
  readonly comparison: Comparison;
  readonly scenario: Scenario;
  readonly look: (looks: Looks) => Promise<Instants>;
  readonly lesson: string | null;
}

export function Compared({ comparison, scenario, look, lesson }: ComparedProps) {
  const locale = useUi((state) => state.locale);
  const text = compareTexts[locale];
  const heapText = panelTexts[locale].heap;
  const actions = useActions();
  const { calls, divergence } = comparison;
  const start = divergence?.call ?? Math.max(0, calls.length - 1);
  const [selected, setSelected] = useState(start);
  const [all, setAll] = useState(false);
  const [level, setLevel] = useState<SideLevel>("mid");
  const [instants, setInstants] = useState(nothing);

  useEffect(() => {
    let wanted = true;
    void look(looksAt(comparison, selected)).then(
      (found) => {
        if (wanted) setInstants(found);
      },
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [comparison, selected, look]);

  const lists = useMemo(() => listRows(...instants), [instants]);
  const row = bytesPerRow(instants);
  const call = calls[selected];
  const differing = calls.filter(({ differs }) => differs.includes("decision")).length;
  const open = (side: "a" | "b"): void =>
    void actions.open({ ...scenario, machine: comparison[side].machine }, { cursor: cursorAt(comparison, selected, side) });
  const columns = [
    { letter: "A", side: "a", instant: instants[0], other: instants[1] },
    { letter: "B", side: "b", instant: instants[1], other: instants[0] },
  ] as const;
  return (
    <div className="compare-body" data-testid="compared" data-shown={instants !== nothing || undefined}>
      <div className="compare-left">
        <Explanation comparison={comparison} lesson={lesson} onGo={() => setSelected(start)} />
        <div className="compare-calls-title">
          <h3>{text.calls}</h3>
          <span className="dim">{text.differing(differing, calls.length)}</span>
          <span className="grow" />
          <label className="check">
            <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} data-testid="mark-all" />
            {text.all}
          </label>
        </div>
        <Calls comparison={comparison} selected={selected} onSelect={setSelected} all={all} />
        <Source source={scenario.source} comparison={comparison} selected={selected} />
      </div>
      <div className="compare-right">
        <div className="compare-tools">
          <h3>{text.heap}</h3>
          <Segmented
            label={heapText.zoomLabel}
            options={levels.map((id) => ({ id, text: heapText[id] }))}
            value={level}
            onChange={setLevel}
            testId="compare-zoom"
          />
          {level === "mid" ? <span className="dim mono">{heapText.perRow(`0x${row.toString(16)}`)}</span> : null}
        </div>
        <div className="compare-sides">
          {columns.map(({ letter, side, instant, other }) => (
            <Side
              key={letter}
              letter={letter}
              run={comparison[side]}
              operation={call?.[side] ?? null}
              ended={call === undefined}
              instant={instant}
              other={other}
              otherOperation={call?.[side === "a" ? "b" : "a"] ?? null}
              lists={lists}
              level={level}
              bytesPerRow={row}
              onOpen={() => open(side)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
