/** Words for the TLB. Fetched with the view of pages. */
import type { KernelCallName } from "../abi/api";
import { TLB_FLUSH_CEILING } from "../abi/tlb";
import type { TlbFlush } from "../protocol/tlb";
import type { Locale } from "./locale";

export type TlbView = "address" | "sets" | "step";

export interface TlbText {
  readonly title: string;
  readonly cpu: string;
  readonly cpuTitle: string;
  readonly ask: string;
  readonly askHint: string;
  readonly counting: (steps: string) => string;
  readonly cancel: string;
  readonly cancelled: string;
  readonly failed: string;
  readonly again: string;
  readonly close: string;
  readonly view: string;
  readonly views: Readonly<Record<TlbView, string>>;
  readonly part: Readonly<Record<"small" | "large" | "shared", string>>;
  readonly set: (index: number, of: number) => string;
  readonly bits: (groups: readonly (readonly [high: number, low: number])[]) => string;
  readonly empty: string;
  readonly entry: (page: string, frame: string, writable: boolean, order: number) => string;
  readonly other: (pcid: number) => string;
  /** What an access would meet now. */
  readonly verdict: Readonly<Record<"l1" | "l2" | "walk" | "fault" | "readOnly", string>>;
  readonly short: Readonly<Record<"l1" | "l2" | "walk" | "fault", string>>;
  readonly since: { readonly step: string; readonly start: string };
  readonly column: Readonly<Record<"accesses" | "l1" | "l2" | "walks" | "faults", string>>;
  readonly tooLong: string;
  readonly noAccess: string;
  readonly access: (write: boolean, bytes: number) => string;
  readonly lastOf: (shown: number, all: string) => string;
  readonly flushes: string;
  readonly noFlush: string;
  readonly lastFlush: string;
  readonly flush: (flush: TlbFlush, what: string) => string;
  readonly by: (call: KernelCallName) => string;
  readonly figure: (part: string) => string;
  readonly setSpoken: (index: number, of: number, used: number, ways: number, entries: string) => string;
  readonly legend: Readonly<Record<"sight" | "fresh" | "foreign", string>>;
  readonly honest: string;
}

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

const en: TlbText = {
  title: "dTLB",
  cpu: "Skylake",
  cpuTitle:
    "Modelled: L1 64 entries, 4 ways, for 4 KiB; 32 entries, 4 ways, for 2 MiB; L2 1536 entries, 12 ways, for both. PCID.",
  ask: "Count hits and misses",
  askHint: "Runs the program once more, aside, with an engine that tells of every load and store.",
  counting: (steps) => `Counting… ${steps} steps`,
  cancel: "Cancel",
  cancelled: "Cancelled.",
  failed: "Counting failed: its engine could not be fetched, or there is no room for a second machine.",
  again: "Try again",
  close: "Stop counting",
  view: "Part of the TLB",
  views: { address: "This address", sets: "Sets and ways", step: "This step" },
  part: { small: "L1 · 4 KiB", large: "L1 · 2 MiB", shared: "L2 · both" },
  set: (index, of) => `set ${index} of ${of}`,
  bits: (groups) => `bits ${groups.map(([high, low]) => `${high}–${low}`).join(" xor ")}`,
  empty: "empty",
  entry: (page, frame, writable, order) =>
    `${page} → frame ${frame}, ${writable ? "writable" : "read-only"}, ${order === 1 ? "used last" : `${order}. by use`}`,
  other: (pcid) => `PCID ${pcid}`,
  verdict: {
    l1: "Hit in L1: the next access here needs no walk.",
    l2: "Hit in L2: the next access here copies the entry to L1, and needs no walk.",
    walk: "Miss: the next access here walks the tables above, and both levels get what it finds.",
    fault: "Miss: the next access here walks the tables above, finds no page and faults. Absent pages are never remembered.",
    readOnly: "A read hits. A write finds the entry read-only and faults; the processor forgets it then.",
  },
  short: { l1: "L1 hit", l2: "L2 hit", walk: "miss → walk", fault: "fault" },
  since: { step: "this step", start: "since main began" },
  column: { accesses: "accesses", l1: "L1 hits", l2: "L2 hits", walks: "walks", faults: "faults" },
  tooLong: "longer than what is kept of accesses",
  noAccess: "The step accessed nothing.",
  access: (write, bytes) => `${write ? "W" : "R"} ${bytes}`,
  lastOf: (shown, all) => `the last ${shown} of ${all}`,
  flushes: "Flushed",
  noFlush: "nothing",
  lastFlush: "Before that:",
  flush: ({ what, pages, stride, dropped, pcid }, by) => {
    const gone = `${plural(dropped, "entry", "entries")} forgotten`;
    const unit = stride > 4096 ? plural(pages, "huge page", "huge pages") : plural(pages, "page", "pages");
    switch (what) {
      case "range":
        return pages === 1 ? `${by}: ${unit}. ${gone}.` : `${by}: ${unit}, one by one. ${gone}.`;
      case "all":
        return pages > 0
          ? `${by}: ${unit}, more than ${TLB_FLUSH_CEILING}, so everything of PCID ${pcid}. ${gone}.`
          : `${by}: everything of PCID ${pcid}. ${gone}.`;
      case "switch":
        return `Switch to PCID ${pcid}: its entries are still there.`;
      case "first":
        return `Switch to a process that has no PCID yet: it gets ${pcid}, whose entries go. ${gone}.`;
      case "end":
        return `The process of PCID ${pcid} has ended.`;
    }
  },
  by: (call) => (call === "page_fault" ? "page fault" : call === "none" ? "kernel" : call),
  figure: (part) =>
    `${part}: sets from left to right, ways from top to bottom. Arrow keys choose a set, Enter its last used page.`,
  setSpoken: (index, of, used, ways, entries) =>
    `set ${index} of ${of}: ${used} of ${ways} ways${entries === "" ? "" : `. ${entries}`}`,
  legend: { sight: "set of the address", fresh: "filled by this step", foreign: "of another process" },
  honest:
    "A model: LRU is true LRU, instruction fetches and the kernel's own accesses are left out, and the TLB is empty when main begins.",
};

