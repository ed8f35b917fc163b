/** What a call asked itself, in order, with the answers; and which of them the other version did not ask or answered otherwise. */
import { recordKind } from "../../abi/journal";
import { type AllocatorMark, marks } from "../../abi/marks";
import type { JournalRecords } from "../../decode/types";

export interface Decision {
  readonly mark: AllocatorMark;
  /** Operands and answer of the last time. */
  readonly a: bigint;
  readonly b: bigint;
  readonly answer: number;
  /** How often in a row. */
  readonly times: number;
}

const byId: readonly (AllocatorMark | undefined)[] = [undefined, ...marks];

/** Decisions of the records, equal ones in a row as one. Printing an abort message decides nothing of the call's. */
export function decisionsOf(records: JournalRecords | null): readonly Decision[] {
  const found: Decision[] = [];
  for (let row = 0; row < (records?.count ?? 0); row++) {
    const kind = records?.kind[row];
    if (records === null || (kind !== recordKind.line && kind !== recordKind.phase)) continue;
    const mark = byId[records.id[row] ?? 0];
    if (mark?.fn === "malloc_printerr") break;
    if (mark?.decides !== true) continue;
    const answer = records.where[row] ?? 0;
    const before = found.at(-1);
    const again = before?.mark === mark && before.answer === answer;
    if (again) found.pop();
    found.push({ mark, a: records.a[row] ?? 0n, b: records.b[row] ?? 0n, answer, times: again ? before.times + 1 : 1 });
  }
  return found;
}

/** Names and answers. */
export const answersOf = (decisions: readonly Decision[]): ReadonlySet<string> => new Set(decisions.map(answerOf));

export const answerOf = ({ mark, answer }: Decision): string => `${mark.name}=${answer}`;
