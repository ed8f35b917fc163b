/** Steps by the clock. Slow machines fall behind rather than queue: the next step waits until the one before is on the screen. */
import type { PageActions, UiStore } from "../store";

/** Milliseconds a step at speed 1. */
export const STEP_MS = 600;

type Time = Pick<PageActions, "step" | "toStart">;

export function createPlayback(store: UiStore, time: Time): Pick<PageActions, "togglePlay" | "setSpeed"> {
  let timer: ReturnType<typeof setTimeout> | null = null;

  function atEnd(): boolean {
    const { run, position } = store.getState();
    return run === null || position === null || position.cursor >= run.summary.last;
  }

  function wait(): void {
    timer = setTimeout(tick, STEP_MS / store.getState().speed);
  }

  function tick(): void {
    timer = null;
    const { playing, moving } = store.getState();
    if (!playing) return;
    if (moving === 0) {
      if (atEnd()) {
        store.setState({ playing: false });
        return;
      }
      time.step(1);
    }
    wait();
  }

  return {
    togglePlay() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      const playing = !store.getState().playing;
      if (playing && atEnd()) time.toStart();
      store.setState({ playing });
      if (playing) wait();
    },
    setSpeed(speed) {
      store.setState({ speed });
    },
  };
}
