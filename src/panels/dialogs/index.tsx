/** The page's dialogs, one at a time. */
import { useActions, useUi } from "../../store";
import { GalleryDialog } from "./gallery";
import { HelpDialog } from "./help";
import { MachineDialog } from "./machine";
import { PaletteDialog } from "./palette";
import { ShareDialog } from "./share";
import "./dialogs.css";

export function Dialogs() {
  const dialog = useUi((state) => state.dialog);
  const actions = useActions();
  const close = (): void => actions.openDialog(null);
  switch (dialog) {
    case null:
      return null;
    case "gallery":
      return <GalleryDialog onClose={close} />;
    case "help":
      return <HelpDialog onClose={close} />;
    case "machine":
      return <MachineDialog onClose={close} />;
    case "palette":
      return <PaletteDialog onClose={close} />;
    case "share":
      return <ShareDialog onClose={close} />;
  }
}

export interface DialogProps {
  readonly onClose: () => void;
}
