/** One of the two columns: the release, its heap, its free lists, the chunk of the call word by word. */
import { offeredReleases } from "../../abi/releases";
import { chunkDetail } from "../../decode/detail";
import { rowAt } from "../../decode/chunk-table";
import type { ChunkDetail, ChunkField } from "../../decode/types";
import { compareTexts } from "../../i18n/compare";
import { machineTexts } from "../../i18n/machine";
import type { ComparedRun } from "../../protocol/comparison";
import type { Operation } from "../../protocol/messages";
import type { Instant } from "../../queries";
import { hex, shortAddress } from "../../render/text";
import { stateRole } from "../../render/roles";
import { chunkName } from "../../scene/map-labels";
import { useText, useUi } from "../../store";
import { ActionButton } from "../../ui";
import { callText } from "../shared/call-text";
import { markWords } from "../shared/mark-words";
import { answerOf, answersOf, decisionsOf } from "./decisions";
import type { ListRow } from "./lists";
import { shortResult, subjectOf } from "./outcome";
import { type SideLevel, SideMap } from "./side-map";
import "./side.css";

export type Letter = "A" | "B";

interface SideProps {
  readonly letter: Letter;
  readonly run: ComparedRun;
  readonly operation: Operation | null;
  /** True past the last call. */
  readonly ended: boolean;
  readonly instant: Instant | null;
  /** The other column's, to tell what only this one decides. */
  readonly other: Instant | null;
  readonly otherOperation: Operation | null;
  readonly lists: readonly ListRow[];
  readonly level: SideLevel;
  readonly bytesPerRow: number;
  readonly onOpen: () => void;
}

/** Entries of a list that are named; the rest is counted. */
const NAMED = 10;

