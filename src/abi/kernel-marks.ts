/**
 * Markers of the kernel: what a page fault or a system call can say about itself while it works. They are records like the allocator's
 * (src/abi/marks.ts), with ids of their own; the rows are the outlines of the kernel's functions (Linux 6.x; arch/x86/mm/fault.c,
 * mm/memory.c, mm/mmap.c, mm/vma.c, kernel/fork.c, kernel/exit.c, fs/binfmt_elf.c). Sentences are in src/i18n/marks/kernel.ts.
 *
 *   do_user_addr_fault ─► handle_mm_fault ─► __handle_mm_fault ─► handle_pte_fault ─┬► do_anonymous_page
 *     │      └► expand_stack                       └► do_huge_pmd_anonymous_page     ├► do_read_fault, do_cow_fault, do_shared_fault
 *     └► bad_area_nosemaphore, bad_area_access_error, do_sigbus, out_of_memory       └► do_wp_page ─► wp_page_copy
 *
 * Functions without a phase (set_pte_at, add_mm_counter, …) are helpers, as there.
 */
import type { KernelCallName } from "./api";
import { type AllocatorMark } from "./marks";
import { type MarkInfo, markTable, type Row } from "./mark-table";

/** First id: far above any of the allocator's. */
export const FIRST_KERNEL_MARK = 0x4000;

