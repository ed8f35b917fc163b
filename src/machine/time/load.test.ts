import { expect, it } from "vitest";
import { control } from "../../abi/control";
import { machineMemory } from "../../abi/machine-memory";
import { loadEngine } from "../../headless/engine-module";
import { builtinScenario } from "../../scenario/builtin";
import { createScenarioHost } from "./load";

it("a program loads although somebody cancelled before anything ran", async () => {
  const engine = await loadEngine();
  const host = createScenarioHost(() => engine);
  new Int32Array(host.memory.buffer, machineMemory.control + control.cancel, 1)[0] = 1;
  expect(host.load(builtinScenario("tcache-seven")).ok).toBe(true);
}, 60_000);

it("nor does it matter when somebody cancels while it is being loaded", async () => {
  const engine = await loadEngine();
  let cancelled = 0;
  const host = createScenarioHost(() => {
    new Int32Array(host.memory.buffer, machineMemory.control + control.cancel, 1)[0] = 1;
    cancelled++;
    return engine;
  });
  expect(host.load(builtinScenario("tcache-seven")).ok).toBe(true);
  expect(cancelled).toBe(1);
}, 60_000);
