/** A machine that runs scenarios, as the worker and the command line see it; tests bring a smaller one. */
import type { Diagnostic } from "../../abi/debug-info";
import type { ProcName } from "../../abi/proc-texts";
import type { Result } from "../../base";
import type { Scenario } from "../../scenario/scenario";
import type { Ending } from "./summary";
import type { Simulation } from "./simulation";

/** A scenario's program in its machine, at the start of its run. */
export interface Loaded {
  readonly simulation: Simulation;
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
  /** How the program ended; read at the end of its run. */
  ending(): Ending;
  /** What a shell prints of the process at the cursor. */
  proc(name: ProcName, pid?: number): readonly string[];
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
