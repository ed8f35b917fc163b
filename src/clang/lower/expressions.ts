/**
 * Expressions to instructions. `value(e, d)` leaves the value in slot d and uses only slots from d upwards; slots below d are live.
 * A call keeps them in the frame meanwhile, so that recursion needs no more than the simulated stack.
 */
import type { Expr, InitItem, VariableSymbol } from "../ast";
import { evaluate } from "../constants";
import { type CType, isScalar, sizeOf, types, wordBytes } from "../types";
import { alignUp } from "../unit";
import type { Op } from "../vm/operations";
import { type Emitter, type Label, sectionIndex } from "./emitter";
import { binaryOp, conversionOps, memoryKind, needsRounding, slotKind } from "./value-kinds";

/** Where an object is: at a fixed place, or `offset` bytes from the address in a slot. */
export type Place =
  | { readonly kind: "local"; readonly offset: number }
  | { readonly kind: "section"; readonly section: number; readonly offset: number }
  | { readonly kind: "at"; readonly slot: number; readonly offset: number };

export class ExpressionLowering {
  constructor(
    readonly out: Emitter,
    /** Bytes of the frame in use; grows by temporaries and by slots kept across calls. */
    public frameBytes: number,
  ) {}

  private temporary(type: CType): number {
    this.frameBytes = alignUp(this.frameBytes + sizeOf(type), 8);
    return -this.frameBytes;
  }

  /** Places in the frame where slots wait while a call runs. */
  private readonly spills: number[] = [];
  private spill(slot: number): number {
    const known = this.spills[slot];
    if (known !== undefined) return known;
    const offset = this.temporary(types.llong);
    this.spills[slot] = offset;
    return offset;
  }

  value(expr: Expr, d: number): void {
    const { out } = this;
    switch (expr.kind) {
      case "integer":
        return this.integer(expr.value, expr.type, d);
      case "real":
        return this.real(expr.value, d);
      case "variable":
      case "deref":
      case "member":
      case "string":
      case "compound":
        return this.load(this.place(expr, d), expr.type, d);
      case "function":
      case "address":
        return this.address(expr.kind === "address" ? expr.object : expr, d);
      case "negate":
        this.value(expr.operand, d);
        out.emit(`neg.${slotKind(expr.type)}`, d, d);
        return;
      case "complement":
        this.value(expr.operand, d);
        out.emit(slotKind(expr.type) === "i64" ? "not.i64" : "not.i32", d, d);
        return;
      case "not":
        this.value(expr.operand, d);
        out.emit(`zero.${slotKind(expr.operand.type)}`, d, d);
        return;
      case "binary":
        this.value(expr.left, d);
        this.value(expr.right, d + 1);
        return this.compute(binaryOp(expr.op, expr.left.type), expr.type, d, d, d + 1);
      case "offset":
        this.value(expr.pointer, d);
        this.value(expr.index, d + 1);
        out.emit("index", d, d, d + 1, expr.scale);
        return this.wrap(d);
      case "distance":
        return this.distance(expr, d);
      case "logical":
        return this.truth(expr, d);
      case "choice":
        return this.choice(expr, d);
      case "comma":
        this.effect(expr.left, d);
        return this.value(expr.right, d);
      case "convert":
        this.value(expr.operand, d);
        return this.convert(expr.operand.type, expr.type, d);
      case "assign":
        return this.assign(expr, d);
      case "update":
        return this.update(expr, d);
      case "call":
        return this.call(expr, d);
      case "error":
        return;
    }
  }

  /** Evaluates for the side effects only. */
  effect(expr: Expr, d: number): void {
    if (expr.kind === "convert" && expr.type.kind === "void") this.effect(expr.operand, d);
    else this.value(expr, d);
  }

  private compute(op: Op, type: CType, d: number, a: number, b: number): void {
    this.out.emit(op, d, a, b);
    if (needsRounding(type) && slotKind(type) === "f64") this.out.emit("round.f32", d, d);
  }

  private convert(from: CType, to: CType, d: number): void {
    for (const op of conversionOps(from, to)) this.out.emit(op, d, d);
  }

  integer(value: bigint, type: CType, d: number): void {
    const lo = Number(BigInt.asIntN(32, value));
    if (slotKind(type) === "i32") this.out.emit("const32", d, lo);
    else this.out.emit("const64", d, lo, Number(BigInt.asIntN(32, value >> 32n)));
  }

