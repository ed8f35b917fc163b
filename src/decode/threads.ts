/** The thread table (src/abi/threads.ts): who is there, where each one's stack and thread-local variables are, and what it waits for. */
import { control } from "../abi/control";
import { machineMemory } from "../abi/machine-memory";
import { processWord, threadState, type ThreadState, threadTable } from "../abi/threads";

export interface ThreadFacts {
  /** Row of the table; 0 is main. */
  readonly number: number;
  readonly state: ThreadState;
  /** The thread that runs at this instant. */
  readonly current: boolean;
  /** Address of its struct pthread; thread-local variables stand at fixed distances from it. */
  readonly threadPointer: number;
  /** How far it, and its thread-local variables, lie from those of the first process's main. */
  readonly fromMain: number;
  /** Its stack without the guard; both 0 for main. */
  readonly stackStart: number;
  readonly stackBytes: number;
  /** Statement about to run (index in DebugInfo.statements); −1 before its first. */
  readonly statement: number;
  /** joining: the thread it waits for, −1 otherwise. */
  readonly waitsForThread: number;
  /** locking: the mutex; insideMalloc: the arena whose lock it holds; 0 otherwise. */
  readonly waitAddr: number;
}

const states: readonly number[] = Object.values(threadState);
const isState = (code: number): code is ThreadState => states.includes(code);

/** Threads that the running process has or had, in order of creation. `linear`: linear memory. */
export function decodeThreads(linear: Uint8Array): ThreadFacts[] {
  const view = new DataView(linear.buffer, linear.byteOffset, linear.byteLength);
  const current = view.getUint32(machineMemory.control + control.thread, true);
  const processOf = (thread: number): number =>
    view.getUint32(machineMemory.control + control.threadProcess + 4 * thread, true) & processWord.leader;
  const process = current < threadTable.rows ? processOf(current) : 0;
  const mainPointer = Number(view.getBigUint64(threadTable.at + threadTable.threadPointer, true));
  const threads: ThreadFacts[] = [];
  for (let number = 0; number < threadTable.rows; number++) {
    const at = threadTable.at + number * threadTable.stride;
    const u32 = (field: number): number => view.getUint32(at + field, true);
    const addr = (field: number): number => u32(field) + u32(field + 4) * 2 ** 32;
    const state = u32(threadTable.state);
    if (!isState(state) || state === threadState.none || processOf(number) !== process) continue;
    const waits = state === threadState.locking || state === threadState.insideMalloc;
    const running = number === current;
    const [frame, statement] = running
      ? [
          view.getUint32(machineMemory.control + control.cFrame, true),
          view.getUint32(machineMemory.control + control.cStatement, true),
        ]
      : [addr(threadTable.cFrame), u32(threadTable.cStatement)];
    threads.push({
      number,
      state,
      current: running,
      threadPointer: addr(threadTable.threadPointer),
      fromMain: addr(threadTable.threadPointer) - mainPointer,
      stackStart: addr(threadTable.stackStart),
      stackBytes: addr(threadTable.stackBytes),
      statement: frame === 0 ? -1 : statement,
      waitsForThread: state === threadState.joining ? u32(threadTable.waitThread) : -1,
      waitAddr: waits ? addr(threadTable.waitAddr) : 0,
    });
  }
  return threads;
}
