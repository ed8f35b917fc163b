/** Titles and blurbs of the built-in scenarios, in both languages. */
import type { BuiltinSlug } from "../scenario/builtin";

export interface ScenarioText {
  readonly title: string;
  /** One line: what there is to see. */
  readonly blurb: string;
}

export const scenarioTexts: Readonly<Record<"en" | "zh-CN", Readonly<Record<BuiltinSlug, ScenarioText>>>> = {
  en: {
    "first-malloc": { title: "The first malloc", blurb: "brk, top, 132 KiB: the heap is born" },
    "tcache-seven": { title: "tcache: last in, first out", blurb: "Seven blocks a size; the eighth goes to a fastbin" },
    "fastbin-consolidation": { title: "Fastbins are merged late", blurb: "malloc_consolidate, unsorted, small bin" },
    "bin-sorting": { title: "How unsorted gets sorted", blurb: "Small and large bins, fd_nextsize, best fit" },
    "split-last-remainder": { title: "Splitting and last_remainder", blurb: "One chunk serves a run of small requests" },
    "top-and-memory-hole": { title: "free() does not return it", blurb: "A hole below a live block; top, brk, trim_threshold" },
    "mmap-threshold": { title: "The mmap threshold moves", blurb: "128 KiB at first; every freed mapping raises it" },
    "double-free": { title: "Double free in tcache", blurb: "The key in the block, the check, the abort" },
    "fifteen-years": { title: "Fifteen years in ten minutes", blurb: "Nine releases, nine heaps: 2.12.1 to 2.43" },
    "two-arenas": { title: "Three threads, two arenas", blurb: "A locked arena: one thread goes elsewhere, one waits" },
  },
  "zh-CN": {
    "first-malloc": { title: "第一次 malloc", blurb: "brk、top、132 KiB：堆的诞生" },
    "tcache-seven": { title: "tcache：后进先出", blurb: "每种大小最多七块，第八块进入 fastbin" },
    "fastbin-consolidation": { title: "fastbin 的延迟合并", blurb: "malloc_consolidate、unsorted、small bin" },
    "bin-sorting": { title: "unsorted 如何被整理", blurb: "small bin 与 large bin、fd_nextsize、最佳匹配" },
    "split-last-remainder": { title: "切分与 last_remainder", blurb: "一块内存满足一连串小请求" },
    "top-and-memory-hole": { title: "free() 并不归还内存", blurb: "存活块下方的空洞；top、brk、trim_threshold" },
    "mmap-threshold": { title: "mmap 阈值会移动", blurb: "最初 128 KiB；每释放一个映射，阈值就上升" },
    "double-free": { title: "tcache 双重释放", blurb: "块中的 key、检查、abort" },
    "fifteen-years": { title: "十分钟看十五年", blurb: "九个版本，九种堆：2.12.1 到 2.43" },
    "two-arenas": { title: "三个线程，两个分配区", blurb: "分配区已上锁：一个线程换一处，一个线程等待" },
  },
};
