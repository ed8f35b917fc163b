/** Words for the pages of a mapping, the walk of the page tables, and what keeps a page. The kernel's and glibc's names stay as they are. */
import type { PageKindName } from "../decode/page-kind";
import type { KeptBecause } from "../decode/page-pins";
import type { EntryFlags, WalkEnd } from "../decode/page-walk";
import type { Locale } from "./locale";

/** Numbers of a reason as they are written: `0x21000`, `132 KiB`, `pin`. */
export interface ReasonWords {
  readonly bytes: (count: number) => string;
  readonly chunk: (addr: number) => string;
  /** What a mapping of that kind is called. */
  readonly kind: (kind: Extract<KeptBecause, { code: "not malloc" }>["kind"]) => string;
}

export interface PagesText {
  readonly walk: string;
  readonly pages: string;
  readonly tables: (levels: number, tables: number) => string;
  readonly offset: string;
  readonly foldedTitle: string;
  readonly usedOf: (used: number) => string;
  readonly notReached: string;
  readonly spoken: (level: string, index: number, value: string, flags: string) => string;
  readonly flag: Readonly<Record<Exclude<keyof EntryFlags, "protNone">, string>>;
  readonly none: string;
  readonly frame: string;
  readonly noFrame: string;
  readonly inRam: (pfn: string) => string;
  readonly standIn: string;
  readonly users: (mappings: number, cached: boolean) => string;
  readonly frameKind: Readonly<Record<PageKindName, string>>;
  /** Why the walk ends where it does. `table`: whose entry it ends at. */
  readonly ends: (end: WalkEnd, kind: PageKindName, table: string, mapped: boolean) => string;
  readonly kind: Readonly<Record<PageKindName, string>>;
  readonly dirty: string;
  readonly shared: string;
  readonly faulting: string;
  /** Of an own page that a fork has shared. */
  readonly sharedWith: (pids: readonly number[]) => string;
  readonly changed: string;
  readonly residentOf: (resident: string, total: string) => string;
  readonly aRow: (pages: string) => string;
  readonly perCell: (pages: string) => string;
  readonly foldedRows: (pages: string) => string;
  readonly grid: (name: string) => string;
  readonly page: (index: string, total: string, addr: string, what: string) => string;
  readonly comma: string;
  readonly nothing: string;
  readonly pins: string;
  readonly sum: (live: string) => string;
  readonly noPins: string;
  readonly why: string;
  readonly notThere: string;
  readonly because: (reason: KeptBecause, words: ReasonWords) => string;
  readonly trim: (by: "madvise" | "brk", pages: string) => string;
  readonly noTrim: string;
  readonly onPage: (bytes: string) => string;
}

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

