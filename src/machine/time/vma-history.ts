/**
 * What happened to one VMA: the calls of the kernel that wrote its place, its rights or its being there, found in the journal.
 *
 *   mmap     brk          cursor    mprotect   munmap
 *   ─┼────────┼─────────────▼─────────┼──────────┼──       each with the VMA before and after
 *    made     ◄── looked for ──►              gone
 *
 * It is looked for a piece at a time, so that whoever asks can stop, and steps come in between.
 */
import { recordKind } from "../../abi/journal";
import { vmAreaStruct as f } from "../../abi/kernel";
import { PAGE_SHIFT } from "../../abi/machine-memory";
import type { VmaChange, VmaRange, VmaState } from "../../protocol/messages";
import { currentMm } from "./peek";
import type { Timeline } from "./timeline";

/** Records looked at for one answer. */
const PIECE = 1 << 18;
const WORD = 8;
/** Words whose writes change what a VMA is. */
const told = [f.vm_start, f.vm_end, f.vm_mm, f.vm_flags] as const;

export interface HistoryPiece {
  /** In order of time. */
  readonly changes: readonly VmaChange[];
  /** Where the next piece begins. */
  readonly reached: number;
  /** The VMA was made or went in the last change, or the run's edge is reached. */
  readonly done: boolean;
}

interface Search {
  readonly timeline: Timeline;
  /** Linear offset of the struct. */
  readonly vma: number;
  /** /proc/self/maps at the cursor. */
  readonly maps: () => readonly string[];
}

interface Piece {
  readonly low: number;
  readonly high: number;
  /** The struct's page was not written there. */
  readonly untouched: boolean;
}

/** What to look at next: in the ring a fixed number of records, outside of it a stretch between checkpoints, which has to be run again. */
function pieceAt({ timeline, vma }: Search, from: number, direction: 1 | -1): Piece {
  const { first, last } = timeline;
  const low = direction === 1 ? from : Math.max(first, from - PIECE);
  const high = direction === 1 ? Math.min(last, from + PIECE) : from;
  if (timeline.has(low, high)) return { low, high, untouched: false };
  const inside = direction === 1 ? from : from - 1;
  const start = timeline.stretchesBefore(inside + 1)[0] ?? first;
  const end = timeline.stretchesBefore(last).findLast((at) => at > inside) ?? last;
  const untouched = !timeline.touchedAfter(start, vma >>> PAGE_SHIFT);
  return direction === 1 ? { low: from, high: end, untouched } : { low: start, high: from, untouched };
}

/** The VMA from one end of the piece to its other, until it is not there. */
export function vmaHistory(search: Search, from: number, direction: 1 | -1): HistoryPiece {
  const { timeline } = search;
  const piece = pieceAt(search, from, direction);
  const look = () => lookThrough(search, piece, direction);
  // There and back once, not for every record that is found.
  return piece.untouched || timeline.has(piece.low, piece.high) ? look() : timeline.at(piece.high, look);
}

function lookThrough(search: Search, { low, high, untouched }: Piece, direction: 1 | -1): HistoryPiece {
  const { timeline, vma } = search;
  const changes: VmaChange[] = [];
  let at = direction === 1 ? low : high;
  let over = untouched;
  let ended = false;
  while (!over && !ended) {
    const record = nextWrite(timeline, vma, at, direction === 1 ? high : low, direction);
    if (record < 0) break;
    const call = callAround(timeline, record);
    at = direction === 1 ? call.to : call.from;
    ended = timeline.withRecords(call.from, call.to, (begin, end) => linked(timeline, vma, begin, end));
    const change = changeIn(search, call, ended ? (direction === 1 ? "went" : "made") : "stays");
    if (change !== null) changes.push(change);
    over = direction === 1 ? at >= high : at <= low;
  }
  const reached = over && !untouched ? at : direction === 1 ? high : low;
  return {
    changes: direction === 1 ? changes : changes.toReversed(),
    reached,
    done: ended || (direction === 1 ? reached >= timeline.last : reached <= timeline.first),
  };
}

