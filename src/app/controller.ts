/** What the page can do: the one implementation of src/store/actions.ts. Time goes to the engine, everything else to the store. */
import { suspectWord } from "../decode/suspect";
import { type Instant, instantKey } from "../queries";
import { defaultScenario, openingViews, type Scenario } from "../scenario";
import { loadLocale, shellTexts } from "../i18n";
import { panelTexts } from "../i18n/panels";
import { withIncludes } from "../panels/callbar/includes";
import { chunkFacts, statements } from "../panels/heap/chunk-facts";
import { type Actions, isStale, ownDrafts, type PanelId, type UiStore } from "../store";
import type { QueryClient } from "@tanstack/react-query";
import type { Engine } from "./engine";
import { goToTarget } from "./go-to";
import { operationAtLine } from "./positions";

const TOAST_MS = 2400;

export function createActions(store: UiStore, engine: Engine, queries: QueryClient): Actions {
  const history: string[] = [];
  const trail: (number | null)[] = [];
  let toastTimer: ReturnType<typeof setTimeout> | null = null;

  const get = store.getState;
  const set = store.setState;

  function instant(): Instant | null {
    const { run, position } = get();
    return run === null || position === null
      ? null
      : (queries.getQueryData<Instant>(instantKey(run.id, position.cursor)) ?? null);
  }

  function edited(source: string): Scenario {
    const { scenario } = get();
    return source === scenario.source ? scenario : { ...scenario, source, slug: null, title: scenario.title };
  }

  /** src/app/playback.ts stops when it sees this. */
  function pause(): void {
    if (get().playing) set({ playing: false });
  }

  const actions: Actions = {
    async open(scenario, view = {}) {
      pause();
      const opening = openingViews[scenario.slug ?? ""];
      if (opening !== undefined) set({ workspace: "memory", memoryView: opening });
      set({
        scenario,
        draft: scenario.source,
        openedSource: view.own === true ? "" : scenario.source,
        keptDrafts: ownDrafts(get()).filter((text) => text !== scenario.source),
        diagnostics: [],
        level: view.level ?? get().level,
        selection: view.selection ?? null,
        process: view.process ?? null,
        mapping: null,
        page: null,
        frame: null,
        structure: null,
        heapChoice: null,
        tcacheChoice: null,
        bookmarks: [],
        breakpoints: [],
        dialog: null,
        editing: false,
      });
      trail.length = 0;
      const opened = await engine.open(scenario, view.cursor ?? null);
      if (opened || get().run !== null || get().engine === "dead") return;
      // A program that does not compile, and nothing to show beside it: the first scenario runs behind.
      const { diagnostics } = get();
      if (await engine.open(defaultScenario, null)) set({ diagnostics });
    },
    async run() {
      pause();
      const scenario = edited(get().draft);
      if (await engine.open(scenario, null)) set({ scenario, editing: false, selection: null });
    },
    extend: () => engine.extend(),
    cancel: () => engine.cancel(),
    async restart() {
      await engine.restart();
      const { run, scenario, position } = get();
      await engine.open(run?.scenario ?? scenario, position?.cursor ?? null, true);
    },
    edit(source) {
      set({ draft: source, diagnostics: source === get().run?.scenario.source ? [] : get().diagnostics });
    },
    async appendStatement(statement) {
      const { draft } = get();
      const before = withIncludes(draft, statement);
      const answer = await engine.ask({ ask: "appendStatement", source: before, statement });
      if (answer.source === null) {
        const [problem = null] = answer.diagnostics;
        const { callBar, locale } = get();
        set({ callProblem: problem });
        if (!callBar && problem !== null) {
          const { diagnosticSentence } = await import("../i18n/diagnostics");
          actions.toast(diagnosticSentence(problem, locale));
        }
        return false;
      }
      const scenario = edited(answer.source);
      if (!(await engine.open(scenario, null))) return false;
      history.push(draft);
      set({ scenario, draft: answer.source, diagnostics: [], callProblem: null });
      const { run } = get();
      const at = run === null ? -1 : operationAtLine(run.summary, before, answer.source);
      if (run !== null) await engine.seek(at < 0 ? run.summary.last : at);
      return true;
    },
    freeSelected() {
      const { selection, run, locale } = get();
      const now = instant();
      if (selection === null || run === null || now === null) return;
      const facts = chunkFacts(now, run.summary.operations, selection, panelTexts[locale]);
      if (facts.callable && facts.expression !== "") void actions.appendStatement(statements.free(facts));
      else actions.toast(shellTexts[locale].callBar.noName);
    },
    undoEdit() {
      const before = history.pop();
      if (before === undefined) return;
      set({ draft: before });
      void actions.run().then(() => actions.toEnd());
    },

    restoreRun() {
      const { run } = get();
      if (run !== null) set({ draft: run.scenario.source, scenario: run.scenario, diagnostics: [], editing: false });
    },

    move: (move) => void engine.move(move),
    step: (direction) => void engine.move({ kind: "step", level: get().level, direction }),
    stepOperation: (direction) => void engine.move({ kind: "operation", level: get().level, direction }),
    seek: (cursor, snap) => void engine.seek(cursor, snap),
    seekOperation(index) {
      const operation = get().run?.summary.operations[index];
      if (operation !== undefined) void engine.seek(operation.begin + 1);
    },
    toStart: () => void engine.seek(get().run?.summary.first ?? 0),
    toEnd: () => void engine.seek(get().run?.summary.last ?? 0),
    runToBreakpoint(direction) {
      const { run, position, breakpoints } = get();
      if (run === null || position === null) return;
      const { at, statement } = run.summary.statements;
      const hits = (row: number): boolean => {
        const line = run.summary.debug.statements[statement[row] ?? -1]?.span.line;
        return line !== undefined && breakpoints.includes(line);
      };
      const rows = [...at.keys()].filter(
        (row) => hits(row) && (direction > 0 ? (at[row] ?? 0) + 1 > position.cursor : (at[row] ?? 0) + 1 < position.cursor),
      );
      const row = direction > 0 ? rows[0] : rows.at(-1);
      void engine.seek(row === undefined ? (direction > 0 ? run.summary.last : run.summary.first) : (at[row] ?? 0) + 1);
    },
    setLevel: (level) => set({ level }),
    toggleBookmark() {
      const { position, bookmarks } = get();
      if (position === null) return;
      const { cursor } = position;
      set({
        bookmarks: bookmarks.includes(cursor)
          ? bookmarks.filter((at) => at !== cursor)
          : [...bookmarks, cursor].toSorted((a, b) => a - b),
      });
    },
    toggleBreakpoint(line) {
      const { breakpoints } = get();
      set({ breakpoints: breakpoints.includes(line) ? breakpoints.filter((at) => at !== line) : [...breakpoints, line] });
    },
    goTo(text) {
      const { run } = get();
      if (run === null) return false;
      const target = goToTarget(text, run.summary, instant());
      if (target === null) return false;
      if (target.kind === "cursor") void engine.seek(target.cursor);
      else if (target.kind === "chunk") actions.follow(target.addr);
      else if (get().workspace === "memory") actions.selectPage(target.addr, target.start);
      else actions.selectMapping(target.start);
      return true;
    },
    async jumpToCulprit() {
      const { run } = get();
      const last = run?.summary.operations.at(-1);
      if (run === null || last === undefined || run.summary.status !== "abort") return;
      await engine.seek(run.summary.last);
      const now = instant();
      const addr =
        now === null
          ? null
          : suspectWord(now.reader, now.heap, run.summary.message, last.api === "free" ? (last.args[0] ?? 0) : 0);
      if (addr === null) return;
      const { at } = await engine.ask({ ask: "lastWriter", addr, before: last.begin });
      if (at < 0) return;
      set({ level: "write" });
      await engine.seek(at + 1);
    },

    select: (selection) =>
      set({ selection, mapping: null, structure: null, frame: null, pinned: selection === null ? null : get().pinned }),
    follow(addr) {
      trail.push(get().selection);
      set({ selection: addr, mapping: null, structure: null });
    },
    back() {
      const before = trail.pop();
      if (before !== undefined) set({ selection: before, mapping: null, structure: null });
    },
    pin: (pinned) => set({ pinned }),
    hover: (hover) => {
      if (get().hover !== hover) set({ hover });
    },
    selectPage: (page, mapping) => set({ page, mapping, structure: null, selection: null, frame: null }),
    selectMapping: (mapping) =>
      set({ mapping, page: null, structure: null, frame: null, selection: mapping === null ? get().selection : null }),
    selectStructure: (structure) => set({ structure, mapping: null }),
    chooseHeap: (heapChoice) => set({ heapChoice }),
    chooseTcache: (tcacheChoice) => set({ tcacheChoice }),
    setWorkspace: (workspace) => set({ workspace }),
    chooseProcess: (process) => set({ process }),
    nextProcess() {
      const space = instant()?.space;
      const others = space?.processes.filter(({ pid, zombie }) => !zombie && pid !== space.pid).map(({ pid }) => pid) ?? [];
      set({ process: [...others, null][others.indexOf(get().process ?? -1) + 1] ?? null });
    },
    setMemoryView: (memoryView) => set({ memoryView }),
    selectFrame: (frame) => set({ frame }),

    openDialog: (dialog) => set({ dialog }),
    setCallBar: (callBar) => set({ callBar }),
    setEditing: (editing) => set({ editing }),
    setPresenter: (presenter) => set({ presenter, blank: false }),
    toggleBlank: () => set({ blank: !get().blank }),
    focusPanel(panel: PanelId) {
      const { focused, maximised } = get();
      if (maximised !== null && maximised === panel) set({ maximised: null });
      else if (focused === panel) set({ maximised: panel });
      else set({ focused: panel, maximised: null, tab: panel });
      // After React has put the panel where it now stands.
      requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-panel="${panel}"]`)?.focus());
    },
    setTab: (tab) => set({ tab }),
    setTheme: (theme) => set({ theme }),
    setLocale: (locale) =>
      void loadLocale(locale).then(
        () => set({ locale }),
        () => actions.toast(shellTexts[get().locale].banner.notLoaded),
      ),
    dismissAbort: () => set({ abortDismissed: true }),
    dismissShareProblem: () => set({ shareProblem: null }),
    restoreDraft(restore) {
      const [text, ...others] = get().keptDrafts;
      set({ keptDrafts: others });
      if (restore && text !== undefined)
        void actions.open({ ...defaultScenario, slug: null, title: null, source: text, startLine: undefined }, { own: true });
    },
    toast(text) {
      if (toastTimer !== null) clearTimeout(toastTimer);
      set({ toast: text });
      toastTimer = setTimeout(() => set({ toast: "" }), TOAST_MS);
    },
    async viewToShare() {
      const { position, level, selection, process } = get();
      const view = { level, selection, ...(process === null ? {} : { process }) };
      // The step is the run's: a text that has not run has none.
      if (isStale(get()) || position === null) return { cursor: null, ...view };
      const { place } = await engine.ask({ ask: "place", cursor: position.cursor });
      return { cursor: place, ...view };
    },
    async link() {
      const scenario = edited(get().draft);
      const view = await actions.viewToShare();
      // Theme and language are the reader's own, so nothing of the query goes with the link.
      const { origin, pathname } = window.location;
      const { encodeHash } = await import("../scenario/link");
      return `${origin}${pathname}${await encodeHash({ scenario, view })}`;
    },
  };
  return actions;
}
