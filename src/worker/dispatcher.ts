/**
 * The worker's side of protocol/messages.ts. Requests are answered one after the other; only `cancel` overtakes. A run yields to the
 * event loop between slices, so that it can be cancelled without shared memory and so that progress gets out.
 */
import { unreachable } from "../base";
import {
  changedPages,
  copyPages,
  destination,
  lastWriter,
  positionAt,
  shownPages,
  sliceOf,
  snapDown,
  startingCursor,
  summaryOf,
  Timeline,
  type TimelineOptions,
  type Host,
  type Loaded,
} from "../machine/time";
import type { TlbQuestion, TlbRuns } from "../machine/tlb/run";
import type { Answer, FromWorker, Move, PageCopy, Position, Question, ToWorker } from "../protocol/messages";
import type { Scenario, StepRef } from "../scenario/scenario";
import { type PageDiff, pageDiff } from "./page-diff";

export interface DispatcherParts {
  /** Makes a machine: one by `start`, another by the first comparison. */
  createHost(): Host;
  /** Gets what machines of this width need, before the first of them is loaded. */
  prepare(abi: Scenario["machine"]["abi"]): Promise<void>;
  post(message: FromWorker, transfer: ArrayBuffer[]): void;
  /** The machine that counts what the TLB does: fetched when first asked for. */
  openTlb(): Promise<TlbRuns>;
  /** Lets the event loop take a turn. */
  turn(): Promise<void>;
  /** Milliseconds, for the pace of progress messages only. */
  now(): number;
  readonly timeline?: TimelineOptions;
}

export interface Dispatcher {
  receive(message: ToWorker): void;
  /** Resolves when all requests so far are answered. */
  idle(): Promise<void>;
}

interface Opened {
  readonly scenario: Scenario;
  readonly loaded: Loaded;
  readonly timeline: Timeline;
}

/** Engine steps between two looks at the clock, and milliseconds between two turns of the event loop and two progress messages. */
const SLICE_STEPS = 20_000;
const TURN_MS = 30;
/** Where a cursor ends the run. */
const ANY_STEPS = 2 ** 50;
const PROGRESS_MS = 150;

/** Fetched when a link is opened or made. */
const places = () => import("../machine/time/step-place");

