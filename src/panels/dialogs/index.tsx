/** The page's dialogs, one at a time. */
import { lazy, Suspense, useEffect } from "react";
import { useActions, useUi } from "../../store";

const load = () => import("./open-dialog");
const OpenDialog = lazy(load);

export function Dialogs() {
  const dialog = useUi((state) => state.dialog);
  const ready = useUi((state) => state.run !== null);
  const actions = useActions();
  // Fetched once the first picture stands, so that the first dialog opens at once. A failure shows when one is opened.
  useEffect(() => {
    if (ready) void load().catch(() => undefined);
  }, [ready]);
  return dialog === null ? null : (
    <Suspense fallback={null}>
      <OpenDialog id={dialog} onClose={() => actions.openDialog(null)} />
    </Suspense>
  );
}
