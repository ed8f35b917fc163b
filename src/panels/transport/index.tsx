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
import { useInstant, useSummary } from "../../queries";
import { stepLevels } from "../../scenario";
import { useActions, useText, useUi } from "../../store";
import { IconButton, Segmented } from "../../ui";
import { captionOf } from "./caption";
import { LedgerScrubber } from "./ledger";
import { LedgerTable } from "./ledger-table";
import { useMarkText } from "./mark-text";
import "./transport.css";

/** The caption, also for the narrow layout's strip on top. A polite live region: screen readers hear every step. */
export function CaptionLine() {
  const text = useText();
  const markText = useMarkText();
  const summary = useSummary();
  const instant = useInstant();
  const source = useUi((state) => state.run?.scenario.source ?? "");
  const position = useUi((state) => state.position);
  const caption =
    summary === null || position === null
      ? { text: text.banner.starting, bad: false }
      : captionOf(source, summary, position, instant, text, markText);
  return (
    <div
      className={caption.bad ? "caption bad" : "caption"}
      role="status"
      aria-live="polite"
      data-testid="caption"
      title={caption.text}
    >
      {caption.text}
    </div>
  );
}

function Buttons() {
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
}

export function TransportPanel() {
  const text = useText().transport;
  const actions = useActions();
  const summary = useSummary();
  const level = useUi((state) => state.level);
  const bookmarked = useUi((state) => state.position !== null && state.bookmarks.includes(state.position.cursor));
  const callBar = useUi((state) => state.callBar);
  const last = useUi((state) => state.position?.lastOperation ?? -1);
  return (
    <section
      className="transport"
      data-panel="transport"
      data-testid="transport"
      aria-label={useText().panel.transport}
      tabIndex={-1}
    >
      <div className="transport-row">
        <Buttons />
        <Segmented
          label={text.levelLabel}
          testId="level"
          value={level}
          onChange={actions.setLevel}
          options={stepLevels.map((id) => ({ id, text: text.level[id] }))}
        />
        <div className="sep" />
        <span className="op-count mono" data-testid="op-count">
          <b>op {last + 1}</b>
          <span className="dim"> / {summary?.operations.length ?? 0}</span>
        </span>
        <div className="sep optional" />
        <CaptionLine />
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
      <div className="ledger">
        {summary === null ? <div className="empty" /> : <LedgerTable summary={summary} />}
        {summary === null ? null : <LedgerScrubber summary={summary} />}
      </div>
    </section>
  );
}
