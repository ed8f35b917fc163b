/**
 * Threads of the simulated process, as the C library and replays of recordings need them: what glibc and the kernel do when a thread is
 * made, runs, ends and is joined. Who runs when is decided elsewhere (the scenario's schedule, a recording's script).
 *
 * Threads are numbered as rows of the thread table (src/abi/threads.ts): 0 is main. All effects are journalled.
 */
export interface Threads {
  /**
   * pthread_create by the current thread, up to where the new one could run: stack (a cached one or mapped with its guard), struct pthread
   * and thread-local storage, glibc's calloc of the dtv on the caller's arena. Fills the new thread's row (state ready). Returns its number,
   * or −errno.
   */
  create(): number;
  /** Thread n runs from now on: its tcache, arena and errno are used. A marker says so. */
  switchTo(thread: number): void;
  /** The current thread returns from its start function: tcache flushed, arena left. Its row says `ended`; another must be switched to. */
  exit(): void;
  /** Thread n has ended and was joined or is detached: its stack goes to the cache. Its row says `gone`. */
  reap(thread: number): void;
  /**
   * fork(2) (`sharesMm`: vfork): a second process, whose only thread goes on where the current one does. Fills that one's row and returns its
   * number, or −errno. The current thread goes on. Both have to `settle`.
   */
  fork(sharesMm: boolean): number;
  /** After `fork` in the parent, and where its thread runs for the first time in the child: what libc does before fork returns. */
  settle(): void;
  /** The current thread's process ends with what wait(2) tells of it; that of thread `next` runs, which must be switched to. */
  exitProcess(exitCode: number, next: number): void;
  /** The current thread stands inside malloc with the lock of its arena held, until `release`. Returns the arena's address, 0 when it has none. */
  hold(): number;
  release(thread: number): void;
}
