/** Calls by hand: typed as in a debugger, added to the program as C, run, and stepped like any other call. */
import { Undo2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { chunkStateNames } from "../../decode/types";
import { rowOf } from "../../decode/chunk-table";
import { useInstant } from "../../queries";
import { useActions, useText, useUi } from "../../store";
import { ActionButton, IconButton } from "../../ui";
import { useDiagnosticText } from "../shared/diagnostic-text";
import { statementOf } from "./parse";
import { type Preview, usePreview } from "./preview";
import "./callbar.css";

interface Block {
  readonly name: string;
  /** Last digits of the chunk's address. */
  readonly tail: string;
  readonly size: number;
  readonly state: string;
  readonly freed: boolean;
}

const role: Readonly<Record<string, string>> = {
  mmapped: "mmap",
  loose: "unsorted",
  corrupt: "bad",
  foreign: "meta",
  fencepost: "meta",
};

/** Named blocks, live ones first. */
function useBlocks(): readonly Block[] {
  const instant = useInstant();
  if (instant === null) return [];
  const { chunks, names } = instant.picture;
  return [...names]
    .map(([addr, name]) => {
      const row = rowOf(chunks, addr);
      const state = chunkStateNames[chunks.state[row] ?? 0] ?? "inuse";
      return {
        name,
        tail: `…${addr.toString(16).slice(-4)}`,
        size: chunks.size[row] ?? 0,
        state,
        freed: state !== "inuse" && state !== "mmapped",
      };
    })
    .toSorted((a, b) => Number(a.freed) - Number(b.freed));
}

/** Shown beside the live blocks: what else can be typed. */
const examples = ["malloc 24", "calloc 4 16", "realloc a 0x200", "memalign 64 100", "write a 41 41", "malloc_trim 0"];

const calls = ["malloc", "free", "realloc", "calloc", "memalign", "malloc_trim", "mallopt"];

export function CallBar() {
  const open = useUi((state) => state.callBar);
  return open ? <OpenCallBar /> : null;
}

/** What the call would do. */
function Effect({ preview }: { readonly preview: Preview }) {
  const shell = useText();
  const text = shell.callBar;
  switch (preview.kind) {
    case "call": {
      const { api, path, resultText } = preview.operation;
      const where = shell.path[path];
      return (
        <p className="callbar-hint" data-testid="callbar-effect">
          {api === "free" ? text.wouldFree(where) : text.wouldReturn(resultText, where)}
        </p>
      );
    }
    case "abort":
      return (
        <p className="callbar-hint bad" data-testid="callbar-effect">
          ⚠ {text.wouldAbort(preview.message)}
        </p>
      );
    case "signal": {
      const { signalWrite, signalAddr } = preview.summary;
      return (
        <p className="callbar-hint bad" data-testid="callbar-effect">
          ⚠ {shell.abort.access(signalWrite, `0x${signalAddr.toString(16)}`)}
        </p>
      );
    }
  }
}

function OpenCallBar() {
  const text = useText().callBar;
  const actions = useActions();
  const source = useUi((state) => state.draft);
  const busy = useUi((state) => state.progress !== null);
  const blocks = useBlocks();
  const diagnostic = useUi((state) => state.callProblem);
  const describe = useDiagnosticText();
  const [value, setValue] = useState("");
  const [problem, setProblem] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const statement = statementOf(value, source);
  const preview = usePreview(statement);
  const word = /^(free|realloc|write)\s+(\S*)$/.exec(value.trimStart());
  const shown = blocks.filter((block) => word === null || block.name.startsWith(word[2] ?? "")).slice(0, 6);
  const offersBlocks = word !== null && shown.length > 0;
  const offersCalls = value.trim() === "" || /^\w*$/.test(value.trim());

  const submit = async (): Promise<void> => {
    if (statement === null) {
      setProblem(value.trim() !== "");
      return;
    }
    const done = await actions.appendStatement(statement);
    setProblem(!done);
    if (done) setValue("");
    input.current?.focus();
  };

  const take = (name: string): void => {
    setValue(`${word?.[1] ?? "free"} ${name}${word?.[1] === "realloc" ? " " : ""}`);
    input.current?.focus();
  };

  return (
    <form
      className="callbar popover"
      data-testid="callbar"
      aria-label={text.label}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {offersBlocks ? (
        <div className="callbar-help">
          <section>
            <h3>{text.live}</h3>
            <ul className="callbar-list" aria-label={text.live}>
              {shown.map((block) => (
                <li key={block.name}>
                  <button type="button" onClick={() => take(block.name)}>
                    <b className="mono">{block.name}</b>
                    <span className="state-chip mono" style={chip(block.state)}>
                      {block.freed ? block.state : `0x${block.size.toString(16)}`}
                    </span>
                    <span className="dim mono">{block.tail}</span>
                    <span className="grow" />
                    {block.freed ? <span className="callbar-warn">⚠ {text.freed}</span> : null}
                  </button>
                </li>
              ))}
            </ul>
          </section>
          <section>
            <h3>{text.also}</h3>
            <ul className="callbar-also mono">
              {examples.map((example) => (
                <li key={example}>{example}</li>
              ))}
            </ul>
          </section>
        </div>
      ) : null}
      {!offersBlocks && offersCalls ? (
        <div className="callbar-calls">
          {calls
            .filter((call) => call.startsWith(value.trim()))
            .map((call) => (
              <button
                key={call}
                type="button"
                className="mono"
                onClick={() => {
                  setValue(`${call} `);
                  input.current?.focus();
                }}
              >
                {call}
              </button>
            ))}
        </div>
      ) : null}
      <p className={problem ? "callbar-hint bad" : "callbar-hint"} role={problem ? "alert" : undefined}>
        {problem
          ? diagnostic === null || statement === null
            ? text.unknown
            : describe(diagnostic)
          : statement === null
            ? text.hint
            : `${text.would}: `}
        {!problem && statement !== null ? <code>{statement}</code> : null}
      </p>
      {problem || preview === null ? null : <Effect preview={preview} />}
      <div className="callbar-row">
        <span className="callbar-prompt mono" aria-hidden="true">
          ▸
        </span>
        <input
          ref={input}
          className="mono"
          value={value}
          placeholder={text.placeholder}
          aria-label={text.label}
          data-testid="callbar-input"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setValue(event.target.value);
            setProblem(false);
          }}
          onKeyDown={(event) => {
            const first = shown[0];
            if (
              event.key === "Tab" &&
              !event.shiftKey &&
              offersBlocks &&
              first !== undefined &&
              value.trimStart() !== `${word[1]} ${first.name}`
            ) {
              event.preventDefault();
              take(first.name);
            }
          }}
        />
        <span className="callbar-keys" aria-hidden="true">
          <kbd>Tab</kbd> <kbd>↵</kbd>
        </span>
        <IconButton label={text.undo} onPress={actions.undoEdit}>
          <Undo2 size={15} />
        </IconButton>
        <ActionButton kind="primary" onPress={() => void submit()} isDisabled={busy} testId="callbar-call">
          {text.call}
        </ActionButton>
      </div>
    </form>
  );
}

function chip(state: string): React.CSSProperties {
  const name = role[state] ?? state;
  return { background: `var(--c-${name}-fill)`, color: `var(--c-${name}-ink)`, borderColor: `var(--c-${name}-edge)` };
}
