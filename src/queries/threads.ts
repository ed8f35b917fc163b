/** What each thread has of the allocator: its tcache and its arena, through its own thread-local variables. */
import { control } from "../abi/control";
import { machineMemory } from "../abi/machine-memory";
import { threadState } from "../abi/threads";
import type { ThreadFacts } from "../decode/threads";
import type { WordReader } from "../decode/words";

export interface ThreadNow extends ThreadFacts {
  /** Address of its tcache_perthread_struct; 0 when it has none. */
  readonly tcache: number;
  /** Address of the arena it is attached to; 0 when it has none yet. */
  readonly arena: number;
}

/** `tcache` and `thread_arena` stand at the same distance from every thread's pointer. `linear`: linear memory. */
export function threadsNow(linear: Uint8Array, reader: WordReader, threads: readonly ThreadFacts[]): readonly ThreadNow[] {
  const view = new DataView(linear.buffer, linear.byteOffset, linear.byteLength);
  const running = threads.find(({ current }) => current)?.threadPointer ?? 0;
  const variable = (field: number): number => {
    const at = machineMemory.control + field;
    return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  };
  const [tcache, arena] = [variable(control.tcachePointer), variable(control.threadArena)];
  return threads.map((thread) => {
    const follow = (own: number): number =>
      own === 0 || thread.state === threadState.gone ? 0 : Math.max(0, reader.word(own + thread.threadPointer - running));
    return { ...thread, tcache: follow(tcache), arena: follow(arena) };
  });
}
