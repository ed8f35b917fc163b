/** Everything a view can ask for. One implementation, in src/app/controller.ts. */
import type { Move } from "../protocol/messages";
import type { Scenario, StepLevel } from "../scenario";
import type { DialogId, PanelId, ThemeChoice } from "./state";
import type { Locale } from "../i18n/locale";

export interface Actions {
  // ---- runs
  open(scenario: Scenario, view?: { readonly cursor?: number | null; readonly level?: StepLevel; readonly selection?: number | null }): Promise<void>;
  /** Runs the draft. */
  run(): Promise<void>;
  /** Goes on after the step budget ended a run. */
  extend(): Promise<void>;
  cancel(): void;
  /** Starts a new worker after the old one died. */
  restart(): Promise<void>;
  edit(source: string): void;
  /** Appends a C statement to main, runs, and goes to the call it makes. False when it does not parse: see diagnostics. */
  appendStatement(statement: string): Promise<boolean>;
  undoEdit(): void;
  /** Puts the text of the shown run back into the editor. */
  restoreRun(): void;

  // ---- time
  move(move: Move): void;
  step(direction: 1 | -1): void;
  stepOperation(direction: 1 | -1): void;
  seek(cursor: number, snap?: StepLevel): void;
  seekOperation(operation: number): void;
  toStart(): void;
  toEnd(): void;
  runToBreakpoint(direction: 1 | -1): void;
  setLevel(level: StepLevel): void;
  togglePlay(): void;
  toggleBookmark(): void;
  toggleBreakpoint(line: number): void;
  /** `53`, `53.7`, `0x…9320`, a variable name. False when it means nothing here. */
  goTo(text: string): boolean;
  jumpToCulprit(): Promise<void>;

  // ---- what is looked at
  select(chunkAddr: number | null): void;
  /** Follows a pointer: like select, but Backspace comes back. */
  follow(chunkAddr: number): void;
  back(): void;
  pin(chunkAddr: number | null): void;
  hover(chunkAddr: number | null): void;
  selectMapping(start: number | null): void;

  // ---- the page
  openDialog(dialog: DialogId | null): void;
  setCallBar(open: boolean): void;
  setEditing(editing: boolean): void;
  setPresenter(on: boolean): void;
  toggleBlank(): void;
  focusPanel(panel: PanelId): void;
  setTab(panel: PanelId): void;
  setTheme(theme: ThemeChoice): void;
  setLocale(locale: Locale): void;
  dismissAbort(): void;
  dismissShareProblem(): void;
  restoreDraft(restore: boolean): void;
  toast(text: string): void;
  /** The link to the scenario at this step. */
  link(): Promise<string>;
}
