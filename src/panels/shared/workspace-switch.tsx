/** One heap, or all threads: stands in the head of either. */
import { arenaTexts } from "../../i18n/arenas";
import { useActions, useUi } from "../../store";
import { Segmented } from "../../ui";

export function WorkspaceSwitch() {
  const text = arenaTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const workspace = useUi((state) => state.workspace);
  return (
    <Segmented
      label={text.workspace}
      testId="workspace"
      value={workspace === "threads" ? "threads" : "heap"}
      onChange={actions.setWorkspace}
      options={[
        { id: "heap", text: text.heapView },
        { id: "threads", text: text.threadsView },
      ]}
    />
  );
}
