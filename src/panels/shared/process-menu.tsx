/** Which process is shown, where there is more than one, and the choice of another. */
import { FIRST_PID } from "../../abi/kernel";
import { panelTexts } from "../../i18n/panels";
import { useInstant } from "../../queries";
import { useActions, useUi } from "../../store";
import "./process-menu.css";

/** Processes that live, and whether there is anything to tell of them. */
export function useProcesses(): readonly number[] {
  const space = useInstant()?.space;
  const alive = space?.processes.filter(({ zombie }) => !zombie).map(({ pid }) => pid) ?? [];
  return alive.length > 1 || (space !== undefined && space.pid !== FIRST_PID) ? alive : [];
}

/** Nothing where there is only the process that the run began with. */
export function ProcessMenu({ testId }: { readonly testId: string }): React.ReactNode {
  const text = panelTexts[useUi((state) => state.locale)].space;
  const actions = useActions();
  const running = useInstant()?.space.pid ?? FIRST_PID;
  const chosen = useUi((state) => state.process);
  const alive = useProcesses();
  if (alive.length === 0) return null;
  if (alive.length === 1)
    return (
      <span className="mono dim" data-testid={testId}>
        pid {running}
      </span>
    );
  return (
    <select
      className="process-menu mono"
      aria-label={text.whose}
      title={text.whose}
      data-testid={testId}
      value={chosen !== null && alive.includes(chosen) ? chosen : ""}
      onChange={({ target }) => actions.chooseProcess(target.value === "" ? null : Number(target.value))}
    >
      <option value="">{text.running(running)}</option>
      {alive.map((pid) => (
        <option key={pid} value={pid}>
          pid {pid}
        </option>
      ))}
    </select>
  );
}
