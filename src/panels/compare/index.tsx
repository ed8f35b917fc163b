/** Two versions side by side: chosen freely, or by the lesson "fifteen years in ten minutes". Fills the page; loaded when asked for. */
import { useEffect, useMemo, useState } from "react";
import { findGlibcSymbols } from "../../abi/glibc-symbols";
import type { Release } from "../../abi/glibc-features";
import { offeredReleases } from "../../abi/releases";
import { compareTexts } from "../../i18n/compare";
import { lessonTexts } from "../../i18n/lessons";
import type { Machines } from "../../queries/versions";
import { builtinScenario } from "../../scenario/builtin";
import { defaultMachine, type MachineSettings, type Scenario } from "../../scenario";
import { fifteenYearsSteps } from "../../scenario/history/fifteen-years";
import { useActions, useUi } from "../../store";
import { ActionButton } from "../../ui";
import { DialogBox } from "../../ui/dialog";
import { Compared } from "./compared";
import { LessonBar, useWalk } from "./lesson-bar";
import { Ruler } from "./ruler";
import { useComparison } from "./use-comparison";
import "./compare.css";

const number = new Intl.NumberFormat("en-US");

/** Releases that run with that word width. */
const releasesOf = (abi: MachineSettings["abi"]): readonly Release[] =>
  offeredReleases.flatMap(({ release }) => (findGlibcSymbols(release, abi) === undefined ? [] : [release]));

/** The release to begin with on the other side: the newest, or one that most courses show when that is A already. */
const opposite = ({ glibc, abi }: MachineSettings): string =>
  [releasesOf(abi).at(-1), "2.31"].find((release) => release !== glibc) ?? glibc;

function Choice({
  letter,
  value,
  releases,
  onChange,
}: {
  readonly letter: "A" | "B";
  readonly value: string;
  readonly releases: readonly Release[];
  readonly onChange: (release: string) => void;
}) {
  const text = compareTexts[useUi((state) => state.locale)];
  return (
    <label className="compare-choice">
      <span className="compare-letter" aria-hidden="true">
        {letter}
      </span>
      <select
        className="input mono"
        aria-label={text.side(letter)}
        value={value}
        data-testid={`choose-${letter}`}
        onChange={(event) => onChange(event.target.value)}
      >
        {releases.map((release) => (
          <option key={release} value={release}>
            glibc {release}
          </option>
        ))}
      </select>
    </label>
  );
}

export default function VersionsView({ lesson }: { readonly lesson: boolean }) {
  const locale = useUi((state) => state.locale);
  const text = compareTexts[locale];
  const actions = useActions();
  const open = useUi((state) => state.scenario);
  const draft = useUi((state) => state.draft);
  const [chosen, setChosen] = useState(() => ({ a: open.machine.glibc, b: opposite(open.machine) }));
  const { at, go } = useWalk(fifteenYearsSteps.length, lesson);
  const step = lesson ? fifteenYearsSteps[at] : undefined;
  const [a, b] = step === undefined ? [chosen.a, chosen.b] : [step.before, step.release];
  const { progress, start, cancel, look } = useComparison();

  const scenario = useMemo<Scenario>(
    () =>
      lesson ? builtinScenario("fifteen-years") : { ...open, source: draft, slug: draft === open.source ? open.slug : null },
    [lesson, open, draft],
  );
  const machines = useMemo<Machines>(() => {
    const base = lesson ? defaultMachine : scenario.machine;
    return [
      { ...base, glibc: a },
      { ...base, glibc: b },
    ];
  }, [lesson, scenario, a, b]);
  useEffect(() => {
    if (a !== b) start(scenario, machines);
  }, [a, b, scenario, machines, start]);

  const releases = releasesOf(machines[0].abi);
  const choose = (letter: "A" | "B", release: string): void =>
    setChosen((old) => (letter === "A" ? { ...old, a: release } : { ...old, b: release }));
  const head = lesson ? (
    <LessonBar at={at} count={fifteenYearsSteps.length} go={go} a={a} b={b} />
  ) : (
    <div className="compare-choices">
      <Choice letter="A" value={a} releases={releases} onChange={(release) => choose("A", release)} />
      <Choice letter="B" value={b} releases={releases} onChange={(release) => choose("B", release)} />
      <span className="dim compare-hint">{text.rulerHint}</span>
    </div>
  );
  const shown = progress.kind === "done" && a !== b ? progress.comparison : null;
  return (
    <DialogBox
      title={lesson ? text.lesson : text.title}
      onClose={() => actions.openDialog(null)}
      full
      head={head}
      testId={lesson ? "fifteen-years" : "compare"}
      bodyClass="compare"
    >
      <Ruler a={a} b={b} releases={releases} onChoose={lesson ? null : choose} />
      {a === b ? (
        <p className="compare-state" role="status">
          {text.sameVersion(a)}
        </p>
      ) : progress.kind === "running" || progress.kind === "idle" ? (
        <div className="compare-state" data-testid="compare-running">
          <div className="progress" aria-hidden="true" />
          <p role="status">
            {progress.kind === "running" ? text.running(number.format(progress.steps), progress.operations) : ""}
          </p>
          <ActionButton onPress={cancel} testId="cancel-compare">
            {text.cancel}
          </ActionButton>
        </div>
      ) : progress.kind === "done" ? null : (
        <div className="compare-state">
          <p role="alert">{text[progress.kind]}</p>
          <ActionButton onPress={() => start(scenario, machines)} testId="compare-again">
            {text.again}
          </ActionButton>
        </div>
      )}
      {shown === null ? null : (
        <Compared
          key={`${a} ${b}`}
          comparison={shown}
          scenario={scenario}
          look={look}
          lesson={step === undefined ? null : lessonTexts[locale].steps[step.release]}
        />
      )}
    </DialogBox>
  );
}
