/**
 * The journal: a ring of invertible records (layout in src/abi/journal.ts). Record n lies in slot n % capacity; a new record goes to the
 * cursor and drops whatever had been undone after it, so that head = cursor whenever the machine runs.
 */
import {
  CONTROL_JOURNAL_CAPACITY, CONTROL_JOURNAL_CURSOR, CONTROL_JOURNAL_HEAD, CONTROL_JOURNAL_TAIL, CONTROL_TRACING, Kind, MEMORY_JOURNAL,
  RECORD_BYTES,
} from "./generated/abi";

/** The build makes a second copy of the engine in which this is false and all tracing vanishes: calls choose it while control.tracing is 0. */
const TRACED: bool = true;

const TRACE_WRITES: u32 = 1;
const TRACE_MARKS: u32 = 2;

/** Memo {index u32, slot u32}: where the record of that index goes, which spares a division per record. Any other index recomputes it. */
const memo: usize = memory.data(8, 8);
const NO_INDEX: u32 = 0xffff_ffff;

export function forgetJournalMemo(): void {
  store<u32>(memo, NO_INDEX);
}

@inline
export function tracesWrites(): bool {
  return TRACED && (load<u32>(CONTROL_TRACING) & TRACE_WRITES) != 0;
}

@inline
export function tracesMarks(): bool {
  return TRACED && (load<u32>(CONTROL_TRACING) & TRACE_MARKS) != 0;
}

function slotOf(index: u32): usize {
  return MEMORY_JOURNAL + <usize>(index % load<u32>(CONTROL_JOURNAL_CAPACITY)) * RECORD_BYTES;
}

/** Makes room for one record and returns its slot. */
function claim(): usize {
  const index = load<u32>(CONTROL_JOURNAL_CURSOR);
  const capacity = load<u32>(CONTROL_JOURNAL_CAPACITY);
  const slot = index == load<u32>(memo) ? <usize>load<u32>(memo, 4) : slotOf(index);
  const next = index + 1;
  store<u32>(CONTROL_JOURNAL_CURSOR, next);
  store<u32>(CONTROL_JOURNAL_HEAD, next);
  if (next - load<u32>(CONTROL_JOURNAL_TAIL) > capacity) store<u32>(CONTROL_JOURNAL_TAIL, next - capacity);
  const following = slot + RECORD_BYTES;
  store<u32>(memo, next);
  store<u32>(memo, <u32>(following < MEMORY_JOURNAL + <usize>capacity * RECORD_BYTES ? following : MEMORY_JOURNAL), 4);
  return slot;
}

/** Appends a marker: kind, id and a third operand `where`. */
@inline
export function recordMark(kind: u32, id: u32, where: u32, a: u64, b: u64): void {
  appendMark(<u64>(kind | (id << 16)) | (<u64>where << 32), a, b);
}

/** Mostly constants where it is used, so the optimizer inlines it. */
function appendMark(head: u64, a: u64, b: u64): void {
  const slot = claim();
  store<u64>(slot, head);
  store<u64>(slot, a, 8);
  store<u64>(slot, b, 16);
}

function putTraced<T>(offset: usize, value: T): void {
  const slot = claim();
  store<u64>(slot, <u64>(<u32>Kind.Write | (sizeof<T>() << 8)) | (<u64>offset << 32));
  store<u64>(slot, <u64>load<T>(offset), 8);
  store<u64>(slot, <u64>value, 16);
  store<T>(offset, value);
}

/** Stores to linear memory; every change of simulated state ends here. `offset` never straddles a page. */
@inline
export function putLinear<T>(offset: usize, value: T): void {
  if (tracesWrites()) putTraced<T>(offset, value);
  else store<T>(offset, value);
}

function setBytes(offset: usize, size: u32, value: u64): void {
  if (size == 8) store<u64>(offset, value);
  else if (size == 4) store<u32>(offset, <u32>value);
  else if (size == 2) store<u16>(offset, <u16>value);
  else store<u8>(offset, <u8>value);
}

/** Undoes or redoes records until the cursor stands at `target`. */
export function moveCursor(target: u32): void {
  let cursor = load<u32>(CONTROL_JOURNAL_CURSOR);
  while (cursor < target) {
    const slot = slotOf(cursor++);
    if (load<u8>(slot) == <u8>Kind.Write) setBytes(load<u32>(slot, 4), load<u8>(slot, 1), load<u64>(slot, 16));
  }
  while (cursor > target) {
    const slot = slotOf(--cursor);
    if (load<u8>(slot) == <u8>Kind.Write) setBytes(load<u32>(slot, 4), load<u8>(slot, 1), load<u64>(slot, 8));
  }
  store<u32>(CONTROL_JOURNAL_CURSOR, cursor);
}
