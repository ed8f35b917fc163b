import type { BinaryOp } from "../ast";
import { type CType, wordBytes } from "../types";
import type { MemoryKind } from "../vm/memory-ops";
import type { Op } from "../vm/operations";

/** How a value stands in a slot. A struct's value is its address. */
export type SlotKind = "i32" | "i64" | "f64";

export function slotKind(type: CType): SlotKind {
  if (type.kind === "float") return "f64";
  return type.kind === "int" && type.sizeBytes <= 4 ? "i32" : "i64";
}

export const isUnsigned = (type: CType): boolean => (type.kind === "int" ? !type.signed : type.kind === "pointer");

export function memoryKind(type: CType): MemoryKind {
  if (type.kind === "float") return type.sizeBytes === 4 ? "f32" : "f64";
  if (type.kind !== "int") return wordBytes() === 4 ? "p32" : "i64";
  if (type.sizeBytes === 8) return "i64";
  if (type.sizeBytes === 4) return "i32";
  if (type.sizeBytes === 2) return type.signed ? "i16" : "u16";
  return type.signed ? "i8" : "u8";
}

type Stem =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "rem"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr"
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "gt"
  | "ge";
const stems: Readonly<Record<BinaryOp, Stem>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "rem",
  "&": "and",
  "|": "or",
  "^": "xor",
  "<<": "shl",
  ">>": "shr",
  "==": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
};
/** Operations whose answer depends on the sign. */
const signAware: ReadonlySet<Stem> = new Set<Stem>(["div", "rem", "shr", "lt", "le", "gt", "ge"]);

/** The machine's operation for a C operator on operands of one type. */
export function binaryOp(op: BinaryOp, type: CType): Op {
  const stem = stems[op];
  const kind = slotKind(type);
  if (kind === "f64") return `${stem}.f64` as Op;
  const suffix = signAware.has(stem) && isUnsigned(type) ? kind.replace("i", "u") : kind;
  return `${stem}.${suffix}` as Op;
}

/** Operations that turn a value of one type into one of another; none when the slot is right as it is. */
export function conversionOps(from: CType, to: CType): readonly Op[] {
  if (to.kind === "void" || to.kind === "struct" || to.kind === "array" || to.kind === "function") return [];
  if (to.kind === "int" && to.rank === 0) return from.kind === "int" && from.rank === 0 ? [] : [`nonzero.${slotKind(from)}`];
  const [source, result] = [slotKind(from), slotKind(to)];
  if (result === "f64") return toFloat(from, to, source);
  if (source === "f64") return fromFloat(to, result);
  // An address of 32 bits stands zero-extended; as a wider integer gcc takes its top bit for a sign.
  if (wordBytes() === 4 && to.kind === "pointer") return from.kind === "pointer" ? [] : ["extend.u32"];
  if (wordBytes() === 4 && from.kind === "pointer" && result === "i64") return ["extend.i32"];
  if (result === "i64")
    return source === "i64"
      ? []
      : [isUnsigned(from) && from.kind === "int" && from.sizeBytes === 4 ? "extend.u32" : "extend.i32"];
  return narrow(from, to);
}

function toFloat(from: CType, to: CType, source: SlotKind): readonly Op[] {
  const single = to.kind === "float" && to.sizeBytes === 4;
  if (source === "f64") return single && from.kind === "float" && from.sizeBytes === 8 ? ["round.f32"] : [];
  if (source === "i64") return [isUnsigned(from) ? (single ? "u64.f32" : "u64.f64") : single ? "i64.f32" : "i64.f64"];
  const exact: Op = isUnsigned(from) ? "u32.f64" : "i32.f64";
  return single ? [exact, "round.f32"] : [exact];
}

function fromFloat(to: CType, result: SlotKind): readonly Op[] {
  if (result === "i64") return [isUnsigned(to) ? "f64.u64" : "f64.i64"];
  if (to.kind === "int" && to.sizeBytes === 4 && !to.signed) return ["f64.i64"];
  return ["f64.i32", ...narrow(null, to)];
}

function narrow(from: CType | null, to: CType): readonly Op[] {
  if (to.kind !== "int" || to.sizeBytes >= 4) return [];
  const unchanged =
    from?.kind === "int" &&
    from.sizeBytes <= to.sizeBytes &&
    (from.signed === to.signed || (!from.signed && from.sizeBytes < to.sizeBytes));
  if (unchanged) return [];
  if (to.sizeBytes === 2) return [to.signed ? "to.i16" : "to.u16"];
  return [to.signed ? "to.i8" : "to.u8"];
}

/** After arithmetic: floats are rounded to single precision. */
export const needsRounding = (type: CType): boolean => type.kind === "float" && type.sizeBytes === 4;