  private real(value: number, d: number): void {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value, true);
    this.out.emit("const64", d, view.getInt32(0, true), view.getInt32(4, true));
  }

  private distance(expr: Extract<Expr, { kind: "distance" }>, d: number): void {
    this.value(expr.left, d);
    this.value(expr.right, d + 1);
    const kind = slotKind(expr.type) === "i64" ? "i64" : "i32";
    this.out.emit(`sub.${kind}`, d, d, d + 1);
    if (expr.scale === 1) return;
    this.out.emit("const64", d + 1, expr.scale, 0);
    this.out.emit(`div.${kind}`, d, d, d + 1);
  }

  /** Finds an object. An address that must be computed lands in slot d. */
  place(expr: Expr, d: number): Place {
    switch (expr.kind) {
      case "variable":
        return this.variable(expr.symbol);
      case "string":
        return { kind: "section", section: sectionIndex("rodata"), offset: expr.offset };
      case "compound":
        this.initialise(expr.symbol, expr.init, expr.zeroFirst, d);
        return this.variable(expr.symbol);
      case "member": {
        const object = this.place(expr.object, d);
        return { ...object, offset: object.offset + expr.offset };
      }
      case "deref": {
        const constant = evaluate(expr.pointer);
        if (constant?.kind === "address" && constant.fn === null && constant.section !== "text") {
          return { kind: "section", section: sectionIndex(constant.section), offset: constant.offset };
        }
        this.value(expr.pointer, d);
        return { kind: "at", slot: d, offset: 0 };
      }
      default:
        this.value(expr, d);
        return { kind: "at", slot: d, offset: 0 };
    }
  }

  private variable(symbol: VariableSymbol): Place {
    const { storage } = symbol;
    if (storage.kind === "local") return storage;
    return { kind: "section", section: sectionIndex(storage.section), offset: storage.offset };
  }

  private addressOf(place: Place, d: number): void {
    if (place.kind === "local") this.out.emit("address.local", d, place.offset);
    else if (place.kind === "section") this.out.emit("address.section", d, place.section, place.offset);
    else if (place.offset === 0) this.move(d, place.slot);
    else {
      this.out.emit("const64", d + 1, place.offset, 0);
      this.out.emit("add.i64", d, place.slot, d + 1);
      this.wrap(d);
    }
  }

  /** An address of 32 bits stands zero-extended in its slot. */
  private wrap(d: number): void {
    if (wordBytes() === 4) this.out.emit("extend.u32", d, d);
  }

  private move(d: number, a: number): void {
    if (d !== a) this.out.emit("move", d, a);
  }

  private address(object: Expr, d: number): void {
    if (object.kind !== "function") return this.addressOf(this.place(object, d), d);
    const { symbol } = object;
    if (symbol.index < 0) this.out.emit("address.libc", d, this.out.libcIndex(symbol.name));
    else this.out.emit("address.function", d, symbol.index);
  }

  private load(place: Place, type: CType, d: number): void {
    if (!isScalar(type)) return this.addressOf(place, d);
    const kind = memoryKind(type);
    if (place.kind === "local") this.out.emit(`load.${kind}.local`, d, place.offset);
    else if (place.kind === "section") this.out.emit(`load.${kind}.section`, d, place.section, place.offset);
    else this.out.emit(`load.${kind}.at`, d, place.slot, place.offset);
  }

  /** Stores slot s (for a struct: the bytes it points at). Uses slot `free` and the one above for addresses. */
  store(place: Place, type: CType, s: number, free: number): void {
    if (!isScalar(type)) {
      this.addressOf(place, free);
      this.out.emit("copy", free, s, sizeOf(type));
      return;
    }
    const kind = memoryKind(type);
    if (place.kind === "local") this.out.emit(`store.${kind}.local`, s, place.offset);
    else if (place.kind === "section") this.out.emit(`store.${kind}.section`, s, place.section, place.offset);
    else this.out.emit(`store.${kind}.at`, s, place.slot, place.offset);
  }

  private assign(expr: Extract<Expr, { kind: "assign" }>, d: number): void {
    const place = this.place(expr.target, d);
    const s = place.kind === "at" ? d + 1 : d;
    this.value(expr.value, s);
    this.store(place, expr.type, s, s + 1);
    this.move(d, s);
  }

  private update(expr: Extract<Expr, { kind: "update" }>, d: number): void {
    const place = this.place(expr.target, d);
    const value = place.kind === "at" ? d + 1 : d;
    const old = value + 1;
    const result = value + 2;
    this.value(expr.value, value);
    this.load(place, expr.type, old);
    if (expr.scale > 0) {
      this.out.emit("index", result, old, value, expr.op === "-" ? -expr.scale : expr.scale);
      this.wrap(result);
    } else {
      this.move(result, old);
      this.convert(expr.type, expr.computeType, result);
      this.compute(binaryOp(expr.op, expr.computeType), expr.computeType, result, result, value);
      this.convert(expr.computeType, expr.type, result);
    }
    this.store(place, expr.type, result, result + 1);
    this.move(d, expr.yieldsOld ? old : result);
  }

  /** Jumps to the label when the expression is true (or false). */
  branch(expr: Expr, d: number, label: Label, when: boolean): void {
    if (expr.kind === "not") return this.branch(expr.operand, d, label, !when);
    if (expr.kind === "logical") {
      const shortcut = (expr.op === "||") === when;
      if (shortcut) {
        this.branch(expr.left, d, label, when);
        return this.branch(expr.right, d, label, when);
      }
      const past = this.out.label();
      this.branch(expr.left, d, past, !when);
      this.branch(expr.right, d, label, when);
      return this.out.place(past);
    }
    this.value(expr, d);
    const kind = slotKind(expr.type);
    if (kind !== "i32") this.out.emit(`nonzero.${kind}`, d, d);
    this.out.jump(label, when ? "jump.nonzero" : "jump.zero", d);
  }

  private truth(expr: Expr, d: number): void {
    const no = this.out.label();
    const end = this.out.label();
    this.branch(expr, d, no, false);
    this.out.emit("const32", d, 1);
    this.out.jump(end);
    this.out.place(no);
    this.out.emit("const32", d, 0);
    this.out.place(end);
  }

  private choice(expr: Extract<Expr, { kind: "choice" }>, d: number): void {
    const no = this.out.label();
    const end = this.out.label();
    this.branch(expr.condition, d, no, false);
    this.value(expr.yes, d);
    this.out.jump(end);
    this.out.place(no);
    this.value(expr.no, d);
    this.out.place(end);
  }

  private call(expr: Extract<Expr, { kind: "call" }>, d: number): void {
    const { callee } = expr;
    const named = callee.kind === "address" && callee.object.kind === "function" ? callee.object.symbol : null;
    let slot = d;
    if (named === null) this.value(callee, slot++);
    const first = slot;
    let shape = "";
    // Last argument first, as gcc does on this processor: programs that print two mallocs in one call show it.
    for (const arg of expr.args.toReversed()) {
      this.value(arg, slot++);
      shape = { i32: "i", i64: "l", f64: "f" }[slotKind(arg.type)] + shape;
    }
    if (expr.type.kind === "struct") {
      this.out.emit("address.local", slot++, this.temporary(expr.type));
      shape = `l${shape}`;
    }
    const shapeIndex = this.out.shapeIndex(shape);
    const count = slot - first;
    if (named !== null && named.index < 0) {
      this.out.emit("libc", first, this.out.libcIndex(named.name), count, shapeIndex);
      return;
    }
    for (let s = 0; s < d; s++) this.out.emit("store.i64.local", s, this.spill(s));
    if (named !== null) this.out.emit("call", first, named.index, count);
    else this.out.emit("call.indirect", first, d, count, shapeIndex);
    this.out.emit("result", d);
    for (let s = 0; s < d; s++) this.out.emit("load.i64.local", s, this.spill(s));
  }

  /** Writes an initialiser into a local. */
  initialise(symbol: VariableSymbol, items: readonly InitItem[], zeroFirst: boolean, d: number): void {
    if (symbol.storage.kind !== "local") return;
    const base = symbol.storage.offset;
    const whole = items.some(
      ({ type, value, offset }) =>
        offset === 0 && value.kind === "string" && value.bytes.length + 1 >= sizeOf(symbol.type) && type.kind === "array",
    );
    if (zeroFirst && !whole) {
      this.out.emit("address.local", d, base);
      this.out.emit("clear", d, sizeOf(symbol.type));
    }
    for (const { offset, type, value } of items) {
      const place: Place = { kind: "local", offset: base + offset };
      if (value.kind === "string" && type.kind === "array") {
        this.addressOf(place, d);
        this.addressOf(this.place(value, d + 1), d + 1);
        this.out.emit("copy", d, d + 1, Math.min(value.bytes.length + 1, sizeOf(type)));
        continue;
      }
      this.value(value, d);
      this.store(place, type, d, d + 1);
    }
  }
}
