/** Inside the call: how the allocator decides, beside the memory it changes. */
import { Check, ChevronDown, ChevronRight, Circle, Minus, Play } from "lucide-react";
import { Fragment, useEffect, useRef, useState } from "react";
import { kernelCallNames } from "../../abi/api";
import { SLICE_LIMIT } from "../../queries";
import { inNextFrame } from "../../render/hooks";
import { useActions, useText } from "../../store";
import type { Listing, ListingPhase, ListingRow, RowState } from "../shared/listing-rows";
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

type Inner = Listing["inner"][number];

/** What the kernel did for a line: one row, and its own listing while the cursor is in it or the reader wants to see it. */
function InnerCall({ call }: { readonly call: Inner }) {
  const actions = useActions();
  const words = useMarkWords();
  const [wanted, setWanted] = useState<boolean | null>(null);
  const open = wanted ?? call.inside;
  const Fold = open ? ChevronDown : ChevronRight;
  const title = words.kernelCall(kernelCallNames.indexOf(call.call), call.a, call.b);
  const last = call.listing.phases.filter((phase) => phase.row.at >= 0).at(-1);
  return (
    <div
      className={`listing-inner ${call.inside ? "current" : ""} ${call.visits === 0 ? "notReached" : ""}`}
      data-testid="listing-inner"
    >
      <div className="listing-inner-head">
        <button
          type="button"
          className="listing-fold"
          aria-label={words.fold(open)}
          aria-expanded={open}
          onClick={() => setWanted(!open)}
        >
          <Fold size={11} />
        </button>
        <button type="button" className="listing-go" onClick={() => actions.seek(call.records.from + 1)}>
          <span className="listing-title">{title}</span>
          <span className="listing-value mono">
            {call.visits > 1 ? <span className="dim">{call.visits}× </span> : null}
            <span className="listing-words">{last?.row.mark.fn ?? ""}</span>
          </span>
        </button>
      </div>
      {open ? <Phases listing={call.listing} inside={call.inside} /> : null}
    </div>
  );
}

function Phases({ listing, inside }: { readonly listing: Listing; readonly inside: boolean }) {
  // While the kernel is at work the line that called it waits.
  const here = inside && !listing.inner.some((call) => call.inside);
  const known = new Set(listing.phases.flatMap(({ row, lines }) => [row.mark.id, ...lines.map(({ mark }) => mark.id)]));
  return (
    <ol className={listing.dead ? "listing dead" : "listing"}>
      {listing.phases.map((phase, index) => (
        <Phase
          key={phase.key}
          phase={phase}
          inside={here}
          // What came before the first marker stands at the head of the first phase.
          inner={listing.inner.map((call) =>
            index === 0 && !known.has(call.after) ? { ...call, after: phase.row.mark.id } : call,
          )}
        />
      ))}
    </ol>
  );
}

interface PhaseProps {
  readonly phase: ListingPhase;
  readonly inside: boolean;
  readonly inner: readonly Inner[];
}

function Phase({ phase, inside, inner }: PhaseProps) {
  const text = useText().listing;
  const actions = useActions();
  const words = useMarkWords();
  const { row, open } = phase;
  const state = shownState(row, inside);
  const Icon = icons[state];
  const settled = lastReached(phase);
  const behind = ({ mark }: ListingRow): readonly Inner[] => inner.filter((call) => call.after === mark.id);
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
      {open && phase.lines.length + behind(row).length > 0 ? (
        <div className="listing-lines">
          {behind(row).map((call) => (
            <InnerCall key={call.key} call={call} />
          ))}
          {phase.lines.map((line) => (
            <Fragment key={line.key}>
              <Line row={line} inside={inside} />
              {behind(line).map((call) => (
                <InnerCall key={call.key} call={call} />
              ))}
            </Fragment>
          ))}
        </div>
      ) : null}
    </li>
  );
}

/** The function that the cursor stands in, the kernel's inside its calls. */
function functionAt(listing: Listing): string {
  const inner = listing.inner.find((call) => call.inside);
  return (inner?.listing ?? listing).phases.find((phase) => phase.open)?.row.mark.fn ?? "";
}

export function ListingPanel() {
  const text = useText().listing;
  const call = useListing();
  const listing = call?.listing ?? null;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (listing === null) return undefined;
    return inNextFrame(() => {
      // The last is the innermost.
      const current = box.current?.querySelectorAll('.listing-line[data-current="true"], .listing-head[data-current="true"]');
      current?.item(current.length - 1)?.scrollIntoView({ block: "nearest" });
    });
  }, [listing]);
  const name = call?.name ?? "";
  const inside = call?.inside ?? false;
  const at = listing === null ? "" : functionAt(listing);
  return (
    <>
      <div className="panel-head">
        <h2>{call === null ? text.title : inside ? text.inside(name) : text.after(name)}</h2>
        <span className="grow" />
        <span className="dim mono">{at}</span>
      </div>
      <div className="panel-body" ref={box} data-testid="listing">
        {call === null ? (
          <p className="empty">
            <b>{text.none}</b>
            {text.noneHint}
          </p>
        ) : null}
        {call !== null && listing === null ? <p className="empty">{text.loading}</p> : null}
        {listing === null ? null : <Phases listing={listing} inside={inside} />}
        {call?.cut === true ? <p className="empty">{text.cut(SLICE_LIMIT)}</p> : null}
      </div>
    </>
  );
}
