import type { SourceSpan } from "../abi/debug-info";
import type { Reporter } from "./reporter";
import { punctuators, type Token } from "./token";

const noBytes = new Uint8Array(0);
const simpleEscapes: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  "\\": 92,
  "'": 39,
  '"': 34,
  "?": 63,
};

/**
 * Cuts a text into tokens. Total: what cannot be a token is reported and left out. With `at`, every token gets that span (used for
 * headers, which have no place in the user's text).
 */
export function lex(text: string, reporter: Reporter, at?: SourceSpan): Token[] {
  return new Lexer(text, reporter, at).run();
}

class Lexer {
  private pos = 0;
  private line = 1;
  private lineStart = 0;
  private startsLine = true;
  private spaced = false;
  private readonly tokens: Token[] = [];

  constructor(
    private readonly text: string,
    private readonly reporter: Reporter,
    private readonly at: SourceSpan | undefined,
  ) {}

  run(): Token[] {
    while (this.skipBlank()) this.token();
    this.push("end", this.pos, "");
    return this.tokens;
  }

  private span(start: number, end = this.pos): SourceSpan {
    return this.at ?? { start, end, line: this.line, column: start - this.lineStart + 1 };
  }

  private push(kind: Token["kind"], start: number, text: string, bytes = noBytes, span = this.span(start)): void {
    this.tokens.push({ kind, text, span, bytes, startsLine: this.startsLine, spaced: this.spaced });
    this.startsLine = false;
    this.spaced = false;
  }

  private newLine(): void {
    this.line++;
    this.lineStart = this.pos;
  }

  /** Skips white space, comments and continued line ends. False at the end of the text. */
  private skipBlank(): boolean {
    for (;;) {
      const c = this.text[this.pos];
      if (c === undefined) return false;
      if (c === "\n") {
        this.pos++;
        this.newLine();
        this.startsLine = true;
        this.spaced = true;
      } else if (c === " " || c === "\t" || c === "\r" || c === "\f" || c === "\v" || c === "\ufeff") {
        this.pos++;
        this.spaced = true;
      } else if (c === "\\" && /^\\\r?\n/.test(this.text.slice(this.pos, this.pos + 3))) {
        this.pos = this.text.indexOf("\n", this.pos) + 1;
        this.newLine();
      } else if (c === "/" && this.text[this.pos + 1] === "/") {
        const end = this.text.indexOf("\n", this.pos);
        this.pos = end < 0 ? this.text.length : end;
      } else if (c === "/" && this.text[this.pos + 1] === "*") {
        this.blockComment();
      } else {
        return true;
      }
    }
  }

  private blockComment(): void {
    const end = this.text.indexOf("*/", this.pos + 2);
    if (end < 0) this.reporter.report("unterminated-comment", this.span(this.pos, this.pos + 2));
    const stop = end < 0 ? this.text.length : end + 2;
    for (; this.pos < stop; this.pos++) {
      if (this.text[this.pos] !== "\n") continue;
      this.line++;
      this.lineStart = this.pos + 1;
    }
    this.spaced = true;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.pos;
    return pattern.exec(this.text)?.[0] ?? "";
  }

  private token(): void {
    const start = this.pos;
    const name = this.match(/[A-Za-z_]\w*/y);
    if (name !== "") {
      this.pos += name.length;
      return this.push("name", start, name);
    }
    const number = this.match(/\.?\d(?:[eEpP][+-]|[\w.])*/y);
    if (number !== "") {
      this.pos += number.length;
      return this.push("number", start, number);
    }
    const c = this.text[start] ?? "";
    if (c === '"' || c === "'") return this.quoted(c);
    const punctuator = punctuators.find((p) => this.text.startsWith(p, start));
    if (punctuator !== undefined) {
      this.pos += punctuator.length;
      return this.push("punctuator", start, punctuator);
    }
    const char = String.fromCodePoint(this.text.codePointAt(start) ?? 0);
    this.pos += char.length;
    this.reporter.report("unknown-character", this.span(start), { char });
  }

  private quoted(quote: string): void {
    const start = this.pos++;
    const bytes: number[] = [];
    const line = { line: this.line, lineStart: this.lineStart };
    for (;;) {
      const c = this.text[this.pos];
      if (c === undefined || c === "\n") {
        this.reporter.report(quote === '"' ? "unterminated-string" : "unterminated-char", this.span(start));
        break;
      }
      if (c === quote) {
        this.pos++;
        break;
      }
      if (c === "\\") this.escape(bytes);
      else {
        const char = String.fromCodePoint(this.text.codePointAt(this.pos) ?? 0);
        this.pos += char.length;
        bytes.push(...new TextEncoder().encode(char));
      }
    }
    const span = this.at ?? { start, end: this.pos, line: line.line, column: start - line.lineStart + 1 };
    if (quote === "'" && bytes.length === 0 && this.text[this.pos - 1] === "'") this.reporter.report("empty-char", span);
    this.push(quote === '"' ? "string" : "char", start, this.text.slice(start, this.pos), Uint8Array.from(bytes), span);
  }

  private escape(bytes: number[]): void {
    const start = this.pos++;
    const c = this.text[this.pos] ?? "";
    const simple = simpleEscapes[c];
    const octal = this.match(/[0-7]{1,3}/y);
    const hex = this.match(/x[0-9a-fA-F]+/y);
    if (simple !== undefined) {
      this.pos++;
      bytes.push(simple);
    } else if (octal !== "") {
      this.pos += octal.length;
      bytes.push(Number.parseInt(octal, 8) & 255);
    } else if (hex !== "") {
      this.pos += hex.length;
      bytes.push(Number.parseInt(hex.slice(-2), 16));
    } else if (c === "\n") {
      this.pos++;
      this.newLine();
    } else if (c === "\r" && this.text[this.pos + 1] === "\n") {
      this.pos += 2;
      this.newLine();
    } else {
      this.reporter.report("bad-escape", this.span(start, this.pos + 1), { text: `\\${c}` });
    }
  }
}
