/** Builders of typed operator expressions: what the operands must be, what the result is. Faults are reported and yield an error node. */
import type { SourceSpan } from "../abi/debug-info";
import type { BinaryOp, Expr } from "./ast";
import { assignable, condition, convert, errorExpr, integer, isLvalue, isNullConstant, promoted, rvalue } from "./conversions";
import { constantInteger } from "./constants";
import type { Reporter } from "./reporter";
import { cover } from "./source";
import { typeText } from "./type-text";
import {
  arithmeticType,
  type CType,
  findField,
  isArithmetic,
  isComplete,
  isInteger,
  isScalar,
  pointerTo,
  promote,
  sameType,
  sizeOf,
  types,
  unqualified,
  voidPointer,
} from "./types";

const comparisons: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);
const integerOnly: ReadonlySet<string> = new Set(["%", "&", "|", "^", "<<", ">>"]);

function invalid(op: string, left: Expr, right: Expr, reporter: Reporter, span: SourceSpan): Expr {
  reporter.report("invalid-operands", span, { op, left: typeText(left.type), right: typeText(right.type) });
  return errorExpr(span);
}

const broken = (...exprs: readonly Expr[]): boolean => exprs.some((e) => e.type.kind === "error");

export function binary(op: BinaryOp, leftOperand: Expr, rightOperand: Expr, reporter: Reporter): Expr {
  const left = rvalue(leftOperand);
  const right = rvalue(rightOperand);
  const span = cover(left.span, right.span);
  if (broken(left, right)) return errorExpr(span);
  if (isArithmetic(left.type) && isArithmetic(right.type)) {
    if (integerOnly.has(op) && !(isInteger(left.type) && isInteger(right.type))) return invalid(op, left, right, reporter, span);
    if ((op === "/" || op === "%") && isInteger(left.type) && isInteger(right.type) && constantInteger(right) === 0n)
      reporter.report("division-by-zero", span);
    if (op === "<<" || op === ">>") {
      const value = promoted(left);
      return { kind: "binary", op, left: value, right: convert(promoted(right), types.int), type: value.type, span };
    }
    const type = arithmeticType(left.type, right.type);
    return {
      kind: "binary",
      op,
      left: convert(left, type),
      right: convert(right, type),
      type: comparisons.has(op) ? types.int : type,
      span,
    };
  }
  if (op === "+" && left.type.kind === "int" && right.type.kind === "pointer") return offset(right, left, 1, reporter, span);
  if ((op === "+" || op === "-") && left.type.kind === "pointer" && right.type.kind === "int")
    return offset(left, right, op === "+" ? 1 : -1, reporter, span);
  if (op === "-" && left.type.kind === "pointer" && right.type.kind === "pointer" && sameType(left.type.to, right.type.to)) {
    return { kind: "distance", left, right, scale: elementSize(left.type.to, reporter, span), type: types.ptrdiff, span };
  }
  if (
    comparisons.has(op) &&
    (left.type.kind === "pointer" || right.type.kind === "pointer") &&
    isScalar(left.type) &&
    isScalar(right.type)
  ) {
    return comparePointers(op, left, right, reporter, span);
  }
  return invalid(op, left, right, reporter, span);
}

function comparePointers(op: BinaryOp, left: Expr, right: Expr, reporter: Reporter, span: SourceSpan): Expr {
  const [a, b] = [left.type, right.type];
  if (a.kind === "float" || b.kind === "float") return invalid(op, left, right, reporter, span);
  const params = { to: typeText(a), from: typeText(b) };
  if (a.kind === "pointer" && b.kind === "pointer") {
    if (a.to.kind !== "void" && b.to.kind !== "void" && !sameType(a, b)) reporter.report("pointer-mismatch", span, params);
  } else if (a.kind === "pointer" && !isNullConstant(right)) reporter.report("int-to-pointer", span, params);
  else if (b.kind === "pointer" && !isNullConstant(left))
    reporter.report("int-to-pointer", span, { to: params.from, from: params.to });
  const word = (e: Expr): Expr => (e.type.kind === "pointer" ? e : convert(e, voidPointer));
  return { kind: "binary", op, left: word(left), right: word(right), type: types.int, span };
}

