/** What a thread is at, in words; and who holds or waits for an arena's lock. */
import { threadState } from "../../abi/threads";
import type { ArenaFacts } from "../../decode/types";
import type { ArenaText } from "../../i18n/arenas";
import type { ThreadNow } from "../../queries";
import { hex } from "../../render/text";
import { arenaName } from "../../scene/bin-names";
import { threadName } from "../../scene/threads";

/** A mutex of the program, or the lock of an arena: by name where it is one. */
function nameOf(arenas: readonly ArenaFacts[], addr: number): string | null {
  const arena = arenas.find((entry) => entry.addr === addr);
  return arena === undefined ? null : arenaName(arenas, arena);
}

export function stateText(thread: ThreadNow, arenas: readonly ArenaFacts[], text: ArenaText): string {
  switch (thread.state) {
    case threadState.locking: {
      const name = nameOf(arenas, thread.waitAddr);
      return name === null ? text.state.waitsMutex(hex(thread.waitAddr)) : text.state.waitsArena(name);
    }
    case threadState.joining:
      return text.state.joining(threadName(thread.waitsForThread));
    case threadState.insideMalloc:
      return text.state.insideMalloc(nameOf(arenas, thread.waitAddr) ?? "malloc");
    case threadState.ended:
      return text.state.ended;
    case threadState.gone:
      return text.state.gone;
    default:
      return thread.current ? text.state.running : text.state.ready;
  }
}

export interface Lock {
  /** Null when nobody holds it. */
  readonly holder: ThreadNow | null;
  readonly waiters: readonly ThreadNow[];
}

/** The paused thread that holds it, else, while the mutex is not 0, the one that runs. */
export function lockOf(arena: ArenaFacts, threads: readonly ThreadNow[]): Lock {
  const paused = threads.find(({ state, waitAddr }) => state === threadState.insideMalloc && waitAddr === arena.addr);
  const mutex = arena.state.fields?.find(({ field }) => field.name === "mutex")?.values[0] ?? 0n;
  const holder = paused ?? (mutex === 0n ? null : (threads.find(({ current }) => current) ?? null));
  return { holder, waiters: threads.filter(({ state, waitAddr }) => state === threadState.locking && waitAddr === arena.addr) };
}
