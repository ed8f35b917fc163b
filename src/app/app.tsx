/** The page: header, notices, panels, transport, dialogs. */
import { lazy, Suspense, useEffect } from "react";
import { CallBar } from "../panels/callbar";
import { Dialogs } from "../panels/dialogs";
import { CaptionLine, TransportPanel } from "../panels/transport";
import { isStale, useActions, useText, useUi } from "../store";
import { Tooltip } from "../ui";
import { Header } from "./header";
import { IdleSignal } from "./idle";
import { useKeyboard } from "./keyboard";
import { MainArea, TabBar } from "./layout";
import { Notices } from "./notices";
import { useMedia } from "./use-media";
import "./layout.css";

/** Theme, language and presenter as attributes of the root element: tokens.css does the rest. */
function useRootAttributes(): void {
  const theme = useUi((state) => state.theme);
  const locale = useUi((state) => state.locale);
  const presenter = useUi((state) => state.presenter);
  const dark = useMedia("(prefers-color-scheme: dark)");
  const more = useMedia("(prefers-contrast: more)");
  useEffect(() => {
    const root = document.documentElement;
    root.dataset["theme"] = theme === "system" ? (more ? "hc" : dark ? "dark" : "light") : theme;
    root.lang = locale;
    if (presenter) root.dataset["mode"] = "present";
    else delete root.dataset["mode"];
  }, [theme, locale, presenter, dark, more]);
}

function Blank() {
  const actions = useActions();
  const blank = useUi((state) => state.blank);
  const label = useText().keys.blank;
  return blank ? <button type="button" className="blank-screen" aria-label={label} onClick={actions.toggleBlank} /> : null;
}

const LinkProblemDialog = lazy(() => import("./link-problem"));

/** Loaded only when there is a problem to tell. */
function LinkProblem() {
  const broken = useUi((state) => state.shareProblem !== null);
  return broken ? (
    <Suspense fallback={null}>
      <LinkProblemDialog />
    </Suspense>
  ) : null;
}

const VersionsView = lazy(() => import("../panels/compare"));

/** Loaded when first asked for: most visits see one version. */
function Versions() {
  const dialog = useUi((state) => state.dialog);
  return dialog === "compare" || dialog === "fifteenYears" ? (
    <Suspense fallback={null}>
      <VersionsView key={dialog} lesson={dialog === "fifteenYears"} />
    </Suspense>
  ) : null;
}

function Toast() {
  const toast = useUi((state) => state.toast);
  return toast === "" ? null : (
    <div className="toast" role="status">
      {toast}
    </div>
  );
}

export function App() {
  useRootAttributes();
  useKeyboard();
  const panels = useText().header.panels;
  const narrow = useMedia("(max-width: 767px)");
  const presenter = useUi((state) => state.presenter);
  const stale = useUi(isStale);
  const shape = narrow ? "narrow" : presenter ? "presenter" : "wide";
  return (
    <div className={`app ${shape}`}>
      <Header presenter={presenter} />
      <Notices />
      {shape === "wide" ? null : (
        <div className="caption-strip">
          <CaptionLine />
        </div>
      )}
      <main className="app-main" data-stale={stale}>
        <MainArea shape={shape} />
        <CallBar />
      </main>
      <div className="app-transport">
        <TransportPanel shape={shape} />
      </div>
      {narrow ? (
        <nav className="tab-nav" aria-label={panels}>
          <TabBar />
        </nav>
      ) : null}
      <Dialogs />
      <Versions />
      <LinkProblem />
      <Toast />
      <Tooltip />
      <Blank />
      <IdleSignal />
    </div>
  );
}
