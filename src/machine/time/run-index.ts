/**
 * The index of a run, built while it runs: operations, statement track, brackets, output, ledger. It does not depend on the journal's
 * ring, so it is whole even when the ring has wrapped many times.
 */
import type { ApiName } from "../../abi/api";
import type { DebugInfo } from "../../abi/debug-info";
import { recordKind } from "../../abi/journal";
import { FIRST_KERNEL_MARK } from "../../abi/kernel-marks";
import { PAGE_SHIFT } from "../../abi/machine-memory";
import { threadState } from "../../abi/threads";
import type {
  KernelTrack,
  Ledger,
  Operation,
  OperationPath,
  OutputChunk,
  StatementTrack,
  ThreadTrack,
} from "../../protocol/messages";
import { callShapes, type Word, wordText, wordValue, zeroWord } from "./calls";
import { Column } from "./growable";
import type { LedgerBook } from "./ledger";
import type { JournalView } from "./linear";
import type { PointerNames } from "./names";
import type { PageSet } from "./pages";

/** Which path a marker proves that a call took, null when none: marker id (src/abi/marks.ts), answer of a decision, first operand. */
export type PathOfMark = (api: ApiName, id: number, answer: number, a: number) => OperationPath | null;

interface OpenCall {
  readonly api: ApiName;
  readonly args: readonly Word[];
  readonly begin: number;
}

export interface IndexParts {
  readonly journal: JournalView;
  readonly debug: DebugInfo;
  readonly ledger: LedgerBook;
  readonly names: PointerNames;
  readonly touched: PageSet;
  readonly pathOfMark: PathOfMark;
}

export class RunIndex {
  readonly operations: Operation[] = [];
  readonly output: OutputChunk[] = [];
  readonly statementAt = new Column();
  readonly statementId = new Column();
  /** Positions just after a bracket record (call, system call, C function), and how many brackets are open there. */
  readonly bracketAt = new Column();
  readonly bracketDepth = new Column();
  /** Positions just after another thread was switched to, and which. Empty while there is only main. */
  readonly threadAt = new Column();
  readonly threadId = new Column();
  /** Switches and changes of state together, see ThreadTrack. */
  readonly trackAt = new Column();
  readonly trackThread = new Column();
  readonly trackState = new Column();
  /** Calls of the kernel, see KernelTrack. */
  readonly kernelAt = new Column();
  readonly kernelEnd = new Column();
  readonly kernelCall = new Column();
  readonly kernelCause = new Column();
  /** Records below this have been looked at. */
  scanned = 0;

  private readonly parts: IndexParts;
  private depth = 0;
  private call: OpenCall | null = null;
  private path: OperationPath = "none";
  private errno = 0;
  private boundaryDepth = 0;
  private depthBeforeCall = 0;
  /** Kernel calls open: one of them can lead to another. */
  private kernelDepth = 0;
  /** How many there were when the ledger last looked at what the process has; −1: look again. */
  private kernelKnown = -1;
  private thread = 0;
  private boundaryThread = 0;
  /** Brackets open in the threads that do not run. */
  private readonly depths = new Map<number, number>();
  /** Threads switched to since the boundary: what was open in them before. */
  private readonly switched = new Map<number, { readonly depth: number; readonly frames: number }>();
  private readonly unnamed: number[] = [];

  constructor(parts: IndexParts) {
    this.parts = parts;
    this.scanned = parts.journal.head();
  }

  /** Between two statements: where `truncate` may go back to. */
  boundary(): void {
    this.boundaryDepth = this.parts.names.depth;
    this.boundaryThread = this.thread;
    if (this.switched.size > 0) this.switched.clear();
  }

  /** Another thread runs from here on: it has its own functions and calls open. */
  switchTo(thread: number): void {
    this.scan();
    const { names } = this.parts;
    this.depths.set(this.thread, this.depth);
    this.thread = thread;
    this.depth = this.depths.get(thread) ?? 0;
    names.switchTo(thread);
    this.parts.ledger.follow();
    this.kernelKnown = -1;
    if (!this.switched.has(thread)) this.switched.set(thread, { depth: this.depth, frames: names.depth });
    this.threadAt.push(this.parts.journal.head());
    this.threadId.push(thread);
    this.noted(thread, threadState.none);
    this.bracketAt.push(this.parts.journal.head());
    this.bracketDepth.push(this.depth);
  }

