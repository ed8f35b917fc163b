import type { CTypeInfo } from "../abi/debug-info";
import type { CType, FunctionType, StructDefinition } from "./types";

/** A type as C writes it: `char *[7]`, `int (*)(const char *, ...)`. With `name`, the declaration of that name. */
export function typeText(type: CType, name = ""): string {
  switch (type.kind) {
    case "pointer": {
      const inner = `*${type.isConst === true ? " const" : ""}${type.isConst === true && name !== "" ? " " : ""}${name}`;
      return typeText(type.to, type.to.kind === "array" || type.to.kind === "function" ? `(${inner})` : inner);
    }
    case "array":
      return typeText(type.of, `${name}[${type.length < 0 ? "" : type.length}]`);
    case "function":
      return typeText(type.returns, `${name}(${parameterText(type)})`);
    default: {
      const base = `${type.isConst === true ? "const " : ""}${baseText(type)}`;
      return name === "" ? base : `${base} ${name}`;
    }
  }
}

function baseText(type: CType): string {
  switch (type.kind) {
    case "int":
    case "float":
      return type.name;
    case "struct":
      return `${type.def.isUnion ? "union" : "struct"} ${type.def.tag}`;
    case "error":
      return "?";
    default:
      return type.kind;
  }
}

function parameterText(type: FunctionType): string {
  if (type.unspecified) return "";
  const params = type.params.map((p) => typeText(p.type));
  if (type.variadic) params.push("...");
  return params.length === 0 ? "void" : params.join(", ");
}

/** Structs within structs beyond this depth are given by name only. */
const MAX_INFO_DEPTH = 3;

/** The expansions of one program's types, each made once: programs may nest structs so that writing them out would never end. */
export class TypeInfos {
  private readonly known = new Map<
    StructDefinition,
    { readonly inside: readonly StructDefinition[]; readonly info: CTypeInfo }[]
  >();

  /** The type as the views understand it. A struct that contains pointers to itself ends in a `ref`. */
  of(type: CType, inside: readonly StructDefinition[] = []): CTypeInfo {
    switch (type.kind) {
      case "int":
        return { kind: "int", name: type.name, sizeBytes: type.sizeBytes, signed: type.signed };
      case "float":
        return { kind: "float", name: type.name, sizeBytes: type.sizeBytes };
      case "pointer":
        return { kind: "pointer", to: this.of(type.to, inside) };
      case "array":
        return { kind: "array", of: this.of(type.of, inside), length: Math.max(type.length, 0) };
      case "struct":
        return this.struct(type.def, inside);
      case "function":
        return { kind: "function" };
      case "void":
      case "error":
        return { kind: "void" };
    }
  }

  private struct(def: StructDefinition, inside: readonly StructDefinition[]): CTypeInfo {
    const tag = `${def.isUnion ? "union" : "struct"} ${def.tag}`;
    if (!def.complete || inside.includes(def) || inside.length >= MAX_INFO_DEPTH) return { kind: "ref", tag };
    const expansions = this.known.get(def) ?? [];
    const before = expansions.find((e) => e.inside.length === inside.length && e.inside.every((outer, i) => outer === inside[i]));
    if (before !== undefined) return before.info;
    const deeper = [...inside, def];
    const fields = def.fields.map((f) => ({ name: f.name, offset: f.offset, type: this.of(f.type, deeper) }));
    const info: CTypeInfo = { kind: "struct", tag, sizeBytes: def.sizeBytes, fields };
    this.known.set(def, [...expansions, { inside, info }]);
    return info;
  }
}
