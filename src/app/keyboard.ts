/** The keyboard map. One table; the help dialog shows the same keys. Typing in a field never triggers it. */
import { useEffect } from "react";
import { type StepLevel, stepLevels } from "../scenario";
import {
  type PageActions,
  panelIds,
  type PlaySpeed,
  playSpeeds,
  type UiState,
  type UiStore,
  useActions,
  useUiStore,
  versionsDialog,
} from "../store";

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && target.type !== "checkbox" && target.type !== "radio")
  );
}

function nextLevel(level: StepLevel, by: 1 | -1): StepLevel {
  return stepLevels[Math.max(0, Math.min(stepLevels.length - 1, stepLevels.indexOf(level) + by))] ?? level;
}

function nextSpeed(speed: PlaySpeed, by: 1 | -1): PlaySpeed {
  return playSpeeds[Math.max(0, Math.min(playSpeeds.length - 1, playSpeeds.indexOf(speed) + by))] ?? speed;
}

/** Previous or next call that concerns the selected chunk. */
function chunkEvent(state: UiState, direction: 1 | -1): number | null {
  const { run, position, selection } = state;
  if (run === null || position === null || selection === null) return null;
  const user = selection + 2 * run.summary.process.wordBytes;
  const mine = run.summary.operations.filter((operation) => operation.result === user || operation.args[0] === user);
  const found =
    direction > 0
      ? mine.find((operation) => operation.begin + 1 > position.cursor)
      : mine.findLast((operation) => operation.begin + 1 < position.cursor);
  return found?.index ?? null;
}

function escape(state: UiState, actions: PageActions): void {
  if (state.blank) actions.toggleBlank();
  else if (state.dialog !== null) actions.openDialog(null);
  else if (state.callBar) actions.setCallBar(false);
  else if (state.editing) actions.setEditing(false);
  else if (state.maximised !== null) actions.focusPanel(state.maximised);
  else if (state.presenter) actions.setPresenter(false);
  else if (state.pinned !== null) actions.pin(null);
  else {
    actions.select(null);
    actions.selectMapping(null);
  }
}

/** Moves under way above which a held key waits. */
const HELD_LIMIT = 2;

/** True when the key meant something. */
export function handleKey(event: KeyboardEvent, state: UiState, actions: PageActions): boolean {
  const { key, shiftKey, altKey } = event;
  if (event.ctrlKey || event.metaKey) {
    if (key === "k" || key === "K") actions.openDialog(state.dialog === "palette" ? null : "palette");
    else if (key === "`") actions.setCallBar(!state.callBar);
    else if (key === "Enter") void actions.run();
    else return false;
    return true;
  }
  if (key === "Escape") {
    escape(state, actions);
    return true;
  }
  if (state.dialog !== null || inField(event.target)) return false;
  // A held key asks for more steps than can be shown: those that would only queue up are dropped.
  if (event.repeat && state.moving > HELD_LIMIT) return /^(?:Arrow|Page)/.test(key) && !altKey;
  // Grids and sliders of our own use arrow keys for themselves when Alt is not held; time keys still work everywhere else.
  switch (key) {
    case "ArrowRight":
    case "PageDown":
      if (shiftKey) actions.stepOperation(1);
      else actions.step(1);
      return true;
    case "ArrowLeft":
    case "PageUp":
      if (shiftKey) actions.stepOperation(-1);
      else actions.step(-1);
      return true;
    case "ArrowUp":
    case "ArrowDown":
      if (!altKey) return false;
      actions.setLevel(nextLevel(state.level, key === "ArrowUp" ? -1 : 1));
      return true;
    case "Home":
      actions.toStart();
      return true;
    case "End":
      actions.toEnd();
      return true;
    case " ":
      if (event.target instanceof HTMLButtonElement) return false;
      actions.togglePlay();
      return true;
    case "<":
    case ">":
      actions.setSpeed(nextSpeed(state.speed, key === ">" ? 1 : -1));
      return true;
    case "[":
    case "]": {
      const operation = chunkEvent(state, key === "]" ? 1 : -1);
      if (operation !== null) actions.seekOperation(operation);
      return true;
    }
    case "/":
    case "g":
      actions.openDialog("palette");
      return true;
    case "m":
      actions.toggleBookmark();
      return true;
    case "d":
      actions.openDialog("since");
      return true;
    case "v":
      actions.openDialog(versionsDialog(state));
      return true;
    case "o":
      actions.nextProcess();
      return true;
    case "j":
      void actions.jumpToCulprit();
      return true;
    case "b":
    case "B":
      if (state.presenter && key === "b") actions.toggleBlank();
      else actions.runToBreakpoint(shiftKey ? -1 : 1);
      return true;
    case ".":
      if (!state.presenter) return false;
      actions.toggleBlank();
      return true;
    case "p":
      actions.setPresenter(!state.presenter);
      return true;
    case "e":
      actions.setEditing(true);
      return true;
    case "f":
      actions.freeSelected();
      return true;
    case "?":
      actions.openDialog("help");
      return true;
    case "Backspace":
      actions.back();
      return true;
    default: {
      const panel = /^[1-9]$/.test(key) ? panelIds[Number(key) - 1] : undefined;
      if (panel === undefined) return false;
      actions.focusPanel(panel);
      return true;
    }
  }
}

export function useKeyboard(): void {
  const store: UiStore = useUiStore();
  const actions = useActions();
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!event.defaultPrevented && handleKey(event, store.getState(), actions)) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [store, actions]);
}
