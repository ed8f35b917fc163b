/** Declaration specifiers, declarators and type names. */
import type { SourceSpan } from "../abi/debug-info";
import { constantInteger } from "./constants";
import { parseConditional, type Parser } from "./parse-expressions";
import { parseEnum, parseStruct } from "./parse-records";
import { cover, suggest } from "./source";
import { keywords, type Token } from "./token";
import { typeText } from "./type-text";
import { arrayOf, asConst, type CType, type FunctionType, isComplete, type Parameter, pointerTo, sizeOf, types } from "./types";

export interface Specifiers {
  readonly type: CType;
  readonly storage: "" | "typedef" | "static" | "extern";
  readonly span: SourceSpan;
}

/** Sorted words of a type specifier → type. `int` is left out where something else says enough. */
const wordTypes: ReadonlyMap<string, CType> = new Map<string, CType>([
  ["void", types.void],
  ["_Bool", types.bool],
  ["char", types.char],
  ["char signed", types.schar],
  ["char unsigned", types.uchar],
  ["short", types.short],
  ["short signed", types.short],
  ["short unsigned", types.ushort],
  ["", types.int],
  ["signed", types.int],
  ["unsigned", types.uint],
  ["long long", types.llong],
  ["long long signed", types.llong],
  ["long long unsigned", types.ullong],
  ["float", types.float],
  ["double", types.double],
]);
/** Types whose size depends on the machine. */
function longType(key: string): CType | undefined {
  if (key === "long" || key === "long signed") return types.long;
  return key === "long unsigned" ? types.ulong : undefined;
}

const typeWords: ReadonlySet<string> = new Set([
  "void",
  "_Bool",
  "char",
  "short",
  "int",
  "long",
  "signed",
  "unsigned",
  "float",
  "double",
]);
const storageWords: ReadonlySet<string> = new Set(["typedef", "static", "extern", "auto", "register"]);
const ignoredWords: ReadonlySet<string> = new Set(["volatile", "restrict", "inline", "_Noreturn", "__restrict", "__inline"]);

/** Biggest object a program may declare. */
const MAX_OBJECT_BYTES = 0x7fff_ffff;

export function startsType(p: Parser, ahead = 0): boolean {
  const token = p.cursor.peek(ahead);
  if (token.kind !== "name") return false;
  const { text } = token;
  if (typeWords.has(text) || storageWords.has(text) || ignoredWords.has(text)) return true;
  if (text === "const" || text === "struct" || text === "union" || text === "enum") return true;
  return p.unit.isTypedef(text);
}

export function parseSpecifiers(p: Parser): Specifiers {
  const { cursor, unit } = p;
  const first = cursor.peek();
  const words: string[] = [];
  let storage: Specifiers["storage"] = "";
  let named: CType | null = null;
  let isConst = false;
  for (let token = cursor.peek(); token.kind === "name"; token = cursor.peek()) {
    const { text } = token;
    if (typeWords.has(text)) words.push(cursor.next().text);
    else if (text === "typedef" || text === "static" || text === "extern") {
      cursor.next();
      storage = text;
    } else if (storageWords.has(text) || ignoredWords.has(text)) cursor.next();
    else if (text === "const") {
      cursor.next();
      isConst = true;
    } else if (text === "struct" || text === "union") named = parseStruct(p);
    else if (text === "enum") named = parseEnum(p);
    else if (named === null && words.length === 0 && unit.isTypedef(text)) {
      const symbol = unit.lookup(cursor.next().text);
      if (symbol?.kind === "typedef") named = symbol.type;
    } else break;
  }
  const span = cover(first.span, cursor.last.span);
  if (named === null && words.length === 0) return unknownType(p, first);
  const type = named ?? wordType(p, words, span);
  return { type: isConst ? asConst(type) : type, storage, span };
}

function wordType(p: Parser, words: readonly string[], span: SourceSpan): CType {
  const key = words
    .filter((w) => w !== "int" || words.length === 0)
    .toSorted()
    .join(" ");
  const found = wordTypes.get(key) ?? longType(key);
  if (found !== undefined && !(words.includes("int") && /void|_Bool|char|float|double/.test(key))) return found;
  if (key === "double long") return p.cursor.reporter.fail("unsupported", span, { what: "long double" });
  return p.cursor.reporter.fail("unknown-type", span, { name: words.join(" "), suggestion: "" });
}

function unknownType(p: Parser, token: Token): never {
  const { reporter } = p.cursor;
  if (token.kind !== "name" || keywords.has(token.text))
    return reporter.fail("expected-declaration", token.span, { got: token.text });
  const suggestion = suggest(token.text, [...p.unit.visibleTypes(), ...typeWords, "const", "static", "struct", "unsigned"]);
  return reporter.fail("unknown-type", token.span, { name: token.text, suggestion });
}

/** A declared name with its type. The name is empty in a type name and in parameters without one. */
export interface Declarator {
  readonly name: string;
  readonly type: CType;
  readonly span: SourceSpan;
}

