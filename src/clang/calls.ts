import type { SourceSpan } from "../abi/debug-info";
import type { Expr } from "./ast";
import { assignable, errorExpr, promotedArgument, rvalue } from "./conversions";
import { checkFormat } from "./format-check";
import { typeText } from "./type-text";
import { isComplete, unqualified } from "./types";
import type { Unit } from "./unit";

/** A call: arguments converted to the parameters' types, the rest by the default promotions. */
export function call(unit: Unit, callee: Expr, args: readonly Expr[], span: SourceSpan): Expr {
  const { reporter } = unit;
  const pointer = rvalue(callee);
  if (pointer.type.kind === "error") return errorExpr(span);
  const fn = pointer.type.kind === "pointer" ? pointer.type.to : pointer.type;
  if (fn.kind !== "function") {
    reporter.report("not-a-function", callee.span, { type: typeText(callee.type) });
    return errorExpr(span);
  }
  const name = callee.kind === "function" ? callee.symbol.name : typeText(fn);
  const expected = fn.params.length;
  if (!fn.unspecified && (args.length < expected || (args.length > expected && !fn.variadic))) {
    reporter.report("argument-count", span, { name, expected, got: args.length });
    return errorExpr(span);
  }
  if (fn.returns.kind !== "void" && !isComplete(fn.returns)) {
    reporter.report("incomplete-type", span, { type: typeText(fn.returns) });
    return errorExpr(span);
  }
  const converted = args.map((arg, i) => {
    const param = fn.params[i];
    if (param !== undefined) return assignable(arg, param.type, reporter);
    const value = promotedArgument(arg);
    if (value.type.kind === "void") reporter.report("void-value", arg.span);
    if (value.type.kind === "struct" && fn.variadic) reporter.report("unsupported", arg.span, { what: "struct …" });
    return value;
  });
  if (callee.kind === "function" && callee.symbol.index < 0) checkFormat(callee.symbol.name, converted, reporter);
  return { kind: "call", callee: pointer, args: converted, type: unqualified(fn.returns), span };
}
