/**
 * The ledger: what the heap's bytes were at the end of each operation, in constant time an operation.
 *
 *   inUse       sum of the chunk sizes (headers included) of blocks handed out and not freed, mmapped ones too, and of the tcache's own block
 *   top, system_mem of all arenas together; what a thread's tcache and its dtv take of a heap is in use
 *   freeInBins  system_mem − top − inUse − arena headers, on the heaps: tcache, fastbins, unsorted, small, large (and fenceposts, if sbrk was used by others)
 *   resident, virtual   from the kernel's mm; also when an operation begins, as they change between operations too
 *
 * A block's size is read from its header when it is handed out, so later corruption of the header does not change the sum.
 */
import { control } from "../../abi/control";
import { findMallocAbi } from "../../abi/glibc-structs";
import { mmStruct } from "../../abi/kernel";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { processWord, threadState, threadTable } from "../../abi/threads";
import type { ProcessInfo } from "../../abi/process-info";
import type { Ledger } from "../../protocol/messages";
import { currentMm, type Peek, peeker } from "./peek";

/** The kernel's counters, in bytes. */
interface Usage {
  readonly residentBytes: number;
  readonly virtualBytes: number;
}

/** RES and VIRT as the mm_struct in linear memory counts them. */
function usageOf(memory: Uint8Array): Usage {
  const view = new DataView(memory.buffer, memory.byteOffset + currentMm(memory), mmStruct.sizeBytes);
  const pages = (field: "rss_file" | "rss_anon" | "rss_shmem" | "total_vm") => view.getUint32(mmStruct[field], true);
  return {
    residentBytes: (pages("rss_file") + pages("rss_anon") + pages("rss_shmem")) * PAGE_SIZE,
    virtualBytes: pages("total_vm") * PAGE_SIZE,
  };
}

export interface LedgerSample {
  readonly inUse: number;
  readonly freeInBins: number;
  readonly top: number;
}

/** Fields of malloc_state and malloc_par by address, once the glibc is known. */
interface Places {
  readonly mainArena: number;
  /** Offsets in malloc_state. */
  readonly top: number;
  readonly systemMem: number;
  readonly next: number;
  readonly stateBytes: number;
  readonly heapMaxBytes: number;
  readonly tcachePointer: number;
  readonly wordBytes: 4 | 8;
  /** Bytes before the heap's first chunk, so that blocks are aligned: a heap begins at a page, a block two words into its chunk. */
  readonly frontBytes: number;
}

function placesOf(process: ProcessInfo): Places | null {
  const layout = findMallocAbi(process.glibc, process.abi);
  const offset = (name: string) => layout?.mallocState.fields.find((field) => field.name === name)?.offset;
  const top = offset("top");
  const systemMem = offset("system_mem");
  const next = offset("next");
  if (layout === undefined || top === undefined || systemMem === undefined || next === undefined) return null;
  return {
    mainArena: process.mainArena,
    top,
    systemMem,
    next,
    stateBytes: layout.mallocState.sizeBytes,
    heapMaxBytes: process.wordBytes === 8 ? 1 << 26 : 1 << 20,
    tcachePointer: process.tcachePointer,
    wordBytes: process.wordBytes,
    frontBytes: (layout.alignment - ((2 * process.wordBytes) % layout.alignment)) % layout.alignment,
  };
}

function runningThread(memory: Uint8Array): number {
  return new DataView(memory.buffer, memory.byteOffset + machineMemory.control).getUint32(control.thread, true);
}

/** The first thread of a thread's process. */
function processOf(memory: Uint8Array, thread: number): number {
  const at = machineMemory.control + control.threadProcess + 4 * thread;
  return new DataView(memory.buffer, memory.byteOffset).getUint32(at, true) & processWord.leader;
}

const IS_MMAPPED = 2;
const FLAG_BITS = 7;
/** A ring of arenas longer than this is none. */
const MAX_ARENAS = 4096;

/** Blocks that a process has in use. */
interface Book {
  readonly sizes: Map<number, { readonly bytes: number; readonly mapped: boolean }>;
  onHeap: number;
  mapped: number;
}

export class LedgerBook {
  private book: Book = { sizes: new Map(), onHeap: 0, mapped: 0 };
  /** Those of all processes, by their first thread. */
  private readonly books = new Map([[0, this.book]]);
  private readonly samples: LedgerSample[] = [];
  /** At the run's start, at each operation's begin and end. */
  private readonly usage: Usage[];
  /** When the operation under way began, and now that the run is over. */
  private begun: Usage;
  private ended: Usage;
  private readonly places: Places | null;
  private readonly peek: Peek;
  private readonly memory: Uint8Array;
  private tcacheBytes = 0;

  constructor(process: ProcessInfo, memory: Uint8Array) {
    this.places = placesOf(process);
    this.peek = peeker(memory);
    this.memory = memory;
    this.begun = usageOf(memory);
    this.ended = this.begun;
    this.usage = [this.begun];
  }

  /** A process was made with a copy of what this one has. */
  forked(thread: number): void {
    this.books.set(thread, { ...this.book, sizes: new Map(this.book.sizes) });
  }

  /** Another process may run now. */
  follow(): void {
    this.book = this.books.get(processOf(this.memory, runningThread(this.memory))) ?? this.book;
  }

