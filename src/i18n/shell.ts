/** Words of the page around the memory panels: header, code, listing, transport, dialogs, banners. */
import type { OperationPath, RunStatus } from "../protocol/messages";
import type { StepLevel } from "../scenario/scenario";
import type { PanelId, ThemeChoice } from "../store/state";

export interface ShellText {
  readonly header: {
    readonly scenario: string;
    readonly edited: string;
    readonly oneThread: string;
    readonly aslr: (on: boolean) => string;
    readonly find: string;
    readonly present: string;
    readonly share: string;
    readonly otherLanguage: string;
    readonly theme: (theme: ThemeChoice) => string;
    readonly help: string;
    readonly machine: string;
    readonly gallery: string;
  };
  readonly panel: Readonly<Record<PanelId, string>>;
  /** The same where there is room for one short word. */
  readonly tab: Readonly<Record<PanelId, string>>;
  readonly code: {
    readonly program: string;
    readonly output: string;
    readonly edit: string;
    readonly run: string;
    readonly done: string;
    readonly revert: string;
    readonly editorLabel: string;
    readonly loading: string;
    readonly stale: string;
    readonly breakpoint: (line: number) => string;
    readonly noOutput: string;
    readonly problems: (n: number) => string;
    readonly at: (line: number, column: number) => string;
    readonly warning: string;
    readonly error: string;
    readonly exit: (code: number) => string;
    readonly calls: (n: number) => string;
  };
  readonly listing: {
    readonly title: string;
    readonly inside: (call: string) => string;
    readonly after: (call: string) => string;
    readonly none: string;
    readonly noneHint: string;
    readonly state: Readonly<Record<"done" | "current" | "skipped" | "notReached", string>>;
    readonly cut: (n: number) => string;
    readonly loading: string;
    readonly writes: (n: number) => string;
  };
  readonly transport: {
    readonly start: string;
    readonly end: string;
    readonly previousOperation: string;
    readonly nextOperation: string;
    readonly back: string;
    readonly forward: string;
    readonly play: string;
    readonly pause: string;
    readonly level: Readonly<Record<StepLevel, string>>;
    readonly levelLabel: string;
    readonly operation: (n: number, of: number) => string;
    readonly bookmark: string;
    readonly callBar: string;
    readonly ledger: string;
    readonly inUse: string;
    readonly free: string;
    readonly top: string;
    readonly resident: string;
    readonly virtual: string;
    readonly scrubber: string;
    readonly scrubberValue: (n: number, of: number, call: string) => string;
  };
  readonly caption: {
    readonly start: string;
    readonly next: (text: string) => string;
    readonly statement: (line: number, text: string) => string;
    readonly inside: (call: string) => string;
    readonly returned: (call: string, result: string, path: string) => string;
    readonly freed: (call: string, path: string) => string;
    readonly wrote: (where: string, before: string, after: string) => string;
    readonly exited: (code: number) => string;
    readonly segv: (write: boolean, addr: string, where: string) => string;
    readonly noMapping: string;
    readonly signal: (n: number) => string;
  };
  readonly path: Readonly<Record<OperationPath, string>>;
  readonly status: Readonly<Record<RunStatus, string>>;
  readonly banner: {
    readonly running: (steps: string, operations: number) => string;
    readonly cancel: string;
    readonly budget: (steps: string) => string;
    readonly more: (steps: string) => string;
    readonly cancelled: string;
    readonly outOfMemory: string;
    readonly dead: string;
    readonly deadHint: string;
    readonly restart: string;
    readonly copyReport: string;
    readonly reportCopied: string;
    readonly starting: string;
    readonly linkDamaged: string;
    readonly linkTooLarge: string;
    readonly linkTooNew: (version: number) => string;
    readonly linkInvalid: (path: string) => string;
    readonly linkTitle: string;
    readonly useDraft: string;
    readonly useDefault: string;
    readonly draftKept: string;
    readonly restore: string;
    readonly discard: string;
  };
  readonly abort: {
    readonly culprit: string;
    readonly check: string;
    readonly victim: string;
    readonly jump: string;
    readonly dismiss: string;
    readonly line: (n: number) => string;
    readonly operation: (n: number) => string;
    readonly unknownCulprit: string;
    readonly readsWord: (addr: string) => string;
    readonly holds: (value: string) => string;
  };
  readonly callBar: {
    readonly label: string;
    readonly placeholder: string;
    readonly call: string;
    readonly undo: string;
    readonly live: string;
    readonly freed: string;
    readonly would: string;
    readonly appended: string;
    readonly unknown: string;
    readonly hint: string;
    readonly also: string;
  };
  readonly dialogs: {
    readonly close: string;
    readonly palette: string;
    readonly palettePlaceholder: string;
    readonly paletteEmpty: string;
    readonly goTo: (text: string) => string;
    readonly commands: string;
    readonly scenarios: string;
    readonly share: string;
    readonly shareHint: string;
    readonly copy: string;
    readonly copied: string;
    readonly download: string;
    readonly openFile: string;
    readonly length: (n: number, of: number) => string;
    readonly tooLong: string;
    readonly embed: string;
    readonly help: string;
    readonly keys: string;
    readonly reading: string;
    readonly colours: string;
    readonly terms: string;
    readonly gallery: string;
    readonly machine: string;
    readonly glibc: string;
    readonly word: string;
    readonly seed: string;
    readonly aslr: string;
    readonly tunables: string;
    readonly tunablesHint: string;
    readonly apply: string;
    readonly time: string;
    readonly chunk: string;
    readonly view: string;
    readonly edit: string;
    readonly everywhere: string;
    readonly fileProblem: string;
  };
  readonly keys: Readonly<Record<KeyText, string>>;
  readonly reading: readonly { readonly what: string; readonly means: string }[];
}

