/** Threads as the C machine asks for them: the process's own (src/machine/threads.ts), and what each row of the thread table says of a thread that does not run. */
import { kernelCallNames } from "../../abi/api";
import { control, stop } from "../../abi/control";
import { recordKind } from "../../abi/journal";
import { FIRST_PID } from "../../abi/kernel";
import { signalNumber } from "../../abi/linux";
import { machineMemory } from "../../abi/machine-memory";
import { threadTable } from "../../abi/threads";
import type { ThreadCalls } from "../../clang/target";
import type { Machine } from "../machine";
import type { Threads } from "../threads";

const exitCall = kernelCallNames.indexOf("exit");

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

/** The parent of the first process: the shell. */
const SHELL_PID = FIRST_PID - 1;
/** Who children go to whose parent has ended. */
const INIT_PID = 1;
/** A stop by these is a process's death, and not the end of the run as such. */
const deadly: ReadonlySet<number> = new Set([stop.abort, stop.signal, stop.outOfMemory]);

export function threadCalls(memory: LinearStore, threads: Threads, machine: Machine): ThreadCalls {
  const { kernel } = machine;
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
    fork: (sharesMm) => {
      const thread = threads.fork(sharesMm);
      if (thread < 0) return thread;
      memory.set64(rowOf(thread) + threadTable.cFrame, memory.u64(registers + control.cFrame));
      memory.set64(rowOf(thread) + threadTable.cStack, memory.u64(registers + control.cStack));
      memory.set32(rowOf(thread) + threadTable.cStatement, memory.u32(registers + control.cStatement));
      return thread;
    },
    settle: () => threads.settle(),
    exitProcess: (exitCode, next) => {
      machine.engine.mark(recordKind.syscallBegin, exitCall, 0, exitCode, 0, kernel.pid(), 0);
      threads.exitProcess(exitCode, next);
      machine.engine.mark(recordKind.syscallEnd, exitCall, 0, 0, 0, 0, 0);
    },
    isAlive: (leader) => kernel.isAlive(FIRST_PID + leader),
    hasEndedChild: (leader, child) => kernel.hasEndedChild(FIRST_PID + leader, child < 0 ? -1 : FIRST_PID + child),
    wait: (pid) => kernel.wait(pid),
    parentPid: () => kernel.parentPid() || (kernel.pid() === FIRST_PID ? SHELL_PID : INIT_PID),
    death: () => {
      const why = memory.u32(registers + control.stop);
      const signal = memory.u32(registers + control.signal);
      return deadly.has(why) ? signal || signalNumber.SIGKILL : -1;
    },
    forgetDeath: () => {
      const message = machine.stopped()?.message.trimStart() ?? "";
      for (const field of [control.stop, control.stopMessage, control.signal, control.signalCode, control.signalWrite])
        memory.set32(registers + field, 0);
      memory.set64(registers + control.signalAddr, 0);
      return Uint8Array.from(message, (letter) => letter.charCodeAt(0));
    },
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