const byStatement: Move = { kind: "step", level: "statement", direction: 1 };

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  let host: Host | null = null;
  /** Only where memory is not shared. */
  let diff: PageDiff | null = null;
  let current: Opened | null = null;
  /** The machine of comparisons. */
  let second: Host | null = null;
  let tlb: TlbRuns | null = null;
  /** The run on another machine than the one that is open. */
  let asideRun: { timeline: Timeline | null; cancelled: boolean } | null = null;
  /** The cursor whose pages the other side has, when it needs copies. */
  let shownCursor = -1;
  let queue: Promise<void> = Promise.resolve();

  function started(): Host {
    if (host === null) throw new Error("not started");
    return host;
  }
  function opened(): Opened {
    if (current === null) throw new Error("no scenario is open");
    return current;
  }
  function post(message: FromWorker, pages: PageCopy | null = null): void {
    parts.post(message, pages === null ? [] : [pages.bytes.buffer as ArrayBuffer, pages.pages.buffer as ArrayBuffer]);
  }

  /** Copies of what changed since the last reply, all of it after `open`; null when memory is shared. */
  function pagesFor(timeline: Timeline, cursor: number, fresh: boolean): PageCopy | null {
    if (diff === null) return null;
    if (fresh) diff.forget();
    const pages = fresh ? timeline.allPages() : changedPages(timeline, shownCursor, cursor);
    shownCursor = cursor;
    return copyPages(timeline.memory, diff.changed(shownPages(pages)));
  }

  function start(id: number, share: boolean): void {
    host = parts.createHost();
    const { buffer } = host.memory;
    const shared = share && typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer ? buffer : null;
    diff = shared === null ? pageDiff(host.memory) : null;
    post({ type: "started", id, memory: shared, memoryBytes: host.memory.byteLength });
  }

  async function run(id: number, timeline: Timeline, budget: number, enough: () => boolean = () => false): Promise<void> {
    timeline.setBudget(budget);
    let turned = parts.now();
    let reported = turned;
    while (timeline.slice(SLICE_STEPS) === null && !enough()) {
      const now = parts.now();
      if (now - reported >= PROGRESS_MS) {
        reported = now;
        post({ type: "progress", id, steps: timeline.steps, operations: timeline.index.operations.length });
      }
      if (now - turned < TURN_MS) continue;
      await parts.turn();
      turned = parts.now();
    }
  }

  function reportRun(id: number, { timeline, loaded }: Opened, cursor: number): void {
    timeline.seek(timeline.last);
    const summary = summaryOf(timeline, loaded.ending());
    const reached = timeline.seek(cursor);
    const pages = pagesFor(timeline, reached, true);
    post(
      {
        type: "opened",
        id,
        summary,
        position: positionAt(timeline, reached, byStatement),
        diagnostics: loaded.diagnostics,
        pages,
      },
      pages,
    );
  }

  async function open(id: number, scenario: Scenario, budget: number, cursor: StepRef | null): Promise<void> {
    await parts.prepare(scenario.machine.abi);
    const result = started().load(scenario);
    if (!result.ok) return post({ type: "rejected", id, diagnostics: result.problem });
    const loaded = result.value;
    const timeline = new Timeline(loaded.simulation, parts.timeline);
    current = { scenario, loaded, timeline };
    await run(id, timeline, budget);
    const at = cursor ?? startingCursor(timeline, scenario);
    reportRun(id, current, typeof at === "number" ? at : (await places()).cursorOf(timeline, at));
  }

  async function extend(id: number, budget: number): Promise<void> {
    const { timeline } = opened();
    const { cursor } = timeline;
    await run(id, timeline, budget);
    reportRun(id, opened(), cursor);
  }

  /** Work on another machine than the one that is open: `one` runs a timeline there, false when it was cancelled. */
  async function aside<T>(
    id: number,
    budget: number,
    work: (one: (timeline: Timeline, enough: () => boolean) => Promise<boolean>) => Promise<T>,
  ): Promise<T> {
    const running: NonNullable<typeof asideRun> = { timeline: null, cancelled: false };
    asideRun = running;
    try {
      return await work(async (timeline, enough) => {
        if (running.cancelled) return false;
        running.timeline = timeline;
        await run(id, timeline, budget, enough);
        // Between two runs too a cancelling message may come in.
        await parts.turn();
        return !running.cancelled;
      });
    } finally {
      asideRun = null;
    }
  }

  async function countTlb(id: number, question: TlbQuestion): Promise<void> {
    // What is fetched first can be cancelled, too.
    const result = await aside(id, ANY_STEPS, async (one) => (tlb ??= await parts.openTlb()).ask(question, one));
    if (result.ok) return post({ type: "tlb", id, facts: result.value });
    return post({ type: "rejected", id, diagnostics: result.problem });
  }

  async function compare({ id, scenario, machines, budget }: Extract<ToWorker, { type: "compare" }>): Promise<void> {
    // A machine of its own: what is open stays as it is.
    second ??= parts.createHost();
    const machine = second;
    const result = await aside(id, budget, async (one) => {
      for (const { abi } of machines) await parts.prepare(abi);
      // Fetched when two versions are first compared.
      const { compareMachines } = await import("../machine/compare/compare");
      return compareMachines({ host: machine, run: one }, scenario, machines);
    });
    if (result.ok) return post({ type: "compared", id, comparison: result.value });
    if (result.problem.kind === "cancelled") return post({ type: "compared", id, comparison: null });
    return post({ type: "rejected", id, diagnostics: result.problem.diagnostics });
  }

  function show(id: number, timeline: Timeline, cursor: number, move: Move): void {
    const reached = timeline.seek(cursor);
    const position: Position = positionAt(timeline, reached, move);
    const pages = pagesFor(timeline, reached, false);
    post({ type: "moved", id, position, pages }, pages);
  }

  async function answer(question: Question): Promise<Answer> {
    switch (question.ask) {
      case "slice":
        return { ask: "slice", slice: sliceOf(opened().timeline, question.from, question.to) };
      case "lastWriter":
        return { ask: "lastWriter", at: lastWriter(opened().timeline, question.addr, question.before) };
      case "proc": {
        const { timeline, loaded } = opened();
        const at = (cursor: number) => timeline.at(cursor, () => loaded.proc(question.name, question.pid));
        return { ask: "proc", name: question.name, lines: at(question.cursor), before: at(question.before) };
      }
      case "vmaHistory": {
        const { timeline, loaded } = opened();
        const { vmaHistory } = await import("../machine/time/vma-history");
        const search = { timeline, vma: question.vma, maps: () => loaded.proc("maps") };
        return { ask: "vmaHistory", ...vmaHistory(search, question.from, question.direction) };
      }
      case "destination": {
        const { timeline } = opened();
        const cursor = destination(timeline, timeline.cursor, question.move);
        return { ask: "destination", position: positionAt(timeline, cursor, question.move) };
      }
      case "place":
        return { ask: "place", place: (await places()).placeOf(opened().timeline, question.cursor) };
      case "appendStatement":
        return { ask: "appendStatement", ...started().appendStatement(question.source, question.statement) };
      default:
        return unreachable(question);
    }
  }

  async function handle(message: Exclude<ToWorker, { type: "cancel" }>): Promise<void> {
    switch (message.type) {
      case "start":
        return start(message.id, message.share);
      case "open":
        return open(message.id, message.scenario, message.budget, message.cursor);
      case "extend":
        return extend(message.id, message.budget);
      case "move": {
        const { timeline } = opened();
        return show(message.id, timeline, destination(timeline, timeline.cursor, message.move), message.move);
      }
      case "seek": {
        const { timeline } = opened();
        const cursor = message.snap === null ? message.cursor : snapDown(timeline, message.cursor, message.snap);
        return show(message.id, timeline, cursor, { ...byStatement, level: message.snap ?? "write" });
      }
      case "compare":
        return compare(message);
      case "tlb":
        return countTlb(message.id, message);
      case "ask":
        return post({ type: "answer", id: message.id, answer: await answer(message.question) });
      default:
        return unreachable(message);
    }
  }

  return {
    receive: (message) => {
      if (message.type === "cancel") {
        if (asideRun !== null) asideRun.cancelled = true;
        (asideRun === null ? current : asideRun)?.timeline?.cancel();
        return;
      }
      queue = queue
        .then(() => handle(message))
        .catch((error: unknown) =>
          post({
            type: "failed",
            id: message.id,
            error: error instanceof Error ? (error.stack ?? error.message) : String(error),
          }),
        );
    },
    idle: () => queue,
  };
}
