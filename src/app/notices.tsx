/** Bars between header and panels: what the engine is doing and what needs an answer. Never more than a line each. */
import { isStale, useActions, useText, useUi } from "../store";
import { ActionButton, copyText } from "../ui";
import { DEFAULT_BUDGET } from "./engine";

const number = new Intl.NumberFormat("en-US");

function Running() {
  const text = useText().banner;
  const actions = useActions();
  const progress = useUi((state) => state.progress);
  const first = useUi((state) => state.run === null);
  if (progress === null) return null;
  return (
    <>
      <div className="progress" role="progressbar" aria-label={text.starting} />
      {progress.steps > 0 ? (
        <div className="banner" data-testid="running">
          {text.running(number.format(progress.steps), progress.operations)}
          <span className="grow" />
          <ActionButton onPress={actions.cancel} testId="cancel">
            {text.cancel}
          </ActionButton>
        </div>
      ) : first ? (
        <div className="banner">{text.starting}</div>
      ) : null}
    </>
  );
}

function Ended() {
  const text = useText().banner;
  const actions = useActions();
  const status = useUi((state) => (state.progress === null ? (state.run?.summary.status ?? null) : null));
  const steps = useUi((state) => state.run?.summary.steps ?? 0);
  if (status === "budget" || status === "cancelled") {
    return (
      <div className="banner now" data-testid="budget">
        {status === "budget" ? text.budget(number.format(steps)) : text.cancelled}
        <span className="grow" />
        <ActionButton onPress={() => void actions.extend()} testId="continue">
          {text.more(number.format(DEFAULT_BUDGET))}
        </ActionButton>
      </div>
    );
  }
  const isEnd = status === "outOfMemory" || status === "storeFull" || status === "deadlock";
  return isEnd ? <div className="banner bad">{text[status]}</div> : null;
}

function Stale() {
  const text = useText().code;
  const stale = useUi(isStale);
  const broken = useUi((state) => state.diagnostics.length > 0);
  return stale ? (
    <div className={broken ? "banner bad" : "banner"} data-testid="stale">
      {text.stale}
    </div>
  ) : null;
}

function Dead() {
  const text = useText().banner;
  const actions = useActions();
  const dead = useUi((state) => state.engine === "dead");
  const error = useUi((state) => state.engineError);
  const scenario = useUi((state) => state.scenario);
  const cursor = useUi((state) => state.position?.cursor ?? -1);
  if (!dead) return null;
  return (
    <div className="banner bad" role="alert" data-testid="dead">
      <b>{text.dead}</b> {text.deadHint} <span className="mono">{error}</span>
      <span className="grow" />
      <ActionButton
        onPress={() => {
          const report = JSON.stringify({ error, cursor, scenario, agent: navigator.userAgent }, null, 2);
          void copyText(report).then((copied) => actions.toast(copied ? text.reportCopied : text.notCopied));
        }}
      >
        {text.copyReport}
      </ActionButton>
      <ActionButton kind="danger" onPress={() => void actions.restart()} testId="restart">
        {text.restart}
      </ActionButton>
    </div>
  );
}

function KeptDraft() {
  const text = useText().banner;
  const actions = useActions();
  const kept = useUi((state) => state.keptDrafts.length > 0);
  if (!kept) return null;
  return (
    <div className="banner" data-testid="kept-draft">
      {text.draftKept}
      <span className="grow" />
      <ActionButton onPress={() => actions.restoreDraft(true)} testId="restore-draft">
        {text.restore}
      </ActionButton>
      <ActionButton onPress={() => actions.restoreDraft(false)}>{text.discard}</ActionButton>
    </div>
  );
}

export function Notices() {
  return (
    <div className="app-notices">
      <Running />
      <Dead />
      <KeptDraft />
      <Stale />
      <Ended />
    </div>
  );
}
