/**
 * The control block: how host, engine, kernel and time travel see each other's state. Offsets from machineMemory.control.
 * u32 unless named otherwise. Everything here that belongs to the simulated process's state is journalled by its writer
 * (marked J); the rest is bookkeeping of the simulation itself.
 */
export const control = {
  /** Sequence counter (Atomics). Odd while the worker writes; a reader retries when it was odd or has changed. */
  sequence: 0x00,
  /** Set to 1 by the main thread (Atomics) to stop a run; polled by engine and interpreter. */
  cancel: 0x04,
  /** Bit 0: journal writes. Bit 1: journal phases, lines and kernel markers. Either: where calls begin and end. 0 = run at full speed. */
  tracing: 0x08,
  /** Total records ever written; the next record's index. */
  journalHead: 0x10,
  /** Index of the oldest record still in the ring. */
  journalTail: 0x14,
  /** Records applied to memory: memory shows the state after records [0, cursor). Equals journalHead while running. */
  journalCursor: 0x18,
  /** Ring capacity in records. */
  journalCapacity: 0x1c,
  /** Engine steps done (C instructions + markers); the run stops with Stop.Budget when it reaches the budget. u64 each. */
  steps: 0x20,
  budget: 0x28,

  /** How the process or the run stopped: a code of `stop`; 0 while running. J */
  stop: 0x30,
  /** Message id (src/abi/messages.ts) when stop is abort. J */
  stopMessage: 0x34,
  /** Signal number (6 SIGABRT, 11 SIGSEGV, 7 SIGBUS, 8 SIGFPE). J */
  signal: 0x38,
  /** si_code of the signal (1 MAPERR, 2 ACCERR). J */
  signalCode: 0x3c,
  /** Faulting address, u64. J */
  signalAddr: 0x40,
  /** 1 when the faulting access was a write. J */
  signalWrite: 0x48,
  /** errno of the simulated process as the engine last set it (host zeroes it before a call when it needs to). J */
  errno: 0x4c,

  /** Low half of a 64-bit result, where the return value is something else (posix_memalign). */
  result: 0x50,
  /** High half of the last 64-bit value the engine returned in two halves. */
  resultHi: 0x54,

  /** Translation: two hot regions {start u64, length u64, linear offset minus start (u32, wraps)}; the kernel keeps them true. */
  hot0Start: 0x60,
  hot0Length: 0x68,
  hot0Delta: 0x70,
  hot1Start: 0x80,
  hot1Length: 0x88,
  hot1Delta: 0x90,
  /** Frame number of the PGD (CR3 >> 12). J */
  pgd: 0xa0,

  /** C registers as of the last statement marker, for the decoders. u64 each. J */
  cFrame: 0xb0,
  cStack: 0xb8,
  /** Statement id (index in DebugInfo.statements) about to run. J */
  cStatement: 0xc0,

  /** Bytes the program has written to its output so far. J */
  outputBytes: 0xc8,
  /** What the process passed to exit. J */
  exitCode: 0xcc,
  /** Number of the thread that runs: its row in the thread table (src/abi/threads.ts). J */
  thread: 0xd0,
  /** 0 while malloc may take main_arena without asking (SINGLE_THREAD_P); 1: threads look for an arena, and retry in another one. J */
  arenaPath: 0xd4,
  /** Where the running thread's `tcache` is, u64; its `thread_arena` and `errno` follow below. J */
  tcachePointer: 0xd8,
  /** What the abort message is about, u64: some releases print it. J */
  stopPointer: 0xe0,
  threadArena: 0xe8,
  errnoAddress: 0xf0,
  /** stop is blocked: the arena whose lock is held by another thread. u64 */
  waitArena: 0xf8,
  /** Bytes the program has read from its standard input so far. J */
  inputBytes: 0x100,
  /** 1 when the profile is that of the usual glibc, for which the build makes faster copies of the allocator. */
  usual: 0x104,
  /** Levels of the page table, the processor's CR4.LA57: 4 or 5; 0 counts as 4. */
  pagingLevels: 0x108,
  /** The process that runs: its row in the task table (src/abi/kernel.ts). J */
  process: 0x10c,
  /**
   * Which process a thread belongs to, by its row: the row of the thread that the process began with, u32 each; in that thread's own also what
   * libc knows of the process. Bits: `processWord` in src/abi/threads.ts. J
   */
  threadProcess: 0x110,
} as const;

/** Values of control.stop. */
export const stop = {
  running: 0,
  exited: 1,
  abort: 2,
  signal: 3,
  budget: 4,
  cancelled: 5,
  outOfMemory: 6,
  /** No thread can ever run again. */
  deadlock: 7,
  /** A call into malloc needs a lock that a paused thread holds: let that one go on, then make the call again. */
  blocked: 8,
  /** The simulated machine has frames left, but linear memory has no room for their bytes. */
  storeFull: 9,
} as const;
