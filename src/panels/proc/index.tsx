/** The process's memory as a shell shows it, with what the last step changed. Fetched when first asked for. */
import { Copy } from "lucide-react";
import { useMemo, useState } from "react";
import { FIRST_PID } from "../../abi/kernel";
import { type ProcName, procNames } from "../../abi/proc-texts";
import { memoryViewsTexts } from "../../i18n/memory-views";
import { useProcText } from "../../queries";
import { useActions, useUi } from "../../store";
import { ActionButton, copyText } from "../../ui";
import { MemorySwitch } from "../shared/memory-switch";
import { useShown } from "../shared/use-shown";
import { type DiffLine, lineDiff } from "./line-diff";
import "./proc.css";

/** What a reader would type to see the text. */
const commands: Readonly<Record<ProcName, (pid: number) => string>> = {
  maps: (pid) => `cat /proc/${pid}/maps`,
  smaps: (pid) => `cat /proc/${pid}/smaps`,
  smaps_rollup: (pid) => `cat /proc/${pid}/smaps_rollup`,
  status: (pid) => `grep -E '^(Vm|Rss|Huge)' /proc/${pid}/status`,
  statm: (pid) => `cat /proc/${pid}/statm`,
  buddyinfo: () => "cat /proc/buddyinfo",
  slabinfo: () => "cat /proc/slabinfo",
  pmap: (pid) => `pmap -x ${pid}`,
  top: (pid) => `top -b -n1 -p ${pid} | tail -2`,
};

/** Names of smaps' mappings and titles of columns: what a reader looks for first. */
function isHead(name: ProcName, text: string, index: number): boolean {
  if (name === "smaps" || name === "smaps_rollup") return /^[0-9a-f]+-[0-9a-f]+ /.test(text);
  return (name === "pmap" && index < 2) || (name === "top" && index === 0) || text.startsWith("#");
}

function ProcPanel() {
  const text = memoryViewsTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const [name, setName] = useState<ProcName>("maps");
  const answer = useProcText(name);
  const command = commands[name](useShown()?.space.pid ?? FIRST_PID);
  const lines = useMemo(() => (answer === null ? null : lineDiff(answer.before, answer.lines)), [answer]);
  const changed = lines?.filter(({ kind }) => kind === "added").length ?? 0;
  const gone = lines?.filter(({ kind }) => kind === "removed").length ?? 0;
  const copy = async (): Promise<void> => {
    const done = await copyText(`${answer?.lines.join("\n") ?? ""}\n`);
    actions.toast(done ? text.copied : text.notCopied);
  };
  return (
    <div className="proc-panel">
      <header className="panel-head">
        <h2>{text.procTitle}</h2>
        <span className="dim proc-hint">{text.procHint}</span>
        <span className="grow" />
        <MemorySwitch />
      </header>
      <div className="proc-bar">
        <div className="proc-files" role="group" aria-label={text.file} data-testid="proc-files">
          {procNames.map((id) => (
            <button key={id} type="button" className="proc-file mono" aria-pressed={id === name} onClick={() => setName(id)}>
              {id === "pmap" ? "pmap -x" : id}
            </button>
          ))}
        </div>
        <span className="grow" />
        <ActionButton onPress={() => void copy()} isDisabled={answer === null} testId="proc-copy">
          <Copy size={13} /> {text.copy}
        </ActionButton>
      </div>
      <p className="proc-command mono">
        <span className="dim">$</span> {command}
        <span className="grow" />
        <span className="dim proc-count" data-testid="proc-count">
          {lines === null ? text.waiting : `${text.lines(answer?.lines.length ?? 0)} · ${text.changed(Math.max(changed, gone))}`}
        </span>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled with the keyboard */}
      <div className="panel-body proc-body" tabIndex={0} role="group" aria-label={command} data-testid="proc-text">
        <pre className="proc-text">
          {(lines ?? []).map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the text
            <Line key={index} line={line} head={isHead(name, line.text, index)} added={text.added} removed={text.removed} />
          ))}
        </pre>
      </div>
    </div>
  );
}

interface LineProps {
  readonly line: DiffLine;
  readonly head: boolean;
  readonly added: string;
  readonly removed: string;
}

function Line({ line, head, added, removed }: LineProps) {
  const title = line.kind === "added" ? added : line.kind === "removed" ? removed : undefined;
  const Element = line.kind === "added" ? "ins" : line.kind === "removed" ? "del" : "span";
  return (
    <Element className="proc-line" data-head={head || undefined} title={title}>
      {line.text === "" ? " " : line.text}
    </Element>
  );
}

export default ProcPanel;
