/** Expressions: precedence climbing over the operator tables, typed nodes built by operators.ts. */
import type { SourceSpan } from "../abi/debug-info";
import type { BinaryOp, Expr } from "./ast";
import { call } from "./calls";
import { errorExpr, integer, rvalue } from "./conversions";
import type { Cursor } from "./cursor";
import { numberConstant } from "./number-constant";
import * as build from "./operators";
import { parseCompoundLiteral } from "./parse-initialisers";
import { parseTypeName, startsType } from "./parse-types";
import { cover, suggest } from "./source";
import { keywords } from "./token";
import { alignOf, arrayOf, types } from "./types";
import type { Unit } from "./unit";

/** What every parsing function works on. */
export interface Parser {
  readonly cursor: Cursor;
  readonly unit: Unit;
}

const strength: Readonly<Record<string, number>> = {
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "==": 6,
  "!=": 6,
  "<": 7,
  "<=": 7,
  ">": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10,
};
const assignOps: ReadonlySet<string> = new Set(["+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="]);

export function parseExpression(p: Parser): Expr {
  let left = parseAssignment(p);
  for (let links = 0; p.cursor.take(","); links++) {
    checkChain(p, links);
    const right = rvalue(parseAssignment(p));
    left = { kind: "comma", left: rvalue(left), right, type: right.type, span: cover(left.span, right.span) };
  }
  return left;
}

export function parseAssignment(p: Parser): Expr {
  return p.cursor.nested(() => {
    const { reporter } = p.cursor;
    const target = parseConditional(p);
    const op = p.cursor.peek();
    if (op.kind !== "punctuator") return target;
    if (p.cursor.take("=")) return build.assign(target, parseAssignment(p), reporter);
    if (!assignOps.has(op.text)) return target;
    p.cursor.next();
    const value = parseAssignment(p);
    return build.update(op.text.slice(0, -1) as BinaryOp, target, value, false, cover(target.span, value.span), reporter);
  });
}

export function parseConditional(p: Parser): Expr {
  const test = parseBinary(p, 1);
  if (!p.cursor.take("?")) return test;
  const yes = parseExpression(p);
  p.cursor.expect(":");
  const no = p.cursor.nested(() => parseConditional(p));
  return build.choice(test, yes, no, p.cursor.reporter);
}

function parseBinary(p: Parser, weakest: number): Expr {
  let left = parseCast(p);
  for (let links = 0; ; links++) {
    const op = p.cursor.peek();
    const power = op.kind === "punctuator" ? strength[op.text] : undefined;
    if (power === undefined || power < weakest) return left;
    checkChain(p, links);
    p.cursor.next();
    const right = parseBinary(p, power + 1);
    left =
      op.text === "&&" || op.text === "||"
        ? build.logical(op.text, left, right, p.cursor.reporter)
        : build.binary(op.text as BinaryOp, left, right, p.cursor.reporter);
  }
}

/** a + b + c … nests to the left: a chain is as deep as it is long. */
const MAX_CHAIN = 1000;
function checkChain(p: Parser, links: number): void {
  if (links > MAX_CHAIN) p.cursor.reporter.fail("nested-too-deep", p.cursor.peek().span, { limit: MAX_CHAIN });
}

function parseCast(p: Parser): Expr {
  const { cursor } = p;
  if (!cursor.is("(") || !startsType(p, 1)) return parseUnary(p);
  const open = cursor.next();
  const type = parseTypeName(p);
  cursor.expect(")");
  if (cursor.is("{")) return parsePostfix(p, parseCompoundLiteral(p, type, open.span));
  const operand = cursor.nested(() => parseCast(p));
  return build.cast(type, operand, cover(open.span, operand.span), cursor.reporter);
}

function parseUnary(p: Parser): Expr {
  const { cursor } = p;
  const token = cursor.peek();
  const { reporter } = cursor;
  if (token.kind === "name" && (token.text === "sizeof" || token.text === "_Alignof")) return parseSizeof(p);
  if (token.kind !== "punctuator") return parsePostfix(p, parsePrimary(p));
  switch (token.text) {
    case "++":
    case "--": {
      cursor.next();
      const target = cursor.nested(() => parseUnary(p));
      const span = cover(token.span, target.span);
      return build.update(token.text === "++" ? "+" : "-", target, integer(1n, types.int, token.span), false, span, reporter);
    }
    case "&":
    case "*":
    case "+":
    case "-":
    case "~":
    case "!": {
      cursor.next();
      const operand = cursor.nested(() => parseCast(p));
      const span = cover(token.span, operand.span);
      if (token.text === "&") return build.address(operand, span, reporter);
      if (token.text === "*") return build.dereference(operand, span, reporter);
      return build.unary(token.text, operand, span, reporter);
    }
    default:
      return parsePostfix(p, parsePrimary(p));
  }
}

function parseSizeof(p: Parser): Expr {
  const { cursor } = p;
  const keyword = cursor.next();
  if (cursor.is("(") && startsType(p, 1)) {
    const open = cursor.next();
    const type = parseTypeName(p);
    cursor.expect(")");
    const span = cover(keyword.span, cursor.last.span);
    if (!cursor.is("{")) {
      return keyword.text === "sizeof"
        ? build.sizeofValue(type, span, cursor.reporter)
        : integer(BigInt(alignOf(type)), types.size, span);
    }
    const literal = parsePostfix(p, parseCompoundLiteral(p, type, open.span));
    return build.sizeofValue(literal.type, cover(keyword.span, literal.span), cursor.reporter);
  }
  const operand = cursor.nested(() => parseUnary(p));
  return build.sizeofValue(operand.type, cover(keyword.span, operand.span), cursor.reporter);
}

