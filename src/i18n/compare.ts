/** Words of the view that lays two versions side by side. */
import type { Aspect } from "../protocol/comparison";
import type { Locale } from "./locale";

export interface CompareText {
  readonly title: string;
  readonly open: string;
  readonly side: (letter: string) => string;
  readonly ruler: string;
  readonly rulerHint: string;
  readonly run: string;
  readonly running: (steps: string, calls: number) => string;
  readonly cancel: string;
  readonly cancelled: string;
  readonly failed: string;
  readonly again: string;
  readonly rejected: string;
  readonly sameVersion: (release: string) => string;
  readonly equal: (calls: number) => string;
  readonly equalHint: string;
  readonly first: (call: number, text: string) => string;
  readonly firstEnd: string;
  readonly aspect: Readonly<Record<Aspect | "end", string>>;
  readonly came: (before: string, release: string) => string;
  readonly uncertain: string;
  readonly noChange: string;
  readonly commit: (id: string) => string;
  readonly calls: string;
  readonly differing: (n: number, of: number) => string;
  readonly call: string;
  readonly all: string;
  readonly marks: Readonly<Record<Aspect, string>>;
  readonly notCalled: string;
  readonly died: string;
  readonly goFirst: string;
  readonly goHere: (release: string) => string;
  readonly heap: string;
  readonly noHeap: string;
  readonly after: (call: string) => string;
  readonly atEnd: string;
  readonly decisions: string;
  readonly noDecisions: string;
  readonly lists: string;
  readonly noLists: string;
  readonly missing: (release: string) => string;
  readonly words: (name: string) => string;
  readonly noChunk: string;
  readonly ends: string;
  readonly exit: (code: number) => string;
  readonly signal: (n: number) => string;
  readonly source: string;
  readonly step: (n: number, of: number) => string;
  readonly previous: string;
  readonly next: string;
  readonly lesson: string;
  readonly lessonIntro: string;
  readonly walk: string;
}

const en: CompareText = {
  title: "Two versions",
  open: "Compare with another version",
  side: (letter) => `Version ${letter}`,
  ruler: "Releases",
  rulerHint: "A press chooses B, with Shift A.",
  run: "Compare",
  running: (steps, calls) => `Running: ${steps} steps, ${calls} calls`,
  cancel: "Stop",
  cancelled: "Stopped before the two were compared.",
  failed: "The comparison could not be made: the second engine did not start.",
  again: "Compare again",
  rejected: "The program does not compile for one of the two.",
  sameVersion: (release) => `Both sides are glibc ${release}. Choose another release for one of them.`,
  equal: (calls) => `No difference: all ${calls} calls decide alike, write the same words and give the same addresses.`,
  equalHint: "The two releases may still differ in ways that this program does not reach.",
  first: (call, text) => `First divergence: call ${call}, ${text}`,
  firstEnd: "First divergence: how the runs end",
  aspect: {
    decision: "The allocator decides otherwise.",
    words: "The decisions are the same, the words written are not.",
    address: "Decisions and words are the same, the addresses are not.",
    end: "All calls are alike; what the program prints, or how it ends, is not.",
  },
  came: (before, release) => `Came between ${before} and ${release}`,
  uncertain: "Any of these changes may have done it:",
  noChange: "No change of upstream’s explains it: both run the same release, or only one of them makes this call.",
  commit: (id) => `Commit ${id} of glibc`,
  calls: "Calls",
  differing: (n, of) => `${n} of ${of} decide otherwise`,
  call: "Call",
  all: "Mark words and addresses too",
  marks: { decision: "another decision", words: "other words", address: "another address" },
  notCalled: "not called",
  died: "died here",
  goFirst: "To the divergence",
  goHere: (release) => `Open here in ${release}`,
  heap: "Heap",
  noHeap: "No heap yet.",
  after: (call) => `after ${call}`,
  atEnd: "at the end",
  decisions: "What it decided",
  noDecisions: "Nothing to decide.",
  lists: "Lists",
  noLists: "All lists are empty.",
  missing: (release) => `none of this kind in ${release}`,
  words: (name) => `${name} word by word`,
  noChunk: "This call has no chunk here.",
  ends: "Ends",
  exit: (code) => `exit status ${code}`,
  signal: (n) => `signal ${n}`,
  source: "Program",
  step: (n, of) => `Step ${n} of ${of}`,
  previous: "Previous step",
  next: "Next step",
  lesson: "Fifteen years in ten minutes",
  lessonIntro: "The same 30 lines under nine releases. ← and → walk, ↑ and ↓ choose a call.",
  walk: "Walk through nine releases",
};

const zh: CompareText = {
  title: "两个版本",
  open: "与另一版本比较",
  side: (letter) => `版本 ${letter}`,
  ruler: "各版本",
  rulerHint: "按下选择 B，按住 Shift 选择 A。",
  run: "比较",
  running: (steps, calls) => `运行中：${steps} 步，${calls} 次调用`,
  cancel: "停止",
  cancelled: "比较完成之前已停止。",
  failed: "无法比较：第二个引擎没有启动。",
  again: "再次比较",
  rejected: "程序在其中一个版本下不能编译。",
  sameVersion: (release) => `两侧都是 glibc ${release}。请为其中一侧选择另一版本。`,
  equal: (calls) => `没有差别：全部 ${calls} 次调用的决定、写入的字和地址都相同。`,
  equalHint: "两个版本仍可能在这个程序没有走到的地方不同。",
  first: (call, text) => `首个分歧：第 ${call} 次调用，${text}`,
  firstEnd: "首个分歧：运行的结局",
  aspect: {
    decision: "分配器的决定不同。",
    words: "决定相同，写入的字不同。",
    address: "决定与字都相同，地址不同。",
    end: "所有调用都相同；打印的内容或结局不同。",
  },
  came: (before, release) => `出现在 ${before} 与 ${release} 之间`,
  uncertain: "可能是其中任何一项改动：",
  noChange: "没有上游改动能解释：两侧是同一版本，或只有一侧有此调用。",
  commit: (id) => `glibc 的提交 ${id}`,
  calls: "调用",
  differing: (n, of) => `${of} 次中 ${n} 次决定不同`,
  call: "调用",
  all: "也标出字与地址",
  marks: { decision: "决定不同", words: "字不同", address: "地址不同" },
  notCalled: "没有调用",
  died: "在此终止",
  goFirst: "到分歧处",
  goHere: (release) => `在 ${release} 中打开这一步`,
  heap: "堆",
  noHeap: "还没有堆。",
  after: (call) => `${call} 之后`,
  atEnd: "结束时",
  decisions: "作出的决定",
  noDecisions: "没有需要决定的。",
  lists: "链表",
  noLists: "所有链表为空。",
  missing: (release) => `${release} 没有这种链表`,
  words: (name) => `${name} 逐字`,
  noChunk: "这一调用在这里没有 chunk。",
  ends: "结局",
  exit: (code) => `退出状态 ${code}`,
  signal: (n) => `信号 ${n}`,
  source: "程序",
  step: (n, of) => `第 ${n} 步，共 ${of} 步`,
  previous: "上一步",
  next: "下一步",
  lesson: "十分钟看十五年",
  lessonIntro: "同样的 30 行，九个版本。← → 前后行走，↑ ↓ 选择调用。",
  walk: "走过九个版本",
};

export const compareTexts: Readonly<Record<Locale, CompareText>> = { en, "zh-CN": zh };