const en: PagesText = {
  walk: "Page-table walk",
  pages: "Pages of the VMA",
  tables: (levels, tables) => `${levels} levels · ${plural(tables, "table page", "table pages")}`,
  offset: "offset",
  foldedTitle: "P4D: folded into the PGD. With four levels it has no table of its own.",
  usedOf: (used) => `${used} of 512`,
  notReached: "not reached",
  spoken: (level, index, value, flags) => `${level} entry ${index}: ${value}${flags === "" ? "" : `, ${flags}`}`,
  flag: {
    present: "present",
    writable: "writable",
    user: "user",
    accessed: "accessed",
    dirty: "dirty",
    large: "large page",
    huge: "transparent huge page: these 512 pages came with one fault",
    noExecute: "no-execute",
  },
  none: "empty",
  frame: "frame",
  noFrame: "no frame",
  inRam: (pfn) => `Show frame ${pfn} in physical memory`,
  standIn: "stands for all contents that are not simulated",
  users: (mappings, cached) => `${plural(mappings, "mapping", "mappings")}${cached ? " + page cache" : ""}`,
  frameKind: {
    absent: "",
    anonymous: "the process's own",
    zero: "the zero page",
    file: "of a file",
    "shared memory": "shared memory",
    special: "the machine's own",
  },
  ends: (end, kind, table, mapped) => {
    switch (end) {
      case "page":
        if (kind === "zero")
          return "A read found nothing here: all such pages show the one zero page. A write is a fault and gets a frame of its own.";
        if (kind === "file") return "The frame holds a page of the file; it is in the page cache for everybody.";
        if (kind === "special") return "The frame is the machine's own and in no counter of the process.";
        return kind === "shared memory"
          ? "The frame is shared memory: whoever maps it sees the same bytes."
          : "The frame is the process's own: 4 KiB of its RES.";
      case "protNone":
        return "PROT_NONE: P is 0, so that every access is a SIGSEGV. The page keeps its frame and counts as resident.";
      case "notPresent":
        return mapped
          ? `The ${table} entry is empty: nobody touched this page yet, or it was given back. An access is a page fault, and the kernel gets a frame.`
          : `The ${table} entry is empty, and no VMA holds the address: an access is a SIGSEGV.`;
      case "nonCanonical":
        return "No address of a process: the bits above the walk's are not all equal. An access is a SIGSEGV.";
      case "damaged":
        return `The ${table} entry names no frame of this machine.`;
    }
  },
  kind: {
    absent: "not touched",
    anonymous: "resident, own",
    zero: "zero page",
    file: "file page",
    "shared memory": "shared memory",
    special: "not counted",
  },
  dirty: "dirty",
  shared: "mapped more than once",
  faulting: "faulting",
  sharedWith: (pids) => `shared with pid ${pids.join(", ")} until one writes`,
  changed: "written now",
  residentOf: (resident, total) => `${resident} resident of ${total}`,
  aRow: (pages) => `${pages} a row`,
  perCell: (pages) => `${pages} a cell`,
  foldedRows: (pages) => `⋯ ${pages} pages not touched ⋯`,
  grid: (name) => `Pages of ${name}. Arrow keys choose one.`,
  page: (index, total, addr, what) => `page ${index} of ${total}, ${addr}, ${what}`,
  comma: ", ",
  nothing: "Nothing is mapped yet.",
  pins: "Who pins this page?",
  sum: (live) => `${live} live bytes keep 4 096 resident.`,
  noPins: "No chunk lies here.",
  why: "Why did free not give it back?",
  notThere: "There is nothing to give back: no frame of its own stands behind this page.",
  because: (reason, { bytes, chunk, kind }) => {
    switch (reason.code) {
      case "not malloc":
        return `It is not malloc's: ${kind(reason.kind)}.`;
      case "own mapping":
        return `${chunk(reason.chunkAddr)} has a mapping of its own. free returns all of it with munmap.`;
      case "live":
        return `${plural(reason.chunks, "live chunk has", "live chunks have")} ${bytes(reason.bytes)} here. A page goes back whole or not at all.`;
      case "cached":
        return `${plural(reason.chunks, "chunk lies", "chunks lie")} in tcache or a fastbin: for its neighbours still in use, so nothing merges and nothing goes back.`;
      case "data":
        return "malloc's own data stand here. They stay as long as the heap does.";
      case "links":
        return `Free, but ${chunk(reason.chunkAddr)} keeps its size and links here: only whole pages behind them can go.`;
      case "below":
        return `Free, but ${chunk(reason.above)} above it is not. The heap only shrinks from its end, and that stands in the way.`;
      case "top header":
        return "The size of top stands here.";
      case "top small":
        return `Part of top, which is ${bytes(reason.topBytes)}: less than trim_threshold, ${bytes(reason.threshold)}.`;
      case "top pad":
        return `Part of top: free leaves top_pad, ${bytes(reason.pad)}, so that the next malloc needs no brk.`;
      case "top waits":
        return `Part of top, large enough to be trimmed. But free looks only when what it freed is ${bytes(reason.freeBytes)} or more with its neighbours.`;
      case "top away":
        return "Part of top, but top does not end at the break: somebody else moved it.";
    }
  },
  trim: (by, pages) =>
    by === "madvise"
      ? `malloc_trim(0) would give it back: madvise(DONTNEED) over ${pages}.`
      : `malloc_trim(0) would give it back: brk falls by ${pages}.`,
  noTrim: "malloc_trim(0) would leave it as well.",
  onPage: (count) => `${count} here`,
};

