import { afterEach, describe, expect, it, vi } from "vitest";
import { machineMemory } from "../abi/machine-memory";
import { fail, ok } from "../base";
import { toyMachine } from "../machine/time/testing/toy-machine";
import type { FromWorker, ToWorker } from "../protocol/messages";
import { defaultMachine, type Scenario } from "../scenario/scenario";
import { createDispatcher } from "../worker/dispatcher";
import type { Host } from "../machine/time";
import { createSession, SessionClosed } from "./index";

/** `source` of a toy scenario: number of statements, or "broken". */
const toy = (source: string): Scenario => ({ version: 1, slug: null, title: null, source, machine: defaultMachine });
const maps = { ask: "proc", name: "maps", cursor: 0, before: 0 } as const;
const TOY_BYTES = machineMemory.frames + (1 << 18);

/** A worker without a thread: the real dispatcher over the toy machine, messages cloned and delivered in later turns. */
function toyWorker(shared: boolean) {
  const memory = new Uint8Array(shared ? new SharedArrayBuffer(TOY_BYTES) : new ArrayBuffer(TOY_BYTES));
  const host: Host = {
    memory,
    load: ({ source }) => {
      if (source === "broken") return fail([]);
      const sequence = new Int32Array(memory.buffer, machineMemory.control, 1)[0] ?? 0;
      const simulation = toyMachine({ seed: 4, statements: Number(source), capacity: 1 << 16, ending: "exit" }, memory);
      new Int32Array(memory.buffer, machineMemory.control, 1)[0] = sequence;
      return ok({
        simulation,
        diagnostics: [],
        proc: (name) => [name],
        ending: () => ({ exitCode: 3, message: "", signal: 0, signalAddr: 0, signalWrite: false }),
      });
    },
    appendStatement: (source, statement) => ({ source: source + statement, diagnostics: [] }),
  };
  const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  let time = 0;
  const dispatcher = createDispatcher({
    createHost: () => host,
    prepare: () => Promise.resolve(),
    openTlb: () => Promise.reject(new Error("the toy has no memory accesses")),
    post: (message, transfer) => {
      const data: FromWorker = structuredClone(message, { transfer });
      setTimeout(() => worker.dispatchEvent(new MessageEvent("message", { data })), 0);
    },
    turn,
    now: () => (time += 40),
  });
  const worker = Object.assign(new EventTarget(), {
    memory,
    terminated: false,
    silent: false,
    postMessage: (message: ToWorker) => {
      if (worker.silent) return;
      const data = structuredClone(message);
      setTimeout(() => dispatcher.receive(data), 0);
    },
    terminate: () => {
      worker.terminated = true;
    },
  });
  return worker;
}

const frames = (memory: Uint8Array) => Buffer.from(memory.subarray(machineMemory.frames));

afterEach(() => {
  vi.unstubAllGlobals();
});

