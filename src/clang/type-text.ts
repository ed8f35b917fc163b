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

/** The type as the views understand it. A struct that contains pointers to itself ends in a `ref`. */
export function typeInfo(type: CType, inside: readonly StructDefinition[] = []): CTypeInfo {
  switch (type.kind) {
    case "int":
      return { kind: "int", name: type.name, sizeBytes: type.sizeBytes, signed: type.signed };
    case "float":
      return { kind: "float", name: type.name, sizeBytes: type.sizeBytes };
    case "pointer":
      return { kind: "pointer", to: typeInfo(type.to, inside) };
    case "array":
      return { kind: "array", of: typeInfo(type.of, inside), length: Math.max(type.length, 0) };
    case "struct": {
      const { def } = type;
      const tag = `${def.isUnion ? "union" : "struct"} ${def.tag}`;
      if (!def.complete || inside.includes(def)) return { kind: "ref", tag };
      const deeper = [...inside, def];
      const fields = def.fields.map((f) => ({ name: f.name, offset: f.offset, type: typeInfo(f.type, deeper) }));
      return { kind: "struct", tag, sizeBytes: def.sizeBytes, fields };
    }
    case "function":
      return { kind: "function" };
    case "void":
    case "error":
      return { kind: "void" };
  }
}
