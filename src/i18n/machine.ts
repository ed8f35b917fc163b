/** Words of the machine's settings and of the view that compares two versions. glibc's own names are not translated. */
import type { KernelRelease } from "../abi/linux";
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
