/** Words for the four layouts of the address space side by side. */
import type { Locale } from "./locale";

type Side = "classic32" | "default32" | "legacy64" | "default64";

export interface LayoutsText {
  readonly title: string;
  readonly hint: string;
  readonly at: (line: number) => string;
  readonly atStart: string;
  readonly atEnd: string;
  readonly side: Readonly<Record<Side, string>>;
  readonly pie: (pie: boolean) => string;
  readonly use: string;
  readonly current: string;
  readonly flip: string;
  readonly running: (steps: string) => string;
  readonly waiting: string;
  readonly stop: string;
  readonly again: string;
  readonly stopped: string;
  readonly failed: string;
  readonly rejected: string;
  readonly line: (line: number) => string;
  readonly inexact: string;
  readonly kernel: (size: string) => string;
  readonly trueScale: string;
  readonly legend: {
    readonly heap: string;
    readonly mapping: string;
    readonly limit: string;
    readonly base: string;
  };
  readonly row: {
    readonly region: string;
    readonly program: string;
    readonly brk: string;
    readonly reach: string;
    readonly base: string;
    readonly mapping: string;
    readonly libc: string;
    readonly vdso: string;
    readonly stack: string;
    readonly end: string;
  };
  readonly noRegion: string;
  readonly missing: string;
  readonly unlike: string;
  readonly heapTo: (size: string) => string;
  readonly stops: (name: string) => string;
  readonly stopsAtEnd: string;
  readonly up: string;
  readonly down: string;
  readonly numbers: string;
  readonly note: string;
  readonly end: {
    readonly exited: (code: number) => string;
    readonly signal: (signal: number) => string;
    readonly budget: string;
    readonly other: Readonly<Record<"cancelled" | "outOfMemory" | "storeFull" | "deadlock", string>>;
  };
}

const en: LayoutsText = {
  title: "Four address-space layouts",
  hint: "Same program, same malloc. Only the place of the mmap area differs.",
  at: (line) => `Each at the same statement: line ${line}`,
  atStart: "Each before main",
  atEnd: "Each at its end",
  side: { classic32: "32-bit classic", default32: "32-bit default", legacy64: "64-bit legacy", default64: "64-bit default" },
  pie: (pie) => (pie ? "PIE" : "no PIE"),
  use: "Use this layout",
  current: "this machine",
  flip: "Turn round: high addresses on top, or low ones",
  running: (steps) => `Running: ${steps} steps`,
  waiting: "Waits for the runs before it",
  stop: "Stop",
  again: "Run",
  stopped: "Stopped before it was at this statement.",
  failed: "The second engine did not start.",
  rejected: "The program is not accepted for this machine.",
  line: (line) => `line ${line}`,
  inexact: "This run does not come here so often: its nearest moment is shown.",
  kernel: (size) => `kernel ${size}`,
  trueScale: "bars: true to scale",
  legend: { heap: "heap can grow", mapping: "longest mmap", limit: "where the break ends", base: "mmap_base, direction" },
  row: {
    region: "Region",
    program: "Program",
    brk: "brk: start, now",
    reach: "Heap can grow to",
    base: "mmap_base",
    mapping: "Longest mmap",
    libc: "libc",
    vdso: "[vdso]",
    stack: "Stack",
    end: "The run ends",
  },
  noRegion: "Point at a mapping: the same one is shown in all four.",
  missing: "not mapped",
  unlike: "none alike",
  heapTo: (size) => `heap: up to ${size}`,
  stops: (name) => `then ${name}`,
  stopsAtEnd: "then the end",
  up: "upwards",
  down: "downwards",
  numbers: "The layouts in numbers",
  note: "Room by place alone: limits and overcommit may end both earlier.",
  end: {
    exited: (code) => `exit ${code}`,
    signal: (signal) => `signal ${signal}`,
    budget: "not within 5 million steps",
    other: { cancelled: "stopped", outOfMemory: "out of memory", storeFull: "browser memory full", deadlock: "deadlock" },
  },
};

const zh: LayoutsText = {
  title: "四种地址空间布局",
  hint: "同一程序、同一 malloc，只有 mmap 区的位置不同。",
  at: (line) => `各自停在同一语句：第 ${line} 行`,
  atStart: "各自在 main 之前",
  atEnd: "各自在运行结束处",
  side: { classic32: "32 位经典", default32: "32 位默认", legacy64: "64 位 legacy", default64: "64 位默认" },
  pie: (pie) => (pie ? "PIE" : "非 PIE"),
  use: "使用此布局",
  current: "当前机器",
  flip: "上下翻转：高地址或低地址在上",
  running: (steps) => `正在运行：${steps} 步`,
  waiting: "等待前面的运行",
  stop: "停止",
  again: "运行",
  stopped: "在到达此语句之前已停止。",
  failed: "第二个引擎未能启动。",
  rejected: "此机器不接受该程序。",
  line: (line) => `第 ${line} 行`,
  inexact: "此运行到达这里的次数较少：显示的是最接近的时刻。",
  kernel: (size) => `内核 ${size}`,
  trueScale: "条形：真实比例",
  legend: { heap: "堆可增长的范围", mapping: "最长的 mmap", limit: "brk 的终点", base: "mmap_base 与方向" },
  row: {
    region: "区域",
    program: "程序",
    brk: "brk：起点、当前",
    reach: "堆最多可达",
    base: "mmap_base",
    mapping: "最长的 mmap",
    libc: "libc",
    vdso: "[vdso]",
    stack: "栈",
    end: "运行结束",
  },
  noRegion: "指向一个映射：四种布局中相同的映射会同时标出。",
  missing: "未映射",
  unlike: "没有相同的",
  heapTo: (size) => `堆：最多 ${size}`,
  stops: (name) => `止于 ${name}`,
  stopsAtEnd: "止于地址空间末端",
  up: "向上",
  down: "向下",
  numbers: "各布局的数值",
  note: "仅按位置计算：资源限制与过量提交可能使两者更早结束。",
  end: {
    exited: (code) => `退出码 ${code}`,
    signal: (signal) => `信号 ${signal}`,
    budget: "500 万步内未结束",
    other: { cancelled: "已停止", outOfMemory: "内存不足", storeFull: "浏览器内存已满", deadlock: "死锁" },
  },
};

export const layoutsTexts: Readonly<Record<Locale, LayoutsText>> = { en, "zh-CN": zh };
