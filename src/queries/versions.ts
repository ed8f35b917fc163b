/**
 * Two machines side by side: one program under two versions, on workers of their own, so that the run on the page stays as it is.
 *
 *   session A: compares, then shows A's heap       session B: shows B's heap
 */
import type { Diagnostic } from "../abi/debug-info";
import { fail, ok, type Result } from "../base";
import { decodeJournal } from "../decode/journal";
import type { Comparison } from "../protocol/comparison";
import type { RunSummary } from "../protocol/messages";
import type { MachineSettings, Scenario } from "../scenario";
import { createSession, type Session } from "../session";
import { decodeInstant, type Instant } from "./instant";

/** Engine steps for each run. */
const BUDGET = 5_000_000;
/** Records of one call that are read. */
const RECORD_LIMIT = 20_000;

export type Machines = readonly [MachineSettings, MachineSettings];

/** Where to look: memory as it is at `end`, with the records [begin, end) of the call that led there. */
export interface Look {
  readonly begin: number;
  readonly end: number;
}
export type Looks = readonly [Look, Look];

export interface Versions {
  /** Null when cancelled. Runs both to their end; afterwards `look` shows their heaps. */
  compare(
    scenario: Scenario,
    machines: Machines,
    onProgress: (steps: number, operations: number) => void,
  ): Promise<Result<Comparison | null, readonly Diagnostic[]>>;
  /** Both heaps, each after a call of its own. */
  look(looks: Looks): Promise<readonly [Instant | null, Instant | null]>;
  cancel(): void;
  dispose(): void;
}

interface Side {
  readonly session: Session;
  readonly summary: RunSummary;
}

async function lookAt({ session, summary }: Side, { begin, end }: Look): Promise<Instant | null> {
  const to = Math.min(end, begin + RECORD_LIMIT);
  const records = to > begin ? decodeJournal((await session.ask({ ask: "slice", from: begin, to })).slice) : null;
  const position = await session.seek(Math.min(end, summary.last));
  return decodeInstant(session.memory, summary, { ...position, stepFrom: position.cursor }, records, null)?.instant ?? null;
}

export function createVersions(): Versions {
  const sessions = [createSession(), createSession()] as const;
  let sides: readonly [Side, Side] | null = null;
  let disposed = false;
  /** Comparisons run one after the other: a cancelled one ends first. */
  let queue: Promise<unknown> = Promise.resolve();
  /** Comparisons asked for, and up to which of them they are not wanted any more. */
  let asked = 0;
  let cancelled = 0;
  // What nobody waits for any more may fail unheard.
  for (const session of sessions) session.catch(() => undefined);

  async function compare(
    number: number,
    scenario: Scenario,
    machines: Machines,
    onProgress: (steps: number, operations: number) => void,
  ): Promise<Result<Comparison | null, readonly Diagnostic[]>> {
    sides = null;
    const [a, b] = await Promise.all(sessions);
    if (number <= cancelled) return ok(null);
    const compared = await a.compare(scenario, machines, { budget: BUDGET, onProgress });
    if (!compared.ok || compared.value === null) return compared;
    const opened: Side[] = [];
    for (const [index, session] of [a, b].entries()) {
      if (number <= cancelled) return ok(null);
      const machine = machines[index] ?? machines[0];
      const answer = await session.open({ ...scenario, machine }, { budget: BUDGET, cursor: 0, onProgress });
      if (answer.type === "rejected") return fail(answer.diagnostics);
      if (answer.summary.status === "cancelled") return ok(null);
      opened.push({ session, summary: answer.summary });
    }
    const [left, right] = opened;
    if (left !== undefined && right !== undefined) sides = [left, right];
    return compared;
  }

  return {
    compare(...request) {
      const number = ++asked;
      const result = queue.then(() => compare(number, ...request));
      queue = result.catch(() => undefined);
      return result;
    },
    async look([a, b]) {
      if (sides === null) return [null, null];
      return Promise.all([lookAt(sides[0], a), lookAt(sides[1], b)]);
    },
    cancel() {
      if (cancelled === asked) return;
      cancelled = asked;
      for (const session of sessions)
        session.then(
          (ready) => ready.cancel(),
          () => undefined,
        );
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const session of sessions)
        session.then(
          (ready) => ready.dispose(),
          () => undefined,
        );
    },
  };
}
