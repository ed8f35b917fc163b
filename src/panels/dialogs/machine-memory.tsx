/** The machine's memory: kind of address space, how the program is linked, RAM and what the kernel promises of it. */
import { overcommitModes } from "../../abi/linux";
import { machineTexts } from "../../i18n/machine";
import { useActions, useUi } from "../../store";
import { ActionButton, Segmented } from "../../ui";
import { type DraftField, layoutOf, layoutsOf, type MachineDraft } from "./machine-draft";
import { Field } from "./machine-fields";

interface MemoryProps {
  readonly draft: MachineDraft;
  readonly change: (more: Partial<MachineDraft>) => void;
  readonly wrong: ReadonlySet<DraftField>;
}

export function MemoryFields({ draft, change, wrong }: MemoryProps) {
  const text = machineTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const layout = layoutOf(draft);
  return (
    <>
      <div className="field">
        {text.layout}
        <Segmented
          label={text.layout}
          options={layoutsOf(draft.abi).map((id) => ({ id, text: text.layouts[draft.abi][id] }))}
          value={layout}
          onChange={(next) => change({ layout: next })}
          testId="layout"
          className="seg wraps"
        />
        <span className="dim">{text.layoutHint[layout]}</span>
        <ActionButton
          testId="compare-layouts"
          onPress={() => {
            actions.openDialog(null);
            actions.setWorkspace("memory");
            actions.setMemoryView("layouts");
            actions.setTab("heap");
          }}
        >
          {text.compareLayouts}
        </ActionButton>
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={draft.pie}
          onChange={(event) => change({ pie: event.target.checked })}
          data-testid="pie"
        />
        {text.pie}
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={draft.loading}
          onChange={(event) => change({ loading: event.target.checked })}
          data-testid="loading"
        />
        {text.loading}
      </label>
      <Field
        label={text.ram}
        value={draft.ram}
        bad={wrong.has("ram") ? text.ramWrong : null}
        hint={text.ramHint}
        placeholder="24105"
        onChange={(ram) => change({ ram })}
        testId="ram"
      />
      <div className="field">
        {text.overcommit}
        <Segmented
          label={text.overcommit}
          options={overcommitModes.map((mode) => ({ id: String(mode), text: text.overcommitMode[mode] }))}
          value={String(draft.overcommit)}
          onChange={(id) => change({ overcommit: overcommitModes.find((mode) => String(mode) === id) ?? 0 })}
          testId="overcommit"
          className="seg wraps"
        />
        <span className="dim">{text.overcommitHint[draft.overcommit]}</span>
      </div>
    </>
  );
}