const isTold = ({ journal }: Timeline, vma: number, record: number): boolean => {
  const field = journal.where(record) - vma;
  return (
    journal.kind(record) === recordKind.write &&
    field >= 0 &&
    field <= f.vm_flags + WORD &&
    told.some((at) => field >= at && field < at + WORD)
  );
};

/** The nearest write from a position on, before `edge`; −1 when there is none. */
function nextWrite(timeline: Timeline, vma: number, from: number, edge: number, direction: 1 | -1): number {
  return timeline.withRecords(Math.min(from, edge), Math.max(from, edge), (low, high) => {
    if (direction === 1) {
      for (let record = low; record < high; record++) if (isTold(timeline, vma, record)) return record;
    } else {
      for (let record = high - 1; record >= low; record--) if (isTold(timeline, vma, record)) return record;
    }
    return -1;
  });
}

/** Did it come into an address space or leave one between two records? */
function linked(timeline: Timeline, vma: number, from: number, to: number): boolean {
  const { journal } = timeline;
  for (let record = from; record < to; record++)
    if (journal.where(record) === vma + f.vm_mm && journal.kind(record) === recordKind.write) return true;
  return false;
}

/** The innermost call of the kernel around a record: the cursors before and after it, and which. */
function callAround(timeline: Timeline, record: number): { readonly from: number; readonly to: number; readonly call: number } {
  const { bracketAt, bracketDepth } = timeline.index;
  const inside = bracketAt.countBelow(record + 1) - 1;
  const depth = inside < 0 ? 0 : bracketDepth.at(inside);
  // What the simulation does by itself is a change of its own.
  const alone = { from: record, to: record + 1, call: 0 };
  if (depth === 0) return alone;
  let begin = inside;
  while (begin > 0 && !(bracketDepth.at(begin) === depth && bracketDepth.at(begin - 1) < depth)) begin--;
  let end = inside + 1;
  while (end < bracketAt.length && bracketDepth.at(end) >= depth) end++;
  const from = bracketAt.at(begin) - 1;
  const [kind, id] = timeline.withRecords(from, from + 1, () => [timeline.journal.kind(from), timeline.journal.id(from)]);
  if (kind !== recordKind.syscallBegin) return alone;
  return { from, to: end < bracketAt.length ? bracketAt.at(end) : timeline.last, call: id ?? 0 };
}

function changeIn(
  { timeline, vma, maps }: Search,
  { from, to, call }: { readonly from: number; readonly to: number; readonly call: number },
  what: "made" | "went" | "stays",
): VmaChange | null {
  const view = new DataView(timeline.memory.buffer, timeline.memory.byteOffset, timeline.memory.byteLength);
  const word = (offset: number): number =>
    view.getUint32(vma + offset, true) + view.getUint32(vma + offset + 4, true) * 0x1_0000_0000;
  const state = (): VmaState => ({ start: word(f.vm_start), end: word(f.vm_end), flags: view.getUint32(vma + f.vm_flags, true) });
  /** Where other VMAs of the same process are. */
  const others = (mm: number, own: VmaState | null): readonly VmaRange[] =>
    currentMm(timeline.memory) === mm ? rangesOf(maps()).filter(({ start }) => start !== own?.start) : [];
  const mm = timeline.at(what === "made" ? to : from, () => word(f.vm_mm));
  const [before, othersBefore] = timeline.at(from, () => {
    const own = what === "made" ? null : state();
    return [own, others(mm, own)];
  });
  const [after, othersAfter] = timeline.at(to, () => {
    const own = what === "went" ? null : state();
    return [own, others(mm, own)];
  });
  const same = before?.start === after?.start && before?.end === after?.end && before?.flags === after?.flags;
  if (same) return null;
  const within = (ranges: readonly VmaRange[], own: VmaState | null) =>
    ranges.filter(({ start, end }) => own !== null && start < own.end && end > own.start);
  return { at: to, call, before, after, taken: within(othersBefore, after), given: within(othersAfter, before) };
}

function rangesOf(lines: readonly string[]): readonly VmaRange[] {
  return lines.map((line) => {
    const [start = "0", end = "0"] = line.slice(0, line.indexOf(" ")).split("-");
    return { start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) };
  });
}
