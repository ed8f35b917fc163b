/** What the last step has written of page tables and frames. */
import { recordKind } from "../../abi/journal";
import { kernelMarks } from "../../abi/kernel-marks";
import type { JournalRecords } from "../../decode/types";

/** The rows of the records [from, to). */
function* rowsOf(records: JournalRecords, from: number, to: number): Iterable<number> {
  for (let row = Math.max(0, from - records.from); row < Math.min(records.count, to - records.from); row++) yield row;
}

/** Words of linear memory that the records [from, to) wrote, the kernel's too. */
export function placesWritten(records: JournalRecords | null, from: number, to: number): ReadonlySet<number> {
  const places = new Set<number>();
  if (records === null) return places;
  for (const row of rowsOf(records, from, to)) {
    const where = records.where[row] ?? 0;
    if (records.kind[row] === recordKind.write) places.add(where - (where % 8));
  }
  return places;
}

const entryWritten = kernelMarks.find(({ name }) => name === "EntryWritten")?.id;

/** Addresses whose page-table entries the records [from, to) wrote. */
export function entriesWritten(records: JournalRecords | null, from: number, to: number): readonly number[] {
  if (records === null) return [];
  return [...rowsOf(records, from, to)]
    .filter((row) => records.kind[row] === recordKind.line && records.id[row] === entryWritten)
    .map((row) => Number(records.b[row] ?? 0n));
}
