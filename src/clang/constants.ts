/** Evaluation of constant expressions: array lengths, case labels, enumerators, initial values of globals. */
import type { BinaryOp, Expr, FunctionSymbol, Section } from "./ast";
import { realOf, wrap } from "./conversions";
import { type CType, sizeOf, wordBytes } from "./types";

export type Constant =
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "real"; readonly value: number }
  | { readonly kind: "address"; readonly section: Section; readonly offset: number; readonly fn: FunctionSymbol | null };

const integer = (value: bigint, type: CType): Constant => ({
  kind: "integer",
  value: type.kind === "int" ? wrap(value, type.sizeBytes, type.signed) : BigInt.asUintN(wordBytes() * 8, value),
});

export function constantInteger(expr: Expr): bigint | null {
  const value = evaluate(expr);
  return value?.kind === "integer" ? value.value : null;
}

/** The value of an expression that needs no running program; null when it does. */
export function evaluate(expr: Expr): Constant | null {
  switch (expr.kind) {
    case "integer":
      return integer(expr.value, expr.type);
    case "real":
      return { kind: "real", value: expr.value };
    case "address":
      return addressOf(expr.object);
    case "negate":
    case "complement":
    case "not":
      return unary(expr.kind, expr.operand, expr.type);
    case "binary":
      return binary(expr);
    case "logical": {
      const left = truth(expr.left);
      if (left === null) return null;
      if (left === (expr.op === "||")) return integer(BigInt(left), expr.type);
      const right = truth(expr.right);
      return right === null ? null : integer(BigInt(right), expr.type);
    }
    case "choice": {
      const which = truth(expr.condition);
      return which === null ? null : evaluate(which ? expr.yes : expr.no);
    }
    case "offset": {
      const base = evaluate(expr.pointer);
      const index = constantInteger(expr.index);
      if (base === null || index === null) return null;
      if (base.kind === "address") return { ...base, offset: base.offset + Number(index) * expr.scale };
      return base.kind === "integer" ? integer(base.value + index * BigInt(expr.scale), expr.type) : null;
    }
    case "convert":
      return converted(expr.operand, expr.type);
    default:
      return null;
  }
}

function addressOf(object: Expr): Constant | null {
  switch (object.kind) {
    case "variable": {
      const { storage } = object.symbol;
      return storage.kind === "section" ? { kind: "address", section: storage.section, offset: storage.offset, fn: null } : null;
    }
    case "function":
      return { kind: "address", section: "text", offset: 0, fn: object.symbol };
    case "string":
      return { kind: "address", section: "rodata", offset: object.offset, fn: null };
    case "member": {
      const base = addressOf(object.object);
      if (base?.kind === "address") return { ...base, offset: base.offset + object.offset };
      return base?.kind === "integer" ? { kind: "integer", value: base.value + BigInt(object.offset) } : null;
    }
    case "deref":
      return evaluate(object.pointer);
    default:
      return null;
  }
}

function truth(expr: Expr): boolean | null {
  const value = evaluate(expr);
  if (value === null) return null;
  if (value.kind === "integer") return value.value !== 0n;
  return value.kind === "address" || value.value !== 0;
}

function unary(kind: "negate" | "complement" | "not", operand: Expr, type: CType): Constant | null {
  if (kind === "not") {
    const value = truth(operand);
    return value === null ? null : integer(BigInt(!value), type);
  }
  const value = evaluate(operand);
  if (value?.kind === "real") return { kind: "real", value: -value.value };
  if (value?.kind !== "integer") return null;
  return integer(kind === "negate" ? -value.value : ~value.value, type);
}

function binary(expr: Extract<Expr, { kind: "binary" }>): Constant | null {
  const left = evaluate(expr.left);
  const right = evaluate(expr.right);
  if (left?.kind === "real" && right?.kind === "real") return realBinary(expr.op, left.value, right.value, expr.type);
  if (left?.kind !== "integer" || right?.kind !== "integer") return null;
  const bits = BigInt(sizeOf(expr.left.type) * 8 - 1);
  const a = left.value;
  const b = right.value;
  switch (expr.op) {
    case "/":
      return b === 0n ? null : integer(a / b, expr.type);
    case "%":
      return b === 0n ? null : integer(a % b, expr.type);
    case "<<":
      return integer(a << (b & bits), expr.type);
    case ">>":
      return integer(a >> (b & bits), expr.type);
    default:
      return integer(integerOps[expr.op](a, b), expr.type);
  }
}

const integerOps: Readonly<Record<Exclude<BinaryOp, "/" | "%" | "<<" | ">>">, (a: bigint, b: bigint) => bigint>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "==": (a, b) => BigInt(a === b),
  "!=": (a, b) => BigInt(a !== b),
  "<": (a, b) => BigInt(a < b),
  "<=": (a, b) => BigInt(a <= b),
  ">": (a, b) => BigInt(a > b),
  ">=": (a, b) => BigInt(a >= b),
};

function realBinary(op: BinaryOp, a: number, b: number, type: CType): Constant | null {
  const real = (value: number): Constant => ({
    kind: "real",
    value: type.kind === "float" ? realOf(value, type.sizeBytes) : value,
  });
  switch (op) {
    case "+":
      return real(a + b);
    case "-":
      return real(a - b);
    case "*":
      return real(a * b);
    case "/":
      return real(a / b);
    case "==":
      return integer(BigInt(a === b), type);
    case "!=":
      return integer(BigInt(a !== b), type);
    case "<":
      return integer(BigInt(a < b), type);
    case "<=":
      return integer(BigInt(a <= b), type);
    case ">":
      return integer(BigInt(a > b), type);
    case ">=":
      return integer(BigInt(a >= b), type);
    default:
      return null;
  }
}

function converted(operand: Expr, type: CType): Constant | null {
  const value = evaluate(operand);
  if (value === null) return null;
  if (type.kind === "int" && type.name === "_Bool") {
    const yes = truth(operand);
    return yes === null ? null : integer(BigInt(yes), type);
  }
  switch (value.kind) {
    case "integer":
      return type.kind === "float"
        ? { kind: "real", value: realOf(Number(value.value), type.sizeBytes) }
        : integer(value.value, type);
    case "real":
      if (type.kind === "float") return { kind: "real", value: realOf(value.value, type.sizeBytes) };
      return Number.isFinite(value.value) ? integer(BigInt(Math.trunc(value.value)), type) : null;
    case "address":
      return sizeOf(type) >= wordBytes() ? value : null;
  }
}
