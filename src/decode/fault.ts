/** What a memory access that failed was about: what lies at the address, and which pointer led there. */
import type { DebugInfo } from "../abi/debug-info";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { AddressSpace, NamedPointer, VariableValue, VmaFacts } from "./types";

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

/** The text of a run's last statement. */
export function lastStatement(source: string, debug: DebugInfo, statements: { readonly statement: Uint32Array }): string {
  const span = debug.statements[statements.statement.at(-1) ?? -1]?.span;
  return span === undefined ? "" : source.slice(span.start, span.end);
}
