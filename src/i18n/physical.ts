/** Words for RAM: frames, the buddy allocator, slab caches, and sums that add up. The kernel's names stay as they are in both languages. */
import type { BuddyChange } from "../decode/buddy-changes";
import type { FrameRole } from "../decode/physical";
import type { Locale } from "./locale";

export interface PhysicalText {
  readonly title: string;
  readonly ram: (size: string) => string;
  readonly colours: string;
  readonly colour: Readonly<Record<"use" | "owner" | "order", string>>;
  readonly mapTitle: (frames: string) => string;
  readonly mapHint: string;
  readonly folded: (blocks: string) => string;
  readonly block: (first: string, last: string) => string;
  readonly blockHint: string;
  readonly grid: string;
  readonly group: (first: string) => string;
  readonly role: Readonly<Record<FrameRole, string>>;
  readonly elsewhere: string;
  readonly frame: (pfn: string) => string;
  readonly isFree: (order: number, first: string) => string;
  readonly isDeferred: string;
  readonly noRam: string;
  readonly is: Readonly<Record<Exclude<FrameRole, "free" | "pageTable" | "slab">, string>>;
  readonly isTable: (level: string, from: string, to: string, used: number) => string;
  readonly isForeignTable: string;
  readonly isSlab: (cache: string, used: number, of: number) => string;
  readonly mappings: (count: number) => string;
  readonly chain: Readonly<Record<"chunk" | "page" | "pte" | "frame" | "vma", string>>;
  readonly noChunk: string;
  readonly spoken: (pfn: string, what: string) => string;
  readonly buddy: string;
  readonly buddyHint: string;
  readonly orderRow: (order: number, size: string, count: number) => string;
  readonly deferred: (blocks: string) => string;
  readonly more: (count: number) => string;
  readonly watermark: (free: string, min: string) => string;
  readonly lastStep: string;
  readonly unchanged: string;
  readonly unknownStep: string;
  readonly change: (kind: BuddyChange["kind"], block: string, order: number, parts: string) => string;
  readonly moreChanges: (count: number) => string;
  readonly inFlux: string;
  readonly damaged: string;
  readonly slabs: string;
  readonly slabsHint: string;
  readonly column: Readonly<Record<"cache" | "object" | "perSlab" | "lists" | "active", string>>;
  readonly cacheSpoken: (name: string, full: number, partial: number, free: number, active: string) => string;
  readonly list: Readonly<Record<"full" | "partial" | "free", string>>;
  readonly slabOf: (pfn: string, objects: number, bytes: number, left: number, used: number) => string;
  readonly noSlab: string;
  readonly freelist: (chain: string) => string;
  readonly noFree: string;
  readonly object: (index: number, at: string) => string;
  readonly objectFree: (place: number) => string;
  readonly objectUsed: string;
  readonly mapleNode: (kind: "leaf" | "arange", used: number) => string;
  readonly mapleAway: string;
  readonly rbUnused: string;
  readonly ledger: string;
  readonly ledgerHint: string;
  readonly res: string;
  readonly used: string;
  readonly entries: string;
  readonly frames: string;
  readonly standInNote: (pages: number) => string;
  readonly agrees: string;
  readonly disagrees: (counter: string) => string;
  readonly sum: string;
}

const s = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

