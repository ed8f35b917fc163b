/**
 * The page's side of the worker.
 *
 *   created ─ start ─► ready ─ open ─► running ─► ready …
 *      └──────────── any ── worker dies or hangs ──► dead: every request fails, `onDeath` is told once
 */
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { control } from "../abi/control";
import { fail, ok, unreachable } from "../base";
import type { Scenario, StepRef } from "../scenario/scenario";
import type { Answer, FromWorker, PageCopy, Position, Question, ToWorker } from "../protocol/messages";
import { takeWorker } from "./early-worker";
import type { Opened, Session } from "./session";

/** As much of a Worker as a session uses; tests bring their own. */
interface WorkerLike extends EventTarget {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  terminate(): void;
}

export interface SessionOptions {
  /** Makes the worker: the page's own unless given. */
  readonly createWorker?: () => WorkerLike;
  /** Copies of pages even where memory could be shared. */
  readonly forceCopies?: boolean;
  /**
   * What will be opened first: sent behind the start, so that the program runs while the page is still being drawn. The session's `open` of
   * the same scenario, budget and cursor gives its answer.
   */
  readonly first?: FirstRun;
  /** Milliseconds after which an unanswered request (not a run) means that the worker hangs. */
  readonly hangMs?: number;
}

export interface FirstRun {
  readonly scenario: Scenario;
  readonly budget: number;
  readonly cursor: StepRef | null;
  readonly onProgress: (steps: number, operations: number) => void;
}

type Reply = Exclude<FromWorker, { type: "progress" }>;

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (reason: Error) => void;
  readonly onProgress: ((steps: number, operations: number) => void) | undefined;
  readonly timer: ReturnType<typeof setTimeout> | null;
}

const HANG_MS = 20_000;

/** The worker died, or the session was disposed of, while a request was under way. */
export class SessionClosed extends Error {
  override readonly name = "SessionClosed";
}

/** Can the worker's memory be handed to this page? Without cross-origin isolation it cannot be posted. */
function canShareMemory(): boolean {
  return typeof SharedArrayBuffer !== "undefined" && globalThis.crossOriginIsolated === true;
}

