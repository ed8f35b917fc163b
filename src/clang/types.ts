/**
 * C types as gcc has them on Linux: char is signed 8 bits, int 32; long and pointers 64 on x86-64, 32 on i386. Struct types are compared by the
 * identity of their definition, everything else by structure. `isConst` is the only qualifier that means anything here.
 */
export interface IntType {
  readonly kind: "int";
  readonly name: string;
  readonly sizeBytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** Conversion rank: _Bool 0, char 1, short 2, int 3, long 4, long long 5. */
  readonly rank: number;
  readonly isConst?: boolean;
}
export interface FloatType {
  readonly kind: "float";
  readonly name: string;
  readonly sizeBytes: 4 | 8;
  readonly isConst?: boolean;
}
export interface PointerType {
  readonly kind: "pointer";
  readonly to: CType;
  readonly isConst?: boolean;
}
export interface ArrayType {
  readonly kind: "array";
  readonly of: CType;
  /** −1 while unknown (`int a[]`). */
  readonly length: number;
  readonly isConst?: boolean;
}
export interface Field {
  /** Empty for an anonymous struct or union, whose members are reached through it. */
  readonly name: string;
  readonly type: CType;
  readonly offset: number;
}
/** Filled in when its body has been read; shared by all uses of the tag. */
export interface StructDefinition {
  readonly tag: string;
  readonly isUnion: boolean;
  complete: boolean;
  sizeBytes: number;
  alignBytes: number;
  fields: readonly Field[];
}
export interface StructType {
  readonly kind: "struct";
  readonly def: StructDefinition;
  readonly isConst?: boolean;
}
export interface Parameter {
  readonly name: string;
  readonly type: CType;
}
export interface FunctionType {
  readonly kind: "function";
  readonly returns: CType;
  readonly params: readonly Parameter[];
  readonly variadic: boolean;
  /** `f()`: nothing is known of the parameters. */
  readonly unspecified: boolean;
  readonly isConst?: boolean;
}
export interface VoidType {
  readonly kind: "void";
  readonly isConst?: boolean;
}
/** Stands for an expression that has been complained about already; silences what would follow from it. */
export interface ErrorType {
  readonly kind: "error";
  readonly isConst?: boolean;
}
export type CType = IntType | FloatType | PointerType | ArrayType | StructType | FunctionType | VoidType | ErrorType;

const int = (name: string, sizeBytes: 1 | 2 | 4 | 8, signed: boolean, rank: number): IntType => ({
  kind: "int",
  name,
  sizeBytes,
  signed,
  rank,
});

/** What differs between the two machines. */
interface DataModel {
  readonly wordBytes: 4 | 8;
  readonly long: IntType;
  readonly ulong: IntType;
  /** size_t and ptrdiff_t. */
  readonly size: IntType;
  readonly ptrdiff: IntType;
  /** Largest alignment of a scalar in a struct. */
  readonly maxAlign: number;
}

function dataModel(wordBytes: 4 | 8): DataModel {
  const long = int("long", wordBytes, true, 4);
  const ulong = int("unsigned long", wordBytes, false, 4);
  const size = wordBytes === 8 ? ulong : int("unsigned int", 4, false, 3);
  return { wordBytes, long, ulong, size, ptrdiff: wordBytes === 8 ? long : int("int", 4, true, 3), maxAlign: wordBytes };
}

const models = { 4: dataModel(4), 8: dataModel(8) } as const;
let model: DataModel = models[8];

/** Compiles for a machine with pointers of that size: `compile` is one synchronous step, and everything below asks the types here. */
export function withWordBytes<T>(wordBytes: 4 | 8, compile: () => T): T {
  const before = model;
  model = models[wordBytes];
  try {
    return compile();
  } finally {
    model = before;
  }
}

/** Bytes of a pointer in the machine that is compiled for. */
export const wordBytes = (): 4 | 8 => model.wordBytes;

export const types = {
  void: { kind: "void" } as VoidType,
  error: { kind: "error" } as ErrorType,
  bool: int("_Bool", 1, false, 0),
  char: int("char", 1, true, 1),
  schar: int("signed char", 1, true, 1),
  uchar: int("unsigned char", 1, false, 1),
  short: int("short", 2, true, 2),
  ushort: int("unsigned short", 2, false, 2),
  int: int("int", 4, true, 3),
  uint: int("unsigned int", 4, false, 3),
  get long(): IntType {
    return model.long;
  },
  get ulong(): IntType {
    return model.ulong;
  },
  get size(): IntType {
    return model.size;
  },
  get ptrdiff(): IntType {
    return model.ptrdiff;
  },
  llong: int("long long", 8, true, 5),
  ullong: int("unsigned long long", 8, false, 5),
  float: { kind: "float", name: "float", sizeBytes: 4 } as FloatType,
  double: { kind: "float", name: "double", sizeBytes: 8 } as FloatType,
} as const;

