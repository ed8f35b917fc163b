import { beforeEach, describe, expect, it, vi } from "vitest";
import { createUiStore, ownDrafts } from "../store";
import { keep, restored } from "./persist";

function storage(): { readonly kept: Map<string, string>; readonly refuse: { now: boolean } } {
  const kept = new Map<string, string>();
  const refuse = { now: false };
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (refuse.now) throw new Error("full");
      kept.set(key, value);
    },
  });
  return { kept, refuse };
}

const nowhere = new URLSearchParams();

describe("what is kept between visits", () => {
  beforeEach(() => {
    vi.stubGlobal("navigator", { languages: ["fr", "zh-TW"] });
    return () => vi.unstubAllGlobals();
  });

  it("is theme, language, level and the reader's own text", () => {
    storage();
    const store = createUiStore();
    keep(store);
    store.setState({ theme: "dark", locale: "zh-CN", level: "write", draft: "int main(void) {}" });
    const { state, drafts } = restored(nowhere);
    expect(state).toEqual({ theme: "dark", locale: "zh-CN", level: "write" });
    expect(drafts).toEqual(["int main(void) {}"]);
  });

  it("is no scenario that nobody edited", () => {
    storage();
    const store = createUiStore();
    keep(store);
    store.setState({ draft: "shared", openedSource: "shared", level: "line" });
    expect(restored(nowhere).drafts).toEqual([]);
  });

  it("is the earlier text too, when an opened scenario is edited", () => {
    storage();
    const store = createUiStore();
    keep(store);
    store.setState({ draft: "mine" });
    store.setState({ keptDrafts: ownDrafts(store.getState()), draft: "shared", openedSource: "shared" });
    store.setState({ draft: "shared, edited" });
    expect(restored(nowhere).drafts).toEqual(["shared, edited", "mine"]);
  });

  it("gives way to what the address says", () => {
    storage();
    expect(restored(new URLSearchParams("theme=hc&lang=zh")).state).toMatchObject({ theme: "hc", locale: "zh-CN" });
    expect(restored(new URLSearchParams("theme=nonsense")).state.theme).toBe("system");
  });

  it.each(["not json", '{"theme":7}', '{"drafts":"text"}', "null"])("survives %j in the storage", (text) => {
    storage().kept.set("heapglass", text);
    expect(restored(nowhere).state).toMatchObject({ theme: "system", locale: "zh-CN" });
  });

  it("may be nothing at all: no storage, or a full one", () => {
    vi.stubGlobal("localStorage", undefined);
    expect(restored(nowhere).drafts).toEqual([]);
    const { refuse } = storage();
    const store = createUiStore();
    keep(store);
    refuse.now = true;
    expect(() => store.setState({ theme: "dark" })).not.toThrow();
  });
});
