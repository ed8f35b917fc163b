import type { ThreadState } from "../abi/threads";

/**
 * What a running C program needs of its machine. The adapter over the engine stands in src/machine; tests bring a flat memory.
 *
 * Addresses of the simulated process are `number`; a value at or above 2^53 cannot be an address and must fault like one that is not
 * canonical. Full 64-bit words cross as two 32-bit halves: arguments as (lo, hi), results as the low half with the high half in `resultHi()`.
 *
 * A call that ends or interrupts the program (fatal signal, abort, budget, cancel) throws whatever it likes and leaves `stopped()` true;
 * the interpreter then puts its registers back into linear memory and returns `{ kind: "stopped" }`.
 */
export interface Target extends AllocatorCalls {
  /**
   * Linear memory of the C machine: registers and evaluation slots (`machineMemory.cMachine`). All interpreter state is here or in the
   * simulated process, so that a copy of memory is a checkpoint.
   */
  readonly machine: { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly byteLength: number };

  /** Loads 1, 2, 4 or 8 bytes, zero-extended. Returns the low half as a 32-bit integer (either sign); 8-byte loads leave the rest in resultHi. */
  load(addr: number, sizeBytes: number): number;
  /** High half of the last 8-byte load (or 64-bit result). */
  resultHi(): number;
  store(addr: number, sizeBytes: number, lo: number, hi: number): void;
  /** memset and memmove inside the process. */
  fill(addr: number, byte: number, lengthBytes: number): void;
  copy(to: number, from: number, lengthBytes: number): void;

  /**
   * A statement is about to run. The interpreter's registers are in linear memory when this is called, standing *before* the
   * statement: a checkpoint taken here, before the marker is written, runs the statement (and its marker) again.
   * The adapter writes the marker and control.cFrame, cStack, cStatement.
   */
  statement(statementId: number, frame: number, stack: number): void;
  /** A C function was entered or is about to be left. */
  enter(functionId: number, frame: number): void;
  leave(functionId: number, frame: number): void;
  /** Counts interpreter steps; stops at the budget or when cancelled. Called once a statement, before `statement`. */
  spend(steps: number): void;

  /** isatty(3): decides how stdio buffers. Absent: every descriptor is a terminal. */
  isTerminal?(fd: number): boolean;
  /** read(2) from standard input: at most so many bytes, none at its end. From a terminal a line at most. Absent: there is none. */
  read?(maxBytes: number): Uint8Array;
  /** write(2). */
  write(fd: number, bytes: Uint8Array): void;
  /** The process ends. Returns; the interpreter stops by itself. */
  exit(code: number): void;
  /** A fatal signal (6 SIGABRT, 8 SIGFPE, 11 SIGSEGV, 4 SIGILL) with its si_code and address. Never returns. */
  raise(signal: number, code: number, addr: number): never;
  /** errno as the allocator or the kernel last set it since `clearErrno`; 0 when untouched. */
  errno(): number;
  clearErrno(): void;
  /** True once the program cannot go on: the cause is in the control block. */
  stopped(): boolean;

  /** Absent: the process has one thread and pthread_create fails. */
  readonly threads?: ThreadCalls;
  /** No thread can ever run again: the process hangs. Never returns. */
  deadlock(): never;

  readonly system: SystemCalls;
}

/** System calls about memory, as the kernel answers them: a value, or −errno. */
export interface SystemCalls {
  /** Anonymous memory: there is no file that a program could map. */
  mmap(addr: number, lengthBytes: number, prot: number, flags: number): number;
  munmap(addr: number, lengthBytes: number): number;
  mprotect(addr: number, lengthBytes: number, prot: number): number;
  mremap(addr: number, oldBytes: number, newBytes: number, flags: number, newAddr: number): number;
  madvise(addr: number, lengthBytes: number, advice: number): number;
  /** Per page, whether it is in memory. */
  mincore(addr: number, lengthBytes: number): readonly boolean[] | number;
  /** Soft and hard limit in bytes, Infinity for none; −errno for a resource that has none here. */
  getrlimit(resource: number): { readonly soft: number; readonly hard: number } | number;
  setrlimit(resource: number, soft: number, hard: number): number;
  /** Faults so far that needed no file to be read, and the largest resident set. */
  usage(): { readonly minorFaults: number; readonly peakResidentBytes: number };
  physicalPages(): number;
  /** Whether the kernel could copy to (or from) the whole range; where it cannot, calls answer EFAULT. */
  reaches(addr: number, lengthBytes: number, write: boolean): boolean;
}

