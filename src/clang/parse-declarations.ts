/** Declarations: locals, globals, functions, typedefs. */
import type { SourceSpan } from "../abi/debug-info";
import type { DataItem, Declaration, FunctionSymbol, InitItem, Statement, VariableSymbol } from "./ast";
import { evaluate } from "./constants";
import type { Parser } from "./parse-expressions";
import { type Initialiser, parseInitialiser } from "./parse-initialisers";
import { parseBlock, recovering } from "./parse-statements";
import { type Declarator, parseDeclarator, parseSpecifiers, type Specifiers } from "./parse-types";
import { cover } from "./source";
import { scalarBytes } from "./scalar-bytes";
import { typeText } from "./type-text";
import { type FunctionType, isComplete, sameType, sizeOf, types, wordBytes } from "./types";
import type { FunctionContext } from "./unit";

/** A whole file. */
export function parseTranslationUnit(p: Parser): void {
  while (p.cursor.peek().kind !== "end") {
    recovering(p, () => {
      if (!p.cursor.take(";")) parseExternal(p);
      return [];
    });
  }
}

function parseExternal(p: Parser): void {
  const { cursor } = p;
  const specifiers = parseSpecifiers(p);
  if (cursor.take(";")) return;
  for (let first = true; ; first = false) {
    const declared = parseDeclarator(p, specifiers.type);
    requireName(p, declared);
    if (specifiers.storage === "typedef") addTypedef(p, declared);
    else if (declared.type.kind === "function") {
      if (first && cursor.is("{")) return parseFunction(p, declared, declared.type, specifiers.span);
      declareFunction(p, declared, declared.type);
    } else {
      const symbol = declareGlobal(p, declared, specifiers);
      if (cursor.take("=")) initialiseGlobal(p, symbol, parseInitialiser(p, declared.type));
      else if (specifiers.storage !== "extern") defineTentatively(p, symbol);
    }
    if (!cursor.take(",")) break;
  }
  cursor.expectSemicolon();
}

function requireName(p: Parser, declared: Declarator): void {
  if (declared.name !== "") return;
  const token = p.cursor.peek();
  p.cursor.reporter.fail("expected", token.span, { expected: "identifier", got: token.text });
}

function addTypedef(p: Parser, declared: Declarator): void {
  const before = p.unit.lookupHere(declared.name);
  if (before?.kind === "typedef" && sameType(before.type, declared.type)) return;
  p.unit.add({ kind: "typedef", name: declared.name, type: declared.type, span: declared.span });
}

function declareFunction(p: Parser, { name, span }: Declarator, type: FunctionType): FunctionSymbol {
  const { unit } = p;
  const before = unit.lookup(name);
  if (before?.kind === "function" && sameType(before.type, type)) {
    if (before.type.unspecified) before.type = type;
    return before;
  }
  const symbol = unit.libcSymbol(name, type) ?? unit.declareFunction(name, type, span);
  unit.add(symbol);
  return symbol;
}

function parseFunction(p: Parser, declared: Declarator, type: FunctionType, start: SourceSpan): void {
  const { cursor, unit } = p;
  const symbol = ownFunction(p, declared, type);
  if (symbol.isDefined) cursor.reporter.report("function-redefined", declared.span, { name: declared.name });
  symbol.isDefined = true;
  symbol.type = type;
  if (type.returns.kind !== "void" && !isComplete(type.returns))
    cursor.reporter.report("incomplete-type", start, { type: typeText(type.returns) });
  const context: FunctionContext = {
    symbol,
    variables: [],
    localBytes: 0,
    loopDepth: 0,
    switches: [],
    labels: new Set(),
    gotos: [],
  };
  unit.current = context;
  unit.openScope();
  if (type.returns.kind === "struct") unit.newLocal("", { kind: "pointer", to: type.returns }, start);
  const params = type.params.map((param) => {
    if (!isComplete(param.type)) cursor.reporter.report("incomplete-type", declared.span, { type: typeText(param.type) });
    const local = unit.newLocal(param.name, param.type, declared.span);
    if (param.name !== "") unit.add(local);
    return local;
  });
  try {
    const body = parseBlock(p, false);
    for (const { name, span } of context.gotos)
      if (!context.labels.has(name)) cursor.reporter.report("unknown-label", span, { name });
    const span = cover(start, body.span);
    unit.functions.push({ symbol, params, variables: context.variables, body, localBytes: context.localBytes, span });
  } finally {
    unit.closeScope(cursor.last.span.end);
    unit.current = null;
  }
}

/** A function defined here takes the place of libc's of that name, as it does when linking. */
function ownFunction(p: Parser, declared: Declarator, type: FunctionType): FunctionSymbol {
  const { unit } = p;
  if (unit.libcHeaders.has(declared.name)) {
    const before = unit.lookup(declared.name);
    if (before?.kind === "function" && before.index >= 0) return before;
    const symbol = unit.declareFunction(declared.name, type, declared.span);
    unit.replace(symbol);
    return symbol;
  }
  return declareFunction(p, declared, type);
}

