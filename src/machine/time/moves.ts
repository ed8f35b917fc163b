/**
 * Where a move leads. Positions are cursors c: records [0, c) are applied. The stops of a level are
 *
 *   the run's start and end, and every position just after a marker of that level or a coarser one:
 *   statement   C statement
 *   phase       + phase, begin and end of allocator and kernel calls
 *   line        + line of the algorithm
 *   write       + every write of a word, but for the simulation's own: registers in the control block, moving bytes to another slot
 *
 * A step goes to the nearest stop in its direction, so from a stop a step and a step back are inverse.
 * Brackets (allocator call, kernel call, C function) nest; `over` ignores stops inside brackets that are not open at the cursor.
 */
import { recordKind, TIDY_WRITE } from "../../abi/journal";
import { machineMemory } from "../../abi/machine-memory";
import { unreachable } from "../../base";
import type { Move, Position } from "../../protocol/messages";
import { type StepLevel, stepLevels } from "../../scenario/scenario";
import type { RunIndex } from "./run-index";
import type { Timeline } from "./timeline";

/** Finest level at which a record of that kind makes a stop; −1: never. */
function rankOfKind(kind: number): number {
  switch (kind) {
    case recordKind.statement:
      return 0;
    case recordKind.phase:
    case recordKind.opBegin:
    case recordKind.opEnd:
    case recordKind.syscallBegin:
    case recordKind.syscallEnd:
      return 1;
    case recordKind.line:
      return 2;
    case recordKind.write:
      return 3;
    default:
      return -1;
  }
}

/** Records looked at in one go: bounded, so that a far search never asks the ring for more than it holds. */
function windowOf(timeline: Timeline): number {
  return Math.min(1 << 15, timeline.journal.capacity >>> 2);
}

/** The next stop after (direction 1) or before (−1) the cursor; the run's end or start when there is none. */
export function nextStop(timeline: Timeline, cursor: number, level: StepLevel, direction: 1 | -1): number {
  const rank = stepLevels.indexOf(level);
  if (rank === 0) return nextStatement(timeline, cursor, direction);
  const { journal } = timeline;
  const isStop = (record: number) => {
    const kind = journal.kind(record);
    const stopRank = rankOfKind(kind);
    if (stopRank < 0 || stopRank > rank) return false;
    if (kind !== recordKind.write) return true;
    return journal.where(record) >= machineMemory.kernel && journal.id(record) !== TIDY_WRITE;
  };
  return direction === 1 ? searchUp(timeline, cursor, isStop) : searchDown(timeline, cursor, isStop);
}

function searchUp(timeline: Timeline, cursor: number, isStop: (record: number) => boolean): number {
  const size = windowOf(timeline);
  for (let from = cursor; from < timeline.last; from += size) {
    const found = timeline.withRecords(from, from + size, (low, high) => {
      for (let record = low; record < high; record++) if (isStop(record)) return record + 1;
      return -1;
    });
    if (found > 0) return found;
  }
  return timeline.last;
}

function searchDown(timeline: Timeline, cursor: number, isStop: (record: number) => boolean): number {
  // A stop before the cursor is the end of a record below cursor − 1: the stop at the cursor itself does not count.
  const size = windowOf(timeline);
  for (let to = cursor - 1; to > timeline.first; to -= size) {
    const found = timeline.withRecords(to - size, to, (low, high) => {
      for (let record = high - 1; record >= low; record--) if (isStop(record)) return record + 1;
      return -1;
    });
    if (found > 0) return found;
  }
  return timeline.first;
}

function nextStatement(timeline: Timeline, cursor: number, direction: 1 | -1): number {
  const { statementAt } = timeline.index;
  // The stop of the statement marker at record r is r + 1.
  const after = statementAt.countBelow(cursor);
  if (direction === 1) return after < statementAt.length ? Math.min(statementAt.at(after) + 1, timeline.last) : timeline.last;
  const before = statementAt.countBelow(cursor - 1) - 1;
  return before >= 0 ? statementAt.at(before) + 1 : timeline.first;
}

/** How many brackets are open at a cursor. */
export function depthAt(index: RunIndex, cursor: number): number {
  const count = index.bracketAt.countBelow(cursor + 1);
  return count === 0 ? 0 : index.bracketDepth.at(count - 1);
}

function stepOver(timeline: Timeline, cursor: number, level: StepLevel, direction: 1 | -1): number {
  const { index } = timeline;
  const depth = depthAt(index, cursor);
  const thread = index.threadAtCursor(cursor);
  for (let at = nextStop(timeline, cursor, level, direction); ; at = nextStop(timeline, at, level, direction)) {
    if (at <= timeline.first || at >= timeline.last) return at;
    if (index.threadAtCursor(at) !== thread) {
      // Others run meanwhile: on to where this thread does again.
      at = turnOf(timeline, at, thread, direction);
      if (at <= timeline.first || at >= timeline.last) return at;
      continue;
    }
    if (depthAt(index, at) <= depth) return at;
    const edge = leaveDeeper(timeline, at, depth, direction);
    if (edge === at) continue;
    // Just outside the bracket: it may be a stop itself.
    at = direction === 1 ? edge - 1 : edge + 1;
  }
}