const zh: TlbText = {
  title: "dTLB",
  cpu: "Skylake",
  cpuTitle: "所建模型：L1 用于 4 KiB 页，64 项 4 路；用于 2 MiB 页，32 项 4 路；L2 两种页共用，1536 项 12 路。带 PCID。",
  ask: "统计命中与未命中",
  askHint: "在旁边再运行一遍程序，所用引擎会报告每一次读写。",
  counting: (steps) => `正在统计……${steps} 步`,
  cancel: "取消",
  cancelled: "已取消。",
  failed: "统计失败：无法获取所用的引擎，或没有足够的内存容纳第二台机器。",
  again: "重试",
  close: "停止统计",
  view: "TLB 的部分",
  views: { address: "当前地址", sets: "组与路", step: "这一步" },
  part: { small: "L1 · 4 KiB", large: "L1 · 2 MiB", shared: "L2 · 共用" },
  set: (index, of) => `第 ${index} 组，共 ${of} 组`,
  bits: (groups) => `位 ${groups.map(([high, low]) => `${high}–${low}`).join(" 异或 ")}`,
  empty: "空",
  entry: (page, frame, writable, order) =>
    `${page} → 页框 ${frame}，${writable ? "可写" : "只读"}，${order === 1 ? "最近使用" : `使用次序第 ${order}`}`,
  other: (pcid) => `PCID ${pcid}`,
  verdict: {
    l1: "L1 命中：下一次访问这里不必遍历页表。",
    l2: "L2 命中：下一次访问这里会把该项复制到 L1，不必遍历页表。",
    walk: "未命中：下一次访问这里要遍历上面的页表，结果存入两级 TLB。",
    fault: "未命中：下一次访问这里要遍历上面的页表，找不到页而缺页。不存在的页从不被记住。",
    readOnly: "读取命中。写入发现该项只读而缺页，处理器随即丢弃它。",
  },
  short: { l1: "L1 命中", l2: "L2 命中", walk: "未命中 → 遍历", fault: "缺页" },
  since: { step: "这一步", start: "自 main 开始" },
  column: { accesses: "访问", l1: "L1 命中", l2: "L2 命中", walks: "遍历", faults: "缺页" },
  tooLong: "这一步太长，超出了所保留的访问记录",
  noAccess: "这一步没有访问内存。",
  access: (write, bytes) => `${write ? "写" : "读"} ${bytes}`,
  lastOf: (shown, all) => `${all} 次中的最后 ${shown} 次`,
  flushes: "刷新",
  noFlush: "无",
  lastFlush: "在此之前：",
  flush: ({ what, pages, stride, dropped, pcid }, by) => {
    const gone = `丢弃 ${dropped} 项`;
    const unit = stride > 4096 ? `${pages} 个大页` : `${pages} 页`;
    switch (what) {
      case "range":
        return pages === 1 ? `${by}：${unit}。${gone}。` : `${by}：${unit}，逐页刷新。${gone}。`;
      case "all":
        return pages > 0
          ? `${by}：${unit}，超过 ${TLB_FLUSH_CEILING} 页，因此刷新 PCID ${pcid} 的全部。${gone}。`
          : `${by}：刷新 PCID ${pcid} 的全部。${gone}。`;
      case "switch":
        return `切换到 PCID ${pcid}：它的项仍在。`;
      case "first":
        return `切换到尚无 PCID 的进程：分得 ${pcid}，其原有各项失效。${gone}。`;
      case "end":
        return `PCID ${pcid} 的进程已结束。`;
    }
  },
  by: (call) => (call === "page_fault" ? "缺页" : call === "none" ? "内核" : call),
  figure: (part) => `${part}：从左到右是各组，从上到下是各路。方向键选择组，回车选择其中最近使用的页。`,
  setSpoken: (index, of, used, ways, entries) =>
    `第 ${index} 组，共 ${of} 组：${ways} 路中用了 ${used} 路${entries === "" ? "" : `。${entries}`}`,
  legend: { sight: "该地址所在的组", fresh: "这一步填入", foreign: "属于其他进程" },
  honest: "这是模型：替换采用真正的 LRU；不含取指和内核自身的访问；main 开始时 TLB 为空。",
};

export const tlbTexts: Readonly<Record<Locale, TlbText>> = { en, "zh-CN": zh };
