/**
 * The threads of a running program: what each was doing when another took over, and who is next. All of it is bytes of the C machine's
 * region, behind the slots of the running thread:
 *
 *   registers │ slots │ thread 0: record, slots │ thread 1: record, slots │ …
 *
 * A record, in 32-bit words:
 *
 *   0 state   1 pc   2 statement   3 1 = inside a statement (its slots are kept)   4 frame (f64)   6 stack (f64)
 *   8 waits for this address (f64)   10 waits for this thread   11 waits since   12 result (two words)   14 bits of `trait`
 *  15 the thread that its process began with
 *
 * Threads change only where a statement begins, in a call that waits or yields, and where one ends: the choice is a function of the
 * schedule and of these bytes, so running again makes the same choices.
 */
import type { Schedule, ScheduledTurn } from "../../abi/schedule";
import { type ThreadState, threadState, threadTable } from "../../abi/threads";
import type { ThreadCalls } from "../target";
import type { Machine } from "./machine";
import { SLOT_BASE, turn } from "./registers";

const RECORD_WORDS = 16;
export const field = {
  state: 0,
  pc: 1,
  statement: 2,
  inside: 3,
  waitThread: 10,
  since: 11,
  resultLo: 12,
  resultHi: 13,
  traits: 14,
  process: 15,
} as const;
const real = { frame: 2, stack: 3, waitAddr: 4 } as const;
/** detached: nobody will join it. woken: it has waited for the lock that it tries to take. */
export const trait = { detached: 1, woken: 2 } as const;

/** Turns of a random schedule: 1 to this many statements. */
const RANDOM_TURN = 8;
export const EAGAIN = 11;

export class Threads {
  protected readonly limit: number;

  constructor(
    protected readonly m: Machine,
    private readonly schedule: Schedule,
    private readonly seed: number,
  ) {
    const room = (m.target.machine.byteLength >> 3) - SLOT_BASE - m.program.slots;
    this.limit = Math.min(threadTable.rows, Math.floor(room / (RECORD_WORDS / 2 + m.program.slots)));
  }

  // ── records ──

  protected base(thread: number): number {
    const { slots } = this.m.program;
    return SLOT_BASE * 2 + slots * 2 + thread * (RECORD_WORDS + slots * 2);
  }

  protected get(thread: number, at: number): number {
    return this.m.registers[this.base(thread) + at] ?? 0;
  }

  protected set(thread: number, at: number, value: number): void {
    this.m.registers[this.base(thread) + at] = value;
  }

  private getReal(thread: number, at: number): number {
    return this.m.doubles[this.base(thread) / 2 + at] ?? 0;
  }

  private setReal(thread: number, at: number, value: number): void {
    this.m.doubles[this.base(thread) / 2 + at] = value;
  }

  protected get calls(): ThreadCalls {
    const { threads } = this.m.target;
    if (threads === undefined) throw new Error("this process has one thread only");
    return threads;
  }

  protected enterState(thread: number, state: ThreadState, waitThread = 0, waitAddr = 0): void {
    this.set(thread, field.state, state);
    this.set(thread, field.waitThread, waitThread);
    this.setReal(thread, real.waitAddr, waitAddr);
    this.m.target.threads?.note(thread, state, waitThread, waitAddr);
  }

  // ── what the library asks ──

  /** Number of the running thread. */
  get current(): number {
    return this.m.thread;
  }

  stateOf(thread: number): ThreadState {
    const state = this.get(thread, field.state) as ThreadState;
    // Main has no record until something is said of it.
    return thread === 0 && state === threadState.none ? threadState.ready : state;
  }

  /** The first thread of the running process, by which the process is known. */
  get process(): number {
    return this.processOf(this.m.thread);
  }

  protected processOf(thread: number): number {
    return this.get(thread, field.process);
  }

  /** The running process's threads. */
  protected siblings(): number[] {
    return this.all().filter((thread) => this.processOf(thread) === this.process);
  }

  /** Those of them that have not ended. */
  get alive(): number {
    return this.siblings().filter((thread) => !this.isOver(thread)).length;
  }

  protected all(): number[] {
    return Array.from({ length: Math.max(1, this.m.threadCount) }, (_, thread) => thread);
  }

  isOver(thread: number): boolean {
    const state = this.stateOf(thread);
    return state === threadState.ended || state === threadState.gone;
  }

  /** pthread_t of a thread, and the thread of a pthread_t (−1: none). */
  pointerOf(thread: number): number {
    return this.m.target.threads?.pointerOf(thread) ?? 0;
  }

