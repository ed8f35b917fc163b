/** Threads as the C machine asks for them: the process's own (src/machine/threads.ts), and what each row of the thread table says of a thread that does not run. */
import { control, stop } from "../../abi/control";
import { machineMemory } from "../../abi/machine-memory";
import { threadTable } from "../../abi/threads";
import type { ThreadCalls } from "../../clang/target";
import type { Threads } from "../threads";

/** Bytes that start_thread and what precedes it take of a new stack, below struct pthread. Measured with glibc 2.36, x86-64. */
const START_FRAME_BYTES = 0x7e0;

/** Journalled stores to linear memory, only where something changes. */
export interface LinearStore {
  u32(offset: number): number;
  u64(offset: number): number;
  set32(offset: number, value: number): void;
  set64(offset: number, value: number): void;
}

const registers = machineMemory.control;
const rowOf = (thread: number): number => threadTable.at + thread * threadTable.stride;

export function threadCalls(memory: LinearStore, threads: Threads): ThreadCalls {
  const pointerOf = (thread: number) => memory.u64(rowOf(thread) + threadTable.threadPointer);

  /** Puts the running thread's C registers in its row and takes another's out. */
  function exchange(from: number, to: number): void {
    const [old, row] = [rowOf(from), rowOf(to)];
    memory.set64(old + threadTable.cFrame, memory.u64(registers + control.cFrame));
    memory.set64(old + threadTable.cStack, memory.u64(registers + control.cStack));
    memory.set32(old + threadTable.cStatement, memory.u32(registers + control.cStatement));
    memory.set64(registers + control.cFrame, memory.u64(row + threadTable.cFrame));
    memory.set64(registers + control.cStack, memory.u64(row + threadTable.cStack));
    memory.set32(registers + control.cStatement, memory.u32(row + threadTable.cStatement));
  }

  return {
    create: () => threads.create(),
    pointerOf,
    stackPointerOf: (thread) => pointerOf(thread) - START_FRAME_BYTES,
    switchTo: (thread) => {
      const from = memory.u32(registers + control.thread);
      threads.switchTo(thread);
      exchange(from, thread);
    },
    exit: () => threads.exit(),
    reap: (thread) => threads.reap(thread),
    note: (thread, state, waitThread, waitAddr) => {
      memory.set32(rowOf(thread) + threadTable.state, state);
      memory.set32(rowOf(thread) + threadTable.waitThread, waitThread);
      memory.set64(rowOf(thread) + threadTable.waitAddr, waitAddr);
    },
    hold: () => threads.hold(),
    release: (thread) => threads.release(thread),
    waitsFor: () => (memory.u32(registers + control.stop) === stop.blocked ? memory.u64(registers + control.waitArena) : 0),
  };
}
