/** When a VMA was made, grew, shrank, was split or joined, changed its rights, and went; each of them a step to go to. */
import { useEffect, useMemo, useRef } from "react";
import { kernelCallNames } from "../../abi/api";
import { unreachable } from "../../base";
import { type VmaCardText, vmaCardTexts } from "../../i18n/vma-card";
import type { RunSummary, VmaRange } from "../../protocol/messages";
import { useSummary } from "../../queries";
import { useVmaLife } from "../../queries/vma-history";
import { sizeText } from "../../scene/sizes";
import { useActions, useUi } from "../../store";
import { eventsOf, type VmaEvent } from "./vma-events";

/** Entries shown around the current one. */
const SHOWN = 100;

const range = ({ start, end }: VmaRange): string => `${start.toString(16)}–${end.toString(16)}`;
/** Empty when there are none. */
const rangesOf = (others: readonly VmaRange[]): string => others.map(range).join(", ");

function sentence(event: VmaEvent, { event: text }: VmaCardText): string {
  switch (event.kind) {
    case "made":
      return text.made(sizeText(event.bytes), event.rights, rangesOf(event.over));
    case "copied":
      return text.copied;
    case "splitOff":
      return text.splitOff(range(event.of));
    case "grew":
      return text.grew(event.end, sizeText(event.bytes), rangesOf(event.joined), rangesOf(event.over));
    case "shrank":
      return text.shrank(event.end, sizeText(event.bytes), rangesOf(event.other));
    case "rights":
      return text.rights(event.from, event.to);
    case "flags":
      return event.bits.join(" ");
    case "went":
      return text.went(rangesOf(event.into), event.exited);
    default:
      return unreachable(event);
  }
}

/** Line of the statement that is under way at a cursor; 0 when there is none. */
function lineAt({ statements, debug }: RunSummary, cursor: number): number {
  let [low, high] = [0, statements.at.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((statements.at[middle] ?? 0) < cursor) low = middle + 1;
    else high = middle;
  }
  return debug.statements[statements.statement[low - 1] ?? -1]?.span.line ?? 0;
}

interface Entry {
  /** Where it leads, and where the VMA begins then. */
  readonly at: number;
  readonly start: number | undefined;
  readonly call: string;
  readonly text: string;
  readonly line: number;
}

interface Props {
  /** Linear offset of its struct. */
  readonly vma: number;
  readonly start: number;
  readonly cursor: number;
}

export function VmaHistory({ vma, start, cursor }: Props): React.ReactNode {
  const text = vmaCardTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const summary = useSummary();
  const life = useVmaLife(vma);
  const entries = useMemo((): readonly Entry[] => {
    if (life === null || summary === null) return [];
    const changes = life.changes.map((change) => ({
      at: change.at,
      start: change.after?.start ?? change.before?.start,
      call: kernelCallNames[change.call] ?? "",
      text: eventsOf(change)
        .map((event) => sentence(event, text))
        .join(text.event.and),
      line: lineAt(summary, change.at),
    }));
    const [first] = life.changes;
    if (first?.before === null) return changes;
    return [{ at: summary.first, start: first?.before.start, call: "", text: text.before, line: 0 }, ...changes];
  }, [life, summary, text]);
  const current = entries.findLastIndex(({ at }) => at <= cursor);
  const from = Math.max(0, Math.min(current - SHOWN / 2, entries.length - SHOWN));
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const entry = list.current?.querySelectorAll("li")[current - from];
    // Only the list moves, not the panel that it stands in.
    if (list.current && entry) list.current.scrollTop = entry.offsetTop - list.current.offsetTop - list.current.clientHeight / 3;
  }, [current, from]);
  return (
    <section data-testid="vma-history">
      <h3>{text.history}</h3>
      {life === null ? <p className="note">{text.looking}</p> : null}
      <ol ref={list} className="vma-history">
        {entries.slice(from, from + SHOWN).map((entry, i) => (
          <li key={entry.at}>
            <button
              type="button"
              className="history-line"
              data-when={from + i === current ? "now" : from + i < current ? "past" : "future"}
              aria-current={from + i === current ? "step" : undefined}
              onClick={() => {
                actions.seek(entry.at);
                if (entry.start !== undefined && entry.start !== start) actions.selectMapping(entry.start);
              }}
            >
              <span className="mono">{entry.call}</span>
              <span className="history-call">{entry.text}</span>
              {entry.line > 0 ? <span className="right">{text.line(entry.line)}</span> : null}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
