/** What a finished run did, call by call, in terms that can be compared between versions. */
import { type ApiName, kernelCallNames } from "../../abi/api";
import { findMallocAbi, type MallocAbi } from "../../abi/glibc-structs";
import { RECORD_BYTES, recordKind } from "../../abi/journal";
import { type MarkName, marks } from "../../abi/marks";
import type { Operation } from "../../protocol/messages";
import { sliceOf } from "../time/questions";
import type { Timeline } from "../time/timeline";
import { type Places, places } from "./places";

/** One call as the comparison sees it. */
export interface TracedCall {
  readonly operation: Operation;
  /** What decides: source or target of the block, reuse, kernel calls, errno, death. */
  readonly decision: string;
  /** What was written, one text a word. */
  readonly words: readonly string[];
  /** Markers that it passed, with the answers of decisions: `TcacheHit=1`. */
  readonly marks: readonly string[];
}

/** Markers that say where a chunk went, besides the call's own path: a call may move several. */
const movers: ReadonlySet<MarkName> = new Set<MarkName>([
  "TcachePut",
  "FastPut",
  "FreeToUnsorted",
  "UnsortedInserted",
  "MergeIntoTop",
  "ConsolidateChunk",
  "SmallBinStash",
  "LastRemainder",
]);

const nameOfMark: readonly (MarkName | undefined)[] = [undefined, ...marks.map(({ name }) => name)];
const decides: ReadonlySet<MarkName> = new Set(marks.filter((mark) => mark.decides).map(({ name }) => name));

/** Calls whose results are blocks. */
const handsOut: ReadonlySet<ApiName> = new Set<ApiName>([
  "malloc",
  "calloc",
  "realloc",
  "memalign",
  "aligned_alloc",
  "posix_memalign",
  "valloc",
  "pvalloc",
]);

/** Bytes that a call asked for: its last argument, for calloc times the first. */
function requestOf({ api, args }: Operation): number {
  return api === "calloc" ? (args[0] ?? 0) * (args[1] ?? 0) : (args.at(-1) ?? 0);
}

/** Both mean that the block was cut from top; whether top had to grow for it, the kernel calls tell. */
const pathText = (operation: Operation): string => (operation.path === "sysmalloc" ? "top" : operation.path);

interface Reading {
  readonly movers: string[];
  readonly kernel: string[];
  readonly words: string[];
  readonly marks: string[];
}

/** Traces the first calls of a finished run, at most `limit`; none when its glibc is not known. */
export function traceCalls(timeline: Timeline, limit: number): TracedCall[] {
  const abi = findMallocAbi(timeline.process.glibc, timeline.process.abi);
  if (abi === undefined) return [];
  const tracer = new Tracer(timeline, abi);
  return timeline.index.operations.slice(0, limit).map((operation) => tracer.trace(operation));
}

/** Takes calls in order and keeps what earlier ones handed out. */
class Tracer {
  private readonly timeline: Timeline;
  private readonly abi: MallocAbi;
  private readonly where: Places;

  constructor(timeline: Timeline, abi: MallocAbi) {
    this.timeline = timeline;
    this.abi = abi;
    this.where = places(abi, timeline.process);
  }

  trace(operation: Operation): TracedCall {
    const reading: Reading = { movers: [], kernel: [], words: [], marks: [] };
    this.read(operation, reading);
    const reuse = this.reuseOf(operation);
    if (handsOut.has(operation.api) && operation.result > 0)
      this.where.handedOut(operation.result, requestOf(operation), operation.index);
    // What a dying call still does belongs to its abort: the message tells it.
    if (!operation.finished) return { operation, decision: "died", words: [], marks: reading.marks };
    const decision = [pathText(operation), reuse, operation.errno, reading.movers.join(" "), reading.kernel.join(" ")].join(
      " | ",
    );
    return { operation, decision, words: reading.words, marks: reading.marks };
  }

  /** Which earlier block's place the result takes; "new" beyond them, the number itself for calls without a block. */
  private reuseOf({ api, result }: Operation): string {
    if (!handsOut.has(api) || result <= 0) return String(result);
    const block = this.where.blockAt(result - 2 * this.abi.wordBytes);
    return block === null ? "new" : `#${block.call}+${block.offset}`;
  }

  private read(operation: Operation, into: Reading): void {
    const { from, to, bytes, addrs } = sliceOf(this.timeline, operation.begin, operation.end);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let record = from; record < to; record++) {
      const at = (record - from) * RECORD_BYTES;
      const kind = view.getUint8(at);
      const id = view.getUint16(at + 2, true);
      const a = Number(view.getBigUint64(at + 8, true));
      if (kind === recordKind.line || kind === recordKind.phase) this.readMark(into, id, view.getUint32(at + 4, true));
      else if (kind === recordKind.syscallBegin) this.readKernelCall(into, id, a, Number(view.getBigUint64(at + 16, true)));
      else if (kind === recordKind.write)
        this.readWrite(into, addrs[record - from] ?? 0, view.getBigUint64(at + 16, true), view.getUint8(at + 1));
    }
  }

  private readMark(into: Reading, id: number, answer: number): void {
    const name = nameOfMark[id];
    if (name === undefined) return;
    into.marks.push(decides.has(name) ? `${name}=${answer === 0 ? 0 : 1}` : name);
    if (movers.has(name)) into.movers.push(name);
  }

  /** Page faults depend on where things lie, not on what was decided. */
  private readKernelCall(into: Reading, id: number, a: number, b: number): void {
    const name = kernelCallNames[id];
    if (name === undefined || name === "page_fault" || name === "none") return;
    const { heapStart } = this.timeline.process;
    into.kernel.push(name === "brk" ? `brk ${a === 0 ? 0 : a - heapStart}` : `${name} ${b.toString(16)}`);
  }

  private readWrite(into: Reading, addr: number, value: bigint, size: number): void {
    if (addr === 0) return;
    if (addr === this.timeline.process.tcachePointer) this.where.tcacheMade(Number(value));
    const place = this.where.name(addr);
    if (place !== null) into.words.push(`${place} = ${this.valueText(addr, value, size)}`);
  }

  /** A word's meaning: a place, a safe-linked place, a small number, or any word at all. */
  private valueText(addr: number, value: bigint, size: number): string {
    const number = Number(value);
    if (size < this.abi.wordBytes || number < 0x1_0000) return number.toString(16);
    const plain = this.where.name(number);
    if (plain !== null) return plain;
    if (this.abi.safeLinking) {
      const link = Number(value ^ BigInt(Math.floor(addr / 4096)));
      const target = link === 0 ? "null" : this.where.name(link);
      if (target !== null) return `mangled ${target}`;
    }
    return "word";
  }
}
