/** How a program died. In the allocator: culprit → check → victim, and the way to the write that caused it. */
import { signalNumber } from "../../abi/linux";
import { ArrowRight, SkipBack } from "lucide-react";
import type { RunSummary } from "../../protocol/messages";
import { useInstant, useLastWriter, useSummary } from "../../queries";
import { useActions, useText, useUi } from "../../store";
import { ActionButton } from "../../ui";
import { suspectWord } from "../../decode/suspect";
import { SignalCard } from "./signal-card";
import "./abort.css";

interface Culprit {
  readonly operation: number;
  readonly line: number;
}

/** The call that made a write (−1: the program itself), and its line. */
function writerOf(summary: RunSummary, at: number): Culprit {
  const operation = summary.operations.findLast((candidate) => candidate.begin < at && at < candidate.end);
  const track = summary.statements;
  let row = -1;
  while ((track.at[row + 1] ?? Number.POSITIVE_INFINITY) <= at) row++;
  const line = summary.debug.statements[track.statement[row] ?? -1]?.span.line ?? 0;
  return { operation: operation?.index ?? -1, line };
}

function AbortCard({ summary }: { readonly summary: RunSummary }) {
  const text = useText().abort;
  const actions = useActions();
  const instant = useInstant();
  const call = summary.operations.at(-1);
  const addr =
    call !== undefined && instant !== null
      ? suspectWord(instant.reader, instant.heap, summary.message, call.api === "free" ? (call.args[0] ?? 0) : 0)
      : null;
  const writer = useLastWriter(addr, call?.begin ?? 0);
  const culprit = addr === null || writer === null || writer < 0 ? null : writerOf(summary, writer);

  if (call === undefined) return null;
  const value = addr === null ? null : (instant?.reader.exact(addr) ?? null);
  return (
    <section className="abort-card" data-testid="abort" aria-label={summary.message}>
      <div className="abort-message">
        <span className="abort-signal">SIGABRT</span>
        <b className="mono">{summary.message.trim()}</b>
      </div>
      <div className="abort-chain">
        <div>
          <b>① {text.culprit}</b>
          <span className="mono">
            {culprit === null
              ? text.unknownCulprit
              : `${culprit.operation >= 0 ? `${text.operation(culprit.operation + 1)} · ` : ""}${text.line(culprit.line)} · …${(addr ?? 0).toString(16).slice(-4)}`}
          </span>
        </div>
        <ArrowRight size={14} aria-hidden="true" />
        <div>
          <b>② {text.check}</b>
          <span className="mono">
            {text.operation(call.index + 1)} · {text.line(call.line)}
            {addr === null ? "" : ` · ${text.readsWord(`…${addr.toString(16).slice(-4)}`)}`}
          </span>
        </div>
        <ArrowRight size={14} aria-hidden="true" />
        <div>
          <b>③ {text.victim}</b>
          <span className="mono">
            {call.name === "" ? (call.argText[0] ?? "") : call.name}
            {value === null ? "" : ` · ${text.holds(`0x${value.toString(16)}`)}`}
          </span>
        </div>
      </div>
      <div className="abort-actions">
        <ActionButton
          kind="danger"
          onPress={() => void actions.jumpToCulprit()}
          isDisabled={culprit === null}
          testId="jump-culprit"
        >
          <SkipBack size={14} />
          {text.jump} <kbd>J</kbd>
        </ActionButton>
        <ActionButton onPress={actions.dismissAbort}>{text.dismiss}</ActionButton>
      </div>
    </section>
  );
}

/** The card of a program that died, while its end is shown. */
function EndingCard() {
  const summary = useSummary();
  const dismissed = useUi((state) => state.abortDismissed);
  const atEnd = useUi((state) => state.run !== null && (state.position?.cursor ?? 0) >= state.run.summary.last);
  if (summary === null || dismissed || !atEnd) return null;
  // Without a message it was no check of glibc's, but the program itself.
  if (summary.status === "abort")
    return summary.message.trim() === "" ? (
      <SignalCard summary={summary} signal={signalNumber.SIGABRT} />
    ) : (
      <AbortCard summary={summary} />
    );
  return summary.status === "signal" ? <SignalCard summary={summary} signal={summary.signal} /> : null;
}

export default EndingCard;
