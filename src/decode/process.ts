/** The processes there are, the mm_struct of the one that runs, and who else maps a page. */
import { control } from "../abi/control";
import { FIRST_PID, mmOfRow, mmStruct, taskState, taskStruct } from "../abi/kernel";
import { machineMemory } from "../abi/machine-memory";
import type { KernelWords } from "./kernel-words";
import { frameIn } from "./memory";

const isMm = (offset: number): boolean => Array.from({ length: taskStruct.capacity }, (_, row) => mmOfRow(row)).includes(offset);

/** Linear offset of the running process's mm_struct; the first process's where the table is damaged. */
export function currentMm(kernel: KernelWords): number {
  const row = kernel.u32(machineMemory.control + control.process);
  const mm = row < taskStruct.capacity ? kernel.u32(taskStruct.at + row * taskStruct.stride + taskStruct.mm) : 0;
  return isMm(mm) ? mm : mmStruct.at;
}

/** Number of the running process; the first process's where the table is damaged. */
export function currentPid(kernel: KernelWords): number {
  const row = kernel.u32(machineMemory.control + control.process);
  const pid = row < taskStruct.capacity ? kernel.u32(taskStruct.at + row * taskStruct.stride + taskStruct.pid) : 0;
  return pid === 0 ? FIRST_PID : pid;
}

/** The same words as if that process ran; as they are where no such process lives, and for null. */
export function asRunning(kernel: KernelWords, pid: number | null): KernelWords {
  const row = pid === null ? -1 : rows.find((each) => isLiving(kernel, each) && taskWord(kernel, each, taskStruct.pid) === pid);
  if (row === undefined || row < 0) return kernel;
  const running = machineMemory.control + control.process;
  return { u32: (offset) => (offset === running ? row : kernel.u32(offset)), u64: kernel.u64 };
}

export interface ProcessFacts {
  readonly pid: number;
  /** Has ended, and waits to be asked for. */
  readonly zombie: boolean;
}

const taskWord = (kernel: KernelWords, row: number, field: number): number =>
  kernel.u32(taskStruct.at + row * taskStruct.stride + field);
const rows = Array.from({ length: taskStruct.capacity }, (_, row) => row);
const isLiving = (kernel: KernelWords, row: number): boolean => taskWord(kernel, row, taskStruct.state) === taskState.running;

/** All processes, zombies too, by their pids. */
export function decodeProcesses(kernel: KernelWords): readonly ProcessFacts[] {
  return rows
    .filter((row) => taskWord(kernel, row, taskStruct.state) !== taskState.none)
    .map((row) => ({
      pid: taskWord(kernel, row, taskStruct.pid),
      zombie: taskWord(kernel, row, taskStruct.state) === taskState.zombie,
    }))
    .toSorted((a, b) => a.pid - b.pid);
}

/** Pids of the other processes that map the page of this one (as `asRunning` has it) to the same frame: what a fork has left shared. */
export function sharersOf(kernel: KernelWords, words: Uint32Array, pageNumber: number): readonly number[] {
  const own = currentMm(kernel);
  const frame = frameIn(words, kernel.u32(own + mmStruct.pgd), pageNumber);
  if (frame < 0) return [];
  return rows
    .filter((row) => isLiving(kernel, row))
    .map((row) => ({ pid: taskWord(kernel, row, taskStruct.pid), mm: taskWord(kernel, row, taskStruct.mm) }))
    .filter(({ mm }) => mm !== own && isMm(mm) && frameIn(words, kernel.u32(mm + mmStruct.pgd), pageNumber) === frame)
    .map(({ pid }) => pid);
}