export type KeyText =
  | "step"
  | "operation"
  | "level"
  | "ends"
  | "play"
  | "events"
  | "search"
  | "goto"
  | "bookmark"
  | "culprit"
  | "panels"
  | "present"
  | "blank"
  | "palette"
  | "help"
  | "close"
  | "edit"
  | "run"
  | "freeIt"
  | "callBar"
  | "back"
  | "pin"
  | "zoom"
  | "breakpoint";

const en: ShellText = {
  header: {
    scenario: "Scenario",
    edited: "Your program",
    oneThread: "1 thread",
    aslr: (on) => (on ? "ASLR on" : "ASLR off"),
    find: "Go to step, address, symbol",
    present: "Present",
    share: "Share",
    otherLanguage: "中文",
    theme: (theme) => `Theme: ${{ system: "as the system", light: "light", dark: "dark", hc: "high contrast" }[theme]}`,
    help: "Keyboard and reading guide",
    machine: "Machine settings",
    gallery: "Choose a scenario",
  },
  panel: {
    code: "Code",
    listing: "Inside the call",
    space: "Address space",
    heap: "Heap",
    bins: "Bins",
    inspector: "Chunk",
    transport: "Time",
  },
  tab: { code: "Code", listing: "Call", space: "Space", heap: "Heap", bins: "Bins", inspector: "Chunk", transport: "Time" },
  code: {
    program: "Program",
    output: "Output",
    edit: "Edit",
    run: "Run",
    done: "Done",
    revert: "Revert",
    editorLabel: "C program",
    loading: "Loading the editor…",
    stale: "Showing the run before this edit",
    breakpoint: (line) => `Breakpoint on line ${line}`,
    noOutput: "Nothing printed yet.",
    problems: (n) => (n === 1 ? "1 problem" : `${n} problems`),
    at: (line, column) => `line ${line}, column ${column}`,
    warning: "warning",
    error: "error",
    exit: (code) => `exit status ${code}`,
    calls: (n) => `${n} calls`,
  },
  listing: {
    title: "Inside the call",
    inside: (call) => `Inside ${call}`,
    after: (call) => `After ${call}`,
    none: "No allocator call yet.",
    noneHint: "Step on to the first malloc to see how it decides.",
    state: { done: "done", current: "now", skipped: "skipped", notReached: "not reached" },
    cut: (n) => `Only the first ${n} records of this call are listed.`,
    loading: "Reading the call…",
    writes: (n) => (n === 1 ? "1 write" : `${n} writes`),
  },
  transport: {
    start: "To the start",
    end: "To the end",
    previousOperation: "Previous call",
    nextOperation: "Next call",
    back: "Step back",
    forward: "Step",
    play: "Play",
    pause: "Pause",
    level: { statement: "Statement", phase: "Phase", line: "Line", write: "Write" },
    levelLabel: "Step level",
    operation: (n, of) => `op ${n} / ${of}`,
    bookmark: "Bookmark this step",
    callBar: "Call malloc or free by hand",
    ledger: "Ledger",
    inUse: "in use",
    free: "free in bins",
    top: "top",
    resident: "resident",
    virtual: "virtual",
    scrubber: "Position in the run",
    scrubberValue: (n, of, call) => `call ${n} of ${of}${call === "" ? "" : `: ${call}`}`,
  },
  caption: {
    start: "The process is ready; main has not begun.",
    next: (text) => `Next: ${text}.`,
    statement: (line, text) => `Next: line ${line}, ${text}`,
    inside: (call) => `Inside ${call}.`,
    returned: (call, result, path) => `${call} returned ${result}${path === "" ? "" : `, ${path}`}.`,
    freed: (call, path) => `${call} is done${path === "" ? "" : `: ${path}`}.`,
    wrote: (where, before, after) => `Written: ${where}, ${before} → ${after}.`,
    exited: (code) => `The program ended with status ${code}.`,
    segv: (write, addr, where) => `SIGSEGV: ${write ? "write to" : "read of"} ${addr}, ${where}.`,
    noMapping: "no mapping",
    signal: (n) => `The program was ended by signal ${n}.`,
  },
  path: {
    none: "",
    tcache: "tcache",
    fast: "fastbin",
    unsorted: "unsorted bin",
    small: "small bin",
    large: "large bin",
    top: "top",
    mmap: "its own mapping",
    sysmalloc: "new memory from the kernel",
    error: "refused",
  },
  status: {
    exited: "ended",
    abort: "aborted",
    signal: "ended by a signal",
    budget: "stopped at the step limit",
    cancelled: "stopped",
    outOfMemory: "out of memory",
  },
  banner: {
    running: (steps, operations) => `Running: ${steps} steps, ${operations} calls`,
    cancel: "Stop",
    budget: (steps) => `Stopped at ${steps} steps: the program may be in an endless loop.`,
    more: (steps) => `Continue for ${steps} more`,
    cancelled: "Stopped. What ran so far can be stepped through.",
    outOfMemory: "The simulated machine ran out of memory, so the kernel ended the process.",
    dead: "The engine has stopped working.",
    deadHint: "Your program is safe. Restart the engine and run it again.",
    restart: "Restart",
    copyReport: "Copy report",
    reportCopied: "Report copied",
    starting: "Starting…",
    linkDamaged: "The link is damaged: part of it is missing or was changed.",
    linkTooLarge: "The link holds more than a scenario may.",
    linkTooNew: (version) => `The link was made by a newer Heapglass (format ${version}). Reload the page to update.`,
    linkInvalid: (path) => `The link holds something that is not a scenario${path === "" ? "" : ` (at “${path}”)`}.`,
    linkTitle: "This link cannot be opened",
    useDraft: "Open my draft",
    useDefault: "Open the first scenario",
    draftKept: "You have a draft from an earlier visit.",
    restore: "Open the draft",
    discard: "Dismiss",
  },
  abort: {
    culprit: "Culprit",
    check: "Check",
    victim: "Victim",
    jump: "Jump to the write that caused it",
    dismiss: "Dismiss",
    line: (n) => `line ${n}`,
    operation: (n) => `op ${n}`,
    unknownCulprit: "not known",
    readsWord: (addr) => `reads the word at ${addr}`,
    holds: (value) => `holds ${value}`,
  },
  callBar: {
    label: "Call by hand",
    placeholder: "malloc 24   free b   realloc a 100",
    call: "Call",
    undo: "Undo",
    live: "Live blocks",
    freed: "already freed",
    would: "Becomes",
    appended: "Added to the end of main.",
    unknown:
      "Not a call. Try malloc 24, free b, realloc a 100, calloc 4 16, memalign 64 100, malloc_trim 0, mallopt M_MMAP_THRESHOLD 65536.",
    hint: "Adds the statement to the end of main and runs it",
    also: "Also",
  },
  dialogs: {
    close: "Close",
    palette: "Go to",
    palettePlaceholder: "53, 53.7, 0x55…, b, or a command",
    paletteEmpty: "Nothing of that name.",
    goTo: (text) => `Go to ${text}`,
    commands: "Commands",
    scenarios: "Scenarios",
    share: "Share",
    shareHint: "The link holds the program, the machine and this step. Nothing is sent to a server.",
    copy: "Copy link",
    copied: "Link copied",
    download: "Save as file",
    openFile: "Open a file",
    length: (n, of) => `${n} of ${of} characters`,
    tooLong: "Longer than some programs accept. Save it as a file instead.",
    embed: "The page also works inside a frame, without special headers.",
    help: "Keyboard and reading guide",
    keys: "Keys",
    reading: "How to read the map",
    colours: "Colours",
    terms: "Terms",
    gallery: "Scenarios",
    machine: "Machine",
    glibc: "C library",
    word: "Word width",
    seed: "Seed",
    aslr: "Address space layout randomisation",
    tunables: "Environment",
    tunablesHint: "One NAME=value a line, e.g. GLIBC_TUNABLES=glibc.malloc.tcache_count=0",
    apply: "Apply and run",
    time: "Time",
    chunk: "Chunk",
    view: "View",
    edit: "Edit",
    everywhere: "Everywhere",
    fileProblem: "That file cannot be opened.",
  },
  keys: {
    step: "one step at the chosen level",
    operation: "one whole call",
    level: "coarser, finer level",
    ends: "start, end",
    play: "play or pause",
    events: "its previous, next event",
    search: "search",
    goto: "go to step or address",
    bookmark: "bookmark this step",
    culprit: "from an error to its cause",
    panels: "focus a panel; again: maximise",
    present: "presenter",
    blank: "blank the screen",
    palette: "palette",
    help: "this page",
    close: "close, then drop the selection",
    edit: "edit the program",
    run: "run the program",
    freeIt: "free the selected chunk",
    callBar: "call bar",
    back: "back after following a pointer",
    pin: "pin a second chunk",
    zoom: "zoom about the pointer",
    breakpoint: "run to breakpoint, back with Shift",
  },
  reading: [
    {
      what: "Block",
      means:
        "A chunk, from its size word up to and including the next chunk’s first word: user data while it is in use, its footer while it is free.",
    },
    { what: "Header tick", means: "The size word. Filled: PREV_INUSE is 1. Hollow: the chunk before is free." },
    {
      what: "Small square at the end",
      means: "A boundary tag that agrees with the size. Dotted: the word is borrowed user data.",
    },
    { what: "Open side", means: "The chunk goes on in the next row. A thin band stands for folded rows." },
    { what: "Amber", means: "Now: what this step wrote, and where it stands." },
    { what: "Blue", means: "You: selection, focus, pointer." },
    { what: "Arrows", means: "Solid: next or fd. Dashed: bk. Dotted: the nextsize skip list." },
  ],
};

