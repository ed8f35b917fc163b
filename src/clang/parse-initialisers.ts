/** Initialisers: `= expr`, `= { … }` with designators and missing braces, strings for char arrays, compound literals. */
import type { SourceSpan } from "../abi/debug-info";
import type { Expr, InitItem } from "./ast";
import { constantInteger } from "./constants";
import { assignable, errorExpr, rvalue } from "./conversions";
import { parseAssignment, parseConditional, type Parser } from "./parse-expressions";
import { cover } from "./source";
import { typeText } from "./type-text";
import { arrayOf, type CType, findField, isComplete, sameType, sizeOf } from "./types";

/** What one initialiser amounts to. `type` completes an array of unknown length. */
export interface Initialiser {
  readonly type: CType;
  readonly items: readonly InitItem[];
  /** Parts without an item of their own are zero. */
  readonly zeroFirst: boolean;
}

/** Elements beyond this many in one initialiser are refused. */
const MAX_ITEMS = 100_000;

export function parseInitialiser(p: Parser, type: CType): Initialiser {
  const { cursor } = p;
  const items: InitItem[] = [];
  const reader = new InitialiserReader(p, items);
  if (!cursor.is("{")) {
    const value = parseAssignment(p);
    const complete =
      type.kind === "array" && type.length < 0 && value.kind === "string" ? arrayOf(type.of, value.bytes.length + 1) : type;
    reader.scalar(complete, 0, value);
    return { type: complete, items, zeroFirst: complete.kind === "array" };
  }
  const length = cursor.nested(() => reader.braced(type, 0));
  const complete = type.kind === "array" && type.length < 0 ? arrayOf(type.of, length) : type;
  return { type: complete, items, zeroFirst: complete.kind === "array" || complete.kind === "struct" };
}

export function parseCompoundLiteral(p: Parser, type: CType, open: SourceSpan): Expr {
  const { unit, cursor } = p;
  const init = parseInitialiser(p, type);
  const span = cover(open, cursor.last.span);
  if (unit.current === null) {
    cursor.reporter.report("unsupported", span, { what: "compound literal" });
    return errorExpr(span);
  }
  const symbol = unit.newLocal("", init.type, span);
  return { kind: "compound", symbol, init: init.items, zeroFirst: init.zeroFirst, type: init.type, span };
}

/** A sub-object still to be filled: its type and place. */
interface Slot {
  readonly type: CType;
  readonly offset: number;
}

class InitialiserReader {
  constructor(
    private readonly p: Parser,
    private readonly items: InitItem[],
  ) {}

  /** One value for one object that is not (or cannot be) braced. */
  scalar(type: CType, offset: number, value: Expr): void {
    const { reporter } = this.p.cursor;
    if (this.items.length >= MAX_ITEMS) reporter.fail("program-too-large", value.span, { limit: MAX_ITEMS });
    if (type.kind === "array") {
      if (value.kind === "string" && type.of.kind === "int" && type.of.sizeBytes === 1) {
        if (type.length >= 0 && value.bytes.length > type.length) reporter.report("too-many-initialisers", value.span);
        this.items.push({ offset, type, value });
      } else if (value.type.kind !== "error") reporter.report("invalid-initialiser", value.span, { type: typeText(type) });
      return;
    }
    this.items.push({ offset, type, value: assignable(value, type, reporter) });
  }

  /** `{ … }` for an object at `offset`. Returns the number of array elements seen. */
  braced(type: CType, offset: number): number {
    const { cursor } = this.p;
    const open = cursor.expect("{");
    if (type.kind !== "array" && type.kind !== "struct") {
      this.one({ type, offset });
      cursor.take(",");
      cursor.expect("}");
      return 1;
    }
    if (type.kind === "struct" && !type.def.complete)
      cursor.reporter.fail("incomplete-type", open.span, { type: typeText(type) });
    if (
      type.kind === "array" &&
      cursor.peek().kind === "string" &&
      ["}", ","].includes(cursor.peek(1).text) &&
      type.of.kind === "int"
    ) {
      const value = parseAssignment(this.p);
      this.scalar(type.length < 0 && value.kind === "string" ? arrayOf(type.of, value.bytes.length + 1) : type, offset, value);
      cursor.take(",");
      cursor.expect("}");
      return value.kind === "string" ? value.bytes.length + 1 : 0;
    }
    const length = this.list(type, offset, true);
    cursor.expect("}");
    return length;
  }

  /** The members of an aggregate in turn; inside braces until `}`, otherwise until it is full. */
  private list(type: CType, offset: number, inBraces: boolean): number {
    const { cursor } = this.p;
    let index = 0;
    let longest = 0;
    while (!cursor.is("}") && cursor.peek().kind !== "end") {
      const from = cursor.position;
      if (inBraces && (cursor.is("[") || cursor.is("."))) {
        index = this.designated(type, offset, index);
      } else {
        const slot = member(type, offset, index);
        if (slot === null) {
          if (!inBraces) return longest;
          const extra = cursor.is("{") ? cursor.nested(() => this.skipBraces()) : parseAssignment(this.p).span;
          cursor.reporter.report("too-many-initialisers", extra);
        } else this.one(slot);
      }
      index++;
      longest = Math.max(longest, index);
      if (!inBraces && member(type, offset, index) === null) return longest;
      if (
        !inBraces &&
        cursor.is(",") &&
        (cursor.peek(1).text === "}" || cursor.peek(1).text === "." || cursor.peek(1).text === "[")
      )
        return longest;
      if (!cursor.take(",")) return longest;
      if (cursor.position === from) return longest;
    }
    return longest;
  }

