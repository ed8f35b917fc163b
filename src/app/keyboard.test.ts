import { beforeEach, describe, expect, it, vi } from "vitest";
import { type PageActions, initialState, type UiState } from "../store";
import { handleKey } from "./keyboard";

/** Every action is a spy that remembers its arguments. */
function spies(): { readonly actions: PageActions; readonly calls: [string, ...unknown[]][] } {
  const calls: [string, ...unknown[]][] = [];
  const actions = new Proxy({} as PageActions, {
    get:
      (_, name) =>
      (...args: unknown[]) => {
        calls.push([String(name), ...args]);
        return Promise.resolve();
      },
  });
  return { actions, calls };
}

interface Press {
  readonly key: string;
  readonly shiftKey?: boolean;
  readonly altKey?: boolean;
  readonly ctrlKey?: boolean;
}

function press(event: Press, state: Partial<UiState> = {}): [string, ...unknown[]][] {
  const { actions, calls } = spies();
  const full = {
    shiftKey: false,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    target: null,
    ...event,
  } as unknown as KeyboardEvent;
  handleKey(full, { ...initialState, ...state }, actions);
  return calls;
}

describe("keyboard", () => {
  beforeEach(() => {
    for (const name of ["HTMLElement", "HTMLButtonElement", "HTMLInputElement", "HTMLTextAreaElement", "HTMLSelectElement"])
      vi.stubGlobal(name, function element() {});
    return () => vi.unstubAllGlobals();
  });

  it.each<[Press, [string, ...unknown[]]]>([
    [{ key: "ArrowRight" }, ["step", 1]],
    [{ key: "ArrowLeft" }, ["step", -1]],
    [{ key: "ArrowRight", shiftKey: true }, ["stepOperation", 1]],
    [{ key: "PageDown" }, ["step", 1]],
    [{ key: "Home" }, ["toStart"]],
    [{ key: "End" }, ["toEnd"]],
    [{ key: " " }, ["togglePlay"]],
    [{ key: "k", ctrlKey: true }, ["openDialog", "palette"]],
    [{ key: "?" }, ["openDialog", "help"]],
    [{ key: "e" }, ["setEditing", true]],
    [{ key: "4" }, ["focusPanel", "heap"]],
    [{ key: "d" }, ["openDialog", "since"]],
    [{ key: "o" }, ["nextProcess"]],
    [{ key: ">", shiftKey: true }, ["setSpeed", 2]],
    [{ key: "<", shiftKey: true }, ["setSpeed", 0.5]],
    [{ key: "Enter", ctrlKey: true }, ["run"]],
  ])("%j does %j", (event, call) => {
    expect(press(event)).toEqual([call]);
  });

  it("moves between levels and stops at the ends", () => {
    expect(press({ key: "ArrowDown", altKey: true }, { level: "statement" })).toEqual([["setLevel", "phase"]]);
    expect(press({ key: "ArrowUp", altKey: true }, { level: "statement" })).toEqual([["setLevel", "statement"]]);
    expect(press({ key: "ArrowDown" })).toEqual([]);
  });

  it("Escape undoes the latest thing that was opened, then the selection", () => {
    expect(press({ key: "Escape" }, { dialog: "help", callBar: true })).toEqual([["openDialog", null]]);
    expect(press({ key: "Escape" }, { callBar: true })).toEqual([["setCallBar", false]]);
    expect(press({ key: "Escape" })).toEqual([
      ["select", null],
      ["selectMapping", null],
    ]);
  });

  it("leaves keys alone while a dialog is open", () => {
    expect(press({ key: "ArrowRight" }, { dialog: "help" })).toEqual([]);
  });
});
