/** The worker: one machine, one dispatcher. */
import engineUrl from "../../build/engine/engine-page.wasm?url";
import { createScenarioHost } from "../machine/time/load";
import type { ToWorker } from "../protocol/messages";
import { createDispatcher } from "./dispatcher";

/** Streaming needs the server to say `application/wasm`; not every static host does. */
async function compileEngine(): Promise<WebAssembly.Module> {
  const response = await fetch(engineUrl);
  if (!response.ok) throw new Error(`${engineUrl}: ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

// Compiling starts while the page is still setting up.
const engine = compileEngine();
engine.catch(() => undefined);

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.addEventListener("message", () => waiting.shift()?.());
channel.port1.start();

const dispatcher = createDispatcher({
  createHost: async () => createScenarioHost(await engine),
  post: (message, transfer) => self.postMessage(message, { transfer }),
  turn: () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null, []);
    }),
  now: () => performance.now(),
});

self.addEventListener("message", (event: MessageEvent<ToWorker>) => dispatcher.receive(event.data));
