/** Words of the machine's settings and of the view that compares two versions. glibc's own names are not translated. */
import type { AddressSpaceKind } from "../abi/layouts";
import type { KernelRelease, Overcommit } from "../abi/linux";
import type { Locale } from "./locale";

export interface MachineText {
  readonly release: string;
  readonly releaseMarks: Readonly<Record<"recorded" | "history", string>>;
  readonly sameAs: (release: string) => string;
  readonly standing: Readonly<Record<"recorded" | "history", string>>;
  readonly standingSame: (release: string) => string;
  readonly snapshot: string;
  readonly brought: (n: number) => string;
  readonly broughtNothing: string;
  readonly width: string;
  readonly noWidth: (release: string, releases: string) => string;
  readonly kernel: string;
  readonly kernelRelease: Readonly<Record<KernelRelease, string>>;
  readonly kernelHint: Readonly<Record<KernelRelease, string>>;
  readonly layout: string;
  readonly layouts: Readonly<Record<"amd64" | "i386", Readonly<Record<AddressSpaceKind, string>>>>;
  readonly compareLayouts: string;
  readonly layoutHint: Readonly<Record<AddressSpaceKind, string>>;
  readonly pie: string;
  readonly loading: string;
  readonly ram: string;
  readonly ramHint: string;
  readonly ramWrong: string;
  readonly overcommit: string;
  readonly overcommitMode: Readonly<Record<Overcommit, string>>;
  readonly overcommitHint: Readonly<Record<Overcommit, string>>;
  readonly cores: string;
  readonly coresWrong: string;
  readonly arenas: (limit: number, perCore: number, test: number) => string;
  readonly arenasUnbounded: string;
  readonly arenasSet: (limit: string) => string;
  readonly seed: string;
  readonly seedWrong: string;
  readonly seedHint: string;
  readonly aslr: string;
  readonly schedule: string;
  readonly scheduleKind: Readonly<Record<"run" | "turns" | "random" | "list", string>>;
  readonly scheduleHint: Readonly<Record<"run" | "turns" | "random" | "list", string>>;
  readonly scheduleWrong: Readonly<Record<"turns" | "list", string>>;
  readonly turns: string;
  readonly list: string;
  readonly tunables: string;
  readonly tunablesHint: string;
  readonly tunableUnread: string;
  readonly tunableIgnored: (low: string, high: string) => string;
  readonly unset: string;
  readonly notRead: (names: string, release: string) => string;
  readonly fixed: (names: string) => string;
  readonly environment: string;
  readonly environmentHint: string;
  readonly environmentWrong: string;
  readonly apply: string;
  readonly compare: string;
  readonly reset: string;
}

