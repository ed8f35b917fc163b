/** The worker: one machine, one dispatcher. */
import engineAmd64 from "../../build/engine/engine-amd64.wasm?url";
import engineI386 from "../../build/engine/engine-i386.wasm?url";
import { createScenarioHost } from "../machine/time/load";
import type { ToWorker } from "../protocol/messages";
import type { Scenario } from "../scenario/scenario";
import { compileEngine } from "./compile-engine";
import { createDispatcher } from "./dispatcher";

type Abi = Scenario["machine"]["abi"];

const urls = { amd64: engineAmd64, i386: engineI386 };
const compiling: Partial<Record<Abi, Promise<WebAssembly.Module>>> = {};
const engines: Partial<Record<Abi, WebAssembly.Module>> = {};

/** Fetches the engine of a width once; what failed is tried again. */
async function prepare(abi: Abi): Promise<void> {
  try {
    compiling[abi] ??= compileEngine(urls[abi]);
    engines[abi] = await compiling[abi];
  } catch (error) {
    delete compiling[abi];
    throw error;
  }
}

function engineFor(abi: Abi): WebAssembly.Module {
  const engine = engines[abi];
  if (engine === undefined) throw new Error(`the engine for ${abi} has not been fetched`);
  return engine;
}

// Compiling what most programs need starts while the page is still setting up.
prepare("amd64").catch(() => undefined);

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.addEventListener("message", () => waiting.shift()?.());
channel.port1.start();

const dispatcher = createDispatcher({
  createHost: () => createScenarioHost(engineFor),
  prepare,
  openTlb: async () => (await import("./tlb-entry")).openTlb(),
  post: (message, transfer) => self.postMessage(message, { transfer }),
  turn: () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null, []);
    }),
  now: () => performance.now(),
});

self.addEventListener("message", (event: MessageEvent<ToWorker>) => dispatcher.receive(event.data));