function elementSize(type: CType, reporter: Reporter, span: SourceSpan): number {
  if (type.kind !== "void" && type.kind !== "function" && !isComplete(type))
    reporter.report("incomplete-type", span, { type: typeText(type) });
  return Math.max(sizeOf(type), 1);
}

function offset(pointer: Expr, index: Expr, sign: 1 | -1, reporter: Reporter, span: SourceSpan): Expr {
  if (pointer.type.kind !== "pointer") return errorExpr(span);
  const scale = sign * elementSize(pointer.type.to, reporter, span);
  return { kind: "offset", pointer, index: convert(promoted(index), types.llong), scale, type: unqualified(pointer.type), span };
}

export function logical(op: "&&" | "||", left: Expr, right: Expr, reporter: Reporter): Expr {
  const span = cover(left.span, right.span);
  return { kind: "logical", op, left: condition(left, reporter), right: condition(right, reporter), type: types.int, span };
}

export function choice(test: Expr, yesOperand: Expr, noOperand: Expr, reporter: Reporter): Expr {
  const span = cover(test.span, noOperand.span);
  const checked = condition(test, reporter);
  const yes = rvalue(yesOperand);
  const no = rvalue(noOperand);
  if (broken(yes, no)) return errorExpr(span);
  const make = (type: CType): Expr => ({
    kind: "choice",
    condition: checked,
    yes: convert(yes, type),
    no: convert(no, type),
    type,
    span,
  });
  if (isArithmetic(yes.type) && isArithmetic(no.type)) return make(arithmeticType(yes.type, no.type));
  if (yes.type.kind === "void" || no.type.kind === "void")
    return { kind: "choice", condition: checked, yes, no, type: types.void, span };
  if (yes.type.kind === "struct" && sameType(yes.type, no.type)) return make(yes.type);
  if (yes.type.kind === "pointer" && isNullConstant(no)) return make(unqualified(yes.type));
  if (no.type.kind === "pointer" && isNullConstant(yes)) return make(unqualified(no.type));
  if (yes.type.kind === "pointer" && no.type.kind === "pointer") {
    if (sameType(yes.type, no.type)) return make(unqualified(yes.type));
    if (yes.type.to.kind !== "void" && no.type.to.kind !== "void")
      reporter.report("pointer-mismatch", span, { to: typeText(yes.type), from: typeText(no.type) });
    return make(voidPointer);
  }
  return invalid("?:", yes, no, reporter, span);
}

/** The left side of an assignment must be an object that may change. */
function checkTarget(target: Expr, reporter: Reporter): boolean {
  if (broken(target)) return false;
  if (!isLvalue(target) || target.type.kind === "array" || target.type.kind === "function") {
    reporter.report("not-assignable", target.span);
    return false;
  }
  if (target.type.isConst === true) {
    reporter.report("assign-const", target.span, { type: typeText(target.type) });
    return false;
  }
  return true;
}

export function assign(target: Expr, value: Expr, reporter: Reporter): Expr {
  const span = cover(target.span, value.span);
  if (!checkTarget(target, reporter)) return errorExpr(span);
  return { kind: "assign", target, value: assignable(value, target.type, reporter), type: unqualified(target.type), span };
}

/** `target op= value`, `++` and `--`. */
export function update(op: BinaryOp, target: Expr, value: Expr, yieldsOld: boolean, span: SourceSpan, reporter: Reporter): Expr {
  if (!checkTarget(target, reporter)) return errorExpr(span);
  const type = unqualified(target.type);
  const operand = rvalue(value);
  if (broken(operand)) return errorExpr(span);
  if (type.kind === "pointer" && (op === "+" || op === "-") && operand.type.kind === "int") {
    const scale = elementSize(type.to, reporter, span);
    return {
      kind: "update",
      op,
      target,
      value: convert(promoted(operand), types.llong),
      computeType: type,
      scale,
      yieldsOld,
      type,
      span,
    };
  }
  const sum = binary(op, { ...target, type }, operand, reporter);
  if (broken(sum)) return errorExpr(span);
  if (sum.kind !== "binary" || !isArithmetic(type)) return invalid(`${op}=`, target, operand, reporter, span);
  return { kind: "update", op, target, value: sum.right, computeType: sum.left.type, scale: 0, yieldsOld, type, span };
}

