/**
 * Messages between the page and the worker. Types only.
 *
 *   page                                worker
 *    │ open {scenario, run}     ─────►  compile, run to the end or to the budget
 *    │               ◄───── progress (a few a second)
 *    │               ◄───── opened {summary | diagnostics}      memory shows `cursor`
 *    │ move / seek              ─────►  undo or redo records
 *    │               ◄───── moved {position, pages?}            pages: copies of changed pages when memory is not shared
 *    │ ask {question}           ─────►  answered from journal and index
 *    │               ◄───── answer
 *    │ compare {scenario, 2 machines}   run both on a machine of their own
 *    │               ◄───── progress, compared | rejected
 *    │ tlb {scenario, cursor}   ─────►  run with accesses counted, on a machine of its own
 *    │               ◄───── progress, tlb | rejected
 *
 * Every request carries an id that its reply repeats. Cancelling is a flag in shared memory (or `cancel` when not shared).
 */
import type { ApiName } from "../abi/api";
import type { DebugInfo, Diagnostic } from "../abi/debug-info";
import type { ProcName } from "../abi/proc-texts";
import type { ProcessInfo } from "../abi/process-info";
import type { MachineSettings, Scenario, StepLevel, StepPlace, StepRef } from "../scenario/scenario";
import type { Comparison } from "./comparison";
import type { TlbFacts } from "./tlb";

/** One allocator call of a run. Times are record indices: begin is its opBegin record, end the index after its opEnd record (or the run's end). */
export interface Operation {
  readonly index: number;
  readonly api: ApiName;
  /** Raw arguments, as many as the call has. Unsigned; above 2^53 rounded (text is exact). */
  readonly args: readonly number[];
  readonly argText: readonly string[];
  /** Result as hex or decimal text (`0x5555…2a0`, `1`), empty for void. */
  readonly result: number;
  readonly resultText: string;
  readonly errno: number;
  readonly begin: number;
  readonly end: number;
  /** Statement that made the call, and its 1-based line. −1 when none (replayed recordings). */
  readonly statement: number;
  readonly line: number;
  /** Number of the thread that called: 0 main. */
  readonly thread: number;
  /** Name by which the source knows the pointer (`b`, `t[3]`) or "". */
  readonly name: string;
  /** Which part of the allocator served or took the block. */
  readonly path: OperationPath;
  /** False when the program died inside this call. */
  readonly finished: boolean;
}

export type OperationPath = "none" | "tcache" | "fast" | "unsorted" | "small" | "large" | "top" | "mmap" | "sysmalloc" | "error";

/** Bytes at the end of each operation (index = operation index). */
export interface Ledger {
  readonly inUse: Float64Array;
  readonly freeInBins: Float64Array;
  readonly top: Float64Array;
  /** Of the process that runs, as the kernel counts: at the run's start, then at each operation's begin and end, then at the run's end. */
  readonly residentAt: Float64Array;
  readonly virtualAt: Float64Array;
}

export type RunStatus = "exited" | "abort" | "signal" | "budget" | "cancelled" | "outOfMemory" | "storeFull" | "deadlock";

export interface OutputChunk {
  readonly fd: 1 | 2;
  readonly text: string;
  /** Record index at which it was written. */
  readonly at: number;
}

/** Statement markers in order of execution: structure of arrays. */
export interface StatementTrack {
  /** Record index of each statement marker. */
  readonly at: Uint32Array;
  readonly statement: Uint32Array;
}

/** Who runs when, and what the threads are at: structure of arrays in order of time. Empty while there is only main. */
export interface ThreadTrack {
  /** Position from which it holds. */
  readonly at: Uint32Array;
  readonly thread: Uint32Array;
  /** A value of threadState (src/abi/threads.ts); none: the thread runs from here on. */
  readonly state: Uint32Array;
}

/** System calls and page faults in order of time: structure of arrays. */
export interface KernelTrack {
  /** Record at which each begins, and the index after its last one. */
  readonly at: Uint32Array;
  readonly end: Uint32Array;
  /** Index in kernelCallNames (src/abi/api.ts). */
  readonly call: Uint32Array;
  /** The kernel's function that it came to last: id of a phase's marker (src/abi/kernel-marks.ts), 0 when it said nothing. */
  readonly cause: Uint32Array;
}

export interface RunSummary {
  readonly status: RunStatus;
  readonly exitCode: number;
  /** glibc's own message, verbatim, when it aborted. */
  readonly message: string;
  readonly signal: number;
  readonly signalAddr: number;
  readonly signalWrite: boolean;
  /** First and one-past-last record index of the run. Cursor positions are in [first, last]. */
  readonly first: number;
  readonly last: number;
  /** Engine steps used. */
  readonly steps: number;
  readonly process: ProcessInfo;
  readonly debug: DebugInfo;
  readonly operations: readonly Operation[];
  readonly ledger: Ledger;
  readonly statements: StatementTrack;
  readonly threads: ThreadTrack;
  readonly kernel: KernelTrack;
  readonly output: readonly OutputChunk[];
}

/** Where a cursor stands. */
export interface Position {
  readonly cursor: number;
  /** Statement about to run or running; −1 before main. */
  readonly statement: number;
  /** Operation that contains the cursor (begin < cursor ≤ end), or −1 between calls. */
  readonly operation: number;
  /** Latest operation begun at or before the cursor, −1 if none. */
  readonly lastOperation: number;
  /** Records [from, cursor) are what the last step did: their writes are highlighted. */
  readonly stepFrom: number;
}