  find(pointer: number): number {
    // A stack that is used again makes its struct pthread another thread's: the latest owner is meant.
    return this.siblings().findLast((thread) => this.pointerOf(thread) === pointer) ?? -1;
  }

  has(thread: number, bit: number): boolean {
    return (this.get(thread, field.traits) & bit) !== 0;
  }

  setTrait(thread: number, bit: number, on: boolean): void {
    const traits = this.get(thread, field.traits);
    this.set(thread, field.traits, on ? traits | bit : traits & ~bit);
  }

  /** Makes a thread that will call the function at `start` with one argument. Its number, or −errno. */
  create(start: readonly [lo: number, hi: number], argument: readonly [lo: number, hi: number]): number {
    const { m } = this;
    const count = Math.max(1, m.threadCount);
    if (m.target.threads === undefined || count >= this.limit) return -EAGAIN;
    const thread = this.calls.create();
    if (thread < 0) return thread;
    m.threadCount = thread + 1;
    m.registers.fill(0, this.base(thread), this.base(thread + 1));
    this.set(thread, field.state, threadState.ready);
    this.set(thread, field.pc, m.program.threadEntry);
    this.set(thread, field.inside, 1);
    this.set(thread, field.process, this.process);
    this.set(thread, field.statement, -1);
    this.setReal(thread, real.stack, this.calls.stackPointerOf(thread));
    const slots = this.base(thread) + RECORD_WORDS;
    m.registers.set([...start, ...argument], slots);
    return thread;
  }

  /** Its process has not ended: the kernel may have killed it. */
  protected isInLife(thread: number): boolean {
    return this.calls.isAlive(this.processOf(thread));
  }

  /** The running call waits: it is made again when the thread is ready. */
  wait(state: ThreadState, waitThread: number, waitAddr: number): void {
    const { m } = this;
    this.enterState(m.thread, state, waitThread, waitAddr);
    this.set(m.thread, field.since, ++m.waits);
    m.pending = "wait";
  }

  /** The running thread gives way once its call is over. */
  yield(): void {
    this.m.pending = "yield";
  }

  /** Whoever has waited longest for an address is ready again; false when nobody waits. */
  wakeOne(waitAddr: number): boolean {
    const waiting = this.siblings().filter(
      (thread) => this.stateOf(thread) === threadState.locking && this.getReal(thread, real.waitAddr) === waitAddr,
    );
    const first = waiting.toSorted((a, b) => this.get(a, field.since) - this.get(b, field.since))[0];
    if (first === undefined) return false;
    this.enterState(first, threadState.ready);
    this.setTrait(first, trait.woken, true);
    return true;
  }

  /** The running thread ends with this result. The process must not end with it (`alive` > 1). */
  end(lo: number, hi: number): void {
    const { m } = this;
    const over = m.thread;
    // The main thread's start code leaves its caches alone.
    if (over !== 0) this.calls.exit();
    this.set(over, field.resultLo, lo);
    this.set(over, field.resultHi, hi);
    this.enterState(over, threadState.ended);
    for (const thread of this.siblings()) {
      if (this.stateOf(thread) === threadState.joining && this.get(thread, field.waitThread) === over)
        this.enterState(thread, threadState.ready);
    }
    m.pending = "end";
  }

  resultOf(thread: number): readonly [lo: number, hi: number] {
    return [this.get(thread, field.resultLo), this.get(thread, field.resultHi)];
  }

  /** An ended thread was joined or is detached. */
  reap(thread: number): void {
    this.set(thread, field.state, threadState.gone);
    this.calls.reap(thread);
  }

  // ── turns ──

  /** True when the schedule wants the running thread to pause inside the allocator call that it is about to make. */
  pausesInMalloc(): boolean {
    const { m } = this;
    if (m.turnLeft !== turn.untilMalloc || m.threadCount <= 1) return false;
    // The row is written already.
    this.set(m.thread, field.state, threadState.insideMalloc);
    this.setReal(m.thread, real.waitAddr, this.calls.hold());
    m.pending = "wait";
    return true;
  }

  /** The call threw because a paused thread holds the lock it needs: it waits for that. False when it threw for another reason. */
  waitsInMalloc(): boolean {
    const arena = this.m.target.threads?.waitsFor() ?? 0;
    if (arena === 0) return false;
    this.wait(threadState.locking, 0, arena);
    return true;
  }

  /** Where a statement begins and the turn is over: true when another thread runs now. */
  turnOver(): boolean {
    const before = this.m.thread;
    this.choose(false, false);
    return this.m.thread !== before;
  }

