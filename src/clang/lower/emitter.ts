import type { SourceSpan, StatementInfo } from "../../abi/debug-info";
import type { Section } from "../ast";
import type { Instruction } from "../program";
import type { Op } from "../vm/operations";
import { sections } from "../vm/memory-ops";

/** A place in the code that jumps lead to, known or not yet. */
export interface Label {
  at: number;
  readonly uses: { readonly index: number; readonly field: "a" | "c" }[];
}

/** Collects the instructions, statements and tables of one program. */
export class Emitter {
  readonly code: Instruction[] = [];
  readonly statements: StatementInfo[] = [];
  readonly libc: string[] = [];
  readonly shapes: string[] = [];
  slots = 4;

  emit(op: Op, d = 0, a = 0, b = 0, c = 0): number {
    this.code.push({ op, d, a, b, c });
    if (d >= this.slots) this.slots = d + 1;
    return this.code.length - 1;
  }

  patch(index: number, change: Partial<Instruction>): void {
    const old = this.code[index];
    if (old !== undefined) this.code[index] = { ...old, ...change };
  }

  label(): Label {
    return { at: -1, uses: [] };
  }

  place(label: Label): void {
    label.at = this.code.length;
    for (const { index, field } of label.uses) this.patch(index, { [field]: label.at });
  }

  jump(label: Label, op: "jump" | "jump.zero" | "jump.nonzero" = "jump", d = 0): void {
    label.uses.push({ index: this.emit(op, d, label.at), field: "a" });
  }

  statement(span: SourceSpan, functionId: number): void {
    this.statements.push({ span, functionId });
    this.emit("statement", 0, this.statements.length - 1);
  }

  libcIndex(name: string): number {
    return indexIn(this.libc, name);
  }

  shapeIndex(shape: string): number {
    return indexIn(this.shapes, shape);
  }
}

export const sectionIndex = (section: Section): number => sections.indexOf(section);

function indexIn(list: string[], item: string): number {
  const known = list.indexOf(item);
  return known >= 0 ? known : list.push(item) - 1;
}
