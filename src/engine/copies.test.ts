import { createHash } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { control } from "../abi/control";
import { RECORD_BYTES } from "../abi/journal";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { freshMachine, measure, standardRounds } from "../headless/bench";
import { loadEngine } from "../headless/engine-module";
import type { Machine } from "../machine/machine";

let module: WebAssembly.Module;
let machine: Machine | undefined;
beforeAll(async () => {
  module = await loadEngine();
});

const rounds = standardRounds(20_000, 2);
/** Of the heap: more than the rounds touch. */
const HEAP_PAGES = 4096;

/** What a replay leaves: the heap's bytes and the journal. `copied`: by a copy of the allocator, or by the one that serves every release. */
function replayed(tracing: number, copied: boolean): { readonly heap: string; readonly records: number; readonly journal: string } {
  const m = freshMachine(module, machine);
  machine = m;
  const view = new DataView(m.memory.buffer, machineMemory.control);
  expect(view.getUint32(control.usual, true), "the benchmark's glibc is the one that was copied for").toBe(1);
  if (!copied) view.setUint32(control.usual, 0, true);
  measure(m, rounds, tracing);
  const records = view.getUint32(control.journalCursor, true);
  const digest = (from: number, bytes: number): string =>
    createHash("sha1")
      .update(m.bytes.slice(from, from + bytes))
      .digest("hex");
  return {
    heap: digest(machineMemory.frames, HEAP_PAGES * PAGE_SIZE),
    records,
    journal: digest(machineMemory.journal, records * RECORD_BYTES),
  };
}

it.each([
  ["nothing", 0],
  ["writes", 1],
])("a copy for the usual glibc does and records what the allocator does and records: %s", (_, tracing) => {
  const copy = replayed(tracing, true);
  expect(copy).toEqual(replayed(tracing, false));
  expect(copy.records > 0).toBe(tracing !== 0);
});