/** How to move the cursor. `step`: to the next or previous marker of that level or coarser. `over`: not into allocator calls (Shift). `out`: to the end (start) of the call. */
export interface Move {
  readonly kind: "step" | "over" | "out" | "operation";
  readonly level: StepLevel;
  readonly direction: 1 | -1;
}

/** One decoded journal record, for listings and write tags. Values as bigint: they are exact words. */
export interface JournalSlice {
  /** Records [from, to) as raw bytes, 24 each; see src/abi/journal.ts. */
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
  /** For each write record the virtual address it went to, 0 for kernel structs. */
  readonly addrs: Float64Array;
}

export interface VmaRange {
  readonly start: number;
  /** First address after. */
  readonly end: number;
}

export interface VmaState extends VmaRange {
  /** vm_flags: bits of vmFlag (src/abi/kernel.ts). */
  readonly flags: number;
}

/** What one call of the kernel did to a VMA. */
export interface VmaChange {
  /** Cursor behind the call. */
  readonly at: number;
  /** Index in kernelCallNames. */
  readonly call: number;
  /** Null: it was not there; after: it is not there. */
  readonly before: VmaState | null;
  readonly after: VmaState | null;
  /** Other VMAs that were, before the call, where this one is after it; and those that are, after it, where this one was. */
  readonly taken: readonly VmaRange[];
  readonly given: readonly VmaRange[];
}

export type Question =
  | { readonly ask: "slice"; readonly from: number; readonly to: number }
  /** Last write record before `before` that touched the word at virtual address addr; −1 if none. */
  | { readonly ask: "lastWriter"; readonly addr: number; readonly before: number }
  /** What a shell would print at a cursor, and what it would have printed at an earlier one. */
  | { readonly ask: "proc"; readonly name: ProcName; readonly cursor: number; readonly before: number; readonly pid?: number }
  /**
   * A piece of what happened to the VMA whose struct is at a linear offset: from a cursor at which it is there, or from where the piece before
   * ended, onwards or back.
   */
  | { readonly ask: "vmaHistory"; readonly vma: number; readonly from: number; readonly direction: 1 | -1 }
  /** Where a move would lead; nothing moves. */
  | { readonly ask: "destination"; readonly move: Move }
  /** The step at a cursor, for a link. */
  | { readonly ask: "place"; readonly cursor: number }
  /** Source with a C statement appended to main (call bar, chunk actions). */
  | { readonly ask: "appendStatement"; readonly source: string; readonly statement: string };

export type Answer =
  | { readonly ask: "slice"; readonly slice: JournalSlice }
  | { readonly ask: "lastWriter"; readonly at: number }
  | { readonly ask: "proc"; readonly name: ProcName; readonly lines: readonly string[]; readonly before: readonly string[] }
  /** `done`: there is no more in that direction; else the next piece begins at `reached`. */
  | { readonly ask: "vmaHistory"; readonly changes: readonly VmaChange[]; readonly reached: number; readonly done: boolean }
  | { readonly ask: "destination"; readonly position: Position }
  | { readonly ask: "place"; readonly place: StepPlace }
  | { readonly ask: "appendStatement"; readonly source: string | null; readonly diagnostics: readonly Diagnostic[] };

export type ToWorker =
  | { readonly type: "start"; readonly id: number; readonly share: boolean }
  | {
      readonly type: "open";
      readonly id: number;
      readonly scenario: Scenario;
      readonly budget: number;
      /** null: where the scenario is worth seeing. */
      readonly cursor: StepRef | null;
    }
  | { readonly type: "extend"; readonly id: number; readonly budget: number }
  | { readonly type: "move"; readonly id: number; readonly move: Move }
  | { readonly type: "seek"; readonly id: number; readonly cursor: number; readonly snap: StepLevel | null }
  | { readonly type: "ask"; readonly id: number; readonly question: Question }
  /** One program on two machines; what is open stays open. */
  | {
      readonly type: "compare";
      readonly id: number;
      readonly scenario: Scenario;
      readonly machines: readonly [MachineSettings, MachineSettings];
      /** Engine steps for each run. */
      readonly budget: number;
    }
  /** What the TLB did until a cursor of that program, and in the step that began at `from`: counted in a run of its own. */
  | { readonly type: "tlb"; readonly id: number; readonly scenario: Scenario; readonly cursor: number; readonly from: number }
  | { readonly type: "cancel" };

/** A copy of one 4 KiB page of linear memory (offset = page * 4096). */
export interface PageCopy {
  readonly pages: Uint32Array;
  readonly bytes: Uint8Array;
}

export type FromWorker =
  | { readonly type: "started"; readonly id: number; readonly memory: SharedArrayBuffer | null; readonly memoryBytes: number }
  | { readonly type: "progress"; readonly id: number; readonly steps: number; readonly operations: number }
  | {
      readonly type: "opened";
      readonly id: number;
      readonly summary: RunSummary;
      readonly position: Position;
      readonly diagnostics: readonly Diagnostic[];
      readonly pages: PageCopy | null;
    }
  | { readonly type: "rejected"; readonly id: number; readonly diagnostics: readonly Diagnostic[] }
  | { readonly type: "moved"; readonly id: number; readonly position: Position; readonly pages: PageCopy | null }
  | { readonly type: "answer"; readonly id: number; readonly answer: Answer }
  /** Null when it was cancelled. */
  | { readonly type: "compared"; readonly id: number; readonly comparison: Comparison | null }
  | { readonly type: "tlb"; readonly id: number; readonly facts: TlbFacts | null }
  | { readonly type: "failed"; readonly id: number; readonly error: string };
