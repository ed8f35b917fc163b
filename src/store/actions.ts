/** Everything a view can ask for. One implementation, in src/app/controller.ts. */
import type { Move } from "../protocol/messages";
import type { Scenario, StepLevel, ViewState } from "../scenario";
import type { DialogId, MemoryView, PanelId, PlaySpeed, StructureRef, ThemeChoice, Workspace } from "./state";
import type { Locale } from "../i18n/locale";

export interface Actions {
  // ---- runs
  readonly open: (
    scenario: Scenario,
    view?: {
      readonly cursor?: ViewState["cursor"];
      readonly level?: StepLevel;
      readonly selection?: number | null;
      readonly process?: number | null;
      /** The text is the reader's own: it is kept as a draft. */
      readonly own?: boolean;
    },
  ) => Promise<void>;
  /** Runs the draft. */
  readonly run: () => Promise<void>;
  /** Goes on after the step budget ended a run. */
  readonly extend: () => Promise<void>;
  readonly cancel: () => void;
  /** Starts a new worker after the old one died. */
  readonly restart: () => Promise<void>;
  readonly edit: (source: string) => void;
  /** Appends a C statement to main, runs, and goes to the call it makes. False when it does not parse: see diagnostics. */
  readonly appendStatement: (statement: string) => Promise<boolean>;
  /** Appends free(…) of the selected chunk, by a name that main knows it under. */
  readonly freeSelected: () => void;
  readonly undoEdit: () => void;
  /** Puts the text of the shown run back into the editor. */
  readonly restoreRun: () => void;

  // ---- time
  readonly move: (move: Move) => void;
  readonly step: (direction: 1 | -1) => void;
  readonly stepOperation: (direction: 1 | -1) => void;
  readonly seek: (cursor: number, snap?: StepLevel) => void;
  readonly seekOperation: (operation: number) => void;
  readonly toStart: () => void;
  readonly toEnd: () => void;
  readonly runToBreakpoint: (direction: 1 | -1) => void;
  readonly setLevel: (level: StepLevel) => void;
  readonly toggleBookmark: () => void;
  readonly toggleBreakpoint: (line: number) => void;
  /** `53`, `53.7`, `0x…9320`, a variable name. False when it means nothing here. */
  readonly goTo: (text: string) => boolean;
  readonly jumpToCulprit: () => Promise<void>;

  // ---- what is looked at
  readonly select: (chunkAddr: number | null) => void;
  /** Follows a pointer: like select, but Backspace comes back. */
  readonly follow: (chunkAddr: number) => void;
  readonly back: () => void;
  readonly pin: (chunkAddr: number | null) => void;
  readonly hover: (chunkAddr: number | null) => void;
  readonly selectMapping: (start: number | null) => void;
  /** Looks at an address and its page. `mapping`: start of the mapping that holds it, null when none does. */
  readonly selectPage: (addr: number, mapping: number | null) => void;
  readonly selectStructure: (structure: StructureRef | null) => void;
  /** null: follow what the program does. */
  readonly chooseHeap: (heap: number | null) => void;
  readonly chooseTcache: (thread: number | null) => void;
  readonly setWorkspace: (workspace: Workspace) => void;
  /** Whose address space the views of memory show; null: the running process's. */
  readonly chooseProcess: (pid: number | null) => void;
  /** The next living process's, around to the one that runs. */
  readonly nextProcess: () => void;
  readonly setMemoryView: (view: MemoryView) => void;
  /** Looks at a frame of RAM that no page leads to: of a page table, a slab, a free block. */
  readonly selectFrame: (frame: number) => void;

  // ---- the page
  readonly openDialog: (dialog: DialogId | null) => void;
  readonly setCallBar: (open: boolean) => void;
  readonly setEditing: (editing: boolean) => void;
  readonly setPresenter: (on: boolean) => void;
  readonly toggleBlank: () => void;
  readonly focusPanel: (panel: PanelId) => void;
  readonly setTab: (panel: PanelId) => void;
  readonly setTheme: (theme: ThemeChoice) => void;
  readonly setLocale: (locale: Locale) => void;
  readonly dismissAbort: () => void;
  readonly dismissShareProblem: () => void;
  readonly restoreDraft: (restore: boolean) => void;
  readonly toast: (text: string) => void;
  /** The link to the scenario at this step. */
  readonly link: () => Promise<string>;
  /** What of the page goes with a link or file. */
  readonly viewToShare: () => Promise<ViewState>;
}

/** All of them: what has to do with the clock on the wall has its own implementation, src/app/playback.ts. */
export interface PageActions extends Actions {
  readonly togglePlay: () => void;
  /** Times as fast as a step every 600 ms. */
  readonly setSpeed: (speed: PlaySpeed) => void;
}
