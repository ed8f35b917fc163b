/** The simulated machine's settings. Applying them runs the program again. */
import { useState } from "react";
import { useActions, useText, useUi } from "../../store";
import { ActionButton } from "../../ui";
import { DialogBox } from "../../ui/dialog";
import type { DialogProps } from "./props";

/** `NAME=value` lines; lines without `=` are kept for the reader to mend by refusing to apply. */
export function parseEnvironment(text: string): Readonly<Record<string, string>> | null {
  const entries: [string, string][] = [];
  for (const line of text.split("\n").map((raw) => raw.trim())) {
    if (line === "") continue;
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match === null) return null;
    entries.push([match[1] ?? "", match[2] ?? ""]);
  }
  return Object.fromEntries(entries);
}

export function MachineDialog({ onClose }: DialogProps) {
  const text = useText();
  const actions = useActions();
  const scenario = useUi((state) => state.scenario);
  const draft = useUi((state) => state.draft);
  const { machine } = scenario;
  const [seed, setSeed] = useState(String(machine.seed));
  const [aslr, setAslr] = useState(machine.aslr);
  const [environment, setEnvironment] = useState(
    Object.entries(machine.environment)
      .map(([name, value]) => `${name}=${value}`)
      .join("\n"),
  );
  const parsed = parseEnvironment(environment);
  const seedValue = /^\d{1,9}$/.test(seed.trim()) ? Number(seed) : null;
  return (
    <DialogBox title={text.dialogs.machine} onClose={onClose} narrow testId="machine">
      <dl className="machine-facts">
        <dt>{text.dialogs.glibc}</dt>
        <dd className="mono">glibc {machine.glibc}</dd>
        <dt>{text.dialogs.word}</dt>
        <dd className="mono">{machine.abi === "amd64" ? "x86-64, 8 B" : "i386, 4 B"}</dd>
      </dl>
      <label className="field">
        {text.dialogs.seed}
        <input
          className="input mono"
          value={seed}
          inputMode="numeric"
          aria-invalid={seedValue === null}
          onChange={(event) => setSeed(event.target.value)}
        />
      </label>
      <label className="check">
        <input type="checkbox" checked={aslr} onChange={(event) => setAslr(event.target.checked)} data-testid="aslr" />
        {text.dialogs.aslr}
      </label>
      <label className="field">
        {text.dialogs.tunables}
        <textarea
          className="input mono"
          rows={4}
          value={environment}
          aria-invalid={parsed === null}
          spellCheck={false}
          onChange={(event) => setEnvironment(event.target.value)}
          data-testid="environment"
        />
        <span className="dim">{text.dialogs.tunablesHint}</span>
      </label>
      <div className="dialog-actions">
        <ActionButton
          kind="primary"
          isDisabled={parsed === null || seedValue === null}
          testId="apply-machine"
          onPress={() => {
            if (parsed !== null && seedValue !== null)
              void actions.open({
                ...scenario,
                source: draft,
                slug: draft === scenario.source ? scenario.slug : null,
                machine: { ...machine, seed: seedValue, aslr, environment: parsed },
              });
          }}
        >
          {text.dialogs.apply}
        </ActionButton>
      </div>
    </DialogBox>
  );
}