function Lists({ rows, side, glibc }: { readonly rows: readonly ListRow[]; readonly side: 0 | 1; readonly glibc: string }) {
  const text = compareTexts[useUi((state) => state.locale)];
  if (rows.length === 0) return <p className="dim compare-note">{text.noLists}</p>;
  return (
    <ul className="compare-lists mono">
      {rows.map((row) => {
        const cell = row.cells[side];
        const more = cell.entries.length - NAMED;
        return (
          <li key={row.name} data-differs={row.differs || undefined}>
            <span className={`compare-list-name kind-${row.kind}`}>{row.name}</span>
            <span className="compare-count">
              {cell.missing ? "" : cell.limit > 0 ? `${cell.entries.length}/${cell.limit}` : cell.entries.length}
            </span>
            {cell.missing ? (
              <span className="dim compare-missing">{text.missing(glibc)}</span>
            ) : (
              <span className="compare-entries">
                {cell.entries.slice(0, NAMED).map((name, at) => (
                  // A corrupt list may name a chunk twice.
                  // oxlint-disable-next-line react/no-array-index-key
                  <span key={`${at} ${name}`} className={`compare-chip kind-${row.kind}`}>
                    {name}
                  </span>
                ))}
                {more > 0 ? <span className="dim">+{more}</span> : null}
                <span className="dim">∅</span>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The chunk that a call is about, in one of the two heaps. */
function subjectDetail(instant: Instant | null, operation: Operation | null): ChunkDetail | null {
  const user = subjectOf(operation);
  if (instant === null || user === 0) return null;
  const { picture, heap, context, abi } = instant;
  return chunkDetail(context, heap, rowAt(picture.chunks, user - 2 * abi.wordBytes));
}

/** Whether a word is another field, or holds something else than in the other heap. Where blocks lie apart, links differ anyway. */
function otherWord(field: ChunkField, mine: ChunkDetail, theirs: ChunkDetail | null): boolean {
  const same = theirs?.fields.find(({ name, valid }) => valid && name === field.name);
  if (theirs === null) return false;
  if (same === undefined || same.mangled !== field.mangled) return true;
  return same.value !== field.value && (field.name === "size" || mine.addr === theirs.addr);
}

interface WordsProps {
  readonly instant: Instant | null;
  readonly operation: Operation | null;
  readonly other: ChunkDetail | null;
}

function Words({ instant, operation, other }: WordsProps) {
  const text = compareTexts[useUi((state) => state.locale)];
  const detail = subjectDetail(instant, operation);
  if (instant === null || detail === null) return <p className="dim compare-note">{text.noChunk}</p>;
  const name = chunkName(instant.picture, detail.row) || operation?.name || shortAddress(detail.addr);
  return (
    <>
      <h4>
        {text.words(name)} <span className="dim mono">{hex(detail.sizeBytes)}</span>
      </h4>
      <div className="compare-words mono">
        {detail.fields
          .filter(({ valid, name: field }) => valid || field === "size")
          .map((field) => (
            <span
              key={field.name}
              className={`compare-word kind-${stateRole[detail.state]}`}
              data-differs={otherWord(field, detail, other) || undefined}
            >
              <b>
                {field.name}
                {field.mangled ? " ⊕" : ""}
              </b>
              <span>{field.value === null ? "?" : hex(field.value)}</span>
              <small>
                {shortAddress(field.addr)}
                {field.target > 0 ? ` → ${shortAddress(field.target)}` : ""}
              </small>
            </span>
          ))}
      </div>
    </>
  );
}

/** Decisions of one call that are shown; what follows says how many more there are. */
const DECISIONS = 24;

function Decisions({ instant, other }: { readonly instant: Instant | null; readonly other: Instant | null }) {
  const locale = useUi((state) => state.locale);
  const text = compareTexts[locale];
  const words = markWords(locale, instant);
  const decisions = decisionsOf(instant?.records ?? null);
  const elsewhere = answersOf(decisionsOf(other?.records ?? null));
  if (decisions.length === 0) return <p className="dim compare-note">{text.noDecisions}</p>;
  return (
    <ol className="compare-decisions">
      {decisions.slice(0, DECISIONS).map((decision, at) => (
        // A call may come to the same question again.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={at} data-differs={!elsewhere.has(answerOf(decision)) || undefined}>
          <span>{words.label(decision.mark)}</span>
          <span className="mono dim">
            {decision.times > 1 ? `${decision.times}× ` : ""}
            {words.live(decision.mark, decision.a, decision.b, decision.answer)}
          </span>
        </li>
      ))}
      {decisions.length > DECISIONS ? <li className="dim">+{decisions.length - DECISIONS}</li> : null}
    </ol>
  );
}

export function Side({
  letter,
  run,
  operation,
  ended,
  instant,
  other,
  otherOperation,
  lists,
  level,
  bytesPerRow,
  onOpen,
}: SideProps) {
  const locale = useUi((state) => state.locale);
  const text = compareTexts[locale];
  const paths = useText().path;
  const { glibc, abi } = run.machine;
  const info = offeredReleases.find(({ release }) => release === glibc);
  const born = instant !== null && !instant.heap.unborn && instant.heap.chunks.count > 0;
  const user = subjectOf(operation);
  const subject = instant === null || user === 0 ? 0 : user - 2 * instant.abi.wordBytes;
  const path = operation === null ? "" : paths[operation.path];
  const outcome =
    operation === null
      ? ended
        ? ""
        : text.notCalled
      : !operation.finished
        ? text.died
        : [path, shortResult(operation)].filter((part) => part !== "").join(" · ");
  return (
    <section className="compare-side" aria-label={`${letter}: glibc ${glibc}`} data-testid={`side-${letter}`}>
      <div className="compare-top">
        <header>
          <span className="compare-letter">{letter}</span>
          <h3 className="mono">glibc {glibc}</h3>
          <span className="dim">
            {info === undefined ? "" : `${info.month} · ${info.snapshot ? machineTexts[locale].snapshot : info.system}`}
            {abi === "i386" ? " · i386" : ""}
          </span>
          <span className="grow" />
          <ActionButton onPress={onOpen} testId={`open-${letter}`}>
            {text.goHere(glibc)}
          </ActionButton>
        </header>
        <p className="compare-outcome">
          <span className="mono">{operation === null ? "" : callText(operation)}</span>{" "}
          <b data-testid={`outcome-${letter}`}>{outcome}</b>
        </p>
      </div>
      {born ? (
        <SideMap
          picture={instant.picture}
          level={level}
          bytesPerRow={bytesPerRow}
          subject={subject}
          label={`${text.heap}: glibc ${glibc}, ${operation === null ? text.atEnd : text.after(callText(operation))}`}
        />
      ) : (
        <p className="dim compare-note">{instant === null ? "" : text.noHeap}</p>
      )}
      <div>
        <h4>{text.lists}</h4>
        <Lists rows={lists} side={letter === "A" ? 0 : 1} glibc={glibc} />
      </div>
      <div>
        <h4>{text.decisions}</h4>
        <Decisions instant={instant} other={other} />
      </div>
      <div>
        <Words instant={instant} operation={operation} other={subjectDetail(other, otherOperation)} />
      </div>
      <div>
        <Ending run={run} />
      </div>
    </section>
  );
}

function Ending({ run }: { readonly run: ComparedRun }) {
  const text = compareTexts[useUi((state) => state.locale)];
  const status = useText().status[run.status];
  const how = run.status === "exited" ? text.exit(run.exitCode) : run.signal > 0 ? text.signal(run.signal) : "";
  const output = run.output.map((chunk) => chunk.text).join("");
  return (
    <>
      <h4>
        {text.ends} <span className="dim">{[status, how].filter((part) => part !== "").join(" · ")}</span>
      </h4>
      {output === "" ? null : <pre className="compare-output">{output.slice(0, 4000)}</pre>}
    </>
  );
}
