/** Journal records as columns. Layout: src/abi/journal.ts. */
import { RECORD_BYTES, recordKind, TIDY_WRITE } from "../abi/journal";
import type { ChangedWord, JournalRecords } from "./types";

/** What a slice of the journal looks like on the wire (JournalSlice of the protocol has this shape). */
export interface RawSlice {
  readonly from: number;
  readonly bytes: Uint8Array;
  readonly addrs: Float64Array;
}

/** Decodes whole records; a trailing part of one is ignored. */
export function decodeJournal(slice: RawSlice): JournalRecords {
  const count = Math.floor(slice.bytes.length / RECORD_BYTES);
  const view = new DataView(slice.bytes.buffer, slice.bytes.byteOffset, slice.bytes.byteLength);
  const records = {
    from: slice.from,
    count,
    kind: new Uint8Array(count),
    size: new Uint8Array(count),
    id: new Uint16Array(count),
    where: new Uint32Array(count),
    a: new BigUint64Array(count),
    b: new BigUint64Array(count),
    addr: new Float64Array(count),
  };
  for (let i = 0; i < count; i++) {
    const at = i * RECORD_BYTES;
    records.kind[i] = view.getUint8(at);
    records.size[i] = view.getUint8(at + 1);
    records.id[i] = view.getUint16(at + 2, true);
    records.where[i] = view.getUint32(at + 4, true);
    records.a[i] = view.getBigUint64(at + 8, true);
    records.b[i] = view.getBigUint64(at + 16, true);
    // Tidying is no write of the process, so that it has no address there.
    records.addr[i] = records.kind[i] === recordKind.write && records.id[i] !== TIDY_WRITE ? (slice.addrs[i] ?? 0) : 0;
  }
  return records;
}

/**
 * Words of the process that the records [from, to) changed, in order of their first write. Several writes of one word are one change:
 * `before` of the first, `after` of the last. Kernel structs are left out; so are writes that end where they began.
 */
export function changedWords(records: JournalRecords, from = records.from, to = records.from + records.count): ChangedWord[] {
  const changes = new Map<number, ChangedWord>();
  let order = 0;
  for (let i = Math.max(0, from - records.from); i < Math.min(records.count, to - records.from); i++) {
    const addr = records.addr[i] ?? 0;
    if (records.kind[i] !== recordKind.write || addr === 0) continue;
    const earlier = changes.get(addr);
    order++;
    changes.set(addr, {
      addr,
      sizeBytes: Math.max(earlier?.sizeBytes ?? 0, records.size[i] ?? 0),
      order: earlier?.order ?? order,
      record: records.from + i,
      before: earlier?.before ?? records.a[i] ?? 0n,
      after: records.b[i] ?? 0n,
    });
  }
  return [...changes.values()].filter((change) => change.before !== change.after);
}