/** How the parts around a name change the type of the whole: applied from the name outwards. */
type Wrap = (base: CType) => CType;

export function parseDeclarator(p: Parser, base: CType): Declarator {
  const start = p.cursor.peek().span;
  const { name, span, wrap } = p.cursor.nested(() => declaratorParts(p));
  const type = wrap(base);
  const whole = span ?? cover(start, p.cursor.last.span);
  if (isComplete(type) && sizeOf(type) > MAX_OBJECT_BYTES)
    p.cursor.reporter.fail("object-too-large", whole, { type: typeText(type) });
  return { name, type, span: whole };
}

function declaratorParts(p: Parser): { name: string; span: SourceSpan | null; wrap: Wrap } {
  const { cursor } = p;
  if (cursor.take("*")) {
    let isConst = false;
    for (;;) {
      if (cursor.take("const")) isConst = true;
      else if (ignoredWords.has(cursor.peek().text)) cursor.next();
      else break;
    }
    const inner = cursor.nested(() => declaratorParts(p));
    return { ...inner, wrap: (base) => inner.wrap(isConst ? asConst(pointerTo(base)) : pointerTo(base)) };
  }
  let name = "";
  let span: SourceSpan | null = null;
  let inner: Wrap = (base) => base;
  const token = cursor.peek();
  if (token.kind === "name" && !keywords.has(token.text)) {
    cursor.next();
    name = token.text;
    span = token.span;
  } else if (cursor.is("(") && !startsType(p, 1) && cursor.peek(1).text !== ")") {
    cursor.next();
    const parts = cursor.nested(() => declaratorParts(p));
    cursor.expect(")");
    name = parts.name;
    span = parts.span;
    inner = parts.wrap;
  }
  const suffix = declaratorSuffix(p);
  return { name, span, wrap: (base) => inner(suffix(base)) };
}

function declaratorSuffix(p: Parser): Wrap {
  const { cursor } = p;
  if (cursor.is("[")) {
    const open = cursor.next();
    const length = cursor.is("]") ? -1 : arrayLength(p);
    const close = cursor.expect("]");
    const rest = cursor.nested(() => declaratorSuffix(p));
    return (base) => {
      const of = rest(base);
      if (!isComplete(of)) cursor.reporter.fail("incomplete-type", cover(open.span, close.span), { type: typeText(of) });
      return arrayOf(of, length);
    };
  }
  if (cursor.is("(")) {
    const open = cursor.next();
    const fn = parseParameters(p);
    const rest = cursor.nested(() => declaratorSuffix(p));
    return (base) => {
      const returns = rest(base);
      if (returns.kind === "array" || returns.kind === "function")
        cursor.reporter.fail("unsupported", open.span, { what: typeText(returns) });
      return { ...fn, returns };
    };
  }
  return (base) => base;
}

function arrayLength(p: Parser): number {
  const expr = parseConditional(p);
  const value = constantInteger(expr);
  const { reporter } = p.cursor;
  if (expr.type.kind === "error") return 1;
  if (value === null) {
    const isInteger = expr.type.kind === "int" && !p.unit.isGlobalScope;
    if (isInteger) reporter.report("unsupported", expr.span, { what: "variable length array" });
    else reporter.report("not-constant", expr.span);
    return 1;
  }
  if (value < 0n || value > BigInt(MAX_OBJECT_BYTES)) {
    reporter.report("array-size", expr.span);
    return 1;
  }
  return Number(value);
}

function parseParameters(p: Parser): FunctionType {
  const { cursor } = p;
  const params: Parameter[] = [];
  const make = (variadic: boolean, unspecified: boolean): FunctionType => ({
    kind: "function",
    returns: types.int,
    params,
    variadic,
    unspecified,
  });
  if (cursor.take(")")) return make(false, true);
  if (cursor.is("void") && cursor.peek(1).text === ")") {
    cursor.next();
    cursor.next();
    return make(false, false);
  }
  do {
    if (cursor.take("...")) {
      cursor.expect(")");
      return make(true, false);
    }
    const specifiers = parseSpecifiers(p);
    const declared = parseDeclarator(p, specifiers.type);
    params.push({ name: declared.name, type: parameterType(declared.type) });
  } while (cursor.take(","));
  cursor.expect(")");
  return make(false, false);
}

/** Arrays and functions as parameters are pointers. */
function parameterType(type: CType): CType {
  if (type.kind === "array") return pointerTo(type.of);
  return type.kind === "function" ? pointerTo(type) : type;
}

/** A type without a name, as in casts and sizeof. */
export function parseTypeName(p: Parser): CType {
  const { type } = parseSpecifiers(p);
  const declared = parseDeclarator(p, type);
  if (declared.name !== "") p.cursor.reporter.fail("expected", declared.span, { expected: ")", got: declared.name });
  return declared.type;
}
