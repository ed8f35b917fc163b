/** What each change of glibc's malloc is called, and why it matters, in one line (src/abi/history.ts). */
import type { HistoryId } from "../abi/history";
import type { Locale } from "./locale";

export interface HistoryText {
  /** A few words, for rulers and lists. */
  readonly title: string;
  /** One sentence: what is different since. */
  readonly reason: string;
}

type HistoryTexts = Readonly<Record<HistoryId, HistoryText>>;

const text = (title: string, reason: string): HistoryText => ({ title, reason });

const en: HistoryTexts = {
  "arena-limit": text(
    "arena limit",
    "Threads no longer make arenas without end: arena_test and arena_max bound their number, and arenas without threads are used again.",
  ),
  "heap-trim-threshold": text(
    "heaps trimmed late",
    "Heaps of other arenas are trimmed beyond trim_threshold only, and keep top_pad, like main_arena’s.",
  ),
  "no-early-mmap": text(
    "no early mmap",
    "A thread that finds all arenas locked waits for one instead of asking for a mapping of its own.",
  ),
  "free-list-checked": text(
    "free list checked",
    "An arena on the free list has no thread; whoever takes one from the ring takes it off the list.",
  ),
  "tcache-exit": text(
    "tcache at exit",
    "A thread that ends empties its tcache for good; before, a new one was made meanwhile and lost.",
  ),
  "heaps-reserve": text("heaps reserved", "Heaps of other arenas are mapped without MAP_NORESERVE."),
  "remainders-uncached": text(
    "remainders uncached",
    "What realloc cuts off no longer goes to the tcache: the program never asked for such a size.",
  ),
  "heap-max-constant": text("fixed heap size", "The size of a heap no longer depends on huge pages."),
  "guard-in-stack": text(
    "guard in the stack",
    "A thread’s guard pages are part of its stack’s mapping where the kernel can do that.",
  ),
  "attached-threads": text(
    "attached threads",
    "Each arena counts the threads that use it; only one that nobody uses is given away.",
  ),
  "atomic-fastbins": text("fastbins without lock", "free puts small chunks into fastbins without taking the arena’s lock."),
  "static-start-values": text("start values", "main_arena and mp_ hold their first values before malloc is called at all."),
  "error-in": text("“Error in”", "Aborts begin with *** Error in `prog' instead of *** glibc detected ***."),
  "freed-size-aligned": text("size aligned", "free refuses a chunk whose size is no multiple of the alignment."),
  "threshold-refused": text("threshold refused", "A refused M_MMAP_THRESHOLD changes nothing any more."),
  "trim-large-pad": text(
    "trim with large pad",
    "malloc_trim keeps top when the pad is larger than top; before, the subtraction wrapped.",
  ),
  "valloc-by-memalign": text(
    "valloc is memalign",
    "valloc and pvalloc take memalign’s way and no longer consolidate fastbins first.",
  ),
  "aligned-overflow": text("overflow checks", "memalign, valloc and pvalloc refuse sizes that would wrap around."),
  "perturb-free": text(
    "perturb stops earlier",
    "M_PERTURB leaves the last word alone when it fills a freed chunk: the next chunk may own it.",
  ),
  "unlink-nextsize": text(
    "skip list message",
    "A broken skip list of a large bin is reported by message instead of a failed assertion.",
  ),
  "fork-late": text(
    "fork after its handlers",
    "fork itself locks the arenas, last of all and only once there were threads; before, a registered handler did so at every fork, with malloc’s hooks replaced meanwhile.",
  ),
  "total-mem-gone": text("max_total_mem gone", "mp_ no longer has max_total_mem, which nobody kept up."),
  tunables: text("tunables", "GLIBC_TUNABLES: malloc’s parameters are read while it initialises."),
  "chunk-accessors": text("flags masked", "malloc_consolidate masks the mmapped bit like the other flags."),
  tcache: text(
    "tcache",
    "Every thread keeps up to 7 freed chunks of each of 64 sizes for itself, without lock and without merging.",
  ),
  "no-backtrace": text("no backtrace", "A failed check no longer prints a backtrace, whose printer itself allocated."),
  "unlink-size": text(
    "unlink checks size",
    "A chunk that leaves its list must have the size that the next chunk’s prev_size says.",
  ),
  "i386-alignment": text("i386 aligns to 16", "On i386 blocks are aligned to 16 bytes instead of 8."),
  "abort-at-once": text(
    "abort at once",
    "A failed check aborts with its message alone: no backtrace, no memory map, and M_CHECK_ACTION is gone.",
  ),
  "have-fastchunks": text(
    "have_fastchunks",
    "Whether there may be chunks in fastbins is a field of malloc_state, not a bit of flags.",
  ),
  "early-bins": text("bins first", "The bins of main_arena are set up by initialisation, no longer by malloc_consolidate."),
  "single-thread-path": text(
    "one-thread path",
    "A process with one thread takes no lock, and never tries another arena after a failure.",
  ),
  "request-overflow": text(
    "padding overflow",
    "A size that wraps when the header is added is refused, with the tcache and in memalign too.",
  ),
  "consolidate-size": text("consolidate checks", "malloc_consolidate checks that a chunk’s size belongs to its fastbin."),
  "unsorted-removal": text("unsorted removal", "A chunk that leaves the unsorted bin must be what its neighbour points to."),
  "tcache-key": text(
    "tcache key",
    "free writes a key (the tcache’s address) into the chunk; finding it there means double free.",
  ),
  "unsorted-checks": text(
    "unsorted checks",
    "Sizes, footer, links and flags of every chunk in the unsorted bin are checked before it is sorted.",
  ),
  "top-size": text("top size", "A top larger than all memory of its arena is an abort: the end of the House of Force."),
  "merge-size": text(
    "merge checks size",
    "Before merging backwards, the previous chunk’s size must equal prev_size: off-by-one zero bytes are caught.",
  ),
  "mapping-checks": text("mapping checks", "The place of a mapped chunk in its page is checked before munmap and mremap."),
  "tcache-counts": text(
    "16-bit counts",
    "The tcache’s counters have 16 bits, so its struct takes 0x40 bytes more; the counter decides whether a list serves.",
  ),
  "ptrdiff-max": text("PTRDIFF_MAX", "Requests above PTRDIFF_MAX fail at once."),
  "large-insert": text("large bin checks", "The rings of a large bin are checked when a chunk is put in."),
  "mxfast-tunable": text("mxfast", "glibc.malloc.mxfast sets the fastbin limit, and the limit 0 means none, on i386 too."),
  "safe-linking": text(
    "safe-linking",
    "Links of tcache and fastbins are stored xor-ed with their own address, and must lead to aligned chunks.",
  ),
  "mxfast-never-zero": text("mxfast never 0", "A fastbin limit that rounds to nothing is stored as “none” instead of 0."),
  "tcache-loop": text(
    "endless list",
    "A tcache list longer than its limit is reported; before, the search for a double free went on for ever.",
  ),
  "free-errno": text("errno kept", "free leaves errno as it was."),
  "random-key": text("random key", "The tcache key is a random number, no longer an address that a program may hold by chance."),
  "no-hooks": text("no hooks", "__malloc_hook and its like are gone."),
  "huge-pages": text("huge pages", "glibc.malloc.hugetlb: memory may come as transparent or explicit huge pages."),
  "fallback-swapped": text(
    "fallback sizes",
    "Where brk fails, the mapping instead is rounded up to whole MiB: two arguments are swapped.",
  ),
  "assert-short": text("assertion text", "A failed assertion names function and expression, without file and line."),
  "assert-libc": text("assertion text", "Failed assertions of malloc look like all others of libc, with file and line."),
  "realloc-keeps": text(
    "realloc keeps",
    "realloc returns the same block whenever the new size fits, also when it is much smaller.",
  ),
  "realloc-only-growing": text(
    "realloc shrinks again",
    "realloc keeps the block only where less than two words are wasted; larger remainders are given back again.",
  ),
  "memalign-scans": text(
    "memalign searches",
    "memalign first looks through tcache and bins for a chunk that is aligned already.",
  ),
  "aligned-alloc-strict": text(
    "aligned_alloc strict",
    "aligned_alloc refuses an alignment that is no power of two, as C17 says.",
  ),
  "unsorted-check-gone": text(
    "one check less",
    "The check on leaving the unsorted bin is dropped: an earlier one says the same.",
  ),
  "fallback-fixed": text("fallback sizes", "Where brk fails, the mapping instead is 1 MiB at least and rounded to pages again."),
  "memalign-merges": text(
    "memalign merges",
    "What memalign cuts off merges with its free neighbours; before, it went to tcache or fastbin. The search of the bins is gone.",
  ),
  "small-direct": text(
    "small bins direct",
    "A freed small chunk goes straight to its small bin; only large ones wait in the unsorted bin.",
  ),
  "calloc-tcache": text("calloc from tcache", "calloc takes blocks from the tcache like malloc, and clears them."),
  "calloc-clears": text(
    "calloc clearing",
    "calloc clears small blocks with its own short code, without assertions about their size.",
  ),
  "large-tcache": text(
    "large tcache",
    "The tcache has 12 more lists, for chunks up to 4 MiB where glibc.malloc.tcache_max allows them; its counters say how much room is left.",
  ),
  "lazy-tcache": text(
    "tcache when needed",
    "The tcache is made by the first call that could use it, so it need not be the first chunk.",
  ),
  "early-init": text("early start", "malloc initialises while the process starts, not in the first call."),
  "free-checks-later": text(
    "checks behind tcache",
    "free checks pointer and size only after the tcache has had its chance: some bad frees go unnoticed.",
  ),
  "calloc-size-t": text("calloc product", "calloc multiplies as size_t; pvalloc rounds by the plain page mask."),
  "smallest-nextsize": text(
    "skip list checked",
    "The skip list of a large bin is checked also when the new chunk is the smallest.",
  ),
  "fast-stash-size": text("stash checks size", "A chunk that moves from a fastbin to the tcache must have the right size."),
  "no-fastbins": text(
    "no fastbins",
    "There are no fastbins and no malloc_consolidate any more: what the tcache does not take is merged at once.",
  ),
  "fill-sixteen": text("fill 16", "A tcache list takes 16 chunks instead of 7."),
  "tcache-by-free": text("tcache by free", "The tcache is made by the first free; until then an empty stand-in is used."),
  "exit-direct": text(
    "direct at exit",
    "The chunks of an ending thread’s tcache go back to their arenas directly, not through free’s checks.",
  ),
  "large-exact": text("exact large", "A large list of the tcache serves only chunks of exactly the size asked for."),
  "mapped-layout": text("mapped layout", "A mapped chunk ends two words before its mapping, as if another chunk followed."),
  "memalign-overflow": text("memalign overflow", "memalign refuses alignments that make the size wrap (CVE-2026-0861)."),
  "fallback-afresh": text(
    "fallback afresh",
    "Where brk fails, the mapping instead is asked for the request itself, without what top still has.",
  ),
  "thp-always": text("THP mode", "mp_ remembers how the kernel gives out transparent huge pages."),
};

