/** struct, union and enum specifiers. */
import type { SourceSpan } from "../abi/debug-info";
import { constantInteger } from "./constants";
import { parseConditional, type Parser } from "./parse-expressions";
import { parseDeclarator, parseSpecifiers } from "./parse-types";
import { keywords, type Token } from "./token";
import { typeText } from "./type-text";
import {
  alignOf,
  type CType,
  type Field,
  type IntType,
  isComplete,
  type StructDefinition,
  type StructType,
  sizeOf,
  types,
} from "./types";
import { alignUp } from "./unit";

function takeTag(p: Parser): Token | null {
  const token = p.cursor.peek();
  return token.kind === "name" && !keywords.has(token.text) ? p.cursor.next() : null;
}

export function parseStruct(p: Parser): CType {
  const { cursor, unit } = p;
  const isUnion = cursor.next().text === "union";
  const tag = takeTag(p);
  const name = tag?.text ?? "";
  const defines = cursor.is("{");
  if (!defines && tag === null)
    return cursor.reporter.fail("expected", cursor.peek().span, { expected: "{", got: cursor.peek().text });
  const known = name === "" ? undefined : unit.lookupTag(name, defines);
  const mismatch = known !== undefined && (known.kind !== "struct" || known.def.isUnion !== isUnion);
  if (mismatch && tag !== null) return cursor.reporter.fail("redeclared", tag.span, { name });
  const type: StructType = known?.kind === "struct" ? known : { kind: "struct", def: unit.newStruct(name, isUnion) };
  if (name !== "" && known === undefined) unit.addTag(name, type);
  if (defines) {
    if (type.def.complete && tag !== null) cursor.reporter.fail("redeclared", tag.span, { name });
    cursor.nested(() => structBody(p, type.def));
  }
  return type;
}

function structBody(p: Parser, def: StructDefinition): void {
  const { cursor } = p;
  const { reporter } = cursor;
  const fields: Field[] = [];
  let size = 0;
  let align = 1;
  const place = (name: string, type: CType, span: SourceSpan) => {
    const flexible = type.kind === "array" && type.length < 0 && cursor.is(";") && !def.isUnion;
    if (!isComplete(type) && !flexible) reporter.fail("incomplete-type", span, { type: typeText(type) });
    if (name !== "" && fields.some((f) => f.name === name)) reporter.report("redeclared", span, { name });
    const offset = def.isUnion ? 0 : alignUp(size, alignOf(type));
    fields.push({ name, type, offset });
    size = Math.max(size, offset + sizeOf(type));
    align = Math.max(align, alignOf(type));
  };
  const open = cursor.expect("{");
  while (!cursor.take("}")) {
    if (cursor.peek().kind === "end") reporter.fail("unclosed", open.span, { open: "{", expected: "}" });
    const { type, span } = parseSpecifiers(p);
    if (cursor.is(";") && type.kind === "struct") place("", type, span);
    else if (!cursor.is(";")) {
      do {
        const declared = parseDeclarator(p, type);
        if (cursor.is(":")) reporter.fail("unsupported", cursor.peek().span, { what: "bit-field" });
        place(declared.name, declared.type, declared.span);
      } while (cursor.take(","));
    }
    cursor.expectSemicolon();
  }
  def.fields = fields;
  def.alignBytes = align;
  def.sizeBytes = alignUp(size, align);
  def.complete = true;
}

/** An enum's type is unsigned int unless an enumerator is negative, as gcc has it; enumerators are int. */
export function parseEnum(p: Parser): CType {
  const { cursor, unit } = p;
  cursor.next();
  const tag = takeTag(p);
  const name = tag?.text ?? "";
  if (!cursor.is("{")) {
    const known = unit.lookupTag(name, false);
    if (known === undefined || tag === null)
      return cursor.reporter.fail("incomplete-type", (tag ?? cursor.peek()).span, { type: `enum ${name}` });
    return known;
  }
  if (tag !== null && unit.lookupTag(name, true) !== undefined) cursor.reporter.report("redeclared", tag.span, { name });
  cursor.expect("{");
  let value = 0n;
  let negative = false;
  do {
    if (cursor.is("}")) break;
    const token = cursor.peek();
    if (token.kind !== "name" || keywords.has(token.text))
      cursor.reporter.fail("expected", token.span, { expected: "identifier", got: token.text });
    cursor.next();
    if (cursor.take("=")) {
      const expr = parseConditional(p);
      const given = constantInteger(expr);
      if (given === null) cursor.reporter.report("not-constant", expr.span);
      value = BigInt.asIntN(32, given ?? value);
    }
    negative ||= value < 0n;
    unit.add({ kind: "constant", name: token.text, value: Number(value), type: types.int, span: token.span });
    value = BigInt.asIntN(32, value + 1n);
  } while (cursor.take(","));
  cursor.expect("}");
  const type: IntType = { ...(negative ? types.int : types.uint), name: `enum ${name}`.trim() };
  if (name !== "") unit.addTag(name, type);
  return type;
}
