import type { SourceSpan } from "../abi/debug-info";
import { evaluateCondition } from "./preprocessor-condition";
import { lex } from "./lexer";
import { expandMacros, type Macro, type Macros } from "./macros";
import type { Reporter } from "./reporter";
import { suggest } from "./source";
import type { Token } from "./token";

/** Texts of the headers that `#include` may name, written in the C that this compiler reads. */
export type Headers = ReadonlyMap<string, string>;

export interface Preprocessed {
  readonly tokens: readonly Token[];
  /** Names of the headers that were read. */
  readonly included: ReadonlySet<string>;
}

/** One #if … #endif: whether this branch is read, whether one was already, whether the surroundings are read. */
interface Conditional {
  readonly span: SourceSpan;
  readonly outer: boolean;
  active: boolean;
  taken: boolean;
}

/** Tokens a program may have after expansion; more is a runaway macro. */
const MAX_TOKENS = 400_000;

/**
 * Runs the directives (#include of known headers, #define, #undef, #if family, #error, #pragma) and expands macros.
 * The result ends with one `end` token.
 */
export function preprocess(text: string, headers: Headers, predefined: Macros, reporter: Reporter): Preprocessed {
  return new Preprocessor(headers, new Map(predefined), reporter).run(text);
}

class Preprocessor {
  private readonly out: Token[] = [];
  private readonly included = new Set<string>();
  private readonly conditionals: Conditional[] = [];

  constructor(
    private readonly headers: Headers,
    private readonly macros: Map<string, Macro>,
    private readonly reporter: Reporter,
  ) {}

  run(text: string): Preprocessed {
    const tokens = lex(text, this.reporter);
    this.file(tokens);
    const end = tokens[tokens.length - 1];
    if (end !== undefined) this.out.push(end);
    return { tokens: this.out, included: this.included };
  }

  private active(): boolean {
    return this.conditionals.every((c) => c.active);
  }

  /** One file: runs of ordinary lines between directives are expanded together, so that a macro call may span lines. */
  private file(tokens: readonly Token[]): void {
    const depth = this.conditionals.length;
    let run: Token[] = [];
    let i = 0;
    for (let token = tokens[i]; token !== undefined && token.kind !== "end"; token = tokens[i]) {
      if (token.text !== "#" || !token.startsLine) {
        if (this.active()) run.push(token);
        i++;
        continue;
      }
      this.expand(run);
      run = [];
      const line: Token[] = [];
      for (i++; ; i++) {
        const next = tokens[i];
        if (next === undefined || next.kind === "end" || next.startsLine) break;
        line.push(next);
      }
      this.directive(token, line);
    }
    this.expand(run);
    while (this.conditionals.length > depth) {
      const open = this.conditionals.pop();
      if (open !== undefined) this.reporter.report("unterminated-if", open.span);
    }
  }

  private expand(run: readonly Token[]): void {
    if (run.length === 0) return;
    for (const token of expandMacros(run, this.macros, this.reporter, MAX_TOKENS)) this.out.push(token);
    const last = run[run.length - 1];
    if (this.out.length > MAX_TOKENS && last !== undefined)
      this.reporter.fail("program-too-large", last.span, { limit: MAX_TOKENS });
  }

  private directive(hash: Token, line: readonly Token[]): void {
    const [head, ...rest] = line;
    if (head === undefined) return;
    const name = rest[0]?.text ?? "";
    switch (head.text) {
      case "ifdef":
        return this.open(head, () => this.macros.has(name));
      case "ifndef":
        return this.open(head, () => !this.macros.has(name));
      case "if":
        return this.open(head, () => this.condition(head, rest));
      case "elif":
      case "else":
      case "endif":
        return this.branch(head, rest);
    }
    if (!this.active()) return;
    switch (head.text) {
      case "include":
        return this.include(hash, rest);
      case "define":
        return this.define(head, rest);
      case "undef":
        this.macros.delete(name);
        return;
      case "pragma":
      case "line":
        return;
      case "error":
        return this.reporter.report("error-directive", head.span, { text: rest.map((t) => t.text).join(" ") });
      default:
        return this.reporter.report("bad-directive", head.span, { text: `#${head.text}` });
    }
  }

  private condition(head: Token, tokens: readonly Token[]): boolean {
    return evaluateCondition(tokens, this.macros, this.reporter, head.span);
  }

  private open(head: Token, holds: () => boolean): void {
    const outer = this.active();
    const active = outer && holds();
    this.conditionals.push({ span: head.span, outer, active, taken: active });
  }

  private branch(head: Token, rest: readonly Token[]): void {
    const top = this.conditionals[this.conditionals.length - 1];
    if (top === undefined) return this.reporter.report("stray-directive", head.span, { text: `#${head.text}` });
    if (head.text === "endif") {
      this.conditionals.pop();
      return;
    }
    top.active = top.outer && !top.taken && (head.text === "else" || this.condition(head, rest));
    top.taken ||= top.active;
  }

  private include(hash: Token, rest: readonly Token[]): void {
    const first = rest[0];
    const last = rest[rest.length - 1];
    if (first === undefined || last === undefined) return this.reporter.report("bad-directive", hash.span, { text: "#include" });
    const span = { ...hash.span, end: last.span.end };
    const name =
      first.kind === "string"
        ? first.text.slice(1, -1)
        : rest
            .slice(1, -1)
            .map((t) => t.text)
            .join("");
    const text = this.headers.get(name);
    if (text === undefined)
      return this.reporter.report("unknown-header", span, { name, suggestion: suggest(name, this.headers.keys()) });
    if (this.included.has(name)) return;
    this.included.add(name);
    this.file(lex(text, this.reporter, span));
  }

  private define(head: Token, rest: readonly Token[]): void {
    const [name, ...after] = rest;
    if (name === undefined || name.kind !== "name") return this.reporter.report("bad-directive", head.span, { text: "#define" });
    const paren = after[0];
    if (paren?.text !== "(" || paren.spaced) {
      this.macros.set(name.text, { params: null, variadic: false, body: after });
      return;
    }
    const close = after.findIndex((t) => t.text === ")");
    if (close < 0) return this.reporter.report("bad-directive", head.span, { text: "#define" });
    const words = after
      .slice(1, close)
      .filter((t) => t.text !== ",")
      .map((t) => t.text);
    const variadic = words[words.length - 1] === "...";
    const params = variadic ? [...words.slice(0, -1), "__VA_ARGS__"] : words;
    this.macros.set(name.text, { params, variadic, body: after.slice(close + 1) });
  }
}
