/**
 * The journal: a ring of invertible records (layout in src/abi/journal.ts). Record n lies in slot n % capacity; a new record goes to the
 * cursor and drops whatever had been undone after it, so that head = cursor whenever the machine runs.
 */
import { CONTROL_JOURNAL_CURSOR, CONTROL_TRACING, Kind, PAGE_SIZE, TIDY_WRITE } from "./generated/abi";
import { nextSlot, slotOf } from "./ring";

export const TRACE_WRITES: u32 = 1;
const TRACE_MARKS: u32 = 2;

/** The build makes copies of the engine in which this is a constant and what is not traced vanishes; the exports choose among them. */
@inline
export function tracing(): u32 {
  return load<u32>(CONTROL_TRACING);
}

@inline
export function tracesWrites(): bool {
  return (tracing() & TRACE_WRITES) != 0;
}

@inline
export function tracesMarks(): bool {
  return (tracing() & TRACE_MARKS) != 0;
}

/** Calls are marked whenever there is a journal, so that one of writes alone still tells whose they are. */
@inline
export function tracesCalls(): bool {
  return tracing() != 0;
}

/** Appends a marker: kind, id and a third operand `where`. */
@inline
export function recordMark(kind: u32, id: u32, where: u32, a: u64, b: u64): void {
  appendMark(<u64>(kind | (id << 16)) | (<u64>where << 32), a, b);
}

/** Mostly constants where it is used, so the optimizer inlines it. */
function appendMark(head: u64, a: u64, b: u64): void {
  const slot = nextSlot();
  store<u64>(slot, head);
  store<u64>(slot, a, 8);
  store<u64>(slot, b, 16);
}

function putTraced<T>(offset: usize, value: T): void {
  const slot = nextSlot();
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

/** The same where the simulation moves its own things about: the record says that it is no step of the process. */
export function tidyLinear<T>(offset: usize, value: T): void {
  if (tracesWrites()) {
    const slot = nextSlot();
    store<u64>(slot, <u64>(<u32>Kind.Write | (sizeof<T>() << 8) | (TIDY_WRITE << 16)) | (<u64>offset << 32));
    store<u64>(slot, <u64>load<T>(offset), 8);
    store<u64>(slot, <u64>value, 16);
  }
  store<T>(offset, value);
}

function setBytes(offset: usize, size: u32, value: u64): void {
  if (size == 8) store<u64>(offset, value);
  else if (size == 4) store<u32>(offset, <u32>value);
  else if (size == 2) store<u16>(offset, <u16>value);
  else store<u8>(offset, <u8>value);
}

/** Zeroes a page whose bytes are another's too. */
export function emptyLike(page: usize, other: usize): void {
  if (tracesWrites()) appendMark(<u64>Kind.Emptied | (<u64>page << 32), <u64>other, 0);
  memory.fill(page, 0, PAGE_SIZE);
}

/** Undoes or redoes records until the cursor stands at `target`. */
export function moveCursor(target: u32): void {
  let cursor = load<u32>(CONTROL_JOURNAL_CURSOR);
  while (cursor < target) {
    const slot = slotOf(cursor++);
    if (load<u8>(slot) == <u8>Kind.Write) setBytes(load<u32>(slot, 4), load<u8>(slot, 1), load<u64>(slot, 16));
    else if (load<u8>(slot) == <u8>Kind.Emptied) memory.fill(load<u32>(slot, 4), 0, PAGE_SIZE);
  }
  while (cursor > target) {
    const slot = slotOf(--cursor);
    if (load<u8>(slot) == <u8>Kind.Write) setBytes(load<u32>(slot, 4), load<u8>(slot, 1), load<u64>(slot, 8));
    else if (load<u8>(slot) == <u8>Kind.Emptied) memory.copy(load<u32>(slot, 4), <usize>load<u64>(slot, 8), PAGE_SIZE);
  }
  store<u32>(CONTROL_JOURNAL_CURSOR, cursor);
}
