/** Memory at another cursor, without moving it: the view that is there, and records laid over it. */
import { recordKind } from "../abi/journal";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { JournalRecords, MemoryView } from "./types";

/**
 * What `memory`, which holds the instant at cursor `from`, will show at cursor `to`, or showed there. Null when the records do not lead there
 * or write to a page that is not readable. Whatever the kernel's own records do, e.g. map a page, is left out.
 */
export function recordsApplied(memory: MemoryView, records: JournalRecords, from: number, to: number): MemoryView | null {
  const [low, high] = [Math.min(from, to) - records.from, Math.max(from, to) - records.from];
  if (low < 0 || high > records.count) return null;
  const forward = to >= from;
  const copies = new Map<number, Uint32Array>();
  const bytesOf = (pageNumber: number): Uint8Array | null => {
    const page = copies.get(pageNumber) ?? memory.page(pageNumber)?.slice();
    if (page === undefined) return null;
    copies.set(pageNumber, page);
    return new Uint8Array(page.buffer, page.byteOffset, page.byteLength);
  };
  for (let i = 0; i < high - low; i++) {
    const row = forward ? low + i : high - 1 - i;
    const addr = records.addr[row] ?? 0;
    if (records.kind[row] !== recordKind.write || addr === 0) continue;
    let value = (forward ? records.b[row] : records.a[row]) ?? 0n;
    for (let byte = 0; byte < (records.size[row] ?? 0); byte++, value >>= 8n) {
      const page = bytesOf(Math.floor((addr + byte) / PAGE_SIZE));
      if (page === null) return null;
      page[(addr + byte) % PAGE_SIZE] = Number(value & 0xffn);
    }
  }
  return {
    page: (pageNumber) => copies.get(pageNumber) ?? memory.page(pageNumber),
    state: (pageNumber) => memory.state(pageNumber),
  };
}