const en: PhysicalText = {
  title: "Frames",
  ram: (size) => `${size} of RAM · 4 KiB each`,
  colours: "Colour by",
  colour: { use: "Use", owner: "Owner", order: "Free blocks" },
  mapTitle: (frames) => `All ${frames} frames`,
  mapHint: "One cell = 1024 frames (order 10, 4 MiB), filled as far as they are in use",
  folded: (blocks) => `⋯ ${blocks} blocks of 4 MiB, all free ⋯`,
  block: (first, last) => `Frames ${first} – ${last}`,
  blockHint: "arrow keys choose one, PageUp and PageDown another block",
  grid: "Frames of one block. Arrow keys choose one, PageUp and PageDown go to another block.",
  group: (first) => `16 frames from ${first}`,
  role: {
    free: "free",
    anonymous: "anonymous",
    file: "page cache",
    sharedMemory: "shared memory",
    pageTable: "page table",
    slab: "slab",
    kernel: "page-cache node",
    zero: "zero page",
    standIn: "file, not simulated",
  },
  elsewhere: "of another process",
  frame: (pfn) => `Frame ${pfn}`,
  isFree: (order, first) => `Free: in the block of order ${order} at ${first}, on free_area[${order}].`,
  isDeferred: "Free: its struct page is not set up yet. It enters the lists when memory below is used up.",
  noRam: "There is no such frame: RAM begins above or ends below.",
  is: {
    anonymous: "Anonymous memory: a page of the process's own.",
    file: "A page of a file, in the page cache.",
    sharedMemory: "Shared memory: it stays while anything maps the object.",
    kernel: "A node of a page cache's tree: which frame holds which page of the file.",
    zero: "The zero page: every page that was read and never written shows it. In no counter.",
    standIn: "Stands for all contents that are not simulated: machine code, libraries. On a real machine they are many frames.",
  },
  isTable: (level, from, to, used) => `Page table (${level}): ${s(used, "entry", "entries")} of 512 in use, for ${from} – ${to}.`,
  isForeignTable: "Page table of another process.",
  isSlab: (cache, used, of) => `A slab of ${cache}: ${used} of ${of} objects in use.`,
  mappings: (count) => s(count, "entry maps it", "entries map it"),
  chain: { chunk: "chunk", page: "page", pte: "PTE", frame: "frame", vma: "VMA" },
  noChunk: "no chunk",
  spoken: (pfn, what) => `frame ${pfn}, ${what}`,
  buddy: "Buddy free lists",
  buddyHint: "free_area[0 – 10], zone Normal",
  orderRow: (order, size, count) => `order ${order}, ${size}, ${s(count, "block", "blocks")}`,
  deferred: (blocks) => `+ ${blocks} not set up yet`,
  more: (count) => `+${count}`,
  watermark: (free, min) => `${free} free; ${min} are kept back (WMARK_MIN). Below that a fault ends in the OOM killer.`,
  lastStep: "Last step",
  unchanged: "took and gave no block.",
  unknownStep: "cannot be told after a jump. Step once.",
  change: (kind, block, order, parts) => {
    switch (kind) {
      case "split":
        return `${block} of order ${order} was split; free again: ${parts}.`;
      case "taken":
        return `${block} of order ${order} was handed out as a whole.`;
      case "merge":
        return `${block} of order ${order} is whole again, joined with ${parts}.`;
      case "given":
        return `${block} came back: order ${order}, its buddy is in use.`;
      case "grown":
        return `${block} of order ${order} was set up and entered the lists.`;
    }
  },
  moreChanges: (count) => `and ${count} more`,
  inFlux: "A list is just being changed: this is between two of its writes.",
  damaged: "Struct pages, lists or page tables contradict each other.",
  slabs: "Slab caches",
  slabsHint: "kernel objects share frames too",
  column: { cache: "cache", object: "object", perSlab: "per slab", lists: "slabs: full, partial, free", active: "in use" },
  cacheSpoken: (name, full, partial, free, active) =>
    `${name}: ${full} full, ${partial} partial, ${free} free slabs; ${active} objects in use`,
  list: { full: "full", partial: "partial", free: "free" },
  slabOf: (pfn, objects, bytes, left, used) =>
    `slab in frame ${pfn} · ${objects} objects × ${bytes} B · ${left} B left over · ${used} in use`,
  noSlab: "This cache has no slab yet.",
  freelist: (chain) => `freelist → ${chain}`,
  noFree: "freelist → NULL: the slab is full.",
  object: (index, at) => `object ${index} at ${at}`,
  objectFree: (place) => (place === 0 ? "free, handed out next" : `free, ${place} before it`),
  objectUsed: "in use",
  mapleNode: (kind, used) =>
    `${kind === "leaf" ? "maple_leaf_64" : "maple_arange_64"} of the VMA tree, ${s(used, "slot", "slots")} in use`,
  mapleAway: "in use, not in the tree now",
  rbUnused: "in use",
  ledger: "What RAM is used for",
  ledgerHint: "every frame once, every resident page once",
  res: "RES of the process",
  used: "RAM",
  entries: "pages",
  frames: "frames",
  standInNote: (pages) =>
    `${s(pages, "page of files that are not simulated shows", "pages of files that are not simulated show")} one frame; a real machine has a frame for each.`,
  agrees: "= VmRSS",
  disagrees: (counter) => `mm_struct says ${counter}`,
  sum: "sum",
};