  taken(block: number): void {
    if (block === 0 || this.places === null) return;
    this.returned(block);
    const size = this.peek(block - this.places.wordBytes, this.places.wordBytes);
    const entry = { bytes: size - (size % (FLAG_BITS + 1)), mapped: (size & IS_MMAPPED) !== 0 };
    this.book.sizes.set(block, entry);
    this.add(entry, 1);
  }

  returned(block: number): void {
    const entry = this.book.sizes.get(block);
    if (entry === undefined) return;
    this.book.sizes.delete(block);
    this.add(entry, -1);
  }

  /** An operation begins; `idle`: the kernel has done nothing since the one before. */
  begin(idle: boolean): void {
    this.begun = idle ? (this.usage.at(-1) ?? this.begun) : usageOf(this.memory);
  }

  /** Adds the entry of one more operation. */
  sample(): void {
    this.samples.push(this.now());
    this.usage.push(this.begun, usageOf(this.memory));
  }

  /** The run goes no further. */
  end(): void {
    this.ended = usageOf(this.memory);
  }

  now(): LedgerSample {
    const places = this.places;
    if (places === null) return { inUse: 0, freeInBins: 0, top: 0 };
    if (this.tcacheBytes === 0) this.tcacheBytes = this.tcacheBlock(places);
    const main = this.arena(places, places.mainArena);
    let { top, systemMem } = main;
    const onHeap = this.book.onHeap + this.tcacheBytes + this.threadBytes(places);
    let headers = main.systemMem === 0 ? 0 : places.frontBytes;
    for (let at = main.next, n = 0; at !== places.mainArena && at !== 0 && n < MAX_ARENAS; n++) {
      const arena = this.arena(places, at);
      top += arena.top;
      systemMem += arena.systemMem;
      // heap_info and malloc_state stand at the start of its first heap: no chunk, like main_arena's in libc.
      headers += Math.ceil(((at % places.heapMaxBytes) + places.stateBytes) / 16) * 16;
      at = arena.next;
    }
    return {
      inUse: onHeap + this.book.mapped,
      freeInBins: Math.max(0, systemMem - top - onHeap - headers),
      top,
    };
  }

  /** Columns of the first `count` operations. */
  columns(): Ledger {
    const column = (pick: (sample: LedgerSample) => number) => Float64Array.from(this.samples, pick);
    const usage = (pick: (usage: Usage) => number) => Float64Array.from([...this.usage, this.ended], pick);
    return {
      inUse: column((sample) => sample.inUse),
      freeInBins: column((sample) => sample.freeInBins),
      top: column((sample) => sample.top),
      residentAt: usage(({ residentBytes }) => residentBytes),
      virtualAt: usage(({ virtualBytes }) => virtualBytes),
    };
  }

  truncate(count: number): void {
    this.samples.length = Math.min(this.samples.length, count);
    this.usage.length = 2 * this.samples.length + 1;
  }

  private add(entry: { readonly bytes: number; readonly mapped: boolean }, sign: 1 | -1): void {
    if (entry.mapped) this.book.mapped += sign * entry.bytes;
    else this.book.onHeap += sign * entry.bytes;
  }

  private arena({ top, systemMem, next, wordBytes }: Places, at: number) {
    const topChunk = this.peek(at + top, wordBytes);
    const header = topChunk === 0 ? 0 : this.peek(topChunk + wordBytes, wordBytes);
    const system = this.peek(at + systemMem, wordBytes);
    // Before the first sysmalloc, top points into malloc_state itself.
    const size = system === 0 ? 0 : Math.min(header - (header % (FLAG_BITS + 1)), system);
    return { top: size, systemMem: system, next: this.peek(at + next, wordBytes) };
  }

  /** What the threads beside main have on the heaps for themselves: tcache and dtv. */
  private threadBytes({ tcachePointer, wordBytes }: Places): number {
    const view = new DataView(this.memory.buffer, this.memory.byteOffset + threadTable.at);
    const pointerOf = (row: number) => Number(view.getBigUint64(row * threadTable.stride + threadTable.threadPointer, true));
    const running = processOf(this.memory, runningThread(this.memory));
    const distance = pointerOf(0) - tcachePointer;
    let bytes = 0;
    for (let row = 1; row < threadTable.rows; row++) {
      const state = view.getUint32(row * threadTable.stride + threadTable.state, true);
      if (state === threadState.none) break;
      const pointer = pointerOf(row);
      // A process's first thread has main's, unless another thread has forked it.
      const first = view.getUint32(row * threadTable.stride + threadTable.stackStart, true) === 0;
      if (pointer === 0 || first || processOf(this.memory, row) !== running) continue;
      const dtv = this.peek(pointer + wordBytes, wordBytes);
      if (dtv !== 0) bytes += this.chunkBytes(dtv - 2 * wordBytes, wordBytes);
      const tcache = tcachePointer === 0 || state >= threadState.ended ? 0 : this.peek(pointer - distance, wordBytes);
      if (tcache !== 0) bytes += this.chunkBytes(tcache, wordBytes);
    }
    return bytes;
  }

  /** Size of the chunk of a block, with its header. */
  private chunkBytes(block: number, wordBytes: 4 | 8): number {
    const size = this.peek(block - wordBytes, wordBytes);
    return size - (size % (FLAG_BITS + 1));
  }

  private tcacheBlock(places: Places): number {
    const block = places.tcachePointer === 0 ? 0 : this.peek(places.tcachePointer, places.wordBytes);
    if (block === 0) return 0;
    return this.chunkBytes(block, places.wordBytes);
  }
}
