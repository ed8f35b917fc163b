/** Words for threads, arenas and the allocator's structs. glibc's own names stay as they are in both languages. */
import { byLocale } from "./by-locale";

export interface ArenaText {
  readonly chooseHeap: string;
  readonly chooseTcache: string;
  /** Back to showing what the program is at. */
  readonly follow: string;
  readonly byBreak: string;
  readonly reserved: (reserved: string, writable: string) => string;
  readonly cached: (n: number) => string;
  readonly binsOf: string;
  readonly workspace: string;
  readonly heapView: string;
  readonly threadsView: string;
  readonly schedule: string;
  readonly scheduleKind: Readonly<Record<"run" | "turns" | "random" | "list", string>>;
  readonly lanes: string;
  readonly lane: (thread: string, turns: number, calls: number) => string;
  readonly turn: (thread: string, calls: number) => string;
  readonly state: {
    readonly running: string;
    readonly ready: string;
    readonly joining: (thread: string) => string;
    readonly waitsArena: (arena: string) => string;
    readonly waitsMutex: (addr: string) => string;
    readonly insideMalloc: (arena: string) => string;
    readonly ended: string;
    readonly gone: string;
  };
  readonly waits: string;
  readonly ownTcache: string;
  readonly noTcache: string;
  readonly emptyTcache: string;
  readonly neverTcache: string;
  readonly noArena: string;
  readonly leftArena: string;
  readonly stack: (addr: string) => string;
  readonly mutexFree: string;
  readonly heldBy: (thread: string) => string;
  readonly awaitedBy: (threads: string) => string;
  readonly ring: string;
  readonly ringNote: (n: number) => string;
  readonly attached: (threads: string) => string;
  readonly nobody: string;
  readonly structures: string;
  readonly release: (glibc: string, bits: number) => string;
  readonly offset: string;
  readonly field: string;
  readonly value: string;
  readonly changed: string;
  readonly itself: string;
  readonly unreadable: string;
  readonly bytes: (n: number) => string;
  readonly threadStack: (thread: string) => string;
}

const en: ArenaText = {
  chooseHeap: "Which heap the map shows",
  chooseTcache: "Whose tcache is shown",
  follow: "follow the program",
  byBreak: "grows by brk",
  reserved: (reserved, writable) => `${reserved} reserved, ${writable} made writable`,
  cached: (n) => (n === 1 ? "1 chunk" : `${n} chunks`),
  binsOf: "bins of",
  workspace: "What stands in the middle",
  heapView: "Heap",
  threadsView: "Threads",
  schedule: "Schedule",
  scheduleKind: {
    run: "each thread runs until it waits or ends",
    turns: "round robin",
    random: "turns drawn by the seed",
    list: "turns as the scenario lists them",
  },
  lanes: "Threads over time",
  lane: (thread, turns, calls) => `${thread}: ${turns} turns, ${calls} allocator calls`,
  turn: (thread, calls) => `${thread}: ${calls === 1 ? "1 call" : `${calls} calls`}`,
  state: {
    running: "runs",
    ready: "ready, not its turn",
    joining: (thread) => `waits for the end of ${thread}`,
    waitsArena: (arena) => `waits for ${arena}’s mutex`,
    waitsMutex: (addr) => `waits for the mutex at ${addr}`,
    insideMalloc: (arena) => `paused inside malloc, holds ${arena}`,
    ended: "has ended",
    gone: "joined; its stack is cached",
  },
  waits: "waits",
  ownTcache: "tcache of this thread, no lock",
  noTcache: "no tcache yet",
  emptyTcache: "every list is empty",
  neverTcache: "this release has no tcache",
  noArena: "no arena yet: its first malloc looks for one",
  leftArena: "its tcache is flushed, its arena left",
  stack: (addr) => `stack ${addr}`,
  mutexFree: "mutex free",
  heldBy: (thread) => `held by ${thread}`,
  awaitedBy: (threads) => `${threads} waits`,
  ring: "Arena ring",
  ringNote: (n) => (n === 1 ? "1 arena" : `${n} arenas, the newest behind main_arena`),
  attached: (threads) => `used by ${threads}`,
  nobody: "no thread",
  structures: "The allocator’s structs",
  release: (glibc, bits) => `as in glibc ${glibc}, ${bits}-bit`,
  offset: "offset",
  field: "field",
  value: "value",
  changed: "written by this step",
  itself: "empty rings: they lead to themselves",
  unreadable: "These bytes cannot be read.",
  bytes: (n) => `${n} bytes`,
  threadStack: (thread) => `stack of ${thread}`,
};

export const arenaTexts = byLocale(en, (zh) => zh.arenas);
