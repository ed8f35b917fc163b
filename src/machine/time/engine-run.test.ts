import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { control } from "../../abi/control";
import { recordKind } from "../../abi/journal";
import { kernelRanges } from "../../abi/kernel";
import { machineMemory } from "../../abi/machine-memory";
import type { Target } from "../../clang/target";
import { defaultLayout } from "../layout";
import { createMachine, createMemory, type Machine } from "../machine";
import { engineTarget, silentTerminal } from "./engine-target";
import { pathOfMark } from "./mark-paths";
import { depthAt, nextStop } from "./moves";
import { lastWriter, sliceOf } from "./questions";
import { Timeline } from "./timeline";

const engineFile = new URL("../../../build/engine/engine.wasm", import.meta.url);
let module: WebAssembly.Module;
const memories = [createMemory(), createMemory()] as const;
const machines: (Machine | null)[] = [null, null];

beforeAll(async () => {
  expect(existsSync(engineFile), "build the engine first: npm run build:engine").toBe(true);
  module = await WebAssembly.compile(readFileSync(engineFile));
});

const SLOTS = 40;

/** A random program over the real allocator: its registers live in the C machine's memory, its pointers on the simulated stack. */
function randomRun(
  which: 0 | 1,
  seed: number,
  statements: number,
  options: { checkpointRecords: number; checkpointBytes: number },
  capacity?: number,
): { timeline: Timeline; machine: Machine } {
  const layout = defaultLayout("/a.out", { textBytes: 0, rodataBytes: 0, dataBytes: 0, bssBytes: 0 });
  const reuse = machines[which];
  const machine = createMachine({
    module,
    layout,
    glibc: "2.36",
    abi: "amd64",
    tcacheKey: 0x1234_5678_9abc_def1n,
    ...(reuse === null || reuse === undefined ? { memory: memories[which] } : { reuse }),
  });
  machines[which] = machine;
  const view = new DataView(machine.memory.buffer);
  if (capacity !== undefined) view.setUint32(machineMemory.control + control.journalCapacity, capacity, true);
  machine.setTracing(3);
  const register = (index: number) => machineMemory.cMachine + index * 4;
  const slot = (index: number) => layout.stackTop - 0x800 + index * 8;
  const bind = (target: Target) => {
    const step = () => {
      const done = view.getUint32(register(0), true);
      let dice = view.getUint32(register(1), true);
      const roll = (sides: number): number => {
        dice = (Math.imul(dice ^ seed, 0x9e37_79b1) + 0x7f4a_7c15) >>> 0;
        return (dice >>> 8) % sides;
      };
      if (done >= statements) return target.exit(7);
      target.spend(3);
      target.statement(done % 10, layout.stackTop - 0x400, layout.stackTop - 0x900);
      const index = roll(SLOTS);
      const held = target.load(slot(index), 8) >>> 0;
      const heldHi = target.resultHi();
      const size = roll(4) === 0 ? roll(300_000) : roll(1500);
      const keep = (block: number) => target.store(slot(index), 8, block % 2 ** 32, Math.floor(block / 2 ** 32));
      switch (roll(5)) {
        case 0:
          keep(target.realloc(held, heldHi, size + 1, 0));
          break;
        case 1:
          target.free(held, heldHi);
          keep(target.calloc(1, 0, size, 0));
          break;
        case 2:
          if (held !== 0)
            target.fill(heldHi * 2 ** 32 + held, roll(256), Math.min(size, target.malloc_usable_size(held, heldHi)));
          break;
        default:
          target.free(held, heldHi);
          keep(roll(3) === 0 ? 0 : target.malloc(size, 0));
      }
      view.setUint32(register(0), done + 1, true);
      view.setUint32(register(1), dice, true);
    };
    const run = () => {
      while (!target.stopped()) {
        try {
          step();
        } catch (error) {
          if (!target.stopped()) throw error;
        }
      }
    };
    return { run };
  };
  const timeline = new Timeline(
    {
      memory: machine.bytes,
      process: machine.process,
      debug: { functions: [], globals: [], statements: [] },
      target: engineTarget(machine, silentTerminal(new Uint8Array(0))),
      bind,
      seek: (record) => machine.engine.seek(record),
      restored: () => machine.engine.flush(0, 0),
      pathOfMark,
    },
    options,
  );
  timeline.setBudget(1_000_000_000);
  while (timeline.slice(5000) === null);
  return { timeline, machine };
}

