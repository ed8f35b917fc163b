/** Questions about the past, answered from the journal. */
import { recordKind, TIDY_WRITE } from "../../abi/journal";
import { pageDescriptor } from "../../abi/kernel";
import { machineMemory, PAGE_SHIFT, PAGE_SIZE } from "../../abi/machine-memory";
import type { JournalSlice } from "../../protocol/messages";
import { slotField, translate } from "./peek";
import type { Timeline } from "./timeline";

/** More records than any view shows; a longer slice is cut. */
const SLICE_LIMIT = 1 << 16;

/** Records [from, to) with the addresses that writes went to; shorter than asked when that is too much. */
export function sliceOf(timeline: Timeline, from: number, to: number): JournalSlice {
  const low = Math.max(from, timeline.first);
  const high = Math.max(low, Math.min(to, low + SLICE_LIMIT, timeline.last));
  const { journal } = timeline;
  return timeline.withRecords(low, high, (start, end) => {
    const view = new DataView(timeline.memory.buffer, timeline.memory.byteOffset, timeline.memory.byteLength);
    const addrs = new Float64Array(end - start);
    for (let record = start; record < end; record++) {
      if (journal.kind(record) === recordKind.write) addrs[record - start] = addressOf(view, journal.where(record));
    }
    return { from: start, to: end, bytes: journal.copy(start, end), addrs };
  });
}

/** Virtual address that a linear offset shows in the process now; 0 for kernel structs and page tables. */
function addressOf(view: DataView, offset: number): number {
  if (offset < machineMemory.frames) return 0;
  const owner = view.getUint32(machineMemory.slotOwners + ((offset - machineMemory.frames) >>> PAGE_SHIFT) * 4, true);
  if (owner === 0 || owner > pageDescriptor.capacity) return 0;
  const descriptor = machineMemory.pageDescriptors + (owner - 1) * pageDescriptor.stride;
  const page =
    view.getUint32(descriptor + pageDescriptor.index, true) +
    view.getUint32(descriptor + pageDescriptor.index + 4, true) * 0x1_0000_0000;
  const addr = page * PAGE_SIZE + (offset % PAGE_SIZE);
  // The index of a page-table frame or of a free one is no page number: believe it only when the tables agree.
  return page > 0 && translate(view, addr) === offset ? addr : 0;
}

/** Last write record below `before` that touched the 8 bytes at a virtual address, as it was mapped then; −1 if none. */
export function lastWriter(timeline: Timeline, addr: number, before: number): number {
  const limit = Math.min(before, timeline.last);
  const view = new DataView(timeline.memory.buffer, timeline.memory.byteOffset, timeline.memory.byteLength);
  const [offset, slotAt] = timeline.at(limit, () => [translate(view, addr), slotField(view, addr)] as const);
  if (offset < 0) return -1;
  const { journal } = timeline;
  const search = (low: number, high: number): number => {
    for (let record = high - 1; record >= low; record--) {
      if (journal.kind(record) !== recordKind.write) continue;
      const where = journal.where(record);
      const tidies = journal.id(record) === TIDY_WRITE;
      if (tidies ? where === slotAt : where < offset + 8 && where + journal.size(record) > offset) return record;
    }
    return -1;
  };
  /** Before this record the page's bytes were elsewhere. */
  const beyond = (record: number): number =>
    timeline.withRecords(record, record + 1, () => journal.id(record)) === TIDY_WRITE
      ? lastWriter(timeline, addr, record)
      : record;
  let high = limit;
  if (journal.tail() < limit && limit <= journal.head()) {
    const found = search(journal.tail(), limit);
    if (found >= 0) return beyond(found);
    high = journal.tail();
  }
  for (const start of timeline.stretchesBefore(high)) {
    const end = high;
    high = start;
    if (![offset, slotAt].some((at) => timeline.touchedAfter(start, at >>> PAGE_SHIFT))) continue;
    const found = timeline.withRecords(start, end, search);
    if (found >= 0) return beyond(found);
  }
  return -1;
}
