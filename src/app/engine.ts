/**
 * The page's end of time travel: one session, one move at a time. Moves are queued in order; of several seeks only the latest counts.
 * Every settled move becomes one decoded instant, so a step paints once.
 */
import type { QueryClient } from "@tanstack/react-query";
import { decodeJournal } from "../decode/journal";
import type { JournalRecords } from "../decode/types";
import type { Answer, Move, Position, Question } from "../protocol/messages";
import { instantKey, sliceKey } from "../queries";
import { type Ahead, decodeAhead, decodeInstant, type Latest } from "../queries/instant";
import type { Scenario, StepLevel, StepRef } from "../scenario";
import { createSession, type FirstRun, type Opened, type Session } from "../session";
import type { Run, UiStore } from "../store";

/** Records shown as "just written": after a longer jump nothing is highlighted. */
const HIGHLIGHT_LIMIT = 4096;
/** C instructions and allocator markers before a run stops and asks. */
export const DEFAULT_BUDGET = 5_000_000;

export interface Engine {
  /** Runs a scenario and goes to `cursor`, or to where it begins to be interesting. `again`: with the budget of the run before. */
  readonly open: (scenario: Scenario, cursor: StepRef | null, again?: boolean) => Promise<boolean>;
  readonly extend: () => Promise<void>;
  readonly move: (move: Move) => Promise<void>;
  readonly seek: (cursor: number, snap?: StepLevel) => Promise<void>;
  readonly ask: <Q extends Question>(question: Q) => Promise<Extract<Answer, { ask: Q["ask"] }>>;
  readonly cancel: () => void;
  readonly restart: () => Promise<void>;
}

export interface EngineOptions {
  readonly store: UiStore;
  readonly queries: QueryClient;
  readonly forceCopies: boolean;
}

/** Does work when the page has nothing else to do. Nobody waits for it: when the worker dies meanwhile, others tell. */
function whenIdle(work: () => Promise<void>): void {
  const begin = (): void => void work().catch(() => undefined);
  // Not every browser has it.
  if (typeof requestIdleCallback === "function") requestIdleCallback(begin);
  else setTimeout(begin, 50);
}