const zh: PagesText = {
  walk: "页表遍历",
  pages: "VMA 的页",
  tables: (levels, tables) => `${levels} 级 · ${tables} 个页表页`,
  offset: "页内偏移",
  foldedTitle: "P4D：折叠进 PGD。四级页表时它没有自己的表。",
  usedOf: (used) => `${used} / 512`,
  notReached: "未到达",
  spoken: (level, index, value, flags) => `${level} 第 ${index} 项：${value}${flags === "" ? "" : `，${flags}`}`,
  flag: {
    present: "存在",
    writable: "可写",
    user: "用户",
    accessed: "已访问",
    dirty: "脏",
    large: "大页",
    huge: "透明大页：这 512 页由一次缺页带来",
    noExecute: "不可执行",
  },
  none: "空",
  frame: "页框",
  noFrame: "无页框",
  inRam: (pfn) => `在物理内存中显示页框 ${pfn}`,
  standIn: "代表所有未模拟的内容",
  users: (mappings, cached) => `${mappings} 处映射${cached ? " + 页缓存" : ""}`,
  frameKind: {
    absent: "",
    anonymous: "进程自有",
    zero: "零页",
    file: "文件页",
    "shared memory": "共享内存",
    special: "系统自有",
  },
  ends: (end, kind, table, mapped) => {
    switch (end) {
      case "page":
        if (kind === "zero") return "这里只被读过：所有这样的页都显示同一个零页。写入会缺页，并得到自己的页框。";
        if (kind === "file") return "页框里是文件的一页；它在页缓存中，供所有进程使用。";
        if (kind === "special") return "页框属于系统，不计入进程的任何计数。";
        return kind === "shared memory"
          ? "页框是共享内存：所有映射它的进程看到相同的字节。"
          : "页框归进程自己所有：占 RES 的 4 KiB。";
      case "protNone":
        return "PROT_NONE：P 为 0，任何访问都是 SIGSEGV。该页保留页框，仍算驻留。";
      case "notPresent":
        return mapped
          ? `${table} 项为空：这一页还没人碰过，或已归还。访问会缺页，由内核取来页框。`
          : `${table} 项为空，也没有 VMA 包含该地址：访问是 SIGSEGV。`;
      case "nonCanonical":
        return "不是进程的地址：遍历所用位以上的各位不全相等。访问是 SIGSEGV。";
      case "damaged":
        return `${table} 项指向的不是本机的页框。`;
    }
  },
  kind: {
    absent: "未触碰",
    anonymous: "驻留，自有",
    zero: "零页",
    file: "文件页",
    "shared memory": "共享内存",
    special: "不计数",
  },
  dirty: "脏",
  shared: "多处映射",
  faulting: "正在缺页",
  sharedWith: (pids) => `与 pid ${pids.join("、")} 共享，直到有一方写入`,
  changed: "刚写入",
  residentOf: (resident, total) => `${total} 页中 ${resident} 页驻留`,
  aRow: (pages) => `每行 ${pages} 页`,
  perCell: (pages) => `每格 ${pages} 页`,
  foldedRows: (pages) => `⋯ ${pages} 页未触碰 ⋯`,
  grid: (name) => `${name} 的页。方向键选择。`,
  page: (index, total, addr, what) => `第 ${index} 页，共 ${total} 页，${addr}，${what}`,
  comma: "，",
  nothing: "还没有任何映射。",
  pins: "谁占住这一页？",
  sum: (live) => `${live} 个在用字节使 4 096 字节驻留。`,
  noPins: "这里没有 chunk。",
  why: "free 为什么没有归还它？",
  notThere: "没有可归还的：这一页后面没有自己的页框。",
  because: (reason, { bytes, chunk, kind }) => {
    switch (reason.code) {
      case "not malloc":
        return `它不属于 malloc：${kind(reason.kind)}。`;
      case "own mapping":
        return `${chunk(reason.chunkAddr)} 有自己的映射。free 用 munmap 全部归还。`;
      case "live":
        return `${reason.chunks} 个在用 chunk 在这里占 ${bytes(reason.bytes)}。页只能整页归还。`;
      case "cached":
        return `${reason.chunks} 个 chunk 在 tcache 或 fastbin 中：对相邻块而言仍在使用，所以不合并，也不归还。`;
      case "data":
        return "这里是 malloc 自己的数据，堆在它们就在。";
      case "links":
        return `空闲，但 ${chunk(reason.chunkAddr)} 的 size 和链接字段在这里：只有它们之后的整页可以归还。`;
      case "below":
        return `空闲，但它上方的 ${chunk(reason.above)} 不是。堆只能从末端缩小，被它挡住。`;
      case "top header":
        return "top 的 size 在这里。";
      case "top small":
        return `属于 top，top 为 ${bytes(reason.topBytes)}：小于 trim_threshold（${bytes(reason.threshold)}）。`;
      case "top pad":
        return `属于 top：free 会留下 top_pad（${bytes(reason.pad)}），使下一次 malloc 不必调用 brk。`;
      case "top waits":
        return `属于 top，且已大到可以收缩。但只有当释放的块与相邻块合并后不小于 ${bytes(reason.freeBytes)} 时，free 才会检查。`;
      case "top away":
        return "属于 top，但 top 的末端不是 brk：别人移动过 brk。";
    }
  },
  trim: (by, pages) =>
    by === "madvise"
      ? `malloc_trim(0) 会归还它：对 ${pages} 调用 madvise(DONTNEED)。`
      : `malloc_trim(0) 会归还它：brk 下降 ${pages}。`,
  noTrim: "malloc_trim(0) 也不会归还它。",
  onPage: (count) => `本页 ${count}`,
};

export const pagesTexts: Readonly<Record<Locale, PagesText>> = { en, "zh-CN": zh };
