/**
 * The journal: every change to simulated state as an invertible record, between step markers. A ring of 24-byte records:
 *
 *    0        1      2         4            8                16               24
 *    ├────────┼──────┼─────────┼────────────┼────────────────┼────────────────┤
 *    │ kind u8│ size │ id u16  │ where u32  │ before / a u64 │ after / b u64  │
 *    └────────┴──────┴─────────┴────────────┴────────────────┴────────────────┘
 *
 * A write holds `size` (1, 2, 4 or 8) bytes at linear-memory offset `where`: `before` to undo it, `after` to do it; a write never
 * straddles a page. A marker holds an id and its live operands a, b (and `where` as a third, 32-bit operand); it changes nothing.
 *
 * Record n sits in slot n % capacity. Record indices are absolute for the whole run and are the unit of time ("step index"):
 * cursor c means records [0, c) are applied.
 *
 * Nesting, coarse to fine, as the four step levels see it:
 *
 *   statement ── opBegin ── phase ── line ── write
 *                   └ syscallBegin … syscallEnd (page fault, brk, mmap, …)      opEnd
 */
export const RECORD_BYTES = 24;

export const recordKind = {
  write: 1,
  /** A line of the algorithm: id = marker id (src/abi/marks.ts; the kernel's: kernel-marks.ts), a and b its operands. */
  line: 2,
  /** A phase of an allocator or kernel call: id = marker id. */
  phase: 3,
  /** Allocator call begins: id = api id (src/abi/api.ts), a, b = arguments; where = low half of a third argument. */
  opBegin: 4,
  /** Allocator call ends: id = api id, a = result, b = errno (0 when untouched). */
  opEnd: 5,
  /** A C statement is about to run: id = 0, where = statement id, a = frame pointer, b = stack pointer. */
  statement: 6,
  /** The kernel begins work: id = kernel call id (src/abi/api.ts), a, b = arguments. */
  syscallBegin: 7,
  /** The kernel is done: id likewise, a = result, b = errno. */
  syscallEnd: 8,
  /** A C function is entered (id = 1) or left (id = 2): where = function id, a = frame pointer. */
  frame: 9,
  /** Program output: id = file descriptor, where = offset in the run's output text, a = length in bytes. */
  output: 10,
  /** Name of a structure being touched for readers, no effect. Reserved. */
  note: 11,
  /** Another thread runs from here on: where = its number, a = the number of the thread before. */
  thread: 12,
  /**
   * The simulation's own, no step: the page of linear memory at `where` is zeroed, and held what the page at a holds (so that one record can
   * bring it back).
   */
  emptied: 13,
} as const;
/** The id of a write by which the simulation puts its own things in order; other writes have 0. No step of the process: steps pass over it. */
export const TIDY_WRITE = 1;
export type RecordKind = (typeof recordKind)[keyof typeof recordKind];
