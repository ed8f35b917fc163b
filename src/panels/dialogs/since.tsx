/** What has changed between a bookmark and the step that is shown: calls, words of the allocator, other data. */
import { useMemo, useState } from "react";
import { addressName } from "../../decode/address-name";
import { vmaAt } from "../../decode/vmas";
import type { RunSummary } from "../../protocol/messages";
import { type Instant, SLICE_LIMIT, useInstant, useRecords, useSummary } from "../../queries";
import { useText, useUi } from "../../store";
import { DialogBox } from "../../ui/dialog";
import { callText } from "../shared/call-text";
import { changesOf } from "./changes";
import type { DialogProps } from "./props";

/** More lines than this nobody reads. */
const LINE_LIMIT = 120;

const number = new Intl.NumberFormat("en-US");
const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

/** Number of the latest call begun before a cursor, counted from 1. */
const callAt = (summary: RunSummary, cursor: number): number =>
  summary.operations.findLastIndex((operation) => operation.begin < cursor) + 1;

/** The bookmark to begin with: the latest one behind us, else the next one ahead. */
function nearest(bookmarks: readonly number[], cursor: number): number | undefined {
  return bookmarks.findLast((mark) => mark < cursor) ?? bookmarks.find((mark) => mark > cursor) ?? bookmarks[0];
}

/** The allocator's name for an address: `main_arena.top`, `b.size`, or `b+0x10` inside a block. */
function allocatorName(instant: Instant, addr: number): string | null {
  const { abi, mainArena, chunks, bins, names } = instant.picture;
  return addressName({ abi, mainArena, mp: instant.heap.par.addr, tcache: bins.tcacheAddr, chunks, names }, addr);
}

const isField = (instant: Instant, addr: number): boolean => allocatorName(instant, addr)?.includes("+") === false;

function placeName(instant: Instant, addr: number): string {
  const name = allocatorName(instant, addr);
  if (name !== null) return name;
  const variable = instant.variables.find((candidate) => candidate.addr === addr);
  const vma = instant.space.vmas[vmaAt(instant.space, addr)];
  return variable?.name ?? `${vma?.name ?? ""} ${hex(addr)}`.trim();
}

function Comparison({
  mark,
  summary,
  instant,
}: {
  readonly mark: number;
  readonly summary: RunSummary;
  readonly instant: Instant;
}) {
  const text = useText().dialogs;
  const from = Math.min(mark, instant.cursor);
  const to = Math.max(mark, instant.cursor);
  const records = useRecords(from, to);
  const changes = useMemo(
    () => (records === null ? null : changesOf(records, summary.operations, (addr) => isField(instant, addr))),
    [records, summary.operations, instant],
  );
  const calls = summary.operations.filter((operation) => operation.begin < to && operation.end > from);
  if (from === to) return <p>{text.sinceHere}</p>;
  if (changes === null) return <p className="dim">{text.sinceLoading}</p>;
  return (
    <div className="since">
      {to - from > SLICE_LIMIT ? <p className="dim">{text.sinceCut(number.format(SLICE_LIMIT))}</p> : null}
      {changes.fields.length + changes.data.length === 0 ? <p>{text.sinceSame}</p> : null}
      {calls.length === 0 ? null : (
        <section>
          <h3>{text.sinceCalls(calls.length)}</h3>
          <ol className="since-calls mono">
            {calls.slice(0, LINE_LIMIT).map((operation) => (
              <li key={operation.index} value={operation.index + 1}>
                {callText(operation)}
                {operation.resultText === "" ? "" : ` → ${operation.resultText}`}
              </li>
            ))}
          </ol>
        </section>
      )}
      {changes.fields.length === 0 ? null : (
        <section>
          <h3>{text.sinceFields(changes.fields.length)}</h3>
          <table className="since-words mono">
            <tbody>
              {changes.fields.slice(0, LINE_LIMIT).map((word) => (
                <tr key={word.addr}>
                  <th scope="row">{placeName(instant, word.addr)}</th>
                  <td>
                    <s>{hex(word.before)}</s> → <b>{hex(word.after)}</b>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {changes.fields.length > LINE_LIMIT ? <p className="dim">…</p> : null}
        </section>
      )}
      {changes.data.length === 0 ? null : (
        <section>
          <h3>{text.sinceData}</h3>
          <table className="since-words mono">
            <tbody>
              {changes.data.slice(0, LINE_LIMIT).map(({ start, end }) => (
                <tr key={start}>
                  <th scope="row">{placeName(instant, start)}</th>
                  <td>{text.sinceBytes(end - start)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

export function SinceDialog({ onClose }: DialogProps) {
  const text = useText().dialogs;
  const summary = useSummary();
  const instant = useInstant();
  const bookmarks = useUi((state) => state.bookmarks);
  const cursor = useUi((state) => state.position?.cursor ?? 0);
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const mark = chosen ?? nearest(bookmarks, cursor);
  const place = (at: number): string => (summary === null ? "" : text.sincePlace(callAt(summary, at)));
  return (
    <DialogBox title={text.since} onClose={onClose} testId="since">
      {mark === undefined || summary === null || instant === null ? (
        <p>{text.sinceNone}</p>
      ) : (
        <>
          {bookmarks.length > 1 ? (
            <label className="field">
              {text.sinceMark}
              <select className="input" value={mark} onChange={(event) => setChosen(Number(event.target.value))}>
                {bookmarks.map((at) => (
                  <option key={at} value={at}>
                    {place(at)} · @{at}
                  </option>
                ))}
              </select>
            </label>
          ) : null}
          <p className="dim">{text.sinceRange(place(Math.min(mark, cursor)), place(Math.max(mark, cursor)))}</p>
          <Comparison mark={mark} summary={summary} instant={instant} />
        </>
      )}
    </DialogBox>
  );
}
