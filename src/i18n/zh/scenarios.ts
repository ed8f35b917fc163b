import type { ScenarioGroupTexts, ScenarioTexts } from "../scenarios";

export const scenarios: ScenarioTexts = {
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
  "copy-on-write": { title: "fork 与写时复制", blurb: "两个进程，同样的页：哪些被复制、何时复制、哪些从不复制" },
  "first-touch": { title: "malloc 并不给内存", blurb: "首次访问：读共用一个零页，写才得到自己的页" },
  "virt-res-shr": { title: "VIRT、RES 与 SHR", blurb: "承诺的、在内存的、共享的：各自因何变化" },
  "trim-threshold": { title: "trim 阈值", blurb: "free() 何时降低 brk、降多少、怎样保留" },
  "why-not-mmap": { title: "为什么不全用 mmap？", blurb: "同样的页每次都缺页；在堆里只缺一次" },
  "one-gib-heap": { title: "1 GiB 的堆", blurb: "32 位经典布局：映射挡住了堆的去路" },
  "how-much": { title: "malloc 最多能要多少？", blurb: "2 GiB 内存、overcommit，一个字节也没碰" },
  "how-much-touched": { title: "真正能写多少？", blurb: "2 GiB 内存逐页写入，直到 OOM killer 出手" },
  "stack-overflow": { title: "栈溢出与上限", blurb: "逐页增长到 RLIMIT_STACK，然后 SIGSEGV" },
  "thread-stacks": { title: "线程的栈", blurb: "各有一个保护页和 8 MiB；留给下一个线程" },
  "program-loaded": { title: "程序的加载", blurb: "main 之前：execve 与 ld.so 逐个建立映射" },
  "vma-merge": { title: "VMA 的合并与拆分", blurb: "权限、空洞，以及让两者分开的 anon_vma" },
  "page-table-walk": { title: "页表遍历", blurb: "哪些地址共用一张表，VmPTE 为此付出多少" },
  slab: { title: "VMA 的 slab", blurb: "vm_area_struct 填满 slab，留下空洞，归还页框" },
};

export const scenarioGroups: ScenarioGroupTexts = {
  malloc: "malloc 与 free",
  versions: "版本",
  threads: "线程",
  memory: "Linux 内存",
};
