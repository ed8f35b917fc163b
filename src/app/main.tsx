/** Composition root: store, session, queries, page; then the scenario that the address asks for. */
import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";
import { assert } from "../base";
import { AskProvider, createQueries } from "../queries";
import { builtinScenario, decodeHash, defaultScenario, isBuiltinSlug, isScenarioHash } from "../scenario";
import { type Actions, createUiStore, UiProvider, type UiStore, useUi } from "../store";
import "../ui/tokens.css";
import "../ui/base.css";
import { App } from "./app";
import { createActions } from "./controller";
import { createEngine } from "./engine";
import { keep, restored } from "./persist";
import { registerServiceWorker } from "./register-service-worker";

/** Opens what the address names: a shared scenario, a built-in one, or the first. A kept draft is offered, never overwritten. */
async function openAddress(store: UiStore, actions: Actions, draft: string | null): Promise<void> {
  const address = new URLSearchParams(window.location.search);
  const slug = address.get("scenario");
  const fallback = slug !== null && isBuiltinSlug(slug) ? builtinScenario(slug) : defaultScenario;
  if (!isScenarioHash(window.location.hash)) {
    if (draft === null || slug !== null) {
      store.setState({ keptDraft: draft });
      await actions.open(fallback);
    } else await openDraft(store, actions, draft);
    return;
  }
  const shared = await decodeHash(window.location.hash);
  store.setState({ keptDraft: draft });
  if (!shared.ok) {
    store.setState({ shareProblem: shared.problem });
    await actions.open(fallback);
    return;
  }
  const { scenario, view } = shared.value;
  await actions.open(scenario, view);
}

/** The reader's own text again; when it no longer compiles, the first scenario runs behind it and nothing is lost. */
async function openDraft(store: UiStore, actions: Actions, draft: string): Promise<void> {
  await actions.open({ ...defaultScenario, slug: null, title: null, source: draft, startLine: undefined });
  if (store.getState().run !== null) return;
  const { diagnostics } = store.getState();
  await actions.open(defaultScenario);
  store.setState({ draft, diagnostics });
}

function Localised({ children }: { readonly children: React.ReactNode }) {
  return <I18nProvider locale={useUi((state) => state.locale)}>{children}</I18nProvider>;
}

function start(): void {
  const root = document.getElementById("root");
  assert(root !== null, "index.html has #root");
  const address = new URLSearchParams(window.location.search);
  const { state, draft } = restored(address);
  const store = createUiStore(state);
  const queries = createQueries();
  const engine = createEngine({ store, queries, forceCopies: address.get("copies") === "1" });
  const actions = createActions(store, engine, queries);
  keep(store);
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <UiProvider store={store} actions={actions}>
          <AskProvider ask={engine.ask}>
            <Localised>
              <App />
            </Localised>
          </AskProvider>
        </UiProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
  void openAddress(store, actions, draft);
  window.addEventListener("hashchange", () => void openAddress(store, actions, null));
}

start();
registerServiceWorker();
