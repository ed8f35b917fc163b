/** Inside the call: how the allocator decides, beside the memory it changes. */
import { Check, Circle, Minus, Play } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { Button } from "react-aria-components";
import { markLabel, markLive } from "../../i18n/marks";
import { SLICE_LIMIT, useOperation, useRecords } from "../../queries";
import { useActions, useText, useUi } from "../../store";
import { type ListingPhase, listingOf, type ListingRow } from "./rows";
import "./listing.css";

const icons = { done: Check, current: Play, skipped: Minus, notReached: Circle } as const;

/** The row's own words, and what it says with its operands once it was reached. */
function useMarkLine(): (row: ListingRow) => { readonly title: string; readonly value: string } {
  const locale = useUi((state) => state.locale);
  return (row) => {
    const title = markLabel(locale, row.mark);
    const live = row.at < 0 ? "" : markLive(locale, row.mark, row.a, row.b, row.answer);
    return { title, value: live === title ? "" : live };
  };
}

function Line({ row }: { readonly row: ListingRow }) {
  const actions = useActions();
  const line = useMarkLine();
  const { title, value } = line(row);
  return (
    <Button
      className={`listing-line ${row.state}`}
      isDisabled={row.at < 0}
      onPress={() => actions.seek(row.at + 1)}
      data-current={row.state === "current"}
      aria-current={row.state === "current" ? "step" : undefined}
    >
      <span className="listing-title">{title}</span>
      <span className="listing-value mono">
        {row.visits > 1 ? <span className="dim">{row.visits}× </span> : null}
        {row.state === "done" || row.state === "current" ? value : ""}
        {row.state !== "notReached" && row.writesDone > 0 ? (
          <span className="write-tag">W{row.writesDone > 1 ? `×${row.writesDone}` : ""}</span>
        ) : null}
        {row.state === "current" && row.writesNext > 0 ? <span className="write-tag next">W</span> : null}
      </span>
    </Button>
  );
}

function Phase({ phase }: { readonly phase: ListingPhase }) {
  const text = useText().listing;
  const actions = useActions();
  const line = useMarkLine();
  const { row } = phase;
  const Icon = icons[row.state];
  const { title, value } = line(row);
  return (
    <li className={phase.current ? "listing-phase current" : "listing-phase"}>
      <Button
        className={`listing-head ${row.state}`}
        isDisabled={row.at < 0}
        onPress={() => actions.seek(row.at + 1)}
        data-current={phase.current}
      >
        <span className={`listing-icon ${row.state}`}>
          <Icon size={9} strokeWidth={3} fill={row.state === "current" ? "currentColor" : "none"} />
          <span className="visually-hidden">{text.state[row.state]}</span>
        </span>
        <span className="listing-title">{title}</span>
        <span className="listing-value mono">
          {row.state === "notReached" ? text.state.notReached : row.state === "skipped" ? text.state.skipped : value}
        </span>
      </Button>
      {phase.current ? (
        <div className="listing-lines">
          {phase.lines
            .filter((entry) => entry.mark.id !== row.mark.id)
            .map((entry) => (
              <Line key={entry.key} row={entry} />
            ))}
        </div>
      ) : null}
    </li>
  );
}

export function ListingPanel() {
  const text = useText().listing;
  const call = useOperation();
  const cursor = useUi((state) => state.position?.cursor ?? 0);
  const records = useRecords(call?.operation.begin ?? 0, call?.operation.end ?? 0);
  const api = call?.operation.api ?? "";
  const phases = useMemo(() => (records === null ? null : listingOf(api, records, cursor)), [api, records, cursor]);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current
      ?.querySelector('.listing-line[data-current="true"], .listing-head[data-current="true"]')
      ?.scrollIntoView({ block: "nearest" });
  });
  const name = call === null ? "" : callName(call.operation.api, call.operation.name, call.operation.argText);
  const fn = phases?.find((phase) => phase.current)?.row.mark.fn;
  return (
    <>
      <div className="panel-head">
        <h2>{call === null ? text.title : call.inside ? text.inside(name) : text.after(name)}</h2>
        <span className="grow" />
        <span className="dim mono">{fn ?? ""}</span>
      </div>
      <div className="panel-body" ref={box} data-testid="listing">
        {call === null ? (
          <p className="empty">
            <b>{text.none}</b>
            {text.noneHint}
          </p>
        ) : null}
        {call !== null && phases === null ? <p className="empty">{text.loading}</p> : null}
        {phases === null ? null : (
          <ol className="listing">
            {phases.map((phase) => (
              <Phase key={phase.key} phase={phase} />
            ))}
          </ol>
        )}
        {call !== null && call.operation.end - call.operation.begin > SLICE_LIMIT ? (
          <p className="empty">{text.cut(SLICE_LIMIT)}</p>
        ) : null}
      </div>
    </>
  );
}

function callName(api: string, name: string, args: readonly string[]): string {
  return `${api}(${[api === "free" || api === "realloc" ? name || args[0] : args[0], ...args.slice(1)].filter((arg) => arg !== undefined && arg !== "").join(", ")})`;
}
