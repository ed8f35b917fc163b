/** The program: reading it at the current statement, editing it, running it; and what it printed. */
import { useEffect, useMemo, useRef, useState } from "react";
import { threadState } from "../../abi/threads";
import { useInstant, useSummary } from "../../queries";
import { inNextFrame } from "../../render/hooks";
import { threadName } from "../../scene/threads";
import { isStale, useActions, useText, useUi } from "../../store";
import { ActionButton, TabStrip, tabIds } from "../../ui";
import { useDiagnosticText } from "../shared/diagnostic-text";
import type { Editor, EditorShow } from "./editor";
import { type LineEffect, lineEffects } from "./effects";
import { OutputView } from "./output";
import "../shared/threads.css";
import "./code.css";

const nobody: readonly LineEffect[] = [];

/** What the editor shows beside the text. Badges and the current statement belong to the run: they vanish while the text differs. */
function useShow(): EditorShow {
  const summary = useSummary();
  const position = useUi((state) => state.position);
  const stale = useUi(isStale);
  const editable = useUi((state) => state.editing);
  const breakpoints = useUi((state) => state.breakpoints);
  const diagnostics = useUi((state) => state.diagnostics);
  const describe = useDiagnosticText();
  // Kept apart from what changes with every step: the editor marks them only when they are others.
  const marks = useMemo(
    () =>
      diagnostics.map((problem) => ({
        from: problem.span.start,
        to: problem.span.end,
        severity: problem.severity,
        message: describe(problem),
      })),
    [diagnostics, describe],
  );
  const threads = useInstant()?.threads;
  // Where each thread stands, when there are several.
  const standing = useMemo((): readonly LineEffect[] => {
    if (threads === undefined || threads.length < 2 || summary === null) return nobody;
    return threads.flatMap(({ number, state, statement, current }) => {
      const line = summary.debug.statements[statement]?.span.line;
      if (line === undefined || state === threadState.ended || state === threadState.gone) return [];
      return [{ line, text: threadName(number), role: current ? "now" : "meta", thread: number }];
    });
  }, [threads, summary]);
  return useMemo(() => {
    const statement = summary?.debug.statements[position?.statement ?? -1];
    const died =
      summary !== null &&
      position !== null &&
      position.cursor >= summary.last &&
      (summary.status === "abort" || summary.status === "signal");
    return {
      editable,
      current: stale || statement === undefined ? null : { start: statement.span.start, end: statement.span.end, bad: died },
      effects:
        stale || summary === null || position === null ? [] : [...standing, ...lineEffects(summary.operations, position.cursor)],
      breakpoints,
      diagnostics: marks,
    };
  }, [summary, position, stale, editable, breakpoints, marks, standing]);
}

function EditorView() {
  const text = useText();
  const actions = useActions();
  const draft = useUi((state) => state.draft);
  const editing = useUi((state) => state.editing);
  const show = useShow();
  const box = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<Editor | null>(null);
  const label = text.code.editorLabel;

  useEffect(() => {
    let made: Editor | null = null;
    let gone = false;
    void import("./editor").then(({ createEditor }) => {
      if (gone || box.current === null) return;
      made = createEditor(box.current, label, {
        onEdit: actions.edit,
        onBreakpoint: actions.toggleBreakpoint,
        onRun: () => void actions.run(),
        onLeave: () => {
          actions.setEditing(false);
          document.querySelector<HTMLElement>('[data-panel="code"]')?.focus();
        },
      });
      setEditor(made);
    });
    return () => {
      gone = true;
      made?.destroy();
    };
  }, [actions, label]);

  // The editor asks where the selection stands, which lays the page out: in the frame that is due anyway.
  useEffect(() => (editor === null ? undefined : inNextFrame(() => editor.update(draft, show))), [editor, draft, show]);
  useEffect(() => {
    if (editing) editor?.focus();
  }, [editor, editing]);

  return (
    <div className="editor-room">
      <div className="editor" ref={box} data-testid="editor" data-editing={editing}>
        {editor === null ? <pre className="editor-plain mono">{draft}</pre> : null}
      </div>
    </div>
  );
}

type CodeTab = "program" | "output";
const strip = "code";

/** First error of the draft, in one line under the program; the output tab has them all. */
function FirstProblem({ onMore }: { readonly onMore: () => void }) {
  const text = useText().code;
  const problem = useUi((state) => state.diagnostics[0]);
  const describe = useDiagnosticText();
  return problem === undefined ? null : (
    <button type="button" className="first-problem" onClick={onMore} data-testid="first-problem">
      <b>{text.at(problem.span.line, problem.span.column)}</b>
      <span>{describe(problem)}</span>
    </button>
  );
}

export function CodePanel() {
  const text = useText();
  const actions = useActions();
  const stale = useUi(isStale);
  const editing = useUi((state) => state.editing);
  const diagnostics = useUi((state) => state.diagnostics);
  const [tab, setTab] = useState<CodeTab>("program");
  const sent = useRef(false);
  // An error brings the output forward; when it is mended, the reader is back where they were.
  useEffect(() => {
    if (diagnostics.length > 0) {
      setTab((now) => {
        sent.current ||= now === "program";
        return "output";
      });
    } else if (sent.current) {
      sent.current = false;
      setTab("program");
    }
  }, [diagnostics]);
  const problems = diagnostics.length;
  const program = tabIds(strip, "program");
  const output = tabIds(strip, "output");
  return (
    <div className="code-panel">
      <div className="panel-head">
        <TabStrip
          id={strip}
          label={text.panel.code}
          value={tab}
          onChange={(chosen) => {
            sent.current = false;
            setTab(chosen);
          }}
          tabs={[
            { id: "program", text: text.code.program },
            {
              id: "output",
              text: (
                <>
                  {text.code.output}
                  {problems > 0 ? <span className="badge-bad">{problems}</span> : null}
                </>
              ),
            },
          ]}
        />
        <span className="grow" />
        {stale ? (
          <ActionButton onPress={actions.restoreRun} className="small" testId="revert">
            {text.code.revert}
          </ActionButton>
        ) : null}
        {stale || editing ? (
          <ActionButton
            kind={stale ? "primary" : "plain"}
            onPress={() => (stale ? void actions.run() : actions.setEditing(false))}
            className="small"
            testId="run"
          >
            {stale ? text.code.run : text.code.done}
          </ActionButton>
        ) : (
          <ActionButton
            onPress={() => {
              setTab("program");
              actions.setEditing(true);
            }}
            className="small"
            testId="edit"
          >
            {text.code.edit} <kbd>E</kbd>
          </ActionButton>
        )}
      </div>
      <div role="tabpanel" id={program.panel} aria-labelledby={program.tab} className="code-body" data-hidden={tab !== "program"}>
        <EditorView />
        <FirstProblem onMore={() => setTab("output")} />
      </div>
      {tab === "output" ? (
        <div role="tabpanel" id={output.panel} aria-labelledby={output.tab} className="code-body">
          <OutputView />
        </div>
      ) : null}
    </div>
  );
}
