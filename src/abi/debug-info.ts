/**
 * What the C compiler knows and the views need: where each statement stands in the text, where each variable stands in memory.
 * Plain data, structured-cloneable. Positions are UTF-16 offsets into the source text; lines and columns are 1-based.
 */
export interface SourceSpan {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** A C type, as far as a view must understand it. Sizes in bytes. */
export type CTypeInfo =
  | { readonly kind: "void" }
  | { readonly kind: "int"; readonly name: string; readonly sizeBytes: 1 | 2 | 4 | 8; readonly signed: boolean }
  | { readonly kind: "float"; readonly name: string; readonly sizeBytes: 4 | 8 }
  | { readonly kind: "pointer"; readonly to: CTypeInfo | { readonly kind: "ref"; readonly tag: string } }
  | { readonly kind: "array"; readonly of: CTypeInfo; readonly length: number }
  | { readonly kind: "struct"; readonly tag: string; readonly sizeBytes: number; readonly fields: readonly CFieldInfo[] }
  | { readonly kind: "ref"; readonly tag: string }
  | { readonly kind: "function" };

export interface CFieldInfo {
  readonly name: string;
  readonly offset: number;
  readonly type: CTypeInfo;
}

export interface VariableInfo {
  readonly name: string;
  readonly type: CTypeInfo;
  /** Printed C type, e.g. `char *[7]`. */
  readonly typeText: string;
  /** Bytes from the frame pointer (locals, parameters; negative) or absolute address (globals). */
  readonly location: number;
  /** Record of visibility: the variable is in scope while the current statement lies in this span. Globals: whole text. */
  readonly scope: SourceSpan;
}

export interface FunctionInfo {
  readonly name: string;
  readonly span: SourceSpan;
  readonly frameBytes: number;
  readonly variables: readonly VariableInfo[];
}

export interface StatementInfo {
  readonly span: SourceSpan;
  readonly functionId: number;
  /** Address of its first instruction, once the program is laid out: tells which statement a return address belongs to. */
  readonly addr?: number;
}

export interface DebugInfo {
  readonly functions: readonly FunctionInfo[];
  readonly globals: readonly VariableInfo[];
  readonly statements: readonly StatementInfo[];
}

/** A fault of the C front end. `code` and `params` are turned into a sentence by src/i18n. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly span: SourceSpan;
}
