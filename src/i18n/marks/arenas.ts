/** Arenas beside main_arena, their heaps, and the end of a thread. */
import type { MarkTexts } from "./types";

export const arenaMarks = {
  ArenaGet: { en: "arena_get: the thread's arena", zh: "arena_get：线程的分配区" },
  ArenaAttached: {
    en: ["attached to one?", "thread_arena = NULL: look for one", "thread_arena = {a}: lock it"],
    zh: ["已依附某个分配区吗？", "thread_arena = NULL：去找一个", "thread_arena = {a}：加锁"],
  },
  ArenaRing: { en: "Go around the ring of arenas", zh: "沿分配区环查找" },
  ArenaRingUnlocked: {
    en: ["not locked?", "{a} is locked: the next one", "{a} is free: take it"],
    zh: ["未加锁吗？", "{a} 已加锁：看下一个", "{a} 空闲：取用"],
  },
  ArenaSearch: { en: "arena_get2: free list, new, or shared", zh: "arena_get2：空闲链表、新建或共用" },
  ArenaFree: {
    en: ["one on the free list?", "free_list is empty", "{a} has no thread: take it over"],
    zh: ["空闲链表中有吗？", "free_list 为空", "{a} 没有线程：接管"],
  },
  ArenaLimit: {
    en: ["Reckon the limit", "at most {a} arenas, main_arena included ({b} per core unless arena_max is set)"],
    zh: ["计算上限", "最多 {a} 个分配区，含 main_arena（未设 arena_max 时每核 {b} 个）"],
  },
  ArenaBelowLimit: {
    en: ["below the limit?", "{a} arenas, limit {b} → share one", "{a} arenas, limit {b} (0 = none yet) → a new one"],
    zh: ["低于上限吗？", "{a} 个分配区，上限 {b} → 共用", "{a} 个分配区，上限 {b}（0 = 尚无）→ 新建"],
  },
  ReuseArena: { en: "reused_arena: share the next one", zh: "reused_arena：共用下一个" },
  ReuseUnlocked: {
    en: ["not locked?", "{a} is locked: the next one", "{a} is not locked: attach to it"],
    zh: ["未加锁吗？", "{a} 已加锁：看下一个", "{a} 未加锁：依附它"],
  },
  ArenaRetry: { en: "Failed: try another arena", zh: "失败：换一个分配区重试" },
  ArenaRetryMain: {
    en: ["was it main_arena?", "{a} was another: now main_arena", "main_arena failed: another arena, by mmap"],
    zh: ["是 main_arena 吗？", "{a} 不是：改用 main_arena", "main_arena 失败：换一个用 mmap 的分配区"],
  },
  FastbinNextAligned: {
    en: ["next one aligned? (several threads)", "{a} is not aligned → abort", "{a} becomes the first of fastbin{b}"],
    zh: ["下一个对齐吗？（多线程）", "{a} 未对齐 → abort", "{a} 成为 fastbin{b} 的第一个"],
  },
  IntMallocArena: {
    en: ["an arena?", "none to be had: only a mapping can serve", "arena {a}"],
    zh: ["有分配区吗？", "没有：只能用映射", "分配区 {a}"],
  },
  ReallocElsewhere: {
    en: ["room in another arena?", "no room for {a} anywhere", "{a} moves to {b}"],
    zh: ["别的分配区放得下吗？", "{a} 哪里都放不下", "{a} 移到 {b}"],
  },
  NewArena: { en: "_int_new_arena: a heap of its own", zh: "_int_new_arena：新建自己的堆" },
  NewArenaGot: {
    en: ["a heap for it?", "no heap → no arena", "malloc_state goes to the front of heap {a}"],
    zh: ["得到堆了吗？", "没有堆 → 没有分配区", "malloc_state 放在堆 {a} 的开头"],
  },
  NewArenaLinked: {
    en: ["Link it behind main_arena", "arena {a}, {b} from the system; the thread is attached to it"],
    zh: ["接到 main_arena 之后", "分配区 {a}，向系统要了 {b}；线程依附于它"],
  },
  NewHeap: { en: "new_heap: an aligned mapping", zh: "new_heap：对齐的映射" },
  NewHeapRemembered: {
    en: ["a place remembered?", "none: map {b} twice and cut", "try {a}, where the last double mapping was cut"],
    zh: ["有记住的位置吗？", "没有：映射两倍 {b} 再裁剪", "试试 {a}，上次双倍映射裁剪处"],
  },
  NewHeapGot: {
    en: ["mapped?", "no room for {b}", "{b} reserved at {a}"],
    zh: ["映射成功吗？", "放不下 {b}", "在 {a} 保留 {b}"],
  },
  NewHeapMade: {
    en: ["Make its front accessible", "heap {a}: the first {b} may be used"],
    zh: ["开放其前部", "堆 {a}：前 {b} 可用"],
  },
  GrowHeap: { en: "grow_heap", zh: "grow_heap：扩大堆" },
  GrowHeapFits: {
    en: ["within HEAP_MAX_SIZE?", "{a} > {b}: this heap is full", "{a} ≤ {b}"],
    zh: ["不超过 HEAP_MAX_SIZE 吗？", "{a} > {b}：此堆已满", "{a} ≤ {b}"],
  },
  GrowHeapProtects: {
    en: ["beyond what was used?", "{a} ≤ {b}: accessible already", "{a} > {b}: mprotect the rest"],
    zh: ["超出用过的部分吗？", "{a} ≤ {b}：已可访问", "{a} > {b}：mprotect 其余"],
  },
  AnotherHeap: {
    en: ["another heap?", "no heap to be had", "heap {a} follows heap {b}"],
    zh: ["再要一个堆吗？", "要不到堆", "堆 {a} 接在堆 {b} 之后"],
  },
  OldHeapFree: {
    en: ["old top worth freeing?", "{a} < {b}: it becomes part of the fence", "{a} ≥ {b}: free it, behind it a fence"],
    zh: ["旧 top 值得释放吗？", "{a} < {b}：并入栅栏", "{a} ≥ {b}：释放，其后立栅栏"],
  },
  HeapTrim: { en: "heap_trim: give memory back", zh: "heap_trim：归还内存" },
  HeapAllFree: {
    en: ["is top all of its heap?", "top {a} is not the first chunk of {b}", "nothing but top {a} in heap {b}"],
    zh: ["整个堆都是 top 吗？", "top {a} 不是 {b} 的第一个块", "堆 {b} 中只有 top {a}"],
  },
  HeapDeletable: {
    en: ["enough room in the heap before?", "{a} < {b}: keep the heap", "{a} ≥ {b}: unmap the heap"],
    zh: ["前一个堆的空间够吗？", "{a} < {b}：保留此堆", "{a} ≥ {b}：解除映射"],
  },
  DeleteHeap: { en: ["Unmap the heap", "heap {a} goes, {b} in use"], zh: ["解除映射", "堆 {a} 归还，已用 {b}"] },
  HeapTrimPages: {
    en: ["pages to give back?", "top {a}: not enough", "top {a}: {b} of it"],
    zh: ["有可归还的页吗？", "top {a}：不够", "top {a}：归还 {b}"],
  },
  ShrinkHeap: {
    en: ["Drop the pages", "{b} from {a} on: contents dropped, still accessible"],
    zh: ["丢弃页", "从 {a} 起 {b}：内容丢弃，仍可访问"],
  },
  CacheShutdown: { en: "The thread ends: empty its tcache", zh: "线程结束：清空其 tcache" },
  CacheShutdownAligned: {
    en: ["entry is aligned?", "{a} in tcache{b} is not aligned → abort", "free {a} of tcache{b}"],
    zh: ["表项对齐吗？", "tcache{b} 中的 {a} 未对齐 → abort", "释放 tcache{b} 中的 {a}"],
  },
  ThreadLeavesArena: { en: "The thread leaves its arena", zh: "线程离开其分配区" },
  ThreadWasLast: {
    en: ["was it the last one?", "{b} threads still use {a}", "nobody uses {a}: to the free list"],
    zh: ["是最后一个吗？", "{a} 还有 {b} 个线程", "{a} 无线程使用：放入空闲链表"],
  },
  ForkLocks: {
    en: "Before fork: lock every arena, so that none is copied half changed",
    zh: "fork 之前：锁住所有分配区，以免复制到改了一半的状态",
  },
  ForkLocked: { en: ["Lock the arena", "{a} locked"], zh: ["锁住分配区", "已锁住 {a}"] },
  ForkUnlocks: { en: "After fork, parent: unlock every arena", zh: "fork 之后，父进程：解锁所有分配区" },
  ForkUnlocked: { en: ["Unlock the arena", "{a} unlocked"], zh: ["解锁分配区", "已解锁 {a}"] },
  ForkChild: {
    en: "After fork, child: one thread is left, unlock every arena",
    zh: "fork 之后，子进程：只剩一个线程，解锁所有分配区",
  },
  ForkChildUnlocked: { en: ["The lock is new", "{a} unlocked"], zh: ["重置锁", "已解锁 {a}"] },
  ForkChildOwn: {
    en: ["this thread's arena?", "{a} has no thread any more: to the free list", "{a} keeps the one thread there is"],
    zh: ["是本线程的分配区吗？", "{a} 已无线程：放入空闲链表", "{a} 保留唯一的线程"],
  },
} as const satisfies Readonly<Record<string, MarkTexts>>;
