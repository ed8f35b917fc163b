/** Where the two part, and which of upstream's changes did it. */
import { history, type HistoryId } from "../../abi/history";
import { compareTexts } from "../../i18n/compare";
import { historyTexts } from "../../i18n/history";
import type { Comparison } from "../../protocol/comparison";
import { useUi } from "../../store";
import { ActionButton } from "../../ui";
import { callText } from "../shared/call-text";
import { eitherCall } from "./outcome";

const commitUrl = (id: string): string => `https://sourceware.org/git/?p=glibc.git;a=commit;h=${id}`;

function Change({ id }: { readonly id: HistoryId }) {
  const locale = useUi((state) => state.locale);
  const entry = history.find((candidate) => candidate.id === id);
  const { title, reason } = historyTexts[locale][id];
  if (entry === undefined) return null;
  return (
    <div className="compare-change" data-testid="change" data-change={id}>
      <p>
        <b>
          {entry.upstream ?? entry.release}: {title}.
        </b>{" "}
        {reason}
      </p>
      <p className="compare-commits mono">
        {entry.commits.map((commit) => (
          <a
            key={commit}
            href={commitUrl(commit)}
            target="_blank"
            rel="noreferrer"
            aria-label={compareTexts[locale].commit(commit)}
          >
            {commit}
          </a>
        ))}
      </p>
    </div>
  );
}

interface ExplanationProps {
  readonly comparison: Comparison;
  /** What the lesson says about this step, null outside it. */
  readonly lesson: string | null;
  readonly onGo: () => void;
}

export function Explanation({ comparison, lesson, onGo }: ExplanationProps) {
  const text = compareTexts[useUi((state) => state.locale)];
  const { divergence, calls } = comparison;
  if (divergence === null)
    return (
      <div className="compare-card same" role="status" data-testid="no-divergence">
        <b>{text.equal(calls.length)}</b>
        <p>{text.equalHint}</p>
      </div>
    );
  const { explanation, aspect } = divergence;
  const call = calls[divergence.call];
  const operation = call === undefined ? null : eitherCall(call);
  return (
    <div className="compare-card" role="status" data-testid="divergence" data-aspect={aspect}>
      <h3>{operation === null ? text.firstEnd : text.first(divergence.call + 1, callText(operation))}</h3>
      <p>{text.aspect[aspect]}</p>
      {lesson === null ? null : <p className="compare-lesson">{lesson}</p>}
      {explanation === null ? (
        <p className="dim">{text.noChange}</p>
      ) : (
        <>
          <p className="dim">{text.came(explanation.before, explanation.release)}</p>
          {explanation.certain ? null : <p>{text.uncertain}</p>}
          {explanation.entries.map((id) => (
            <Change key={id} id={id} />
          ))}
        </>
      )}
      <ActionButton onPress={onGo} testId="go-divergence">
        {text.goFirst}
      </ActionButton>
    </div>
  );
}