function declareGlobal(p: Parser, { name, type, span }: Declarator, specifiers: Specifiers): VariableSymbol {
  const { unit, cursor } = p;
  const before = unit.lookupHere(name);
  if (before?.kind === "variable" && sameType(before.type, type)) {
    if (type.kind === "array" && type.length >= 0) before.type = type;
    return before;
  }
  if (type.kind === "void") cursor.reporter.fail("incomplete-type", span, { type: typeText(type) });
  const symbol = unit.newGlobal(name, type, span, specifiers.storage !== "extern");
  unit.add(symbol);
  return symbol;
}

/** `int a;` at file scope: zero, unless an initialiser follows later. A second one keeps the first one's place. */
function defineTentatively(p: Parser, symbol: VariableSymbol): void {
  symbol.isDefined = true;
  if (symbol.storage.offset >= 0) return;
  if (symbol.type.kind === "array" && symbol.type.length < 0) symbol.type = { ...symbol.type, length: 1 };
  if (!isComplete(symbol.type)) p.cursor.reporter.fail("incomplete-type", symbol.span, { type: typeText(symbol.type) });
  p.unit.moveTo(symbol, "bss");
}

function initialiseGlobal(p: Parser, symbol: VariableSymbol, init: Initialiser): void {
  const { unit } = p;
  symbol.type = init.type;
  if (symbol.storage.kind === "section" && symbol.storage.section === "data") {
    p.cursor.reporter.report("redeclared", symbol.span, { name: symbol.name });
  }
  symbol.isDefined = true;
  if (!isComplete(init.type)) p.cursor.reporter.fail("incomplete-type", symbol.span, { type: typeText(init.type) });
  const items = init.items.flatMap((item) => dataOf(p, item));
  const isZero = items.every((item) => item.address === null && item.bytes.every((byte) => byte === 0));
  unit.moveTo(symbol, isZero ? "bss" : "data");
  const base = symbol.storage.offset;
  if (!isZero) unit.data.push(...items.map((item) => ({ ...item, offset: base + item.offset })));
}

function dataOf(p: Parser, { type, offset, value }: InitItem): DataItem[] {
  if (value.type.kind === "error") return [];
  if (value.kind === "string" && type.kind === "array") {
    return [{ section: "data", offset, bytes: value.bytes.slice(0, Math.max(type.length, 0)), address: null }];
  }
  const constant = evaluate(value);
  if (constant === null) {
    p.cursor.reporter.report("not-constant", value.span);
    return [];
  }
  if (constant.kind !== "address") return [{ section: "data", offset, bytes: scalarBytes(type, constant.value), address: null }];
  const address = {
    section: constant.section,
    offset: constant.offset,
    functionIndex: constant.fn?.index ?? -1,
    libc: constant.fn?.index === -1 ? constant.fn.name : "",
  };
  return [{ section: "data", offset, bytes: new Uint8Array(wordBytes()), address }];
}

export function parseLocalDeclaration(p: Parser): Statement {
  const { cursor, unit } = p;
  const specifiers = parseSpecifiers(p);
  const declarations: Declaration[] = [];
  const finish = (): Statement => {
    cursor.expectSemicolon();
    return { kind: "declare", declarations, span: cover(specifiers.span, cursor.last.span) };
  };
  if (cursor.is(";")) return finish();
  do {
    const declared = parseDeclarator(p, specifiers.type);
    requireName(p, declared);
    if (specifiers.storage === "typedef") addTypedef(p, declared);
    else if (declared.type.kind === "function") declareFunction(p, declared, declared.type);
    else if (specifiers.storage === "extern") declareGlobal(p, declared, specifiers);
    else if (specifiers.storage === "static") localStatic(p, declared);
    else declarations.push(localVariable(p, declared, declarations.length === 0 ? specifiers.span : declared.span));
  } while (cursor.take(","));
  if (declarations.length === 0 && unit.current === null)
    cursor.reporter.fail("expected-declaration", specifiers.span, { got: "" });
  return finish();
}

function localStatic(p: Parser, { name, type, span }: Declarator): void {
  const symbol = p.unit.newGlobal(name, type, span, true);
  p.unit.add(symbol);
  if (p.cursor.take("=")) initialiseGlobal(p, symbol, parseInitialiser(p, type));
  else defineTentatively(p, symbol);
}

/** The name is in scope inside its own initialiser; its place is known only when its type is complete. */
function localVariable(p: Parser, { name, type, span }: Declarator, start: SourceSpan): Declaration {
  const { unit, cursor } = p;
  const complete = type.kind === "array" && type.length < 0 && cursor.is("=");
  if (!isComplete(type) && !complete) cursor.reporter.fail("incomplete-type", span, { type: typeText(type) });
  const symbol = unit.newLocal(name, complete ? types.char : type, span);
  symbol.type = type;
  unit.add(symbol);
  if (!cursor.take("=")) return { symbol, init: null, zeroFirst: false, span: cover(start, span) };
  const init = parseInitialiser(p, type);
  if (complete) {
    symbol.type = init.type;
    symbol.storage = { kind: "local", offset: unit.placeLocal(init.type) };
  }
  if (sizeOf(init.type) === 0) return { symbol, init: [], zeroFirst: false, span: cover(start, cursor.last.span) };
  return { symbol, init: init.items, zeroFirst: init.zeroFirst, span: cover(start, cursor.last.span) };
}