/** What a thread does to the process; who runs when is the interpreter's affair (src/clang/vm/threads.ts). Numbers: rows of the thread table. */
export interface ThreadCalls {
  /** Makes a thread that could run: stack, struct pthread, what glibc allocates for it. Its number, or −errno. */
  create(): number;
  /** What pthread_self returns in a thread. */
  pointerOf(thread: number): number;
  /** Stack pointer in its first function, before the return address is pushed. */
  stackPointerOf(thread: number): number;
  /** Thread n runs from now on; `control.cFrame`, `cStack`, `cStatement` change hands with the rows. */
  switchTo(thread: number): void;
  /** The running thread ends: what it had cached goes back. */
  exit(): void;
  /** Nobody will ask for an ended thread any more: its stack may be used again. */
  reap(thread: number): void;
  /** A second process with one thread, which goes on where the running one does (fork(2), or vfork). Its number, or −errno. */
  fork(sharesMm: boolean): number;
  /** After `fork` on either side: what the C library does before fork returns. Harmless at other times. */
  settle(): void;
  /** The running thread's process ends; that of thread `next` is current then, and a thread of it must be switched to. */
  exitProcess(exitCode: number, next: number): void;
  /** True while the process that began with that thread has not ended. */
  isAlive(leader: number): boolean;
  /** Whether a process has a child that has ended and was not asked for: the one that began with that thread, or any (−1). */
  hasEndedChild(leader: number, child: number): boolean;
  /** wait(2) for the running process: the child by its pid or any (−1). Null while none has ended, −errno. */
  wait(pid: number): { readonly pid: number; readonly exitCode: number } | null | number;
  /** Pid of the running process's parent. */
  parentPid(): number;
  /** After a stop: what wait(2) tells of the process that has died, −1 when it has not. */
  death(): number;
  /** Takes that back, for others go on. What the C library says of it, to be written to descriptor 2. */
  forgetDeath(): Uint8Array;
  /** Says in its row what a thread waits for, or that it is ready. */
  note(thread: number, state: ThreadState, waitThread: number, waitAddr: number): void;
  /** The running thread pauses inside malloc, with the lock of its arena held until `release`. The arena's address, 0 when it has none. */
  hold(): number;
  release(thread: number): void;
  /** After a call into malloc threw: the arena whose lock a paused thread holds, 0 when that was not the reason. The call is made again later. */
  waitsFor(): number;
}

/** The allocator's calls, with the shapes of the engine's exports. */
export interface AllocatorCalls {
  malloc(sizeLo: number, sizeHi: number): number;
  free(mem: number, memHi: number): void;
  calloc(countLo: number, countHi: number, sizeLo: number, sizeHi: number): number;
  realloc(mem: number, memHi: number, sizeLo: number, sizeHi: number): number;
  memalign(alignLo: number, alignHi: number, sizeLo: number, sizeHi: number): number;
  aligned_alloc(alignLo: number, alignHi: number, sizeLo: number, sizeHi: number): number;
  /** Returns the error number; the pointer is the 64-bit result of `posixMemalignResult`. */
  posix_memalign(alignLo: number, alignHi: number, sizeLo: number, sizeHi: number): number;
  /** Pointer of the last successful posix_memalign. */
  posixMemalignResult(): number;
  valloc(sizeLo: number, sizeHi: number): number;
  pvalloc(sizeLo: number, sizeHi: number): number;
  malloc_usable_size(mem: number, memHi: number): number;
  mallopt(param: number, value: number): number;
  malloc_trim(padLo: number, padHi: number): number;
  /** Old break, or −1 (0xffff…) as −1. */
  sbrk(lo: number, hi: number): number;
  /** The ten fields of struct mallinfo2 in declaration order. */
  mallinfo2(): readonly number[];
  /** What malloc_stats prints on stderr, and malloc_info on its stream. */
  mallocStatsText(): string;
  mallocInfoText(): string;
}

/**
 * Where the program's parts stand in the process. `stackPointer` is rsp when the start code calls main (16-byte aligned);
 * `libcData` is a writable area of 512 zero bytes inside libc's data for stdio, rand and errno; `stdoutFile` the address of the
 * FILE of stdout (224 bytes, zero at start).
 */
export interface ProgramLayout {
  readonly text: number;
  readonly rodata: number;
  readonly data: number;
  readonly bss: number;
  readonly stackPointer: number;
  readonly argc: number;
  /** Address of the argv vector (argc pointers and a NULL). */
  readonly argv: number;
  readonly libcData: number;
  readonly stdoutFile: number;
}
