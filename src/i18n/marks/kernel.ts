/** What the kernel does in a page fault or a system call, under the names of its functions. */
import type { KernelMarkName } from "../../abi/kernel-marks";
import type { MarkTexts } from "./types";

/** What a function is for, behind its name. */
const phase = (fn: string, en: string, zh: string): MarkTexts => ({ en: `${fn}: ${en}`, zh: `${fn}：${zh}` });

export const kernelMarkTexts: Readonly<Record<KernelMarkName, MarkTexts>> = {
  // ── a page fault ──
  GeneralProtection: phase("exc_general_protection", "no such address", "不存在的地址"),
  UserFault: phase("do_user_addr_fault", "whose address, and is it allowed?", "地址属于谁？允许访问吗？"),
  BelowTaskSize: {
    en: ["in user space?", "{a} ≥ TASK_SIZE {b}", "{a} < TASK_SIZE {b}"],
    zh: ["在用户空间吗？", "{a} ≥ TASK_SIZE {b}", "{a} < TASK_SIZE {b}"],
  },
  FindVma: {
    en: ["find_vma: in a mapping?", "no; the next one is {a} – {b}", "{a} – {b}"],
    zh: ["find_vma：在某个映射中吗？", "否；下一个是 {a} – {b}", "{a} – {b}"],
  },
  AccessAllowed: {
    en: ["rights allow it?", "{a} forbids to {b} → SEGV_ACCERR", "{a} allows to {b}"],
    zh: ["权限允许吗？", "{a} 不允许{b} → SEGV_ACCERR", "{a} 允许{b}"],
  },
  ExpandStack: phase("expand_stack", "may the mapping above grow down?", "上方的映射能向下增长吗？"),
  GrowsDown: {
    en: ["made to grow (VM_GROWSDOWN)?", "the one at {a} is not", "the one at {a} is"],
    zh: ["可增长（VM_GROWSDOWN）吗？", "{a} 处的不可", "{a} 处的可以"],
  },
  GuardGap: {
    en: ["256 pages free below?", "only {a} above {b}", "{a} above {b}"],
    zh: ["下方有 256 页空隙吗？", "距 {b} 只有 {a}", "距 {b} 有 {a}"],
  },
  StackLimit: {
    en: ["within RLIMIT_STACK?", "{a} > {b}", "{a} ≤ {b}"],
    zh: ["未超过 RLIMIT_STACK？", "{a} > {b}", "{a} ≤ {b}"],
  },
  StackGrown: { en: ["vm_start moves down", "to {a}: {b} pages more"], zh: ["vm_start 下移", "到 {a}：增加 {b} 页"] },
  BadArea: phase("bad_area_nosemaphore", "nothing is mapped → SIGSEGV, SEGV_MAPERR", "没有映射 → SIGSEGV，SEGV_MAPERR"),
  BadAccess: phase("bad_area_access_error", "not allowed → SIGSEGV, SEGV_ACCERR", "不允许 → SIGSEGV，SEGV_ACCERR"),
  HandleFault: phase("handle_mm_fault", "bring the page in", "调入页面"),
  WalkTables: phase("__handle_mm_fault", "down the page tables", "沿页表向下"),
  P4dTable: {
    en: ["PGD entry has a P4D table?", "[{a}] was empty: made, frame {b}", "[{a}] → frame {b}"],
    zh: ["PGD 项有 P4D 表吗？", "[{a}] 为空：新建，页框 {b}", "[{a}] → 页框 {b}"],
  },
  PudTable: {
    en: ["next entry has a PUD table?", "[{a}] was empty: made, frame {b}", "[{a}] → frame {b}"],
    zh: ["该项有 PUD 表吗？", "[{a}] 为空：新建，页框 {b}", "[{a}] → 页框 {b}"],
  },
  PmdTable: {
    en: ["PUD entry has a PMD table?", "[{a}] was empty: made, frame {b}", "[{a}] → frame {b}"],
    zh: ["PUD 项有 PMD 表吗？", "[{a}] 为空：新建，页框 {b}", "[{a}] → 页框 {b}"],
  },
  HugeWanted: {
    en: ["a huge page of 2 MiB?", "not asked for, or no room at {a}", "yes, from {a} on"],
    zh: ["使用 2 MiB 大页吗？", "未请求，或 {a} 处放不下", "是，从 {a} 起"],
  },
  HugePage: phase("do_huge_pmd_anonymous_page", "2 MiB at once", "一次 2 MiB"),
  HugeMapped: { en: ["PMD entry", "{b} pages from {a} on"], zh: ["PMD 项", "从 {a} 起 {b} 页"] },
  PteFault: phase("handle_pte_fault", "what does the entry say?", "页表项说了什么？"),
  PteTable: {
    en: ["PMD entry has a table of PTEs?", "[{a}] was empty: made, frame {b}", "[{a}] → frame {b}"],
    zh: ["PMD 项有 PTE 表吗？", "[{a}] 为空：新建，页框 {b}", "[{a}] → 页框 {b}"],
  },
  EntryEmpty: {
    en: ["entry empty?", "{a}: a page is there", "yes: no page yet"],
    zh: ["页表项为空吗？", "{a}：已有页面", "是：还没有页面"],
  },
  MappingAnonymous: {
    en: ["mapping anonymous?", "no: pages of a file, from its page {a} on", "yes: memory of its own"],
    zh: ["是匿名映射吗？", "否：文件的页面，自第 {a} 页起", "是：进程自己的内存"],
  },
  EntryForbidsWrite: {
    en: ["a write that the entry forbids?", "no: {a} gets its rights anew", "{a} is read-only"],
    zh: ["写入被页表项禁止吗？", "否：{a} 只更新权限位", "{a} 只读"],
  },
  AnonymousPage: phase("do_anonymous_page", "a page without a file", "没有文件的页面"),
  OnlyRead: {
    en: ["only read so far?", "{a}: a page of its own", "{a}: the zero page, frame {b}"],
    zh: ["只是读取吗？", "{a}：需要自己的页面", "{a}：零页，页框 {b}"],
  },
  ReadFault: phase("do_read_fault", "map what the file has", "映射文件已有的页"),
  AroundWanted: {
    en: ["neighbours too (fault-around)?", "this page only", "{b} pages from {a} on"],
    zh: ["连同邻页（fault-around）？", "只有这一页", "从 {a} 起 {b} 页"],
  },
  AroundMapped: {
    en: ["the page among them?", "{a} mapped, {b} is not among them", "{a} mapped, {b} too"],
    zh: ["包括这一页吗？", "映射 {a} 页，不含 {b}", "映射 {a} 页，含 {b}"],
  },
  CowFault: phase("do_cow_fault", "a private copy, for writing", "为写入建立私有副本"),
  SharedFault: phase("do_shared_fault", "the file's own page, for writing", "直接写入文件的页面"),
  PageInFile: {
    en: ["page within the file?", "page {a} of {b}: past the end", "page {a} of {b}"],
    zh: ["页面在文件内吗？", "第 {a} 页，共 {b} 页：已越界", "第 {a} 页，共 {b} 页"],
  },
  PageCached: {
    en: ["in the page cache?", "page {a} was not: frame {b} now", "page {a} is frame {b}"],
    zh: ["在页缓存中吗？", "第 {a} 页不在：现为页框 {b}", "第 {a} 页是页框 {b}"],
  },
  WriteProtected: phase("do_wp_page", "a write to a read-only entry", "写入只读页表项"),
  WpShared: {
    en: ["a shared file page?", "frame {a}: no, it is private", "frame {a}: writable now"],
    zh: ["是共享的文件页吗？", "页框 {a}：否，是私有的", "页框 {a}：改为可写"],
  },
  WpReuse: {
    en: ["nobody else's?", "frame {a} is others', too", "frame {a} is ours alone: writable now"],
    zh: ["没有别人使用吗？", "页框 {a} 还有别人使用", "页框 {a} 仅属于自己：改为可写"],
  },
  CopyPage: phase("wp_page_copy", "copy on write", "写时复制"),
  SigBus: phase("do_sigbus", "no such page → SIGBUS, BUS_ADRERR", "没有这一页 → SIGBUS，BUS_ADRERR"),
  OutOfMemory: phase("out_of_memory", "no frame is left", "没有空闲页框"),
  OomKills: {
    en: ["RAM used up?", "no: the simulation is full", "kill: {a} points, VIRT {b} pages"],
    zh: ["内存用尽了吗？", "否：模拟器已满", "杀死进程：{a} 分，VIRT {b} 页"],
  },
  AnonVma: {
    en: ["a neighbour's anon_vma fits?", "no: a new one", "the one at {a} is shared"],
    zh: ["可用相邻的 anon_vma 吗？", "否：新建", "共用 {a} 处的"],
  },
  FrameTaken: {
    en: ["frame from the buddy allocator", "none: {a} free, all kept back", "{a}, from a block of 2^{b}"],
    zh: ["向伙伴系统要页框", "没有：空闲 {a} 页都要保留", "{a}，来自 2^{b} 的块"],
  },
  PageCopied: { en: ["copy the page", "frame {a} → frame {b}"], zh: ["复制页面", "页框 {a} → 页框 {b}"] },
  TablesCounted: { en: ["VmPTE", "{a} → {b} kB"], zh: ["VmPTE", "{a} → {b} kB"] },
  EntryWritten: { en: ["set_pte", "{a} for {b}"], zh: ["set_pte", "{b} 的项为 {a}"] },
  RssAnon: { en: ["RssAnon", "{a} → {b} pages"], zh: ["RssAnon", "{a} → {b} 页"] },
  RssFile: { en: ["RssFile", "{a} → {b} pages"], zh: ["RssFile", "{a} → {b} 页"] },
  RssShmem: { en: ["RssShmem", "{a} → {b} pages"], zh: ["RssShmem", "{a} → {b} 页"] },
  FaultCounted: { en: ["min_flt", "{a} minor faults so far"], zh: ["min_flt", "至今 {a} 次次要缺页"] },

  // ── system calls ──
  Brk: phase("brk", "move the end of the heap", "移动堆的末端"),
  BrkAboveStart: {
    en: ["not below start_brk?", "{a} < {b}: tells where the break is", "{a} ≥ {b}"],
    zh: ["不低于 start_brk？", "{a} < {b}：只回答当前断点", "{a} ≥ {b}"],
  },
  BrkDataLimit: {
    en: ["within RLIMIT_DATA?", "{a} > {b}", "{a} ≤ {b}"],
    zh: ["未超过 RLIMIT_DATA？", "{a} > {b}", "{a} ≤ {b}"],
  },
  BrkShrinks: {
    en: ["fewer pages than now?", "end {b} → {a}: do_brk_flags", "end {b} → {a}: unmap"],
    zh: ["页数减少吗？", "末端 {b} → {a}：do_brk_flags", "末端 {b} → {a}：解除映射"],
  },
  BrkRoom: {
    en: ["a free page above?", "{a} meets the mapping at {b}", "{a}; the next mapping begins at {b}"],
    zh: ["上方还有空闲页吗？", "{a} 碰到 {b} 处的映射", "{a}；下一个映射始于 {b}"],
  },
  BrkSet: { en: ["mm->brk", "= {a}"], zh: ["mm->brk", "= {a}"] },
  Mmap: phase("do_mmap", "what is asked for", "请求的内容"),
  UnmappedArea: phase("get_unmapped_area", "where is room?", "哪里有空间？"),
  HintFree: {
    en: ["the wished-for place free?", "{a} no: the mapping at {b} is in the way", "{a} is free"],
    zh: ["希望的位置空闲吗？", "{a} 否：被 {b} 处的映射挡住", "{a} 空闲"],
  },
  AreaFound: {
    en: ["a gap that is large enough?", "none → ENOMEM", "{a} – {b}"],
    zh: ["有足够大的空隙吗？", "没有 → ENOMEM", "{a} – {b}"],
  },
  MmapRegion: phase("mmap_region", "put the mapping there", "放置映射"),
  Munmap: phase("do_vmi_munmap", "take mappings away", "移除映射"),
  Protect: phase("mprotect_fixup", "other rights", "改变权限"),
  Mremap: phase("mremap", "another size or place", "改变大小或位置"),
  Madvise: phase("madvise", "what the range is for", "说明范围的用途"),
  // ── a program is loaded ──
  NewAddressSpace: phase("bprm_mm_init", "an empty address space, one page of stack", "空的地址空间，一页栈"),
  StackRoom: phase("setup_arg_pages", "the stack gets its place and room", "栈的位置与空间"),
  LoadProgram: phase("load_elf_binary", "the program's segments", "程序的各段"),
  LoadInterpreter: phase("load_elf_interp", "the loader, ld.so", "加载器 ld.so"),
  KernelPages: phase("arch_setup_additional_pages", "vvar and vdso", "vvar 与 vdso"),
  Arguments: phase("create_elf_tables", "argc, argv, environment", "argc、argv 与环境变量"),
  StartThread: phase("start_thread", "the heap is empty; on to ld.so", "堆为空；转到 ld.so"),
  LoaderStarts: phase("dl_main", "ld.so finds its feet", "ld.so 开始工作"),
  OpensCache: phase("_dl_load_cache_lookup", "where is libc?", "libc 在哪里？"),
  MapsLibrary: phase("_dl_map_segments", "map libc: all of it first, then part by part", "映射 libc：先整体，再逐段"),
  ThreadBlock: phase("init_tls", "thread-local memory of main", "主线程的线程局部存储"),
  ProtectsRelro: phase("_dl_protect_relro", "read-only after relocation", "重定位后改为只读"),
  ClosesCache: phase("_dl_unload_cache", "the list of libraries goes", "撤去库列表"),
  TouchesPages: phase("_dl_relocate_object", "pages that start-up touches", "启动过程触及的页"),
  CallsMain: phase("__libc_start_main", "main is next", "接下来是 main"),
  ElfHeaders: { en: ["headers", "{a} – {b}"], zh: ["文件头", "{a} – {b}"] },
  ElfText: { en: [".text", "{a} – {b}"], zh: [".text", "{a} – {b}"] },
  ElfRodata: { en: [".rodata", "{a} – {b}"], zh: [".rodata", "{a} – {b}"] },
  ElfData: { en: ["relro and .data", "{a} – {b}"], zh: ["relro 与 .data", "{a} – {b}"] },
  ElfBss: { en: [".bss", "{a} – {b}: no file, zeroes"], zh: [".bss", "{a} – {b}：没有文件，全零"] },
  MayExpand: {
    en: ["within RLIMIT_AS and RLIMIT_DATA?", "{a} pages and {b} more: refused", "{a} pages and {b} more"],
    zh: ["未超过 RLIMIT_AS 与 RLIMIT_DATA？", "{a} 页再加 {b} 页：拒绝", "{a} 页再加 {b} 页"],
  },
  Promised: {
    en: ["promise memory (overcommit)?", "{a} pages beside {b}: refused", "{a} pages beside {b} promised before"],
    zh: ["承诺内存（overcommit）？", "已承诺 {b} 页，再要 {a} 页：拒绝", "已承诺 {b} 页，再加 {a} 页"],
  },
  Merges: {
    en: ["joins a neighbour?", "{a} – {b} stands alone", "one mapping now: {a} – {b}"],
    zh: ["与相邻映射合并吗？", "{a} – {b} 独立存在", "合为一个映射：{a} – {b}"],
  },
  VmaMade: { en: ["new vm_area_struct", "{a} – {b}"], zh: ["新的 vm_area_struct", "{a} – {b}"] },
  VmaSplit: { en: ["split", "the mapping at {b} is cut at {a}"], zh: ["拆分", "{b} 处的映射在 {a} 处切开"] },
  PagesZapped: { en: ["entries cleared", "{a}, from {b} on"], zh: ["清除页表项", "从 {b} 起 {a} 项"] },
  VmaRemoved: { en: ["mapping gone", "{a} – {b}"], zh: ["映射消失", "{a} – {b}"] },
  TableFreed: { en: ["empty page table given back", "frame {a}"], zh: ["归还空页表", "页框 {a}"] },
  // ── processes ──
  CopyProcess: phase("copy_process", "a task for the child", "为子进程建立任务"),
  TaskAllowed: {
    en: ["one more process?", "no: EAGAIN", "pid {a}"],
    zh: ["还能再有一个进程吗？", "不能：EAGAIN", "pid {a}"],
  },
  CopyMm: phase("copy_mm", "which address space?", "用哪个地址空间？"),
  SharesMm: {
    en: ["the parent's own (CLONE_VM)?", "fork: a copy for {a}", "vfork: {a} borrows it, the parent sleeps"],
    zh: ["用父进程的（CLONE_VM）吗？", "fork：为 {a} 复制", "vfork：{a} 借用，父进程休眠"],
  },
  DupMmap: phase("dup_mmap", "mapping by mapping", "逐个映射"),
  DontCopy: {
    en: ["kept from the child (MADV_DONTFORK)?", "{a} – {b}: it gets it", "{a} – {b}: it has nothing there"],
    zh: ["不给子进程（MADV_DONTFORK）吗？", "{a} – {b}：复制", "{a} – {b}：子进程没有"],
  },
  VmaForked: { en: ["vm_area_dup", "{a} – {b}"], zh: ["vm_area_dup", "{a} – {b}"] },
  WipedOnFork: {
    en: ["empty for the child (MADV_WIPEONFORK)?", "no, as the parent has {a}", "{a}: untouched"],
    zh: ["对子进程为空（MADV_WIPEONFORK）吗？", "否，与父进程的 {a} 相同", "{a}：未触及"],
  },
  NeedsCopy: {
    en: ["page tables worth copying?", "{a}: faults bring the same pages", "{a}: has pages of its own"],
    zh: ["需要复制页表吗？", "{a}：缺页时会得到相同的页", "{a}：有自己的页"],
  },
  CopyRange: phase("copy_page_range", "the same frames in both", "双方映射相同的页框"),
  CowMapping: {
    en: ["private and writable (copy on write)?", "{a}: entries as they are", "{a}: neither may write any more"],
    zh: ["私有且可写（写时复制）吗？", "{a}：页表项不变", "{a}：双方都不再可写"],
  },
  EntriesCopied: {
    en: ["entries copied", "{a}, of which {b} lose the right to write"],
    zh: ["复制页表项", "{a} 项，其中 {b} 项失去写权限"],
  },
  WakesChild: phase("wake_up_new_task", "the child may run", "子进程可以运行"),
  DoExit: phase("do_exit", "the process ends", "进程结束"),
  ExitMm: phase("exit_mm", "leave the address space", "离开地址空间"),
  LastUser: {
    en: ["the last one in it?", "{a} more use it: it stays", "nobody else"],
    zh: ["是最后一个使用者吗？", "还有 {a} 个在用：保留", "没有别人"],
  },
  ExitMmap: phase("exit_mmap", "take every mapping away", "移除所有映射"),
  ExitNotify: phase("exit_notify", "who will ask how it ended?", "谁会询问结果？"),
  ParentWillAsk: {
    en: ["a parent to ask?", "none: gone at once", "{a} will: a zombie until then"],
    zh: ["有父进程询问吗？", "没有：立即消失", "{a} 会询问：在此之前是僵尸"],
  },
  DoWait: phase("wait4", "a child that has ended?", "有已结束的子进程吗？"),
  HasChild: {
    en: ["a child that fits?", "none → ECHILD", "{a}"],
    zh: ["有符合的子进程吗？", "没有 → ECHILD", "{a}"],
  },
  ConsiderTask: phase("wait_consider_task", "child by child", "逐个子进程"),
  ChildEnded: {
    en: ["a zombie?", "{a} still runs", "{a}, wait status {b}"],
    zh: ["是僵尸吗？", "{a} 仍在运行", "{a}，等待状态 {b}"],
  },
  ReleaseTask: phase("release_task", "nothing is left of it", "彻底消失"),
};