const zh: HistoryTexts = {
  "arena-limit": text(
    "arena 上限",
    "线程不再无限制地创建 arena：arena_test 和 arena_max 限定数量，没有线程使用的 arena 会被重新利用。",
  ),
  "heap-trim-threshold": text(
    "延后收缩 heap",
    "其他 arena 的 heap 也只在超过 trim_threshold 时收缩，并保留 top_pad，与 main_arena 一样。",
  ),
  "no-early-mmap": text("不急于 mmap", "线程发现所有 arena 都被锁住时会等待，而不是立即申请自己的映射。"),
  "fork-late": text(
    "fork 最后才加锁",
    "由 fork 自己在最后锁住各 arena，且只在有过线程之后；以前由注册的处理函数完成，每次 fork 都运行，其间替换 malloc 的钩子。",
  ),
  "free-list-checked": text("检查空闲表", "空闲表上的 arena 没有线程；从环上取走 arena 的线程会把它移出空闲表。"),
  "tcache-exit": text("线程结束时的 tcache", "结束的线程彻底清空它的 tcache；以前其间会新建一个，随后丢失。"),
  "heaps-reserve": text("heap 计入预留", "其他 arena 的 heap 不再以 MAP_NORESERVE 映射。"),
  "remainders-uncached": text("剩余不进 tcache", "realloc 切下的剩余部分不再放入 tcache：程序从未请求过这种大小。"),
  "heap-max-constant": text("heap 大小固定", "heap 的大小不再随大页变化。"),
  "guard-in-stack": text("守护页在栈内", "内核支持时，线程的守护页属于栈的同一个映射。"),
  "attached-threads": text("附着线程计数", "每个 arena 记录正在使用它的线程数；只有无人使用的 arena 才会分给别的线程。"),
  "atomic-fastbins": text("fastbin 无锁", "free 把小 chunk 放入 fastbin 时不再获取 arena 的锁。"),
  "static-start-values": text("初始值", "还没有调用 malloc 时，main_arena 和 mp_ 就已经带有初始值。"),
  "error-in": text("“Error in”", "终止信息以 *** Error in `prog' 开头，不再是 *** glibc detected ***。"),
  "freed-size-aligned": text("大小须对齐", "free 拒绝大小不是对齐值整数倍的 chunk。"),
  "threshold-refused": text("阈值被拒绝", "被拒绝的 M_MMAP_THRESHOLD 不再产生任何影响。"),
  "trim-large-pad": text("大 pad 的 trim", "pad 大于 top 时 malloc_trim 保留 top；以前减法会回绕。"),
  "valloc-by-memalign": text("valloc 即 memalign", "valloc 和 pvalloc 走 memalign 的路径，不再先整理 fastbin。"),
  "aligned-overflow": text("溢出检查", "memalign、valloc 和 pvalloc 拒绝会回绕的大小。"),
  "perturb-free": text("perturb 少填一字", "M_PERTURB 填充已释放的 chunk 时不动最后一个字：它可能属于下一个 chunk。"),
  "unlink-nextsize": text("跳表错误信息", "large bin 的跳表损坏时输出信息，而不是断言失败。"),
  "total-mem-gone": text("去掉 max_total_mem", "mp_ 中不再有无人维护的 max_total_mem。"),
  tunables: text("tunables", "GLIBC_TUNABLES：malloc 初始化时读取它的各项参数。"),
  "chunk-accessors": text("屏蔽标志位", "malloc_consolidate 像对待其他标志位一样屏蔽 mmapped 位。"),
  tcache: text("tcache", "每个线程为 64 种大小各自保留最多 7 个已释放的 chunk，不加锁，也不合并。"),
  "no-backtrace": text("没有调用栈", "检查失败时不再打印调用栈；打印它的代码自己也要分配内存。"),
  "unlink-size": text("unlink 检查大小", "chunk 离开链表时，其大小必须等于后一块的 prev_size。"),
  "i386-alignment": text("i386 对齐到 16", "在 i386 上，内存块按 16 字节对齐，以前是 8 字节。"),
  "abort-at-once": text("立即终止", "检查失败时只输出信息便终止：没有调用栈，没有内存映射，M_CHECK_ACTION 也取消了。"),
  "have-fastchunks": text("have_fastchunks", "fastbin 中是否可能有 chunk 是 malloc_state 的一个字段，不再是 flags 的一位。"),
  "early-bins": text("先建 bin", "main_arena 的 bin 由初始化建立，不再由 malloc_consolidate 建立。"),
  "single-thread-path": text("单线程路径", "只有一个线程的进程不加锁，失败后也不再尝试别的 arena。"),
  "request-overflow": text("填充溢出", "加上头部后会回绕的大小被拒绝，tcache 和 memalign 中也一样。"),
  "consolidate-size": text("整理时检查", "malloc_consolidate 检查 chunk 的大小是否属于它所在的 fastbin。"),
  "unsorted-removal": text("移出 unsorted", "离开 unsorted bin 的 chunk 必须正是其邻居所指的那一个。"),
  "tcache-key": text("tcache key", "free 在 chunk 中写入 key（tcache 的地址）；再次见到它就是重复释放。"),
  "unsorted-checks": text("unsorted 检查", "unsorted bin 中的每个 chunk 在归位之前，都要检查大小、脚注、链接和标志位。"),
  "top-size": text("top 大小", "top 比 arena 的全部内存还大时终止：House of Force 从此失效。"),
  "merge-size": text("合并检查大小", "向后合并（前一块）之前，前一块的大小必须等于 prev_size：能发现单字节清零溢出。"),
  "mapping-checks": text("映射检查", "munmap 和 mremap 之前检查映射 chunk 在页内的位置。"),
  "tcache-counts": text("16 位计数", "tcache 的计数为 16 位，结构体因此大了 0x40 字节；由计数决定链表能否提供。"),
  "ptrdiff-max": text("PTRDIFF_MAX", "超过 PTRDIFF_MAX 的请求立即失败。"),
  "large-insert": text("large bin 检查", "chunk 放入 large bin 时检查两条环。"),
  "mxfast-tunable": text("mxfast", "glibc.malloc.mxfast 设定 fastbin 上限；上限 0 表示没有 fastbin，i386 上也是如此。"),
  "safe-linking": text("safe-linking", "tcache 和 fastbin 的链接与自身地址异或后存放，并且必须指向对齐的 chunk。"),
  "mxfast-never-zero": text("mxfast 不为 0", "取整后为零的 fastbin 上限存为“没有”，而不是 0。"),
  "tcache-loop": text("无尽链表", "tcache 链表超过上限时报错；以前查找重复释放会永远进行下去。"),
  "free-errno": text("保留 errno", "free 不改变 errno。"),
  "random-key": text("随机 key", "tcache key 是随机数，不再是程序可能碰巧持有的地址。"),
  "no-hooks": text("没有 hook", "__malloc_hook 等已被移除。"),
  "huge-pages": text("大页", "glibc.malloc.hugetlb：内存可以来自透明大页或显式大页。"),
  "fallback-swapped": text("后备映射大小", "brk 失败时，代替它的映射向上取整到 MiB：两个参数写反了。"),
  "assert-short": text("断言信息", "失败的断言只给出函数和表达式，没有文件和行号。"),
  "assert-libc": text("断言信息", "malloc 的断言失败与 libc 的其他断言一样，带有文件和行号。"),
  "realloc-keeps": text("realloc 保留原块", "只要新的大小放得下，即使小得多，realloc 也返回同一块。"),
  "realloc-only-growing": text("realloc 又会缩小", "只有浪费少于两个字时 realloc 才保留原块；更大的剩余又会归还。"),
  "memalign-scans": text("memalign 查找", "memalign 先在 tcache 和各个 bin 中查找已经对齐的 chunk。"),
  "aligned-alloc-strict": text("aligned_alloc 严格", "aligned_alloc 按照 C17 拒绝不是 2 的幂的对齐值。"),
  "unsorted-check-gone": text("少一次检查", "去掉离开 unsorted bin 时的检查：前面的检查已经涵盖。"),
  "fallback-fixed": text("后备映射大小", "brk 失败时，代替它的映射又是至少 1 MiB、按页取整。"),
  "memalign-merges": text(
    "memalign 合并",
    "memalign 切下的部分与空闲的邻居合并；以前进入 tcache 或 fastbin。对各个 bin 的查找取消了。",
  ),
  "small-direct": text("直接进 small bin", "释放的小 chunk 直接进入它的 small bin；只有大的才在 unsorted bin 中等待。"),
  "calloc-tcache": text("calloc 用 tcache", "calloc 像 malloc 一样从 tcache 取块，然后清零。"),
  "calloc-clears": text("calloc 清零", "calloc 用自己的一小段代码清零小块，不再对其大小下断言。"),
  "large-tcache": text(
    "大 tcache",
    "tcache 多了 12 条链表，在 glibc.malloc.tcache_max 允许时可容纳最大 4 MiB 的 chunk；计数表示还剩多少空位。",
  ),
  "lazy-tcache": text("按需建 tcache", "tcache 由第一个能用到它的调用创建，因此不一定是第一个 chunk。"),
  "early-init": text("提前初始化", "malloc 在进程启动时初始化，而不是在第一次调用时。"),
  "free-checks-later": text("检查在 tcache 之后", "free 先给 tcache 机会，之后才检查指针和大小：有些错误的释放不会被发现。"),
  "calloc-size-t": text("calloc 乘积", "calloc 以 size_t 相乘；pvalloc 按普通的页掩码取整。"),
  "smallest-nextsize": text("检查跳表", "新 chunk 最小时，也检查 large bin 的跳表。"),
  "fast-stash-size": text("转存检查大小", "从 fastbin 转到 tcache 的 chunk，大小必须正确。"),
  "no-fastbins": text("没有 fastbin", "不再有 fastbin 和 malloc_consolidate：tcache 不收的 chunk 立即合并。"),
  "fill-sixteen": text("容量 16", "tcache 的每条链表可放 16 个 chunk，以前是 7 个。"),
  "tcache-by-free": text("由 free 建 tcache", "tcache 由第一次 free 创建；在此之前使用一个空的替身。"),
  "exit-direct": text("线程结束时直接归还", "结束的线程清空 tcache 时，chunk 直接归还给 arena，不再经过 free 的检查。"),
  "large-exact": text("大小须正好", "tcache 的大链表只提供与请求大小完全相同的 chunk。"),
  "mapped-layout": text("映射布局", "映射的 chunk 在映射末尾前两个字处结束，好像后面还有一个 chunk。"),
  "memalign-overflow": text("memalign 溢出", "memalign 拒绝使大小回绕的对齐值（CVE-2026-0861）。"),
  "fallback-afresh": text("后备映射重算", "brk 失败时，代替它的映射按请求本身计算，不再扣除 top 里还有的部分。"),
  "thp-always": text("THP 模式", "mp_ 记住内核如何提供透明大页。"),
};

export const historyTexts: Readonly<Record<Locale, HistoryTexts>> = { en, "zh-CN": zh };
