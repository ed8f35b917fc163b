/**
 * Where the next record goes. While engine code runs that is one pointer into the ring; what the host reads in the control block (head,
 * tail, cursor) follows from how far the pointer has come, so it is brought up to date only where the host can look: at the end of every
 * export, before every call of the kernel and before every stop. Host and engine meet here:
 *
 *   openJournal ─► nextSlot, nextSlot, … (wrapping) ─► syncJournal
 */
import { CONTROL_JOURNAL_CAPACITY, CONTROL_JOURNAL_CURSOR, CONTROL_JOURNAL_HEAD, CONTROL_JOURNAL_TAIL, MEMORY_JOURNAL, RECORD_BYTES } from "./generated/abi";

/** Slot of the next record; equal to the ring's end when it is the first slot's turn again. */
let next: usize = 0;
let end: usize = 0;
/** The cursor and the slot when both last agreed, and the capacity they were reckoned with; 0 before the first time. */
let syncedCursor: u32 = 0;
let syncedSlot: usize = 0;
let syncedCapacity: u32 = 0;

export function slotOf(index: u32): usize {
  return MEMORY_JOURNAL + <usize>(index % load<u32>(CONTROL_JOURNAL_CAPACITY)) * RECORD_BYTES;
}

function reopen(cursor: u32, capacity: u32): void {
  next = slotOf(cursor);
  end = MEMORY_JOURNAL + <usize>capacity * RECORD_BYTES;
  syncedCursor = cursor;
  syncedSlot = next;
  syncedCapacity = capacity;
}

/** Before anything is recorded: goes on where the cursor stands, which the host may have moved. Harmless while records are pending. */
@inline
export function openJournal(): void {
  const cursor = load<u32>(CONTROL_JOURNAL_CURSOR);
  const capacity = load<u32>(CONTROL_JOURNAL_CAPACITY);
  if (<i32>(cursor != syncedCursor) | <i32>(capacity != syncedCapacity)) reopen(cursor, capacity);
}

/** Tells the host: head = cursor, and a tail no further behind than the ring is long. */
export function syncJournal(): void {
  if (next == syncedSlot) return;
  const cursor = syncedCursor + <u32>((next - syncedSlot) / RECORD_BYTES);
  store<u32>(CONTROL_JOURNAL_CURSOR, cursor);
  store<u32>(CONTROL_JOURNAL_HEAD, cursor);
  if (cursor - load<u32>(CONTROL_JOURNAL_TAIL) > syncedCapacity) store<u32>(CONTROL_JOURNAL_TAIL, cursor - syncedCapacity);
  syncedCursor = cursor;
  syncedSlot = next;
}

function wrap(): usize {
  syncJournal();
  next = MEMORY_JOURNAL;
  syncedSlot = MEMORY_JOURNAL;
  return MEMORY_JOURNAL;
}

/** Makes room for one record and returns its slot. */
@inline
export function nextSlot(): usize {
  const slot = next < end ? next : wrap();
  next = slot + RECORD_BYTES;
  return slot;
}
