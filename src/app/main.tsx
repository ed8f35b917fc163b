/** Composition root: store, session, queries, page; then the scenario that the address asks for. */

import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { assert } from "../base";
import { AskProvider, createQueries, InstantProvider } from "../queries";
import { loadLocale, shellTexts } from "../i18n";
import { defaultScenario, isBuiltinSlug, isScenarioHash } from "../scenario";
import { type Actions, createUiStore, type PageActions, UiProvider, type UiStore, useText } from "../store";
import { ActionButton, ErrorBoundary } from "../ui";
import "../ui/fonts.css";
import "../ui/tokens.css";
import "../ui/base.css";
import { App } from "./app";
import { createActions } from "./controller";
import { createCulprit } from "./culprit";
import { createEngine } from "./engine";
import { keep, restored } from "./persist";
import { createPlayback } from "./playback";
import { registerServiceWorker } from "./register-service-worker";

/** Opens what the address names: a shared scenario, a built-in one, or the first. A kept draft is offered, never overwritten. */
async function openAddress(store: UiStore, actions: Actions, drafts: readonly string[]): Promise<void> {
  const address = new URLSearchParams(window.location.search);
  const slug = address.get("scenario");
  const fallback =
    slug !== null && isBuiltinSlug(slug) ? (await import("../scenario/builtin")).builtinScenario(slug) : defaultScenario;
  if (!isScenarioHash(window.location.hash)) {
    const [draft, ...others] = drafts;
    if (draft === undefined || slug !== null) {
      if (drafts.length > 0) store.setState({ keptDrafts: drafts });
      await actions.open(fallback);
      return;
    }
    store.setState({ keptDrafts: others });
    await actions.open({ ...defaultScenario, slug: null, title: null, source: draft, startLine: undefined }, { own: true });
    return;
  }
  const { decodeHash } = await import("../scenario/link");
  const shared = await decodeHash(window.location.hash);
  if (drafts.length > 0) store.setState({ keptDrafts: drafts });
  if (!shared.ok) {
    store.setState({ shareProblem: shared.problem });
    await actions.open(fallback);
    return;
  }
  const { scenario, view } = shared.value;
  await actions.open(scenario, view);
}

/** Never a blank page: what is left when the page itself fails. The draft is in the browser's storage already. */
function BrokenPage({ error }: { readonly error: Error }) {
  const text = useText().banner;
  return (
    <main className="panel-broken" role="alert">
      <b>{text.pageFailed}</b>
      <span className="mono">{error.message}</span>
      <ActionButton onPress={() => window.location.reload()}>{text.retry}</ActionButton>
    </main>
  );
}

function start(): void {
  const root = document.getElementById("root");
  assert(root !== null, "index.html has #root");
  const address = new URLSearchParams(window.location.search);
  const { state, drafts } = restored(address);
  const store = createUiStore(state);
  const queries = createQueries();
  const engine = createEngine({ store, queries, forceCopies: address.get("copies") === "1" });
  const time = createActions(store, engine, queries);
  const actions: PageActions = {
    ...time,
    ...createPlayback(store, time),
    ...createCulprit(store, engine, queries, time),
  };
  keep(store);
  const open = (kept: readonly string[]): void => {
    openAddress(store, actions, kept).catch(() => {
      // A script that the address needs could not be fetched.
      actions.toast(shellTexts[store.getState().locale].banner.notLoaded);
      void actions.open(defaultScenario);
    });
  };
  open(drafts);
  window.addEventListener("hashchange", () => open([]));
  const render = () =>
    createRoot(root).render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <UiProvider store={store} actions={actions}>
            <AskProvider ask={engine.ask}>
              <ErrorBoundary renderFallback={(error) => <BrokenPage error={error} />}>
                <InstantProvider>
                  <App />
                </InstantProvider>
              </ErrorBoundary>
            </AskProvider>
          </UiProvider>
        </QueryClientProvider>
      </StrictMode>,
    );
  const { locale } = store.getState();
  if (locale === "en") render();
  else void loadLocale(locale).then(render, render);
}

start();
registerServiceWorker();
