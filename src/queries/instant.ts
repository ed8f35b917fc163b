/** One instant, decoded: everything the memory panels show, read from bytes in one go while the worker is at rest. */
import {
  type AddressSpace,
  type ChangedWord,
  type ChunkTable,
  type HeapFacts,
  type JournalRecords,
  type NamedPointer,
  type VariableValue,
} from "../decode/types";
import { rowAt } from "../decode/chunk-table";
import { readConsistently } from "../decode/consistent";
import { type Context, heapContext, siteOf } from "../decode/context";
import { cRegisters, stackFrames } from "../decode/frames";
import { decodeHeap } from "../decode/heap";
import { changedWords } from "../decode/journal";
import { machineView } from "../decode/memory";
import { chunkNames, type ChunkPointer, chunkPointers, mayFollow } from "../decode/names";
import { namedPointers, variableValues } from "../decode/variables";
import { chunkMappings, decodeAddressSpace, mappedRanges } from "../decode/vmas";
import { type WordReader, wordReader } from "../decode/words";
import { decodeThreads } from "../decode/threads";
import { recordKind } from "../abi/journal";
import type { MallocAbi } from "../abi/glibc-structs";
import type { Position, RunSummary } from "../protocol/messages";
import type { HeapPicture } from "../scene/types";
import { writeNumbers } from "./writes";

export interface Instant {
  readonly cursor: number;
  readonly abi: MallocAbi;
  readonly reader: WordReader;
  /** For questions about one chunk, see src/decode/detail.ts. */
  readonly context: Context;
  readonly space: AddressSpace;
  readonly heap: HeapFacts;
  /** Innermost stack pointer, for the strip. */
  readonly stackPointer: number;
  readonly variables: readonly VariableValue[];
  readonly pointers: readonly NamedPointer[];
  readonly chunkPointers: readonly ChunkPointer[];
  /** Records of the last step and the one after it, inside a call from the call's begin on; null after a long jump. */
  readonly records: JournalRecords | null;
  readonly picture: HeapPicture;
}

/** User addresses that calls before the cursor handed out: where mmapped chunks may be; and under which name each was last known. */
function handedOut(
  summary: RunSummary,
  position: Position,
): { readonly users: Set<number>; readonly names: Map<number, string> } {
  const users = new Set<number>();
  const names = new Map<number, string>();
  for (const operation of summary.operations) {
    if (operation.begin >= position.cursor) break;
    if (operation.end > position.cursor || operation.result <= 0 || operation.api === "free" || operation.api === "sbrk")
      continue;
    users.add(operation.result);
    if (operation.name !== "") names.set(operation.result, operation.name);
  }
  return { users, names };
}

function focusOf(heap: HeapFacts, addrs: readonly number[]): number[] {
  const rows = new Set(addrs.map((addr) => rowAt(heap.chunks, addr)));
  return [...rows].flatMap((row) => (row < 0 ? [] : [heap.chunks.addr[row] ?? 0])).toSorted((a, b) => a - b);
}

/** Whether the allocator is at work and will go on: what a call that died leaves behind is not in flux. */
function insideCall(summary: RunSummary, position: Position): boolean {
  const operation = summary.operations[position.operation];
  return operation !== undefined && (operation.finished || position.cursor < operation.end);
}

/** More written words than this are not numbered: a tag on every word tells nothing. */
const TAG_LIMIT = 9;

/** Words that carry a W tag. Inside a call every write counts; after a whole statement only what it left in the heap, if that is little. */
function tagged(words: readonly ChangedWord[], inside: boolean, chunks: ChunkTable): readonly ChangedWord[] {
  const shown = inside
    ? words
    : words
        .filter((word) => word.addr >= chunks.start && word.addr < chunks.end)
        .map((word, index) => ({ ...word, order: index + 1 }));
  return shown.length <= TAG_LIMIT ? shown : [];
}

/** Most chunks the lens opens under. */
const FOCUS_LIMIT = 4;

function decode(memory: Uint8Array, summary: RunSummary, position: Position, records: JournalRecords | null): Instant | null {
  const space = decodeAddressSpace(memory);
  const view = machineView(memory, mappedRanges(space));
  const place = siteOf(view, summary.process, space.brk, decodeThreads(memory));
  if (place === undefined) return null;
  const { abi, site } = place;
  const reader = wordReader(view, abi.wordBytes);
  const { users, names: latest } = handedOut(summary, position);
  const heap = decodeHeap(view, abi, site, { mappings: chunkMappings(space), users, inCall: insideCall(summary, position) });
  const registers = cRegisters(memory);
  const frames = stackFrames(reader, summary.debug, registers);
  const pointers = namedPointers(reader, summary.debug, frames, mayFollow(heap.chunks));
  const toChunks = chunkPointers(heap.chunks, pointers, abi.wordBytes);
  const numbers = records === null ? null : writeNumbers(records, records.from);
  const steps = records === null ? [] : changedWords(records, position.stepFrom, position.cursor);
  const done = steps.map((word) => ({ ...word, order: numbers?.[word.record - (records?.from ?? 0)] ?? word.order }));
  const next = records === null ? -1 : nextWrite(records, position.cursor);
  const touched = [...done.map((word) => word.addr), next].filter((addr) => addr >= heap.chunks.start && addr < heap.chunks.end);
  const focus = position.operation < 0 ? [] : focusOf(heap, touched).slice(0, FOCUS_LIMIT);
  return {
    cursor: position.cursor,
    abi,
    reader,
    context: heapContext(view, abi, site),
    space,
    heap,
    stackPointer: registers.stack,
    variables: variableValues(reader, summary.debug, frames),
    pointers,
    chunkPointers: toChunks,
    records,
    picture: {
      chunks: heap.chunks,
      bins: heap.bins,
      abi,
      reader,
      mainArena: site.mainArena,
      names: chunkNames(heap.chunks, toChunks, latest),
      changed: tagged(done, position.operation >= 0, heap.chunks),
      nextWrite: next,
      ...(next < 0 ? {} : { nextOrder: numbers?.[position.cursor - (records?.from ?? 0)] ?? 0 }),
      focus,
    },
  };
}

function nextWrite(records: JournalRecords, cursor: number): number {
  const row = cursor - records.from;
  return row < records.count && records.kind[row] === recordKind.write ? (records.addr[row] ?? -1) || -1 : -1;
}

/** Null when memory changed meanwhile (the worker is already elsewhere: its answer will follow) or the glibc is not known. */
export function decodeInstant(
  memory: Uint8Array,
  summary: RunSummary,
  position: Position,
  records: JournalRecords | null,
): Instant | null {
  const result = readConsistently(memory, () => decode(memory, summary, position, records));
  return result.ok ? result.value : null;
}
