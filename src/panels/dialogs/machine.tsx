/** The simulated machine's settings. Applying them runs the program again. */
import { useState } from "react";
import { hasFeature, findRelease, type Release } from "../../abi/glibc-features";
import { findMallocAbi } from "../../abi/glibc-structs";
import { kernelReleases } from "../../abi/linux";
import { changesBetween, neighbour, offeredReleases, standingOf } from "../../abi/releases";
import { historyTexts } from "../../i18n/history";
import { type MachineText, machineTexts } from "../../i18n/machine";
import { defaultMachine } from "../../scenario";
import { useActions, useText, useUi } from "../../store";
import { ActionButton, Segmented } from "../../ui";
import { DialogBox } from "../../ui/dialog";
import { draftOf, isMachine, type MachineDraft, scheduleKinds, settingsOf } from "./machine-draft";
import { Field, TunableFields } from "./machine-fields";
import { MemoryFields } from "./machine-memory";
import type { DialogProps } from "./props";

type Width = MachineDraft["abi"];
const widths = ["amd64", "i386"] as const satisfies readonly Width[];
const widthText: Readonly<Record<Width, string>> = { amd64: "x86-64 · 8 B", i386: "i386 · 4 B" };

/** What stands behind a release, in a word or two. */
function markOf(release: Release, abi: Width, text: MachineText): string {
  const standing = standingOf(release, abi);
  return standing.kind === "identical" ? text.sameAs(standing.to) : text.releaseMarks[standing.kind];
}

