/**
 * The kernel's structs as bytes. Field names are Linux's (include/linux/mm_types.h, mmzone.h, fs.h); the selection and the offsets are
 * ours. Every field is a u64 unless named otherwise. A pointer between kernel structs is an offset in linear memory, 0 is NULL.
 * Counts are pages (4096 bytes) unless the name says bytes.
 *
 *   machineMemory.kernel + 0x0000   mm_struct           of the first process; those of the others follow the tasks
 *                        + 0x0800   zone                frame allocator, and limits of the machine
 *                        + 0xa00    kmem_cache          slab caches, src/abi/slab.ts: vm_area_structs, anon_vmas and maple nodes are their objects
 *                        + 0x1000   struct file table   128 bytes each: what a mapping's vm_file points to
 *                        + 0x10000  task_structs        64 bytes each: who the processes are
 *                        + 0x11000  mm_structs          512 bytes each
 */
import { machineMemory } from "./machine-memory";

export const mmStruct = {
  /** That of the first process. Which one is in use, the running task says. */
  at: machineMemory.kernel,
  /** First VMA of the address-ordered list; before 6.1 only. */
  mmap: 0x00,
  map_count: 0x08,
  /** Frame number of the top-level page table. */
  pgd: 0x10,
  task_size: 0x18,
  mmap_base: 0x20,
  start_brk: 0x28,
  brk: 0x30,
  start_stack: 0x38,
  start_code: 0x40,
  end_code: 0x48,
  start_data: 0x50,
  end_data: 0x58,
  /** VIRT: sum of all mappings. */
  total_vm: 0x60,
  hiwater_vm: 0x68,
  data_vm: 0x70,
  exec_vm: 0x78,
  stack_vm: 0x80,
  /** RES = rss_file + rss_anon + rss_shmem. */
  rss_file: 0x88,
  rss_anon: 0x90,
  rss_shmem: 0x98,
  hiwater_rss: 0xa0,
  /** Page-table frames below the PGD, in bytes. */
  pgtables_bytes: 0xa8,
  /** Minor faults so far. */
  min_flt: 0xb0,
  def_flags: 0xb8,
  /** 1: mmaps are placed top-down below mmap_base; 0: bottom-up above it. */
  topdown: 0xc0,
  /** Soft limits (RLIM_INFINITY = 2^64 − 1). */
  rlimit_stack: 0xc8,
  rlimit_data: 0xd0,
  rlimit_as: 0xd8,
  /** Before 6.1: the root's rb_node, 0 = empty. */
  mm_rb: 0x100,
  /** Since 6.1: the maple tree, mm_mt. Flags (src/abi/maple.ts) are 0 where the kernel has none; the root is an encoded node, 0 = empty. */
  ma_flags: 0x108,
  ma_root: 0x110,
  /** Hard limits. */
  rlimit_stack_max: 0x128,
  rlimit_data_max: 0x130,
  rlimit_as_max: 0x138,
  sizeBytes: 0x140,
} as const;

export const zoneStruct = {
  at: machineMemory.kernel + 0x800,
  /** Pages that the buddy allocator hands out: all of RAM. */
  managed_pages: 0x00,
  free_pages: 0x08,
  /** First frame of the zone; its end is a multiple of the largest block. */
  zone_start_pfn: 0x10,
  /** From here on all is free but not in the lists yet: struct pages are set up when memory below is used up (deferred_grow_zone). */
  first_deferred_pfn: 0x18,
  /** WMARK_MIN: the pages that requests on behalf of a process leave. */
  watermark_min: 0x20,
  /** Frame that anonymous reads of untouched pages show. */
  zero_pfn: 0x28,
  /** Frame that stands for file contents we do not have. */
  unknown_pfn: 0x30,
  /** Totals of the machine that overcommit is judged by. */
  totalram_pages: 0x38,
  committed_as: 0x40,
  /** vm.overcommit_memory: 0 heuristic, 1 always, 2 never. */
  overcommit_memory: 0x48,
  /** vm.overcommit_ratio, per cent. */
  overcommit_ratio: 0x50,
  max_map_count: 0x58,
  mmap_min_addr: 0x60,
  /** 1: the process may map below dac_mmap_min_addr (CAP_SYS_RAWIO, as root has). */
  cap_sys_rawio: 0x68,
  /** vm.mmap_min_addr as set; mmap_min_addr is that or, where larger, CONFIG_LSM_MMAP_MIN_ADDR. */
  dac_mmap_min_addr: 0x70,
  /** Slot of linear memory where the last search for a free one ended. */
  slot_cursor: 0x78,
  /** vm.user_reserve_kbytes and vm.admin_reserve_kbytes: what overcommit_memory 2 keeps back, from one process and from all but root. */
  user_reserve_pages: 0x80,
  admin_reserve_pages: 0x88,
  /** transparent_hugepage/enabled: 0 never, 1 madvise, 2 always. */
  transparent_hugepage: 0x90,
  /** Number that was given last to an inode of shared memory. */
  next_inode: 0xa0,
  /** Frames that need no slot of linear memory because they share one: as many as share, less the slots that are shared. */
  slots_saved: 0xa8,
  sizeBytes: 0xb0,
} as const;

