/** One program under two versions: what both did, call by call, and where they part. Types only. */
import type { Release } from "../abi/glibc-features";
import type { HistoryId } from "../abi/history";
import type { MachineSettings } from "../scenario/scenario";
import type { Operation, OutputChunk, RunStatus } from "./messages";

/**
 * In what two calls can differ.
 *
 *   decision  from where a block came or where it went, which earlier block is handed out again, what the kernel was asked for, errno,
 *             or that the process died: what a change of algorithm does
 *   words     what was written into heap and arena, with addresses taken relative to blocks: links, keys, sizes, counters
 *   address   where the result lies
 */
export type Aspect = "decision" | "words" | "address";

/** The same call in both runs; null in the run that does not make it. */
export interface ComparedCall {
  readonly a: Operation | null;
  readonly b: Operation | null;
  readonly differs: readonly Aspect[];
}

/** How a run ended, for both columns. */
export interface ComparedRun {
  readonly machine: MachineSettings;
  readonly status: RunStatus;
  readonly exitCode: number;
  readonly message: string;
  readonly signal: number;
  readonly output: readonly OutputChunk[];
  /** One past the last record. */
  readonly last: number;
}

/** What upstream did that parts the two. */
export interface Explanation {
  /** The neighbouring releases, older first, between which the outcome changes; found by running them. */
  readonly before: Release;
  readonly release: Release;
  /** The changes of that step that the diverging call met; all of the step's changes when none could be told apart. */
  readonly entries: readonly HistoryId[];
  /** False when `entries` lists all there were. */
  readonly certain: boolean;
}

export interface Divergence {
  /** "end": all calls are alike, but not how the runs end or what they print. */
  readonly aspect: Aspect | "end";
  /** Index in Comparison.calls; calls.length for "end". */
  readonly call: number;
  /** Cursors: before the call in each run (the run's end when it does not make it). */
  readonly cursorA: number;
  readonly cursorB: number;
  /** Null when it cannot be told: both run the same version, or only one makes the call. */
  readonly explanation: Explanation | null;
}

export interface Comparison {
  readonly a: ComparedRun;
  readonly b: ComparedRun;
  readonly calls: readonly ComparedCall[];
  /**
   * Where they part: the first call with another decision; else the end, when they die differently; else the first call that writes other
   * words; else the end, when output or exit code differ; else the first block at another address. Null when they are equal.
   */
  readonly divergence: Divergence | null;
  /** First call that differs in each aspect, −1 for none. */
  readonly first: Readonly<Record<Aspect, number>>;
}
