/**
 * Failed assertions of malloc, as they name themselves: function, expression and line of malloc.c, which old and new messages quote.
 * 2.12.1 prints the expression with its macros expanded. Source: malloc/malloc.c of every release.
 */
import { arenaAssertionRows } from "./glibc-arena-assertions";
import { type Release, releases } from "./glibc-features";

/** From this release on: the function and the expression. */
export type Wording = readonly [since: Release, fn: string, expression: string];

/** Wordings, oldest first, and the line for each of `releases`, 0 where the assertion is not there. */
export interface AssertionRow {
  /** Where it is, when that is not malloc.c. */
  readonly file?: "malloc.c" | "arena.c";
  readonly wordings: readonly Wording[];
  readonly lines: readonly number[];
}

// biome-ignore format: tables
export const assertionRows = {
  AssertOldTop: {
    wordings: [
      ["2.12.1", "sYSMALLOc", "(old_top == (((mbinptr) (((char *) &((av)->bins[((1) - 1) * 2])) - __builtin_offsetof (struct malloc_chunk, fd)))) && old_size == 0) || ((unsigned long) (old_size) >= (unsigned long)((((__builtin_offsetof (struct malloc_chunk, fd_nextsize))+((2 * (sizeof(size_t))) - 1)) & ~((2 * (sizeof(size_t))) - 1))) && ((old_top)->size & 0x1) && ((unsigned long)old_end & pagemask) == 0)"],
      ["2.23", "sysmalloc", "(old_top == initial_top (av) && old_size == 0) || ((unsigned long) (old_size) >= MINSIZE && prev_inuse (old_top) && ((unsigned long) old_end & (pagesize - 1)) == 0)"],
    ],
    lines: [3093, 2392, 2400, 2366, 2412, 2398, 2382, 2389, 2379, 2379, 2394, 2539, 2516, 2617, 2611, 2593, 2589, 2599, 2599, 2601, 2607, 2386],
  },
  AssertCorrection: {
    wordings: [
      ["2.12.1", "sYSMALLOc", "correction >= 0"],
      ["2.23", "sysmalloc", "correction >= 0"],
    ],
    lines: [3323, 2618, 2624, 2590, 2636, 2619, 2603, 2610, 2600, 2600, 2615, 2764, 2734, 2840, 2834, 2816, 2810, 2820, 2820, 2822, 2828, 2615],
  },
  AssertSysmallocAligned: {
    wordings: [
      ["2.12.1", "sYSMALLOc", "((unsigned long)((void*)((char*)(brk) + 2*(sizeof(size_t)))) & ((2 * (sizeof(size_t))) - 1)) == 0"],
      ["2.23", "sysmalloc", "((unsigned long) chunk2mem (brk) & MALLOC_ALIGN_MASK) == 0"],
      ["2.33", "sysmalloc", "((unsigned long) chunk2rawmem (brk) & MALLOC_ALIGN_MASK) == 0"],
      ["2.34", "sysmalloc", "((unsigned long) chunk2mem (brk) & MALLOC_ALIGN_MASK) == 0"],
    ],
    lines: [3350, 2650, 2656, 2622, 2668, 2651, 2635, 2642, 2632, 2632, 2647, 2796, 2759, 2867, 2861, 2843, 2837, 2847, 2847, 2849, 2855, 2642],
  },
  AssertMunmapMmapped: {
    wordings: [
      ["2.12.1", "munmap_chunk", "((p)->size & 0x2)"],
      ["2.23", "munmap_chunk", "chunk_is_mmapped (p)"],
    ],
    lines: [3525, 2832, 2838, 2803, 2849, 2831, 2815, 2823, 2813, 2813, 2828, 2978, 2937, 3048, 3042, 3024, 3018, 3028, 3028, 3030, 3036, 2820],
  },
  AssertMunmapWorked: {
    wordings: [
      ["2.12.1", "munmap_chunk", "ret == 0"],
    ],
    lines: [3551, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertTcachePutIndex: {
    wordings: [
      ["2.26", "tcache_put", "tc_idx < TCACHE_MAX_BINS"],
    ],
    lines: [0, 0, 0, 0, 2952, 2929, 2913, 2931, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertTcacheGetIndex: {
    wordings: [
      ["2.26", "tcache_get", "tc_idx < TCACHE_MAX_BINS"],
    ],
    lines: [0, 0, 0, 0, 2964, 2941, 2925, 2948, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertTcacheGetEntry: {
    wordings: [
      ["2.26", "tcache_get", "tcache->entries[tc_idx] > 0"],
    ],
    lines: [0, 0, 0, 0, 2965, 2942, 2926, 2949, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertMremapOffset: {
    wordings: [
      ["2.12.1", "mremap_chunk", "(p->prev_size == offset)"],
      ["2.25", "mremap_chunk", "prev_size (p) == offset"],
    ],
    lines: [3592, 2888, 2899, 2864, 2910, 2887, 2871, 2887, 2877, 2877, 2892, 3042, 2996, 3109, 3103, 3085, 3079, 3089, 3089, 3091, 3097, 0],
  },
  AssertMremapSize: {
    wordings: [
      ["2.12.1", "mremap_chunk", "((size + offset) & (mp_.pagesize-1)) == 0"],
      ["2.23", "mremap_chunk", "((size + offset) & (GLRO (dl_pagesize) - 1)) == 0"],
    ],
    lines: [3574, 2869, 2880, 2845, 2891, 2868, 2852, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertMallocArena: {
    wordings: [
      ["2.12.1", "__libc_malloc", "!victim || ((((mchunkptr)((char*)(victim) - 2*(sizeof(size_t)))))->size & 0x2) || ar_ptr == (((((mchunkptr)((char*)(victim) - 2*(sizeof(size_t)))))->size & 0x4) ? ((heap_info *)((unsigned long)(((mchunkptr)((char*)(victim) - 2*(sizeof(size_t))))) & ~(HEAP_MAX_SIZE-1)))->ar_ptr : &main_arena)"],
      ["2.23", "__libc_malloc", "!victim || chunk_is_mmapped (mem2chunk (victim)) || ar_ptr == arena_for_chunk (mem2chunk (victim))"],
      ["2.42", "__libc_malloc2", "!victim || chunk_is_mmapped (mem2chunk (victim)) || ar_ptr == arena_for_chunk (mem2chunk (victim))"],
    ],
    lines: [3682, 2927, 2938, 2903, 3084, 3078, 3062, 3086, 3079, 3079, 3099, 3252, 3231, 3344, 3338, 3320, 3339, 3351, 3351, 3429, 3458, 3294],
  },
  AssertMallocMain: {
    wordings: [
      ["2.27", "__libc_malloc", "!victim || chunk_is_mmapped (mem2chunk (victim)) || &main_arena == arena_for_chunk (mem2chunk (victim))"],
      ["2.42", "__libc_malloc2", "!victim || chunk_is_mmapped (mem2chunk (victim)) || &main_arena == arena_for_chunk (mem2chunk (victim))"],
    ],
    lines: [0, 0, 0, 0, 0, 3058, 3042, 3066, 3059, 3059, 3079, 3230, 3209, 3322, 3316, 3298, 3317, 3329, 3329, 3407, 3436, 3272],
  },
  AssertReallocArena: {
    wordings: [
      ["2.12.1", "__libc_realloc", "!newp || ((((mchunkptr)((char*)(newp) - 2*(sizeof(size_t)))))->size & 0x2) || ar_ptr == (((((mchunkptr)((char*)(newp) - 2*(sizeof(size_t)))))->size & 0x4) ? ((heap_info *)((unsigned long)(((mchunkptr)((char*)(newp) - 2*(sizeof(size_t))))) & ~(HEAP_MAX_SIZE-1)))->ar_ptr : &main_arena)"],
      ["2.23", "__libc_realloc", "!newp || chunk_is_mmapped (mem2chunk (newp)) || ar_ptr == arena_for_chunk (mem2chunk (newp))"],
    ],
    lines: [3824, 3049, 3083, 3048, 3234, 3233, 3217, 3241, 3238, 3238, 3258, 3439, 3384, 3497, 3492, 3482, 3508, 3520, 3520, 3598, 3669, 3501],
  },
  AssertReallocMain: {
    wordings: [
      ["2.27", "__libc_realloc", "!newp || chunk_is_mmapped (mem2chunk (newp)) || ar_ptr == arena_for_chunk (mem2chunk (newp))"],
    ],
    lines: [0, 0, 0, 0, 0, 3222, 3206, 3230, 3227, 3227, 3247, 3428, 3373, 3486, 3481, 3471, 3497, 3509, 3509, 3587, 3658, 3490],
  },
  AssertMemalignArena: {
    wordings: [
      ["2.12.1", "__libc_memalign", "!p || ((((mchunkptr)((char*)(p) - 2*(sizeof(size_t)))))->size & 0x2) || ar_ptr == (((((mchunkptr)((char*)(p) - 2*(sizeof(size_t)))))->size & 0x4) ? ((heap_info *)((unsigned long)(((mchunkptr)((char*)(p) - 2*(sizeof(size_t))))) & ~(HEAP_MAX_SIZE-1)))->ar_ptr : &main_arena)"],
      ["2.23", "_mid_memalign", "!p || chunk_is_mmapped (mem2chunk (p)) || ar_ptr == arena_for_chunk (mem2chunk (p))"],
    ],
    lines: [3903, 3132, 3166, 3131, 3317, 3325, 3309, 3333, 3323, 3323, 3343, 3523, 3468, 3581, 3576, 3566, 3647, 3659, 3659, 3735, 3780, 3633],
  },
  AssertMemalignMain: {
    wordings: [
      ["2.27", "_mid_memalign", "!p || chunk_is_mmapped (mem2chunk (p)) || &main_arena == arena_for_chunk (mem2chunk (p))"],
    ],
    lines: [0, 0, 0, 0, 0, 3306, 3290, 3314, 3304, 3304, 3324, 3505, 3450, 3563, 3558, 3548, 3629, 3641, 3641, 3717, 3762, 3615],
  },
  AssertVallocArena: {
    wordings: [
      ["2.12.1", "__libc_valloc", "!p || ((((mchunkptr)((char*)(p) - 2*(sizeof(size_t)))))->size & 0x2) || ar_ptr == (((((mchunkptr)((char*)(p) - 2*(sizeof(size_t)))))->size & 0x4) ? ((heap_info *)((unsigned long)(((mchunkptr)((char*)(p) - 2*(sizeof(size_t))))) & ~(HEAP_MAX_SIZE-1)))->ar_ptr : &main_arena)"],
    ],
    lines: [3951, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertPvallocArena: {
    wordings: [
      ["2.12.1", "__libc_pvalloc", "!p || ((((mchunkptr)((char*)(p) - 2*(sizeof(size_t)))))->size & 0x2) || ar_ptr == (((((mchunkptr)((char*)(p) - 2*(sizeof(size_t)))))->size & 0x4) ? ((heap_info *)((unsigned long)(((mchunkptr)((char*)(p) - 2*(sizeof(size_t))))) & ~(HEAP_MAX_SIZE-1)))->ar_ptr : &main_arena)"],
    ],
    lines: [3998, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertCallocArena: {
    wordings: [
      ["2.12.1", "__libc_calloc", "!mem || ((((mchunkptr)((char*)(mem) - 2*(sizeof(size_t)))))->size & 0x2) || av == (((((mchunkptr)((char*)(mem) - 2*(sizeof(size_t)))))->size & 0x4) ? ((heap_info *)((unsigned long)(((mchunkptr)((char*)(mem) - 2*(sizeof(size_t))))) & ~(HEAP_MAX_SIZE-1)))->ar_ptr : &main_arena)"],
      ["2.23", "__libc_calloc", "!mem || chunk_is_mmapped (mem2chunk (mem)) || av == arena_for_chunk (mem2chunk (mem))"],
      ["2.42", "__libc_calloc2", "!mem || chunk_is_mmapped (mem2chunk (mem)) || av == arena_for_chunk (mem2chunk (mem))"],
    ],
    lines: [4070, 3240, 3274, 3239, 3427, 3438, 3422, 3446, 3430, 3430, 3450, 3639, 3568, 3681, 3676, 3666, 3744, 3756, 3756, 3846, 3851, 3704],
  },
  AssertCallocClears: {
    wordings: [
      ["2.12.1", "__libc_calloc", "nclears >= 3"],
    ],
    lines: [4120, 3284, 3318, 3283, 3471, 3485, 3469, 3493, 3477, 3477, 3497, 3691, 3621, 3734, 3729, 3719, 3797, 3809, 3809, 0, 0, 0],
  },
  AssertLargeBackMain: {
    wordings: [
      ["2.12.1", "_int_malloc", "(bck->bk->size & 0x4) == 0"],
      ["2.23", "_int_malloc", "(bck->bk->size & NON_MAIN_ARENA) == 0"],
      ["2.25", "_int_malloc", "chunk_main_arena (bck->bk)"],
    ],
    lines: [4471, 3552, 3586, 3552, 3819, 3830, 3816, 3851, 3839, 3839, 3867, 4062, 3992, 4105, 4101, 4091, 4167, 4179, 4179, 4237, 4297, 4059],
  },
  AssertLargeForwardMain: {
    wordings: [
      ["2.12.1", "_int_malloc", "(fwd->size & 0x4) == 0"],
      ["2.23", "_int_malloc", "(fwd->size & NON_MAIN_ARENA) == 0"],
      ["2.25", "_int_malloc", "chunk_main_arena (fwd)"],
    ],
    lines: [4481, 3564, 3598, 3565, 3832, 3843, 3829, 3864, 3852, 3852, 3880, 4075, 4005, 4118, 4114, 4104, 4180, 4192, 4192, 4250, 4313, 4075],
  },
  AssertLargeForwardMainNext: {
    wordings: [
      ["2.12.1", "_int_malloc", "(fwd->size & 0x4) == 0"],
      ["2.23", "_int_malloc", "(fwd->size & NON_MAIN_ARENA) == 0"],
      ["2.25", "_int_malloc", "chunk_main_arena (fwd)"],
    ],
    lines: [4485, 3568, 3602, 3569, 3836, 3847, 3833, 3868, 3856, 3856, 3884, 4079, 4009, 4122, 4118, 4108, 4184, 4196, 4196, 4254, 4317, 4079],
  },
  AssertBinFits: {
    wordings: [
      ["2.12.1", "_int_malloc", "(unsigned long)(size) >= (unsigned long)(nb)"],
      ["2.23", "_int_malloc", "(unsigned long) (size) >= (unsigned long) (nb)"],
    ],
    lines: [4631, 3723, 3757, 3728, 4015, 4023, 4009, 4044, 4036, 4036, 4064, 4259, 4189, 4302, 4298, 4288, 4364, 4376, 4376, 4434, 4497, 4259],
  },
  AssertReallocFits: {
    wordings: [
      ["2.12.1", "_int_realloc", "(unsigned long)(newsize) >= (unsigned long)(nb)"],
      ["2.23", "_int_realloc", "(unsigned long) (newsize) >= (unsigned long) (nb)"],
    ],
    lines: [5351, 4368, 4402, 4374, 4675, 4633, 4619, 4635, 4627, 4627, 4664, 4866, 4796, 4909, 4905, 4896, 4972, 5006, 5006, 5063, 5109, 4669],
  },
  AssertReallocCopies: {
    wordings: [
      ["2.12.1", "_int_realloc", "ncopies >= 3"],
    ],
    lines: [5315, 4332, 4366, 4338, 4639, 4597, 4583, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertMemalignFits: {
    wordings: [
      ["2.12.1", "_int_memalign", "newsize >= nb && (((unsigned long)(((void*)((char*)(p) + 2*(sizeof(size_t)))))) % alignment) == 0"],
      ["2.23", "_int_memalign", "newsize >= nb && (((unsigned long) (chunk2mem (p))) % alignment) == 0"],
      ["2.33", "_int_memalign", "newsize >= nb && (((unsigned long) (chunk2rawmem (p))) % alignment) == 0"],
      ["2.34", "_int_memalign", "newsize >= nb && (((unsigned long) (chunk2mem (p))) % alignment) == 0"],
    ],
    lines: [5536, 4463, 4497, 4469, 4770, 4735, 4721, 4737, 4725, 4725, 4762, 4966, 4896, 5009, 5006, 4997, 5227, 5108, 5108, 5165, 5211, 0],
  },
  AssertTrimEnd: {
    wordings: [
      ["2.12.1", "mTRIm", "(char *) p + size > paligned_mem"],
      ["2.23", "mtrim", "(char *) p + size > paligned_mem"],
    ],
    lines: [5862, 4523, 4557, 4529, 4830, 4791, 4777, 4793, 4781, 4781, 4818, 5023, 4953, 5066, 5063, 5054, 5284, 5177, 5177, 5234, 5280, 4797],
  },
  AssertSmallRange: {
    wordings: [
      ["2.12.1", "_int_malloc", "((unsigned long)(nb) < (unsigned long)(64 * (2 * (sizeof(size_t)))))"],
    ],
    lines: [4737, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertNoFastchunks: {
    wordings: [
      ["2.12.1", "sYSMALLOc", "!(((av)->flags & (1U)) == 0)"],
    ],
    lines: [3103, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkLargeBinForward: {
    wordings: [
      ["2.12.1", "_int_malloc", "victim->fd_nextsize->bk_nextsize == victim"],
    ],
    lines: [4538, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkLargeBinBackward: {
    wordings: [
      ["2.12.1", "_int_malloc", "victim->bk_nextsize->fd_nextsize == victim"],
    ],
    lines: [4538, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkBinmapForward: {
    wordings: [
      ["2.12.1", "_int_malloc", "victim->fd_nextsize->bk_nextsize == victim"],
    ],
    lines: [4636, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkBinmapBackward: {
    wordings: [
      ["2.12.1", "_int_malloc", "victim->bk_nextsize->fd_nextsize == victim"],
    ],
    lines: [4636, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkFreeBackForward: {
    wordings: [
      ["2.12.1", "_int_free", "p->fd_nextsize->bk_nextsize == p"],
    ],
    lines: [4964, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkFreeBackBackward: {
    wordings: [
      ["2.12.1", "_int_free", "p->bk_nextsize->fd_nextsize == p"],
    ],
    lines: [4964, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkFreeNextForward: {
    wordings: [
      ["2.12.1", "_int_free", "nextchunk->fd_nextsize->bk_nextsize == nextchunk"],
    ],
    lines: [4973, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkFreeNextBackward: {
    wordings: [
      ["2.12.1", "_int_free", "nextchunk->bk_nextsize->fd_nextsize == nextchunk"],
    ],
    lines: [4973, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkConsolidateBackForward: {
    wordings: [
      ["2.12.1", "malloc_consolidate", "p->fd_nextsize->bk_nextsize == p"],
    ],
    lines: [5161, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkConsolidateBackBackward: {
    wordings: [
      ["2.12.1", "malloc_consolidate", "p->bk_nextsize->fd_nextsize == p"],
    ],
    lines: [5161, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkConsolidateNextForward: {
    wordings: [
      ["2.12.1", "malloc_consolidate", "nextchunk->fd_nextsize->bk_nextsize == nextchunk"],
    ],
    lines: [5169, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkConsolidateNextBackward: {
    wordings: [
      ["2.12.1", "malloc_consolidate", "nextchunk->bk_nextsize->fd_nextsize == nextchunk"],
    ],
    lines: [5169, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkReallocForward: {
    wordings: [
      ["2.12.1", "_int_realloc", "next->fd_nextsize->bk_nextsize == next"],
    ],
    lines: [5285, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  AssertUnlinkReallocBackward: {
    wordings: [
      ["2.12.1", "_int_realloc", "next->bk_nextsize->fd_nextsize == next"],
    ],
    lines: [5285, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  ...arenaAssertionRows,
} as const satisfies Record<string, AssertionRow>;

export type AssertionName = keyof typeof assertionRows;

export interface Assertion {
  readonly fn: string;
  readonly expression: string;
  readonly file: "malloc.c" | "arena.c";
  /** Line of the file; 0 when this release does not have the assertion. */
  readonly line: number;
}

/** How an assertion reads in a release; in one that does not have it, as in the nearest older one. */
export function assertionIn(name: AssertionName, release: Release): Assertion {
  const { wordings, lines, file = "malloc.c" }: AssertionRow = assertionRows[name];
  const at = releases.indexOf(release);
  const [, fn = "", expression = ""] = wordings.findLast(([since]) => releases.indexOf(since) <= at) ?? wordings[0] ?? [];
  return { fn, expression, file, line: lines[at] ?? 0 };
}
