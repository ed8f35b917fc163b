import type { SourceSpan } from "../abi/debug-info";

/**
 * A C token. `text` is its spelling; strings and character constants carry their value as bytes. Tokens that a macro or a header
 * brought in carry the span of the place in the user's text that caused them.
 */
export interface Token {
  readonly kind: "name" | "number" | "char" | "string" | "punctuator" | "end";
  readonly text: string;
  readonly span: SourceSpan;
  /** Bytes of a string (without its NUL) or value bytes of a character constant. */
  readonly bytes: Uint8Array;
  /** First token of its line: only there a # begins a directive. */
  readonly startsLine: boolean;
  /** White space stands before it. */
  readonly spaced: boolean;
}

/** Longest first, so that the first match is the right one. */
export const punctuators = [
  "...",
  "<<=",
  ">>=",
  "->",
  "++",
  "--",
  "<<",
  ">>",
  "<=",
  ">=",
  "==",
  "!=",
  "&&",
  "||",
  "*=",
  "/=",
  "%=",
  "+=",
  "-=",
  "&=",
  "^=",
  "|=",
  "##",
  "[",
  "]",
  "(",
  ")",
  "{",
  "}",
  ".",
  "&",
  "*",
  "+",
  "-",
  "~",
  "!",
  "/",
  "%",
  "<",
  ">",
  "^",
  "|",
  "?",
  ":",
  ";",
  "=",
  ",",
  "#",
] as const;

export const keywords: ReadonlySet<string> = new Set([
  "auto",
  "break",
  "case",
  "char",
  "const",
  "continue",
  "default",
  "do",
  "double",
  "else",
  "enum",
  "extern",
  "float",
  "for",
  "goto",
  "if",
  "inline",
  "int",
  "long",
  "register",
  "restrict",
  "return",
  "short",
  "signed",
  "sizeof",
  "static",
  "struct",
  "switch",
  "typedef",
  "union",
  "unsigned",
  "void",
  "volatile",
  "while",
  "_Bool",
  "_Alignof",
  "_Noreturn",
  "_Static_assert",
]);
