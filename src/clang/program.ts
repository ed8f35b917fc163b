import type { DebugInfo, Diagnostic } from "../abi/debug-info";
import type { DataItem, Section } from "./ast";
import type { ProgramLayout } from "./target";
import type { Op } from "./vm/operations";

/**
 * One instruction of the C machine. Slots are numbered; every expression works upwards from a slot known at compile time, and no slot is
 * live between statements. What d, a, b, c mean stands with each operation (src/clang/vm).
 */
export interface Instruction {
  readonly op: Op;
  readonly d: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Bytes of the simulated .text that one instruction stands for: instruction n has the address text + 4 n. */
export const INSTRUCTION_BYTES = 4;
/** Distance of the stubs of libc functions, which follow the instructions. */
export const STUB_BYTES = 16;

export interface Program {
  readonly fileName: string;
  readonly source: string;
  /** Bytes of a pointer in the machine it was compiled for. */
  readonly wordBytes: 4 | 8;
  readonly code: readonly Instruction[];
  /** First instruction of each function, by function id (as in DebugInfo.functions). */
  readonly entries: readonly number[];
  /** Where a new thread begins: calls the function in slot 0 with the argument in slot 1. −1 in programs that make none. */
  readonly threadEntry: number;
  /** Functions of libc that are called or whose address is taken. */
  readonly libc: readonly string[];
  /** Classes of the arguments of calls, one letter each: i 32-bit, l 64-bit, f floating. */
  readonly shapes: readonly string[];
  readonly sizes: Readonly<Record<Section, number>>;
  readonly data: readonly DataItem[];
  readonly warnings: readonly Diagnostic[];
  /** Slots the deepest expression needs. */
  readonly slots: number;
  /** Global variables' `location` is relative to their section here; `debugInfo` makes addresses of them. */
  readonly debug: Omit<DebugInfo, "globals">;
  readonly globals: readonly ProgramGlobal[];
}

export interface ProgramGlobal {
  readonly variable: DebugInfo["globals"][number];
  readonly section: Section;
  readonly offset: number;
}

export const stubAddress = (program: Program, layout: ProgramLayout, libcIndex: number): number =>
  layout.text + Math.ceil((program.code.length * INSTRUCTION_BYTES) / STUB_BYTES) * STUB_BYTES + libcIndex * STUB_BYTES;

export const instructionAddress = (layout: ProgramLayout, index: number): number => layout.text + index * INSTRUCTION_BYTES;

/** What the views need, with addresses as the process was laid out. */
export function debugInfo(program: Program, layout: ProgramLayout): DebugInfo {
  const globals = program.globals.map(({ variable, section, offset }) => ({ ...variable, location: layout[section] + offset }));
  const begins = new Map(
    program.code.flatMap(({ op, a }, index) => (op === "statement" ? [[a, instructionAddress(layout, index)] as const] : [])),
  );
  const statements = program.debug.statements.map((statement, id) => ({ ...statement, addr: begins.get(id) ?? 0 }));
  return { ...program.debug, statements, globals };
}

/** The bytes that the executable file brings into .rodata and .data, with addresses filled in. .bss is zero. */
export function programImage(
  program: Program,
  layout: ProgramLayout,
): { readonly rodata: Uint8Array; readonly data: Uint8Array } {
  const image = { rodata: new Uint8Array(program.sizes.rodata), data: new Uint8Array(program.sizes.data) };
  for (const item of program.data) {
    const bytes = image[item.section];
    bytes.set(item.bytes, item.offset);
    if (item.address === null) continue;
    const { section, offset, functionIndex, libc } = item.address;
    const base =
      libc !== ""
        ? stubAddress(program, layout, program.libc.indexOf(libc))
        : functionIndex >= 0
          ? instructionAddress(layout, program.entries[functionIndex] ?? 0)
          : layout[section];
    const view = new DataView(bytes.buffer);
    if (program.wordBytes === 8) view.setBigUint64(item.offset, BigInt(base + offset), true);
    else view.setUint32(item.offset, base + offset, true);
  }
  return image;
}
