/** Words for threads, arenas and the allocator's structs. glibc's own names stay as they are in both languages. */
import type { Locale } from "./locale";

export interface ArenaText {
  readonly chooseHeap: string;
  readonly chooseTcache: string;
  /** Back to showing what the program is at. */
  readonly follow: string;
  readonly byBreak: string;
  readonly reserved: (reserved: string, writable: string) => string;
  readonly cached: (n: number) => string;
  readonly binsOf: string;
  readonly workspace: string;
  readonly heapView: string;
  readonly threadsView: string;
  readonly schedule: string;
  readonly scheduleKind: Readonly<Record<"run" | "turns" | "random" | "list", string>>;
  readonly lanes: string;
  readonly lane: (thread: string, turns: number, calls: number) => string;
  readonly turn: (thread: string, calls: number) => string;
  readonly state: {
    readonly running: string;
    readonly ready: string;
    readonly joining: (thread: string) => string;
    readonly waitsArena: (arena: string) => string;
    readonly waitsMutex: (addr: string) => string;
    readonly insideMalloc: (arena: string) => string;
    readonly ended: string;
    readonly gone: string;
  };
  readonly waits: string;
  readonly ownTcache: string;
  readonly noTcache: string;
  readonly emptyTcache: string;
  readonly neverTcache: string;
  readonly noArena: string;
  readonly leftArena: string;
  readonly stack: (addr: string) => string;
  readonly mutexFree: string;
  readonly heldBy: (thread: string) => string;
  readonly awaitedBy: (threads: string) => string;
  readonly ring: string;
  readonly ringNote: (n: number) => string;
  readonly attached: (threads: string) => string;
  readonly nobody: string;
  readonly structures: string;
  readonly release: (glibc: string, bits: number) => string;
  readonly offset: string;
  readonly field: string;
  readonly value: string;
  readonly changed: string;
  readonly itself: string;
  readonly unreadable: string;
  readonly bytes: (n: number) => string;
  readonly threadStack: (thread: string) => string;
}

const en: ArenaText = {
  chooseHeap: "Which heap the map shows",
  chooseTcache: "Whose tcache is shown",
  follow: "follow the program",
  byBreak: "grows by brk",
  reserved: (reserved, writable) => `${reserved} reserved, ${writable} made writable`,
  cached: (n) => (n === 1 ? "1 chunk" : `${n} chunks`),
  binsOf: "bins of",
  workspace: "What stands in the middle",
  heapView: "Heap",
  threadsView: "Threads",
  schedule: "Schedule",
  scheduleKind: {
    run: "each thread runs until it waits or ends",
    turns: "round robin",
    random: "turns drawn by the seed",
    list: "turns as the scenario lists them",
  },
  lanes: "Threads over time",
  lane: (thread, turns, calls) => `${thread}: ${turns} turns, ${calls} allocator calls`,
  turn: (thread, calls) => `${thread}: ${calls === 1 ? "1 call" : `${calls} calls`}`,
  state: {
    running: "runs",
    ready: "ready, not its turn",
    joining: (thread) => `waits for the end of ${thread}`,
    waitsArena: (arena) => `waits for ${arena}’s mutex`,
    waitsMutex: (addr) => `waits for the mutex at ${addr}`,
    insideMalloc: (arena) => `paused inside malloc, holds ${arena}`,
    ended: "has ended",
    gone: "joined; its stack is cached",
  },
  waits: "waits",
  ownTcache: "tcache of this thread, no lock",
  noTcache: "no tcache yet",
  emptyTcache: "every list is empty",
  neverTcache: "this release has no tcache",
  noArena: "no arena yet: its first malloc looks for one",
  leftArena: "its tcache is flushed, its arena left",
  stack: (addr) => `stack ${addr}`,
  mutexFree: "mutex free",
  heldBy: (thread) => `held by ${thread}`,
  awaitedBy: (threads) => `${threads} waits`,
  ring: "Arena ring",
  ringNote: (n) => (n === 1 ? "1 arena" : `${n} arenas, the newest behind main_arena`),
  attached: (threads) => `used by ${threads}`,
  nobody: "no thread",
  structures: "The allocator’s structs",
  release: (glibc, bits) => `as in glibc ${glibc}, ${bits}-bit`,
  offset: "offset",
  field: "field",
  value: "value",
  changed: "written by this step",
  itself: "empty rings: they lead to themselves",
  unreadable: "These bytes cannot be read.",
  bytes: (n) => `${n} bytes`,
  threadStack: (thread) => `stack of ${thread}`,
};

const zh: ArenaText = {
  chooseHeap: "映射图显示哪个堆",
  chooseTcache: "显示谁的 tcache",
  follow: "跟随程序",
  byBreak: "用 brk 增长",
  reserved: (reserved, writable) => `保留 ${reserved}，其中 ${writable} 可写`,
  cached: (n) => `${n} 个 chunk`,
  binsOf: "bin 属于",
  workspace: "中间显示什么",
  heapView: "堆",
  threadsView: "线程",
  schedule: "调度",
  scheduleKind: {
    run: "每个线程运行到等待或结束",
    turns: "轮流执行",
    random: "由种子决定次序",
    list: "按场景列出的次序",
  },
  lanes: "各线程的时间线",
  lane: (thread, turns, calls) => `${thread}：${turns} 个时间片，${calls} 次分配器调用`,
  turn: (thread, calls) => `${thread}：${calls} 次调用`,
  state: {
    running: "运行中",
    ready: "就绪，未轮到",
    joining: (thread) => `等待 ${thread} 结束`,
    waitsArena: (arena) => `等待 ${arena} 的 mutex`,
    waitsMutex: (addr) => `等待 ${addr} 处的 mutex`,
    insideMalloc: (arena) => `停在 malloc 内，持有 ${arena}`,
    ended: "已结束",
    gone: "已 join，其栈进入缓存",
  },
  waits: "等待",
  ownTcache: "本线程的 tcache，无需加锁",
  noTcache: "还没有 tcache",
  emptyTcache: "所有链表为空",
  neverTcache: "此版本没有 tcache",
  noArena: "还没有分配区：首次 malloc 时寻找",
  leftArena: "tcache 已清空，已离开分配区",
  stack: (addr) => `栈 ${addr}`,
  mutexFree: "mutex 空闲",
  heldBy: (thread) => `由 ${thread} 持有`,
  awaitedBy: (threads) => `${threads} 在等待`,
  ring: "分配区环",
  ringNote: (n) => (n === 1 ? "1 个分配区" : `${n} 个分配区，最新的紧跟 main_arena`),
  attached: (threads) => `使用者：${threads}`,
  nobody: "没有线程",
  structures: "分配器的结构体",
  release: (glibc, bits) => `glibc ${glibc}，${bits} 位`,
  offset: "偏移",
  field: "字段",
  value: "值",
  changed: "这一步写入",
  itself: "空环：指向自身",
  unreadable: "这些字节无法读取。",
  bytes: (n) => `${n} 字节`,
  threadStack: (thread) => `${thread} 的栈`,
};

export const arenaTexts: Readonly<Record<Locale, ArenaText>> = { en, "zh-CN": zh };