export function address(object: Expr, span: SourceSpan, reporter: Reporter): Expr {
  if (broken(object)) return errorExpr(span);
  if (object.type.kind !== "function" && !isLvalue(object)) {
    reporter.report("not-addressable", span);
    return errorExpr(span);
  }
  return { kind: "address", object, type: pointerTo(object.type), span };
}

export function dereference(operand: Expr, span: SourceSpan, reporter: Reporter): Expr {
  const pointer = rvalue(operand);
  if (broken(pointer)) return errorExpr(span);
  if (pointer.type.kind !== "pointer") {
    reporter.report("not-a-pointer", span, { type: typeText(pointer.type) });
    return errorExpr(span);
  }
  const { to } = pointer.type;
  if (to.kind === "struct" && !to.def.complete) {
    reporter.report("incomplete-type", span, { type: typeText(to) });
    return errorExpr(span);
  }
  return { kind: "deref", pointer, type: to, span };
}

export function member(object: Expr, name: string, span: SourceSpan, reporter: Reporter): Expr {
  if (broken(object)) return errorExpr(span);
  const { type } = object;
  if (type.kind !== "struct") {
    const pointsAtStruct = type.kind === "pointer" && type.to.kind === "struct";
    if (pointsAtStruct) reporter.report("use-arrow", span, { type: typeText(type), name });
    else reporter.report("not-a-struct", span, { type: typeText(type) });
    return errorExpr(span);
  }
  if (!type.def.complete) {
    reporter.report("incomplete-type", span, { type: typeText(type) });
    return errorExpr(span);
  }
  const field = findField(type.def, name);
  if (field === undefined) {
    const suggestion = closest(
      name,
      type.def.fields.map((f) => f.name),
    );
    reporter.report("no-member", span, { type: typeText(unqualified(type)), name, suggestion });
    return errorExpr(span);
  }
  return {
    kind: "member",
    object,
    offset: field.offset,
    type: type.isConst === true ? { ...field.type, isConst: true } : field.type,
    span,
  };
}

const closest = (name: string, names: readonly string[]): string =>
  names.find((n) => n !== "" && (n.startsWith(name) || name.startsWith(n))) ?? "";

export function unary(op: "+" | "-" | "~" | "!", operand: Expr, span: SourceSpan, reporter: Reporter): Expr {
  const value = rvalue(operand);
  if (broken(value)) return errorExpr(span);
  if (op === "!" && isScalar(value.type)) return { kind: "not", operand: value, type: types.int, span };
  if (op === "!" || !isArithmetic(value.type) || (op === "~" && value.type.kind === "float")) {
    reporter.report("invalid-operand", span, { op, type: typeText(value.type) });
    return errorExpr(span);
  }
  const type = promote(value.type);
  const converted = convert(value, type);
  if (op === "+") return { ...converted, span };
  return { kind: op === "-" ? "negate" : "complement", operand: converted, type, span };
}

export function cast(type: CType, operand: Expr, span: SourceSpan, reporter: Reporter): Expr {
  const value = rvalue(operand);
  if (broken(value) || type.kind === "error") return errorExpr(span);
  if (type.kind === "void") return { kind: "convert", operand: value, type, span };
  const ok =
    isScalar(type) &&
    isScalar(value.type) &&
    !(type.kind === "pointer" && value.type.kind === "float") &&
    !(type.kind === "float" && value.type.kind === "pointer");
  if (!ok) {
    reporter.report("invalid-cast", span, { to: typeText(type), from: typeText(value.type) });
    return errorExpr(span);
  }
  const wide =
    type.kind === "pointer" && value.type.kind === "int" ? convert(value, value.type.signed ? types.long : types.ulong) : value;
  const result = convert(wide, type);
  return result === value ? { ...value, type: unqualified(type), span } : { ...result, type: unqualified(type), span };
}

export const sizeofValue = (type: CType, span: SourceSpan, reporter: Reporter): Expr => {
  if (type.kind !== "void" && type.kind !== "function" && type.kind !== "error" && !isComplete(type))
    reporter.report("incomplete-type", span, { type: typeText(type) });
  return integer(BigInt(sizeOf(type)), types.size, span);
};