const rows = {
  exc_general_protection: [["GeneralProtection", "phase", "addr", "access"]],
  do_user_addr_fault: [
    ["UserFault", "phase", "addr", "access"],
    ["BelowTaskSize", "decision", "addr", "addr"],
    ["FindVma", "decision", "addr", "addr"],
    ["AccessAllowed", "decision", "rights", "access"],
  ],
  expand_stack: [
    ["ExpandStack", "phase", "addr", "addr"],
    ["GrowsDown", "decision", "addr"],
    ["GuardGap", "decision", "size", "addr"],
    ["StackLimit", "decision", "size", "limit"],
    ["StackGrown", "step", "addr", "count"],
  ],
  bad_area_nosemaphore: [["BadArea", "phase", "addr", "access"]],
  bad_area_access_error: [["BadAccess", "phase", "addr", "access"]],
  handle_mm_fault: [["HandleFault", "phase", "addr", "access"]],
  __handle_mm_fault: [
    ["WalkTables", "phase", "addr", "count"],
    ["P4dTable", "decision", "count", "word"],
    ["PudTable", "decision", "count", "word"],
    ["PmdTable", "decision", "count", "word"],
    ["HugeWanted", "decision", "addr"],
  ],
  do_huge_pmd_anonymous_page: [
    ["HugePage", "phase", "addr", "access"],
    ["HugeMapped", "step", "addr", "count"],
  ],
  handle_pte_fault: [
    ["PteFault", "phase", "addr", "count"],
    ["PteTable", "decision", "count", "word"],
    ["EntryEmpty", "decision", "word"],
    ["MappingAnonymous", "decision", "count"],
    ["EntryForbidsWrite", "decision", "word", "access"],
  ],
  do_anonymous_page: [
    ["AnonymousPage", "phase", "addr", "access"],
    ["OnlyRead", "decision", "access", "word"],
  ],
  do_read_fault: [
    ["ReadFault", "phase", "addr", "count"],
    ["AroundWanted", "decision", "addr", "count"],
    ["AroundMapped", "decision", "count", "addr"],
  ],
  do_cow_fault: [["CowFault", "phase", "addr", "count"]],
  do_shared_fault: [["SharedFault", "phase", "addr", "count"]],
  __do_fault: [
    ["PageInFile", "decision", "count", "count"],
    ["PageCached", "decision", "count", "word"],
  ],
  do_wp_page: [
    ["WriteProtected", "phase", "addr", "word"],
    ["WpShared", "decision", "word"],
    ["WpReuse", "decision", "word", "count"],
  ],
  wp_page_copy: [["CopyPage", "phase", "addr", "word"]],
  do_sigbus: [["SigBus", "phase", "addr", "access"]],
  out_of_memory: [
    ["OutOfMemory", "phase", "addr"],
    ["OomKills", "decision", "count", "count"],
  ],

  // ── helpers of a fault ──
  __anon_vma_prepare: [["AnonVma", "decision", "word"]],
  get_page_from_freelist: [["FrameTaken", "decision", "word", "count"]],
  copy_user_highpage: [["PageCopied", "step", "word", "word"]],
  mm_inc_nr_ptes: [["TablesCounted", "step", "count", "count"]],
  set_pte_at: [["EntryWritten", "step", "word", "addr"]],
  add_mm_counter: [
    ["RssAnon", "step", "count", "count"],
    ["RssFile", "step", "count", "count"],
    ["RssShmem", "step", "count", "count"],
  ],
  mm_account_fault: [["FaultCounted", "step", "count"]],

  // ── system calls ──
  sys_brk: [
    ["Brk", "phase", "addr", "addr"],
    ["BrkAboveStart", "decision", "addr", "addr"],
    ["BrkDataLimit", "decision", "size", "limit"],
    ["BrkShrinks", "decision", "addr", "addr"],
    ["BrkRoom", "decision", "addr", "addr"],
    ["BrkSet", "step", "addr"],
  ],
  do_mmap: [["Mmap", "phase", "addr", "size"]],
  get_unmapped_area: [
    ["UnmappedArea", "phase", "size", "addr"],
    ["HintFree", "decision", "addr", "addr"],
    ["AreaFound", "decision", "addr", "addr"],
  ],
  mmap_region: [["MmapRegion", "phase", "addr", "addr"]],
  do_vmi_munmap: [["Munmap", "phase", "addr", "addr"]],
  mprotect_fixup: [["Protect", "phase", "addr", "rights"]],
  do_mremap: [["Mremap", "phase", "addr", "size"]],
  do_madvise: [["Madvise", "phase", "addr", "size"]],

  // ── a program is loaded: execve, then the loader in user space (glibc: elf/rtld.c, elf/dl-load.c, elf/dl-reloc.c) ──
  bprm_mm_init: [["NewAddressSpace", "phase", "addr"]],
  setup_arg_pages: [["StackRoom", "phase", "addr", "addr"]],
  load_elf_binary: [["LoadProgram", "phase", "addr", "addr"]],
  load_elf_interp: [["LoadInterpreter", "phase", "addr", "addr"]],
  arch_setup_additional_pages: [["KernelPages", "phase", "addr", "addr"]],
  create_elf_tables: [["Arguments", "phase", "addr"]],
  start_thread: [["StartThread", "phase", "addr", "addr"]],
  dl_main: [["LoaderStarts", "phase", "addr"]],
  _dl_load_cache_lookup: [["OpensCache", "phase"]],
  _dl_map_segments: [["MapsLibrary", "phase", "addr", "addr"]],
  init_tls: [["ThreadBlock", "phase", "addr"]],
  _dl_protect_relro: [["ProtectsRelro", "phase", "count"]],
  _dl_unload_cache: [["ClosesCache", "phase"]],
  _dl_relocate_object: [["TouchesPages", "phase", "count"]],
  __libc_start_main: [["CallsMain", "phase", "addr"]],
  elf_load: [
    ["ElfHeaders", "step", "addr", "addr"],
    ["ElfText", "step", "addr", "addr"],
    ["ElfRodata", "step", "addr", "addr"],
    ["ElfData", "step", "addr", "addr"],
    ["ElfBss", "step", "addr", "addr"],
  ],

  // ── helpers of system calls ──
  may_expand_vm: [["MayExpand", "decision", "count", "count"]],
  __vm_enough_memory: [["Promised", "decision", "count", "count"]],
  vma_merge: [["Merges", "decision", "addr", "addr"]],
  vm_area_alloc: [["VmaMade", "step", "addr", "addr"]],
  __split_vma: [["VmaSplit", "step", "addr", "addr"]],
  zap_pte_range: [["PagesZapped", "step", "count", "addr"]],
  vm_area_free: [["VmaRemoved", "step", "addr", "addr"]],
  free_pgtables: [["TableFreed", "step", "word"]],

  // ── processes (kernel/fork.c, mm/mmap.c, mm/memory.c, kernel/exit.c) ──
  copy_process: [
    ["CopyProcess", "phase", "count"],
    ["TaskAllowed", "decision", "count"],
  ],
  copy_mm: [
    ["CopyMm", "phase"],
    ["SharesMm", "decision", "count"],
  ],
  dup_mmap: [
    ["DupMmap", "phase", "count"],
    ["DontCopy", "decision", "addr", "addr"],
    ["VmaForked", "step", "addr", "addr"],
    ["WipedOnFork", "decision", "addr"],
    ["NeedsCopy", "decision", "addr"],
  ],
  copy_page_range: [
    ["CopyRange", "phase", "addr", "addr"],
    ["CowMapping", "decision", "rights"],
    ["EntriesCopied", "step", "count", "count"],
  ],
  wake_up_new_task: [["WakesChild", "phase", "count"]],
  do_exit: [["DoExit", "phase", "count"]],
  exit_mm: [
    ["ExitMm", "phase"],
    ["LastUser", "decision", "count"],
  ],
  exit_mmap: [["ExitMmap", "phase", "count"]],
  exit_notify: [
    ["ExitNotify", "phase", "count"],
    ["ParentWillAsk", "decision", "count"],
  ],
  do_wait: [
    ["DoWait", "phase", "count"],
    ["HasChild", "decision", "count"],
  ],
  wait_consider_task: [
    ["ConsiderTask", "phase", "count"],
    ["ChildEnded", "decision", "count", "count"],
  ],
  release_task: [["ReleaseTask", "phase", "count"]],
} as const satisfies Record<string, readonly Row[]>;

