/** Failed assertions about arenas and their heaps, most of them in malloc/arena.c; the table's shape is that of glibc-assertions.ts. */
import type { AssertionRow } from "./glibc-assertions";

// biome-ignore format: tables
export const arenaAssertionRows = {
  AssertHeapArena: {
    wordings: [
      ["2.12.1", "_int_free", "heap->ar_ptr == av"],
      ["2.39", "_int_free_maybe_consolidate", "heap->ar_ptr == av"],
      ["2.43", "_int_free_maybe_trim", "heap->ar_ptr == av"],
    ],
    lines: [5047, 4089, 4123, 4095, 4396, 4375, 4361, 4421, 4413, 4413, 4446, 4644, 4574, 4687, 4683, 4673, 4749, 4794, 4794, 4851, 4897, 4564],
  },
  AssertHeapFence: {
    file: "arena.c",
    wordings: [
      ["2.12.1", "heap_trim", "p->size == (0|0x1)"],
      ["2.23", "heap_trim", "p->size == (0 | PREV_INUSE)"],
      ["2.25", "heap_trim", "chunksize_nomask (p) == (0 | PREV_INUSE)"],
    ],
    lines: [858, 698, 563, 617, 628, 612, 612, 612, 611, 613, 613, 663, 605, 659, 659, 656, 542, 553, 553, 553, 537, 543],
  },
  AssertHeapFenceSize: {
    file: "arena.c",
    wordings: [
      ["2.12.1", "heap_trim", "new_size>0 && new_size<(long)(2*(unsigned long)((((__builtin_offsetof (struct malloc_chunk, fd_nextsize))+((2 * (sizeof(size_t))) - 1)) & ~((2 * (sizeof(size_t))) - 1))))"],
      ["2.23", "heap_trim", "new_size > 0 && new_size < (long) (2 * MINSIZE)"],
    ],
    lines: [861, 701, 566, 620, 631, 615, 615, 615, 614, 616, 616, 666, 608, 662, 662, 659, 545, 556, 556, 556, 540, 546],
  },
  AssertHeapTopSize: {
    file: "arena.c",
    wordings: [
      ["2.12.1", "heap_trim", "new_size>0 && new_size<(2*(4*1024*1024*sizeof(long)))"],
      ["2.23", "heap_trim", "new_size > 0 && new_size < HEAP_MAX_SIZE"],
      ["2.35", "heap_trim", "new_size > 0 && new_size < max_size"],
    ],
    lines: [864, 704, 569, 623, 634, 618, 618, 618, 617, 619, 619, 669, 611, 665, 665, 662, 548, 559, 559, 559, 543, 549],
  },
  AssertHeapTopPage: {
    file: "arena.c",
    wordings: [
      ["2.12.1", "heap_trim", "((unsigned long)((char*)p + new_size) & (pagesz-1)) == 0"],
      ["2.23", "heap_trim", "((unsigned long) ((char *) p + new_size) & (pagesz - 1)) == 0"],
      ["2.35", "heap_trim", "((unsigned long) ((char *) p + new_size) & (heap->pagesize - 1)) == 0"],
    ],
    lines: [875, 717, 581, 635, 646, 630, 630, 630, 629, 631, 631, 681, 623, 680, 680, 677, 563, 574, 574, 574, 558, 564],
  },
  AssertHeapTopEnd: {
    file: "arena.c",
    wordings: [
      ["2.12.1", "heap_trim", "((char*)p + new_size) == ((char*)heap + heap->size)"],
      ["2.23", "heap_trim", "((char *) p + new_size) == ((char *) heap + heap->size)"],
    ],
    lines: [876, 718, 582, 636, 647, 631, 631, 631, 630, 632, 632, 682, 624, 682, 682, 679, 565, 576, 576, 576, 560, 566],
  },
  AssertDetachAttached: {
    file: "arena.c",
    wordings: [
      ["2.23", "detach_arena", "replaced_arena->attached_threads > 0"],
    ],
    lines: [0, 763, 626, 680, 691, 675, 675, 675, 674, 676, 676, 726, 669, 727, 727, 724, 610, 621, 621, 621, 605, 611],
  },
  AssertFreeListAttached: {
    file: "arena.c",
    wordings: [
      ["2.25", "get_free_list", "result->attached_threads == 0"],
    ],
    lines: [0, 0, 0, 774, 785, 769, 769, 769, 768, 770, 770, 820, 763, 821, 821, 818, 704, 715, 715, 715, 699, 705],
  },
  AssertFreeListMember: {
    file: "arena.c",
    wordings: [
      ["2.25", "remove_from_free_list", "p->attached_threads == 0"],
    ],
    lines: [0, 0, 0, 800, 811, 795, 795, 795, 794, 796, 796, 846, 789, 847, 847, 844, 730, 741, 741, 741, 725, 731],
  },
  AssertThreadAttached: {
    file: "arena.c",
    wordings: [
      ["2.23", "arena_thread_freeres", "a->attached_threads > 0"],
      ["2.28", "__malloc_arena_thread_freeres", "a->attached_threads > 0"],
    ],
    lines: [0, 1031, 892, 977, 988, 960, 960, 960, 959, 961, 961, 1011, 955, 1013, 1013, 1010, 896, 907, 907, 907, 891, 896],
  },
  AssertUnlinkHeapTrimForward: {
    file: "arena.c",
    wordings: [["2.12.1", "heap_trim", "p->fd_nextsize->bk_nextsize == p"]],
    lines: [873, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkHeapTrimBackward: {
    file: "arena.c",
    wordings: [["2.12.1", "heap_trim", "p->bk_nextsize->fd_nextsize == p"]],
    lines: [873, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
} as const satisfies Record<string, AssertionRow>;
