/**
 * Codes of everything the C front end can say about a program. Their texts stand in src/i18n/diagnostics.ts.
 * Parameters by name are given in the comment; each is text as it stands in the source, or a count.
 */
export const diagnosticCodes = [
  // reading characters
  "unknown-character", // char
  "unterminated-string",
  "unterminated-char",
  "empty-char",
  "unterminated-comment",
  "bad-number", // text
  "bad-escape", // text (warning)
  // preprocessor
  "unknown-header", // name, suggestion
  "bad-directive", // text
  "unterminated-if",
  "stray-directive", // text
  "macro-arguments", // name, expected, got
  "error-directive", // text
  // syntax
  "expected", // expected, got
  "expected-semicolon", // got
  "expected-expression", // got
  "unclosed", // open, expected
  "unknown-type", // name, suggestion
  "expected-declaration", // got
  "nested-too-deep", // limit
  "program-too-large", // limit
  // names
  "undeclared", // name, suggestion
  "undeclared-function", // name, suggestion
  "missing-header", // name, header (warning)
  "redeclared", // name
  "function-redefined", // name
  "undefined-name", // name
  "unknown-label", // name
  "no-main",
  // types
  "incomplete-type", // type
  "no-member", // type, name, suggestion
  "not-a-struct", // type
  "use-arrow", // type, name
  "not-a-pointer", // type
  "not-a-function", // type
  "not-assignable",
  "assign-const", // type
  "not-addressable",
  "void-value",
  "invalid-operands", // op, left, right
  "invalid-operand", // op, type
  "incompatible-types", // to, from
  "invalid-cast", // to, from
  "condition-type", // type
  "pointer-mismatch", // to, from (warning)
  "int-to-pointer", // to, from (warning)
  "pointer-to-int", // to, from (warning)
  "argument-count", // name, expected, got
  "array-size",
  "object-too-large", // type
  "not-constant",
  "too-many-initialisers", // (warning)
  "invalid-initialiser", // type
  "unsupported", // what
  // statements
  "case-outside-switch",
  "duplicate-case", // value
  "break-outside",
  "continue-outside",
  "return-value-in-void", // (warning)
  "return-missing-value", // type (warning)
  // likely mistakes
  "division-by-zero", // (warning)
  "format-argument", // conversion, type (warning)
  "format-count", // expected, got (warning)
  "format-unknown", // conversion (warning)
  "assignment-as-condition", // (warning)
] as const;
export type DiagnosticCode = (typeof diagnosticCodes)[number];

/** What is refused before the program is looked at. */
export type MachineDiagnosticCode = "unknown-machine"; // glibc, abi

/** Codes that do not stop the program from running. */
export const warningCodes: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  "bad-escape",
  "missing-header",
  "pointer-mismatch",
  "int-to-pointer",
  "pointer-to-int",
  "too-many-initialisers",
  "return-value-in-void",
  "return-missing-value",
  "division-by-zero",
  "format-argument",
  "format-count",
  "format-unknown",
  "assignment-as-condition",
]);
