/** The processes of a running program: each began as a copy of another one's thread, and takes its turns as threads do. */
import { threadState } from "../../abi/threads";
import type { ThreadCalls } from "../target";
import { EAGAIN, field, Threads } from "./threads";

export class Processes extends Threads {
  /**
   * Makes a process whose only thread goes on where the running one stands: with its slots as they are now. `sharesMm`: in the same memory.
   * The number of that thread, or −errno.
   */
  fork(sharesMm: boolean): number {
    const { m } = this;
    const count = Math.max(1, m.threadCount);
    if (m.target.threads === undefined || count >= this.limit) return -EAGAIN;
    const thread = this.calls.fork(sharesMm);
    if (thread < 0) return thread;
    m.threadCount = thread + 1;
    m.registers.fill(0, this.base(thread), this.base(thread + 1));
    this.set(thread, field.state, threadState.ready);
    this.set(thread, field.process, thread);
    this.keep(thread, true);
    this.calls.settle();
    return thread;
  }

  /** What wait(2) answers; the libc function decides whether to wait. */
  waitChild(pid: number): ReturnType<ThreadCalls["wait"]> {
    return this.calls.wait(pid);
  }

  parentPid(): number {
    return this.calls.parentPid();
  }

  /** Waits for the end of the process that began with a thread; −1: of any child. */
  waitForChild(child: number): void {
    this.wait(threadState.joining, child < 0 ? this.m.thread : child, 0);
  }

  /** The child whose end the running thread's vfork waits for, which is thereby over; −1: none. */
  takeVforked(): number {
    const child = this.get(this.m.thread, field.resultHi) - 1;
    this.set(this.m.thread, field.resultHi, 0);
    return child;
  }

  noteVforked(child: number): void {
    this.set(this.m.thread, field.resultHi, child + 1);
  }

  /** The running process ends, and another one goes on. False when it is the last. */
  endProcess(exitCode: number): boolean {
    const { m } = this;
    const over = this.process;
    const next = this.all().find((thread) => this.processOf(thread) !== over && !this.isOver(thread) && this.isInLife(thread));
    if (next === undefined) return false;
    for (const thread of this.siblings()) if (!this.isOver(thread)) this.enterState(thread, threadState.ended);
    this.calls.exitProcess(exitCode, next);
    m.pending = "";
    this.choose(false, false);
    return true;
  }

  /** The running process has died of a signal, and another one goes on. False when it has not, or is the last. */
  survivesDeath(): boolean {
    const { threads } = this.m.target;
    const exitCode = threads?.death() ?? -1;
    if (exitCode < 0 || this.m.threadCount <= 1) return false;
    const others = this.all().some((thread) => this.processOf(thread) !== this.process && this.isInLife(thread));
    if (!others) return false;
    const message = this.calls.forgetDeath();
    if (message.length > 0) this.m.target.write(2, message);
    return this.endProcess(exitCode);
  }
}
