import type { FunctionInfo, SourceSpan, VariableInfo } from "../../abi/debug-info";
import type { FunctionDefinition, TranslationUnit, VariableSymbol } from "../ast";
import { type Instruction, INSTRUCTION_BYTES, type Program, type ProgramGlobal, STUB_BYTES } from "../program";
import { TypeInfos, typeText } from "../type-text";
import { wordBytes } from "../types";
import { alignUp } from "../unit";
import { Emitter } from "./emitter";
import { lowerFunction } from "./statements";

/** Turns a checked unit into a program. The first instructions are what the start code does: call main, then exit with its result. */
export function lowerUnit(unit: TranslationUnit, source: string, fileName: string): Omit<Program, "warnings"> {
  const out = new Emitter();
  const infos = new TypeInfos();
  const main = unit.functions.find((f) => f.symbol.name === "main")?.symbol.index ?? 0;
  out.emit("call", 0, main, 2);
  out.emit("result");
  out.emit("exit");
  const entries: number[] = [];
  const functions: FunctionInfo[] = [];
  for (const fn of unit.functions) {
    const { entry, frameBytes } = lowerFunction(out, fn);
    entries[fn.symbol.index] = entry;
    functions[fn.symbol.index] = functionInfo(infos, fn, frameBytes);
  }
  for (const { address } of unit.data) if (address !== null && address.libc !== "") out.libcIndex(address.libc);
  out.libcIndex("exit");
  const threadEntry = out.libc.includes("pthread_create") ? lowerThreadEntry(out) : -1;
  const code: readonly Instruction[] = out.code;
  return {
    fileName,
    source,
    wordBytes: wordBytes(),
    code,
    entries,
    threadEntry,
    libc: out.libc,
    shapes: out.shapes,
    sizes: { ...unit.sectionBytes, text: alignUp(code.length * INSTRUCTION_BYTES, STUB_BYTES) + out.libc.length * STUB_BYTES },
    data: unit.data,
    slots: out.slots + 8,
    debug: { functions: Array.from(functions, (f) => f ?? unnamed), statements: out.statements },
    globals: unit.globals.flatMap((symbol) => globalInfo(infos, symbol, source)),
  };
}

/** What a new thread runs: its function with its argument, then pthread_exit with the result. */
function lowerThreadEntry(out: Emitter): number {
  const shape = out.shapeIndex("l");
  const entry = out.emit("call.indirect", 1, 0, 1, shape);
  out.emit("result", 0);
  out.emit("libc", 0, out.libcIndex("pthread_exit"), 1, shape);
  return entry;
}

const nowhere: SourceSpan = { start: 0, end: 0, line: 1, column: 1 };
/** A function that was declared but never defined nor called. */
const unnamed: FunctionInfo = { name: "", span: nowhere, frameBytes: 0, variables: [] };

function variableInfo(infos: TypeInfos, symbol: VariableSymbol, location: number, scope: SourceSpan): VariableInfo {
  return { name: symbol.name, type: infos.of(symbol.type), typeText: typeText(symbol.type), location, scope };
}

function functionInfo(infos: TypeInfos, fn: FunctionDefinition, frameBytes: number): FunctionInfo {
  const variables = fn.variables.flatMap((symbol) => {
    if (symbol.name === "" || symbol.storage.kind !== "local") return [];
    const isParameter = fn.params.includes(symbol);
    const scope = isParameter ? fn.span : { ...symbol.span, end: symbol.scopeEnd };
    return [variableInfo(infos, symbol, symbol.storage.offset, scope)];
  });
  return { name: fn.symbol.name, span: fn.span, frameBytes, variables };
}

function globalInfo(infos: TypeInfos, symbol: VariableSymbol, source: string): ProgramGlobal[] {
  const { storage } = symbol;
  if (storage.kind !== "section" || storage.offset < 0) return [];
  const scope = { ...nowhere, end: source.length };
  return [{ variable: variableInfo(infos, symbol, storage.offset, scope), section: storage.section, offset: storage.offset }];
}