/** Blocks of 2^0 … 2^MAX_ORDER frames. include/linux/mmzone.h. */
export const MAX_ORDER = 10;

/** The zone's lists of free blocks, one for each order: a list head and the number of blocks. struct free_area; one migrate type. */
export const freeArea = {
  at: zoneStruct.at + 0x100,
  stride: 16,
  /** u32 each. The list head: linear offsets of the first and the last block's list node, its own when empty. */
  next: 0x00,
  prev: 0x04,
  nr_free: 0x08,
} as const;

/** A file or special mapping: what the right half of a /proc/self/maps line says. */
export const fileStruct = {
  at: machineMemory.kernel + 0x1000,
  capacity: 0x1e0,
  stride: 128,
  i_ino: 0x00,
  /** u32 each. */
  dev_major: 0x08,
  dev_minor: 0x0c,
  /** Bytes of the file; 0 = unknown. */
  i_size: 0x10,
  /** u32. A value of fileKind. */
  kind: 0x18,
  /** u32. Bytes of the name (UTF-8), which follows. */
  name_length: 0x1c,
  name: 0x20,
  nameBytes: 80,
  /** Page cache: frame of its top node + 1, 0 = no page yet. */
  i_pages: 0x70,
} as const;

/** `absent`: pages for the clock of a hypervisor, which the machine does not have. */
export const fileKind = { regular: 1, special: 2, pfnmap: 3, sharedMemory: 4, absent: 5 } as const;

/** A process. Row `control.process` is the one that runs; the first process is row 0. u32 each. */
export const taskStruct = {
  at: machineMemory.kernel + 0x1_0000,
  stride: 64,
  capacity: 64,
  /** A value of taskState. */
  state: 0x00,
  pid: 0x04,
  /** Pid of the parent, 0 = nobody waits for it. */
  parent: 0x08,
  /** What wait(2) tells of a zombie: the exit status in bits 8 to 15, or the signal it died of. */
  exit_code: 0x0c,
  /** Linear offset of its mm_struct, 0 when it is given back. */
  mm: 0x10,
} as const;

export const taskState = { none: 0, running: 1, zombie: 2 } as const;

/** The first process's pid. */
export const FIRST_PID = 1000;

/** The mm_structs of the processes after the first, by their rows. */
const laterMms = { at: taskStruct.at + 0x1000, stride: 512 } as const;

/** Where the mm_struct of a row of the task table is. */
export function mmOfRow(row: number): number {
  return row === 0 ? mmStruct.at : laterMms.at + (row - 1) * laterMms.stride;
}

/** vm_area_struct, an object of the slab cache of that name. A free one has vm_mm 0. */
export const vmAreaStruct = {
  vm_start: 0x00,
  /** First address after. */
  vm_end: 0x08,
  /** The list in address order, before 6.1 only. */
  vm_next: 0x10,
  vm_prev: 0x18,
  /** The red-black tree, before 6.1 only. Links point to the vm_rb of another VMA; bit 0 of the first word is the colour, 1 = black. */
  vm_rb: 0x20,
  rb_parent_color: 0x20,
  rb_right: 0x28,
  rb_left: 0x30,
  /** Bytes of the largest gap below any VMA of this subtree. */
  rb_subtree_gap: 0x38,
  vm_mm: 0x40,
  vm_flags: 0x48,
  /** Low bits of a page-table entry that maps a page of this VMA with full rights. */
  vm_page_prot: 0x50,
  /** Its own anon_vma, 0 while no page was ever written. */
  anon_vma: 0x58,
  /** Offset in the file in pages; anonymous: address / 4096 when it was made or first touched. */
  vm_pgoff: 0x60,
  vm_file: 0x68,
  /** The first of the anon_vma_chains that lead to all anon_vmas its pages can belong to: its own, and those of the forks behind it. */
  anon_vma_chain: 0x70,
} as const;

/** anon_vma, an object of the slab cache of that name: what ties a page of a process's own to the mappings that may show it. */
export const anonVmaStruct = {
  /** That of the first mapping of its family; its own offset where that is itself. */
  root: 0x00,
  /** u32 each. References: one of its own, and of a root one more for each that descends from it. */
  refcount: 0x08,
  /** The anon_vma_chains that lead to it. */
  nr_links: 0x0c,
  /** anon_vmas whose parent it is: a root is its own. */
  num_children: 0x10,
  /** Mappings whose own it is. */
  num_active_vmas: 0x14,
  parent: 0x18,
} as const;

