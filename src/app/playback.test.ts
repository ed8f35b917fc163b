import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createUiStore, type UiState } from "../store";
import { createPlayback, STEP_MS } from "./playback";

/** A run of `last` records of which every step takes one, at once. */
function player(last: number) {
  const store = createUiStore();
  const at = (cursor: number): Partial<UiState> => ({
    position: { cursor, statement: 0, operation: -1, lastOperation: -1, stepFrom: 0 },
  });
  const run = { id: 1, scenario: store.getState().scenario, warnings: [], summary: { first: 0, last } };
  // Only the ends of the run are asked for.
  store.setState({ run: run as unknown as UiState["run"], ...at(0) });
  const cursor = () => store.getState().position?.cursor ?? -1;
  const playback = createPlayback(store, {
    step: (by) => store.setState(at(cursor() + by)),
    toStart: () => store.setState(at(0)),
  });
  return { store, cursor, playback };
}

describe("playback", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("steps at its speed and stops at the end", () => {
    const { store, cursor, playback } = player(3);
    playback.togglePlay();
    vi.advanceTimersByTime(STEP_MS);
    expect(cursor()).toBe(1);
    playback.setSpeed(4);
    vi.advanceTimersByTime(STEP_MS);
    vi.advanceTimersByTime(STEP_MS);
    expect(cursor()).toBe(3);
    expect(store.getState().playing).toBe(false);
  });

  it("pauses, and begins again from the start when it stood at the end", () => {
    const { cursor, playback } = player(2);
    playback.togglePlay();
    vi.advanceTimersByTime(STEP_MS);
    playback.togglePlay();
    vi.advanceTimersByTime(10 * STEP_MS);
    expect(cursor()).toBe(1);
    playback.togglePlay();
    vi.advanceTimersByTime(10 * STEP_MS);
    expect(cursor()).toBe(2);
    playback.togglePlay();
    expect(cursor()).toBe(0);
  });

  it("waits for a step that is not on the screen yet instead of queueing more", () => {
    const { store, cursor, playback } = player(9);
    playback.togglePlay();
    store.setState({ moving: 1 });
    vi.advanceTimersByTime(5 * STEP_MS);
    expect(cursor()).toBe(0);
    store.setState({ moving: 0 });
    vi.advanceTimersByTime(STEP_MS);
    expect(cursor()).toBe(1);
  });

  it("stops when something else sets playing off", () => {
    const { store, cursor, playback } = player(9);
    playback.togglePlay();
    store.setState({ playing: false });
    vi.advanceTimersByTime(5 * STEP_MS);
    expect(cursor()).toBe(0);
  });
});
