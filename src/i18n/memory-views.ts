/** Words for the views of memory and their texts of /proc. File names and what they say are the same in both languages. */
import type { Locale } from "./locale";

export interface MemoryViewsText {
  readonly label: string;
  readonly view: Readonly<Record<"space" | "physical" | "proc" | "layouts", string>>;
  readonly close: string;
  readonly procTitle: string;
  readonly procHint: string;
  readonly file: string;
  readonly copy: string;
  readonly copied: string;
  readonly notCopied: string;
  readonly lines: (count: number) => string;
  readonly changed: (count: number) => string;
  readonly added: string;
  readonly removed: string;
  readonly waiting: string;
}

const en: MemoryViewsText = {
  label: "View of memory",
  view: { space: "Virtual", physical: "Physical", proc: "/proc", layouts: "Layouts" },
  close: "Back to the heap",
  procTitle: "Shell",
  procHint: "the same state as text",
  file: "Text to show",
  copy: "Copy",
  copied: "Text copied",
  notCopied: "The browser did not allow copying",
  lines: (count) => (count === 1 ? "1 line" : `${count} lines`),
  changed: (count) =>
    count === 0 ? "the last step changed nothing here" : `${count === 1 ? "1 line" : `${count} lines`} changed by the last step`,
  added: "new since the last step",
  removed: "before the last step",
  waiting: "The text is on its way.",
};

const zh: MemoryViewsText = {
  label: "内存视图",
  view: { space: "虚拟", physical: "物理", proc: "/proc", layouts: "布局" },
  close: "返回堆",
  procTitle: "Shell",
  procHint: "同一状态的文本形式",
  file: "要显示的文本",
  copy: "复制",
  copied: "已复制文本",
  notCopied: "浏览器不允许复制",
  lines: (count) => `${count} 行`,
  changed: (count) => (count === 0 ? "上一步没有改变这里" : `上一步改变了 ${count} 行`),
  added: "上一步新出现",
  removed: "上一步之前",
  waiting: "文本正在读取。",
};

export const memoryViewsTexts: Readonly<Record<Locale, MemoryViewsText>> = { en, "zh-CN": zh };