  /** A process was made: its thread has the same functions open, its heap the same blocks in use. */
  forked(thread: number): void {
    this.scan();
    this.depths.set(thread, this.depth);
    this.parts.names.forked(thread);
    this.parts.ledger.forked(thread);
    this.noted(thread, threadState.ready);
  }

  /** A thread's state changed (null: the running one's); `none`: it runs from here on. */
  noted(thread: number | null, state: number): void {
    this.trackAt.push(this.parts.journal.head());
    this.trackThread.push(thread ?? this.thread);
    this.trackState.push(state);
  }

  /** The thread that runs at a cursor. */
  threadAtCursor(cursor: number): number {
    const switches = this.threadAt.countBelow(cursor + 1);
    return switches === 0 ? 0 : this.threadId.at(switches - 1);
  }

  /** A statement marker has been written. */
  statement(id: number, stack: number): void {
    this.scan();
    this.statementAt.push(this.parts.journal.head() - 1);
    this.statementId.push(id);
    this.parts.names.setStack(stack);
    this.nameBlocks();
  }

  beginCall(api: ApiName, args: readonly Word[]): void {
    this.scan();
    this.path = "none";
    this.errno = 0;
    this.depthBeforeCall = this.depth;
    this.parts.ledger.begin(this.kernelAt.length === this.kernelKnown);
    this.call = { api, args, begin: this.parts.journal.head() };
  }

  /** The call returned (`finished`) or the program died in it. */
  endCall(result: Word, finished: boolean): void {
    const call = this.call;
    if (call === null) return;
    this.scan();
    this.call = null;
    const { names, ledger, debug } = this.parts;
    const statement = this.statementId.length === 0 ? -1 : this.statementId.at(this.statementId.length - 1);
    const shape = callShapes[call.api];
    const first = wordValue(call.args[0] ?? zeroWord);
    const takes = shape.args[0] === "pointer";
    const index = this.operations.length;
    this.operations.push({
      index,
      api: call.api,
      args: call.args.map(wordValue),
      argText: call.args.map((word, at) => wordText(word, shape.args[at] ?? "size")),
      result: wordValue(result),
      resultText: !finished || shape.result === null ? "" : wordText(result, shape.result),
      errno: this.errno,
      begin: call.begin,
      end: this.parts.journal.head(),
      statement,
      thread: this.thread,
      line: debug.statements[statement]?.span.line ?? -1,
      name: takes ? names.nameOf(first) : "",
      path: finished ? this.path : "error",
      finished,
    });
    if (finished) this.account(call, wordValue(result), index);
    ledger.sample();
    this.kernelKnown = this.kernelAt.length;
  }

  /** The call waits for a lock and is made again: what it opened is closed. */
  dropCall(): void {
    this.scan();
    this.call = null;
    this.depth = this.depthBeforeCall;
    this.bracketAt.push(this.parts.journal.head());
    this.bracketDepth.push(this.depth);
  }

  /** A block that reaches the program by another way than the call's result (posix_memalign). */
  handedOut(block: number): void {
    this.parts.ledger.taken(block);
    if (block !== 0) this.parts.names.born(block);
  }

  print(fd: 1 | 2, text: string): void {
    this.output.push({ fd, text, at: this.parts.journal.head() });
  }

  enter(functionId: number, frame: number): void {
    this.parts.names.enter(functionId, frame);
  }

  leave(): void {
    this.parts.names.leave();
  }

  stored(addr: number, value: number): void {
    this.parts.names.stored(addr, value);
  }

  /** Looks at the records written since the last time: which pages they touch, which brackets they open, which path they prove. */
  scan(): void {
    const { journal, touched } = this.parts;
    const head = journal.head();
    if (head <= this.scanned) return;
    journal.scan(Math.max(this.scanned, journal.tail()), head, touched.add, (record) => this.scanMark(record));
    this.scanned = head;
  }

  private scanMark(record: number): void {
    const { journal, touched, pathOfMark } = this.parts;
    const kind = journal.kind(record);
    switch (kind) {
      case recordKind.line:
      case recordKind.phase:
        if (this.kernelDepth === 1 && kind === recordKind.phase && journal.id(record) >= FIRST_KERNEL_MARK)
          this.kernelCause.setLast(journal.id(record));
        if (this.call === null) break;
        this.path = pathOfMark(this.call.api, journal.id(record), journal.where(record), journal.a(record)) ?? this.path;
        break;
      case recordKind.opBegin:
        this.bracket(record, 1);
        break;
      case recordKind.syscallBegin:
        this.bracket(record, 1);
        if (++this.kernelDepth === 1) this.beginKernel(record);
        break;
      case recordKind.opEnd:
        this.errno = journal.b(record);
        this.bracket(record, -1);
        break;
      case recordKind.syscallEnd:
        this.bracket(record, -1);
        if (this.kernelDepth > 0 && --this.kernelDepth === 0) this.kernelEnd.setLast(record + 1);
        break;
      case recordKind.frame:
        this.bracket(record, journal.id(record) === 1 ? 1 : -1);
        break;
      case recordKind.emptied:
        touched.add(journal.where(record) >>> PAGE_SHIFT);
        break;
      default:
    }
  }

