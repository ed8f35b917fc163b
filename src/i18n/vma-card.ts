/** Words for one VMA as the kernel keeps it, and for what smaps says of it. Names of fields stay as they are. */
import type { Locale } from "./locale";

export interface VmaCardText {
  readonly struct: string;
  readonly inSlab: (frame: string, index: number) => string;
  readonly none: string;
  readonly anonymous: string;
  readonly anonVma: (at: string, chain: number) => string;
  readonly flags: string;
  readonly flag: Readonly<Record<string, string>>;
  readonly set: (name: string, meaning: string, set: boolean) => string;
  readonly smaps: string;
  readonly bar: (resident: string, size: string) => string;
  readonly was: (before: string) => string;
  readonly shared: (pages: number) => string;
  /** What happened to it. Ranges and sizes come as text, no range as an empty one. */
  readonly history: string;
  readonly looking: string;
  readonly before: string;
  readonly line: (line: number) => string;
  readonly event: {
    readonly made: (size: string, rights: string, over: string) => string;
    readonly copied: string;
    readonly splitOff: (of: string) => string;
    readonly grew: (end: "start" | "end", size: string, joined: string, over: string) => string;
    readonly shrank: (end: "start" | "end", size: string, other: string) => string;
    readonly rights: (from: string, to: string) => string;
    readonly went: (into: string, exited: boolean) => string;
    /** Between two of them. */
    readonly and: string;
  };
}

const en: VmaCardText = {
  struct: "struct vm_area_struct",
  inSlab: (frame, index) => `object ${index} of the slab in frame ${frame}`,
  none: "NULL",
  anonymous: "anonymous",
  anonVma: (at, chain) => (chain === 0 ? "NULL: nothing was written yet" : chain > 1 ? `${at}, chain of ${chain}` : at),
  flags: "vm_flags",
  flag: {
    rd: "readable",
    wr: "writable",
    ex: "executable",
    sh: "shared",
    mr: "may become readable",
    mw: "may become writable",
    me: "may become executable",
    ms: "may be shared",
    gd: "grows down",
    pf: "pages without struct page",
    lo: "locked",
    io: "device memory",
    sr: "sequential reads advised",
    rr: "random reads advised",
    dc: "not copied by fork",
    de: "mremap may not grow it",
    ac: "accounted: counts against the commit limit",
    nr: "no memory reserved",
    wf: "zeroed in a child",
    dd: "left out of core dumps",
    mm: "mixed map",
    hg: "huge pages advised",
    nh: "no huge pages advised",
  },
  set: (name, meaning, set) => `${name}: ${meaning}, ${set ? "set" : "not set"}`,
  smaps: "In memory (smaps)",
  bar: (resident, size) => `${resident} of ${size} kB resident`,
  was: (before) => `${before} before the last step`,
  shared: (kb) => `Pss is less than Rss: ${kb} kB are shared with other mappings, and each counts its part.`,
  history: "History of this VMA",
  looking: "Looking through the run …",
  before: "there when the run begins",
  line: (line) => `line ${line}`,
  event: {
    made: (size, rights, over) => `made: ${size}, ${rights}${over === "" ? "" : `, where ${over} was`}`,
    copied: "copied from the parent's",
    splitOff: (of) => `split off from ${of}`,
    grew: (end, size, joined, over) =>
      `${end === "end" ? "its end moves up" : "its start moves down"}, ${size} more${joined === "" ? "" : `: joins ${joined}`}${over === "" ? "" : `, where ${over} was`}`,
    shrank: (end, size, other) =>
      `${end === "end" ? "its end moves down" : "its start moves up"}, ${size} less: ${other === "" ? "unmapped" : `split, beside it ${other}`}`,
    rights: (from, to) => `${from} becomes ${to}`,
    went: (into, exited) => (into !== "" ? `gone: ${into} is there now` : exited ? "gone with its process" : "unmapped"),
    and: "; ",
  },
};

const zh: VmaCardText = {
  struct: "struct vm_area_struct",
  inSlab: (frame, index) => `页框 ${frame} 中 slab 的对象 ${index}`,
  none: "NULL",
  anonymous: "匿名",
  anonVma: (at, chain) => (chain === 0 ? "NULL：尚未写入" : chain > 1 ? `${at}，链长 ${chain}` : at),
  flags: "vm_flags",
  flag: {
    rd: "可读",
    wr: "可写",
    ex: "可执行",
    sh: "共享",
    mr: "可变为可读",
    mw: "可变为可写",
    me: "可变为可执行",
    ms: "可共享",
    gd: "向下增长",
    pf: "没有 struct page 的页",
    lo: "锁定",
    io: "设备内存",
    sr: "建议顺序读取",
    rr: "建议随机读取",
    dc: "fork 不复制",
    de: "mremap 不得扩大",
    ac: "已记账：计入提交上限",
    nr: "不预留内存",
    wf: "在子进程中清零",
    dd: "不进入 core dump",
    mm: "混合映射",
    hg: "建议使用大页",
    nh: "建议不用大页",
  },
  set: (name, meaning, set) => `${name}：${meaning}，${set ? "已设置" : "未设置"}`,
  smaps: "内存中 (smaps)",
  bar: (resident, size) => `${size} kB 中 ${resident} kB 驻留`,
  was: (before) => `上一步之前为 ${before}`,
  shared: (kb) => `Pss 小于 Rss：${kb} kB 与其他映射共享，各计一份。`,
  history: "此 VMA 的历史",
  looking: "正在查找整个运行……",
  before: "运行开始时已存在",
  line: (line) => `第 ${line} 行`,
  event: {
    made: (size, rights, over) => `创建：${size}，${rights}${over === "" ? "" : `，取代 ${over}`}`,
    copied: "由父进程的 VMA 复制而来",
    splitOff: (of) => `从 ${of} 拆分而来`,
    grew: (end, size, joined, over) =>
      `${end === "end" ? "终点上移" : "起点下移"}，增加 ${size}${joined === "" ? "" : `：合并 ${joined}`}${over === "" ? "" : `，取代 ${over}`}`,
    shrank: (end, size, other) =>
      `${end === "end" ? "终点下移" : "起点上移"}，减少 ${size}：${other === "" ? "已解除映射" : `拆分，旁边是 ${other}`}`,
    rights: (from, to) => `${from} 变为 ${to}`,
    went: (into, exited) => (into !== "" ? `消失：此处现为 ${into}` : exited ? "随进程消失" : "已解除映射"),
    and: "；",
  },
};

export const vmaCardTexts: Readonly<Record<Locale, VmaCardText>> = { en, "zh-CN": zh };