  /** The next value for this sub-object: its own braces, a struct or string as a whole, or one value for each of its parts. */
  private one(slot: Slot): void {
    const { cursor } = this.p;
    const { type } = slot;
    if (cursor.is("{")) {
      cursor.nested(() => this.braced(type, slot.offset));
      return;
    }
    if (type.kind === "array" && !(cursor.peek().kind === "string" && type.of.kind === "int")) {
      cursor.nested(() => this.list(type, slot.offset, false));
      return;
    }
    if (type.kind !== "struct") return this.scalar(type, slot.offset, parseAssignment(this.p));
    if (cursor.peek().kind === "number" || cursor.peek().kind === "string") {
      cursor.nested(() => this.list(type, slot.offset, false));
      return;
    }
    const value = parseAssignment(this.p);
    if (sameType(rvalue(value).type, type)) return this.scalar(type, slot.offset, value);
    this.elided(type, slot.offset, value);
  }

  /** A struct without braces whose first value has been read already. */
  private elided(type: CType, offset: number, value: Expr): void {
    const first = member(type, offset, 0);
    if (first === null) return;
    if (first.type.kind === "struct" || (first.type.kind === "array" && value.kind !== "string"))
      this.elided(first.type, first.offset, value);
    else this.scalar(first.type, first.offset, value);
    for (let index = 1; ; index++) {
      const slot = member(type, offset, index);
      const { cursor } = this.p;
      if (slot === null || !cursor.is(",") || ["}", ".", "["].includes(cursor.peek(1).text)) return;
      cursor.next();
      this.one(slot);
    }
  }

  /** `.a.b[2] = value`. Returns the index of the member at this level. */
  private designated(type: CType, offset: number, index: number): number {
    const { cursor } = this.p;
    let slot: Slot = { type, offset };
    let first = -1;
    let last = -1;
    while (cursor.is("[") || cursor.is(".")) {
      const step = cursor.take("[") ? this.indexDesignator(slot) : this.fieldDesignator(slot);
      slot = step.slot;
      if (first < 0) {
        first = step.index;
        last = step.last;
      }
    }
    cursor.take("=");
    if (last > first) {
      const value = parseAssignment(this.p);
      const size = sizeOf(slot.type);
      for (let i = first; i <= last; i++) this.scalar(slot.type, slot.offset + (i - first) * size, value);
      return last;
    }
    this.one(slot);
    return first < 0 ? index : first;
  }

  private indexDesignator({ type, offset }: Slot): { slot: Slot; index: number; last: number } {
    const { cursor } = this.p;
    const at = this.constantIndex();
    const last = cursor.take("...") ? this.constantIndex() : at;
    const close = cursor.expect("]");
    if (
      type.kind !== "array" ||
      at < 0 ||
      last < at ||
      last - at > MAX_ITEMS ||
      (type.length >= 0 && last >= type.length) ||
      at * sizeOf(type.of) > 0x7fff_ffff
    ) {
      return cursor.reporter.fail("invalid-initialiser", close.span, { type: typeText(type) });
    }
    return { slot: { type: type.of, offset: offset + at * sizeOf(type.of) }, index: at, last };
  }

  private constantIndex(): number {
    const expr = parseConditional(this.p);
    const value = constantInteger(expr);
    return value === null ? this.p.cursor.reporter.fail("not-constant", expr.span) : Number(value);
  }

  private fieldDesignator({ type, offset }: Slot): { slot: Slot; index: number; last: number } {
    const { cursor } = this.p;
    cursor.expect(".");
    const name = cursor.next();
    const field = type.kind === "struct" ? findField(type.def, name.text) : undefined;
    if (field === undefined || type.kind !== "struct")
      return cursor.reporter.fail("no-member", name.span, { type: typeText(type), name: name.text, suggestion: "" });
    const index = type.def.fields.findIndex(
      (f) =>
        f.offset <= field.offset &&
        field.offset < f.offset + Math.max(sizeOf(f.type), 1) &&
        (f.name === name.text || f.name === ""),
    );
    return { slot: { type: field.type, offset: offset + field.offset }, index, last: index };
  }

  private skipBraces(): SourceSpan {
    const open = this.p.cursor.expect("{");
    while (!this.p.cursor.is("}") && this.p.cursor.peek().kind !== "end") {
      if (this.p.cursor.is("{")) this.p.cursor.nested(() => this.skipBraces());
      else parseAssignment(this.p);
      if (!this.p.cursor.take(",")) break;
    }
    return cover(open.span, this.p.cursor.expect("}").span);
  }
}

/** The part of an aggregate that the index-th value without designator goes to. A union takes one value. */
function member(type: CType, offset: number, index: number): Slot | null {
  if (type.kind === "array") {
    if (type.length >= 0 && index >= type.length) return null;
    return { type: type.of, offset: offset + index * sizeOf(type.of) };
  }
  if (type.kind !== "struct" || (type.def.isUnion && index > 0)) return null;
  const field = type.def.fields[index];
  return field === undefined || !isComplete(field.type) ? null : { type: field.type, offset: offset + field.offset };
}
