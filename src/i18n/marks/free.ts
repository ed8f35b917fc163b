/** free, malloc_consolidate, systrim. */
import type { MarkTexts } from "./types";

export const freeMarks = {
  Free: { en: "free: what is it?", zh: "free：判断来源" },
  FreeNull: { en: ["a pointer?", "NULL: nothing to do", "{a}"], zh: ["是有效指针吗？", "NULL：什么也不做", "{a}"] },
  FreeAligned: {
    en: ["pointer is aligned?", "{a} cannot be a chunk → abort", "{a}"],
    zh: ["指针对齐吗？", "{a} 不可能是块 → abort", "{a}"],
  },
  FreeCachedKey: {
    en: ["carries the tcache's key?", "{a} ≠ {b}", "{a} = {b} → freed already?"],
    zh: ["带有 tcache 的 key 吗？", "{a} ≠ {b}", "{a} = {b} → 已经释放过？"],
  },
  FreeCachedRoom: {
    en: ["room in tcache?", "{b} is full", "{a} goes into {b}"],
    zh: ["tcache 有空位吗？", "{b} 已满", "{a} 放入 {b}"],
  },
  FreeLargeCachedRoom: {
    en: ["room in the tcache's large bin?", "bin {b} does not take {a}", "{a} goes into bin {b}"],
    zh: ["tcache 的大块链表有空位吗？", "链表 {b} 不收 {a}", "{a} 放入链表 {b}"],
  },
  FreeEnds: {
    en: ["size can be?", "size {a} wraps around to {b} → abort", "size {a}"],
    zh: ["大小可能吗？", "大小 {a} 绕回到 {b} → abort", "大小 {a}"],
  },
  FreeIsMmapped: {
    en: ["a mapping of its own?", "M = 0 in {a}: from the heap", "M = 1 in {a}: a mapping"],
    zh: ["独立映射吗？", "{a} 中 M = 0：来自堆", "{a} 中 M = 1：独立映射"],
  },
  ThresholdGrows: {
    en: ["raise the mmap threshold?", "{a}: threshold stays {b}", "{a} > {b}: threshold becomes its size"],
    zh: ["提高 mmap 阈值吗？", "{a}：阈值保持 {b}", "{a} > {b}：阈值变为其大小"],
  },
  IntFree: { en: "_int_free: check the chunk", zh: "_int_free：检查块" },
  FreePointer: {
    en: ["pointer can be a chunk?", "{a} of size {b} cannot be a chunk → abort", "{a} is aligned, size {b} does not wrap"],
    zh: ["指针可能是块吗？", "{a}（大小 {b}）不可能是块 → abort", "{a} 已对齐，大小 {b} 未越界"],
  },
  FreeSize: {
    en: ["size can be a chunk's?", "{a} is not a chunk size → abort", "{a} ≥ {b} and aligned"],
    zh: ["大小合法吗？", "{a} 不是块大小 → abort", "{a} ≥ {b} 且已对齐"],
  },
  FreeTryTcache: { en: "Try tcache", zh: "尝试 tcache" },
  FreeTcacheSize: {
    en: ["a tcache size?", "tcache{a} is not one of {b} bins → not a tcache size", "tcache{a} is one of {b} bins"],
    zh: ["是 tcache 大小吗？", "tcache{a} 不在 {b} 个 bin 之内 → 超出 tcache 范围", "tcache{a} 在 {b} 个 bin 之内"],
  },
  FreeTcacheKey: {
    en: ["carries the tcache key?", "{a} ≠ key: not in the tcache", "{a} = key: perhaps freed before"],
    zh: ["带有 tcache key 吗？", "{a} ≠ key：不在 tcache 中", "{a} = key：可能已释放过"],
  },
  TcacheKeySearch: { en: "Double free? Search the tcache list", zh: "双重释放？查找 tcache 链表" },
  TcacheSearchCount: {
    en: ["list not too long?", "{a} ≥ {b} entries → abort", "entry {a} of at most {b}"],
    zh: ["链表不太长吗？", "{a} ≥ {b} 项 → abort", "第 {a} 项，至多 {b} 项"],
  },
  TcacheSearchAligned: {
    en: ["entry is aligned?", "{a} is not aligned → abort", "{a} is aligned"],
    zh: ["表项对齐吗？", "{a} 未对齐 → abort", "{a} 已对齐"],
  },
  TcacheSearchSame: {
    en: ["the very entry?", "{a} is another", "{a} is already here → abort"],
    zh: ["就是这一项吗？", "{a} 是另一项", "{a} 已在其中 → abort"],
  },
  FreeTcacheRoom: {
    en: ["room in tcache?", "{a} ≥ {b} → full", "{a} < {b} → room"],
    zh: ["tcache 有空位吗？", "{a} ≥ {b} → 已满", "{a} < {b} → 有空位"],
  },
  FreeFastRange: {
    en: ["a fastbin size?", "{a} > {b} → no", "{a} ≤ {b} → yes"],
    zh: ["是 fastbin 大小吗？", "{a} > {b} → 否", "{a} ≤ {b} → 是"],
  },
  FreeToFastbin: { en: "Put into its fastbin", zh: "放入 fastbin" },
  FastNextSize: {
    en: ["next size is sane?", "next size {a}, arena {b} → abort", "next size {a} is sane"],
    zh: ["后一块大小合理吗？", "后一块大小 {a}，分配区 {b} → abort", "后一块大小 {a} 合理"],
  },
  FastTop: {
    en: ["not the first there already?", "{a} is the first already: double free → abort", "first is {a}"],
    zh: ["表头不是它吗？", "表头已是 {a}：双重释放 → abort", "表头是 {a}"],
  },
  FastPut: { en: ["link it in front", "{a} → fastbin{b}"], zh: ["链入表头", "{a} → fastbin{b}"] },
  FastEntry: {
    en: ["old first has the size?", "its size is for fastbin{a}, not {b} → abort", "its size is for fastbin{b}"],
    zh: ["原表头大小一致吗？", "其大小属于 fastbin{a}，不是 {b} → abort", "其大小属于 fastbin{b}"],
  },
  FreeMmapped: {
    en: ["a mapping of its own?", "M = 0 in {a}", "M = 1 in {a}: unmap it"],
    zh: ["独立映射吗？", "{a} 中 M = 0", "{a} 中 M = 1：解除映射"],
  },
  FreeChecks: { en: "Check the neighbours", zh: "检查相邻块" },
  FreeNotTop: {
    en: ["not top itself?", "{a} is top: double free → abort", "top is {b}"],
    zh: ["不是 top 吗？", "{a} 就是 top：双重释放 → abort", "top 是 {b}"],
  },
  FreeInside: {
    en: ["next is inside the heap?", "next {a} ≥ end {b} → abort", "next {a} < end {b}"],
    zh: ["后一块在堆内吗？", "后一块 {a} ≥ 堆尾 {b} → abort", "后一块 {a} < 堆尾 {b}"],
  },
  FreeMarkedUsed: {
    en: ["marked in use?", "P = 0 in {a}: already free → abort", "P = 1 in {a}: in use"],
    zh: ["标记为使用中吗？", "{a} 中 P = 0：已空闲 → abort", "{a} 中 P = 1：使用中"],
  },
  FreeNextSize: {
    en: ["next size is sane?", "next size {a}, arena {b} → abort", "next size {a} is sane"],
    zh: ["后一块大小合理吗？", "后一块大小 {a}，分配区 {b} → abort", "后一块大小 {a} 合理"],
  },
  MergeBackward: { en: "Consolidate backward", zh: "向后合并（前一块）" },
  MergePrevInuse: {
    en: ["chunk before is in use?", "P = 0 in {a}: it is free, prev_size is valid → merge", "P = 1 in {a}: it is in use"],
    zh: ["前一块使用中吗？", "{a} 中 P = 0：前一块空闲，prev_size 有效 → 合并", "{a} 中 P = 1：前一块使用中"],
  },
  MergeSizes: {
    en: ["its size = prev_size?", "size {a} ≠ prev_size {b} → abort", "size {a} = prev_size {b}"],
    zh: ["其 size = prev_size 吗？", "size {a} ≠ prev_size {b} → abort", "size {a} = prev_size {b}"],
  },
  MergeForward: { en: "Consolidate forward", zh: "向前合并（后一块）" },
  MergeIntoTop: {
    en: ["next is top?", "next {a} is not top", "next {a} is top → becomes part of top"],
    zh: ["后一块是 top 吗？", "后一块 {a} 不是 top", "后一块 {a} 是 top → 并入 top"],
  },
  MergeNextUsed: {
    en: ["next is in use?", "{a} ({b}) is free → merge", "{a} is in use: clear its P"],
    zh: ["后一块使用中吗？", "{a}（{b}）空闲 → 合并", "{a} 使用中：清除它的 P"],
  },
  FreeToSmallBin: { en: "Put into its small bin", zh: "放入对应的 small bin" },
  SmallBinHead: {
    en: ["bin's first chunk points back?", "{a} says {b} → abort", "{a} points back to the bin"],
    zh: ["bin 的第一块指回来吗？", "{a} 写着 {b} → abort", "{a} 指回 bin"],
  },
  FreeToUnsorted: { en: "Put into the unsorted bin", zh: "放入 unsorted bin" },
  FreeLarge: {
    en: ["worth tidying up?", "{a} < {b} → no", "{a} ≥ {b} → consolidate, perhaps trim"],
    zh: ["需要整理吗？", "{a} < {b} → 否", "{a} ≥ {b} → 合并，可能收缩"],
  },
  FreeTrim: { en: "Trim top?", zh: "收缩 top？" },
  TrimThreshold: {
    en: ["top reaches the threshold?", "{a} < {b} → keep it", "{a} ≥ {b} → trim"],
    zh: ["top 达到阈值吗？", "{a} < {b} → 保留", "{a} ≥ {b} → 收缩"],
  },

  Consolidate: { en: "malloc_consolidate: empty the fastbins", zh: "malloc_consolidate：清空 fastbin" },
  ConsolidateAligned: {
    en: ["chunk is aligned?", "{a} is not aligned → abort", "fastbin{b}: {a}"],
    zh: ["块对齐吗？", "{a} 未对齐 → abort", "fastbin{b}：{a}"],
  },
  ConsolidateIndex: {
    en: ["its size belongs here?", "its size is for fastbin{a}, not {b} → abort", "its size is for fastbin{b}"],
    zh: ["大小属于此 bin 吗？", "其大小属于 fastbin{a}，不是 {b} → abort", "其大小属于 fastbin{b}"],
  },
  ConsolidateChunk: { en: ["take the next one", "{a}, size {b}"], zh: ["取下一块", "{a}，大小 {b}"] },
  ConsolidateBackward: {
    en: ["merge with the chunk before", "merge with {a} before it, {b}"],
    zh: ["与前一块合并", "与前一块 {a}（{b}）合并"],
  },
  ConsolidateIntoTop: {
    en: ["next is top?", "next {a} is not top", "next {a} is top → becomes part of top"],
    zh: ["后一块是 top 吗？", "后一块 {a} 不是 top", "后一块 {a} 是 top → 并入 top"],
  },
  ConsolidateForward: {
    en: ["merge with the chunk after", "merge with {a} after it, {b}"],
    zh: ["与后一块合并", "与后一块 {a}（{b}）合并"],
  },

  Systrim: { en: "systrim: give back the end of top", zh: "systrim：归还 top 的末端" },
  SystrimEnough: {
    en: ["more than the pad?", "{a} ≤ pad {b} → nothing", "{a} > pad {b}"],
    zh: ["超过 pad 吗？", "{a} ≤ pad {b} → 不归还", "{a} > pad {b}"],
  },
  SystrimPages: {
    en: ["a whole page?", "less than a page of {b}", "{a} in whole pages"],
    zh: ["有整页吗？", "不足 {b} 的一页", "整页共 {a}"],
  },
  SystrimOurs: {
    en: ["break is where we left it?", "break {a} ≠ end of top {b}: moved by others", "break {a} = end of top"],
    zh: ["断点未变吗？", "断点 {a} ≠ top 末端 {b}：被他人移动", "断点 {a} = top 末端"],
  },
  SystrimReleased: { en: ["released?", "the kernel kept it", "released {a}"], zh: ["归还了吗？", "内核没有收回", "已归还 {a}"] },
} as const satisfies Readonly<Record<string, MarkTexts>>;
