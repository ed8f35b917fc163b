/** One instant, decoded: everything the memory panels show, read from bytes in one go while the worker is at rest. */
import {
  type AddressSpace,
  type ChangedWord,
  type HeapFacts,
  type HeapSite,
  type JournalRecords,
  type MemoryView,
  type NamedPointer,
  type VariableValue,
} from "../decode/types";
import { rowAt } from "../decode/chunk-table";
import { readConsistently } from "../decode/consistent";
import { type Context, heapContext, siteOf } from "../decode/context";
import { cRegisters, stackFrames } from "../decode/frames";
import { decodeHeap } from "../decode/heap";
import { changedWords } from "../decode/journal";
import { asWords, cursorOf, machineView } from "../decode/memory";
import { chunkNames, type ChunkPointer, chunkPointers, mayFollow } from "../decode/names";
import { namedPointers, variableValues } from "../decode/variables";
import { chunkMappings, decodeAddressSpace, mappedRanges } from "../decode/vmas";
import { type WordReader, wordReader } from "../decode/words";
import { recordsApplied } from "../decode/records-applied";
import { decodeThreads } from "../decode/threads";
import { control } from "../abi/control";
import { recordKind } from "../abi/journal";
import { machineMemory } from "../abi/machine-memory";
import type { MallocAbi } from "../abi/glibc-structs";
import type { Position, RunSummary } from "../protocol/messages";
import type { HeapPicture } from "../scene/types";
import { type ThreadNow, threadsNow } from "./threads";
import { writeNumbers } from "./writes";

export interface Instant {
  readonly cursor: number;
  readonly abi: MallocAbi;
  readonly reader: WordReader;
  /** For questions about one chunk, see src/decode/detail.ts. */
  readonly context: Context;
  readonly space: AddressSpace;
  readonly heap: HeapFacts;
  /** In order of creation, main first. */
  readonly threads: readonly ThreadNow[];
  /** Innermost stack pointer, for the strip. */
  readonly stackPointer: number;
  readonly variables: readonly VariableValue[];
  readonly pointers: readonly NamedPointer[];
  readonly chunkPointers: readonly ChunkPointer[];
  /** Records of the last step and the one after it, inside a call from the call's begin on; null after a long jump. */
  readonly records: JournalRecords | null;
  readonly picture: HeapPicture;
  /** All of the machine's memory, for questions about page tables and frames; read it consistently (useMachine). */
  readonly linear: Uint8Array;
}

/** What calls before the cursor handed out. */
interface HandedOut {
  readonly summary: RunSummary;
  /** How many calls had begun, and ended: nothing else changes the answer. */
  readonly begun: number;
  readonly ended: number;
  /** User addresses: where mmapped chunks may be. */
  readonly users: ReadonlySet<number>;
  /** Under which name each was last known. */
  readonly names: ReadonlyMap<number, string>;
}

