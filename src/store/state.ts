/** UI state: where the reader stands and what the page looks like. Nothing of the simulated process: that is decoded from memory. */
import type { Diagnostic } from "../abi/debug-info";
import type { Position, RunSummary } from "../protocol/messages";
import { defaultScenario, type Scenario, type ShareProblem, type StepLevel } from "../scenario";
import type { Locale } from "../i18n/locale";

export const themes = ["system", "light", "dark", "hc"] as const;
export type ThemeChoice = (typeof themes)[number];

export const panelIds = ["code", "listing", "space", "heap", "bins", "inspector", "transport"] as const;
export type PanelId = (typeof panelIds)[number];

export const playSpeeds = [0.5, 1, 2, 4] as const;
export type PlaySpeed = (typeof playSpeeds)[number];

/** "compare" and "fifteenYears" fill the page: two versions side by side, chosen freely or by the lesson. */
export type DialogId = "palette" | "share" | "help" | "gallery" | "machine" | "since" | "compare" | "fifteenYears";

/** What stands in the middle: one heap with its lists, or all threads with their arenas. */
export type Workspace = "heap" | "threads" | "memory";

/** What the memory workspace is about: the address space, the frames behind it, what a shell prints of both, or the other layouts it could have. */
export type MemoryView = "space" | "physical" | "proc" | "layouts";

/** One of the allocator's structs, by where it is. */
export interface StructureRef {
  readonly kind: "malloc_state" | "malloc_par" | "tcache" | "heap_info";
  readonly addr: number;
}

/** The view of two versions that suits what is open: its own walk for the lesson. */
export function versionsDialog({ scenario }: Pick<UiState, "scenario">): DialogId {
  return scenario.slug === "fifteen-years" ? "fifteenYears" : "compare";
}

/** A finished run. `id` grows with every run; with a cursor it names an instant for ever. */
export interface Run {
  readonly id: number;
  readonly scenario: Scenario;
  readonly summary: RunSummary;
  /** Warnings of the compiler. */
  readonly warnings: readonly Diagnostic[];
}

/**
 *   starting ──► running ──► ready ◄──► running        dead ──(restart)──► starting
 *                   └──────────┴──── worker dies ───────►┘
 */
export type EngineStatus = "starting" | "running" | "ready" | "dead";

export interface Progress {
  readonly steps: number;
  readonly operations: number;
}

export interface UiState {
  readonly engine: EngineStatus;
  /** Why the engine died, as the browser told it. */
  readonly engineError: string;
  readonly shared: boolean;
  readonly progress: Progress | null;
  /** Moves under way or queued. */
  readonly moving: number;
  /** The last good run: it stays while a broken program is edited. */
  readonly run: Run | null;
  readonly position: Position | null;
  /** What is being edited, and what a link would carry. Differs from run.scenario.source while edited. */
  readonly scenario: Scenario;
  readonly draft: string;
  /** The text that the latest opened scenario brought: a draft equal to it is nobody's work yet. */
  readonly openedSource: string;
  /** Errors of the draft's last attempt to run. */
  readonly diagnostics: readonly Diagnostic[];
  /** What the compiler found in the latest call made by hand; its places are the statement's. */
  readonly callProblem: Diagnostic | null;
  readonly level: StepLevel;
  readonly playing: boolean;
  readonly speed: PlaySpeed;
  readonly selection: number | null;
  readonly pinned: number | null;
  readonly hover: number | null;
  /** Start address of the selected mapping, when a mapping rather than a chunk is selected. */
  readonly mapping: number | null;
  /** Address that is looked at, mapped or not: its page is the selected one. */
  readonly page: number | null;
  /** The struct that the inspector shows, when it shows one. */
  readonly structure: StructureRef | null;
  readonly workspace: Workspace;
  readonly memoryView: MemoryView;
  /** Pid of the process whose address space the views of memory show, while it lives; null: the one that runs. */
  readonly process: number | null;
  /** Number of the selected frame, where it is one that no page of the process leads to. */
  readonly frame: number | null;
  /** Which heap the map shows (its heap_info, 0 for [heap]); null: the one that is worked on. */
  readonly heapChoice: number | null;
  /** Number of the thread whose tcache is shown; null: the one that runs. */
  readonly tcacheChoice: number | null;
  readonly bookmarks: readonly number[];
  readonly breakpoints: readonly number[];
  readonly dialog: DialogId | null;
  readonly callBar: boolean;
  readonly editing: boolean;
  readonly presenter: boolean;
  readonly blank: boolean;
  readonly focused: PanelId | null;
  readonly maximised: PanelId | null;
  /** The panel a narrow screen shows. */
  readonly tab: PanelId;
  readonly theme: ThemeChoice;
  readonly locale: Locale;
  /** A link that could not be opened. */
  readonly shareProblem: ShareProblem | null;
  /** The reader's own texts that opened scenarios would otherwise hide, latest first. */
  readonly keptDrafts: readonly string[];
  readonly abortDismissed: boolean;
  /** Short confirmation, e.g. "Link copied". */
  readonly toast: string;
}

export const initialState: UiState = {
  engine: "starting",
  engineError: "",
  shared: false,
  progress: null,
  moving: 0,
  run: null,
  position: null,
  scenario: defaultScenario,
  draft: defaultScenario.source,
  openedSource: defaultScenario.source,
  diagnostics: [],
  callProblem: null,
  level: "statement",
  playing: false,
  speed: 1,
  selection: null,
  pinned: null,
  hover: null,
  mapping: null,
  page: null,
  structure: null,
  workspace: "heap",
  memoryView: "space",
  process: null,
  frame: null,
  heapChoice: null,
  tcacheChoice: null,
  bookmarks: [],
  breakpoints: [],
  dialog: null,
  callBar: false,
  editing: false,
  presenter: false,
  blank: false,
  focused: null,
  maximised: null,
  tab: "heap",
  theme: "system",
  locale: "en",
  shareProblem: null,
  keptDrafts: [],
  abortDismissed: false,
  toast: "",
};

/** Own texts kept at most: enough for an afternoon of links, little enough for the browser's storage. */
const DRAFT_LIMIT = 8;

/** All texts that are the reader's work, the one in the editor first. */
export function ownDrafts(state: Pick<UiState, "draft" | "openedSource" | "keptDrafts">): readonly string[] {
  const own = state.draft !== state.openedSource && state.draft.trim() !== "" ? [state.draft] : [];
  return [...new Set([...own, ...state.keptDrafts])].slice(0, DRAFT_LIMIT);
}

/** The text in the editor is not what the shown run was made from. */
export function isStale(state: UiState): boolean {
  return state.run !== null && state.draft !== state.run.scenario.source;
}
