/** What the page around the memory panels says: header, code, listing, transport, dialogs, banners. Both languages are complete. */
import type { OperationPath, RunStatus } from "../../protocol/messages";
import type { StepLevel } from "../../scenario/scenario";
import type { PanelId, ThemeChoice } from "../../store/state";

export interface ShellText {
  /** The panel that stands in the bins' place beside the VMA tree. */
  readonly pagesPanel: { readonly title: string; readonly tab: string };
  readonly header: {
    readonly scenario: string;
    readonly edited: string;
    readonly threads: (n: number) => string;
    readonly cores: (n: number) => string;
    readonly compare: string;
    readonly lesson: string;
    readonly aslr: (on: boolean) => string;
    readonly find: string;
    readonly present: string;
    readonly endPresent: string;
    readonly share: string;
    readonly otherLanguage: string;
    readonly theme: (theme: ThemeChoice) => string;
    readonly help: string;
    readonly machine: string;
    readonly gallery: string;
    readonly panels: string;
    readonly divider: (before: string, after: string) => string;
  };
  readonly panel: Readonly<Record<PanelId, string>>;
  /** The same where there is room for one short word. */
  readonly tab: Readonly<Record<PanelId, string>>;
  readonly code: {
    readonly program: string;
    readonly output: string;
    readonly edit: string;
    readonly run: string;
    readonly done: string;
    readonly revert: string;
    readonly editorLabel: string;
    readonly loading: string;
    readonly stale: string;
    readonly breakpoint: (line: number) => string;
    readonly noOutput: string;
    readonly problems: (n: number) => string;
    readonly at: (line: number, column: number) => string;
    readonly warning: string;
    readonly error: string;
    readonly exit: (code: number) => string;
    readonly calls: (n: number) => string;
  };
  readonly listing: {
    readonly title: string;
    readonly inside: (call: string) => string;
    readonly after: (call: string) => string;
    readonly none: string;
    readonly noneHint: string;
    readonly state: Readonly<Record<"done" | "current" | "skipped" | "notReached", string>>;
    readonly cut: (n: number) => string;
    readonly loading: string;
    readonly writes: (n: number) => string;
  };
  readonly transport: {
    readonly start: string;
    readonly end: string;
    readonly previousOperation: string;
    readonly nextOperation: string;
    readonly back: string;
    readonly forward: string;
    readonly play: string;
    readonly pause: string;
    readonly speed: (times: number) => string;
    readonly level: Readonly<Record<StepLevel, string>>;
    readonly levelLabel: string;
    readonly operation: (n: number, of: number) => string;
    readonly phase: (n: number, of: number) => string;
    readonly writes: (n: number, of: number) => string;
    readonly bookmark: string;
    readonly callBar: string;
    readonly ledger: string;
    readonly inUse: string;
    readonly free: string;
    readonly top: string;
    readonly resident: string;
    readonly virtual: string;
    readonly scrubber: string;
    readonly scrubberValue: (n: number, of: number, call: string) => string;
  };
  readonly caption: {
    readonly start: string;
    readonly next: (text: string) => string;
    readonly statement: (line: number, text: string) => string;
    readonly inside: (call: string) => string;
    readonly returned: (call: string, result: string, path: string) => string;
    readonly freed: (call: string, path: string) => string;
    readonly wrote: (where: string, before: string, after: string) => string;
    readonly exited: (code: number) => string;
    readonly segv: (write: boolean, addr: string, where: string) => string;
    readonly noMapping: string;
    readonly signal: (name: string) => string;
  };
  readonly path: Readonly<Record<OperationPath, string>>;
  readonly status: Readonly<Record<RunStatus, string>>;
  readonly banner: {
    readonly running: (steps: string, operations: number) => string;
    readonly cancel: string;
    readonly budget: (steps: string) => string;
    readonly more: (steps: string) => string;
    readonly cancelled: string;
    readonly outOfMemory: string;
    readonly storeFull: string;
    readonly deadlock: string;
    readonly dead: string;
    readonly deadHint: string;
    readonly restart: string;
    readonly copyReport: string;
    readonly reportCopied: string;
    readonly notCopied: string;
    readonly panelFailed: (panel: string) => string;
    readonly pageFailed: string;
    readonly retry: string;
    readonly notLoaded: string;
    readonly starting: string;
    readonly linkDamaged: string;
    readonly linkTooLarge: string;
    readonly linkTooNew: (version: number) => string;
    readonly linkInvalid: (path: string) => string;
    readonly linkTitle: string;
    readonly useDraft: string;
    readonly useDefault: string;
    readonly draftKept: string;
    readonly restore: string;
    readonly discard: string;
  };
  readonly abort: {
    readonly culprit: string;
    readonly check: string;
    readonly victim: string;
    readonly jump: string;
    readonly dismiss: string;
    readonly line: (n: number) => string;
    readonly operation: (n: number) => string;
    readonly unknownCulprit: string;
    readonly readsWord: (addr: string) => string;
    readonly holds: (value: string) => string;
    readonly access: (write: boolean, addr: string) => string;
    readonly pointer: string;
    readonly statement: string;
    readonly thereIs: string;
    readonly reached: (path: string, offset: string) => string;
    readonly jumpSet: (path: string) => string;
    readonly nullPage: string;
    readonly protected: (name: string, permissions: string, write: boolean) => string;
    readonly pastEnd: (bytes: string, name: string) => string;
    readonly beforeStart: (bytes: string, name: string) => string;
    readonly nowhere: string;
    readonly stackFull: (kib: number) => string;
  };
  readonly callBar: {
    readonly label: string;
    readonly placeholder: string;
    readonly call: string;
    readonly undo: string;
    readonly live: string;
    readonly freed: string;
    readonly would: string;
    readonly appended: string;
    readonly unknown: string;
    readonly hint: string;
    readonly noName: string;
    readonly also: string;
    readonly wouldReturn: (result: string, path: string) => string;
    readonly wouldFree: (path: string) => string;
    readonly wouldAbort: (message: string) => string;
  };
  readonly dialogs: {
    readonly close: string;
    readonly palette: string;
    readonly palettePlaceholder: string;
    readonly paletteEmpty: string;
    readonly goTo: (text: string) => string;
    readonly commands: string;
    readonly chunks: string;
    readonly steps: string;
    readonly scenarios: string;
    readonly share: string;
    readonly shareHint: string;
    readonly copy: string;
    readonly copied: string;
    readonly selected: string;
    readonly download: string;
    readonly openFile: string;
    readonly length: (n: number, of: number) => string;
    readonly tooLong: string;
    readonly embed: string;
    readonly help: string;
    readonly keys: string;
    readonly reading: string;
    readonly colours: string;
    readonly terms: string;
    readonly gallery: string;
    readonly machine: string;
    readonly time: string;
    readonly chunk: string;
    readonly view: string;
    readonly edit: string;
    readonly everywhere: string;
    readonly fileProblem: string;
    readonly since: string;
    readonly sinceNone: string;
    readonly sinceMark: string;
    readonly sinceHere: string;
    readonly sinceRange: (from: string, to: string) => string;
    readonly sincePlace: (operation: number) => string;
    readonly sinceCalls: (n: number) => string;
    readonly sinceFields: (n: number) => string;
    readonly sinceData: string;
    readonly sinceBytes: (n: number) => string;
    readonly sinceSame: string;
    readonly sinceCut: (n: string) => string;
    readonly sinceLoading: string;
  };
  readonly keys: Readonly<Record<KeyText, string>>;
  readonly reading: readonly { readonly what: string; readonly means: string }[];
}

export type KeyText =
  | "step"
  | "operation"
  | "level"
  | "ends"
  | "play"
  | "speed"
  | "since"
  | "versions"
  | "events"
  | "search"
  | "goto"
  | "bookmark"
  | "culprit"
  | "process"
  | "panels"
  | "present"
  | "blank"
  | "palette"
  | "help"
  | "close"
  | "edit"
  | "run"
  | "freeIt"
  | "callBar"
  | "back"
  | "pin"
  | "zoom"
  | "breakpoint";
