/** Whose address space is meant: the running process's, unless a call works on another one for a while. */
import { control } from "../abi/control";
import { taskStruct } from "../abi/kernel";
import { machineMemory } from "../abi/machine-memory";
import type { Bytes } from "./host";

export interface CurrentMm {
  /** Linear offset of the mm_struct. */
  at(): number;
  /** Does work in another process's mm: fork fills the child's, an end empties one that nobody runs in. Not a context switch. */
  within<T>(mm: number, work: () => T): T;
  /** True when it is the running process's, whose translations the processor may remember. */
  isRunning(): boolean;
}

export function createCurrentMm(bytes: Bytes): CurrentMm {
  let other = 0;
  const running = (): number =>
    bytes.u32(taskStruct.at + bytes.u32(machineMemory.control + control.process) * taskStruct.stride + taskStruct.mm);
  const at = (): number => (other === 0 ? running() : other);
  return {
    at,
    within: (mm, work) => {
      const before = other;
      other = mm;
      try {
        return work();
      } finally {
        other = before;
      }
    },
    isRunning: () => at() === running(),
  };
}
