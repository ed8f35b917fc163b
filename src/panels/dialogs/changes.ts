/** What a stretch of the journal changed: fields of the allocator word by word, data as ranges. */
import { changedWords } from "../../decode/journal";
import type { ChangedWord, JournalRecords } from "../../decode/types";
import type { Operation } from "../../protocol/messages";

interface DataRange {
  readonly start: number;
  readonly end: number;
}

export interface Changes {
  readonly fields: readonly ChangedWord[];
  readonly data: readonly DataRange[];
}

/** Ranges of the words, joined where they touch. */
function joined(words: readonly ChangedWord[]): readonly DataRange[] {
  const ranges: DataRange[] = [];
  for (const { addr, sizeBytes } of words.toSorted((a, b) => a.addr - b.addr)) {
    const last = ranges.at(-1);
    if (last === undefined || last.end < addr) ranges.push({ start: addr, end: addr + sizeBytes });
    else ranges[ranges.length - 1] = { start: last.start, end: Math.max(last.end, addr + sizeBytes) };
  }
  return ranges;
}

/** `isField` tells a field of the allocator by its address: what a call writes elsewhere (zeros of calloc, copies of realloc) is data. */
export function changesOf(
  records: JournalRecords,
  operations: readonly Operation[],
  isField: (addr: number) => boolean,
): Changes {
  const words = changedWords(records);
  const fields = words.filter(
    ({ record, addr }) => operations.some(({ begin, end }) => begin <= record && record < end) && isField(addr),
  );
  const seen = new Set(fields);
  return { fields, data: joined(words.filter((word) => !seen.has(word))) };
}
