/** The page's side of the worker: one interface, whether memory is shared or copied. */
import type { Diagnostic } from "../abi/debug-info";
import type { Result } from "../base";
import type { Answer, FromWorker, Move, Position, Question } from "../protocol/messages";
import type { Comparison } from "../protocol/comparison";
import type { TlbFacts } from "../protocol/tlb";
import type { MachineSettings, Scenario, StepLevel, StepRef } from "../scenario/scenario";

export type Opened = Extract<FromWorker, { type: "opened" }> | Extract<FromWorker, { type: "rejected" }>;

export interface Session {
  /** Linear memory as the worker last left it: the shared memory itself, or this page's copy of it. */
  readonly memory: Uint8Array;
  readonly shared: boolean;
  open(
    scenario: Scenario,
    options: {
      readonly budget: number;
      readonly cursor: StepRef | null;
      readonly onProgress?: (steps: number, operations: number) => void;
    },
  ): Promise<Opened>;
  extend(budget: number, onProgress?: (steps: number, operations: number) => void): Promise<Opened>;
  move(move: Move): Promise<Position>;
  /** snap: round down to a marker of that level. */
  seek(cursor: number, snap?: StepLevel): Promise<Position>;
  /**
   * Runs one program on two machines and tells where they part; the open scenario stays as it is. Null when cancelled, diagnostics when the
   * program or a machine is not accepted.
   */
  compare(
    scenario: Scenario,
    machines: readonly [MachineSettings, MachineSettings],
    options: { readonly budget: number; readonly onProgress?: (steps: number, operations: number) => void },
  ): Promise<Result<Comparison | null, readonly Diagnostic[]>>;
  /** What the TLB did until a cursor, and in the step that began at `from`; counted in a run of its own. Null when cancelled. */
  tlb(
    scenario: Scenario,
    step: { readonly cursor: number; readonly from: number; readonly onProgress?: (steps: number, operations: number) => void },
  ): Promise<TlbFacts | null>;
  ask<Q extends Question>(question: Q): Promise<Extract<Answer, { ask: Q["ask"] }>>;
  /** Stops a run in progress; its `open` resolves with status "cancelled", a comparison with null. */
  cancel(): void;
  /** Called when the worker died; the session is unusable afterwards: create a new one and open the scenario again. */
  onDeath(listener: (reason: string) => void): void;
  dispose(): void;
}
