/** Words of the page around the memory panels, by language. */
import { en } from "./shell/en";
import { zh } from "./shell/zh";

export type { KeyText, ShellText } from "./shell/types";

export const shellTexts = { en, "zh-CN": zh } as const;