/** anon_vma_chain, an object of the slab cache of that name. */
export const anonVmaChainStruct = {
  vma: 0x00,
  anon_vma: 0x08,
  /** Of the same mapping; 0 ends the chain. */
  next: 0x10,
} as const;

/** Bits of vm_flags. include/linux/mm.h. */
export const vmFlag = {
  READ: 0x1,
  WRITE: 0x2,
  EXEC: 0x4,
  SHARED: 0x8,
  MAYREAD: 0x10,
  MAYWRITE: 0x20,
  MAYEXEC: 0x40,
  MAYSHARE: 0x80,
  GROWSDOWN: 0x100,
  PFNMAP: 0x400,
  LOCKED: 0x2000,
  IO: 0x4000,
  SEQ_READ: 0x8000,
  RAND_READ: 0x10000,
  DONTCOPY: 0x20000,
  DONTEXPAND: 0x40000,
  ACCOUNT: 0x100000,
  NORESERVE: 0x200000,
  WIPEONFORK: 0x2000000,
  DONTDUMP: 0x4000000,
  MIXEDMAP: 0x10000000,
  HUGEPAGE: 0x20000000,
  NOHUGEPAGE: 0x40000000,
} as const;

/** struct page of one frame, at machineMemory.pageDescriptors + pfn * 32. A free frame has refcount 0. */
export const pageDescriptor = {
  stride: 32,
  /** Frames there is room for, 4 GiB. More can be promised, but not all of it can be in use at once. */
  capacity: 0x10_0000,
  /** u32. Bits of pageFlag. */
  flags: 0x00,
  /** u32. Users: 1 for each mapping of a page, 1 for a page table; the shared zero and unknown frames hold 1 for the kernel. */
  refcount: 0x04,
  /** Virtual page number (address / 4096) of an anonymous page; slab: the first free object. */
  index: 0x08,
  /** List node, u32 each: linear offsets of the nodes after and before. Free blocks and slabs are on lists. */
  lru_next: 0x10,
  lru_prev: 0x14,
  /**
   * u32. First frame of a free block: its order. A slab: objects in use, and which cache (src/abi/slab.ts). Part of a huge page, or once of
   * one: the first frame of it + 1.
   */
  private: 0x18,
  /** u32. Which 4 KiB of machineMemory.frames hold its bytes; true while the frame is in use. */
  slot: 0x1c,
} as const;

export const pageFlag = {
  anon: 1,
  pageTable: 2,
  zero: 4,
  /** Contents of a file that is not simulated: reads as zero, means "unknown". */
  unknown: 8,
  sharedMemory: 16,
  /** A page of a file whose contents are known (the program's own). */
  file: 32,
  /** Was used and is free again: its old contents are still there until its slot is handed out. */
  free: 64,
  /** Belongs to a file's page cache: refcount is 1 + its mappings, and it stays when the last of them goes. */
  cached: 128,
  /** Written since it was read in. */
  dirty: 256,
  /** The kernel's own: nodes of page caches. */
  kernel: 512,
  /** First frame of a free block that is on the list of its order (PageBuddy). */
  buddy: 1024,
  /** Objects of a slab cache (src/abi/slab.ts). */
  slab: 2048,
  /** Anonymous and mapped by two processes since a fork: a write finds out whether it still is (PageAnonExclusive is clear). */
  maybeShared: 4096,
  /** Part of a huge page, or once of one: `private` says which. */
  hugePart: 8192,
} as const;

/**
 * Page-table entry, x86-64 (Intel SDM volume 3, 4-level paging; arch/x86/include/asm/pgtable_types.h). Frame number in bits 12…51.
 * NX is bit 63: bit 31 of the high half.
 */
export const pte = {
  PRESENT: 0x1,
  RW: 0x2,
  USER: 0x4,
  ACCESSED: 0x20,
  DIRTY: 0x40,
  /** In a PUD or PMD entry: it maps a page of 1 GiB or 2 MiB, and is the last of the walk (PS). */
  LARGE: 0x80,
  /** With PRESENT clear: the page is resident, its VMA PROT_NONE. */
  PROTNONE: 0x100,
  /** In an entry of the third level, one of the bits left to software: the 512 pages below are one huge page. */
  HUGE: 0x200,
  NX_HIGH: 0x8000_0000,
} as const;

/** [first, end) of the kernel structs that were ever used: what clearing a machine has to reach. `bytes`: linear memory. */
export function kernelRanges(bytes: Uint8Array): readonly (readonly [number, number])[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, machineMemory.pageDescriptors);
  const pages = Number(view.getBigUint64(zoneStruct.at + zoneStruct.first_deferred_pfn, true));
  return [
    [machineMemory.kernel, mmOfRow(taskStruct.capacity)],
    [machineMemory.pageDescriptors, machineMemory.pageDescriptors + pages * pageDescriptor.stride],
    [machineMemory.slotOwners, machineMemory.scratch],
  ];
}
