/** The numbers of an operation's writes: the same in map, bins, listing and transport. */
import { recordKind } from "../abi/journal";
import type { JournalRecords } from "../decode/types";

/**
 * For every record its number among the writes of the process's memory from record `begin` on, counted from 1; 0 for what is no such write
 * (markers, kernel structs, records before `begin`).
 */
export function writeNumbers(records: JournalRecords, begin: number): Uint32Array {
  const numbers = new Uint32Array(records.count);
  let number = 0;
  for (let row = Math.max(0, begin - records.from); row < records.count; row++) {
    if (records.kind[row] === recordKind.write && (records.addr[row] ?? 0) > 0) numbers[row] = ++number;
  }
  return numbers;
}
