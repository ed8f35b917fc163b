/** The page: header, notices, panels, transport, dialogs. */
import { useEffect } from "react";
import { CallBar } from "../panels/callbar";
import { Dialogs } from "../panels/dialogs";
import { AbortCard } from "../panels/abort";
import { CaptionLine, TransportPanel } from "../panels/transport";
import { isStale, useActions, useText, useUi } from "../store";
import { Header } from "./header";
import { useIdleSignal } from "./idle";
import { useKeyboard } from "./keyboard";
import { MainArea, TabBar } from "./layout";
import { LinkProblem, Notices } from "./notices";
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
  useIdleSignal();
  const narrow = useMedia("(max-width: 767px)");
  const stale = useUi(isStale);
  return (
    <div className={narrow ? "app narrow" : "app"}>
      <Header />
      <Notices />
      <main className="app-main" data-stale={stale}>
        <MainArea narrow={narrow} />
        <AbortCard />
        <CallBar />
      </main>
      <div className="app-transport">
        {narrow ? (
          <div className="caption-strip">
            <CaptionLine />
          </div>
        ) : null}
        <TransportPanel />
      </div>
      {narrow ? <TabBar /> : null}
      <Dialogs />
      <LinkProblem />
      <Toast />
      <Blank />
    </div>
  );
}
