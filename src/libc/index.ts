/** The C compiler with its library: text in, programs for the simulated process out. The interpreter stands in src/clang/interpreter. */
import type { Diagnostic } from "../abi/debug-info";
import type { Result } from "../base";
import { appendStatementWith } from "../clang/append-statement";
import { compileWith, type Library } from "../clang/compile";
import type { LibcFunctions } from "../clang/libc-call";
import type { Program } from "../clang/program";
import { functionHeaders, headers } from "./headers";
import { mallocFunctions } from "./malloc";
import { processFunctions } from "./process";
import { pthreadFunctions } from "./pthread";
import { stdinFunctions } from "./stdin";
import { stdioFunctions } from "./stdio";
import { mathFunctions, stdlibFunctions } from "./stdlib";
import { ctypeFunctions, stringFunctions } from "./string";
import { systemFunctions } from "./system";

const library: Library = { headers, functions: functionHeaders };

/** What the interpreter calls. */
export const libcFunctions: LibcFunctions = new Map(
  Object.entries({
    ...mallocFunctions,
    ...stdioFunctions,
    ...stringFunctions,
    ...ctypeFunctions,
    ...stdlibFunctions,
    ...mathFunctions,
    ...pthreadFunctions,
    ...processFunctions,
    ...stdinFunctions,
    ...systemFunctions,
  }),
);

/** Translates a program. With an error among the diagnostics there is none. */
export function compile(source: string, fileName: string, wordBytes: 4 | 8 = 8): Result<Program, readonly Diagnostic[]> {
  return compileWith(library, source, fileName, wordBytes);
}

/** Puts a statement at the end of main; see appendStatementWith. */
export function appendStatement(source: string, statement: string): Result<string, readonly Diagnostic[]> {
  return appendStatementWith(library, source, statement);
}
