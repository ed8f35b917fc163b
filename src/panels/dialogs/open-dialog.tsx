/** The dialog that is open. Loaded when the first one is asked for. */
import { GalleryDialog } from "./gallery";
import { HelpDialog } from "./help";
import { MachineDialog } from "./machine";
import { PaletteDialog } from "./palette";
import type { DialogProps, SmallDialog } from "./props";
import { ShareDialog } from "./share";
import { SinceDialog } from "./since";
import "./dialogs.css";

const dialogs: Readonly<Record<SmallDialog, (props: DialogProps) => React.ReactNode>> = {
  gallery: GalleryDialog,
  help: HelpDialog,
  machine: MachineDialog,
  palette: PaletteDialog,
  share: ShareDialog,
  since: SinceDialog,
};

export default function OpenDialog({ id, onClose }: DialogProps & { readonly id: SmallDialog }) {
  const Content = dialogs[id];
  return <Content onClose={onClose} />;
}
