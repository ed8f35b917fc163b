/**
 * The border between host and engine (WebAssembly). Addresses of the simulated process cross as `number` (exact below 2^53);
 * full 64-bit words cross as lo/hi halves: arguments as two i32, results as the low half with the high half in control.resultHi.
 * Sizes that may exceed 2^53 (malloc(-1)) therefore come as halves too.
 *
 * A call that dies (abort, fatal signal, budget, cancel) writes control.stop and traps; the host catches the trap and reads the block.
 */
export interface EngineExports {
  /** Engine statics end here; the build checks that it is below machineMemory.control. */
  readonly __heap_base: WebAssembly.Global;

  /** Loads `size` (1, 2, 4, 8) bytes, zero-extended; may fault, straddling pages is fine. Returns the low half. */
  load(addr: number, size: number): number;
  store(addr: number, size: number, lo: number, hi: number): void;
  /** memset, memcpy (memmove semantics) inside the process; word-wise journalled. */
  fill(addr: number, byte: number, length: number): void;
  copy(to: number, from: number, length: number): void;

  /** Journalled store to linear memory by offset (kernel structs, page tables). `size` 1, 2, 4, 8. */
  put(offset: number, size: number, lo: number, hi: number): void;
  /** Zeroes one frame, journalling only its non-zero words. */
  zeroFrame(offset: number): void;
  /**
   * What is no step of the process, journalled all the same, as the simulation puts its own things in order: a store of 4 bytes, zeroing a
   * frame whose bytes are another's too, copying a frame's bytes.
   */
  tidy(offset: number, value: number): void;
  emptyFrame(frame: number, other: number): void;
  copyFrame(to: number, from: number): void;
  /** Appends a marker; kind and id as in src/abi/journal.ts. */
  mark(kind: number, id: number, where: number, aLo: number, aHi: number, bLo: number, bHi: number): void;
  /** Undoes or redoes records until journalCursor = target (within [journalTail, journalHead]). */
  seek(target: number): void;
  /** Counts n engine steps; traps with stop.budget or stop.cancelled. */
  spend(n: number): void;
  /** Forgets the translation cache entries of [addr, addr + length); length 0 = all. */
  flush(addr: number, length: number): void;

  /** Prepares the allocator's static state (main_arena before first use is zero but for what the linker put there; mp_ defaults), from the profile block. */
  initialise(): void;

  /** The malloc family. Sizes and counts as lo/hi halves, pointers as numbers. They emit opBegin/opEnd markers and set control.errno. */
  malloc(sizeLo: number, sizeHi: number): number;
  free(mem: number, memHi: number): void;
  calloc(countLo: number, countHi: number, sizeLo: number, sizeHi: number): number;
  realloc(mem: number, memHi: number, sizeLo: number, sizeHi: number): number;
  memalign(alignLo: number, alignHi: number, sizeLo: number, sizeHi: number): number;
  aligned_alloc(alignLo: number, alignHi: number, sizeLo: number, sizeHi: number): number;
  /** Returns the error number; the pointer lands in control.result (low) / resultHi. 0 pointer when failing. */
  posix_memalign(alignLo: number, alignHi: number, sizeLo: number, sizeHi: number): number;
  valloc(sizeLo: number, sizeHi: number): number;
  pvalloc(sizeLo: number, sizeHi: number): number;
  malloc_usable_size(mem: number, memHi: number): number;
  mallopt(param: number, value: number): number;
  malloc_trim(padLo: number, padHi: number): number;
  /** Fill the scratch block with u64 fields in declaration order of struct mallinfo2; malloc_stats and malloc_info likewise (layout in src/abi/glibc-statistics.ts). */
  mallinfo2(): void;
  malloc_stats(): void;
  malloc_info(): void;
  /** The program's own sbrk (glibc's wrapper over the brk system call). Returns the old break or −1 with errno. */
  sbrk(lo: number, hi: number): number;
  /** Remembers one tunable, before `initialise`: id of src/abi/glibc-tunables.ts. */
  setTunable(id: number, lo: number, hi: number): void;

  /** Thread `thread` runs from here on; `tls` is where its libc block begins. Clears stop.blocked. */
  switchThread(thread: number, tls: number): void;
  /** From the first pthread_create on: malloc looks for arenas. */
  startThreads(): void;
  /** malloc's part of the running thread's end: tcache flushed, arena left. */
  thread_exit(): void;
  /** malloc's part of fork(2): 0 in the parent before it, 1 after it, 2 in the child. Every arena is locked between. */
  forkStep(step: 0 | 1 | 2): void;
  /** The running thread is paused inside malloc: its arena (found or made as malloc would) is locked until releaseArena. Returns the arena. */
  holdArena(): number;
  releaseArena(arena: number): void;

  /** Replays a packed trace from the scratch region (bench): format in src/engine/trace.ts. Returns the number of operations done. */
  replayTrace(offset: number, count: number): number;
}

/** What the engine asks of the kernel. Names of imports in module "kernel". Addresses as number. Negative results are −errno. */
export interface KernelImports {
  /** A page that translation could not find, or found without the right. 1 = resolved, try again; 0 = fatal, control.signal* filled. */
  fault(addr: number, write: number): number;
  /** brk(2) as the system call: returns the new break, or the old one when refused. */
  brk(addr: number): number;
  mmap(addr: number, length: number, prot: number, flags: number): number;
  munmap(addr: number, length: number): number;
  mremap(addr: number, oldLength: number, newLength: number, flags: number): number;
  mprotect(addr: number, length: number, prot: number): number;
  madvise(addr: number, length: number, advice: number): number;
}
