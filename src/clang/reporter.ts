import type { Diagnostic, SourceSpan } from "../abi/debug-info";
import { type DiagnosticCode, warningCodes } from "../abi/diagnostic-codes";

export type DiagnosticParams = Readonly<Record<string, string | number>>;

/** Thrown inside the parser to give up on the construct at hand; caught where parsing can go on. Never leaves the compiler. */
export class GiveUp extends Error {}

/** Errors beyond this many are not worth a reader's time. */
const MAX_DIAGNOSTICS = 50;

/** Collects what is wrong with a program, once per place and code. */
export class Reporter {
  readonly diagnostics: Diagnostic[] = [];
  errorCount = 0;
  private readonly seen = new Set<string>();

  report(code: DiagnosticCode, span: SourceSpan, params: DiagnosticParams = {}): void {
    const key = `${code}@${span.start}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const severity = warningCodes.has(code) ? "warning" : "error";
    if (severity === "error") this.errorCount++;
    if (this.diagnostics.length >= MAX_DIAGNOSTICS) return;
    this.diagnostics.push({ severity, code, params, span });
  }

  fail(code: DiagnosticCode, span: SourceSpan, params: DiagnosticParams = {}): never {
    this.report(code, span, params);
    throw new GiveUp(code);
  }
}