const zh: ShellText = {
  header: {
    scenario: "场景",
    edited: "你的程序",
    oneThread: "1 线程",
    aslr: (on) => (on ? "ASLR 开" : "ASLR 关"),
    find: "跳转到步骤、地址、符号",
    present: "演示",
    share: "分享",
    otherLanguage: "EN",
    theme: (theme) => `主题：${{ system: "跟随系统", light: "浅色", dark: "深色", hc: "高对比度" }[theme]}`,
    help: "键盘与读图指南",
    machine: "机器设置",
    gallery: "选择场景",
  },
  panel: { code: "代码", listing: "调用内部", space: "地址空间", heap: "堆", bins: "Bins", inspector: "块", transport: "时间" },
  tab: { code: "代码", listing: "调用", space: "空间", heap: "堆", bins: "Bins", inspector: "块", transport: "时间" },
  code: {
    program: "程序",
    output: "输出",
    edit: "编辑",
    run: "运行",
    done: "完成",
    revert: "还原",
    editorLabel: "C 程序",
    loading: "正在载入编辑器…",
    stale: "显示的是此次编辑之前的运行",
    breakpoint: (line) => `第 ${line} 行的断点`,
    noOutput: "尚无输出。",
    problems: (n) => `${n} 个问题`,
    at: (line, column) => `第 ${line} 行，第 ${column} 列`,
    warning: "警告",
    error: "错误",
    exit: (code) => `退出状态 ${code}`,
    calls: (n) => `${n} 次调用`,
  },
  listing: {
    title: "调用内部",
    inside: (call) => `${call} 内部`,
    after: (call) => `${call} 之后`,
    none: "尚无分配器调用。",
    noneHint: "前进到第一次 malloc，即可看到它如何决定。",
    state: { done: "已完成", current: "当前", skipped: "已跳过", notReached: "未到达" },
    cut: (n) => `只列出此调用的前 ${n} 条记录。`,
    loading: "正在读取调用…",
    writes: (n) => `${n} 次写入`,
  },
  transport: {
    start: "到开头",
    end: "到结尾",
    previousOperation: "上一次调用",
    nextOperation: "下一次调用",
    back: "后退一步",
    forward: "前进一步",
    play: "播放",
    pause: "暂停",
    level: { statement: "语句", phase: "阶段", line: "行", write: "写入" },
    levelLabel: "步进粒度",
    operation: (n, of) => `op ${n} / ${of}`,
    bookmark: "标记此步骤",
    callBar: "手动调用 malloc 或 free",
    ledger: "账目",
    inUse: "使用中",
    free: "bins 中空闲",
    top: "top",
    resident: "驻留",
    virtual: "虚拟",
    scrubber: "运行中的位置",
    scrubberValue: (n, of, call) => `第 ${n} 次调用，共 ${of} 次${call === "" ? "" : `：${call}`}`,
  },
  caption: {
    start: "进程已就绪，main 尚未开始。",
    next: (text) => `下一步：${text}。`,
    statement: (line, text) => `下一步：第 ${line} 行，${text}`,
    inside: (call) => `在 ${call} 内部。`,
    returned: (call, result, path) => `${call} 返回 ${result}${path === "" ? "" : `，来自 ${path}`}。`,
    freed: (call, path) => `${call} 完成${path === "" ? "" : `：${path}`}。`,
    wrote: (where, before, after) => `已写入：${where}，${before} → ${after}。`,
    exited: (code) => `程序结束，状态为 ${code}。`,
    segv: (write, addr, where) => `SIGSEGV：${write ? "写" : "读"} ${addr}，${where}。`,
    noMapping: "没有映射",
    signal: (n) => `程序被信号 ${n} 终止。`,
  },
  path: {
    none: "",
    tcache: "tcache",
    fast: "fastbin",
    unsorted: "unsorted bin",
    small: "small bin",
    large: "large bin",
    top: "top",
    mmap: "独立映射",
    sysmalloc: "内核的新内存",
    error: "被拒绝",
  },
  status: {
    exited: "已结束",
    abort: "已中止",
    signal: "被信号终止",
    budget: "达到步数上限",
    cancelled: "已停止",
    outOfMemory: "内存耗尽",
  },
  banner: {
    running: (steps, operations) => `运行中：${steps} 步，${operations} 次调用`,
    cancel: "停止",
    budget: (steps) => `在 ${steps} 步处停止：程序可能陷入无限循环。`,
    more: (steps) => `再继续 ${steps} 步`,
    cancelled: "已停止。已运行的部分可以逐步查看。",
    outOfMemory: "模拟的机器内存耗尽，内核终止了进程。",
    dead: "引擎已停止工作。",
    deadHint: "你的程序没有丢失。请重启引擎并再次运行。",
    restart: "重启",
    copyReport: "复制报告",
    reportCopied: "报告已复制",
    starting: "正在启动…",
    linkDamaged: "链接已损坏：有一部分丢失或被改动。",
    linkTooLarge: "链接的内容超出了场景的上限。",
    linkTooNew: (version) => `链接由更新版本的 Heapglass 生成（格式 ${version}）。请重新载入页面以更新。`,
    linkInvalid: (path) => `链接的内容不是场景${path === "" ? "" : `（位于“${path}”）`}。`,
    linkTitle: "无法打开此链接",
    useDraft: "打开我的草稿",
    useDefault: "打开第一个场景",
    draftKept: "你有一份之前的草稿。",
    restore: "打开草稿",
    discard: "忽略",
  },
  abort: {
    culprit: "原因",
    check: "检查",
    victim: "受害者",
    jump: "跳到造成它的那次写入",
    dismiss: "关闭",
    line: (n) => `第 ${n} 行`,
    operation: (n) => `op ${n}`,
    unknownCulprit: "未知",
    readsWord: (addr) => `读取 ${addr} 处的字`,
    holds: (value) => `其值为 ${value}`,
  },
  callBar: {
    label: "手动调用",
    placeholder: "malloc 24   free b   realloc a 100",
    call: "调用",
    undo: "撤销",
    live: "存活的块",
    freed: "已释放",
    would: "对应语句",
    appended: "已加到 main 的末尾。",
    unknown:
      "不是调用。可试 malloc 24、free b、realloc a 100、calloc 4 16、memalign 64 100、malloc_trim 0、mallopt M_MMAP_THRESHOLD 65536。",
    hint: "把语句加到 main 的末尾并运行",
    also: "还可以",
  },
  dialogs: {
    close: "关闭",
    palette: "跳转",
    palettePlaceholder: "53、53.7、0x55…、b，或命令",
    paletteEmpty: "没有匹配的内容。",
    goTo: (text) => `跳转到 ${text}`,
    commands: "命令",
    scenarios: "场景",
    share: "分享",
    shareHint: "链接包含程序、机器设置和当前步骤，不会向服务器发送任何内容。",
    copy: "复制链接",
    copied: "链接已复制",
    download: "另存为文件",
    openFile: "打开文件",
    length: (n, of) => `${n} / ${of} 个字符`,
    tooLong: "超出了某些软件接受的长度，请另存为文件。",
    embed: "页面也可以嵌入框架中使用，不需要特殊的响应头。",
    help: "键盘与读图指南",
    keys: "按键",
    reading: "如何读图",
    colours: "颜色",
    terms: "术语",
    gallery: "场景",
    machine: "机器",
    glibc: "C 库",
    word: "字宽",
    seed: "种子",
    aslr: "地址空间布局随机化",
    tunables: "环境变量",
    tunablesHint: "每行一个 NAME=value，例如 GLIBC_TUNABLES=glibc.malloc.tcache_count=0",
    apply: "应用并运行",
    time: "时间",
    chunk: "块",
    view: "视图",
    edit: "编辑",
    everywhere: "全局",
    fileProblem: "无法打开该文件。",
  },
  keys: {
    step: "按所选粒度走一步",
    operation: "走完一次调用",
    level: "更粗、更细的粒度",
    ends: "开头、结尾",
    play: "播放或暂停",
    events: "该块的上一个、下一个事件",
    search: "搜索",
    goto: "跳转到步骤或地址",
    bookmark: "标记此步骤",
    culprit: "从错误跳到原因",
    panels: "聚焦面板；再按一次最大化",
    present: "演示模式",
    blank: "黑屏",
    palette: "命令面板",
    help: "本页",
    close: "关闭；再按取消选择",
    edit: "编辑程序",
    run: "运行程序",
    freeIt: "释放选中的块",
    callBar: "调用栏",
    back: "跟随指针后返回",
    pin: "固定第二个块",
    zoom: "以指针为中心缩放",
    breakpoint: "运行到断点，加 Shift 反向",
  },
  reading: [
    { what: "方块", means: "一个块：从它的 size 字到后一块的第一个字（含）。使用中时那个字是用户数据，空闲时是它的尾部标记。" },
    { what: "头部标记", means: "size 字。实心：PREV_INUSE 为 1；空心：前一块空闲。" },
    { what: "末尾小方块", means: "与 size 一致的边界标记。虚线：该字是借用的用户数据。" },
    { what: "开口的一侧", means: "该块在下一行继续。细带表示折叠的行。" },
    { what: "琥珀色", means: "当前：这一步写了什么、停在哪里。" },
    { what: "蓝色", means: "你：选择、焦点、指针。" },
    { what: "箭头", means: "实线：next 或 fd。虚线：bk。点线：nextsize 跳表。" },
  ],
};

export const shellTexts = { en, "zh-CN": zh } as const;
