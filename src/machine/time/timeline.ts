/**
 * A run and the cursor over it.
 *
 *   record 0                    tail                head                       last
 *   ├── checkpoints only ───────┼── in the ring ────┼── forgotten or not yet ──┤
 *                                     ▲ cursor      ▲ front: the program's registers stand here
 *
 * The ring holds the records [tail, head). A cursor in it is reached by undoing or redoing records. Any other cursor is reached by
 * running the program again, from the front or from a checkpoint, until the ring holds the records around it: the same program gives
 * the same records. The front is always between two statements, unless the program has stopped for good or was cut off inside a call.
 */
import { control, stop } from "../../abi/control";
import type { DebugInfo } from "../../abi/debug-info";
import { machineMemory, PAGE_SHIFT } from "../../abi/machine-memory";
import type { ProcessInfo } from "../../abi/process-info";
import { assert } from "../../base";
import type { RunStatus } from "../../protocol/messages";
import { Checkpoints } from "./checkpoints";
import { LedgerBook } from "./ledger";
import { type ControlView, controlView, type JournalView, journalView } from "./linear";
import { PointerNames } from "./names";
import { type PageSet, pageSet, statePages, unjournalledPages } from "./pages";
import { pausableTarget, type Watcher } from "./recording-target";
import { RunIndex } from "./run-index";
import type { Simulation } from "./simulation";

export interface TimelineOptions {
  /** Records between checkpoints. */
  readonly checkpointRecords: number;
  /** Bytes of memory that checkpoints may take. */
  readonly checkpointBytes: number;
}

const defaultTimelineOptions: TimelineOptions = { checkpointRecords: 1 << 19, checkpointBytes: 192 << 20 };

/** Engine steps beyond the budget after which a call that does not end is cut off. */
const HARD_LIMIT_SLACK = 1_000_000;
/** Records around a far cursor that are brought back with it, so that the next steps are near. */
const MARGIN_RECORDS = 1 << 18;

type Mode = { readonly kind: "record"; readonly sliceEnd: number } | { readonly kind: "replay"; readonly goal: number };

const statusOfStop: Readonly<Record<number, RunStatus>> = {
  [stop.exited]: "exited",
  [stop.abort]: "abort",
  [stop.signal]: "signal",
  [stop.budget]: "budget",
  [stop.cancelled]: "cancelled",
  [stop.outOfMemory]: "outOfMemory",
  [stop.storeFull]: "storeFull",
  [stop.deadlock]: "deadlock",
};

export class Timeline {
  readonly index: RunIndex;
  readonly journal: JournalView;
  readonly first: number;
  /** One past the last record of the run. */
  last: number;
  /** How the run ended; null while it can go on. */
  status: RunStatus | null = null;

  private readonly simulation: Simulation;
  private readonly registers: ControlView;
  private readonly flags: Int32Array;
  private readonly checkpoints: Checkpoints;
  private readonly options: TimelineOptions;
  private readonly program: { run(): void };
  private readonly pause: ReturnType<typeof pausableTarget>;
  /** Every page the run has ever written, and those in use when it began. */
  private readonly everTouched: PageSet;
  private readonly touched: PageSet;
  private readonly decoders = { 1: new TextDecoder(), 2: new TextDecoder() };
  private mode: Mode = { kind: "replay", goal: 0 };
  private budget = 0;
  private pausedFor: RunStatus | null = null;
  /** control.stop as the program last left it. */
  private stopped: number = stop.running;
  /** Where the statement that ran last begins, before anything that announces it. */
  private boundary: number;
  /** The program was cut off inside a statement and cannot go on from here. */
  private cutOff = false;

  constructor(simulation: Simulation, options: TimelineOptions = defaultTimelineOptions) {
    const { memory } = simulation;
    this.simulation = simulation;
    this.options = options;
    this.registers = controlView(memory);
    this.flags = new Int32Array(memory.buffer, memory.byteOffset + machineMemory.control, 2);
    this.journal = journalView(memory);
    this.first = this.journal.head();
    this.last = this.first;
    this.boundary = this.first;
    this.touched = pageSet(memory.byteLength >>> PAGE_SHIFT);
    this.everTouched = pageSet(memory.byteLength >>> PAGE_SHIFT);
    this.index = new RunIndex({
      journal: this.journal,
      debug: simulation.debug,
      ledger: new LedgerBook(simulation.process, memory),
      names: new PointerNames(simulation.debug, simulation.process.wordBytes),
      touched: this.touched,
      pathOfMark: simulation.pathOfMark,
    });
    this.checkpoints = new Checkpoints(memory, options.checkpointBytes);
    const inUse = statePages(memory);
    for (const page of inUse) this.everTouched.add(page);
    this.checkpoints.take(this.first, inUse, []);
    this.pause = pausableTarget(simulation.target, this.watcher(), simulation.process.wordBytes);
    this.program = simulation.bind(this.pause.target);
  }

  get memory(): Uint8Array {
    return this.simulation.memory;
  }

  get process(): ProcessInfo {
    return this.simulation.process;
  }

