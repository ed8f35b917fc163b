/** The C language: text in, a program that runs on a simulated process out. */
import type { Diagnostic } from "../abi/debug-info";
import type { Result } from "../base";
import { libcFunctions, library } from "../libc";
import { compileWith } from "./compile";
import { createInterpreter as createWith, type Interpreter } from "./interpreter";
import type { Program } from "./program";
import type { ProgramLayout, Target } from "./target";

/** Translates a program. With an error among the diagnostics there is none. */
export function compile(source: string, fileName: string): Result<Program, readonly Diagnostic[]> {
  return compileWith(library, source, fileName);
}

/** Makes a program ready to run in a process that has its image (`programImage`) and its argv in memory. */
export function createInterpreter(program: Program, target: Target, layout: ProgramLayout): Interpreter {
  return createWith(program, target, layout, libcFunctions);
}

export type { Interpreter, Outcome } from "./interpreter";
export { debugInfo, type Program, programImage } from "./program";
export { LIBC_DATA_BYTES, type ProgramLayout, STDOUT_FILE_BYTES, type Target } from "./target";
