import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Move } from "../../protocol/messages";
import { stepLevels } from "../../scenario/scenario";
import { control } from "../../abi/control";
import { machineMemory } from "../../abi/machine-memory";
import { depthAt, destination, nextStop, positionAt, snapDown } from "./moves";
import { Timeline } from "./timeline";
import { type ToyProgram, toyMachine, toyMemory } from "./testing/toy-machine";

const memories = [toyMemory(), toyMemory()] as const;
const BIG_RING = 1 << 18;

const program = fc.record({
  seed: fc.nat(),
  statements: fc.integer({ min: 0, max: 900 }),
  capacity: fc.constant(BIG_RING),
  ending: fc.constantFrom("exit" as const, "abort" as const, "endless" as const),
});
const smallRing = fc.record({
  capacity: fc.integer({ min: 600, max: 2000 }),
  checkpointRecords: fc.integer({ min: 50, max: 700 }),
  checkpointBytes: fc.constantFrom(1 << 16, 1 << 30),
});

/** Runs to the end; toy calls that never end are cut off by a budget that all timelines share. */
function run(timeline: Timeline, slice = 1_000_000): Timeline {
  timeline.setBudget(100_000);
  while (timeline.slice(slice) === null);
  return timeline;
}

/** State that must be equal at equal cursors: the process's bytes and the journalled part of the control block. */
function stateOf(memory: Uint8Array): string {
  const words = (from: number, to: number) => Buffer.from(memory.buffer, memory.byteOffset + from, to - from);
  const stopState = words(machineMemory.control + control.stop, machineMemory.control + control.resultHi);
  const c = words(machineMemory.control + control.cFrame, machineMemory.control + control.cStatement + 8);
  let hash = 0;
  for (const part of [stopState, c, words(machineMemory.frames, memory.byteLength)]) {
    for (let i = 0; i < part.length; i += 4) hash = Math.imul(hash ^ part.readUInt32LE(i), 0x9e37_79b1) ^ (hash >>> 15);
  }
  return `${hash}`;
}

const whole = { checkpointRecords: 1 << 30, checkpointBytes: 1 << 30 };
const cursorIn = (timeline: Timeline, share: number) => timeline.first + Math.floor(share * (timeline.last - timeline.first + 1));
const shares = fc.array(fc.double({ min: 0, max: 0.999_999, noNaN: true }), { minLength: 1, maxLength: 12 });

