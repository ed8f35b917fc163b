/** Variables of the C program as bytes show them, and the names by which it can reach each chunk. */
import type { CTypeInfo, DebugInfo, StatementInfo, VariableInfo } from "../abi/debug-info";
import type { StackFrame } from "./frames";
import { statementOf } from "./frames";
import type { NamedPointer, VariableValue } from "./types";
import type { WordReader } from "./words";

/** Elements of one array that are looked at, pointers followed from variables, and pointers found in all. */
const LIMITS = { elements: 256, depth: 4, pointers: 4096 } as const;

type StructType = Extract<CTypeInfo, { kind: "struct" }>;

/** A variable where it stands. */
interface Place {
  readonly variable: VariableInfo;
  readonly addr: number;
  readonly frame: number;
  readonly functionName: string;
}

/** Whether a statement sees a variable. In its own declaration a variable has no value yet. */
function inScope(variable: VariableInfo, statement: StatementInfo | undefined): boolean {
  if (statement === undefined) return false;
  const { start, end } = statement.span;
  const { scope } = variable;
  const declaring = start <= scope.start && scope.start < end && start !== scope.start;
  return start >= scope.start && start < scope.end && !declaring;
}

/** Variables that each frame sees, innermost frame first, then globals. A name hides the same name further out in its own function. */
function visiblePlaces(debug: DebugInfo, frames: readonly StackFrame[]): Place[] {
  const places: Place[] = [];
  for (const [index, frame] of frames.entries()) {
    const statement = statementOf(debug, frame.statement);
    const nearest = new Map<string, VariableInfo>();
    for (const variable of frame.info.variables) {
      if (!inScope(variable, statement)) continue;
      const other = nearest.get(variable.name);
      if (other === undefined || variable.scope.start >= other.scope.start) nearest.set(variable.name, variable);
    }
    for (const variable of nearest.values()) {
      places.push({ variable, addr: frame.frame + variable.location, frame: index, functionName: frame.info.name });
    }
  }
  for (const variable of debug.globals) places.push({ variable, addr: variable.location, frame: -1, functionName: "" });
  return places;
}

/** Size in bytes of a type; 0 when it is not complete. */
export function typeSize(type: CTypeInfo, wordBytes: number, structs: ReadonlyMap<string, StructType>): number {
  switch (type.kind) {
    case "int":
    case "float":
    case "struct":
      return type.sizeBytes;
    case "pointer":
      return wordBytes;
    case "array":
      return type.length * typeSize(type.of, wordBytes, structs);
    case "ref":
      return structs.get(type.tag)?.sizeBytes ?? 0;
    default:
      return 0;
  }
}

/** Every struct of the program by tag, so that `ref` types can be resolved. */
export function structsOf(debug: DebugInfo): ReadonlyMap<string, StructType> {
  const structs = new Map<string, StructType>();
  const seen = new Set<object>();
  const visit = (type: CTypeInfo): void => {
    if (seen.has(type)) return;
    seen.add(type);
    if (type.kind === "struct") {
      structs.set(type.tag, type);
      for (const field of type.fields) visit(field.type);
    } else if (type.kind === "pointer") visit(type.to);
    else if (type.kind === "array") visit(type.of);
  };
  for (const { type } of [...debug.globals, ...debug.functions.flatMap((entry) => entry.variables)]) visit(type);
  return structs;
}

/** All variables in scope with their values. */
export function variableValues(reader: WordReader, debug: DebugInfo, frames: readonly StackFrame[]): VariableValue[] {
  const structs = structsOf(debug);
  return visiblePlaces(debug, frames).map(({ variable, addr, frame, functionName }) => {
    const { type } = variable;
    const sizeBytes = typeSize(type, reader.wordBytes, structs);
    const scalar = type.kind === "int" || type.kind === "pointer";
    const raw = scalar ? reader.bytes(addr, sizeBytes) : null;
    const value = raw !== null && type.kind === "int" && type.signed ? BigInt.asIntN(sizeBytes * 8, raw) : raw;
    return {
      name: variable.name,
      typeText: variable.typeText,
      addr,
      frame,
      functionName,
      sizeBytes,
      value,
      pointer: type.kind === "pointer",
    };
  });
}

/** Collects pointers below a place: array elements, struct fields, and what struct pointers lead to. */
class PointerWalk {
  readonly found: NamedPointer[] = [];
  private readonly followed = new Set<number>();

  constructor(
    private readonly reader: WordReader,
    private readonly structs: ReadonlyMap<string, StructType>,
    private readonly mayFollow: (addr: number) => boolean,
  ) {}

  private resolve(type: CTypeInfo): CTypeInfo {
    return type.kind === "ref" ? (this.structs.get(type.tag) ?? type) : type;
  }

  visit(type: CTypeInfo, addr: number, path: string, depth: number, place: Place): void {
    const full = this.resolve(type);
    if (this.found.length >= LIMITS.pointers) return;
    if (full.kind === "array") {
      const size = typeSize(full.of, this.reader.wordBytes, this.structs);
      const shown = size > 0 ? Math.min(full.length, LIMITS.elements) : 0;
      for (let i = 0; i < shown; i++) this.visit(full.of, addr + i * size, `${path}[${i}]`, depth, place);
    } else if (full.kind === "struct") {
      const dot = path.endsWith("->") ? "" : ".";
      for (const field of full.fields) this.visit(field.type, addr + field.offset, `${path}${dot}${field.name}`, depth, place);
    } else if (full.kind === "pointer") this.pointer(full.to, addr, path, depth, place);
  }

  private pointer(to: CTypeInfo, addr: number, path: string, depth: number, place: Place): void {
    const raw = this.reader.bytes(addr, this.reader.wordBytes);
    const value = Number(raw ?? 0n);
    if (value === 0) return;
    const { variable, frame, functionName } = place;
    this.found.push({
      path,
      addr,
      value,
      depth,
      frame,
      functionName,
      typeText: depth === 0 && path === variable.name ? variable.typeText : "",
    });
    const target = this.resolve(to);
    // An array of pointers behind a pointer has no known length; structs have.
    if (target.kind !== "struct" || depth >= LIMITS.depth || this.followed.has(value) || !this.mayFollow(value)) return;
    this.followed.add(value);
    this.visit(target, value, `${path}->`, depth + 1, place);
  }
}

/**
 * Every pointer the program can name from its current scope. `mayFollow` tells whether the memory behind a pointer still belongs to the
 * program (a chunk in use, a variable): what a freed chunk holds is not followed.
 */
export function namedPointers(
  reader: WordReader,
  debug: DebugInfo,
  frames: readonly StackFrame[],
  mayFollow: (addr: number) => boolean,
): NamedPointer[] {
  const walk = new PointerWalk(reader, structsOf(debug), mayFollow);
  const places = visiblePlaces(debug, frames);
  for (const place of places) walk.visit(place.variable.type, place.addr, place.variable.name, 0, place);
  return walk.found;
}