for (const shared of [true, false]) {
  describe(shared ? "a session over shared memory" : "a session over copies", () => {
    const connect = async () => {
      vi.stubGlobal("crossOriginIsolated", shared);
      const worker = toyWorker(shared);
      return { worker, session: await createSession({ createWorker: () => worker }) };
    };

    it("opens, moves and seeks; its memory is the worker's at every cursor", async () => {
      const { worker, session } = await connect();
      expect(session.shared).toBe(shared);
      const opened = await session.open(toy("400"), { budget: 100_000, cursor: null });
      if (opened.type !== "opened") throw new Error("rejected");
      expect(opened.summary.status).toBe("exited");
      expect(opened.summary.exitCode).toBe(3);
      expect(opened.position.cursor).toBe(2);
      expect(frames(session.memory).equals(frames(worker.memory))).toBe(true);
      for (const cursor of [700, 0, 33, opened.summary.last, 512]) {
        const position = await session.seek(cursor);
        expect(position.cursor).toBe(cursor);
        expect(frames(session.memory).equals(frames(worker.memory))).toBe(true);
      }
      const next = await session.move({ kind: "step", level: "line", direction: 1 });
      expect(next.cursor).toBeGreaterThan(512);
      expect(frames(session.memory).equals(frames(worker.memory))).toBe(true);
      expect((await session.move({ kind: "step", level: "line", direction: -1 })).cursor).toBeLessThanOrEqual(512);
    });

    it("opens at a step of a link, where that step was", async () => {
      const { session } = await connect();
      const opened = await session.open(toy("300"), { budget: 100_000, cursor: null });
      if (opened.type !== "opened") throw new Error("rejected");
      for (const cursor of [0, 1, 2, 341, 342, opened.summary.last]) {
        const { place } = await session.ask({ ask: "place", cursor });
        const again = await session.open(toy("300"), { budget: 100_000, cursor: place });
        expect(again).toMatchObject({ type: "opened", position: { cursor } });
      }
    });

    it("forgets the program before when another is opened, and keeps it when the new one is rejected", async () => {
      const { worker, session } = await connect();
      await session.open(toy("800"), { budget: 100_000, cursor: null });
      await session.open(toy("20"), { budget: 100_000, cursor: 9 });
      expect(frames(session.memory).equals(frames(worker.memory))).toBe(true);
      expect((await session.open(toy("broken"), { budget: 1, cursor: null })).type).toBe("rejected");
      expect((await session.seek(10)).cursor).toBe(10);
    });

    it("answers questions", async () => {
      const { session } = await connect();
      const opened = await session.open(toy("100"), { budget: 100_000, cursor: null });
      if (opened.type !== "opened") throw new Error("rejected");
      const { slice } = await session.ask({ ask: "slice", from: 3, to: 8 });
      expect([slice.from, slice.to, slice.bytes.length, slice.addrs.length]).toEqual([3, 8, 5 * 24, 5]);
      expect((await session.ask(maps)).lines).toEqual(["maps"]);
      expect((await session.ask({ ask: "appendStatement", source: "a;", statement: "b;" })).source).toBe("a;b;");
    });

    it("stops a run when cancelled and goes on when extended", async () => {
      const { session } = await connect();
      let progress = 0;
      const running = session.open(toy("60000"), { budget: 10_000_000, cursor: null, onProgress: () => void progress++ });
      await new Promise((resolve) => setTimeout(resolve, 20));
      session.cancel();
      const opened = await running;
      if (opened.type !== "opened") throw new Error("rejected");
      expect(opened.summary.status).toBe("cancelled");
      const extended = await session.extend(10_000_000, () => void progress++);
      if (extended.type !== "opened") throw new Error("rejected");
      expect(extended.summary.status).toBe("exited");
      expect(extended.position.cursor).toBe(opened.position.cursor);
      expect(progress).toBeGreaterThan(0);
    });

    it("goes on after a failed request", async () => {
      const { session } = await connect();
      await expect(session.seek(3)).rejects.toThrow("no scenario is open");
      expect((await session.open(toy("5"), { budget: 100, cursor: null })).type).toBe("opened");
    });
  });
}

describe("a session whose worker dies", () => {
  it("tells so once and fails every request", async () => {
    const worker = toyWorker(false);
    const session = await createSession({ createWorker: () => worker });
    const reasons: string[] = [];
    session.onDeath((reason) => reasons.push(reason));
    worker.silent = true;
    const asked = session.ask(maps);
    worker.dispatchEvent(Object.assign(new Event("error"), { message: "out of memory" }));
    await expect(asked).rejects.toBeInstanceOf(SessionClosed);
    await expect(session.seek(1)).rejects.toThrow("out of memory");
    expect(reasons).toEqual(["out of memory"]);
    expect(worker.terminated).toBe(true);
  });

  it("is recognised when it hangs on a request, but never while a run is under way", async () => {
    const worker = toyWorker(false);
    const session = await createSession({ createWorker: () => worker, hangMs: 40 });
    const reasons: string[] = [];
    session.onDeath((reason) => reasons.push(reason));
    worker.silent = true;
    const running = session.open(toy("5"), { budget: 100, cursor: null });
    running.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(reasons).toEqual([]);
    const second = toyWorker(false);
    const other = await createSession({ createWorker: () => second, hangMs: 40 });
    second.silent = true;
    await expect(other.ask(maps)).rejects.toBeInstanceOf(SessionClosed);
  });
});
