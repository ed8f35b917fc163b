import type { DialogId } from "../../store";

export interface DialogProps {
  readonly onClose: () => void;
}

/** The dialogs of this folder; those that fill the page have their own. */
export type SmallDialog = Exclude<DialogId, "compare" | "fifteenYears">;

export function isSmall(dialog: DialogId | null): dialog is SmallDialog {
  return dialog !== null && dialog !== "compare" && dialog !== "fifteenYears";
}
