/** The bar under everything: step buttons, level, caption, ledger. */
import {
  Bookmark,
  ChevronFirst,
  ChevronLast,
  ChevronLeft,
  ChevronRight,
  ChevronsLeft,
  ChevronsRight,
  Pause,
  Play,
  TerminalSquare,
} from "lucide-react";
import { Later, useInstant, useSummary } from "../../queries";
import { memo } from "react";
import { stepLevels } from "../../scenario";
import { playSpeeds, useActions, useText, useUi } from "../../store";
import { threadName } from "../../scene/threads";
import { IconButton, Segmented } from "../../ui";
import { useMarkWords } from "../shared/mark-text";
import { useListing } from "../shared/use-listing";
import { captionOf } from "./caption";
import { LedgerScrubber } from "./ledger";
import { LedgerTable } from "./ledger-table";
import "../shared/threads.css";
import "./transport.css";

/** The caption, also for the narrow layout's strip on top. A polite live region: screen readers hear every step. */
export function CaptionLine() {
  const text = useText();
  const locale = useUi((state) => state.locale);
  const words = useMarkWords();
  const summary = useSummary();
  const instant = useInstant();
  const current = instant?.threads.find((thread) => thread.current);
  const source = useUi((state) => state.run?.scenario.source ?? "");
  const position = useUi((state) => state.position);
  const caption =
    summary === null || position === null
      ? { text: text.banner.starting, bad: false }
      : captionOf(source, summary, position, instant, text, locale, words);
  return (
    <div
      className={caption.bad ? "caption bad" : "caption"}
      role="status"
      aria-live="polite"
      data-testid="caption"
      title={caption.text}
    >
      {current === undefined || (summary?.threads.at.length ?? 0) === 0 ? null : (
        <>
          <b className="thread-tag" data-thread={current.number % 6}>
            {threadName(current.number)}
          </b>{" "}
        </>
      )}
      {caption.text}
    </div>
  );
}

/** Every press is the next speed; after the fastest comes the slowest. */
function Speed() {
  const text = useText().transport;
  const actions = useActions();
  const speed = useUi((state) => state.speed);
  return (
    <IconButton
      label={text.speed(speed)}
      keys="< >"
      onPress={() => actions.setSpeed(playSpeeds[(playSpeeds.indexOf(speed) + 1) % playSpeeds.length] ?? 1)}
      className="speed optional mono"
      testId="speed"
    >
      {speed}×
    </IconButton>
  );
}

const Buttons = memo(function Buttons() {
  const text = useText().transport;
  const actions = useActions();
  const playing = useUi((state) => state.playing);
  const idle = useUi((state) => state.run === null);
  const atStart = useUi((state) => state.run === null || (state.position?.cursor ?? 0) <= state.run.summary.first);
  const atEnd = useUi((state) => state.run === null || (state.position?.cursor ?? 0) >= state.run.summary.last);
  return (
    <div className="transport-buttons">
      <IconButton label={text.start} keys="Home" onPress={actions.toStart} isDisabled={atStart} testId="to-start">
        <ChevronFirst size={18} />
      </IconButton>
      <IconButton
        label={text.previousOperation}
        keys="Shift ←"
        onPress={() => actions.stepOperation(-1)}
        isDisabled={atStart}
        testId="previous-operation"
      >
        <ChevronsLeft size={18} />
      </IconButton>
      <IconButton label={text.back} keys="←" onPress={() => actions.step(-1)} isDisabled={atStart} testId="step-back">
        <ChevronLeft size={18} />
      </IconButton>
      <IconButton
        label={playing ? text.pause : text.play}
        keys="Space"
        onPress={actions.togglePlay}
        isDisabled={idle}
        className="play-btn"
        testId="play"
      >
        {playing ? <Pause size={14} fill="currentColor" /> : <Play size={14} fill="currentColor" />}
      </IconButton>
      <Speed />
      <IconButton label={text.forward} keys="→" onPress={() => actions.step(1)} isDisabled={atEnd} testId="step">
        <ChevronRight size={18} />
      </IconButton>
      <IconButton
        label={text.nextOperation}
        keys="Shift →"
        onPress={() => actions.stepOperation(1)}
        isDisabled={atEnd}
        testId="next-operation"
      >
        <ChevronsRight size={18} />
      </IconButton>
      <IconButton label={text.end} keys="End" onPress={actions.toEnd} isDisabled={atEnd} testId="to-end">
        <ChevronLast size={18} />
      </IconButton>
    </div>
  );
});