function ReleaseChoice({ draft, change }: FieldsProps) {
  const locale = useUi((state) => state.locale);
  const text = machineTexts[locale];
  const release = findRelease(draft.glibc);
  const standing = release === undefined ? null : standingOf(release, draft.abi);
  const before = release === undefined ? null : neighbour(release, -1);
  const changes = release === undefined || before === null ? [] : changesBetween(before, release);
  return (
    <div className="field">
      <label className="field">
        {text.release}
        <select
          className="input mono"
          value={draft.glibc}
          data-testid="glibc"
          onChange={(event) => change({ glibc: event.target.value })}
        >
          {release === undefined ? <option value={draft.glibc}>glibc {draft.glibc}</option> : null}
          {offeredReleases.map((info) => (
            <option key={info.release} value={info.release}>
              {`glibc ${info.release} · ${info.month} · ${info.snapshot ? text.snapshot : info.system} · ${markOf(info.release, draft.abi, text)}`}
            </option>
          ))}
        </select>
      </label>
      {standing === null ? null : (
        <span className="dim" data-testid="standing">
          {standing.kind === "identical" ? text.standingSame(standing.to) : text.standing[standing.kind]}
        </span>
      )}
      {before === null ? null : changes.length === 0 ? (
        <span className="dim">{text.broughtNothing}</span>
      ) : (
        <details className="machine-changes">
          <summary>{text.brought(changes.length)}</summary>
          <ul>
            {changes.map(({ id }) => (
              <li key={id}>
                <b>{historyTexts[locale][id].title}</b> {historyTexts[locale][id].reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

interface FieldsProps {
  readonly draft: MachineDraft;
  readonly change: (more: Partial<MachineDraft>) => void;
  readonly wrong: ReadonlySet<string>;
}

function WidthChoice({ draft, change, wrong }: FieldsProps) {
  const text = machineTexts[useUi((state) => state.locale)];
  const with32 = offeredReleases.filter(({ release }) => isMachine(release, "i386")).map(({ release }) => release);
  return (
    <div className="field">
      {text.width}
      <Segmented
        label={text.width}
        options={widths.filter((id) => id === draft.abi || isMachine(draft.glibc, id)).map((id) => ({ id, text: widthText[id] }))}
        value={draft.abi}
        onChange={(abi) => change({ abi })}
        testId="width"
        className="seg wraps"
      />
      {isMachine(draft.glibc, "i386") ? null : (
        <span className={wrong.has("abi") ? "bad-text" : "dim"} role={wrong.has("abi") ? "alert" : undefined}>
          {text.noWidth(draft.glibc, with32.join(", "))}
        </span>
      )}
    </div>
  );
}

/** How many arenas the machine allows, and why. */
function arenaHint(draft: MachineDraft, text: MachineText): string {
  const release = findRelease(draft.glibc);
  const abi = findMallocAbi(draft.glibc, draft.abi);
  if (release === undefined || abi === undefined) return "";
  if (!hasFeature(release, "arenaParameters")) return text.arenasUnbounded;
  const set = draft.tunables["arena_max"]?.trim() ?? "";
  if (set !== "") return text.arenasSet(set);
  const [perCore, test] = abi.wordBytes === 8 ? [8, 8] : [2, 2];
  const cores = Number(draft.cores);
  return Number.isInteger(cores) && cores > 0 ? text.arenas(cores * perCore, perCore, test) : "";
}

function ScheduleChoice({ draft, change, wrong }: FieldsProps) {
  const text = machineTexts[useUi((state) => state.locale)];
  const { schedule } = draft;
  const bad = wrong.has("schedule");
  return (
    <div className="field">
      {text.schedule}
      <Segmented
        label={text.schedule}
        options={scheduleKinds.map((id) => ({ id, text: text.scheduleKind[id] }))}
        value={schedule}
        onChange={(next) => change({ schedule: next })}
        testId="schedule"
        className="seg wraps"
      />
      {schedule === "turns" || schedule === "list" ? (
        <Field
          label={text[schedule]}
          value={draft[schedule]}
          bad={bad ? text.scheduleWrong[schedule] : null}
          hint={text.scheduleHint[schedule]}
          onChange={(value) => change({ [schedule]: value })}
          testId="schedule-text"
        />
      ) : (
        <span className="dim">{text.scheduleHint[schedule]}</span>
      )}
    </div>
  );
}

export function MachineDialog({ onClose }: DialogProps) {
  const title = useText().dialogs.machine;
  const text = machineTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const scenario = useUi((state) => state.scenario);
  const source = useUi((state) => state.draft);
  const [draft, setDraft] = useState(() => draftOf(scenario.machine));
  const { machine, wrong } = settingsOf(draft, scenario.machine);
  const change = (more: Partial<MachineDraft>): void => setDraft((old) => ({ ...old, ...more }));
  const fields = { draft, change, wrong };
  return (
    <DialogBox title={title} onClose={onClose} testId="machine" bodyClass="dialog-body machine-body">
      <div className="machine-columns">
        <section>
          <ReleaseChoice {...fields} />
          <WidthChoice {...fields} />
          <div className="field">
            {text.kernel}
            <Segmented
              label={text.kernel}
              options={kernelReleases.map((id) => ({ id, text: text.kernelRelease[id] }))}
              value={draft.kernel}
              onChange={(kernel) => change({ kernel })}
              testId="kernel"
              className="seg wraps"
            />
            <span className="dim">{text.kernelHint[draft.kernel]}</span>
          </div>
          <MemoryFields {...fields} />
          <Field
            label={text.cores}
            value={draft.cores}
            bad={wrong.has("cores") ? text.coresWrong : null}
            hint={arenaHint(draft, text)}
            onChange={(cores) => change({ cores })}
            testId="cores"
          />
          <ScheduleChoice {...fields} />
          <Field
            label={text.seed}
            value={draft.seed}
            bad={wrong.has("seed") ? text.seedWrong : null}
            hint={text.seedHint}
            onChange={(seed) => change({ seed })}
            testId="seed"
          />
          <label className="check">
            <input
              type="checkbox"
              checked={draft.aslr}
              onChange={(event) => change({ aslr: event.target.checked })}
              data-testid="aslr"
            />
            {text.aslr}
          </label>
        </section>
        <section>
          <TunableFields draft={draft} change={change} />
          <label className="field">
            {text.environment}
            <textarea
              className="input mono"
              rows={2}
              value={draft.environment}
              aria-invalid={wrong.has("environment")}
              spellCheck={false}
              onChange={(event) => change({ environment: event.target.value })}
              data-testid="environment"
            />
            <span className={wrong.has("environment") ? "bad-text" : "dim"}>
              {wrong.has("environment") ? text.environmentWrong : text.environmentHint}
            </span>
          </label>
        </section>
      </div>
      <div className="dialog-actions machine-actions">
        <ActionButton
          kind="primary"
          isDisabled={machine === null}
          testId="apply-machine"
          onPress={() => {
            if (machine === null) return;
            const slug = source === scenario.source ? scenario.slug : null;
            void actions.open({ ...scenario, source, slug, machine });
          }}
        >
          {text.apply}
        </ActionButton>
        <ActionButton onPress={() => setDraft(draftOf(defaultMachine))} testId="default-machine">
          {text.reset}
        </ActionButton>
        <span className="grow" />
        <ActionButton onPress={() => actions.openDialog("compare")} testId="open-compare">
          {text.compare}
        </ActionButton>
      </div>
    </DialogBox>
  );
}
