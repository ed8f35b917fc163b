/** The kernel's structs as they were some records ago: memory of now, with what the records between wrote taken back. */
import { recordKind } from "../abi/journal";
import { type KernelWords, kernelWords } from "./kernel-words";
import { asWords } from "./memory";
import type { JournalRecords } from "./types";

/**
 * Words as they were at `from`, when the cursor is at `to`; null when the records do not reach that far. The kernel stores whole words: shorter
 * writes are the program's and stay as they are.
 */
export function wordsBefore(linear: Uint8Array, records: JournalRecords | null, from: number, to: number): KernelWords | null {
  if (records === null || from < records.from || to > records.from + records.count || from > to) return null;
  const now = kernelWords(asWords(linear));
  const earlier = new Map<number, number>();
  const keep = (offset: number, value: bigint): void => {
    if (!earlier.has(offset)) earlier.set(offset, Number(value & 0xffff_ffffn));
  };
  for (let row = from - records.from; row < to - records.from; row++) {
    const [where, value, size] = [records.where[row] ?? 0, records.a[row] ?? 0n, records.size[row] ?? 0];
    if (records.kind[row] !== recordKind.write || size < 4) continue;
    keep(where, value);
    if (size === 8) keep(where + 4, value >> 32n);
  }
  const u32 = (offset: number): number => earlier.get(offset) ?? now.u32(offset);
  return { u32, u64: (offset) => u32(offset + 4) * 0x1_0000_0000 + u32(offset) };
}