export const pointerTo = (to: CType): PointerType => ({ kind: "pointer", to });
export const arrayOf = (of: CType, length: number): ArrayType => ({ kind: "array", of, length });
export const voidPointer = pointerTo(types.void);

export function asConst<T extends CType>(type: T): T {
  return { ...type, isConst: true };
}

export function unqualified<T extends CType>(type: T): T {
  return type.isConst === true ? { ...type, isConst: false } : type;
}

export const isInteger = (t: CType): t is IntType => t.kind === "int";
export const isArithmetic = (t: CType): t is IntType | FloatType => t.kind === "int" || t.kind === "float";
export const isScalar = (t: CType): t is IntType | FloatType | PointerType => isArithmetic(t) || t.kind === "pointer";

export function isComplete(t: CType): boolean {
  if (t.kind === "struct") return t.def.complete;
  if (t.kind === "array") return t.length >= 0 && isComplete(t.of);
  return t.kind !== "void" && t.kind !== "function";
}

/** sizeof in bytes. void and functions have size 1, as in GNU C. */
export function sizeOf(t: CType): number {
  switch (t.kind) {
    case "int":
    case "float":
      return t.sizeBytes;
    case "pointer":
      return model.wordBytes;
    case "array":
      return Math.max(t.length, 0) * sizeOf(t.of);
    case "struct":
      return t.def.sizeBytes;
    case "void":
    case "function":
    case "error":
      return 1;
  }
}

export function alignOf(t: CType): number {
  if (t.kind === "array") return alignOf(t.of);
  if (t.kind === "struct") return t.def.alignBytes;
  return Math.min(sizeOf(t), model.maxAlign);
}

/** Same type, ignoring qualifiers. An array of unknown length equals any length; `f()` equals any function with the same result. */
export function sameType(a: CType, b: CType): boolean {
  if (a.kind === "error" || b.kind === "error") return true;
  if (a.kind === "int" && b.kind === "int")
    return a.rank === b.rank && a.signed === b.signed && (a.rank !== 1 || a.name === b.name);
  if (a.kind === "float" && b.kind === "float") return a.sizeBytes === b.sizeBytes;
  if (a.kind === "pointer" && b.kind === "pointer") return sameType(a.to, b.to);
  if (a.kind === "array" && b.kind === "array")
    return (a.length === b.length || a.length < 0 || b.length < 0) && sameType(a.of, b.of);
  if (a.kind === "struct" && b.kind === "struct") return a.def === b.def;
  if (a.kind === "function" && b.kind === "function") {
    if (!sameType(a.returns, b.returns)) return false;
    if (a.unspecified || b.unspecified) return true;
    return (
      a.variadic === b.variadic &&
      a.params.length === b.params.length &&
      a.params.every((p, i) => sameType(p.type, b.params[i]?.type ?? types.error))
    );
  }
  return a.kind === b.kind;
}

/** Integer promotion: everything below int becomes int. */
export function promote(t: CType): CType {
  return t.kind === "int" && t.rank < types.int.rank ? types.int : unqualified(t);
}

/** Usual arithmetic conversions (C17 6.3.1.8). */
export function arithmeticType(a: IntType | FloatType, b: IntType | FloatType): IntType | FloatType {
  if (a.kind === "float" || b.kind === "float") {
    const wide = (a.kind === "float" && a.sizeBytes === 8) || (b.kind === "float" && b.sizeBytes === 8);
    return wide ? types.double : types.float;
  }
  const left = promote(a);
  const right = promote(b);
  if (left.kind !== "int" || right.kind !== "int") return types.int;
  if (left.signed === right.signed) return left.rank >= right.rank ? left : right;
  const [unsigned, signed] = left.signed ? [right, left] : [left, right];
  if (unsigned.rank >= signed.rank) return unsigned;
  if (signed.sizeBytes > unsigned.sizeBytes) return signed;
  return signed.rank === types.llong.rank ? types.ullong : types.ulong;
}

/** Finds a member, also inside anonymous members; its offset is from the outer struct. */
export function findField(def: StructDefinition, name: string): Field | undefined {
  for (const field of def.fields) {
    if (field.name === name) return field;
    if (field.name !== "" || field.type.kind !== "struct") continue;
    const inner = findField(field.type.def, name);
    if (inner !== undefined) return { ...inner, offset: field.offset + inner.offset };
  }
  return undefined;
}
