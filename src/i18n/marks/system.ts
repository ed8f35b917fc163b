/** sysmalloc, mappings, realloc, memalign, calloc, the rest of the family, and the end by abort. */
import type { MarkTexts } from "./types";

export const systemMarks = {
  Sysmalloc: { en: "sysmalloc: ask the system", zh: "sysmalloc：向系统申请" },
  SysmallocLarge: {
    en: ["large enough for mmap?", "{a} < threshold {b} → brk", "{a} ≥ threshold {b}"],
    zh: ["达到 mmap 阈值吗？", "{a} < 阈值 {b} → brk", "{a} ≥ 阈值 {b}"],
  },
  SysmallocMayMmap: {
    en: ["another mapping allowed?", "{a} of {b} mappings: no more", "{a} of {b} mappings: one more"],
    zh: ["还能映射吗？", "已有 {a} / {b} 个映射：不能", "已有 {a} / {b} 个映射：可以"],
  },
  SysmallocTopSane: {
    en: ["old top is sane?", "top {a}, size {b} is corrupted → abort", "top {a}, size {b}"],
    zh: ["旧 top 合理吗？", "top {a}（大小 {b}）已损坏 → abort", "top {a}，大小 {b}"],
  },
  GrowTop: { en: "Grow top by brk", zh: "用 brk 扩展 top" },
  GrowPositive: {
    en: ["amount fits sbrk?", "{a} would be negative", "sbrk({a})"],
    zh: ["sbrk 可接受吗？", "{a} 会变成负数", "sbrk({a})"],
  },
  GrowSbrk: {
    en: ["got it?", "sbrk of {b} failed", "{b} more from {a} on"],
    zh: ["申请到了吗？", "sbrk {b} 失败", "从 {a} 起增加 {b}"],
  },
  MmapInstead: { en: "mmap in place of brk", zh: "用 mmap 代替 brk" },
  MmapInsteadGot: {
    en: ["got a mapping?", "mmap of {b} failed", "{b} at {a}: the arena is not contiguous now"],
    zh: ["映射成功吗？", "mmap {b} 失败", "{a} 处得到 {b}：分配区不再连续"],
  },
  GrowAdjacent: {
    en: ["right behind old top?", "{a} is not {b}: a gap", "{a} = end of top: top grows"],
    zh: ["紧接旧 top 吗？", "{a} 不等于 {b}：有间隙", "{a} = top 末端：top 扩大"],
  },
  GrowNotShrunk: {
    en: ["break not moved back?", "{a} < {b}: somebody lowered the break → abort", "{a} is not below the old end"],
    zh: ["断点没有后退吗？", "{a} < {b}：断点被降低 → abort", "{a} 不低于旧末端"],
  },
  MoveTop: { en: "New top elsewhere", zh: "在别处建立新 top" },
  MoveContiguous: {
    en: ["heap is contiguous?", "no: a region apart", "yes: align and round up to a page"],
    zh: ["堆连续吗？", "否：独立的区域", "是：对齐并补足一页"],
  },
  MoveCorrected: {
    en: ["second sbrk", "sbrk({b}) failed: take what there is", "sbrk({b}) more"],
    zh: ["第二次 sbrk", "sbrk({b}) 失败：用现有的", "再 sbrk({b})"],
  },
  MoveDone: { en: ["set top", "top = {a}, up to {b}"], zh: ["设置 top", "top = {a}，直到 {b}"] },
  Fence: { en: "Fence off the old top", zh: "在旧 top 末尾设置栅栏" },
  FenceFree: {
    en: ["rest is a chunk?", "{a} < {b}: lost", "{a}: free it"],
    zh: ["余下的够成块吗？", "{a} < {b}：弃用", "{a}：释放它"],
  },
  SysmallocCut: { en: "Cut from the new top", zh: "从新 top 切下" },
  SysmallocFits: {
    en: ["top is large enough now?", "{a} < {b} → ENOMEM", "{a} ≥ {b} → cut"],
    zh: ["top 现在够大吗？", "{a} < {b} → ENOMEM", "{a} ≥ {b} → 切下"],
  },
  MmapChunk: { en: "A mapping of its own", zh: "独立映射" },
  MmapSize: {
    en: ["round up to pages", "{a} wraps around", "{b} → {a} in pages"],
    zh: ["向上取整到页", "{a} 溢出", "{b} → 整页 {a}"],
  },
  MmapLikeHeapGot: {
    en: ["kernel gave it?", "no room for {b}", "{b} bytes at {a}"],
    zh: ["内核给了吗？", "容不下 {b}", "{b} 字节，位于 {a}"],
  },
  MmapGot: { en: ["mmap", "mmap of {b} failed", "{b} at {a}"], zh: ["mmap", "mmap {b} 失败", "{a} 处映射 {b}"] },
  MunmapChunk: { en: "Unmap the chunk", zh: "解除映射" },
  MunmapSane: {
    en: ["whole pages?", "{a}, {b} is no mapping of malloc's → abort", "munmap({a}, {b})"],
    zh: ["是整页吗？", "{a}、{b} 不是 malloc 的映射 → abort", "munmap({a}, {b})"],
  },
  MremapChunk: { en: "Resize the mapping", zh: "调整映射大小" },
  MremapSane: {
    en: ["whole pages?", "{a}, {b} is no mapping of malloc's → abort", "{a}, {b} is a mapping"],
    zh: ["是整页吗？", "{a}、{b} 不是 malloc 的映射 → abort", "{a}、{b} 是映射"],
  },
  MremapSame: {
    en: ["same number of pages?", "{a} → {b}", "{a}: nothing to do"],
    zh: ["页数相同吗？", "{a} → {b}", "{a}：无需改变"],
  },
  MremapGot: {
    en: ["mremap", "mremap to {b} failed", "now at {a}, {b}"],
    zh: ["mremap", "mremap 到 {b} 失败", "现在位于 {a}，{b}"],
  },
  MremapDone: { en: ["write the new size", "{a}: size {b}"], zh: ["写入新大小", "{a}：大小 {b}"] },

  Calloc: { en: "calloc: count × size", zh: "calloc：数量 × 大小" },
  CallocFits: {
    en: ["product fits?", "{a} × {b} overflows → ENOMEM", "{a} × {b}"],
    zh: ["乘积溢出吗？", "{a} × {b} 溢出 → ENOMEM", "{a} × {b}"],
  },
  CallocMmapped: {
    en: ["fresh mapping?", "M = 0 in {a}: clear it", "M = 1 in {a}: zero already"],
    zh: ["是新映射吗？", "{a} 中 M = 0：需清零", "{a} 中 M = 1：已为零"],
  },
  CallocFresh: {
    en: ["beyond the old top?", "{a} ≤ {b}: all may be dirty", "only the first {b} may be dirty"],
    zh: ["超出旧 top 吗？", "{a} ≤ {b}：都可能用过", "只有前 {b} 可能用过"],
  },
  CallocClear: { en: ["clear", "clear {b} from {a} on"], zh: ["清零", "从 {a} 起清零 {b}"] },

  Realloc: { en: "realloc: what is asked?", zh: "realloc：判断请求" },
  ReallocFrees: {
    en: ["size 0?", "{b} bytes wanted", "0 bytes: same as free"],
    zh: ["大小为 0 吗？", "需要 {b} 字节", "0 字节：等于 free"],
  },
  ReallocMallocs: {
    en: ["no block yet?", "block {a}", "NULL: same as malloc"],
    zh: ["还没有块吗？", "块 {a}", "NULL：等于 malloc"],
  },
  ReallocUsable: {
    en: ["large enough already?", "{a} > {b} usable → must grow", "{a} ≤ {b} usable"],
    zh: ["已经够大吗？", "{a} > 可用 {b} → 需要扩大", "{a} ≤ 可用 {b}"],
  },
  ReallocKeepsAny: {
    en: ["waste is tolerable?", "{a} to spare > {b} → shrink", "{a} to spare ≤ {b} → stays"],
    zh: ["浪费可以接受吗？", "多出 {a} > {b} → 缩小", "多出 {a} ≤ {b} → 不动"],
  },
  ReallocKeepsSame: {
    en: ["fits as it is?", "{a} to spare ≥ {b}", "{a} to spare < {b} → stays"],
    zh: ["正好合适吗？", "多出 {a} ≥ {b}", "多出 {a} < {b} → 不动"],
  },
  ReallocKeepsMapping: {
    en: ["a mapping with less than a page to spare?", "{a} to spare > {b}", "{a} to spare ≤ {b} → stays"],
    zh: ["映射且浪费不足一页吗？", "多出 {a} > {b}", "多出 {a} ≤ {b} → 不动"],
  },
  ReallocPointer: {
    en: ["pointer can be a chunk?", "{a} of size {b} cannot be a chunk → abort", "{a}, size {b}"],
    zh: ["指针可能是块吗？", "{a}（大小 {b}）不可能是块 → abort", "{a}，大小 {b}"],
  },
  ReallocSize: {
    en: ["size can be served?", "{a} bytes > PTRDIFF_MAX → ENOMEM", "{a} bytes → chunk of {b}"],
    zh: ["大小合法吗？", "{a} 字节 > PTRDIFF_MAX → ENOMEM", "{a} 字节 → {b} 的块"],
  },
  ReallocMmapped: {
    en: ["a mapping of its own?", "M = 0 in {a}: in the heap", "M = 1 in {a}: mremap"],
    zh: ["独立映射吗？", "{a} 中 M = 0：在堆中", "{a} 中 M = 1：mremap"],
  },
  IntRealloc: { en: "_int_realloc: try in place", zh: "_int_realloc：尝试原地调整" },
  ReallocOldSize: {
    en: ["old size is sane?", "old size {a}, arena {b} → abort", "old size {a}"],
    zh: ["旧大小合理吗？", "旧大小 {a}，分配区 {b} → abort", "旧大小 {a}"],
  },
  ReallocNextSize: {
    en: ["next size is sane?", "next size {a}, arena {b} → abort", "next size {a}"],
    zh: ["后一块大小合理吗？", "后一块大小 {a}，分配区 {b} → abort", "后一块大小 {a}"],
  },
  ReallocFits: {
    en: ["large enough already?", "{a} < {b} → must grow", "{a} ≥ {b} → stays"],
    zh: ["已经够大吗？", "{a} < {b} → 需要扩大", "{a} ≥ {b} → 不动"],
  },
  ReallocIntoTop: {
    en: ["with top behind it?", "{a} < {b}: top is too small", "{a} ≥ {b}: grow into top"],
    zh: ["加上后面的 top 呢？", "{a} < {b}：top 太小", "{a} ≥ {b}：扩展到 top"],
  },
  ReallocNextFree: {
    en: ["next is free?", "next {a} is in use", "next {a} is free, {b}"],
    zh: ["后一块空闲吗？", "后一块 {a} 使用中", "后一块 {a} 空闲，{b}"],
  },
  ReallocIntoNext: {
    en: ["enough together?", "{a} < {b}: not enough", "{a} ≥ {b}: take it in"],
    zh: ["合起来够吗？", "{a} < {b}：不够", "{a} ≥ {b}：并入"],
  },
  ReallocMove: { en: "Allocate, copy, free", zh: "分配、复制、释放" },
  ReallocAdjacent: {
    en: ["new chunk is the neighbour?", "{a}: elsewhere", "{a} is right behind: join"],
    zh: ["新块就在后面吗？", "{a}：在别处", "{a} 紧随其后：合并"],
  },
  ReallocCopy: { en: ["copy the contents", "copy {b} to {a}"], zh: ["复制内容", "复制 {b} 到 {a}"] },
  ReallocRest: { en: "Give back the rest", zh: "归还多余部分" },
  ReallocSplits: {
    en: ["rest is a chunk?", "{a} < {b} → keep it", "{a} ≥ {b} → free it"],
    zh: ["余下的够成块吗？", "{a} < {b} → 保留", "{a} ≥ {b} → 释放"],
  },

  AlignedAllocPower: {
    en: ["a power of two?", "{a} is none → EINVAL", "{a}"],
    zh: ["是 2 的幂吗？", "{a} 不是 → EINVAL", "{a}"],
  },
  MemalignCached: { en: "Look for an aligned entry in the tcache", zh: "在 tcache 中找已对齐的项" },
  MemalignCachedWalk: {
    en: ["pass this entry?", "{a} of size {b} is the last to look at", "{a} of size {b} does not do → next"],
    zh: ["跳过该项吗？", "{a}（大小 {b}）是要看的最后一项", "{a}（大小 {b}）不行 → 下一项"],
  },
  MemalignTcache: { en: "Look for an aligned entry in the tcache", zh: "在 tcache 中找已对齐的项" },
  MemalignEntry: {
    en: ["entry is aligned?", "{a} is no multiple of {b} → next", "{a} is a multiple of {b}"],
    zh: ["该项对齐吗？", "{a} 不是 {b} 的倍数 → 下一项", "{a} 是 {b} 的倍数"],
  },
  MemalignScan: { en: "Look for a chunk with an aligned place in it", zh: "在 bin 中找含对齐位置的块" },
  MemalignCandidate: {
    en: ["has room at an aligned place?", "{a} of size {b} does not do", "{a} of size {b} does"],
    zh: ["对齐位置放得下吗？", "{a}（大小 {b}）不行", "{a}（大小 {b}）可以"],
  },
  MemalignTailMerges: {
    en: ["give back the tail?", "{a} is too small to be a chunk: keep it", "{a} joins what is free behind it at {b}"],
    zh: ["归还尾部吗？", "{a} 不够成为一块：保留", "{a} 与后面 {b} 处的空闲部分合并"],
  },
  PosixAlignment: {
    en: ["alignment is allowed?", "{a} is no power of two × word → EINVAL", "{a} is allowed"],
    zh: ["对齐值允许吗？", "{a} 不是字长的 2 的幂倍 → EINVAL", "{a} 允许"],
  },
  PvallocFits: {
    en: ["round up to pages", "{a} bytes overflow → ENOMEM", "{a} bytes"],
    zh: ["向上取整到页", "{a} 字节溢出 → ENOMEM", "{a} 字节"],
  },
  Memalign: { en: "memalign: which alignment?", zh: "memalign：判断对齐" },
  MemalignUsual: {
    en: ["malloc aligns enough?", "{a} > {b}: more is needed", "{a} ≤ {b}: same as malloc"],
    zh: ["malloc 的对齐够吗？", "{a} > {b}：需要更大", "{a} ≤ {b}：等于 malloc"],
  },
  MemalignPower: {
    en: ["a power of two?", "{a} → next power of two", "{a}"],
    zh: ["是 2 的幂吗？", "{a} → 取下一个 2 的幂", "{a}"],
  },
  IntMemalign: { en: "_int_memalign: allocate with slack", zh: "_int_memalign：多分配一些" },
  MemalignSize: {
    en: ["size can be served?", "{a} bytes > PTRDIFF_MAX → ENOMEM", "{a} bytes → chunk of {b}"],
    zh: ["大小合法吗？", "{a} 字节 > PTRDIFF_MAX → ENOMEM", "{a} 字节 → {b} 的块"],
  },
  MemalignAligned: {
    en: ["aligned by luck?", "{a} is not a multiple of {b}", "{a} is a multiple of {b}"],
    zh: ["恰好对齐吗？", "{a} 不是 {b} 的倍数", "{a} 是 {b} 的倍数"],
  },
  MemalignLead: { en: ["give back the front", "chunk starts at {a}; {b} in front"], zh: ["归还前部", "块从 {a} 开始；前部 {b}"] },
  MemalignTail: {
    en: ["give back the tail?", "{a} ≤ {b}: keep it", "{a} > {b}: free the tail"],
    zh: ["归还尾部吗？", "{a} ≤ {b}：保留", "{a} > {b}：释放尾部"],
  },

  TrimPages: { en: "malloc_trim: whole pages in free chunks", zh: "malloc_trim：空闲块中的整页" },
  TrimChunk: {
    en: ["chunk can hold a page?", "{a} of {b} is too small", "{a} of {b} may"],
    zh: ["块中可能有整页吗？", "{a}（{b}）太小", "{a}（{b}）可能有"],
  },
  TrimRelease: {
    en: ["give pages back", "madvise({a}, {b}, MADV_DONTNEED)"],
    zh: ["归还整页", "madvise({a}, {b}, MADV_DONTNEED)"],
  },
  Mallopt: { en: "mallopt: change a parameter", zh: "mallopt：修改参数" },
  MalloptMxfast: {
    en: ["fastbin limit is allowed?", "{a} > {b} → refused", "{a} ≤ {b}"],
    zh: ["fastbin 上限允许吗？", "{a} > {b} → 拒绝", "{a} ≤ {b}"],
  },
  Usable: { en: "How much of the block can be used", zh: "块的可用大小" },
  UsableInUse: { en: ["in use?", "{a} is free: 0", "{a} in use, {b}"], zh: ["使用中吗？", "{a} 空闲：0", "{a} 使用中，{b}"] },
  Mallinfo: { en: "Add up the arena", zh: "统计分配区" },
  MallocInfo: { en: "Add up the arena, bin by bin", zh: "逐个 bin 统计分配区" },
  Abort: { en: "abort", zh: "abort" },
  AbortMessagePage: {
    en: ["keep the message for a debugger", "message kept at {a}"],
    zh: ["为调试器保留消息", "消息保存在 {a}"],
  },
} as const satisfies Readonly<Record<string, MarkTexts>>;
