import type { SourceSpan } from "../abi/debug-info";
import type { Expr, Statement, SwitchCase } from "./ast";
import { assignable, condition, convert, promoted, rvalue } from "./conversions";
import { constantInteger } from "./constants";
import { parseLocalDeclaration } from "./parse-declarations";
import { parseConditional, parseExpression, type Parser } from "./parse-expressions";
import { startsType } from "./parse-types";
import { GiveUp } from "./reporter";
import { cover } from "./source";
import { keywords } from "./token";
import { typeText } from "./type-text";
import { types } from "./types";
import type { FunctionContext } from "./unit";

type Block = Extract<Statement, { kind: "block" }>;

/** `{ … }`. With `ownScope` false the caller has opened the scope (function bodies share it with their parameters). */
export function parseBlock(p: Parser, ownScope = true): Block {
  const { cursor, unit } = p;
  const open = cursor.expect("{");
  if (ownScope) unit.openScope();
  const body: Statement[] = [];
  while (!cursor.is("}")) {
    if (cursor.peek().kind === "end") {
      cursor.reporter.report("unclosed", open.span, { open: "{", expected: "}" });
      break;
    }
    body.push(...recovering(p, () => cursor.nested(() => parseBlockItem(p))));
  }
  const close = cursor.is("}") ? cursor.next() : cursor.last;
  if (ownScope) unit.closeScope(close.span.end);
  return { kind: "block", body, span: cover(open.span, close.span), close: close.span };
}

/** Reads one thing; on a fault skips to where the next one begins, so that further faults are found. */
export function recovering<T>(p: Parser, read: () => readonly T[]): readonly T[] {
  const from = p.cursor.position;
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GiveUp)) throw error;
    p.cursor.recover(from);
    return [];
  }
}

function parseBlockItem(p: Parser): readonly Statement[] {
  if (startsType(p) && p.cursor.peek(1).text !== ":") return [parseLocalDeclaration(p)];
  if (looksLikeDeclaration(p)) return [parseLocalDeclaration(p)];
  return [parseStatement(p)];
}

/** `foo x`, `foo *x =`: a declaration with a type nobody knows. Read as one, it gets the better message. */
function looksLikeDeclaration(p: Parser): boolean {
  const [first, second, third] = [p.cursor.peek(), p.cursor.peek(1), p.cursor.peek(2)];
  if (first.kind !== "name" || keywords.has(first.text) || p.unit.lookup(first.text) !== undefined) return false;
  if (second.kind === "name" && !keywords.has(second.text)) return true;
  return second.text === "*" && third.kind === "name" && ["=", ";", ","].includes(p.cursor.peek(3).text);
}

export function parseStatement(p: Parser): Statement {
  const { cursor } = p;
  return cursor.nested(() => {
    const token = cursor.peek();
    if (token.text === "{" && token.kind === "punctuator") return parseBlock(p);
    if (token.text === ";" && token.kind === "punctuator") return { kind: "empty", span: cursor.next().span };
    if (token.kind === "name") {
      const parse = byKeyword[token.text];
      if (parse !== undefined && keywords.has(token.text)) return parse(p);
      if (cursor.peek(1).text === ":" && !keywords.has(token.text)) return parseLabel(p);
    }
    const expr = rvalue(parseExpression(p));
    cursor.expectSemicolon();
    return { kind: "expression", expr, span: cover(expr.span, cursor.last.span) };
  });
}

const byKeyword: Readonly<Record<string, (p: Parser) => Statement>> = {
  if: parseIf,
  while: parseWhile,
  do: parseDo,
  for: parseFor,
  switch: parseSwitch,
  case: parseCase,
  default: parseCase,
  break: parseJump,
  continue: parseJump,
  return: parseReturn,
  goto: parseGoto,
};

/** Current function; statements stand only inside one. */
function fn(p: Parser): FunctionContext {
  const { current } = p.unit;
  return current ?? p.cursor.reporter.fail("expected-declaration", p.cursor.peek().span, { got: p.cursor.peek().text });
}

function parseCondition(p: Parser): Expr {
  p.cursor.expect("(");
  const expr = parseExpression(p);
  warnAssignment(p, expr);
  p.cursor.expect(")");
  return condition(expr, p.cursor.reporter);
}

/** `if (a = b)`; doubled parentheses say that it is meant. */
function warnAssignment(p: Parser, expr: Expr): void {
  if (expr.kind === "assign" && expr.span.start === expr.target.span.start)
    p.cursor.reporter.report("assignment-as-condition", expr.span);
}

function inLoop(p: Parser): Statement {
  const current = fn(p);
  current.loopDepth++;
  try {
    return parseStatement(p);
  } finally {
    current.loopDepth--;
  }
}

function parseIf(p: Parser): Statement {
  const start = p.cursor.next().span;
  const test = parseCondition(p);
  const body = parseStatement(p);
  const otherwise = p.cursor.take("else") ? parseStatement(p) : null;
  return { kind: "if", condition: test, body, otherwise, span: cover(start, p.cursor.last.span) };
}

function parseWhile(p: Parser): Statement {
  const start = p.cursor.next().span;
  const test = parseCondition(p);
  const body = inLoop(p);
  return { kind: "while", condition: test, body, span: cover(start, p.cursor.last.span) };
}

function parseDo(p: Parser): Statement {
  const start = p.cursor.next().span;
  const body = inLoop(p);
  p.cursor.expect("while");
  const test = parseCondition(p);
  p.cursor.expectSemicolon();
  return { kind: "do", condition: test, body, span: cover(start, p.cursor.last.span) };
}