/** The nearest position of a turn of the thread: just after the switch to it, or (going back) just before the one away from it. */
function turnOf(timeline: Timeline, cursor: number, thread: number, direction: 1 | -1): number {
  const { threadAt, threadId } = timeline.index;
  const here = threadAt.countBelow(cursor + 1) - 1;
  if (direction === 1) {
    for (let i = here + 1; i < threadAt.length; i++) if (threadId.at(i) === thread) return threadAt.at(i);
    return timeline.last;
  }
  for (let i = here - 1; i >= -1; i--) if ((i < 0 ? 0 : threadId.at(i)) === thread) return threadAt.at(i + 1);
  return timeline.first;
}

/** From inside brackets deeper than `depth`, the position at which they close (open, going back). */
function leaveDeeper(timeline: Timeline, cursor: number, depth: number, direction: 1 | -1): number {
  const { bracketAt, bracketDepth } = timeline.index;
  const here = bracketAt.countBelow(cursor + 1) - 1;
  const thread = timeline.index.threadAtCursor(cursor);
  const ours = (i: number) => timeline.index.threadAt.length === 0 || timeline.index.threadAtCursor(bracketAt.at(i)) === thread;
  if (direction === 1) {
    for (let i = here + 1; i < bracketAt.length; i++)
      if (bracketDepth.at(i) <= depth && ours(i)) return Math.max(cursor, bracketAt.at(i));
    return timeline.last;
  }
  for (let i = here; i >= 0; i--) {
    if (!ours(i)) continue;
    const outside = i === 0 ? 0 : bracketDepth.at(i - 1);
    if (outside <= depth) return Math.min(cursor, bracketAt.at(i) - 1);
  }
  return timeline.first;
}

/** To the end (start) of the innermost open bracket: just after its end record, just before its begin record. */
function stepOut(timeline: Timeline, cursor: number, direction: 1 | -1): number {
  const depth = depthAt(timeline.index, cursor);
  if (depth === 0) return direction === 1 ? timeline.last : timeline.first;
  return leaveDeeper(timeline, cursor, depth - 1, direction);
}

/** One whole call: forwards to just after the next one's end, back to just after the end of the one before. */
function nextOperation(timeline: Timeline, cursor: number, direction: 1 | -1): number {
  const { operations } = timeline.index;
  const begun = operationsBegun(timeline.index, cursor);
  const ends = [begun - 2, begun - 1, begun]
    .flatMap((index) => operations[index]?.end ?? [])
    .filter((at) => (direction === 1 ? at > cursor : at < cursor));
  if (direction === 1) return ends.length === 0 ? timeline.last : Math.min(...ends);
  return ends.length === 0 ? timeline.first : Math.max(...ends);
}

/** How many operations have begun (their begin record is applied) at a cursor. */
function operationsBegun(index: RunIndex, cursor: number): number {
  let low = 0;
  let high = index.operations.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((index.operations[middle]?.begin ?? 0) < cursor) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a move from a cursor leads. The cursor itself stays. */
export function destination(timeline: Timeline, cursor: number, move: Move): number {
  switch (move.kind) {
    case "step":
      return nextStop(timeline, cursor, move.level, move.direction);
    case "over":
      return stepOver(timeline, cursor, move.level, move.direction);
    case "out":
      return stepOut(timeline, cursor, move.direction);
    case "operation":
      return nextOperation(timeline, cursor, move.direction);
    default:
      return unreachable(move.kind);
  }
}

/** Rounds a cursor down to a stop of the level. */
export function snapDown(timeline: Timeline, cursor: number, level: StepLevel): number {
  if (cursor >= timeline.last) return timeline.last;
  return nextStop(timeline, cursor + 1, level, -1);
}

/** What stands at a cursor; `stepFrom` is where the step that leads here by `move` begins. */
export function positionAt(timeline: Timeline, cursor: number, move: Move): Position {
  const { index } = timeline;
  const statements = index.statementAt.countBelow(cursor);
  const begun = operationsBegun(index, cursor) - 1;
  const latest = index.operations[begun];
  // Leaving a call is seen as one step over it.
  const back: Move = move.kind === "out" ? { kind: "over", level: "phase", direction: -1 } : { ...move, direction: -1 };
  return {
    cursor,
    statement: statements === 0 ? -1 : index.statementId.at(statements - 1),
    operation: latest !== undefined && (cursor < latest.end || !latest.finished) ? begun : -1,
    lastOperation: begun,
    stepFrom: destination(timeline, cursor, back),
  };
}