/** Starts a worker and its machine. Rejects when that is impossible (no worker, no WebAssembly, no memory). */
export async function createSession(options: SessionOptions = {}): Promise<Session> {
  const worker = (options.createWorker ?? takeWorker)();
  const pending = new Map<number, Pending>();
  const deathListeners: ((reason: string) => void)[] = [];
  let nextId = 1;
  let dead: string | null = null;

  function die(reason: string): void {
    if (dead !== null) return;
    dead = reason;
    listeners.abort();
    worker.terminate();
    for (const { reject, timer } of pending.values()) {
      if (timer !== null) clearTimeout(timer);
      reject(new SessionClosed(reason));
    }
    pending.clear();
    for (const listener of deathListeners) listener(reason);
  }

  const listeners = new AbortController();
  const listen = (type: string, listener: (event: Event) => void) =>
    worker.addEventListener(type, listener, { signal: listeners.signal });
  listen("error", (event) =>
    die("message" in event && typeof event.message === "string" ? event.message : "the worker failed to load"),
  );
  listen("messageerror", () => die("a message could not be read"));
  listen("message", (event) => {
    if (event instanceof MessageEvent) receive(event.data);
  });

  function receive(data: FromWorker): void {
    const request = pending.get(data.id);
    if (request === undefined) return;
    if (data.type === "progress") {
      request.onProgress?.(data.steps, data.operations);
      return;
    }
    pending.delete(data.id);
    if (request.timer !== null) clearTimeout(request.timer);
    request.resolve(data);
  }

  /** Sends a request; `limitMs` null for runs, which may take as long as their budget lasts. */
  function request(make: (id: number) => ToWorker, limitMs: number | null, onProgress?: Pending["onProgress"]): Promise<Reply> {
    if (dead !== null) return Promise.reject(new SessionClosed(dead));
    const id = nextId++;
    return new Promise<Reply>((resolve, reject) => {
      const timer = limitMs === null ? null : setTimeout(() => die(`no answer in ${limitMs} ms`), limitMs);
      pending.set(id, { resolve, reject, onProgress, timer });
      // Requests are answered in order: behind a run, only the run's end starts the clock.
      worker.postMessage(make(id), []);
    });
  }

  const hangMs = options.hangMs ?? HANG_MS;
  const runs = new Set<number>();
  /** A limit only while no run is under way: requests queue behind runs. */
  const limit = () => (runs.size === 0 ? hangMs : null);
  let runCount = 0;

  const share = options.forceCopies !== true && canShareMemory();
  const starting = request((id) => ({ type: "start", id, share }), hangMs);
  const { first } = options;
  let ahead =
    first === undefined
      ? null
      : long(
          (id) => ({ type: "open", id, scenario: first.scenario, budget: first.budget, cursor: first.cursor }),
          first.onProgress,
        );
  ahead?.catch(() => undefined); // whoever asks for it hears of it
  const started = await starting;
  if (started.type !== "started") {
    const reason = started.type === "failed" ? started.error : "the worker did not start";
    die(reason);
    throw new Error(reason);
  }
  const shared = started.memory !== null;
  const memory = started.memory !== null ? new Uint8Array(started.memory) : new Uint8Array(started.memoryBytes);
  const sequence = new Int32Array(memory.buffer, machineMemory.control + control.sequence, 2);
  /** Pages of the copy that are not zero. */
  const patched = new Set<number>();

  function patch(pages: PageCopy | null, fresh: boolean): void {
    if (pages === null) return;
    if (fresh) {
      for (const page of patched) memory.fill(0, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
      patched.clear();
    }
    pages.pages.forEach((page, index) => {
      memory.set(pages.bytes.subarray(index * PAGE_SIZE, (index + 1) * PAGE_SIZE), page * PAGE_SIZE);
      patched.add(page);
    });
    // This side writes only between reads, so its copy is always consistent.
    if (Atomics.load(sequence, 0) % 2 !== 0) Atomics.add(sequence, 0, 1);
  }

  function failure(reply: Reply): Error {
    return new Error(reply.type === "failed" ? reply.error : `unexpected reply ${reply.type}`);
  }

  /** A request that may take as long as a program runs. */
  async function long(make: (id: number) => ToWorker, onProgress: Pending["onProgress"]): Promise<Reply> {
    const key = runCount++;
    runs.add(key);
    try {
      return await request(make, null, onProgress);
    } finally {
      runs.delete(key);
    }
  }

  async function run(running: Promise<Reply>): Promise<Opened> {
    const reply = await running;
    if (reply.type === "opened") patch(reply.pages, true);
    if (reply.type === "opened" || reply.type === "rejected") return reply;
    throw failure(reply);
  }

  async function moved(make: (id: number) => ToWorker): Promise<Position> {
    const reply = await request(make, limit());
    if (reply.type !== "moved") throw failure(reply);
    patch(reply.pages, false);
    return reply.position;
  }

  async function ask<Q extends Question>(question: Q): Promise<Extract<Answer, { ask: Q["ask"] }>> {
    const reply = await request((id) => ({ type: "ask", id, question }), limit());
    if (reply.type !== "answer") throw failure(reply);
    const { answer } = reply;
    if (!answers(question, answer)) throw new Error(`asked ${question.ask}, answered ${answer.ask}`);
    return answer;
  }

  return {
    memory,
    shared,
    open: (scenario, { budget, cursor, onProgress }) => {
      const same = scenario === first?.scenario && budget === first.budget && cursor === first.cursor;
      const running = same ? ahead : null;
      ahead = null;
      return run(running ?? long((id) => ({ type: "open", id, scenario, budget, cursor }), onProgress));
    },
    extend: (budget, onProgress) => run(long((id) => ({ type: "extend", id, budget }), onProgress)),
    move: (move) => moved((id) => ({ type: "move", id, move })),
    seek: (cursor, snap) => moved((id) => ({ type: "seek", id, cursor, snap: snap ?? null })),
    compare: async (scenario, machines, { budget, onProgress }) => {
      const reply = await long((id) => ({ type: "compare", id, scenario, machines, budget }), onProgress);
      if (reply.type === "compared") return ok(reply.comparison);
      if (reply.type === "rejected") return fail(reply.diagnostics);
      throw failure(reply);
    },
    tlb: async (scenario, { cursor, from, onProgress }) => {
      const reply = await long((id) => ({ type: "tlb", id, scenario, cursor, from }), onProgress);
      if (reply.type === "tlb") return reply.facts;
      throw failure(reply);
    },
    ask,
    cancel: () => {
      if (dead !== null) return;
      // The flag reaches an engine that is busy; the message one that is between two slices, or memory that is not shared.
      if (shared) Atomics.store(sequence, control.cancel / 4, 1);
      worker.postMessage({ type: "cancel" }, []);
    },
    onDeath: (listener) => {
      if (dead !== null) listener(dead);
      else deathListeners.push(listener);
    },
    dispose: () => {
      deathListeners.length = 0;
      die("the session was closed");
    },
  };
}

function answers<Q extends Question>(question: Q, answer: Answer): answer is Extract<Answer, { ask: Q["ask"] }> {
  switch (question.ask) {
    case "slice":
    case "lastWriter":
    case "proc":
    case "destination":
    case "place":
    case "vmaHistory":
    case "appendStatement":
      return answer.ask === question.ask;
    default:
      return unreachable(question);
  }
}
