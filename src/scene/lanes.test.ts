import fc from "fast-check";
import { expect, it } from "vitest";
import { threadState } from "../abi/threads";
import { lanesScene } from "./lanes";

/** Statements at 10, 20, …; a list of [thread, state] every five records. */
const track = (events: readonly (readonly [number, number])[]) => ({
  at: Uint32Array.from(events, (_, i) => 5 + i * 5),
  thread: Uint32Array.from(events, ([thread]) => thread),
  state: Uint32Array.from(events, ([, state]) => state),
});
const statements = Uint32Array.from({ length: 40 }, (_, i) => 10 * (i + 1));
const run = { first: 0, last: 400 };
const view = { x: 100, width: 400 };

it("at every instant exactly one thread runs, and no slice leaves the view", () => {
  const event = fc.tuple(fc.nat(4), fc.constantFrom(...Object.values(threadState)));
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const { lanes } = lanesScene(track(events), statements, [], run, view);
      const slices = lanes.flatMap((lane) => lane.slices).toSorted((a, b) => a.from - b.from);
      expect(slices).toHaveLength(1 + events.filter(([, state]) => state === threadState.none).length);
      expect(slices[0]?.from).toBe(0);
      for (const slice of slices) expect(slice.x).toBeGreaterThanOrEqual(view.x);
      slices.slice(1).forEach((slice, i) => expect(slice.x).toBeGreaterThanOrEqual(slices[i]?.x ?? 0));
    }),
  );
});

it("a wait lasts until the thread is ready again; calls stand in their thread's slice", () => {
  const events = [
    [1, threadState.ready],
    [1, threadState.none],
    [1, threadState.locking],
    [0, threadState.none],
    [1, threadState.ready],
  ] as const;
  const call = { index: 0, begin: 12, thread: 1, api: "free", path: "tcache" };
  const { lanes, xOf } = lanesScene(track(events), statements, [call], run, view);
  const [main, other] = lanes;
  expect(main?.slices.map(({ from }) => from)).toEqual([0, 20]);
  expect(other?.slices.flatMap(({ ticks }) => ticks)).toEqual([{ x: xOf(12), operation: 0, path: "tcache", gives: true }]);
  expect(other?.waits).toEqual([{ x: xOf(15), width: expect.any(Number), state: "locking" }]);
  expect((other?.waits[0]?.x ?? 0) + (other?.waits[0]?.width ?? 0)).toBeLessThanOrEqual(xOf(25) + 3);
});