  /** After a call that waits, yields or ends the thread. */
  leaveCall(): void {
    const { m } = this;
    const { pending } = m;
    m.pending = "";
    if (pending === "wait") m.pc--;
    if (pending === "end" && this.has(m.thread, trait.detached)) this.reap(m.thread);
    this.choose(true, pending === "yield");
  }

  /** Keeps what the running thread needs to go on, as that thread's. */
  protected keep(thread: number, inside: boolean): void {
    const { m } = this;
    this.set(thread, field.pc, m.pc);
    this.set(thread, field.statement, m.statement);
    this.set(thread, field.inside, inside ? 1 : 0);
    this.setReal(thread, real.frame, m.frame);
    this.setReal(thread, real.stack, m.stack);
    if (inside) m.registers.copyWithin(this.base(thread) + RECORD_WORDS, SLOT_BASE * 2, SLOT_BASE * 2 + m.program.slots * 2);
  }

  private canRun(thread: number): boolean {
    const state = this.stateOf(thread);
    if (state === threadState.ready || state === threadState.insideMalloc)
      return this.m.threadCount <= 1 || this.isInLife(thread);
    if (state !== threadState.joining) return false;
    // A thread of another process, or itself for any: it is in wait(2).
    const awaited = this.get(thread, field.waitThread);
    if (awaited !== thread && this.processOf(awaited) === this.processOf(thread)) return false;
    return this.isInLife(thread) && this.calls.hasEndedChild(this.processOf(thread), awaited === thread ? -1 : awaited);
  }

  /** The next thread that can run after the current one, around; the current one last. −1: none. */
  private nextAround(): number {
    const { thread, threadCount } = this.m;
    const count = Math.max(1, threadCount);
    for (let i = 1; i <= count; i++) if (this.canRun((thread + i) % count)) return (thread + i) % count;
    return -1;
  }

  private random(sides: number): number {
    const { m } = this;
    m.random = (Math.imul(m.random ^ this.seed, 0x9e37_79b1) + 0x7f4a_7c15) | 0;
    return (m.random >>> 8) % sides;
  }

  /** The list's next turn for a thread that can run; undefined at its end. */
  private nextListed(turns: readonly ScheduledTurn[]): ScheduledTurn | undefined {
    while (this.m.turnIndex < turns.length) {
      const listed = turns[this.m.turnIndex++];
      if (listed !== undefined && listed.thread < Math.max(1, this.m.threadCount) && this.canRun(listed.thread)) return listed;
    }
    return undefined;
  }

  /** Decides who runs and for how long, and lets it; `inside`: the running thread stands inside a statement; `gives` way if it can. */
  protected choose(inside: boolean, gives: boolean): void {
    const { m, schedule } = this;
    const around = this.nextAround();
    if (around < 0) m.target.deadlock();
    let next = around;
    if (schedule.kind === "run") m.turnLeft = turn.endless;
    else if (schedule.kind === "turns") m.turnLeft = schedule.statements;
    else if (schedule.kind === "random") {
      const ready = this.all().filter((thread) => this.canRun(thread));
      m.turnLeft = 1 + this.random(RANDOM_TURN);
      next = ready[this.random(ready.length)] ?? around;
    } else {
      const listed = this.nextListed(schedule.turns);
      m.turnLeft = listed === undefined ? turn.endless : listed.until === "malloc" ? turn.untilMalloc : listed.until;
      next = listed?.thread ?? (!gives && this.canRun(m.thread) ? m.thread : around);
    }
    this.run(next, inside);
  }

  private run(thread: number, inside: boolean): void {
    const { m } = this;
    const paused = this.stateOf(thread) === threadState.insideMalloc;
    const changes = thread !== m.thread;
    if (changes) {
      this.keep(m.thread, inside);
      this.calls.switchTo(thread);
      m.thread = thread;
      m.pc = this.get(thread, field.pc);
      m.statement = this.get(thread, field.statement);
      m.frame = this.getReal(thread, real.frame);
      m.stack = this.getReal(thread, real.stack);
      this.calls.settle();
    }
    if (this.stateOf(thread) === threadState.joining) this.enterState(thread, threadState.ready);
    if (paused) {
      const arena = this.getReal(thread, real.waitAddr);
      this.calls.release(thread);
      this.enterState(thread, threadState.ready);
      if (arena !== 0) for (let woken = true; woken; ) woken = this.wakeOne(arena);
    }
    if (!changes || this.get(thread, field.inside) === 0) return;
    const slots = this.base(thread) + RECORD_WORDS;
    m.registers.copyWithin(SLOT_BASE * 2, slots, slots + m.program.slots * 2);
    // A reader is told where it goes on; a new thread has not begun a statement yet.
    if (m.statement >= 0) m.announce();
  }
}
