/**
 * Stack frames of the simulated C program, innermost first. Frame layout (src/clang): the frame pointer's word holds the caller's frame
 * pointer, the next word the return address; locals lie below, at negative offsets.
 *
 *   low  … locals … │ caller's fp │ return address │ …  high
 *                   ▲ fp
 */
import { control } from "../abi/control";
import type { DebugInfo, FunctionInfo, StatementInfo } from "../abi/debug-info";
import { machineMemory } from "../abi/machine-memory";
import { asWords } from "./memory";
import type { WordReader } from "./words";

/** C registers as of the last statement marker. */
export interface CRegisters {
  readonly frame: number;
  readonly stack: number;
  readonly statement: number;
}

export interface StackFrame {
  /** Frame pointer. */
  readonly frame: number;
  readonly functionId: number;
  readonly info: FunctionInfo;
  /** Statement about to run, or the one that made the call; −1 when the return address does not say. */
  readonly statement: number;
}

/** Registers as the control block shows them. */
export function cRegisters(linear: Uint8Array): CRegisters {
  const words = asWords(linear);
  const u32 = (field: number): number => words[(machineMemory.control + field) / 4] ?? 0;
  const u64 = (field: number): number => u32(field + 4) * 0x1_0000_0000 + u32(field);
  return { frame: u64(control.cFrame), stack: u64(control.cStack), statement: u32(control.cStatement) };
}

/** Deeper recursion than this is cut. */
const MAX_FRAMES = 256;

/** Finds the statement a return address belongs to: the last one of the program that begins before it. −1 when addresses are not known. */
export function callSites(debug: DebugInfo): (returnAddress: number) => number {
  const sites = debug.statements
    .flatMap(({ addr }, id) => (addr === undefined ? [] : [{ addr, id }]))
    .toSorted((a, b) => a.addr - b.addr);
  return (returnAddress) => sites.findLast((site) => site.addr < returnAddress)?.id ?? -1;
}

/**
 * The chain of frames. `callSite` tells which statement a return address belongs to (−1 unknown); the chain ends at the first frame it
 * cannot place, at main, or where a frame does not lie above the one before.
 */
export function stackFrames(
  reader: WordReader,
  debug: DebugInfo,
  registers: CRegisters,
  callSite: (returnAddress: number) => number = callSites(debug),
): StackFrame[] {
  const frames: StackFrame[] = [];
  let { frame, statement } = registers;
  while (frame > 0 && frames.length < MAX_FRAMES) {
    const functionId = statementOf(debug, statement)?.functionId ?? -1;
    const info = debug.functions[functionId];
    if (info === undefined) break;
    frames.push({ frame, functionId, info, statement });
    const caller = reader.word(frame);
    statement = callSite(reader.word(frame + reader.wordBytes));
    if (!(caller > frame)) break;
    frame = caller;
  }
  return frames;
}

export function statementOf(debug: DebugInfo, statement: number): StatementInfo | undefined {
  return debug.statements[statement];
}
