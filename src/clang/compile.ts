import type { Diagnostic } from "../abi/debug-info";
import { fail, ok, type Result } from "../base";
import type { TranslationUnit } from "./ast";
import { Cursor } from "./cursor";
import { lowerUnit } from "./lower";
import { parseTranslationUnit } from "./parse-declarations";
import type { Macro, Macros } from "./macros";
import { type Headers, preprocess } from "./preprocessor";
import type { Program } from "./program";
import { GiveUp, Reporter } from "./reporter";
import type { Token } from "./token";
import { type FunctionType, withWordBytes, wordBytes } from "./types";
import { Unit } from "./unit";

/** Longest program text, in characters. */
const MAX_SOURCE = 1_000_000;
/** Slots that fit the C machine's region (src/abi/machine-memory.ts). */
const MAX_SLOTS = 60_000;

/** What compile knows of libc: the texts of its headers. */
export interface Library {
  readonly headers: Headers;
  /** Every function that the headers declare, with the header that does. */
  readonly functions: ReadonlyMap<string, string>;
}

/** Translates a C program. All errors and warnings are found in one pass; with an error there is no program. */
export function compileWith(
  library: Library,
  source: string,
  fileName: string,
  bytes: 4 | 8 = 8,
): Result<Program, readonly Diagnostic[]> {
  return withWordBytes(bytes, () => translate(library, source, fileName));
}

function translate(library: Library, source: string, fileName: string): Result<Program, readonly Diagnostic[]> {
  const reporter = new Reporter();
  const unit = analyse(library, source, reporter, fileName);
  const { diagnostics } = reporter;
  if (unit === null || reporter.errorCount > 0) return fail(inOrder(diagnostics));
  const program = lowerUnit(unit, source, fileName);
  if (program.slots > MAX_SLOTS) {
    reporter.report("program-too-large", { start: 0, end: 0, line: 1, column: 1 }, { limit: MAX_SLOTS });
    return fail(diagnostics);
  }
  return ok({ ...program, warnings: inOrder(diagnostics) });
}

const inOrder = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  diagnostics.toSorted((a, b) => a.span.start - b.span.start);

/** Parser and checker. null when it had to give up altogether. */
export function analyse(library: Library, source: string, reporter: Reporter, fileName = ""): TranslationUnit | null {
  if (source.length > MAX_SOURCE) {
    reporter.report("program-too-large", { start: 0, end: 0, line: 1, column: 1 }, { limit: MAX_SOURCE });
    return null;
  }
  try {
    const { tokens } = preprocess(source, library.headers, predefined(fileName), reporter);
    const cursor = new Cursor(tokens, reporter);
    const unit = new Unit(reporter, library.functions, (name) => prototypesOf(library).get(name));
    parseTranslationUnit({ cursor, unit });
    checkDefinitions(unit, cursor);
    return { functions: unit.functions, globals: unit.globals, data: unit.data, sectionBytes: unit.sectionBytes };
  } catch (error) {
    if (error instanceof GiveUp) return null;
    throw error;
  }
}

/** Macros that exist before the first line. */
function predefined(fileName: string): Macros {
  const nowhere = { start: 0, end: 0, line: 1, column: 1 };
  const token = (kind: "string" | "number", text: string, bytes = new Uint8Array(0)): Token => ({
    kind,
    text,
    span: nowhere,
    bytes,
    startsLine: false,
    spaced: false,
  });
  const objectLike = (body: Token): Macro => ({ params: null, variadic: false, body: [body] });
  return new Map([
    ["__FILE__", objectLike(token("string", JSON.stringify(fileName), new TextEncoder().encode(fileName)))],
    ["__STDC__", objectLike(token("number", "1"))],
    ["__STDC_VERSION__", objectLike(token("number", "201710L"))],
    ...(wordBytes() === 8 ? ["__x86_64__", "__LP64__"] : ["__i386__", "__ILP32__"]).map((name): [string, Macro] => [
      name,
      objectLike(token("number", "1")),
    ]),
    ["__linux__", objectLike(token("number", "1"))],
  ]);
}

function checkDefinitions(unit: Unit, cursor: Cursor): void {
  const { reporter } = unit;
  for (const { symbol, span } of unit.calls) {
    if (symbol.index >= 0 && !symbol.isDefined) reporter.report("undefined-name", span, { name: symbol.name });
  }
  for (const symbol of unit.globals) if (!symbol.isDefined) reporter.report("undefined-name", symbol.span, { name: symbol.name });
  const main = unit.lookup("main");
  if (main?.kind !== "function" || !main.isDefined) reporter.report("no-main", cursor.peek().span);
}

/** Prototypes of all of libc, read once a library and machine. */
const prototypes = { 4: new WeakMap<Library, Prototypes>(), 8: new WeakMap<Library, Prototypes>() } as const;
type Prototypes = ReadonlyMap<string, FunctionType>;

function prototypesOf(library: Library): Prototypes {
  const known = prototypes[wordBytes()].get(library);
  if (known !== undefined) return known;
  const reporter = new Reporter();
  const source = [...library.headers.keys()].map((name) => `#include <${name}>`).join("\n");
  const { tokens } = preprocess(source, library.headers, predefined(""), reporter);
  const unit = new Unit(reporter, new Map(), () => undefined);
  parseTranslationUnit({ cursor: new Cursor(tokens, reporter), unit });
  const first = reporter.diagnostics[0];
  if (first !== undefined) throw new Error(`libc headers: ${first.code} ${JSON.stringify(first.params)}`);
  const found = new Map(unit.functionSymbols.map((f) => [f.name, f.type]));
  prototypes[wordBytes()].set(library, found);
  return found;
}
