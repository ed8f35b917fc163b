/** The processes there are, and the mm_struct of the one that runs. */
import { control } from "../abi/control";
import { FIRST_PID, mmOfRow, mmStruct, taskStruct } from "../abi/kernel";
import { machineMemory } from "../abi/machine-memory";
import type { KernelWords } from "./kernel-words";

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