describe("a run", () => {
  it("has the same records, index and end however it is cut into slices and checkpoints", () => {
    fc.assert(
      fc.property(program, smallRing, fc.integer({ min: 1, max: 300 }), (toy, ring, slice) => {
        const a = run(new Timeline(toyMachine(toy, memories[0]), whole));
        const b = run(new Timeline(toyMachine({ ...toy, capacity: ring.capacity }, memories[1]), ring), slice);
        expect(b.status).toBe(a.status);
        // A call that never ends outgrows the small ring; its records are those of the end only.
        if (a.status !== "budget") expect(stateOf(memories[1])).toBe(stateOf(memories[0]));
        expect([b.first, b.last]).toEqual([a.first, a.last]);
        expect(b.index.operations).toEqual(a.index.operations);
        expect(b.index.output).toEqual(a.index.output);
        expect(b.index.statements()).toEqual(a.index.statements());
        if (a.status !== "budget") expect(b.index.bracketAt.toArray()).toEqual(a.index.bracketAt.toArray());
      }),
      { numRuns: 40 },
    );
  });

  it("shows at every cursor what undoing the whole journal shows, though its ring is small", () => {
    fc.assert(
      fc.property(program, smallRing, shares, (toy, ring, where) => {
        fc.pre(toy.ending !== "endless");
        const a = run(new Timeline(toyMachine(toy, memories[0]), whole));
        const b = run(new Timeline(toyMachine({ ...toy, capacity: ring.capacity }, memories[1]), ring));
        for (const share of where) {
          const cursor = cursorIn(a, share);
          expect(a.seek(cursor)).toBe(cursor);
          expect(b.seek(cursor)).toBe(cursor);
          expect(stateOf(memories[1])).toBe(stateOf(memories[0]));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("seeks without memory of where it was: seek(a); seek(b) = seek(b)", () => {
    fc.assert(
      fc.property(program, smallRing, shares, (toy, ring, where) => {
        fc.pre(toy.ending !== "endless");
        const timeline = run(new Timeline(toyMachine({ ...toy, capacity: ring.capacity }, memories[0]), ring));
        const seen = new Map<number, string>();
        for (const share of [...where, ...where.toReversed()]) {
          const cursor = cursorIn(timeline, share);
          timeline.seek(cursor);
          expect(stateOf(memories[0])).toBe(seen.get(cursor) ?? stateOf(memories[0]));
          seen.set(cursor, stateOf(memories[0]));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("goes on where its budget ended, as if it had never stopped", () => {
    fc.assert(
      fc.property(
        program,
        smallRing,
        fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 5 }),
        shares,
        (toy, ring, budgets, where) => {
          const a = run(new Timeline(toyMachine(toy, memories[0]), whole));
          const b = new Timeline(toyMachine({ ...toy, capacity: ring.capacity }, memories[1]), ring);
          for (const budget of budgets.toSorted((x, y) => x - y)) {
            b.setBudget(budget);
            while (b.slice(100) === null);
            for (const share of where) b.seek(cursorIn(b, share));
          }
          run(b);
          expect(b.status).toBe(a.status);
          expect(b.last).toBe(a.last);
          expect(b.index.operations).toEqual(a.index.operations);
          expect(b.index.statements()).toEqual(a.index.statements());
          expect(b.index.output).toEqual(a.index.output);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("goes on after it was cut off inside a call, from before that call's statement", () => {
    const toy: ToyProgram = { seed: 5, statements: 2000, capacity: BIG_RING, ending: "endless" };
    const timeline = run(new Timeline(toyMachine(toy, memories[0]), { checkpointRecords: 200, checkpointBytes: 1 << 30 }));
    expect(timeline.status).toBe("budget");
    expect(timeline.index.operations.at(-1)?.finished).toBe(false);
    const [last, operations] = [timeline.last, timeline.index.operations.length];
    timeline.setBudget(150_000);
    while (timeline.slice(1000) === null);
    expect(timeline.status).toBe("budget");
    expect(timeline.last).toBe(last + 50_000);
    expect(timeline.index.operations.length).toBe(operations);
  });

  it("stops when it is cancelled and can go on", () => {
    const toy: ToyProgram = { seed: 9, statements: 3000, capacity: BIG_RING, ending: "exit" };
    const a = run(new Timeline(toyMachine(toy, memories[0]), whole));
    const b = new Timeline(toyMachine(toy, memories[1]), whole);
    b.setBudget(100_000);
    expect(b.slice(500)).toBe(null);
    b.cancel();
    expect(b.slice(500)).toBe("cancelled");
    run(b);
    expect(b.status).toBe("exited");
    expect(b.last).toBe(a.last);
    expect(b.index.operations).toEqual(a.index.operations);
  });

  it("keeps the memory of checkpoints bounded", () => {
    const toy: ToyProgram = { seed: 3, statements: 20_000, capacity: 2000, ending: "exit" };
    const limit = 40 * 4096;
    const timeline = run(new Timeline(toyMachine(toy, memories[0]), { checkpointRecords: 100, checkpointBytes: limit }));
    const { bytes, times } = timeline.checkpointUse();
    expect(bytes).toBeLessThan(4 * limit);
    expect(times.length).toBeLessThan(20);
    expect(timeline.seek(1234)).toBe(1234);
  });
});

const level = fc.constantFrom(...stepLevels);

describe("a move", () => {
  it("forwards and the same back return to the same stop", () => {
    fc.assert(
      fc.property(program, smallRing, level, shares, (toy, ring, at, where) => {
        fc.pre(toy.ending !== "endless");
        const timeline = run(new Timeline(toyMachine({ ...toy, capacity: ring.capacity }, memories[0]), ring));
        for (const share of where) {
          const stop = snapDown(timeline, cursorIn(timeline, share), at);
          const next = nextStop(timeline, stop, at, 1);
          if (stop < timeline.last) expect(next).toBeGreaterThan(stop);
          if (next > stop) expect(nextStop(timeline, next, at, -1)).toBe(stop);
          const before = nextStop(timeline, stop, at, -1);
          if (stop > timeline.first) expect(before).toBeLessThan(stop);
          if (before < stop) expect(nextStop(timeline, before, at, 1)).toBe(stop);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("visits at a finer level every stop of a coarser one", () => {
    fc.assert(
      fc.property(program, (toy) => {
        fc.pre(toy.ending !== "endless" && toy.statements < 200);
        const timeline = run(new Timeline(toyMachine(toy, memories[0]), whole));
        const stops = stepLevels.map((at) => {
          const found = new Set([timeline.first]);
          for (let cursor = timeline.first; cursor < timeline.last; ) found.add((cursor = nextStop(timeline, cursor, at, 1)));
          return found;
        });
        stops.forEach((coarse, index) => {
          const fine = stops[index + 1];
          if (fine !== undefined) for (const stop of coarse) expect(fine.has(stop)).toBe(true);
        });
      }),
      { numRuns: 20 },
    );
  });

  it("over never stops inside a call that was not open, and out leaves exactly one", () => {
    fc.assert(
      fc.property(program, level, shares, (toy, at, where) => {
        fc.pre(toy.ending === "exit");
        const timeline = run(new Timeline(toyMachine(toy, memories[0]), whole));
        for (const share of where) {
          const cursor = snapDown(timeline, cursorIn(timeline, share), at);
          const depth = depthAt(timeline.index, cursor);
          for (const direction of [1, -1] as const) {
            const over = destination(timeline, cursor, { kind: "over", level: at, direction });
            if (over !== timeline.first && over !== timeline.last)
              expect(depthAt(timeline.index, over)).toBeLessThanOrEqual(depth);
            // Nothing at the cursor's depth or above lies between.
            for (let c = nextStop(timeline, cursor, at, direction); c !== over; c = nextStop(timeline, c, at, direction)) {
              expect(depthAt(timeline.index, c)).toBeGreaterThan(depth);
            }
            const out = destination(timeline, cursor, { kind: "out", level: at, direction });
            if (out !== timeline.first && out !== timeline.last) expect(depthAt(timeline.index, out)).toBe(depth - 1);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("by operation visits the end of every call, in both directions", () => {
    fc.assert(
      fc.property(program, (toy) => {
        fc.pre(toy.ending !== "endless");
        const timeline = run(new Timeline(toyMachine(toy, memories[0]), whole));
        const expected = timeline.index.operations.map(({ end }) => end);
        const walk = (from: number, direction: 1 | -1): number[] => {
          const move: Move = { kind: "operation", level: "line", direction };
          const visited: number[] = [];
          for (let c = from; ; ) {
            const next = destination(timeline, c, move);
            if (next === c) break;
            visited.push((c = next));
          }
          return visited;
        };
        expect(walk(timeline.first, 1).filter((c) => expected.includes(c))).toEqual([...new Set(expected)]);
        expect(walk(timeline.last + 0, -1).filter((c) => expected.includes(c) && c !== timeline.last)).toEqual(
          [...new Set(expected)].filter((c) => c !== timeline.last).toReversed(),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("says which records the last step did, whichever way the cursor came", () => {
    const timeline = run(
      new Timeline(toyMachine({ seed: 7, statements: 300, capacity: BIG_RING, ending: "exit" }, memories[0]), whole),
    );
    const step: Move = { kind: "step", level: "line", direction: 1 };
    const there = destination(timeline, destination(timeline, 40, step), step);
    const back = destination(timeline, destination(timeline, there, step), { ...step, direction: -1 });
    expect(back).toBe(there);
    expect(positionAt(timeline, back, { ...step, direction: -1 })).toEqual(positionAt(timeline, there, step));
    expect(positionAt(timeline, there, step).stepFrom).toBe(destination(timeline, there, { ...step, direction: -1 }));
  });
});
