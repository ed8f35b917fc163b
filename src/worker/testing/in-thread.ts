/** Dispatcher and session in the test's own thread: the protocol is real, only the thread is not. */
import { readFileSync } from "node:fs";
import { vi } from "vitest";
import { createScenarioHost } from "../../machine/time/load";
import { createTlbRuns } from "../../machine/tlb/run";
import type { FromWorker, ToWorker } from "../../protocol/messages";
import { createSession, type Session } from "../../session/index";
import { createDispatcher } from "../dispatcher";

const engines = new Map<string, Promise<WebAssembly.Module>>();

function compiled(name: string): Promise<WebAssembly.Module> {
  const known = engines.get(name) ?? WebAssembly.compile(readFileSync(new URL(`../../../build/engine/${name}`, import.meta.url)));
  engines.set(name, known);
  return known;
}

/** A session over memory that is shared or copied. Undo with `vi.unstubAllGlobals()`. */
export async function connectInThread(shared: boolean): Promise<Session> {
  const module = await compiled("engine.wasm");
  vi.stubGlobal("crossOriginIsolated", shared);
  const dispatcher = createDispatcher({
    createHost: () => createScenarioHost(() => module),
    prepare: () => Promise.resolve(),
    openTlb: async () => createTlbRuns(await compiled("engine-counted.wasm")),
    post: (message, transfer) => {
      const data: FromWorker = structuredClone(message, { transfer });
      setTimeout(() => worker.dispatchEvent(new MessageEvent("message", { data })), 0);
    },
    turn: () => new Promise((resolve) => setTimeout(resolve, 0)),
    now: () => performance.now(),
  });
  const worker = Object.assign(new EventTarget(), {
    postMessage: (message: ToWorker) => {
      const data = structuredClone(message);
      setTimeout(() => dispatcher.receive(data), 0);
    },
    terminate: () => undefined,
  });
  return createSession({ createWorker: () => worker });
}
