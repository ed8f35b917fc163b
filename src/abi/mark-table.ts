/** How tables of markers are written, the allocator's and the kernel's, and what is read from them. */

/** How an operand reads. `size`: bytes, hex. `request`: bytes, decimal. `head`: a size word with its flag bits. `bin`, `fast`, `tcache`: index. `rights`: vm_flags, as `rw-p`. `access`: 0 read, 1 write. */
export type OperandKind =
  | "addr"
  | "size"
  | "request"
  | "head"
  | "count"
  | "bin"
  | "fast"
  | "tcache"
  | "word"
  | "byte"
  | "message"
  | "tunable"
  | "param"
  | "access"
  | "rights"
  /** A resource limit in bytes; all bits set: none. */
  | "limit";

export type MarkLevel = "phase" | "line";

export type Row = readonly [name: string, kind: "phase" | "step" | "decision", a?: OperandKind, b?: OperandKind];

export interface MarkInfo<Name extends string = string, Fn extends string = string> {
  readonly id: number;
  readonly name: Name;
  readonly fn: Fn;
  readonly level: MarkLevel;
  /** The record's `where` tells the answer. */
  readonly decides: boolean;
  readonly a: OperandKind | null;
  readonly b: OperandKind | null;
}

/** A marker's id is its place in the table. */
export function markTable<Name extends string, Fn extends string>(
  table: Readonly<Record<Fn, readonly Row[]>>,
  firstId: number,
): readonly MarkInfo<Name, Fn>[] {
  return Object.entries<readonly Row[]>(table)
    .flatMap(([fn, list]) => list.map((row) => ({ fn, row })))
    .map(({ fn, row: [name, kind, a, b] }, index) => ({
      id: firstId + index,
      name: name as Name,
      fn: fn as Fn,
      level: kind === "phase" ? "phase" : "line",
      decides: kind === "decision",
      a: a ?? null,
      b: b ?? null,
    }));
}

/** One stretch of a function: its phase marker (null for a helper without one, or for lines before the first phase) and its lines in order. */
export interface OutlinePhase<Mark> {
  readonly fn: string;
  readonly phase: Mark | null;
  readonly lines: readonly Mark[];
}

/** Outline of a function, of those markers alone that `listed` holds. */
export function outlineOf<Mark extends MarkInfo>(fn: string, listed: readonly Mark[]): readonly OutlinePhase<Mark>[] {
  const phases: { fn: string; phase: Mark | null; lines: Mark[] }[] = [];
  for (const mark of listed) {
    if (mark.fn !== fn) continue;
    const current = phases.at(-1);
    if (mark.level === "phase") phases.push({ fn, phase: mark, lines: [] });
    else if (current === undefined) phases.push({ fn, phase: null, lines: [mark] });
    else current.lines.push(mark);
  }
  return phases;
}
