/**
 * Who runs when, in a program with threads: plain data of a scenario. The choice is made where a C statement begins, when the running
 * thread has used up its turn, waits or has ended.
 *
 * As text (links, command line):  `run` · `turns:5` · `random` · `0:3,1:2,1@malloc,0:5`
 */
export type Schedule =
  /** Who runs goes on until it waits or ends; then the next one by number, around. */
  | { readonly kind: "run" }
  /** Round robin: so many statements each. */
  | { readonly kind: "turns"; readonly statements: number }
  /** Turns of 1 to 8 statements for whomever the scenario's seed draws. */
  | { readonly kind: "random" }
  /** These turns in order, those of threads that cannot run left out; after the last as `run`. */
  | { readonly kind: "list"; readonly turns: readonly ScheduledTurn[] };

export interface ScheduledTurn {
  /** Number of the thread: 0 main, then in order of creation. */
  readonly thread: number;
  /** C statements; "malloc": until it is inside an allocator call, where it pauses with the lock of its arena held until its next turn. */
  readonly until: number | "malloc";
}

export const defaultSchedule: Schedule = { kind: "run" };

/** Turns that one list may have, statements that one turn may have. */
export const scheduleLimits = { turns: 1000, statements: 1_000_000 } as const;

export function scheduleText(schedule: Schedule): string {
  switch (schedule.kind) {
    case "run":
    case "random":
      return schedule.kind;
    case "turns":
      return `turns:${schedule.statements}`;
    case "list":
      return schedule.turns
        .map(({ thread, until }) => (until === "malloc" ? `${thread}@malloc` : `${thread}:${until}`))
        .join(",");
  }
}

function parseTurn(text: string): ScheduledTurn | null {
  const [, thread = "", statements] = /^(\d{1,3})(?::(\d{1,7})|@malloc)$/.exec(text) ?? [];
  if (thread === "") return null;
  if (statements === undefined) return { thread: Number(thread), until: "malloc" };
  const until = Number(statements);
  return until >= 1 && until <= scheduleLimits.statements ? { thread: Number(thread), until } : null;
}

/** Reads what `scheduleText` writes; null when it is none. */
export function parseSchedule(text: string): Schedule | null {
  if (text === "run" || text === "random") return { kind: text };
  const round = /^turns:(\d{1,7})$/.exec(text)?.[1];
  if (round !== undefined) {
    const statements = Number(round);
    return statements >= 1 && statements <= scheduleLimits.statements ? { kind: "turns", statements } : null;
  }
  const parts = text.split(",");
  if (parts.length > scheduleLimits.turns) return null;
  const turns = parts.map(parseTurn);
  return turns.some((turn) => turn === null) ? null : { kind: "list", turns: turns.filter((turn) => turn !== null) };
}