export type KernelFunction = keyof typeof rows;
type KernelRow = (typeof rows)[KernelFunction][number];
export type KernelMarkName = KernelRow[0];
/** Those whose record carries an answer. */
export type KernelDecision = Extract<KernelRow, readonly [string, "decision", ...unknown[]]>[0];
export type KernelMark = MarkInfo<KernelMarkName, KernelFunction>;

/** The allocator's or the kernel's. */
export type AnyMark = AllocatorMark | KernelMark;

export const kernelMarks: readonly KernelMark[] = markTable<KernelMarkName, KernelFunction>(rows, FIRST_KERNEL_MARK);

/** The marker with this id, if it is the kernel's. */
export function kernelMarkById(id: number): KernelMark | undefined {
  return kernelMarks[id - FIRST_KERNEL_MARK];
}

const faultPath = [
  "exc_general_protection",
  "do_user_addr_fault",
  "expand_stack",
  "handle_mm_fault",
  "__handle_mm_fault",
  "do_huge_pmd_anonymous_page",
  "handle_pte_fault",
  "do_anonymous_page",
  "do_read_fault",
  "do_cow_fault",
  "do_shared_fault",
  "do_wp_page",
  "wp_page_copy",
  "bad_area_nosemaphore",
  "bad_area_access_error",
  "do_sigbus",
  "out_of_memory",
] as const;

/** Which functions a kernel call can run through, in the order in which it may reach them. */
export const kernelPaths: Readonly<Partial<Record<KernelCallName, readonly KernelFunction[]>>> = {
  page_fault: faultPath,
  brk: ["sys_brk", "do_vmi_munmap"],
  mmap: ["do_mmap", "get_unmapped_area", "do_vmi_munmap", "mmap_region", ...faultPath],
  munmap: ["do_vmi_munmap"],
  mremap: ["do_mremap", "get_unmapped_area", "do_vmi_munmap"],
  mprotect: ["mprotect_fixup"],
  madvise: ["do_madvise", ...faultPath],
  fork: ["copy_process", "copy_mm", "dup_mmap", "copy_page_range", "wake_up_new_task"],
  exit: ["do_exit", "exit_mm", "exit_mmap", "exit_notify"],
  wait4: ["do_wait", "wait_consider_task", "release_task"],
  execve: [
    "bprm_mm_init",
    "setup_arg_pages",
    "load_elf_binary",
    "load_elf_interp",
    "arch_setup_additional_pages",
    "create_elf_tables",
    "start_thread",
  ],
  ld_so: [
    "dl_main",
    "_dl_load_cache_lookup",
    "_dl_map_segments",
    "init_tls",
    "_dl_protect_relro",
    "_dl_unload_cache",
    "_dl_relocate_object",
    "__libc_start_main",
  ],
};
