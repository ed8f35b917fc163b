/** The rest of _int_malloc: unsorted bin, large bins, binmap, top; and unlink_chunk. */
import type { MarkTexts } from "./types";

export const searchMarks = {
  SortUnsorted: { en: "Sort the unsorted bin", zh: "整理 unsorted bin" },
  UnsortedVictim: { en: ["take the oldest", "look at {a}, size {b}"], zh: ["取最早的块", "检查 {a}，大小 {b}"] },
  UnsortedHeadSane: {
    en: ["size is sane?", "size word {a}, arena {b} → abort", "0x10 < {a} ≤ {b}"],
    zh: ["大小合理吗？", "size 字 {a}，分配区 {b} → abort", "0x10 < {a} ≤ {b}"],
  },
  UnsortedSize: {
    en: ["size is sane?", "size {a}, arena {b} → abort", "0x10 < {a} ≤ {b}"],
    zh: ["大小合理吗？", "大小 {a}，分配区 {b} → abort", "0x10 < {a} ≤ {b}"],
  },
  UnsortedNextSize: {
    en: ["next size is sane?", "next size {a}, arena {b} → abort", "next size {a} is sane"],
    zh: ["后一块大小合理吗？", "后一块大小 {a}，分配区 {b} → abort", "后一块大小 {a} 合理"],
  },
  UnsortedFooter: {
    en: ["next->prev_size = size?", "prev_size {a} ≠ size {b} → abort", "prev_size {a} = size {b}"],
    zh: ["next->prev_size = size 吗？", "prev_size {a} ≠ size {b} → abort", "prev_size {a} = size {b}"],
  },
  UnsortedLinked: {
    en: ["both neighbours link to it?", "links around {b} are broken → abort", "{a} and the bin link to {b}"],
    zh: ["前后都指向它吗？", "{b} 两侧的链接已损坏 → abort", "{a} 与 bin 都指向 {b}"],
  },
  UnsortedNextFlag: {
    en: ["next says it is free?", "P = 1 in {a}: marked in use → abort", "P = 0 in {a}: it is free"],
    zh: ["后一块标记它空闲吗？", "{a} 中 P = 1：标记为使用中 → abort", "{a} 中 P = 0：它空闲"],
  },
  SplitLastRemainder: {
    en: ["split the last remainder?", "{a} is too small to split for {b}", "last remainder {a}: cut {b} off"],
    zh: ["切分 last remainder 吗？", "{a} 太小，不能切出 {b}", "last remainder {a}：切下 {b}"],
  },
  UnsortedExact: {
    en: ["exact fit?", "{a} ≠ {b} → into its bin", "{a} = {b} → exact"],
    zh: ["大小正好吗？", "{a} ≠ {b} → 放入对应 bin", "{a} = {b} → 正好"],
  },
  UnsortedStash: {
    en: ["room in tcache?", "{a} ≥ {b} → full: hand it out", "{a} < {b} → keep it in tcache, look on"],
    zh: ["tcache 有空位吗？", "{a} ≥ {b} → 已满：直接返回", "{a} < {b} → 存入 tcache，继续"],
  },
  PlaceSmall: { en: ["place in a small bin", "{b} → {a}"], zh: ["放入 small bin", "{b} → {a}"] },
  PlaceLarge: { en: ["place in a large bin", "{b} → {a}"], zh: ["放入 large bin", "{b} → {a}"] },
  LargeBinOccupied: {
    en: ["others there?", "bin was empty: a ring of one size", "{a} is the largest there"],
    zh: ["已有其他块吗？", "bin 原为空：只有一种大小", "{a} 是其中最大的"],
  },
  LargeSmallestLinked: {
    en: ["ring points back?", "{a} does not lead back to {b} → abort", "{a} leads to {b}"],
    zh: ["环指回来吗？", "{a} 不再指向 {b} → abort", "{a} 指向 {b}"],
  },
  LargeSmallest: {
    en: ["smaller than all?", "{a} ≥ {b}, the last", "{a} < {b}, the last → to the end"],
    zh: ["比所有都小吗？", "{a} ≥ 末尾的 {b}", "{a} < 末尾的 {b} → 放到末尾"],
  },
  LargeWalk: {
    en: ["walk to smaller sizes", "{a} ≥ {b} → stop here", "{a} < {b} → on along fd_nextsize"],
    zh: ["走向更小的大小", "{a} ≥ {b} → 停在此处", "{a} < {b} → 沿 fd_nextsize 继续"],
  },
  LargeSameSize: {
    en: ["same size?", "{a} ≠ {b} → leads a new size", "{a} = {b} → second of its size"],
    zh: ["大小相同吗？", "{a} ≠ {b} → 成为新大小的首块", "{a} = {b} → 排在同大小的第二位"],
  },
  LargeRingLinked: {
    en: ["nextsize ring is whole?", "{a}->fd_nextsize is not {b} → abort", "{a}->fd_nextsize is {b}"],
    zh: ["nextsize 环完整吗？", "{a}->fd_nextsize 不是 {b} → abort", "{a}->fd_nextsize 是 {b}"],
  },
  LargeLinked: {
    en: ["bk->fd points back?", "{a}->fd is not {b} → abort", "{a}->fd is {b}"],
    zh: ["bk->fd 指回来吗？", "{a}->fd 不是 {b} → abort", "{a}->fd 是 {b}"],
  },
  UnsortedLimit: {
    en: ["limit of the search?", "{a} ≤ {b} → on", "{a} > {b} → enough: use the tcache"],
    zh: ["达到查找上限吗？", "{a} ≤ {b} → 继续", "{a} > {b} → 够了：用 tcache 中的"],
  },
  UnsortedReturnCached: {
    en: ["found some on the way?", "none", "take one back from tcache{a}"],
    zh: ["途中找到了吗？", "没有", "从 tcache{a} 取回一块"],
  },

  TryLargeBin: { en: "Best fit in its large bin", zh: "在所属 large bin 中最佳适配" },
  LargeBinHit: {
    en: ["a chunk there?", "{a} is empty", "{a} → {b}, its largest"],
    zh: ["有块吗？", "{a} 为空", "{a} → {b}（最大的）"],
  },
  LargestFits: {
    en: ["largest is large enough?", "{a} < {b} → none fits", "{a} ≥ {b}"],
    zh: ["最大的够大吗？", "{a} < {b} → 都不够", "{a} ≥ {b}"],
  },
  LargeTooSmall: {
    en: ["smallest that fits", "{a} ≥ {b} → this one", "{a} < {b} → next larger"],
    zh: ["够用的最小块", "{a} ≥ {b} → 就是它", "{a} < {b} → 看更大的"],
  },
  LargeSecond: {
    en: ["another of the same size?", "{a} is the only one of its size", "take {b}: the ring need not change"],
    zh: ["有同样大小的吗？", "{a} 是该大小唯一的块", "取 {b}：环不必改动"],
  },
  ScanBinmap: { en: "Scan larger bins by the binmap", zh: "按 binmap 查找更大的 bin" },
  BinmapLeft: {
    en: ["a block of bins left?", "no bits left: none is larger", "next block of 32 bins: {a}"],
    zh: ["还有 bin 吗？", "没有置位：没有更大的块", "下一组 32 个 bin：{a}"],
  },
  BinmapHit: {
    en: ["marked bin holds a chunk?", "{a} is empty: clear its bit", "{a} → {b}"],
    zh: ["置位的 bin 有块吗？", "{a} 为空：清除该位", "{a} → {b}"],
  },
  SplitFits: {
    en: ["remainder is a chunk?", "{a} < {b} → use it whole", "{a} ≥ {b} → split"],
    zh: ["余下的够成块吗？", "{a} < {b} → 整块使用", "{a} ≥ {b} → 切分"],
  },
  LastRemainder: { en: ["remember the remainder", "last_remainder = {a}, {b}"], zh: ["记住余块", "last_remainder = {a}，{b}"] },
  UseTop: { en: "Use top", zh: "使用 top" },
  TopSane: {
    en: ["size of top is sane?", "{a} > {b} of the arena → abort", "{a} ≤ {b} of the arena"],
    zh: ["top 大小合理吗？", "{a} > 分配区的 {b} → abort", "{a} ≤ 分配区的 {b}"],
  },
  TopFits: {
    en: ["top is large enough?", "{a} < {b} → too small", "{a} ≥ {b} → cut"],
    zh: ["top 够大吗？", "{a} < {b} → 太小", "{a} ≥ {b} → 切下"],
  },
  TopSplit: { en: ["cut from top", "{a} is yours, top = {b}"], zh: ["从 top 切下", "{a} 归你，top = {b}"] },
  TopConsolidates: {
    en: ["fastbins left to empty?", "none left: ask the system", "consolidate fastbins, search again"],
    zh: ["还有 fastbin 可合并吗？", "没有了：向系统申请", "合并 fastbin 后重新查找"],
  },

  UnlinkSizes: {
    en: ["unlink: size = footer?", "size {a} ≠ footer {b} → abort", "size {a} = footer {b}"],
    zh: ["unlink：size = 尾部吗？", "size {a} ≠ 尾部 {b} → abort", "size {a} = 尾部 {b}"],
  },
  UnlinkNeighbours: {
    en: ["unlink: fd and bk point back?", "{a} or {b} does not point back → abort", "out of the list between {a} and {b}"],
    zh: ["unlink：fd 与 bk 指回来吗？", "{a} 或 {b} 没有指回来 → abort", "从 {a} 与 {b} 之间取出"],
  },
  UnlinkInSkipList: {
    en: ["unlink: on the nextsize ring?", "not the first of its size", "first of its size: next size {a}"],
    zh: ["unlink：在 nextsize 环上吗？", "不是该大小的首块", "该大小的首块：下一大小 {a}"],
  },
  UnlinkSkipNeighbours: {
    en: ["unlink: ring points back?", "ring at {a}, {b} is broken → abort", "ring at {a}, {b} is whole"],
    zh: ["unlink：环指回来吗？", "{a}、{b} 处的环已损坏 → abort", "{a}、{b} 处的环完整"],
  },
  UnlinkHeir: {
    en: ["unlink: heir of the size?", "no: the size leaves the ring", "{a} takes its place on the ring"],
    zh: ["unlink：同大小有后继吗？", "没有：该大小离开环", "{a} 接替它在环上的位置"],
  },
  UnsortedHead: {
    en: ["unsorted bin is whole?", "{a}->bk is {b}, not the bin → abort", "first is {a}"],
    zh: ["unsorted bin 完整吗？", "{a}->bk 是 {b}，不是 bin → abort", "首块是 {a}"],
  },
  UnsortedInserted: {
    en: ["put into the unsorted bin", "{a} ({b}) → unsorted, in front"],
    zh: ["放入 unsorted bin", "{a}（{b}）→ unsorted 表头"],
  },
} as const satisfies Readonly<Record<string, MarkTexts>>;
