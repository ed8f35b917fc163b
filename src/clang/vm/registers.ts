/**
 * Registers in linear memory, in 32-bit words from the start of the C machine's region; the slots follow, then the other threads
 * (src/clang/vm/threads.ts).
 *
 *   0  magic      1  pc        2  steps not yet spent     3  status     6  exit code
 *   8  frame pointer (f64)    10  stack pointer (f64)
 *  12  statement  13 1 = goes on inside it, to be announced   14 thread   15 threads made (0: only main, no record)
 *  16  statements left of the turn   17 next turn of the list   18 dice   19 waits so far      32… slots, 8 bytes each
 */
export const REG = {
  magic: 0,
  pc: 1,
  steps: 2,
  status: 3,
  exitCode: 6,
  frame: 4,
  stack: 5,
  statement: 12,
  announcing: 13,
  thread: 14,
  threadCount: 15,
  turnLeft: 16,
  turnIndex: 17,
  random: 18,
  waits: 19,
} as const;
export const MAGIC = 0x43_4d_31_00;
export const SLOT_BASE = 16;

/** Values of turnLeft that are no number of statements: a turn without an end, and one that ends inside the next allocator call. */
export const turn = { endless: -1, untilMalloc: -2 } as const;
