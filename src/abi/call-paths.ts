/** Which of the allocator's functions its calls run through (malloc/malloc.c, malloc/arena.c). */
import type { AllocatorFunction } from "./marks";

/** How a thread comes by an arena, and an arena by memory. */
const arenaPath = ["arena_get", "arena_get2", "_int_new_arena", "new_heap", "reused_arena"] as const;
const growPath = ["sysmalloc", "sysmalloc_mmap", "grow_heap", "new_heap", "arena_get_retry"] as const;

const mallocPath = [
  "ptmalloc_init",
  "__libc_malloc",
  "tcache_init",
  ...arenaPath,
  "_int_malloc",
  "malloc_consolidate",
  ...growPath,
] as const;
const freePath = [
  "__libc_free",
  "tcache_init",
  "_int_free",
  "_int_free_maybe_consolidate",
  "malloc_consolidate",
  "systrim",
  "heap_trim",
  "munmap_chunk",
] as const;
const memalignPath = [
  "ptmalloc_init",
  "_mid_memalign",
  ...arenaPath,
  "_int_memalign",
  "_int_malloc",
  "malloc_consolidate",
  ...growPath,
  "_int_free",
  "_int_free_maybe_consolidate",
] as const;

/** Which functions a call can run through, in the order in which it may reach them. */
export const callPaths = {
  malloc: mallocPath,
  free: freePath,
  calloc: ["__libc_calloc", "ptmalloc_init", "tcache_init", ...arenaPath, "_int_malloc", "malloc_consolidate", ...growPath],
  realloc: [
    "ptmalloc_init",
    "__libc_realloc",
    "_int_realloc",
    "mremap_chunk",
    "_int_malloc",
    "malloc_consolidate",
    ...growPath,
    "_int_free",
    "_int_free_maybe_consolidate",
    "munmap_chunk",
  ],
  memalign: memalignPath,
  aligned_alloc: ["aligned_alloc", ...memalignPath],
  posix_memalign: ["__posix_memalign", ...memalignPath],
  valloc: memalignPath,
  pvalloc: ["__libc_pvalloc", ...memalignPath],
  malloc_usable_size: ["musable"],
  mallopt: ["ptmalloc_init", "__libc_mallopt", "malloc_consolidate"],
  malloc_trim: ["ptmalloc_init", "malloc_consolidate", "mtrim", "systrim"],
  mallinfo: ["ptmalloc_init", "int_mallinfo"],
  mallinfo2: ["ptmalloc_init", "int_mallinfo"],
  malloc_stats: ["ptmalloc_init", "int_mallinfo"],
  malloc_info: ["ptmalloc_init", "__malloc_info"],
  thread_exit: ["tcache_thread_shutdown", ...freePath, "__malloc_arena_thread_freeres"],
  fork_lock_parent: ["__malloc_fork_lock_parent"],
  fork_unlock_parent: ["__malloc_fork_unlock_parent"],
  fork_unlock_child: ["__malloc_fork_unlock_child"],
} as const satisfies Readonly<Record<string, readonly AllocatorFunction[]>>;