  /** The run goes no further, for now. */
  ended(): void {
    this.parts.ledger.end();
  }

  ledger(): Ledger {
    return this.parts.ledger.columns();
  }

  statements(): StatementTrack {
    return { at: this.statementAt.toArray(), statement: this.statementId.toArray() };
  }

  threads(): ThreadTrack {
    return { at: this.trackAt.toArray(), thread: this.trackThread.toArray(), state: this.trackState.toArray() };
  }

  kernel(): KernelTrack {
    const { kernelAt, kernelEnd, kernelCall, kernelCause } = this;
    return { at: kernelAt.toArray(), end: kernelEnd.toArray(), call: kernelCall.toArray(), cause: kernelCause.toArray() };
  }

  /** Forgets everything at or after record `at`, the last boundary: the run continues from there. */
  truncate(at: number): void {
    const statements = this.statementAt.countBelow(at);
    this.statementAt.truncate(statements);
    this.statementId.truncate(statements);
    const brackets = this.bracketAt.countBelow(at + 1);
    this.bracketAt.truncate(brackets);
    this.bracketDepth.truncate(brackets);
    this.depth = brackets === 0 ? 0 : this.bracketDepth.at(brackets - 1);
    while ((this.operations.at(-1)?.begin ?? -1) >= at) this.operations.pop();
    while ((this.output.at(-1)?.at ?? -1) > at) this.output.pop();
    this.parts.ledger.truncate(this.operations.length);
    const threads = this.threadAt.countBelow(at + 1);
    this.threadAt.truncate(threads);
    this.threadId.truncate(threads);
    const track = this.trackAt.countBelow(at + 1);
    for (const column of [this.trackAt, this.trackThread, this.trackState]) column.truncate(track);
    const kernel = this.kernelAt.countBelow(at);
    for (const column of [this.kernelAt, this.kernelEnd, this.kernelCall, this.kernelCause]) column.truncate(kernel);
    this.kernelDepth = 0;
    for (const [thread, { depth, frames }] of this.switched) {
      this.depths.set(thread, depth);
      this.parts.names.switchTo(thread);
      this.parts.names.unwind(frames);
    }
    this.thread = this.boundaryThread;
    this.parts.names.switchTo(this.thread);
    this.parts.names.unwind(this.boundaryDepth);
    this.call = null;
    this.kernelKnown = -1;
    this.unnamed.length = 0;
    this.scanned = Math.min(this.scanned, at);
  }

  private bracket(record: number, change: 1 | -1): void {
    this.depth = Math.max(0, this.depth + change);
    this.bracketAt.push(record + 1);
    this.bracketDepth.push(this.depth);
  }

  /** Until its end is known, and if the process dies in it, it ends with the run. */
  private beginKernel(record: number): void {
    this.kernelAt.push(record);
    this.kernelEnd.push(0xffff_ffff);
    this.kernelCall.push(this.parts.journal.id(record));
    this.kernelCause.push(0);
  }

  private account(call: OpenCall, result: number, index: number): void {
    const { ledger, names } = this.parts;
    const shape = callShapes[call.api];
    const first = wordValue(call.args[0] ?? zeroWord);
    const gives = shape.result === "pointer" && call.api !== "sbrk";
    if (call.api === "free" || (call.api === "realloc" && (result !== 0 || wordValue(call.args[1] ?? zeroWord) === 0)))
      ledger.returned(first);
    if (!gives || result === 0) return;
    ledger.taken(result);
    names.born(result);
    this.unnamed.push(index);
  }

  /** Gives allocating calls the name of the variable that their result went to, once the statement is over. */
  private nameBlocks(): void {
    for (const index of this.unnamed) {
      const operation = this.operations[index];
      if (operation === undefined) continue;
      const name = this.parts.names.nameOf(operation.result);
      if (name !== "") this.operations[index] = { ...operation, name };
    }
    this.unnamed.length = 0;
  }
}
