import type { Diagnostic, SourceSpan } from "../abi/debug-info";
import { fail, ok, type Result } from "../base";
import type { FunctionDefinition, TranslationUnit } from "./ast";
import { analyse, type Library } from "./compile";
import { Reporter } from "./reporter";

/**
 * Puts a statement at the end of main: before the return that ends it, or before its closing brace. The rest of the text stays as it is;
 * the new line is indented like its neighbour. A missing `;` is added. Diagnostics about the statement have spans within its own text.
 */
export function appendStatementWith(library: Library, source: string, statement: string): Result<string, readonly Diagnostic[]> {
  const before = check(library, source);
  if (!before.ok) return before;
  const main = mainOf(before.value);
  const text = completed(statement);
  if (main === undefined) return fail([problem("no-main", 0)]);
  if (text === "") return fail([problem("expected-expression", 0)]);
  const last = main.body.body.at(-1);
  const at = last?.kind === "return" ? last.span.start : main.body.close.start;
  const { lead, tail } = surroundings(source, at, last?.kind === "return", main, text);
  const changed = source.slice(0, at) + lead + text + tail + source.slice(at);
  const after = check(library, changed);
  if (!after.ok) return fail(after.problem.map((d) => ({ ...d, span: within(d.span, at + lead.length, text.length) })));
  const now = mainOf(after.value);
  const grown =
    now !== undefined &&
    now.body.body.length > main.body.body.length &&
    after.value.functions.length === before.value.functions.length;
  const sameEnd = now !== undefined && now.body.close.start === main.body.close.start + changed.length - source.length;
  return grown && sameEnd ? ok(changed) : fail([problem("expected-expression", text.length)]);
}

function problem(code: "no-main" | "expected-expression", length: number): Diagnostic {
  return {
    severity: "error",
    code,
    params: code === "no-main" ? {} : { got: "" },
    span: { start: 0, end: length, line: 1, column: 1 },
  };
}

function check(library: Library, source: string): Result<TranslationUnit, readonly Diagnostic[]> {
  const reporter = new Reporter();
  const unit = analyse(library, source, reporter);
  return unit === null || reporter.errorCount > 0 ? fail(reporter.diagnostics.filter((d) => d.severity === "error")) : ok(unit);
}

const mainOf = (unit: TranslationUnit): FunctionDefinition | undefined => unit.functions.find((f) => f.symbol.name === "main");

function completed(statement: string): string {
  const text = statement.trim();
  return text === "" || text.endsWith(";") || text.endsWith("}") ? text : `${text};`;
}

/** White space around the new text, so that it looks like what stands beside it. */
function surroundings(
  source: string,
  at: number,
  beforeReturn: boolean,
  main: FunctionDefinition,
  text: string,
): { lead: string; tail: string } {
  const newline = source.includes("\r\n") ? "\r\n" : "\n";
  const lineStart = source.lastIndexOf("\n", at - 1) + 1;
  const indent = source.slice(lineStart, at);
  const ownLine = /^[ \t]*$/.test(indent);
  if (!ownLine)
    return text.includes("//")
      ? { lead: newline, tail: newline }
      : { lead: /\s$/.test(source.slice(0, at)) ? "" : " ", tail: " " };
  if (beforeReturn) return { lead: "", tail: newline + indent };
  const neighbour = main.body.body.at(-1);
  const inner = neighbour === undefined ? `${indent}  ` : indentAt(source, neighbour.span.start);
  return { lead: inner.slice(indent.length), tail: newline + indent };
}

function indentAt(source: string, at: number): string {
  const lineStart = source.lastIndexOf("\n", at - 1) + 1;
  return /^[ \t]*/.exec(source.slice(lineStart, at))?.[0] ?? "";
}

function within(span: SourceSpan, start: number, length: number): SourceSpan {
  const clamp = (at: number) => Math.min(Math.max(at - start, 0), length);
  return { start: clamp(span.start), end: clamp(span.end), line: 1, column: clamp(span.start) + 1 };
}
