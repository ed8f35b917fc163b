/** Ids of allocator calls, as in opBegin and opEnd records. Order is fixed: append only. */
export const apiNames = [
  "none",
  "malloc",
  "free",
  "calloc",
  "realloc",
  "memalign",
  "aligned_alloc",
  "posix_memalign",
  "valloc",
  "pvalloc",
  "malloc_usable_size",
  "mallopt",
  "malloc_trim",
  "mallinfo2",
  "malloc_stats",
  "malloc_info",
  "sbrk",
  "mallinfo",
  "thread_exit",
  // malloc's part of fork: in the parent before it and after it, in the child.
  "fork_lock_parent",
  "fork_unlock_parent",
  "fork_unlock_child",
] as const;
export type ApiName = (typeof apiNames)[number];

/** Ids of kernel work, as in syscallBegin and syscallEnd records. Order is fixed: append only. */
export const kernelCallNames = [
  "none",
  "page_fault",
  "brk",
  "mmap",
  "munmap",
  "mremap",
  "mprotect",
  "madvise",
  "exit",
  "signal",
  "oom_kill",
  "fork",
  "wait4",
  "execve",
  // Not the kernel's: what the loader does in user space before main.
  "ld_so",
] as const;
export type KernelCallName = (typeof kernelCallNames)[number];