const en: MachineText = {
  release: "C library",
  releaseMarks: { recorded: "recorded", history: "from the history" },
  sameAs: (release) => `same as ${release}`,
  standing: {
    recorded: "Recorded: programs ran under this very release, and every byte here is compared with what they left.",
    history: "Not recorded: made from upstream’s history, change by change, between releases that are.",
  },
  standingSame: (release) => `Not recorded itself: upstream’s history shows no difference from ${release}, which is.`,
  snapshot: "development snapshot",
  brought: (n) => (n === 1 ? "1 change came with it" : `${n} changes came with it`),
  broughtNothing: "No change of malloc came with it.",
  width: "Word width",
  noWidth: (release, releases) => `i386 is not simulated for ${release}. It is for ${releases}.`,
  kernel: "Linux kernel",
  kernelRelease: { "before-6.1": "before 6.1", "6.1+": "6.1 and later" },
  kernelHint: {
    "before-6.1": "Finds a VMA in a red-black tree; a list keeps them in address order.",
    "6.1+": "Finds a VMA in a maple tree. Everything else is as recorded on Linux 6.18, whichever is chosen.",
  },
  layout: "Address space",
  layouts: {
    amd64: { default: "default", legacy: "bottom-up", "3g": "default", "3g-legacy": "bottom-up" },
    i386: { default: "4 GiB", legacy: "4 GiB, bottom-up", "3g": "3 GiB", "3g-legacy": "3 GiB, classic" },
  },
  layoutHint: {
    default: "Mappings are placed downwards from below the stack.",
    legacy: "Mappings are placed upwards from a third of the address space (setarch -L).",
    "3g": "As on a 32-bit kernel: 3 GiB for the process, mappings downwards from below the stack.",
    "3g-legacy": "As on a 32-bit kernel before 2.6.7: mappings upwards from 1 GiB, and a heap below them.",
  },
  compareLayouts: "Show this program under all four layouts",
  pie: "Position-independent executable (PIE)",
  loading: "Begin before execve: loading can be stepped through",
  ram: "RAM, MiB",
  ramHint: "Empty: 24105, the machine of the recordings.",
  ramWrong: "A whole number from 16 to 1048576.",
  overcommit: "vm.overcommit_memory",
  overcommitMode: { 0: "0 heuristic", 1: "1 always", 2: "2 never" },
  overcommitHint: {
    0: "One request above all of RAM is refused; many smaller ones are not.",
    1: "Whatever fits the address space is promised.",
    2: "All promises together stay below half of RAM (overcommit_ratio 50).",
  },
  cores: "Cores",
  coresWrong: "A whole number from 1 to 1024.",
  arenas: (limit, perCore, test) =>
    `At most ${limit} arenas, the main one included: ${perCore} for each core. The limit is worked out when there are more than ${test}. Articles often add 1; recordings do not.`,
  arenasUnbounded: "This release does not bound the number of arenas: a thread that finds all of them locked makes another.",
  arenasSet: (limit) => `At most ${limit} arenas: arena_max says so, whatever the cores.`,
  seed: "Seed",
  seedWrong: "A whole number from 0 to 4294967295.",
  seedHint: "Draws the tcache key, the addresses under ASLR and the random schedule. The same seed is the same run.",
  aslr: "Address space layout randomisation",
  schedule: "Threads take turns",
  scheduleKind: { run: "When one waits", turns: "Round robin", random: "Random", list: "As listed" },
  scheduleHint: {
    run: "A thread runs on until it waits or ends; then the next one by number.",
    turns: "Each thread in turn runs so many statements.",
    random: "Turns of 1 to 8 statements, for whomever the seed draws.",
    list: "thread:statements, with commas; 1@malloc stops thread 1 inside malloc, its arena locked. Thread 0 is main.",
  },
  scheduleWrong: {
    turns: "A whole number from 1 to 1000000.",
    list: "Turns look like 0:3,1:2,1@malloc.",
  },
  turns: "Statements a turn",
  list: "Turns",
  tunables: "Tunables",
  tunablesHint: "Those that this release reads. Empty: not set. Decimal or 0x…",
  tunableUnread: "A number, decimal or 0x….",
  tunableIgnored: (low, high) =>
    high === "" ? `glibc ignores it: at least ${low}.` : `glibc ignores it: it takes ${low} to ${high}.`,
  unset: "not set",
  notRead: (names, release) => `glibc ${release} does not read ${names}: left out.`,
  fixed: (names) =>
    `${names}: with any one of mmap_threshold, trim_threshold, top_pad and mmap_max set, the dynamic threshold is off. Freed mappings no longer raise mmap_threshold, and trim_threshold no longer follows at twice its value.`,
  environment: "Other variables",
  environmentHint: "One NAME=value a line",
  environmentWrong: "Each line is NAME=value.",
  apply: "Apply and run",
  compare: "Compare versions",
  reset: "Defaults",
};

