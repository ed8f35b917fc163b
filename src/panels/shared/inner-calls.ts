/** The kernel calls that a call made, as its listing shows them. */
import { type KernelCallName, kernelCallNames } from "../../abi/api";
import { recordKind } from "../../abi/journal";
import type { JournalRecords } from "../../decode/types";

/** How many kernel calls are open where a call's own markers stand: none for the allocator's, itself for the kernel's. */
export type CallLevel = 0 | 1;

export function depthChange(kind: number | undefined): -1 | 0 | 1 {
  if (kind === recordKind.syscallBegin) return 1;
  return kind === recordKind.syscallEnd ? -1 : 0;
}

export interface InnerCall {
  readonly key: string;
  readonly call: KernelCallName;
  /** The marker of the caller after which it was called; 0: before the first. */
  readonly after: number;
  /** Its arguments. */
  readonly a: bigint;
  readonly b: bigint;
  /** Its records, from its begin to its end, or as far as they go. */
  readonly records: JournalRecords;
  /** How many of its kind were begun after that marker before the cursor. */
  readonly visits: number;
  /** The cursor stands in it. */
  readonly inside: boolean;
}

/** The rows [from, to) of records, without copying. */
function part(records: JournalRecords, from: number, to: number): JournalRecords {
  return {
    from: records.from + from,
    count: to - from,
    kind: records.kind.subarray(from, to),
    size: records.size.subarray(from, to),
    id: records.id.subarray(from, to),
    where: records.where.subarray(from, to),
    a: records.a.subarray(from, to),
    b: records.b.subarray(from, to),
    addr: records.addr.subarray(from, to),
  };
}

interface Span {
  readonly call: KernelCallName;
  readonly after: number;
  readonly from: number;
  to: number;
}

/** All of them in order; one inside another belongs to that. */
function spansOf(records: JournalRecords, level: CallLevel): readonly Span[] {
  const spans: Span[] = [];
  let [after, depth] = [0, 0];
  for (let row = 0; row < records.count; row++) {
    const [kind, id] = [records.kind[row], records.id[row] ?? 0];
    if ((kind === recordKind.line || kind === recordKind.phase) && depth === level) after = id;
    if (kind === recordKind.syscallBegin && depth === level)
      spans.push({ call: kernelCallNames[id] ?? "none", after, from: row, to: records.count });
    depth += depthChange(kind);
    const open = spans.at(-1);
    if (kind === recordKind.syscallEnd && depth === level && open !== undefined) open.to = row + 1;
  }
  return spans;
}

/** For each marker and each kind of call, the latest one begun before the cursor, else the first. */
export function innerCalls(records: JournalRecords, cursor: number, level: CallLevel): readonly InnerCall[] {
  const shown = new Map<string, { span: Span; visits: number }>();
  for (const span of spansOf(records, level)) {
    const key = `${span.after}.${span.call}`;
    const known = shown.get(key);
    const begun = records.from + span.from < cursor;
    if (known === undefined) shown.set(key, { span, visits: begun ? 1 : 0 });
    else if (begun) shown.set(key, { span, visits: known.visits + 1 });
  }
  return [...shown].map(([key, { span, visits }]) => ({
    key,
    call: span.call,
    after: span.after,
    a: records.a[span.from] ?? 0n,
    b: records.b[span.from] ?? 0n,
    records: part(records, span.from, span.to),
    visits,
    inside: records.from + span.from < cursor && cursor < records.from + span.to,
  }));
}
