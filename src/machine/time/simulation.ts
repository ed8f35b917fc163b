/** What a timeline runs. */
import type { DebugInfo } from "../../abi/debug-info";
import type { ProcessInfo } from "../../abi/process-info";
import type { Target } from "../../clang/target";
import type { PathOfMark } from "./run-index";

/** A machine with a program in it, ready to run, at record 0 of its run. */
export interface Simulation {
  /** All linear memory. */
  readonly memory: Uint8Array;
  readonly process: ProcessInfo;
  readonly debug: DebugInfo;
  readonly target: Target;
  /** Binds the program to a target. `run` continues it from the registers in linear memory until `target.stopped()`. */
  bind(target: Target): { run(): void };
  /** Undoes or redoes records of the ring until the cursor is there. */
  seek(record: number): void;
  /** Memory was replaced by an earlier state: forget everything derived from it. */
  restored(): void;
  readonly pathOfMark: PathOfMark;
}
