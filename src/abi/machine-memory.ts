/**
 * The one shared memory ("linear memory"): where everything lives. All numbers are byte offsets into it.
 *
 *   0x0000_0000  engine statics            AssemblyScript's own data; the build fails if they outgrow it
 *   0x0001_0000  control block             src/abi/control.ts
 *   0x0001_1000  profile block             struct offsets and feature answers of the glibc at hand, filled by the host
 *   0x0001_2000  translation cache         derived from the page tables, never journalled, flushed by the kernel
 *   0x0002_4000  messages                  what this glibc says before it aborts, filled by the host (src/abi/messages.ts)
 *   0x0004_0000  C machine                 registers and evaluation stack of the C interpreter; checkpointed, not journalled
 *   0x0010_0000  kernel structs            mm_struct, zone, kmem_caches, files (src/abi/kernel.ts); journalled
 *   0x0180_0000  page descriptors          32 bytes a frame of the simulated RAM (struct page); journalled
 *   0x0380_0000  slot owners               4 bytes a slot: the frame whose bytes it holds, plus 1; 0 = none; journalled
 *   0x0388_0000  scratch                   argument and result blocks, recorded traces; never part of the state
 *   0x0440_0000  journal                   a ring of 24-byte records, src/abi/journal.ts
 *   0x0C40_0000  slots                     4 KiB each, up to the end of memory: the bytes of the frames that are in use
 *
 * The simulated machine's RAM may be larger than this memory: a frame gets a slot when it is handed out. Page tables and struct pages speak
 * of frames (pfn); pageDescriptor.slot leads to the bytes. When no slot is free, frames with equal bytes share one: its owner is then
 * SHARED_SLOT + the number of those frames, and nothing is written to it.
 */
export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

export const machineMemory = {
  control: 0x0001_0000,
  profile: 0x0001_1000,
  translationCache: 0x0001_2000,
  messages: 0x0002_4000,
  cMachine: 0x0004_0000,
  kernel: 0x0010_0000,
  pageDescriptors: 0x0180_0000,
  slotOwners: 0x0380_0000,
  scratch: 0x0388_0000,
  journal: 0x0440_0000,
  frames: 0x0c40_0000,
} as const;

/** Bytes of linear memory, reserved up front because growing a shared memory invalidates views. Untouched pages cost nothing. */
export const MEMORY_BYTES = 0x21c0_0000; // 540 MiB, 344 of them slots
/** Smaller machine for hosts that refuse the full reservation (phones): same layout, fewer frames. */
export const MEMORY_BYTES_SMALL = 0x11c0_0000; // 284 MiB, 88 of them slots

/** Slots at the start kept for [heap]: the bytes of heap page k go to slot k, so that the heap is one contiguous run (fast translation). */
export const HEAP_WINDOW_SLOTS = 0x4000; // 64 MiB

/** The bit of a slot's owner that says it is shared. */
export const SHARED_SLOT = 0x8000_0000;
