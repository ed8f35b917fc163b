/**
 * CodeMirror, set up for one C program: highlighting, current statement, breakpoints, diagnostics, badges. Loaded lazily.
 * The editor is told everything by one call of `update`; it tells the panel only about edits and gutter clicks.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { cpp } from "@codemirror/lang-cpp";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic as CodeDiagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Range, RangeSet, StateEffect, type StateEffectType, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  gutter,
  GutterMarker,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { LineEffect } from "./effects";

export interface EditorShow {
  readonly editable: boolean;
  /** Offsets of the statement about to run; null when none or when the text is not the run's. */
  readonly current: { readonly start: number; readonly end: number; readonly bad: boolean } | null;
  readonly effects: readonly LineEffect[];
  readonly breakpoints: readonly number[];
  readonly diagnostics: readonly {
    readonly from: number;
    readonly to: number;
    readonly severity: "error" | "warning";
    readonly message: string;
  }[];
}

export interface EditorEvents {
  readonly onEdit: (text: string) => void;
  readonly onBreakpoint: (line: number) => void;
  readonly onRun: () => void;
  readonly onLeave: () => void;
}

export interface Editor {
  update(text: string, show: EditorShow): void;
  focus(): void;
  destroy(): void;
}

class Badge extends GutterMarker {
  constructor(readonly effect: LineEffect) {
    super();
  }
  override eq(other: Badge): boolean {
    return other.effect.text === this.effect.text && other.effect.role === this.effect.role;
  }
  override toDOM(): Node {
    const badge = document.createElement("span");
    if (this.effect.thread !== undefined) {
      badge.className = "thread-tag";
      badge.dataset["thread"] = String(this.effect.thread % 6);
      badge.dataset["current"] = String(this.effect.role === "now");
      badge.textContent = this.effect.text;
      return badge;
    }
    badge.className = "line-effect";
    badge.style.cssText = `--role-fill:var(--c-${this.effect.role}-fill);--role-edge:var(--c-${this.effect.role}-edge);--role-ink:var(--c-${this.effect.role}-ink)`;
    badge.textContent = this.effect.text;
    return badge;
  }
}

class Dot extends GutterMarker {
  constructor(readonly on: boolean) {
    super();
  }
  override eq(other: Dot): boolean {
    return other.on === this.on;
  }
  override toDOM(): Node {
    const dot = document.createElement("span");
    dot.className = this.on ? "breakpoint on" : "breakpoint";
    return dot;
  }
}

const showEffect = StateEffect.define<{
  readonly decorations: DecorationSet;
  readonly dots: RangeSet<GutterMarker>;
  readonly badges: RangeSet<GutterMarker>;
}>();

const decorations = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (value, transaction) =>
    transaction.effects.reduce(
      (now, effect) => (effect.is(showEffect) ? effect.value.decorations : now),
      value.map(transaction.changes),
    ),
  provide: (field) => EditorView.decorations.from(field),
});

const dots = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update: (value, transaction) =>
    transaction.effects.reduce(
      (now, effect) => (effect.is(showEffect) ? effect.value.dots : now),
      value.map(transaction.changes),
    ),
});

const badges = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update: (value, transaction) =>
    transaction.effects.reduce(
      (now, effect) => (effect.is(showEffect) ? effect.value.badges : now),
      value.map(transaction.changes),
    ),
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.processingInstruction, tags.meta], color: "var(--sx-kw)" },
  { tag: [tags.typeName, tags.standard(tags.typeName)], color: "var(--sx-ty)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--sx-num)" },
  { tag: [tags.string, tags.character], color: "var(--sx-str)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))], color: "var(--sx-fn)" },
  { tag: tags.comment, color: "var(--sx-com)", fontStyle: "italic" },
]);

function decorationsOf(state: EditorState, show: EditorShow): typeof showEffect extends StateEffectType<infer T> ? T : never {
  const { doc } = state;
  const ranges: Range<Decoration>[] = [];
  if (show.current !== null && show.current.start <= doc.length) {
    const line = doc.lineAt(show.current.start);
    const end = Math.min(show.current.end, doc.length);
    ranges.push(Decoration.line({ class: show.current.bad ? "now-line bad" : "now-line" }).range(line.from));
    if (end > show.current.start)
      ranges.push(Decoration.mark({ class: "now-text" }).range(show.current.start, Math.min(end, line.to)));
  }
  const markers = show.breakpoints.filter((line) => line <= doc.lines).map((line) => new Dot(true).range(doc.line(line).from));
  const notes = show.effects
    .filter(({ line }) => line <= doc.lines)
    .map((effect) => new Badge(effect).range(doc.line(effect.line).from));
  return { decorations: Decoration.set(ranges, true), dots: RangeSet.of(markers, true), badges: RangeSet.of(notes, true) };
}

/** Diagnostics cut to the text, at least one character wide. */
function marksOf(show: EditorShow, length: number): CodeDiagnostic[] {
  return show.diagnostics.map(({ from, to, severity, message }) => ({
    from: Math.min(from, length),
    to: Math.min(Math.max(to, from + 1), length),
    severity,
    message,
  }));
}

export function createEditor(parent: HTMLElement, label: string, events: EditorEvents): Editor {
  const editable = new Compartment();
  let telling = false;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: "",
      extensions: [
        gutter({
          class: "breakpoint-gutter",
          // So that every line shows under the pointer where a click goes.
          renderEmptyElements: true,
          markers: (at) => at.state.field(dots),
          initialSpacer: () => new Dot(false),
          domEventHandlers: {
            mousedown: (at, block) => {
              events.onBreakpoint(at.state.doc.lineAt(block.from).number);
              return true;
            },
          },
        }),
        lineNumbers(),
        gutter({ class: "effect-gutter", side: "after", markers: (at) => at.state.field(badges) }),
        history(),
        indentOnInput(),
        indentUnit.of("  "),
        bracketMatching(),
        highlightActiveLine(),
        cpp(),
        syntaxHighlighting(colours),
        decorations,
        dots,
        badges,
        editable.of([]),
        // A text that only scrolls must be reachable with the keyboard too.
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
        keymap.of([
          { key: "Mod-Enter", run: () => (events.onRun(), true) },
          { key: "Escape", run: () => (events.onLeave(), true) },
          indentWithTab,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !telling) events.onEdit(update.state.doc.toString());
        }),
      ],
    }),
  });
  let shownAt = -1;
  let shown: EditorShow | null = null;
  let shownKey = "";
  return {
    update(text, show) {
      // Most steps stay inside one statement: then there is nothing to draw again.
      const key = JSON.stringify([text, show]);
      if (key === shownKey) return;
      shownKey = key;
      telling = true;
      const before = view.state.doc.toString();
      if (before !== text) view.dispatch({ changes: { from: 0, to: before.length, insert: text } });
      const at = show.current?.start ?? -1;
      const moved = at >= 0 && at !== shownAt && at <= view.state.doc.length;
      shownAt = at;
      const effects: StateEffect<unknown>[] = [showEffect.of(decorationsOf(view.state, show))];
      if (show.editable !== shown?.editable)
        effects.push(editable.reconfigure([EditorState.readOnly.of(!show.editable), EditorView.editable.of(show.editable)]));
      // To the line's start: following a statement to the right would push the program's left edge out of sight.
      if (moved) effects.push(EditorView.scrollIntoView(view.state.doc.lineAt(at).from, { y: "nearest", yMargin: 40 }));
      view.dispatch({ effects });
      if (show.diagnostics !== shown?.diagnostics)
        view.dispatch(setDiagnostics(view.state, marksOf(show, view.state.doc.length)));
      shown = show;
      telling = false;
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
