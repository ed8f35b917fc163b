/**
 * A step named by what the program does there, so that a link to it survives records that other versions of the simulator write or leave out
 * (docs/url-format.md). Positions are cursors, as in moves.ts.
 *
 *   statement n     op        phase    line           w    w    cursor          w: write of the process or the kernel
 *   ────┼───────────┼──────────┼────────┼─────────────┼────┼──────▼
 *       └ writes: 9 └ writes: 7└ …  3   └ writes: 2
 *
 * The latest marker of each sort is named by its id, as the nth of that id since the statement began; from each of them the step is so many
 * writes away. Where the step is looked for, the latest marker that is there too leads to it.
 */
import { recordKind, TIDY_WRITE } from "../../abi/journal";
import { machineMemory } from "../../abi/machine-memory";
import type { PlaceMark, StepPlace } from "../../scenario/scenario";
import type { JournalView } from "./linear";
import type { Timeline } from "./timeline";

/** As much of a timeline as a place is read from. */
export interface Recorded extends Pick<Timeline, "first" | "last" | "status"> {
  readonly index: { readonly statementAt: Pick<Timeline["index"]["statementAt"], "at" | "countBelow" | "length"> };
  readonly journal: Pick<JournalView, "capacity" | "kind" | "id" | "where">;
  withRecords(from: number, to: number, look: (from: number, to: number) => boolean): boolean;
}

/** What a record is to a place: the number of a sort of marker, coarse to fine, or one of these. */
const WRITE = -1;
/** The simulation's own: how many there are may depend on the host. */
const OWN = -2;

function sortOf({ journal }: Recorded, record: number): number {
  const kind = journal.kind(record);
  switch (kind) {
    case recordKind.write:
      return journal.where(record) >= machineMemory.kernel && journal.id(record) !== TIDY_WRITE ? WRITE : OWN;
    case recordKind.emptied:
      return OWN;
    case recordKind.opBegin:
    case recordKind.opEnd:
    case recordKind.syscallBegin:
    case recordKind.syscallEnd:
      return 0;
    case recordKind.phase:
      return 1;
    default:
      return 2;
  }
}

/** Looks at records [from, to) in order until `look` says that it is enough. */
function eachRecord(recorded: Recorded, from: number, to: number, look: (record: number) => boolean): void {
  const size = Math.max(1, recorded.journal.capacity >>> 1);
  for (let at = from; at < to; at += size) {
    const enough = recorded.withRecords(at, Math.min(to, at + size), (low, high) => {
      for (let record = low; record < high; record++) if (look(record)) return true;
      return false;
    });
    if (enough) return;
  }
}

/** First position of a statement, 1 the first; of 0 the run's. */
const beginOf = ({ index, first }: Recorded, statement: number): number =>
  statement === 0 ? first : index.statementAt.at(statement - 1) + 1;

/** The step at a cursor. */
export function placeOf(recorded: Recorded, cursor: number): StepPlace {
  const over = recorded.status !== "budget" && recorded.status !== "cancelled";
  if (cursor >= recorded.last && over) return "end";
  const statement = recorded.index.statementAt.countBelow(cursor);
  const counts = new Map<number, number>();
  const latest: (
    | { readonly at: number; readonly kind: number; readonly id: number; readonly nth: number; writes: number }
    | undefined
  )[] = [];
  let writes = 0;
  let own = 0;
  eachRecord(recorded, beginOf(recorded, statement), cursor, (record) => {
    const sort = sortOf(recorded, record);
    own = sort === OWN ? own + 1 : 0;
    if (sort === WRITE) writes++;
    if (sort < 0) return false;
    const kind = recorded.journal.kind(record);
    const id = recorded.journal.id(record);
    const nth = (counts.get((kind << 16) | id) ?? 0) + 1;
    counts.set((kind << 16) | id, nth);
    latest[sort] = { at: record, kind, id, nth, writes };
    return false;
  });
  const marks = latest
    .filter((mark) => mark !== undefined)
    .toSorted((a, b) => a.at - b.at)
    .map(({ kind, id, nth, writes: before }): PlaceMark => ({ kind, id, nth, writes: writes - before }));
  return { statement, marks, writes, own };
}

/** The cursor at a place: the same step, or the nearest before it that there is. Any place that the schema lets pass has one. */
export function cursorOf(recorded: Recorded, place: StepPlace): number {
  if (place === "end" || place.statement > recorded.index.statementAt.length) return recorded.last;
  const { statement, marks } = place;
  const begin = beginOf(recorded, statement);
  const { statementAt } = recorded.index;
  const end = statement < statementAt.length ? statementAt.at(statement) : recorded.last;
  // The statement is the first of the leads; each has met so many of its kind, and once found, so many writes still to go.
  const leads = [{ kind: 0, id: 0, nth: 0, writes: place.writes }, ...marks].map((mark) => ({
    ...mark,
    reached: mark.nth === 0 ? begin : -1,
  }));
  let own = place.own;
  eachRecord(recorded, begin, end, (record) => {
    const sort = sortOf(recorded, record);
    const finest = leads.at(-1);
    if (finest !== undefined && finest.reached >= 0 && finest.writes === 0) {
      if (sort !== OWN || own === 0) return true;
      own--;
      finest.reached = record + 1;
      return false;
    }
    for (const lead of leads) {
      if (lead.reached >= 0) {
        if (sort !== WRITE || lead.writes === 0) continue;
        lead.writes--;
        lead.reached = record + 1;
      } else if (sort >= 0 && recorded.journal.kind(record) === lead.kind && recorded.journal.id(record) === lead.id) {
        lead.nth--;
        if (lead.nth === 0) lead.reached = record + 1;
      }
    }
    return false;
  });
  return leads.findLast(({ reached }) => reached >= 0)?.reached ?? begin;
}