export function createEngine({ store, queries, forceCopies }: EngineOptions): Engine {
  let session: Promise<Session> | null = null;
  let runs = 0;
  let budget = DEFAULT_BUDGET;
  let queue: Promise<void> = Promise.resolve();
  let wanted = 0;
  let latest: Latest | null = null;
  let ahead: Ahead | null = null;
  let leisure = 0;

  function died(reason: string): void {
    session = null;
    store.setState({ engine: "dead", engineError: reason, progress: null, playing: false });
  }

  /** `first`: what a new session opens at once. */
  function connect(first?: FirstRun): Promise<Session> {
    session ??= createSession({ forceCopies, ...(first ? { first } : {}) }).then(
      (created) => {
        created.onDeath(died);
        store.setState({ shared: created.shared });
        return created;
      },
      (error: unknown) => {
        died(error instanceof Error ? error.message : String(error));
        throw error;
      },
    );
    return session;
  }

  async function slice(from: Session, begin: number, end: number): Promise<JournalRecords> {
    return decodeJournal((await from.ask({ ask: "slice", from: begin, to: end })).slice);
  }

  /** Records of the step to `position`; inside a call all of the call's, which the listing shows too. Null after a long jump. */
  async function recordsOf(from: Session, run: Run, { cursor, stepFrom, operation }: Position): Promise<JournalRecords | null> {
    const end = Math.min(cursor + 1, run.summary.last);
    if (end <= stepFrom || end - stepFrom > HIGHLIGHT_LIMIT) return null;
    const call = run.summary.operations[operation];
    if (call === undefined || call.end - call.begin > HIGHLIGHT_LIMIT) return slice(from, stepFrom, end);
    const whole = await queries.fetchQuery({
      queryKey: sliceKey(run.id, call.begin, call.end),
      queryFn: () => slice(from, call.begin, call.end),
    });
    // Into a call: what led to it belongs to the step.
    return stepFrom >= call.begin && end <= call.end ? whole : slice(from, Math.min(call.begin, stepFrom), end);
  }

  async function settle(from: Session, run: Run, position: Position): Promise<void> {
    const records = await recordsOf(from, run, position);
    latest = decodeInstant(from.memory, run.summary, position, records, latest, ahead);
    if (latest !== null) queries.setQueryData(instantKey(run.id, position.cursor), latest.instant);
  }

  /** While nothing is asked for: reads what the same move once more will show. */
  function readAhead(from: Session, run: Run, move: Move): void {
    const mine = ++leisure;
    const before = latest;
    const useless = (): boolean => mine !== leisure || latest !== before || store.getState().moving > 0;
    whenIdle(async () => {
      if (before === null || useless()) return;
      const { position } = await from.ask({ ask: "destination", move });
      const [low, high] = [Math.min(before.cursor, position.cursor), Math.max(before.cursor, position.cursor)];
      if (useless() || high - low > HIGHLIGHT_LIMIT) return;
      const { records } = before.instant;
      const held = records !== null && low >= records.from && high <= records.from + records.count;
      const between = held ? records : await slice(from, low, high);
      if (!useless()) ahead = decodeAhead(from.memory, run.summary, position, between, before);
    });
  }

  /** Runs `work` after everything asked for before it. A dead worker is reported by onDeath, not here. */
  function enqueue(work: () => Promise<void>): Promise<void> {
    store.setState({ moving: store.getState().moving + 1 });
    queue = queue
      .then(work)
      .catch((error: unknown) => {
        if (store.getState().engine !== "dead") died(error instanceof Error ? error.message : String(error));
      })
      .finally(() => store.setState({ moving: store.getState().moving - 1 }));
    return queue;
  }

  async function accept(from: Session, opened: Opened, scenario: Scenario): Promise<boolean> {
    if (opened.type === "rejected") {
      store.setState({ engine: "ready", progress: null, diagnostics: opened.diagnostics });
      return false;
    }
    runs++;
    latest = null;
    const run: Run = { id: runs, scenario, summary: opened.summary, warnings: opened.diagnostics };
    await settle(from, run, opened.position);
    store.setState({
      engine: "ready",
      progress: null,
      diagnostics: [],
      run,
      position: opened.position,
      abortDismissed: false,
      pinned: null,
      hover: null,
    });
    return true;
  }

  function progress(steps: number, operations: number): void {
    store.setState({ progress: { steps, operations } });
  }

  async function moved(from: Session, position: Position): Promise<void> {
    const { run } = store.getState();
    if (run === null) return;
    await settle(from, run, position);
    store.setState({ position });
  }

  return {
    async open(scenario, cursor, again = false) {
      let accepted = false;
      await enqueue(async () => {
        if (!again) budget = DEFAULT_BUDGET;
        const from = await connect({ scenario, budget, cursor, onProgress: progress });
        store.setState({ engine: "running", progress: { steps: 0, operations: 0 }, playing: false });
        accepted = await accept(from, await from.open(scenario, { budget, cursor, onProgress: progress }), scenario);
      });
      return accepted;
    },
    extend: () =>
      enqueue(async () => {
        const { run } = store.getState();
        if (run === null) return;
        const from = await connect();
        budget += DEFAULT_BUDGET;
        store.setState({ engine: "running", progress: { steps: run.summary.steps, operations: run.summary.operations.length } });
        await accept(from, await from.extend(budget, progress), run.scenario);
      }),
    move: (move) =>
      enqueue(async () => {
        const { run } = store.getState();
        if (run === null) return;
        const from = await connect();
        await moved(from, await from.move(move));
        readAhead(from, run, move);
      }),
    seek(cursor, snap) {
      const mine = ++wanted;
      return enqueue(async () => {
        if (mine !== wanted || store.getState().run === null) return;
        const from = await connect();
        await moved(from, await from.seek(cursor, snap));
      });
    },
    async ask(question) {
      const from = await connect();
      return from.ask(question);
    },
    cancel: () => void session?.then((from) => from.cancel()),
    async restart() {
      session = null;
      queue = Promise.resolve();
      store.setState({ engine: "starting", engineError: "" });
      // Failing again is told by onDeath.
      await connect().catch(() => undefined);
    },
  };
}
