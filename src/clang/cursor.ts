import type { SourceSpan } from "../abi/debug-info";
import type { Reporter } from "./reporter";
import type { Token } from "./token";

/** Depth of nested constructs at which the parser gives up, well before the host's own stack would. */
const MAX_DEPTH = 200;

/** A place in the stream of tokens, with the questions a parser asks. */
export class Cursor {
  private index = 0;
  private depth = 0;
  private readonly end: Token;

  constructor(
    private readonly tokens: readonly Token[],
    readonly reporter: Reporter,
  ) {
    const end = tokens[tokens.length - 1];
    const nowhere = { start: 0, end: 0, line: 1, column: 1 };
    this.end = end ?? { kind: "end", text: "", span: nowhere, bytes: new Uint8Array(0), startsLine: true, spaced: false };
  }

  peek(ahead = 0): Token {
    return this.tokens[this.index + ahead] ?? this.end;
  }

  /** The token before: where the construct just read ends. */
  get last(): Token {
    return this.tokens[this.index - 1] ?? this.peek();
  }

  get position(): number {
    return this.index;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.index++;
    return token;
  }

  /** Is the next token this punctuator or keyword? */
  is(text: string): boolean {
    const token = this.peek();
    return token.text === text && (token.kind === "punctuator" || token.kind === "name");
  }

  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.index++;
    return true;
  }

  expect(text: string): Token {
    if (this.is(text)) return this.next();
    return this.reporter.fail("expected", this.peek().span, { expected: text, got: this.peek().text });
  }

  /** The `;` that ends something: its absence is told at the end of what stands before it. */
  expectSemicolon(): void {
    if (this.take(";")) return;
    const { span } = this.last;
    const at: SourceSpan = {
      start: Math.max(span.end - 1, span.start),
      end: span.end,
      line: span.line,
      column: span.column + Math.max(span.end - span.start - 1, 0),
    };
    this.reporter.fail("expected-semicolon", at, { got: this.peek().text });
  }

  /** Runs a nested construct, keeping count of the depth. */
  nested<T>(read: () => T): T {
    if (this.depth >= MAX_DEPTH) return this.reporter.fail("nested-too-deep", this.peek().span, { limit: MAX_DEPTH });
    this.depth++;
    try {
      return read();
    } finally {
      this.depth--;
    }
  }

  /** After an error: goes on behind the next `;`, or before a `}`, at this level of braces. Always makes progress past `from`. */
  recover(from: number): void {
    let braces = 0;
    for (;;) {
      const token = this.peek();
      if (token.kind === "end") return;
      if (token.kind === "punctuator") {
        if (token.text === "}" && braces === 0) {
          if (this.index === from) this.index++;
          return;
        }
        if (token.text === "{") braces++;
        if (token.text === "}" && --braces === 0) {
          this.index++;
          return;
        }
        if (token.text === ";" && braces === 0) {
          this.index++;
          return;
        }
      }
      this.index++;
    }
  }
}
