/** Words of the page around the memory panels, by language. */
import { byLocale } from "./by-locale";
import { en } from "./shell/en";

export type { KeyText, ShellText } from "./shell/types";

export const shellTexts = byLocale(en, (zh) => zh.shell);