/** More writes than this are told as figures only. */
const PIP_LIMIT = 12;

/** How far the call at hand has come: its phases, and the words it writes. */
export function CallProgress() {
  const text = useText().transport;
  const call = useListing();
  const listing = call?.listing ?? null;
  if (listing === null || call?.inside !== true || listing.phaseCount === 0) return null;
  const { phase, phaseCount, write, writeCount } = listing;
  return (
    <span className="call-progress">
      {phase === 0 ? null : (
        <span className="chip">
          <b>{text.phase(phase, phaseCount)}</b>
        </span>
      )}
      {writeCount === 0 ? null : (
        <span className="pips mono" role="img" aria-label={text.writes(write, writeCount)}>
          {writeCount > PIP_LIMIT
            ? null
            : // biome-ignore lint/suspicious/noArrayIndexKey: a pip is its number
              Array.from({ length: writeCount }, (_, pip) => (
                <i key={pip} className={pip < write ? "done" : pip === write ? "next" : ""} />
              ))}
          {write}/{writeCount}
        </span>
      )}
    </span>
  );
}

/** The level on narrow screens, where four words do not fit side by side. */
function LevelSelect() {
  const text = useText().transport;
  const actions = useActions();
  const level = useUi((state) => state.level);
  return (
    <select
      className="level-select"
      aria-label={text.levelLabel}
      value={level}
      onChange={(event) => {
        const chosen = stepLevels.find((id) => id === event.target.value);
        if (chosen !== undefined) actions.setLevel(chosen);
      }}
    >
      {stepLevels.map((id) => (
        <option key={id} value={id}>
          {text.level[id]}
        </option>
      ))}
    </select>
  );
}

/** Calls begun so far. */
function OperationCount() {
  const last = useUi((state) => state.position?.lastOperation ?? -1);
  const count = useUi((state) => state.run?.summary.operations.length ?? 0);
  return (
    <span className="op-count mono" data-testid="op-count">
      <b>op {last + 1}</b>
      <span className="dim"> / {count}</span>
    </span>
  );
}

/** `narrow`: one row of large buttons under the scrubber. `presenter`: no ledger; what there is to say stands in the band above. */
export function TransportPanel({ shape = "wide" }: { readonly shape?: "wide" | "narrow" | "presenter" }) {
  const text = useText().transport;
  const actions = useActions();
  const summary = useUi((state) => state.run?.summary ?? null);
  const level = useUi((state) => state.level);
  const bookmarked = useUi((state) => state.position !== null && state.bookmarks.includes(state.position.cursor));
  const callBar = useUi((state) => state.callBar);
  return (
    <section
      className={`transport ${shape}`}
      data-panel="transport"
      data-testid="transport"
      aria-label={useText().panel.transport}
      tabIndex={-1}
    >
      <div className="transport-row">
        <Buttons />
        {shape === "narrow" ? <LevelSelect /> : null}
        {shape === "narrow" ? null : (
          <Segmented
            label={text.levelLabel}
            testId="level"
            value={level}
            onChange={actions.setLevel}
            options={stepLevels.map((id) => ({ id, text: text.level[id] }))}
          />
        )}
        <div className="sep" />
        <OperationCount />
        {shape === "narrow" ? null : (
          <Later>
            <CallProgress />
          </Later>
        )}
        <div className="sep optional" />
        <div className="grow">{shape === "wide" ? <CaptionLine /> : null}</div>
        <IconButton
          label={text.callBar}
          keys="Ctrl+`"
          onPress={() => actions.setCallBar(!callBar)}
          pressed={callBar}
          testId="open-callbar"
          className="optional"
        >
          <TerminalSquare size={16} />
        </IconButton>
        <IconButton label={text.bookmark} keys="M" onPress={actions.toggleBookmark} pressed={bookmarked} className="optional">
          <Bookmark size={16} fill={bookmarked ? "currentColor" : "none"} />
        </IconButton>
      </div>
      {shape === "presenter" ? null : (
        <div className="ledger">
          {summary === null ? <div className="empty" /> : <LedgerTable summary={summary} />}
          {summary === null ? null : <LedgerScrubber summary={summary} />}
        </div>
      )}
    </section>
  );
}