  get debug(): DebugInfo {
    return this.simulation.debug;
  }

  /** Engine steps of the whole run so far. */
  steps = 0;

  get cursor(): number {
    return this.registers.u32(control.journalCursor);
  }

  /** Allows the run to go on up to this many engine steps. */
  setBudget(budget: number): void {
    if (this.status !== null && this.status !== "budget" && this.status !== "cancelled") return;
    this.budget = budget;
    this.clearCancel();
    this.setHardLimit();
    if (this.status === null) return;
    this.continueFromEnd();
    this.status = null;
  }

  /** Asks a run in progress to stop; also done by the page itself through shared memory. */
  cancel(): void {
    Atomics.store(this.flags, control.cancel / 4, 1);
  }

  /** Runs about `steps` engine steps further. Returns the run's status, null when it is not over. */
  slice(steps: number): RunStatus | null {
    if (this.status !== null) return this.status;
    this.mode = { kind: "record", sliceEnd: this.frontSteps() + steps };
    this.writing(() => this.runFront());
    this.index.scan();
    this.last = this.journal.head();
    this.steps = this.frontSteps();
    this.status = this.outcome();
    if (this.status !== null) this.index.ended();
    if (this.status === "cancelled") this.clearCancel();
    this.cutOff = this.status !== null && this.pausedFor === null;
    return this.status;
  }

  /** Moves the cursor; returns where it is then. Clamped to the run. */
  seek(target: number): number {
    const goal = Math.min(Math.max(target, this.first), this.last);
    this.writing(() => {
      this.reach(goal, goal);
      this.simulation.seek(Math.min(Math.max(goal, this.journal.tail()), this.journal.head()));
    });
    return this.cursor;
  }

  /**
   * Has the records [from, to) in the ring while `look` reads them, as far as they fit; the cursor is where it was afterwards.
   * Gives `look` what is really there.
   */
  withRecords<T>(from: number, to: number, look: (from: number, to: number) => T): T {
    const low = Math.max(from, this.first);
    const high = Math.min(to, this.last);
    if (this.has(low, high)) return look(low, high);
    const cursor = this.cursor;
    return this.writing(() => {
      this.reach(low, high);
      const value = look(Math.max(low, this.journal.tail()), Math.min(high, this.journal.head()));
      this.reach(cursor, cursor);
      this.simulation.seek(cursor);
      return value;
    });
  }

  /** Reads memory as it was at another cursor. */
  at<T>(record: number, read: () => T): T {
    const cursor = this.cursor;
    if (record === cursor) return read();
    // One change for whoever reads shared memory: the instant between is nobody's.
    return this.writing(() => {
      this.seek(record);
      try {
        return read();
      } finally {
        this.seek(cursor);
      }
    });
  }

  has(from: number, to: number): boolean {
    return from >= this.journal.tail() && to <= this.journal.head();
  }

  /** All pages that the run has ever written or found in use. */
  allPages(): Uint32Array<ArrayBuffer> {
    this.collectTouched();
    for (const page of this.touched.list()) this.everTouched.add(page);
    return this.everTouched.list();
  }

  /** Bytes that checkpoints take, and the records at which they stand. */
  checkpointUse(): { readonly bytes: number; readonly times: readonly number[] } {
    return { bytes: this.checkpoints.bytes(), times: this.checkpoints.times() };
  }

  /** Starts of the stretches between checkpoints that end at or before `record`, latest first. */
  stretchesBefore(record: number): readonly number[] {
    return this.checkpoints
      .times()
      .filter((at) => at < record)
      .toReversed();
  }

  /** May the page have been written between the checkpoint `from` and the next? */
  touchedAfter(from: number, page: number): boolean {
    return this.checkpoints.touchedAfter(from, page);
  }

  /** The cursor's state under an odd sequence number: readers try again. */
  private writing<T>(change: () => T): T {
    const odd = Atomics.load(this.flags, 0) % 2 !== 0;
    if (odd) return change();
    Atomics.add(this.flags, 0, 1);
    try {
      return change();
    } finally {
      Atomics.add(this.flags, 0, 1);
    }
  }

  private watcher(): Watcher {
    const recording = () => this.mode.kind === "record";
    const { index } = this;
    return {
      pauseHere: () => this.pauseHere(),
      statement: (id, stack) => void (recording() && index.statement(id, stack)),
      enter: (functionId, frame) => void (recording() && index.enter(functionId, frame)),
      leave: () => void (recording() && index.leave()),
      beginCall: (api, args) => void (recording() && index.beginCall(api, args)),
      endCall: (result, finished) => void (recording() && index.endCall(result, finished)),
      dropCall: () => void (recording() && index.dropCall()),
      handedOut: (block) => void (recording() && index.handedOut(block)),
      stored: (addr, value) => void (recording() && index.stored(addr, value)),
      switchTo: (thread) => void (recording() && index.switchTo(thread)),
      forked: (thread) => void (recording() && index.forked(thread)),
      noted: (thread, state) => void (recording() && index.noted(thread, state)),
      drain: () => void (recording() && index.scan()),
      write: (fd, bytes) => {
        if (recording() && (fd === 1 || fd === 2)) index.print(fd, this.decoders[fd].decode(bytes, { stream: true }));
      },
    };
  }

