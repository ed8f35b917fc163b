/** Time travel through random C programs, whatever their end. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { kernelCallNames } from "../../abi/api";
import { control } from "../../abi/control";
import { recordKind } from "../../abi/journal";
import { kernelRanges } from "../../abi/kernel";
import { kernelMarkById } from "../../abi/kernel-marks";
import { kernelReleases } from "../../abi/linux";
import { HEAP_WINDOW_SLOTS, machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { threadTable } from "../../abi/threads";
import type { MachineSettings } from "../../scenario/scenario";
import type { Machine } from "../machine";
import { type Ending, endings, kernelProgram } from "./testing/kernel-program";
import { runProgram, type Which, whole } from "./testing/run-program";
import type { Timeline, TimelineOptions } from "./timeline";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await WebAssembly.compile(readFileSync(new URL("../../../build/engine/engine.wasm", import.meta.url)));
});

/** Little RAM, so that it can run out. */
const run = (which: Which, text: string, settings: Partial<MachineSettings>, options: TimelineOptions, capacity?: number) =>
  runProgram(module, which, text, { ramMiB: 16, ...settings }, options, capacity);

/** Everything that must be a function of the cursor, of whichever of the two runs used more of it. */
function stateOf({ bytes }: Machine): number {
  const words = new Uint32Array(bytes.buffer);
  let hash = 0;
  const mix = (from: number, to: number): void => {
    for (let at = from >>> 2; at < to >>> 2; at++) {
      const word = words[at] ?? 0;
      if (word !== 0) hash = Math.imul(hash ^ word ^ at, 0x9e37_79b1) ^ (hash >>> 15);
    }
  };
  mix(machineMemory.control + control.stop, machineMemory.control + control.resultHi);
  mix(machineMemory.control + control.cFrame, machineMemory.control + control.threadArena + 16);
  mix(machineMemory.control + control.process, machineMemory.control + control.threadProcess + threadTable.rows * 4);
  mix(threadTable.at, threadTable.at + threadTable.rows * threadTable.stride);
  for (const [from, to] of kernelRanges(bytes)) mix(from, to);
  const slots = machineMemory.frames;
  mix(slots, slots + 0x1000 * PAGE_SIZE);
  mix(slots + HEAP_WINDOW_SLOTS * PAGE_SIZE, slots + (HEAP_WINDOW_SLOTS + 0x1000) * PAGE_SIZE);
  return hash;
}

const statuses: Readonly<Record<Ending, string>> = {
  exit: "exited",
  guard: "signal",
  stack: "signal",
  killed: "outOfMemory",
  wild: "signal",
  crowded: "outOfMemory",
};
const names = Object.keys(endings).filter((name): name is Ending => name in endings);
const runs = Number(process.env["HEAPGLASS_LAW_RUNS"] ?? 1);

/** Calls of the kernel come one after the other, each with what it came to; only one that the process died in may say nothing of its end. */
function checkKernelTrack({ index, journal, last }: Timeline): void {
  const { at, end, call, cause } = index.kernel();
  expect(at.length).toBeGreaterThan(10);
  for (let i = 0; i < at.length; i++) {
    const [begin = 0, until = 0] = [at[i], end[i]];
    expect(until).toBeGreaterThan(begin);
    expect(until).toBeLessThanOrEqual(at[i + 1] ?? last);
    expect(journal.kind(begin)).toBe(recordKind.syscallBegin);
    expect(journal.kind(until - 1)).toBe(recordKind.syscallEnd);
    if (call[i] === kernelCallNames.indexOf("page_fault")) expect(kernelMarkById(cause[i] ?? 0)?.level).toBe("phase");
  }
}

describe.each(names)("time travel through a program that drives the kernel, ending: %s", (ending) => {
  const plan = fc.record({
    seed: fc.nat(100_000),
    rounds: fc.integer({ min: 20, max: 60 }),
    kernel: fc.constantFrom(...kernelReleases),
    abi: fc.constantFrom("amd64" as const, "amd64" as const, "i386" as const),
    capacity: fc.integer({ min: 60_000, max: 150_000 }),
    where: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 3 }),
  });

  it("a cursor shows the same from either side, from the whole journal, and run again from a checkpoint", () => {
    fc.assert(
      fc.property(plan, ({ seed, rounds, kernel, abi, capacity, where }) => {
        const text = kernelProgram(seed, rounds, ending);
        const few = ending === "crowded";
        const a = run(few ? 2 : 0, text, { kernel, abi }, whole);
        const b = run(few ? 3 : 1, text, { kernel, abi }, { checkpointRecords: 40_000, checkpointBytes: 1 << 26 }, capacity);
        expect([a.timeline.status, b.timeline.status]).toEqual([statuses[ending], statuses[ending]]);
        expect([b.timeline.first, b.timeline.last]).toEqual([a.timeline.first, a.timeline.last]);
        const { first, last } = a.timeline;
        expect(b.timeline.index.kernel()).toEqual(a.timeline.index.kernel());
        checkKernelTrack(a.timeline);
        const end = stateOf(a.machine);
        expect(stateOf(b.machine)).toBe(end);
        const cursors = [last - 1, first, ...where.map((share) => Math.floor(first + share * (last - first))), last];
        for (const cursor of cursors) {
          expect([a.timeline.seek(cursor), b.timeline.seek(cursor)]).toEqual([cursor, cursor]);
          expect(stateOf(b.machine), `${cursor} of ${first} … ${last}`).toBe(stateOf(a.machine));
        }
        expect(stateOf(a.machine)).toBe(end);
      }),
      { numRuns: runs },
    );
  });
});
