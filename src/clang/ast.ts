/**
 * The typed program, as the parser leaves it and the lowering reads it. Every conversion is explicit (`convert`), operands of a binary
 * operation have equal types, pointer arithmetic carries its scale, member accesses their byte offset.
 */
import type { SourceSpan } from "../abi/debug-info";
import type { CType, FunctionType } from "./types";

/** A named object: where it lives is decided once. Locals: bytes from the frame pointer (negative). Others: offset in their section. */
export interface VariableSymbol {
  readonly kind: "variable";
  readonly name: string;
  type: CType;
  readonly span: SourceSpan;
  storage: Storage;
  /** Declared `extern` and defined nowhere yet. */
  isDefined: boolean;
  /** From the declaration to the end of its block. */
  scopeEnd: number;
}
export type Storage =
  | { readonly kind: "local"; readonly offset: number }
  | { readonly kind: "section"; readonly section: Section; readonly offset: number };
/** Parts of the program's image. */
export type Section = "text" | "rodata" | "data" | "bss";

export interface FunctionSymbol {
  readonly kind: "function";
  readonly name: string;
  type: FunctionType;
  readonly span: SourceSpan;
  /** Index in the program's functions; −1 for a function of libc. */
  readonly index: number;
  isDefined: boolean;
}
export interface TypedefSymbol {
  readonly kind: "typedef";
  readonly name: string;
  readonly type: CType;
  readonly span: SourceSpan;
}
export interface ConstantSymbol {
  readonly kind: "constant";
  readonly name: string;
  readonly value: number;
  readonly type: CType;
  readonly span: SourceSpan;
}
export type CSymbol = VariableSymbol | FunctionSymbol | TypedefSymbol | ConstantSymbol;

export type BinaryOp = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>" | "==" | "!=" | "<" | "<=" | ">" | ">=";

interface Node {
  readonly type: CType;
  readonly span: SourceSpan;
}
export type Expr =
  | (Node & { readonly kind: "integer"; readonly value: bigint })
  | (Node & { readonly kind: "real"; readonly value: number })
  /** An object or function by name. */
  | (Node & { readonly kind: "variable"; readonly symbol: VariableSymbol })
  | (Node & { readonly kind: "function"; readonly symbol: FunctionSymbol })
  /** A string literal: an array in .rodata. */
  | (Node & { readonly kind: "string"; readonly bytes: Uint8Array; readonly offset: number })
  /** *pointer */
  | (Node & { readonly kind: "deref"; readonly pointer: Expr })
  | (Node & { readonly kind: "member"; readonly object: Expr; readonly offset: number })
  /** &object, and arrays and functions where their address is meant. */
  | (Node & { readonly kind: "address"; readonly object: Expr })
  | (Node & { readonly kind: "negate" | "complement"; readonly operand: Expr })
  | (Node & { readonly kind: "not"; readonly operand: Expr })
  | (Node & { readonly kind: "binary"; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr })
  | (Node & { readonly kind: "logical"; readonly op: "&&" | "||"; readonly left: Expr; readonly right: Expr })
  /** pointer + index * scale; `index` is a long long. */
  | (Node & { readonly kind: "offset"; readonly pointer: Expr; readonly index: Expr; readonly scale: number })
  | (Node & { readonly kind: "distance"; readonly left: Expr; readonly right: Expr; readonly scale: number })
  | (Node & { readonly kind: "choice"; readonly condition: Expr; readonly yes: Expr; readonly no: Expr })
  | (Node & { readonly kind: "comma"; readonly left: Expr; readonly right: Expr })
  | (Node & { readonly kind: "convert"; readonly operand: Expr })
  | (Node & { readonly kind: "assign"; readonly target: Expr; readonly value: Expr })
  /**
   * target op= value, and ++ and --: computed in `computeType`; `scale` multiplies the value when the target is a pointer (0 otherwise).
   * `yieldsOld` for the postfix forms.
   */
  | (Node & {
      readonly kind: "update";
      readonly op: BinaryOp;
      readonly target: Expr;
      readonly value: Expr;
      readonly computeType: CType;
      readonly scale: number;
      readonly yieldsOld: boolean;
    })
  | (Node & { readonly kind: "call"; readonly callee: Expr; readonly args: readonly Expr[] })
  /** (type){ … }: an unnamed local, initialised and then used. */
  | (Node & {
      readonly kind: "compound";
      readonly symbol: VariableSymbol;
      readonly init: readonly InitItem[];
      readonly zeroFirst: boolean;
    })
  | (Node & { readonly kind: "error" });

