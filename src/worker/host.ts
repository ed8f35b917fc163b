/** What the dispatcher needs of the machine: so that it can be tested without one. */
import type { Diagnostic } from "../abi/debug-info";
import type { Result } from "../base";
import type { Ending, Simulation } from "../machine/time";
import type { Scenario } from "../scenario/scenario";

/** A scenario's program in its machine, at the start of its run. */
export interface Loaded {
  readonly simulation: Simulation;
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
  /** How the program ended; read at the end of its run. */
  ending(): Ending;
  /** Text of /proc/self/maps at the cursor. */
  maps(): string;
}

/** Source with one more statement, or why not. */
export interface Appended {
  readonly source: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Host {
  /** Linear memory, the same for every scenario. */
  readonly memory: Uint8Array;
  /** Compiles the program and, if that worked, lays out a fresh process; the program before stays untouched otherwise. */
  load(scenario: Scenario): Result<Loaded, readonly Diagnostic[]>;
  appendStatement(source: string, statement: string): Appended;
}
