/** What a memory access that failed was about: what lies at the address, and which pointer led there. */
import type { CTypeInfo, DebugInfo } from "../abi/debug-info";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { AddressSpace, NamedPointer, VariableValue, VmaFacts } from "./types";
import { structsOf } from "./variables";
import type { WordReader } from "./words";

export type FaultPlace =
  /** Page 0 is never mapped: what is reached through NULL. */
  | { readonly kind: "null" }
  /** Mapped, but not for this kind of access. */
  | { readonly kind: "protected"; readonly vma: VmaFacts }
  /** `distance` bytes behind the last byte of `vma`, or before its first. */
  | { readonly kind: "past" | "before"; readonly vma: VmaFacts; readonly distance: number }
  | { readonly kind: "nowhere" };

/** Farther than this from a mapping an address has nothing to do with it. */
const NEAR = 0x1000_0000;

export function faultPlace(space: Pick<AddressSpace, "vmas">, addr: number): FaultPlace {
  if (addr < PAGE_SIZE) return { kind: "null" };
  const vma = space.vmas.find((candidate) => candidate.start <= addr && addr < candidate.end);
  if (vma !== undefined) return { kind: "protected", vma };
  const before = space.vmas.findLast((candidate) => candidate.end <= addr);
  const behind = space.vmas.find((candidate) => candidate.start > addr);
  const past = before === undefined ? Number.POSITIVE_INFINITY : addr - before.end;
  const short = behind === undefined ? Number.POSITIVE_INFINITY : behind.start - addr;
  if (before !== undefined && past <= short && past < NEAR) return { kind: "past", vma: before, distance: past };
  if (behind !== undefined && short < NEAR) return { kind: "before", vma: behind, distance: short };
  return { kind: "nowhere" };
}

export interface FaultPointer {
  readonly path: string;
  /** Where the pointer itself is stored. */
  readonly addr: number;
  /** Bytes from where it points to the address that failed. */
  readonly offset: number;
}

interface Memory {
  readonly reader: Pick<WordReader, "word" | "exact">;
}

/** What the program knows at its end. NULL leads to nothing, so it is no named pointer: variables that hold it count too. */
interface Known {
  readonly pointers: readonly NamedPointer[];
  readonly variables: readonly VariableValue[];
}

/** The pointer that a failing statement's text mentions and that leads to the address, nearest first; null when none does. */
export function faultPointer(statement: string, { pointers, variables }: Known, addr: number): FaultPointer | null {
  const mentioned = (path: string): boolean => {
    const at = statement.indexOf(path);
    return at >= 0 && !/\w/.test(statement.charAt(at - 1)) && !/\w/.test(statement.charAt(at + path.length));
  };
  const nulls = variables
    .filter((variable) => variable.pointer && variable.value === 0n)
    .map(({ name, addr: at, frame }) => ({ path: name, addr: at, value: 0, frame }));
  const [found] = [...pointers, ...nulls]
    .filter((pointer) => pointer.frame <= 0 && pointer.value <= addr && addr - pointer.value < NEAR && mentioned(pointer.path))
    .toSorted((a, b) => b.value - a.value || b.path.length - a.path.length);
  return found === undefined ? null : { path: found.path, addr: found.addr, offset: addr - found.value };
}

/** `list->next` of `list->next->value`: what a statement follows, longest first. */
function followed(statement: string): readonly string[] {
  const chains = [...statement.matchAll(/[A-Za-z_]\w*(?:(?:->|\.)\w+)*(?=->)/g)].map(([chain]) => chain);
  return chains.toSorted((a, b) => b.length - a.length);
}

/** Where a chain of members ends up in memory: the place of its last one, when that is a pointer. */
function placeOf(chain: string, { variables, reader }: Known & Memory, debug: DebugInfo): number | null {
  const [root = "", ...steps] = chain.split(/(->|\.)/);
  const variable = variables.find(({ name, frame }) => name === root && frame <= 0);
  const known = [...debug.globals, ...debug.functions.flatMap((entry) => entry.variables)];
  let type = known.find((info) => info.name === root && info.typeText === variable?.typeText)?.type;
  let addr = variable?.addr ?? 0;
  const structs = structsOf(debug);
  const full = (part: CTypeInfo | undefined) => (part?.kind === "ref" ? structs.get(part.tag) : part);
  for (let at = 0; at < steps.length; at += 2) {
    if (steps[at] === "->") {
      if (type?.kind !== "pointer") return null;
      addr = reader.word(addr);
      type = type.to;
    }
    const struct = full(type);
    const field = struct?.kind === "struct" ? struct.fields.find(({ name }) => name === steps[at + 1]) : undefined;
    if (field === undefined) return null;
    addr += field.offset;
    type = field.type;
  }
  return type?.kind === "pointer" && addr > 0 ? addr : null;
}

/** The member that a failing statement follows although it is NULL; null when the statement is too involved to tell. */
export function nullLink(statement: string, known: Known & Memory, debug: DebugInfo, addr: number): FaultPointer | null {
  if (addr >= PAGE_SIZE) return null;
  for (const path of followed(statement)) {
    const place = placeOf(path, known, debug);
    if (place !== null && known.reader.exact(place) === 0n) return { path, addr: place, offset: addr };
  }
  return null;
}

/** The text of a run's last statement. */
export function lastStatement(source: string, debug: DebugInfo, statements: { readonly statement: Uint32Array }): string {
  const span = debug.statements[statements.statement.at(-1) ?? -1]?.span;
  return span === undefined ? "" : source.slice(span.start, span.end);
}
