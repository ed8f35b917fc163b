/** Builders of typed expressions that concern values and their types: decay, promotion, conversion, assignment compatibility. */
import type { SourceSpan } from "../abi/debug-info";
import type { Expr } from "./ast";
import type { Reporter } from "./reporter";
import { typeText } from "./type-text";
import { type CType, isArithmetic, isScalar, pointerTo, promote, sameType, types, unqualified } from "./types";

export const errorExpr = (span: SourceSpan): Expr => ({ kind: "error", type: types.error, span });
export const integer = (value: bigint, type: CType, span: SourceSpan): Expr => ({ kind: "integer", value, type, span });

export function isLvalue(expr: Expr): boolean {
  switch (expr.kind) {
    case "variable":
    case "deref":
    case "string":
    case "compound":
    case "error":
      return true;
    case "member":
      return isLvalue(expr.object) || expr.object.type.kind === "struct";
    default:
      return false;
  }
}

/** An expression used for its value: arrays become pointers to their first element, functions pointers to themselves. */
export function rvalue(expr: Expr): Expr {
  const { type, span } = expr;
  if (type.kind === "array") return { kind: "address", object: expr, type: pointerTo(type.of), span };
  if (type.kind === "function") return { kind: "address", object: expr, type: pointerTo(type), span };
  return expr;
}

/** Conversion that is known to be right; none when the types agree already. */
export function convert(expr: Expr, type: CType): Expr {
  const value = rvalue(expr);
  if (value.type.kind === "error" || type.kind === "error") return value;
  const to = unqualified(type);
  if (sameType(value.type, to)) return value;
  if (value.kind === "integer" && to.kind === "int" && to.name !== "_Bool")
    return integer(wrap(value.value, to.sizeBytes, to.signed), to, value.span);
  if (value.kind === "integer" && to.kind === "float")
    return { kind: "real", value: realOf(Number(value.value), to.sizeBytes), type: to, span: value.span };
  return { kind: "convert", operand: value, type: to, span: value.span };
}

export const wrap = (value: bigint, sizeBytes: number, signed: boolean): bigint =>
  signed ? BigInt.asIntN(sizeBytes * 8, value) : BigInt.asUintN(sizeBytes * 8, value);

export const realOf = (value: number, sizeBytes: number): number => (sizeBytes === 4 ? Math.fround(value) : value);

export const promoted = (expr: Expr): Expr => convert(expr, promote(rvalue(expr).type));

/** Default promotions of arguments without a declared parameter: float becomes double as well. */
export function promotedArgument(expr: Expr): Expr {
  const value = rvalue(expr);
  return value.type.kind === "float" ? convert(value, types.double) : promoted(value);
}

export function isNullConstant(expr: Expr): boolean {
  if (expr.kind === "integer") return expr.value === 0n;
  return expr.kind === "convert" && expr.type.kind === "pointer" && expr.type.to.kind === "void" && isNullConstant(expr.operand);
}

/** Conversion as if by assignment (C17 6.5.16.1), with gcc's idea of what is an error and what only deserves a warning. */
export function assignable(expr: Expr, type: CType, reporter: Reporter): Expr {
  const value = rvalue(expr);
  const from = value.type;
  if (from.kind === "error" || type.kind === "error") return value;
  const params = { to: typeText(unqualified(type)), from: typeText(unqualified(from)) };
  if (isArithmetic(type) && isArithmetic(from)) return convert(value, type);
  if (type.kind === "struct" && from.kind === "struct" && type.def === from.def) return value;
  if (type.kind === "pointer" && from.kind === "pointer") {
    const free =
      type.to.kind === "void" ||
      from.to.kind === "void" ||
      sameType(type.to, from.to) ||
      isNullConstant(value) ||
      onlySignDiffers(type.to, from.to);
    if (!free) reporter.report("pointer-mismatch", value.span, params);
    return convert(value, type);
  }
  if (type.kind === "pointer" && from.kind === "int") {
    if (!isNullConstant(value)) reporter.report("int-to-pointer", value.span, params);
    return convert(value, type);
  }
  if (type.kind === "int" && from.kind === "pointer") {
    if (type.rank !== 0) reporter.report("pointer-to-int", value.span, params);
    return convert(value, type);
  }
  if (from.kind === "void") reporter.report("void-value", value.span);
  else reporter.report("incompatible-types", value.span, params);
  return errorExpr(value.span);
}

function onlySignDiffers(a: CType, b: CType): boolean {
  return a.kind === "int" && b.kind === "int" && a.rank === 1 && b.rank === 1;
}

/** A controlling expression: any scalar. */
export function condition(expr: Expr, reporter: Reporter): Expr {
  const value = rvalue(expr);
  if (value.type.kind === "error") return value;
  if (!isScalar(value.type)) {
    reporter.report("condition-type", value.span, { type: typeText(value.type) });
    return errorExpr(value.span);
  }
  return value;
}
