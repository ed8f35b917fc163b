/** One chunk: who it is, how large, what its words say, who points to it, what happened to it, and its bytes. */
import { useMemo } from "react";
import { rowOf } from "../../decode/chunk-table";
import { chunkDetail, linksTo, wordsTo } from "../../decode/detail";
import { chunkFlag, chunkMark, type ChunkDetail } from "../../decode/types";
import type { PanelText } from "../../i18n/panels";
import type { Operation } from "../../protocol/messages";
import type { Instant } from "../../queries";
import { stateRole } from "../../render/roles";
import { hex, shortAddress } from "../../render/text";
import { binTag } from "../../scene/bin-names";
import { chunkName } from "../../scene/map-labels";
import { ChunkBytes } from "./chunk-bytes";
import { Fields } from "./fields";
import { askedSize, currentEntry, historyOf, type HistoryEntry } from "./history";
import { Pointers } from "./pointers";
import { SizeBar } from "./size-bar";
import { SizeWord } from "./size-word";
import { useActions } from "../../store";

export interface ChunkCardProps {
  readonly instant: Instant;
  readonly operations: readonly Operation[];
  readonly chunkAddr: number;
  readonly text: PanelText;
  /** Given for the pinned chunk. */
  readonly onClose?: () => void;
}

/** Heaps up to this size are searched for words that point to the chunk. */
const SEARCH_BYTES = 1 << 22;

function stateOf(instant: Instant, detail: ChunkDetail, text: PanelText): string {
  const list = instant.heap.lists[detail.bin];
  return list === undefined ? text.state[detail.state] : binTag(list, detail.binPosition);
}

export function ChunkCard({ instant, operations, chunkAddr, text, onClose }: ChunkCardProps): React.ReactNode {
  const row = rowOf(instant.heap.chunks, chunkAddr);
  const { context, heap } = instant;
  const detail = useMemo(() => chunkDetail(context, heap, row), [context, heap, row]);
  const links = useMemo(() => (row < 0 ? [] : linksTo(context, heap, row)), [context, heap, row]);
  const words = useMemo(() => {
    const { start, end } = heap.chunks;
    return row < 0 || end - start > SEARCH_BYTES ? [] : wordsTo(context, heap, row);
  }, [context, heap, row]);
  const history = useMemo(
    () => historyOf(operations, chunkAddr + 2 * instant.abi.wordBytes),
    [operations, chunkAddr, instant.abi.wordBytes],
  );
  if (detail === null) return <History history={history} cursor={instant.cursor} name={shortAddress(chunkAddr)} text={text} />;

  const { picture } = instant;
  const name = chunkName(picture, row) || shortAddress(chunkAddr);
  const marks = instant.heap.chunks.marks[row] ?? 0;
  const asked =
    detail.state === "inuse" || detail.state === "mmapped" || detail.bin >= 0 ? askedSize(history, instant.cursor) : null;
  const variables = instant.chunkPointers.filter((pointer) => pointer.row === row);
  return (
    <article className="chunk-card" data-role={stateRole[detail.state]}>
      <section>
        <div className="chunk-title">
          <span className="chunk-name">{name}</span>
          <span className="state-chip">{stateOf(instant, detail, text)}</span>
          {(marks & chunkMark.lastRemainder) !== 0 && <span className="state-chip outline">last_remainder</span>}
          {onClose !== undefined && (
            <button type="button" className="chunk-close" onClick={onClose} aria-label={text.inspector.close}>
              ✕
            </button>
          )}
        </div>
        <div className="chunk-addresses">
          {text.inspector.chunk} {hex(detail.addr)}
          {detail.state !== "top" && ` · ${text.inspector.user} ${hex(detail.userAddr)}`}
        </div>
      </section>
      {!instant.heap.inCall && detail.problems.length > 0 && (
        <section className="chunk-problems">
          <h3>{text.inspector.problems}</h3>
          {detail.problems.slice(0, 5).map((problem) => (
            <p key={`${problem.code} ${problem.at}`}>
              ⚠ {text.inspector.problem[problem.code]}{" "}
              <span className="mono">
                {shortAddress(problem.at)}: {hex(problem.value)}
                {problem.expected !== null && ` · ${text.inspector.expected(hex(problem.expected))}`}
              </span>
            </p>
          ))}
        </section>
      )}
      <SizeBar detail={detail} wordBytes={instant.abi.wordBytes} asked={asked} text={text} />
      <SizeWord
        detail={detail}
        arena={instant.heap.chunks.arena[row] ?? 0}
        wordBytes={instant.abi.wordBytes}
        previous={detail.prevRow < 0 ? "" : chunkName(picture, detail.prevRow) || text.inspector.thePrevious}
        text={text}
      />
      <Fields detail={detail} picture={picture} text={text} />
      <Pointers
        links={links}
        words={words}
        variables={variables}
        instant={instant}
        dangling={(detail.flags & chunkFlag.isMmapped) === 0 && detail.state !== "inuse"}
        text={text}
      />
      <History history={history} cursor={instant.cursor} name={name} text={text} />
      <ChunkBytes detail={detail} picture={picture} text={text} />
    </article>
  );
}

/** Entries shown around the current one. */
const HISTORY_LINES = 6;

function History({
  history,
  cursor,
  name,
  text,
}: {
  readonly history: readonly HistoryEntry[];
  readonly cursor: number;
  readonly name: string;
  readonly text: PanelText;
}): React.ReactNode {
  const actions = useActions();
  const current = currentEntry(history, cursor);
  const first = Math.max(0, Math.min(current - HISTORY_LINES + 2, history.length - HISTORY_LINES));
  return (
    <section>
      <h3>
        {text.inspector.history(name)}
        <span className="right">
          <kbd>[</kbd> <kbd>]</kbd>
        </span>
      </h3>
      {history.length === 0 && <p className="note">{text.inspector.noHistory}</p>}
      {history.slice(first, first + HISTORY_LINES).map((entry, i) => {
        const { operation } = entry;
        const index = first + i;
        return (
          <button
            type="button"
            key={operation.index}
            className="history-line"
            data-when={index === current ? "now" : index < current ? "past" : "future"}
            onClick={() => actions.seekOperation(operation.index)}
          >
            <span className="mono">op {operation.index + 1}</span>
            <span className="history-call">{callText(operation)}</span>
            <span className="right">
              {operation.line > 0 && text.inspector.line(operation.line)}
              {operation.path !== "none" && ` · ${operation.path}`}
            </span>
          </button>
        );
      })}
    </section>
  );
}

/** `b = malloc(0x88)`, `free(b)`. */
function callText(operation: Operation): string {
  const call = `${operation.api}(${operation.args.map((argument, i) => (argument > 0xffff_ffff ? (operation.name !== "" && i === 0 ? operation.name : shortAddress(argument)) : hex(argument))).join(", ")})`;
  return operation.api === "free" || operation.name === "" ? call : `${operation.name} = ${call}`;
}
