import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Move, Position, RunSummary } from "../protocol/messages";
import { defaultScenario, type StepRef } from "../scenario";
import type { Opened, Session } from "../session";
import { createUiStore } from "../store";
import { createEngine } from "./engine";

/** A session that answers when told to. */
interface Fake {
  readonly session: Session;
  readonly asked: string[];
  /** Lets the oldest unanswered request through. */
  readonly answer: () => Promise<void>;
  readonly die: () => void;
  reject: boolean;
}

const position = (cursor: number): Position => ({ cursor, statement: 0, operation: -1, lastOperation: -1, stepFrom: cursor });
const summary = { first: 0, last: 100, steps: 7, operations: [] } as unknown as RunSummary;

function fakeSession(): Fake {
  const waiting: { readonly go: () => void; readonly fail: (error: Error) => void }[] = [];
  const deaths: ((reason: string) => void)[] = [];
  const asked: string[] = [];
  const later = <T>(what: string, value: () => T): Promise<T> => {
    asked.push(what);
    return new Promise((resolve, reject) => waiting.push({ go: () => resolve(value()), fail: reject }));
  };
  const opened = (cursor: StepRef | null): Opened =>
    fake.reject
      ? {
          type: "rejected",
          id: 0,
          diagnostics: [{ code: "x", severity: "error", span: { start: 0, end: 1, line: 1, column: 1 } }] as never,
        }
      : {
          type: "opened",
          id: 0,
          summary,
          position: position(typeof cursor === "number" ? cursor : 10),
          diagnostics: [],
          pages: null,
        };
  const fake: Fake = {
    reject: false,
    asked,
    session: {
      memory: new Uint8Array(0),
      shared: false,
      open: (_, { cursor, budget }) => later(`open ${JSON.stringify(cursor)} ${budget}`, () => opened(cursor)),
      extend: (budget) => later(`extend ${budget}`, () => opened(10)),
      move: (move: Move) => later(`move ${move.direction}`, () => position(10 + move.direction)),
      seek: (cursor) => later(`seek ${cursor}`, () => position(cursor)),
      ask: () =>
        Promise.resolve({
          ask: "slice",
          slice: { from: 0, to: 0, bytes: new Uint8Array(0), addrs: new Float64Array(0) },
        } as never),
      cancel: () => asked.push("cancel"),
      onDeath: (listener) => deaths.push(listener),
      compare: () => Promise.reject(new Error("not asked")),
      tlb: () => Promise.reject(new Error("not asked")),
      dispose: () => undefined,
    },
    answer: async () => {
      waiting.shift()?.go();
      await settled();
    },
    die: () => {
      for (const listener of deaths) listener("planted");
      for (const { fail } of waiting.splice(0)) fail(new Error("planted"));
    },
  };
  return fake;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const sessions: Fake[] = [];
vi.mock("../session", () => ({
  createSession: () => {
    const fake = fakeSession();
    sessions.push(fake);
    return Promise.resolve(fake.session);
  },
}));
vi.mock("../queries/instant", () => ({ decodeInstant: () => null }));

function start() {
  const store = createUiStore();
  return { store, engine: createEngine({ store, queries: new QueryClient(), forceCopies: false }) };
}

/** The session in use. */
function now(): Fake {
  const fake = sessions.at(-1);
  if (fake === undefined) throw new Error("no session yet");
  return fake;
}

async function opened() {
  const made = start();
  const done = made.engine.open(defaultScenario, null);
  await settled();
  await now().answer();
  expect(await done).toBe(true);
  return made;
}

const move: Move = { kind: "step", level: "statement", direction: 1 };

describe("the engine's queue", () => {
  beforeEach(() => {
    sessions.length = 0;
  });

  it("runs one request at a time, in order", async () => {
    const { engine, store } = await opened();
    void engine.move(move);
    void engine.move({ ...move, direction: -1 });
    await settled();
    expect(now().asked.slice(1)).toEqual(["move 1"]);
    expect(store.getState().moving).toBe(2);
    await now().answer();
    expect(now().asked.slice(1)).toEqual(["move 1", "move -1"]);
    await now().answer();
    expect(store.getState()).toMatchObject({ moving: 0, position: { cursor: 9 } });
  });

  it("forgets all but the latest of several seeks", async () => {
    const { engine, store } = await opened();
    for (const cursor of [20, 30, 40, 50]) void engine.seek(cursor);
    await settled();
    await now().answer();
    await now().answer();
    expect(now().asked.slice(1).length).toBeLessThanOrEqual(2);
    expect(store.getState().position?.cursor).toBe(50);
  });

  it("keeps the last good run when a program is rejected", async () => {
    const { engine, store } = await opened();
    const { run } = store.getState();
    now().reject = true;
    const done = engine.open({ ...defaultScenario, source: "int" }, null);
    await settled();
    await now().answer();
    expect(await done).toBe(false);
    expect(store.getState().run).toBe(run);
    expect(store.getState().diagnostics).toHaveLength(1);
  });

  it("gives a stopped run more steps each time, and the same again after a restart", async () => {
    const { engine } = await opened();
    void engine.extend();
    await settled();
    await now().answer();
    void engine.open(defaultScenario, 33, true);
    await settled();
    await now().answer();
    expect(now().asked).toEqual(["open null 5000000", "extend 10000000", "open 33 10000000"]);
  });

  it("says that the worker died, and begins anew with another", async () => {
    const { engine, store } = await opened();
    void engine.move(move);
    await settled();
    now().die();
    await settled();
    expect(store.getState()).toMatchObject({ engine: "dead", engineError: "planted", moving: 0, progress: null });
    await engine.restart();
    expect(sessions).toHaveLength(2);
    void engine.open(defaultScenario, 42, true);
    await settled();
    await now().answer();
    expect(store.getState()).toMatchObject({ engine: "ready", position: { cursor: 42 } });
  });
});
