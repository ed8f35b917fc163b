/** Fields of the machine dialog: one line of text, and the tunables that the chosen release reads. */
import { useId } from "react";
import { findRelease } from "../../abi/glibc-features";
import { machineTexts } from "../../i18n/machine";
import { useUi } from "../../store";
import { fixesThreshold, type MachineDraft, shortName, tunableProblem, tunablesOf, unreadTunables } from "./machine-draft";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is wrong with the value, null when nothing is. */
  readonly bad: string | null;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly testId: string;
}

export function Field({ label, value, onChange, bad, hint, placeholder, testId }: FieldProps) {
  const id = useId();
  const note = bad ?? hint;
  return (
    <label className="field">
      {label}
      <input
        className="input mono"
        value={value}
        placeholder={placeholder}
        spellCheck={false}
        aria-invalid={bad !== null}
        aria-describedby={note === undefined ? undefined : id}
        onChange={(event) => onChange(event.target.value)}
        data-testid={testId}
      />
      {note === undefined ? null : (
        <span id={id} className={bad === null ? "dim" : "bad-text"}>
          {note}
        </span>
      )}
    </label>
  );
}

interface TunableProps {
  readonly draft: MachineDraft;
  readonly change: (more: Partial<MachineDraft>) => void;
}

export function TunableFields({ draft, change }: TunableProps) {
  const text = machineTexts[useUi((state) => state.locale)];
  const release = findRelease(draft.glibc);
  if (release === undefined) return null;
  const shown = tunablesOf(release);
  const valueOf = (name: string): string => draft.tunables[name] ?? "";
  const fixing = [...fixesThreshold].filter((name) => valueOf(name).trim() !== "");
  const unread = unreadTunables(draft);
  return (
    <fieldset className="machine-tunables">
      <legend>{text.tunables}</legend>
      <p className="dim">{text.tunablesHint}</p>
      <div className="machine-grid">
        {shown.map((tunable) => {
          const name = shortName(tunable);
          const problem = tunableProblem(tunable, valueOf(name));
          const bounds = [String(tunable.min ?? 0n), tunable.max === null || tunable.max > 1n << 32n ? "" : String(tunable.max)];
          const [low = "", high = ""] = bounds;
          return (
            <Field
              key={name}
              label={name}
              value={valueOf(name)}
              placeholder={text.unset}
              bad={problem === null ? null : problem === "unread" ? text.tunableUnread : text.tunableIgnored(low, high)}
              onChange={(value) => change({ tunables: { ...draft.tunables, [name]: value } })}
              testId={`tunable-${name}`}
            />
          );
        })}
      </div>
      {fixing.length === 0 ? null : (
        <p className="machine-coupled" role="status" data-testid="coupling">
          {text.fixed(fixing.join(", "))}
        </p>
      )}
      {unread.length === 0 ? null : (
        <p className="bad-text" role="status" data-testid="unread-tunables">
          {text.notRead(unread.join(", "), draft.glibc)}
        </p>
      )}
    </fieldset>
  );
}
