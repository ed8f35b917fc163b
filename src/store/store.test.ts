import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { initialState, isStale } from "./state";
import { createUiStore } from "./store";

describe("the UI store", () => {
  it("has a core that loads without React", () => {
    for (const file of readdirSync(new URL(".", import.meta.url)).filter((name) => /^(store|state|actions)\.ts$/.test(name))) {
      expect(readFileSync(new URL(file, import.meta.url), "utf8")).not.toMatch(/from "react|from "zustand"/);
    }
  });

  it("starts with the first scenario and tells subscribers of changes", () => {
    const store = createUiStore({ locale: "zh-CN" });
    expect(store.getState().draft).toBe(initialState.scenario.source);
    const seen: number[] = [];
    store.subscribe((state) => seen.push(state.moving));
    store.setState({ moving: 1 });
    expect(seen).toEqual([1]);
    expect(store.getState().locale).toBe("zh-CN");
  });

  it("is never stale before the first run", () => {
    expect(isStale({ ...initialState, draft: "something else" })).toBe(false);
  });
});