const zh: PhysicalText = {
  title: "页框",
  ram: (size) => `${size} 内存 · 每个 4 KiB`,
  colours: "着色依据",
  colour: { use: "用途", owner: "所有者", order: "空闲块" },
  mapTitle: (frames) => `全部 ${frames} 个页框`,
  mapHint: "每格 = 1024 个页框（order 10，4 MiB），填充部分为已使用",
  folded: (blocks) => `⋯ ${blocks} 个 4 MiB 块，全部空闲 ⋯`,
  block: (first, last) => `页框 ${first} – ${last}`,
  blockHint: "方向键选择，PageUp 与 PageDown 换块",
  grid: "一个块的页框。方向键选择，PageUp 与 PageDown 换块。",
  group: (first) => `从 ${first} 起的 16 个页框`,
  role: {
    free: "空闲",
    anonymous: "匿名页",
    file: "页缓存",
    sharedMemory: "共享内存",
    pageTable: "页表",
    slab: "slab",
    kernel: "页缓存节点",
    zero: "零页",
    standIn: "文件，未模拟",
  },
  elsewhere: "属于另一进程",
  frame: (pfn) => `页框 ${pfn}`,
  isFree: (order, first) => `空闲：在 ${first} 处 order ${order} 的块中，位于 free_area[${order}]。`,
  isDeferred: "空闲：struct page 尚未初始化。下方内存用完时才进入链表。",
  noRam: "没有这个页框：不在内存范围内。",
  is: {
    anonymous: "匿名内存：进程自己的一页。",
    file: "文件的一页，在页缓存中。",
    sharedMemory: "共享内存：只要有映射就保留。",
    kernel: "页缓存树的节点：记录文件的哪一页在哪个页框。",
    zero: "零页：只读过、从未写过的页都显示它。不计入任何计数。",
    standIn: "代表所有未模拟的内容：机器码、共享库。真实机器上是许多页框。",
  },
  isTable: (level, from, to, used) => `页表（${level}）：512 项中使用 ${used} 项，对应 ${from} – ${to}。`,
  isForeignTable: "另一进程的页表。",
  isSlab: (cache, used, of) => `${cache} 的 slab：${of} 个对象中使用 ${used} 个。`,
  mappings: (count) => `${count} 个表项映射它`,
  chain: { chunk: "chunk", page: "页", pte: "PTE", frame: "页框", vma: "VMA" },
  noChunk: "无 chunk",
  spoken: (pfn, what) => `页框 ${pfn}，${what}`,
  buddy: "伙伴系统空闲链表",
  buddyHint: "free_area[0 – 10]，zone Normal",
  orderRow: (order, size, count) => `order ${order}，${size}，${count} 块`,
  deferred: (blocks) => `另有 ${blocks} 块尚未初始化`,
  more: (count) => `+${count}`,
  watermark: (free, min) => `空闲 ${free}；保留 ${min}（WMARK_MIN）。低于它时，缺页以 OOM killer 告终。`,
  lastStep: "上一步",
  unchanged: "没有取走或归还任何块。",
  unknownStep: "跳转之后无从得知。请单步一次。",
  change: (kind, block, order, parts) => {
    switch (kind) {
      case "split":
        return `order ${order} 的块 ${block} 被拆分；重新空闲：${parts}。`;
      case "taken":
        return `order ${order} 的块 ${block} 整块分配出去。`;
      case "merge":
        return `order ${order} 的块 ${block} 恢复完整，合并自 ${parts}。`;
      case "given":
        return `${block} 已归还：order ${order}，其伙伴仍在使用。`;
      case "grown":
        return `order ${order} 的块 ${block} 完成初始化，进入链表。`;
    }
  },
  moreChanges: (count) => `另有 ${count} 处`,
  inFlux: "链表正在修改：当前位于它的两次写入之间。",
  damaged: "struct page、链表或页表互相矛盾。",
  slabs: "slab 缓存",
  slabsHint: "内核对象也共用页框",
  column: { cache: "缓存", object: "对象", perSlab: "每 slab", lists: "slab：满、部分、空", active: "使用中" },
  cacheSpoken: (name, full, partial, free, active) => `${name}：${full} 满、${partial} 部分、${free} 空；使用中的对象 ${active}`,
  list: { full: "满", partial: "部分", free: "空" },
  slabOf: (pfn, objects, bytes, left, used) =>
    `slab 位于页框 ${pfn} · ${objects} 个对象 × ${bytes} B · 余 ${left} B · 使用中 ${used}`,
  noSlab: "这个缓存还没有 slab。",
  freelist: (chain) => `freelist → ${chain}`,
  noFree: "freelist → NULL：slab 已满。",
  object: (index, at) => `对象 ${index}，位于 ${at}`,
  objectFree: (place) => (place === 0 ? "空闲，下一个分配" : `空闲，前面还有 ${place} 个`),
  objectUsed: "使用中",
  mapleNode: (kind, used) => `VMA 树的 ${kind === "leaf" ? "maple_leaf_64" : "maple_arange_64"}，使用 ${used} 槽`,
  mapleAway: "使用中，目前不在树中",
  rbUnused: "使用中",
  ledger: "内存用在哪里",
  ledgerHint: "每个页框一次，每个驻留页一次",
  res: "进程的 RES",
  used: "内存",
  entries: "页",
  frames: "页框",
  standInNote: (pages) => `${pages} 个未模拟的文件页共用一个页框；真实机器上每页各有一个。`,
  agrees: "= VmRSS",
  disagrees: (counter) => `mm_struct 记为 ${counter}`,
  sum: "合计",
};

export const physicalTexts: Readonly<Record<Locale, PhysicalText>> = { en, "zh-CN": zh };