function parseFor(p: Parser): Statement {
  const { cursor, unit } = p;
  const start = cursor.next().span;
  cursor.expect("(");
  unit.openScope();
  try {
    const init = parseForInit(p);
    const test = cursor.is(";") ? null : parseExpression(p);
    if (test !== null) warnAssignment(p, test);
    cursor.expect(";");
    const step = cursor.is(")") ? null : rvalue(parseExpression(p));
    cursor.expect(")");
    const body = inLoop(p);
    const span = cover(start, cursor.last.span);
    return { kind: "for", init, condition: test === null ? null : condition(test, cursor.reporter), step, body, span };
  } finally {
    unit.closeScope(cursor.last.span.end);
  }
}

function parseForInit(p: Parser): Statement | null {
  if (p.cursor.take(";")) return null;
  if (startsType(p)) return parseLocalDeclaration(p);
  const expr = rvalue(parseExpression(p));
  p.cursor.expect(";");
  return { kind: "expression", expr, span: expr.span };
}

function parseSwitch(p: Parser): Statement {
  const { cursor } = p;
  const start = cursor.next().span;
  cursor.expect("(");
  const operand = rvalue(parseExpression(p));
  cursor.expect(")");
  if (operand.type.kind !== "int" && operand.type.kind !== "error") {
    cursor.reporter.report("invalid-operand", operand.span, { op: "switch", type: typeText(operand.type) });
  }
  const value = operand.type.kind === "int" ? promoted(operand) : operand;
  const cases: SwitchCase[] = [];
  const current = fn(p);
  current.switches.push({ cases, type: value.type });
  try {
    const body = parseStatement(p);
    return { kind: "switch", value, body, cases, span: cover(start, cursor.last.span) };
  } finally {
    current.switches.pop();
  }
}

function parseCase(p: Parser): Statement {
  const { cursor } = p;
  const keyword = cursor.next();
  const enclosing = fn(p).switches.at(-1);
  if (enclosing === undefined) cursor.reporter.report("case-outside-switch", keyword.span);
  const value = keyword.text === "default" ? null : caseValue(p, enclosing?.type ?? types.int);
  cursor.expect(":");
  const label: SwitchCase = { value };
  if (enclosing?.cases.some((c) => c.value === value) === true) {
    cursor.reporter.report("duplicate-case", keyword.span, { value: value === null ? "default" : value.toString() });
  }
  enclosing?.cases.push(label);
  return { kind: "case", label, body: labelled(p), span: cover(keyword.span, cursor.last.span) };
}

function caseValue(p: Parser, type: Expr["type"]): bigint {
  const expr = parseConditional(p);
  const value = expr.type.kind === "int" ? constantInteger(convert(expr, type)) : null;
  if (value === null && expr.type.kind !== "error") p.cursor.reporter.report("not-constant", expr.span);
  return value ?? 0n;
}

/** What a label stands before. A declaration or the block's end may follow one, as gcc allows. */
function labelled(p: Parser): Statement {
  const at: SourceSpan = p.cursor.last.span;
  if (p.cursor.is("}")) return { kind: "block", body: [], span: at, close: at };
  if (startsType(p)) return parseLocalDeclaration(p);
  return parseStatement(p);
}

function parseLabel(p: Parser): Statement {
  const name = p.cursor.next();
  p.cursor.expect(":");
  const { labels } = fn(p);
  if (labels.has(name.text)) p.cursor.reporter.report("redeclared", name.span, { name: name.text });
  labels.add(name.text);
  return { kind: "label", name: name.text, body: labelled(p), span: cover(name.span, p.cursor.last.span) };
}

function parseGoto(p: Parser): Statement {
  const start = p.cursor.next().span;
  const name = p.cursor.next();
  if (name.kind !== "name") p.cursor.reporter.fail("expected", name.span, { expected: "identifier", got: name.text });
  p.cursor.expectSemicolon();
  fn(p).gotos.push({ name: name.text, span: name.span });
  return { kind: "goto", name: name.text, span: cover(start, p.cursor.last.span) };
}

function parseJump(p: Parser): Statement {
  const keyword = p.cursor.next();
  const kind = keyword.text === "break" ? "break" : "continue";
  const current = fn(p);
  const allowed = current.loopDepth > 0 || (kind === "break" && current.switches.length > 0);
  if (!allowed) p.cursor.reporter.report(`${kind}-outside`, keyword.span);
  p.cursor.expectSemicolon();
  return { kind, span: cover(keyword.span, p.cursor.last.span) };
}

function parseReturn(p: Parser): Statement {
  const { cursor } = p;
  const start = cursor.next().span;
  const { returns } = fn(p).symbol.type;
  const given = cursor.is(";") ? null : rvalue(parseExpression(p));
  cursor.expectSemicolon();
  const span = cover(start, cursor.last.span);
  if (given === null) {
    if (returns.kind !== "void") cursor.reporter.report("return-missing-value", span, { type: typeText(returns) });
    return { kind: "return", value: null, span };
  }
  if (returns.kind === "void") {
    if (given.type.kind !== "void" && given.type.kind !== "error") cursor.reporter.report("return-value-in-void", given.span);
    return { kind: "return", value: given, span };
  }
  return { kind: "return", value: assignable(given, returns, cursor.reporter), span };
}