  /** Decides at a statement's start whether the program should pause; keeps checkpoints on the way. */
  private pauseHere(): boolean {
    const { mode } = this;
    const head = this.journal.head();
    if (mode.kind === "replay") return head >= mode.goal;
    const steps = this.frontSteps();
    if (Atomics.load(this.flags, control.cancel / 4) !== 0) return this.pauseFor("cancelled");
    if (steps >= this.budget) return this.pauseFor("budget");
    if (steps >= mode.sliceEnd) return true;
    if (head - this.checkpoints.last() >= this.options.checkpointRecords) this.takeCheckpoint(head);
    this.boundary = head;
    this.index.boundary();
    return false;
  }

  private pauseFor(status: RunStatus): true {
    this.pausedFor = status;
    return true;
  }

  private takeCheckpoint(head: number): void {
    this.collectTouched();
    this.checkpoints.take(head, this.touched.list(), [this.pause.announced()]);
    for (const page of this.touched.list()) this.everTouched.add(page);
    this.touched.clear();
  }

  private collectTouched(): void {
    if (this.mode.kind === "record") this.index.scan();
    // Pages that change without records count as touched always, and those of the C machine also after they went back to zero.
    for (const page of unjournalledPages(this.simulation.memory)) this.touched.add(page);
    for (const page of this.everTouched.list()) if (page < machineMemory.kernel >>> PAGE_SHIFT) this.touched.add(page);
  }

  private frontSteps(): number {
    return this.registers.u64(control.steps);
  }

  private runFront(): void {
    this.pausedFor = null;
    this.simulation.seek(this.journal.head());
    if (this.pause.paused()) this.pause.resume(this.pause.announced());
    this.program.run();
    // Budget and cancelling are no events of the process: they must not look like its death at every cursor.
    this.stopped = this.registers.u32(control.stop);
    if (this.stopped === stop.budget || this.stopped === stop.cancelled) this.registers.setU32(control.stop, stop.running);
  }

  private outcome(): RunStatus | null {
    if (this.stopped !== stop.running) return statusOfStop[this.stopped] ?? "signal";
    return this.pausedFor;
  }

  /** Makes the ring hold [from, to), as far as it can. */
  private reach(from: number, to: number): void {
    if (this.has(from, to)) return;
    const margin = Math.min(MARGIN_RECORDS, Math.floor(this.journal.capacity / 4));
    const head = this.journal.head();
    const start = this.checkpoints.before(Math.max(this.first, from - margin));
    const onwards =
      from >= this.journal.tail() && head < this.last && head >= start && this.registers.u32(control.stop) === stop.running;
    if (!onwards)
      this.restore(
        this.checkpoints.before(from) > start && to - start > this.journal.capacity / 2 ? this.checkpoints.before(from) : start,
      );
    // The program pauses only between statements, and one statement may write more than the ring holds.
    const generous = Math.min(this.last, to + margin);
    this.replay(this.pauseAfter(generous) - from <= this.journal.capacity ? generous : to);
    assert(this.journal.head() >= to, "running again reaches the same records");
  }

  /** Where the program would pause when told to at `record`: at the latest where the next statement begins. */
  private pauseAfter(record: number): number {
    const { statementAt } = this.index;
    const next = statementAt.countBelow(record);
    return next < statementAt.length ? statementAt.at(next) : this.last;
  }

  private replay(goal: number): void {
    if (this.journal.head() >= goal) return;
    this.mode = { kind: "replay", goal };
    this.clearCancel();
    this.runFront();
  }

  private restore(at: number): void {
    this.collectTouched();
    const [announced = null] = this.checkpoints.restore(at, this.touched.list());
    this.pause.resume(announced);
    for (const field of [control.journalHead, control.journalTail, control.journalCursor]) this.registers.setU32(field, at);
    this.simulation.restored();
    this.setHardLimit();
  }

  private clearCancel(): void {
    Atomics.store(this.flags, control.cancel / 4, 0);
  }

  private setHardLimit(): void {
    this.registers.setU64(control.budget, this.budget + HARD_LIMIT_SLACK);
  }

  /** Brings the front to the end of the run so far, back to the last statement's start when it was cut off inside. */
  private continueFromEnd(): void {
    this.writing(() => {
      if (this.cutOff) {
        const at = this.boundary;
        this.index.truncate(at);
        this.last = at;
        this.checkpoints.dropAfter(at);
        this.restore(this.checkpoints.before(at));
        this.cutOff = false;
      }
      if (this.journal.head() !== this.last) {
        if (this.journal.head() > this.last) this.restore(this.checkpoints.before(this.last));
        this.replay(this.last);
      }
      assert(this.journal.head() === this.last, "the run continues where it ended");
      this.index.scanned = this.last;
    });
  }
}
