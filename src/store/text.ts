import { type ShellText, shellTexts } from "../i18n";
import { useUi } from "./react";

/** The page's words in the reader's language. */
export function useText(): ShellText {
  return shellTexts[useUi((state) => state.locale)];
}
