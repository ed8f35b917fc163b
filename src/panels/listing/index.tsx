/** Inside the call: how the allocator decides, beside the memory it changes. */
import { Check, Circle, Minus, Play } from "lucide-react";
import { useEffect, useRef } from "react";
import { SLICE_LIMIT } from "../../queries";
import { inNextFrame } from "../../render/hooks";
import { useActions, useText } from "../../store";
import { callText } from "../shared/call-text";
import type { ListingPhase, ListingRow, RowState } from "../shared/listing-rows";
import { useMarkWords } from "../shared/mark-text";
import { useListing } from "../shared/use-listing";
import "./listing.css";

const icons = { done: Check, current: Play, skipped: Minus, notReached: Circle } as const;

/** A call that is over has nothing current: its last line is done like the others. */
function shownState(row: ListingRow, inside: boolean): RowState {
  return row.state === "current" && !inside ? "done" : row.state;
}

/** `W2`, `W2–4`. */
function tag(orders: readonly number[]): string {
  const [first = 0, last = first] = [orders[0], orders.at(-1)];
  return first === last ? `W${first}` : `W${first}–${last}`;
}

function Line({ row, inside }: { readonly row: ListingRow; readonly inside: boolean }) {
  const actions = useActions();
  const words = useMarkWords();
  const state = shownState(row, inside);
  const title = words.label(row.mark);
  const reached = state === "done" || state === "current";
  const value = reached ? words.live(row.mark, row.a, row.b, row.answer) : "";
  return (
    <button
      type="button"
      className={`listing-line ${state}`}
      disabled={row.at < 0}
      onClick={() => actions.seek(row.at + 1)}
      data-current={row.state === "current"}
      aria-current={state === "current" ? "step" : undefined}
    >
      <span className="listing-title">{title}</span>
      <span className="listing-value mono">
        {row.visits > 1 ? <span className="dim">{row.visits}× </span> : null}
        <span className="listing-words">{value}</span>
        {reached && row.writesDone.length > 0 ? <span className="write-tag">{tag(row.writesDone)}</span> : null}
        {state === "current" && row.writesNext.length > 0 ? <span className="write-tag next">W{row.writesNext[0]}</span> : null}
      </span>
    </button>
  );
}

/** What settled a phase: its latest line before the cursor. */
function lastReached(phase: ListingPhase): ListingRow | null {
  const past = phase.lines.filter((row) => row.state === "done" || row.state === "current");
  return past.reduce<ListingRow | null>((latest, row) => (latest === null || row.at > latest.at ? row : latest), null);
}

function Phase({ phase, inside }: { readonly phase: ListingPhase; readonly inside: boolean }) {
  const text = useText().listing;
  const actions = useActions();
  const words = useMarkWords();
  const { row, open } = phase;
  const state = shownState(row, inside);
  const Icon = icons[state];
  const settled = lastReached(phase);
  const value =
    state === "notReached" || state === "skipped"
      ? text.state[state]
      : open || settled === null
        ? words.live(row.mark, row.a, row.b, row.answer)
        : words.live(settled.mark, settled.a, settled.b, settled.answer);
  return (
    <li className={`listing-phase ${open ? "open" : ""} ${state === "current" ? "current" : ""}`}>
      <button
        type="button"
        className={`listing-head ${state}`}
        disabled={row.at < 0}
        onClick={() => actions.seek(row.at + 1)}
        data-current={open}
      >
        <span className={`listing-icon ${state}`}>
          <Icon size={9} strokeWidth={3} fill={state === "current" ? "currentColor" : "none"} />
          <span className="visually-hidden">{text.state[state]}</span>
        </span>
        <span className="listing-title">{words.label(row.mark)}</span>
        <span className="listing-value mono">
          <span className="listing-words">{value}</span>
        </span>
      </button>
      {open && phase.lines.length > 0 ? (
        <div className="listing-lines">
          {phase.lines.map((line) => (
            <Line key={line.key} row={line} inside={inside} />
          ))}
        </div>
      ) : null}
    </li>
  );
}

export function ListingPanel() {
  const text = useText().listing;
  const call = useListing();
  const listing = call?.listing ?? null;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (listing === null) return undefined;
    return inNextFrame(() => {
      const current = box.current?.querySelector('.listing-line[data-current="true"], .listing-head[data-current="true"]');
      current?.scrollIntoView({ block: "nearest" });
    });
  }, [listing]);
  const name = call === null ? "" : callText(call.operation);
  const inside = call?.inside ?? false;
  return (
    <>
      <div className="panel-head">
        <h2>{call === null ? text.title : inside ? text.inside(name) : text.after(name)}</h2>
        <span className="grow" />
        <span className="dim mono">{listing?.phases.find((phase) => phase.open)?.row.mark.fn ?? ""}</span>
      </div>
      <div className="panel-body" ref={box} data-testid="listing">
        {call === null ? (
          <p className="empty">
            <b>{text.none}</b>
            {text.noneHint}
          </p>
        ) : null}
        {call !== null && listing === null ? <p className="empty">{text.loading}</p> : null}
        {listing === null ? null : (
          <ol className={listing.dead ? "listing dead" : "listing"}>
            {listing.phases.map((phase) => (
              <Phase key={phase.key} phase={phase} inside={inside} />
            ))}
          </ol>
        )}
        {call?.cut === true ? <p className="empty">{text.cut(SLICE_LIMIT)}</p> : null}
      </div>
    </>
  );
}
