/** The page's dialogs, one at a time. */
import { useEffect, useState } from "react";
import { useActions, useText, useUi } from "../../store";
import { isSmall } from "./props";

const load = () => import("./open-dialog");

export function Dialogs() {
  const dialog = useUi((state) => state.dialog);
  const wanted = isSmall(dialog);
  const ready = useUi((state) => state.run !== null);
  const text = useText().banner;
  const actions = useActions();
  const [loaded, setLoaded] = useState<Awaited<ReturnType<typeof load>> | null>(null);
  // Fetched once the first picture stands, so that the first dialog opens at once; a failure is told when one is asked for.
  useEffect(() => {
    if (loaded !== null || (!ready && !wanted)) return;
    load().then(setLoaded, () => {
      if (!wanted) return;
      actions.openDialog(null);
      actions.toast(text.notLoaded);
    });
  }, [loaded, ready, wanted, actions, text]);
  return !isSmall(dialog) || loaded === null ? null : <loaded.default id={dialog} onClose={() => actions.openDialog(null)} />;
}
