/** Which view of memory, and the way back to the heap: stands in the head of each of them. */
import { X } from "lucide-react";
import { memoryViewsTexts } from "../../i18n/memory-views";
import { useActions, useUi } from "../../store";
import { IconButton, Segmented } from "../../ui";
import "./memory-switch.css";
import { ProcessMenu } from "./process-menu";

export function MemorySwitch() {
  const text = memoryViewsTexts[useUi((state) => state.locale)];
  const actions = useActions();
  return (
    <div className="memory-views">
      <ProcessMenu testId="process" />
      <Segmented
        label={text.label}
        testId="memory-view"
        value={useUi((state) => state.memoryView)}
        onChange={actions.setMemoryView}
        options={(["space", "physical", "proc", "layouts"] as const).map((id) => ({ id, text: text.view[id] }))}
      />
      <IconButton label={text.close} onPress={() => actions.setWorkspace("heap")} testId="close-index">
        <X size={14} />
      </IconButton>
    </div>
  );
}