/** One scalar (or struct value, or string) of an initialiser, at its byte offset in the object. */
export interface InitItem {
  readonly offset: number;
  readonly type: CType;
  readonly value: Expr;
}

export interface Declaration {
  readonly symbol: VariableSymbol;
  readonly init: readonly InitItem[] | null;
  readonly zeroFirst: boolean;
  readonly span: SourceSpan;
}

export type Statement =
  | { readonly kind: "expression"; readonly expr: Expr; readonly span: SourceSpan }
  | { readonly kind: "empty"; readonly span: SourceSpan }
  | { readonly kind: "declare"; readonly declarations: readonly Declaration[]; readonly span: SourceSpan }
  | { readonly kind: "block"; readonly body: readonly Statement[]; readonly span: SourceSpan; readonly close: SourceSpan }
  | {
      readonly kind: "if";
      readonly condition: Expr;
      readonly body: Statement;
      readonly otherwise: Statement | null;
      readonly span: SourceSpan;
    }
  | { readonly kind: "while"; readonly condition: Expr; readonly body: Statement; readonly span: SourceSpan }
  | { readonly kind: "do"; readonly condition: Expr; readonly body: Statement; readonly span: SourceSpan }
  | {
      readonly kind: "for";
      readonly init: Statement | null;
      readonly condition: Expr | null;
      readonly step: Expr | null;
      readonly body: Statement;
      readonly span: SourceSpan;
    }
  | {
      readonly kind: "switch";
      readonly value: Expr;
      readonly body: Statement;
      readonly cases: readonly SwitchCase[];
      readonly span: SourceSpan;
    }
  /** A case or default label inside the switch with that list of cases. */
  | { readonly kind: "case"; readonly label: SwitchCase; readonly body: Statement; readonly span: SourceSpan }
  | { readonly kind: "label"; readonly name: string; readonly body: Statement; readonly span: SourceSpan }
  | { readonly kind: "goto"; readonly name: string; readonly span: SourceSpan }
  | { readonly kind: "break" | "continue"; readonly span: SourceSpan }
  | { readonly kind: "return"; readonly value: Expr | null; readonly span: SourceSpan };

/** null = default. */
export interface SwitchCase {
  readonly value: bigint | null;
}

export interface FunctionDefinition {
  readonly symbol: FunctionSymbol;
  readonly params: readonly VariableSymbol[];
  readonly variables: readonly VariableSymbol[];
  readonly body: Extract<Statement, { kind: "block" }>;
  /** Bytes of locals below the frame pointer, before the lowering adds its own temporaries. */
  readonly localBytes: number;
  readonly span: SourceSpan;
}

/** Bytes and addresses of a global's initial value. */
export interface DataItem {
  readonly section: "data" | "rodata";
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The word at `offset` is the address of this place. In `text`: that function of the program, or of libc. */
  readonly address: {
    readonly section: Section;
    readonly offset: number;
    readonly functionIndex: number;
    readonly libc: string;
  } | null;
}

export interface TranslationUnit {
  readonly functions: readonly FunctionDefinition[];
  readonly globals: readonly VariableSymbol[];
  readonly data: readonly DataItem[];
  readonly sectionBytes: Readonly<Record<"rodata" | "data" | "bss", number>>;
}