const zh: MachineText = {
  release: "C 库",
  releaseMarks: { recorded: "有录制", history: "据上游历史" },
  sameAs: (release) => `与 ${release} 相同`,
  standing: {
    recorded: "有录制：程序曾在这个版本下真实运行，这里的每个字节都与其结果核对。",
    history: "没有录制：在有录制的版本之间，按上游历史逐项改动得出。",
  },
  standingSame: (release) => `本身没有录制：上游历史表明它与有录制的 ${release} 没有差别。`,
  snapshot: "开发快照",
  brought: (n) => `带来 ${n} 项改动`,
  broughtNothing: "malloc 没有改动。",
  width: "字长",
  noWidth: (release, releases) => `${release} 没有 i386 的模拟。有的版本：${releases}。`,
  kernel: "Linux 内核",
  kernelRelease: { "before-6.1": "6.1 之前", "6.1+": "6.1 及以后" },
  kernelHint: {
    "before-6.1": "用红黑树查找 VMA，另有链表保持地址顺序。",
    "6.1+": "用 maple tree 查找 VMA。无论选哪个，其余行为都与 Linux 6.18 的录制一致。",
  },
  layout: "地址空间",
  layouts: {
    amd64: { default: "默认", legacy: "自下而上", "3g": "默认", "3g-legacy": "自下而上" },
    i386: { default: "4 GiB", legacy: "4 GiB，自下而上", "3g": "3 GiB", "3g-legacy": "3 GiB，经典" },
  },
  layoutHint: {
    default: "映射从栈的下方起，自上而下放置。",
    legacy: "映射从地址空间的三分之一处起，自下而上放置 (setarch -L)。",
    "3g": "如同 32 位内核：进程有 3 GiB，映射从栈的下方起自上而下放置。",
    "3g-legacy": "如同 2.6.7 之前的 32 位内核：映射从 1 GiB 起自下而上，堆在它们下方。",
  },
  compareLayouts: "查看此程序在四种布局下的样子",
  pie: "位置无关可执行文件 (PIE)",
  loading: "从 execve 之前开始：可逐步观看加载过程",
  ram: "内存，MiB",
  ramHint: "空：24105，即录制所用的机器。",
  ramWrong: "16 到 1048576 的整数。",
  overcommit: "vm.overcommit_memory",
  overcommitMode: { 0: "0 启发式", 1: "1 总是允许", 2: "2 从不超额" },
  overcommitHint: {
    0: "单个请求超过全部内存时拒绝；许多较小的请求则不拒绝。",
    1: "地址空间放得下的都答应。",
    2: "所有承诺之和不超过内存的一半 (overcommit_ratio 50)。",
  },
  cores: "核数",
  coresWrong: "1 到 1024 的整数。",
  arenas: (limit, perCore, test) =>
    `最多 ${limit} 个分配区（含 main_arena）：每核 ${perCore} 个。多于 ${test} 个时才计算上限。许多文章说要再加 1，录制表明不加。`,
  arenasUnbounded: "这个版本不限制分配区的数目：线程发现全部被锁时，就再建一个。",
  arenasSet: (limit) => `最多 ${limit} 个分配区：由 arena_max 规定，与核数无关。`,
  seed: "种子",
  seedWrong: "0 到 4294967295 的整数。",
  seedHint: "决定 tcache key、ASLR 下的地址和随机调度。种子相同，运行就相同。",
  aslr: "地址空间布局随机化 (ASLR)",
  schedule: "线程轮流运行",
  scheduleKind: { run: "等待时切换", turns: "轮转", random: "随机", list: "按列表" },
  scheduleHint: {
    run: "线程一直运行到等待或结束，然后按编号轮到下一个。",
    turns: "每个线程依次运行若干条语句。",
    random: "每次 1 到 8 条语句，由种子抽取线程。",
    list: "线程:语句数，用逗号隔开；1@malloc 让线程 1 停在 malloc 内，其分配区保持锁定。线程 0 是 main。",
  },
  scheduleWrong: {
    turns: "1 到 1000000 的整数。",
    list: "形如 0:3,1:2,1@malloc。",
  },
  turns: "每次语句数",
  list: "次序",
  tunables: "可调参数 (tunables)",
  tunablesHint: "这个版本会读取的参数。空：不设置。十进制或 0x…",
  tunableUnread: "需要一个数，十进制或 0x…。",
  tunableIgnored: (low, high) => (high === "" ? `glibc 会忽略它：至少为 ${low}。` : `glibc 会忽略它：范围是 ${low} 到 ${high}。`),
  unset: "未设置",
  notRead: (names, release) => `glibc ${release} 不读取 ${names}：略去。`,
  fixed: (names) =>
    `${names}：mmap_threshold、trim_threshold、top_pad、mmap_max 只要设了一个，动态阈值就关闭。释放映射不再提高 mmap_threshold，trim_threshold 也不再随之变为它的两倍。`,
  environment: "其他变量",
  environmentHint: "每行一个 NAME=value",
  environmentWrong: "每行应为 NAME=value。",
  apply: "应用并运行",
  compare: "比较版本",
  reset: "默认值",
};

export const machineTexts: Readonly<Record<Locale, MachineText>> = { en, "zh-CN": zh };
