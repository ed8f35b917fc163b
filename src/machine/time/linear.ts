/** Linear memory as the time machine reads it: control block and journal, by the layouts of src/abi. */
import { control } from "../../abi/control";
import { RECORD_BYTES, type RecordKind, recordKind } from "../../abi/journal";
import { machineMemory, PAGE_SHIFT } from "../../abi/machine-memory";

const TWO_32 = 0x1_0000_0000;

/** Reads and writes of the control block; `u64` as numbers, exact below 2^53. */
export interface ControlView {
  u32(offset: number): number;
  setU32(offset: number, value: number): void;
  u64(offset: number): number;
  setU64(offset: number, value: number): void;
}

export function controlView(memory: Uint8Array): ControlView {
  const view = new DataView(memory.buffer, memory.byteOffset + machineMemory.control, 0x1000);
  return {
    u32: (offset) => view.getUint32(offset, true),
    setU32: (offset, value) => view.setUint32(offset, value, true),
    u64: (offset) => view.getUint32(offset + 4, true) * TWO_32 + view.getUint32(offset, true),
    setU64: (offset, value) => {
      view.setUint32(offset, value % TWO_32, true);
      view.setUint32(offset + 4, Math.floor(value / TWO_32), true);
    },
  };
}

/** The journal's ring, addressed by absolute record index; only records in [tail, head) are there. */
export interface JournalView {
  readonly capacity: number;
  head(): number;
  tail(): number;
  kind(record: number): RecordKind;
  size(record: number): number;
  id(record: number): number;
  where(record: number): number;
  /** Operand a (before) and b (after) as numbers, rounded above 2^53. */
  a(record: number): number;
  b(record: number): number;
  /** The pages of linear memory that the writes among [from, to) went to, and every other record's number. Made for going through millions. */
  scan(from: number, to: number, wrote: (page: number) => void, other: (record: number) => void): void;
  /** Raw bytes of records [from, to). */
  copy(from: number, to: number): Uint8Array<ArrayBuffer>;
}

export function journalView(memory: Uint8Array): JournalView {
  const registers = controlView(memory);
  const capacity = registers.u32(control.journalCapacity);
  const base = memory.byteOffset + machineMemory.journal;
  const bytes = new Uint8Array(memory.buffer, base, capacity * RECORD_BYTES);
  const words = new Uint32Array(memory.buffer, base, (capacity * RECORD_BYTES) / 4);
  const slot = (record: number) => record % capacity;
  const word = (record: number, index: number) => words[slot(record) * 6 + index] ?? 0;
  return {
    capacity,
    head: () => registers.u32(control.journalHead),
    tail: () => registers.u32(control.journalTail),
    kind: (record) => (bytes[slot(record) * RECORD_BYTES] ?? 0) as RecordKind,
    size: (record) => bytes[slot(record) * RECORD_BYTES + 1] ?? 0,
    id: (record) => word(record, 0) >>> 16,
    where: (record) => word(record, 1),
    a: (record) => word(record, 3) * TWO_32 + word(record, 2),
    b: (record) => word(record, 5) * TWO_32 + word(record, 4),
    scan: (from, to, wrote, other) => {
      let last = -1;
      for (let record = from, at = slot(from) * 6; record < to; record++, at += 6) {
        if (at === words.length) at = 0;
        if (((words[at] ?? 0) & 0xff) !== recordKind.write) {
          other(record);
          continue;
        }
        const page = (words[at + 1] ?? 0) >>> PAGE_SHIFT;
        if (page !== last) wrote(page);
        last = page;
      }
    },
    copy: (from, to) => {
      const out = new Uint8Array((to - from) * RECORD_BYTES);
      for (let at = from; at < to; ) {
        const run = Math.min(to - at, capacity - slot(at));
        const start = slot(at) * RECORD_BYTES;
        out.set(bytes.subarray(start, start + run * RECORD_BYTES), (at - from) * RECORD_BYTES);
        at += run;
      }
      return out;
    },
  };
}
