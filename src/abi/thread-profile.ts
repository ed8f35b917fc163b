/**
 * The part of the profile block that threads and arenas need: continues src/abi/profile.ts, offsets from machineMemory.profile. Addresses
 * are u64, everything else u32.
 */
export const threadProfile = {
  /** Start of libc's thread-local block of the main thread; other threads' variables are as far from theirs. */
  libcTls: 0x300,
  /** glibc's variables beside main_arena: number of arenas, arenas without a thread, where the next heap may be aligned at once. */
  narenas: 0x308,
  freeList: 0x310,
  alignedHeapArea: 0x318,
  /** Two static variables inside functions: arena_get2's narenas_limit, reused_arena's next_to_use. */
  arenaLimit: 0x320,
  nextToUse: 0x328,
  /** Where the arena of the thread that forks is kept meanwhile (glibc 2.23 and before). */
  saveArena: 0x338,
  /** Processors of the machine. */
  cores: 0x330,
} as const;
export type ThreadProfileField = keyof typeof threadProfile;

/** Bytes that `threadProfileBytes` writes, from `threadProfile.libcTls` on. */
const START = threadProfile.libcTls;
const END = 0x340;

/** Where a process has these, and how many processors it sees. */
export type ThreadPlace = Readonly<Record<ThreadProfileField, number>>;

/** The bytes at threadProfile.libcTls. */
export function threadProfileBytes(place: ThreadPlace): Uint8Array {
  const bytes = new Uint8Array(END - START);
  const view = new DataView(bytes.buffer);
  const { cores, ...addresses } = place;
  for (const [field, value] of Object.entries(addresses) as [ThreadProfileField, number][])
    view.setBigUint64(threadProfile[field] - START, BigInt(value), true);
  view.setUint32(threadProfile.cores - START, cores, true);
  return bytes;
}