function parsePostfix(p: Parser, first: Expr): Expr {
  const { cursor } = p;
  const { reporter } = cursor;
  let expr = first;
  for (let links = 0; ; links++) {
    checkChain(p, links);
    if (cursor.take("[")) {
      const index = parseExpression(p);
      const close = cursor.expect("]");
      expr = subscript(p, expr, index, cover(expr.span, close.span));
    } else if (cursor.is("(")) {
      expr = parseCall(p, expr);
    } else if (cursor.take(".")) {
      const name = memberName(p);
      expr = build.member(expr, name.text, cover(expr.span, name.span), reporter);
    } else if (cursor.take("->")) {
      const name = memberName(p);
      const span = cover(expr.span, name.span);
      expr = build.member(build.dereference(expr, expr.span, reporter), name.text, span, reporter);
    } else if (cursor.is("++") || cursor.is("--")) {
      const op = cursor.next();
      const one = integer(1n, types.int, op.span);
      expr = build.update(op.text === "++" ? "+" : "-", expr, one, true, cover(expr.span, op.span), reporter);
    } else {
      return expr;
    }
  }
}

function subscript(p: Parser, object: Expr, index: Expr, span: SourceSpan): Expr {
  const { reporter } = p.cursor;
  if (object.type.kind === "error" || index.type.kind === "error") return errorExpr(span);
  const sum = build.binary("+", object, index, reporter);
  return sum.type.kind === "error" ? errorExpr(span) : build.dereference({ ...sum, span }, span, reporter);
}

function memberName(p: Parser) {
  const token = p.cursor.peek();
  if (token.kind === "name" && !keywords.has(token.text)) return p.cursor.next();
  return p.cursor.reporter.fail("expected", token.span, { expected: "identifier", got: token.text });
}

function parseCall(p: Parser, callee: Expr): Expr {
  const { cursor } = p;
  cursor.expect("(");
  const args: Expr[] = [];
  if (!cursor.is(")")) {
    do args.push(parseAssignment(p));
    while (cursor.take(","));
  }
  const close = cursor.expect(")");
  return call(p.unit, callee, args, cover(callee.span, close.span));
}

function parsePrimary(p: Parser): Expr {
  const { cursor, unit } = p;
  const token = cursor.peek();
  switch (token.kind) {
    case "number":
      return numberConstant(cursor.next(), cursor.reporter);
    case "char":
      cursor.next();
      return integer(charValue(token.bytes), types.int, token.span);
    case "string":
      return parseString(p);
    case "name":
      if (!keywords.has(token.text)) return parseName(p);
      break;
    case "punctuator":
      if (token.text !== "(") break;
      cursor.next();
      return cursor.nested(() => {
        const inner = parseExpression(p);
        const close = cursor.expect(")");
        return { ...inner, span: cover(token.span, close.span) };
      });
    case "end":
      break;
  }
  return unit.reporter.fail("expected-expression", token.span, { got: token.text });
}

/** Several characters make an int, first one highest, as gcc does. One character is a signed char. */
function charValue(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return bytes.length <= 1 ? BigInt.asIntN(8, value) : BigInt.asIntN(32, value);
}

function parseString(p: Parser): Expr {
  const first = p.cursor.next();
  const parts = [first.bytes];
  while (p.cursor.peek().kind === "string") parts.push(p.cursor.next().bytes);
  const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
  const span = cover(first.span, p.cursor.last.span);
  return { kind: "string", bytes, offset: p.unit.stringLiteral(bytes), type: arrayOf(types.char, bytes.length + 1), span };
}

function parseName(p: Parser): Expr {
  const { cursor, unit } = p;
  const { text: name, span } = cursor.next();
  const symbol = unit.lookup(name);
  switch (symbol?.kind) {
    case "variable":
      return { kind: "variable", symbol, type: symbol.type, span };
    case "function":
      unit.calls.push({ symbol, span });
      return { kind: "function", symbol, type: symbol.type, span };
    case "constant":
      return integer(BigInt(symbol.value), symbol.type, span);
    case "typedef":
      return cursor.reporter.fail("expected-expression", span, { got: name });
    case undefined:
      break;
  }
  if (name === "__func__" && unit.current !== null) {
    const bytes = new TextEncoder().encode(unit.current.symbol.name);
    return { kind: "string", bytes, offset: unit.stringLiteral(bytes), type: arrayOf(types.char, bytes.length + 1), span };
  }
  const isCall = cursor.is("(");
  const known = unit.libcSymbol(name);
  if (known !== undefined) {
    cursor.reporter.report("missing-header", span, { name, header: unit.libcHeaders.get(name) ?? "" });
    return { kind: "function", symbol: known, type: known.type, span };
  }
  const header = unit.libcHeaders.get(name);
  if (header !== undefined) cursor.reporter.report("missing-header", span, { name, header });
  const candidates = isCall ? [...unit.visibleNames(), ...unit.libcHeaders.keys()] : unit.visibleNames();
  cursor.reporter.report(isCall ? "undeclared-function" : "undeclared", span, { name, suggestion: suggest(name, candidates) });
  return errorExpr(span);
}
