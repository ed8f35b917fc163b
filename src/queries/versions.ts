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
/** A call with more records than this is shown without what it wrote. */
const RECORD_LIMIT = 4096;

export type Machines = readonly [MachineSettings, MachineSettings];

/** Where to look: records [begin, end) are the step whose writes are marked; memory is shown as it is after them. */
export interface Look {
  readonly begin: number;
  readonly end: number;
}

export interface Versions {
  /** Null when cancelled. Runs both to their end; afterwards `look` shows their heaps. */
  compare(
    scenario: Scenario,
    machines: Machines,
    onProgress: (steps: number, operations: number) => void,
  ): Promise<Result<Comparison | null, readonly Diagnostic[]>>;
  look(looks: readonly [Look, Look]): Promise<readonly [Instant | null, Instant | null]>;
  cancel(): void;
  dispose(): void;
}

interface Side {
  readonly session: Session;
  readonly summary: RunSummary;
}

async function lookAt({ session, summary }: Side, { begin, end }: Look): Promise<Instant | null> {
  const cursor = Math.min(end, summary.last);
  const position = await session.seek(cursor);
  const to = Math.min(cursor + 1, summary.last);
  const few = to > begin && to - begin <= RECORD_LIMIT;
  const records = few ? decodeJournal((await session.ask({ ask: "slice", from: begin, to })).slice) : null;
  const at = { ...position, stepFrom: few ? begin : cursor };
  return decodeInstant(session.memory, summary, at, records, null)?.instant ?? null;
}

export function createVersions(): Versions {
  const sessions = [createSession(), createSession()] as const;
  let sides: readonly [Side, Side] | null = null;
  let disposed = false;
  // What nobody waits for any more may fail unheard.
  for (const session of sessions) session.catch(() => undefined);

  return {
    async compare(scenario, machines, onProgress) {
      sides = null;
      const [a, b] = await Promise.all(sessions);
      const compared = await a.compare(scenario, machines, { budget: BUDGET, onProgress });
      if (!compared.ok || compared.value === null) return compared;
      const opened: Side[] = [];
      for (const [index, session] of [a, b].entries()) {
        const machine = machines[index] ?? machines[0];
        const answer = await session.open({ ...scenario, machine }, { budget: BUDGET, cursor: 0, onProgress });
        if (answer.type === "rejected") return fail(answer.diagnostics);
        if (answer.summary.status === "cancelled") return ok(null);
        opened.push({ session, summary: answer.summary });
      }
      const [left, right] = opened;
      if (left !== undefined && right !== undefined) sides = [left, right];
      return compared;
    },
    async look([a, b]) {
      if (sides === null) return [null, null];
      return Promise.all([lookAt(sides[0], a), lookAt(sides[1], b)]);
    },
    cancel() {
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