/** Hash of everything that must be a function of the cursor: kernel structs, page descriptors, frames, journalled control words. */
function stateOf({ bytes, kernel }: Machine): number {
  let hash = 0;
  const mix = (from: number, to: number) => {
    const words = new Uint32Array(bytes.buffer, from, (to - from) / 4);
    for (let i = 0; i < words.length; i++) {
      const word = words[i] ?? 0;
      if (word !== 0) hash = Math.imul(hash ^ word ^ i, 0x9e37_79b1) ^ (hash >>> 15);
    }
  };
  mix(machineMemory.control + control.stop, machineMemory.control + control.resultHi);
  mix(machineMemory.control + control.pgd, machineMemory.control + control.pgd + 4);
  mix(machineMemory.control + control.cFrame, machineMemory.control + control.exitCode + 4);
  for (const [from, to] of kernelRanges(bytes)) mix(from, to);
  mix(machineMemory.frames, machineMemory.frames + kernel.used.window * 4096);
  mix(machineMemory.frames + 0x4000 * 4096, machineMemory.frames + kernel.used.pool * 4096);
  return hash;
}

const whole = { checkpointRecords: 1 << 30, checkpointBytes: 1 << 30 };
const seeds = fc.record({ seed: fc.nat(), statements: fc.integer({ min: 50, max: 500 }) });

describe("time travel over the real allocator and kernel", () => {
  it("a small ring with checkpoints shows at every cursor what the whole journal shows", () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 60_000, max: 120_000 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 8 }),
        ({ seed, statements }, capacity, shares) => {
          const a = randomRun(0, seed, statements, whole);
          const b = randomRun(1, seed, statements, { checkpointRecords: 9000, checkpointBytes: 1 << 24 }, capacity);
          expect(b.timeline.status).toBe("exited");
          expect(b.timeline.last).toBe(a.timeline.last);
          expect(b.timeline.index.operations).toEqual(a.timeline.index.operations);
          expect(b.timeline.index.ledger()).toEqual(a.timeline.index.ledger());
          for (const share of shares) {
            const cursor = Math.floor(a.timeline.first + share * (a.timeline.last - a.timeline.first));
            expect(a.timeline.seek(cursor)).toBe(cursor);
            expect(b.timeline.seek(cursor)).toBe(cursor);
            expect(stateOf(b.machine)).toBe(stateOf(a.machine));
          }
        },
      ),
      { numRuns: 8 },
    );
  });

  it("undoing everything and doing it again is the identity on every byte", () => {
    fc.assert(
      fc.property(seeds, ({ seed, statements }) => {
        const { timeline, machine } = randomRun(0, seed, statements, whole);
        const end = stateOf(machine);
        timeline.seek(timeline.first);
        const start = stateOf(machine);
        expect(timeline.seek(timeline.last)).toBe(timeline.last);
        expect(stateOf(machine)).toBe(end);
        timeline.seek(timeline.first);
        expect(stateOf(machine)).toBe(start);
      }),
      { numRuns: 8 },
    );
  });

  it("knows what every call did and leaves no bracket open", () => {
    const { timeline } = randomRun(0, 42, 400, whole);
    const { operations } = timeline.index;
    expect(operations.length).toBeGreaterThan(300);
    expect(operations.every((operation) => operation.finished && operation.end > operation.begin)).toBe(true);
    expect(depthAt(timeline.index, timeline.last)).toBe(0);
    const paths = new Set(operations.map(({ path }) => path));
    for (const path of ["tcache", "top", "unsorted", "mmap"] as const) expect(paths.has(path), path).toBe(true);
    for (const operation of operations) {
      const { slice, ids } = { slice: sliceOf(timeline, operation.begin, operation.begin + 1), ids: operation.api };
      expect(slice.bytes[0], ids).toBe(recordKind.opBegin);
      expect(timeline.journal.kind(operation.end - 1)).toBe(recordKind.opEnd);
    }
  });

  it("finds the last writer of a header wherever the cursor stands", () => {
    const { timeline } = randomRun(0, 7, 300, { checkpointRecords: 4000, checkpointBytes: 1 << 26 }, 50_000);
    const blocks = timeline.index.operations.filter(({ api, result }) => api === "malloc" && result !== 0).slice(0, 30);
    for (const { result, end } of blocks) {
      const before = end;
      timeline.seek(Math.floor(timeline.last / 2));
      const at = lastWriter(timeline, result - 8, before);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThan(before);
      const { bytes, addrs } = sliceOf(timeline, at, at + 1);
      expect(bytes[0]).toBe(recordKind.write);
      expect(Math.abs((addrs[0] ?? 0) - (result - 8))).toBeLessThan(8);
    }
  });

  it("steps through a call on every level", () => {
    const { timeline } = randomRun(0, 1, 60, whole);
    const { begin, end } = timeline.index.operations.find(({ api }) => api === "malloc") ?? { begin: 0, end: 0 };
    const count = (level: "phase" | "line" | "write") => {
      let stops = 0;
      for (let cursor = begin + 1; cursor < end; cursor = nextStop(timeline, cursor, level, 1)) stops++;
      return stops;
    };
    expect(count("phase")).toBeGreaterThan(3);
    expect(count("line")).toBeGreaterThan(count("phase"));
    expect(count("write")).toBeGreaterThan(count("line"));
  });
});
