/** malloc, its initialisation, the tcache, fastbins and small bins. */
import type { MarkTexts } from "./types";

export const mallocMarks = {
  Init: { en: "First call: set up main_arena", zh: "首次调用：初始化 main_arena" },
  InitKey: { en: ["Draw the tcache key", "tcache_key = {a}"], zh: ["生成 tcache key", "tcache_key = {a}"] },
  InitBins: {
    en: ["Link every bin to itself", "{b} bins link to themselves: empty rings"],
    zh: ["每个 bin 指向自身", "{b} 个 bin 指向自身：空环"],
  },
  InitTunable: { en: ["Apply a tunable", "{a} = {b}"], zh: ["应用可调参数", "{a} = {b}"] },

  Malloc: { en: "malloc: size of the chunk", zh: "malloc：计算块大小" },
  MallocSize: {
    en: ["add the header, round up", "{a} bytes > PTRDIFF_MAX → ENOMEM", "{a} bytes + header → chunk of {b}"],
    zh: ["加上头部并对齐", "{a} 字节 > PTRDIFF_MAX → ENOMEM", "{a} 字节 + 头部 → {b} 的块"],
  },
  TcacheServes: {
    en: ["a size the tcache serves?", "{a} ≥ {b} → no", "{a} < {b}"],
    zh: ["tcache 管这个大小吗？", "{a} ≥ {b} → 不管", "{a} < {b}"],
  },
  TrySmallTcache: { en: "Try the tcache", zh: "尝试 tcache" },
  SmallTcacheHit: {
    en: ["tcache has one?", "{a} is empty", "{a} begins with {b}"],
    zh: ["tcache 中有吗？", "{a} 为空", "{a} 的第一项是 {b}"],
  },
  TryLargeTcache: { en: "Try the tcache's large bins", zh: "尝试 tcache 的大块链表" },
  LargeTcacheWalk: {
    en: ["entry is too small?", "{a} ≥ {b}: here", "{a} < {b} → next"],
    zh: ["该项太小吗？", "{a} ≥ {b}：就在这里", "{a} < {b} → 下一项"],
  },
  LargeTcacheHit: {
    en: ["an entry that serves?", "none for {b}", "{a} serves {b}"],
    zh: ["有合适的项吗？", "没有适合 {b} 的", "{a} 可用于 {b}"],
  },
  TryTcache: { en: "Try tcache", zh: "尝试 tcache" },
  TcacheSize: {
    en: ["a tcache size?", "tcache{a} is not one of {b} bins → not a tcache size", "tcache{a} is one of {b} bins"],
    zh: ["是 tcache 大小吗？", "tcache{a} 不在 {b} 个 bin 之内 → 超出 tcache 范围", "tcache{a} 在 {b} 个 bin 之内"],
  },
  TcacheHit: {
    en: ["an entry there?", "tcache{a} count {b} → empty", "tcache{a} count {b} → take the first"],
    zh: ["有空闲项吗？", "tcache{a} 计数 {b} → 空", "tcache{a} 计数 {b} → 取第一项"],
  },
  TcacheInit: { en: "Allocate the thread's tcache", zh: "为线程分配 tcache" },
  TcacheInitGot: {
    en: ["a chunk for the tcache", "no memory for {b} bytes: go on without", "tcache at {a}, {b} bytes of zeros"],
    zh: ["tcache 自身的块", "没有 {b} 字节的内存：暂无 tcache", "tcache 位于 {a}，清零 {b} 字节"],
  },
  TcacheGetAligned: {
    en: ["entry is aligned?", "{a} is not aligned → abort", "{a} is aligned: the list now starts with its next"],
    zh: ["表项对齐吗？", "{a} 未对齐 → abort", "{a} 已对齐：链表从它的 next 开始"],
  },
  TcachePut: { en: ["put into tcache", "{a} → tcache{b}, in front"], zh: ["放入 tcache", "{a} → tcache{b} 表头"] },

  IntMalloc: { en: "_int_malloc: search the arena", zh: "_int_malloc：在分配区中查找" },
  IntMallocSize: {
    en: ["size can be served?", "{a} bytes > PTRDIFF_MAX → ENOMEM", "{a} bytes → chunk of {b}"],
    zh: ["大小合法吗？", "{a} 字节 > PTRDIFF_MAX → ENOMEM", "{a} 字节 → {b} 的块"],
  },
  FastRange: {
    en: ["a fastbin size?", "{a} > {b} → no", "{a} ≤ {b} → yes"],
    zh: ["是 fastbin 大小吗？", "{a} > {b} → 否", "{a} ≤ {b} → 是"],
  },
  TryFastbin: { en: "Try fastbin", zh: "尝试 fastbin" },
  FastbinHit: {
    en: ["a chunk there?", "fastbin{a} is empty", "fastbin{a} → {b}"],
    zh: ["有块吗？", "fastbin{a} 为空", "fastbin{a} → {b}"],
  },
  FastbinAligned: {
    en: ["chunk is aligned?", "{a} is not aligned → abort", "{a} is aligned"],
    zh: ["块对齐吗？", "{a} 未对齐 → abort", "{a} 已对齐"],
  },
  FastbinIndex: {
    en: ["its size belongs here?", "its size is for fastbin{a}, not {b} → abort", "its size is for fastbin{b}"],
    zh: ["大小属于此 bin 吗？", "其大小属于 fastbin{a}，不是 {b} → abort", "其大小属于 fastbin{b}"],
  },
  FastbinStash: {
    en: ["move others to tcache", "{a} is not aligned → abort", "{a} moves to tcache{b}"],
    zh: ["其余移入 tcache", "{a} 未对齐 → abort", "{a} 移入 tcache{b}"],
  },
  FastbinStashSize: {
    en: ["its size fits that list?", "it belongs to {a}, not {b} → abort", "both {a}"],
    zh: ["大小属于该链表吗？", "它属于 {a}，不是 {b} → abort", "都是 {a}"],
  },
  SmallRange: {
    en: ["a small size?", "{a} ≥ {b} → large", "{a} < {b} → small"],
    zh: ["是 small 大小吗？", "{a} ≥ {b} → large", "{a} < {b} → small"],
  },
  TrySmallBin: { en: "Try small bin", zh: "尝试 small bin" },
  SmallBinHit: {
    en: ["a chunk there?", "{a} is empty", "{a} → {b}, its oldest"],
    zh: ["有块吗？", "{a} 为空", "{a} → {b}（最早的）"],
  },
  SmallBinLinked: {
    en: ["bk->fd points back?", "{b}->fd is not {a} → abort", "{b}->fd is {a}"],
    zh: ["bk->fd 指回来吗？", "{b}->fd 不是 {a} → abort", "{b}->fd 是 {a}"],
  },
  SmallBinStash: { en: ["move others to tcache", "{a} moves to tcache{b}"], zh: ["其余移入 tcache", "{a} 移入 tcache{b}"] },
  LargeConsolidates: {
    en: ["fastbins to empty first?", "no fastbin chunks to consolidate", "large request: consolidate fastbins first"],
    zh: ["先清空 fastbin 吗？", "没有需要合并的 fastbin 块", "large 请求：先合并 fastbin"],
  },
  PerturbAllocated: { en: ["fill for M_PERTURB", "fill {a} with {b}"], zh: ["按 M_PERTURB 填充", "用 {b} 填充 {a}"] },
  PerturbFreed: { en: ["fill for M_PERTURB", "fill {a} with {b}"], zh: ["按 M_PERTURB 填充", "用 {b} 填充 {a}"] },
} as const satisfies Readonly<Record<string, MarkTexts>>;
