/** A link that could not be opened. */
import type { ShareProblem } from "../scenario";
import { useActions, useText, useUi } from "../store";
import { ActionButton } from "../ui";
import { DialogBox } from "../ui/dialog";

function problemText(problem: ShareProblem, text: ReturnType<typeof useText>["banner"]): string {
  switch (problem.code) {
    case "damaged":
      return text.linkDamaged;
    case "tooLarge":
      return text.linkTooLarge;
    case "tooNew":
      return text.linkTooNew(problem.version);
    case "invalid":
      return text.linkInvalid(problem.path);
  }
}

/** A link that cannot be opened: what is wrong, and what to open instead. */
export default function LinkProblem() {
  const text = useText().banner;
  const actions = useActions();
  const problem = useUi((state) => state.shareProblem);
  const draft = useUi((state) => state.keptDrafts.length > 0);
  if (problem === null) return null;
  return (
    <DialogBox title={text.linkTitle} onClose={actions.dismissShareProblem} narrow testId="link-problem">
      <p>{problemText(problem, text)}</p>
      <div className="dialog-actions">
        {draft ? (
          <ActionButton
            onPress={() => {
              actions.dismissShareProblem();
              actions.restoreDraft(true);
            }}
          >
            {text.useDraft}
          </ActionButton>
        ) : null}
        <ActionButton kind="primary" onPress={actions.dismissShareProblem} testId="open-default">
          {text.useDefault}
        </ActionButton>
      </div>
    </DialogBox>
  );
}