function handedOut(summary: RunSummary, { cursor }: Position, earlier: HandedOut | undefined): HandedOut {
  const { operations } = summary;
  let [begun, ended] = [0, 0];
  for (; (operations[begun]?.begin ?? cursor) < cursor; begun++) if ((operations[begun]?.end ?? cursor) <= cursor) ended++;
  if (earlier?.summary === summary && earlier.begun === begun && earlier.ended === ended) return earlier;
  const users = new Set<number>();
  const names = new Map<number, string>();
  for (let i = 0; i < begun; i++) {
    const operation = operations[i];
    if (operation === undefined || operation.end > cursor) continue;
    if (operation.result <= 0 || operation.api === "free" || operation.api === "sbrk") continue;
    users.add(operation.result);
    if (operation.name !== "") names.set(operation.result, operation.name);
  }
  return { summary, begun, ended, users, names };
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

/** Whether an address lies in a heap, of whatever arena. */
function inHeaps({ chunks, arenas }: HeapFacts, addr: number): boolean {
  if (addr >= chunks.start && addr < chunks.end) return true;
  return arenas.some(({ heaps }) => heaps.some((heap) => addr >= heap.firstChunk && addr < heap.addr + heap.sizeBytes));
}

/** More written words than this are not numbered: a tag on every word tells nothing. */
const TAG_LIMIT = 9;

/** Words that carry a W tag. Inside a call every write counts; after a whole statement only what it left in the heap, if that is little. */
function tagged(words: readonly ChangedWord[], inside: boolean, heap: HeapFacts): readonly ChangedWord[] {
  const shown = inside
    ? words
    : words.filter((word) => inHeaps(heap, word.addr)).map((word, index) => ({ ...word, order: index + 1 }));
  return shown.length <= TAG_LIMIT ? shown : [];
}

/** Most chunks the lens opens under. */
const FOCUS_LIMIT = 4;

/** What the bytes say, whatever the step was: kept from one instant to the next while nothing is written. */
interface Decoded {
  readonly abi: MallocAbi;
  readonly reader: WordReader;
  readonly context: Context;
  readonly space: AddressSpace;
  readonly heap: HeapFacts;
  readonly threads: readonly ThreadNow[];
  readonly stackPointer: number;
  readonly variables: readonly VariableValue[];
  readonly pointers: readonly NamedPointer[];
  readonly chunkPointers: readonly ChunkPointer[];
  readonly names: ReadonlyMap<number, string>;
}

/** The instant decoded last, and what it was decoded from. */
export interface Latest {
  readonly cursor: number;
  readonly handed: HandedOut;
  readonly inside: boolean;
  readonly decoded: Decoded;
  readonly instant: Instant;
}

/** What is read from the allocator's bytes. */
interface Malloc {
  readonly abi: MallocAbi;
  readonly site: HeapSite;
  readonly heap: HeapFacts;
}

/** The allocator's bytes at an instant that has not come yet, read while there was time. */
export interface Ahead {
  readonly before: Latest;
  readonly cursor: number;
  readonly handed: HandedOut;
  readonly inside: boolean;
  readonly malloc: Malloc;
}

/** What is read from the allocator's and the kernel's bytes. */
type Heap = Pick<Decoded, "abi" | "reader" | "context" | "space" | "heap">;

/** Where an instant stands among the allocator's calls: that tells how its bytes are to be read. */
type Among = Pick<Latest, "handed" | "inside">;

function decodeMalloc(memory: Uint8Array, view: MemoryView, space: AddressSpace, { handed, inside }: Among): Malloc | null {
  const place = siteOf(view, handed.summary.process, space.brk, decodeThreads(memory));
  if (place === undefined) return null;
  const hints = { mappings: chunkMappings(space), users: handed.users, inCall: inside };
  return { ...place, heap: decodeHeap(view, place.abi, place.site, hints) };
}

/** `earlier`: an instant since which the kernel's bytes are as they were. `known`: what has been read already. */
function decodeHeapBytes(memory: Uint8Array, among: Among, earlier: Decoded | null, known: Malloc | null): Heap | null {
  const space = earlier?.space ?? decodeAddressSpace(memory);
  const view = earlier?.context.memory ?? machineView(memory, mappedRanges(space));
  const malloc = known ?? decodeMalloc(memory, view, space, among);
  if (malloc === null) return null;
  const { abi, site, heap } = malloc;
  return { abi, reader: wordReader(view, abi.wordBytes), context: heapContext(view, abi, site), space, heap };
}

/** The program's own variables, and which chunks they lead to. */
function decodeProgram(memory: Uint8Array, summary: RunSummary, handed: HandedOut, from: Heap, earlier: Decoded | null): Decoded {
  const { abi, reader, heap } = from;
  const registers = cRegisters(memory);
  const frames = stackFrames(reader, summary.debug, registers);
  const pointers = namedPointers(reader, summary.debug, frames, mayFollow(heap.chunks));
  const toChunks = chunkPointers(heap.chunks, pointers, abi.wordBytes);
  const names = chunkNames(heap.chunks, toChunks, handed.names);
  return {
    ...from,
    threads: threadsNow(memory, reader, decodeThreads(memory)),
    stackPointer: registers.stack,
    variables: variableValues(reader, summary.debug, frames),
    pointers,
    chunkPointers: toChunks,
    names: earlier !== null && sameNames(earlier.names, names) ? earlier.names : names,
  };
}

function sameNames(one: ReadonlyMap<number, string>, other: ReadonlyMap<number, string>): boolean {
  if (one.size !== other.size) return false;
  for (const [addr, name] of one) if (other.get(addr) !== name) return false;
  return true;
}

/** How far what was decoded before no longer holds: the program's variables; malloc's bytes too; the kernel's too. */
type Stale = "nothing" | "program" | "heap" | "all";

/**
 * What the records between two cursors make stale. Writes to the program's own memory leave the allocator's as it was; writes through the
 * process's page tables leave those and all of the kernel's as they were.
 */
function staleAfter(records: JournalRecords | null, one: number, other: number, space: AddressSpace): Stale {
  if (one === other) return "nothing";
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  if (records === null || from < records.from || to > records.from + records.count) return "all";
  // The program's data lies before the break; what lies behind belongs to libc, and the allocator's variables with it.
  const own = space.vmas.filter(
    ({ kind, end }) => kind === "stack" || ((kind === "data" || kind === "bss") && end <= space.brkStart),
  );
  let stale: Stale = "nothing";
  for (let row = from - records.from; row < to - records.from; row++) {
    const kind = records.kind[row];
    // Registers are not journalled, but they change only where a statement or a function begins or ends.
    if (kind === recordKind.statement || kind === recordKind.frame) stale = stale === "heap" ? stale : "program";
    if (kind !== recordKind.write) continue;
    const addr = records.addr[row] ?? 0;
    const inControl = (records.where[row] ?? 0) - machineMemory.control;
    // Where the program stands.
    const place = addr === 0 && inControl >= control.cFrame && inControl <= control.cStatement;
    if (addr === 0 && !place) return "all";
    if (place || own.some(({ start, end }) => addr >= start && addr < end)) stale = stale === "heap" ? stale : "program";
    else stale = "heap";
  }
  return stale;
}

/** What of the latest instant no longer holds at a cursor, when the records between the two are those. */
function staleAt(latest: Latest | null, { handed, inside }: Among, cursor: number, records: JournalRecords | null): Stale {
  if (latest === null || latest.handed.summary !== handed.summary) return "all";
  const written = staleAfter(records, latest.cursor, cursor, latest.decoded.space);
  // What calls handed out, and whether one is under way, tells how malloc's bytes are to be read, and nothing of the kernel's.
  return (latest.handed === handed && latest.inside === inside) || written === "all" ? written : "heap";
}

function decodeBytes(
  memory: Uint8Array,
  among: Among,
  latest: Latest | null,
  stale: Stale,
  known: Malloc | null,
): Decoded | null {
  if (latest !== null && stale === "nothing") return latest.decoded;
  const earlier = latest?.decoded ?? null;
  const heap =
    stale === "program" && earlier !== null
      ? earlier
      : decodeHeapBytes(memory, among, stale === "heap" ? earlier : null, stale === "heap" ? known : null);
  return heap === null ? null : decodeProgram(memory, among.handed.summary, among.handed, heap, earlier);
}

/** Whether two pictures show the same heap after the same step: then it is not even drawn again. */
function alike(one: HeapPicture, other: HeapPicture): boolean {
  if (one.chunks !== other.chunks || one.names !== other.names || one.changed.length + other.changed.length > 0) return false;
  return one.nextWrite === other.nextWrite && one.nextOrder === other.nextOrder && one.focus.join() === other.focus.join();
}

function decode(
  memory: Uint8Array,
  summary: RunSummary,
  position: Position,
  records: JournalRecords | null,
  latest: Latest | null,
  ahead: Ahead | null,
): Latest | null {
  const { cursor } = position;
  const foreseen = ahead !== null && ahead.before === latest && ahead.cursor === cursor ? ahead : null;
  const handed = handedOut(summary, position, foreseen?.handed ?? latest?.handed);
  const inside = insideCall(summary, position);
  const known = foreseen?.handed === handed && foreseen.inside === inside ? foreseen.malloc : null;
  const stale = staleAt(latest, { handed, inside }, cursor, records);
  const decoded = decodeBytes(memory, { handed, inside }, latest, stale, known);
  if (decoded === null) return null;
  const { abi, reader, heap, context, names, ...rest } = decoded;
  const numbers = records === null ? null : writeNumbers(records, records.from);
  const steps = records === null ? [] : changedWords(records, position.stepFrom, cursor);
  const done = steps.map((word) => ({ ...word, order: numbers?.[word.record - (records?.from ?? 0)] ?? word.order }));
  const next = records === null ? -1 : nextWrite(records, cursor);
  const touched = [...done.map((word) => word.addr), next].filter((addr) => inHeaps(heap, addr));
  const focus = position.operation < 0 ? [] : focusOf(heap, touched).slice(0, FOCUS_LIMIT);
  const drawn: HeapPicture = {
    chunks: heap.chunks,
    bins: heap.bins,
    lists: heap.lists,
    arenas: heap.arenas,
    abi,
    reader,
    mainArena: context.site.mainArena,
    names,
    changed: tagged(done, position.operation >= 0, heap),
    nextWrite: next,
    ...(next < 0 ? {} : { nextOrder: numbers?.[cursor - (records?.from ?? 0)] ?? 0 }),
    focus,
  };
  const picture = latest !== null && alike(drawn, latest.instant.picture) ? latest.instant.picture : drawn;
  const instant: Instant = { ...rest, cursor, abi, reader, context, heap, records, picture, linear: memory };
  return { cursor, handed, inside, decoded, instant };
}

function nextWrite(records: JournalRecords, cursor: number): number {
  const row = cursor - records.from;
  return row < records.count && records.kind[row] === recordKind.write ? (records.addr[row] ?? -1) || -1 : -1;
}

/**
 * Null when memory changed meanwhile (the worker is already elsewhere: its answer will follow) or the glibc is not known. `latest` is the
 * answer before, of the same memory: what nothing was written to since is taken from it. `ahead`: what was read ahead of time.
 */
export function decodeInstant(
  memory: Uint8Array,
  summary: RunSummary,
  position: Position,
  records: JournalRecords | null,
  latest: Latest | null,
  ahead: Ahead | null = null,
): Latest | null {
  const result = readConsistently(memory, () => decode(memory, summary, position, records, latest, ahead));
  return result.ok ? result.value : null;
}

/**
 * Reads the allocator's bytes as they will be at a position, from those of the latest instant and the records between the two: a step there
 * is then decoded already. Null when they need not be read, when the kernel has a part in it, or when memory is not at the latest instant.
 */
export function decodeAhead(
  memory: Uint8Array,
  summary: RunSummary,
  position: Position,
  records: JournalRecords,
  latest: Latest,
): Ahead | null {
  const { cursor } = position;
  const among = { handed: handedOut(summary, position, latest.handed), inside: insideCall(summary, position) };
  if (staleAt(latest, among, cursor, records) !== "heap") return null;
  const { space, context } = latest.decoded;
  const result = readConsistently(memory, () => {
    if (cursorOf(asWords(memory)) !== latest.cursor) return null;
    const view = recordsApplied(context.memory, records, latest.cursor, cursor);
    return view === null ? null : decodeMalloc(memory, view, space, among);
  });
  return result.ok && result.value !== null ? { before: latest, cursor, ...among, malloc: result.value } : null;
}
