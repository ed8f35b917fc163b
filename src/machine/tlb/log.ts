/**
 * Everything that happened to the TLB, in order of time: accesses, and what the kernel had it forget. The model itself is kept every so many
 * rows, so that any instant is at most one chunk away:
 *
 *   │ model, counts │ rows …………… │ model, counts │ rows …………… │ model, counts │ rows … │ ◄── now
 *
 * The oldest chunks go when there are too many. A row's time is the record of the journal that comes next when it happens; at cursor c the rows
 * before c are done.
 */
import type { KernelCallName } from "../../abi/api";
import type { TlbAccess, TlbCounts, TlbFlush } from "../../protocol/tlb";
import type { FlushOrder } from "./flushes";
import { type PageWalk, Tlb, type TlbOutcome, type Translation } from "./model";

interface Chunk {
  readonly model: Tlb;
  readonly counts: TlbCounts;
  readonly flushes: number;
  readonly lastFlush: TlbFlush | null;
  readonly time: Uint32Array;
  readonly addr: Float64Array;
  readonly info: Uint16Array;
  /** What a walk found, and flushes, by row. */
  readonly found: Map<number, Translation>;
  readonly flushed: Map<number, TlbFlush>;
  rows: number;
}

export interface LogOptions {
  readonly chunkRows: number;
  readonly chunks: number;
}

/** 24 chunks of 65 536 rows and 30 kB: about 22 MB when all are full. */
const usual: LogOptions = { chunkRows: 1 << 16, chunks: 24 };

/** Of a row: bits for a write and a fault, and where two more numbers begin. A flush has none of them. */
const bit = { write: 1, fault: 2 } as const;
const shift = { outcome: 2, bytes: 4 } as const;
const foundNames = ["l1", "l2", "walk"] as const;

const noCounts: TlbCounts = { accesses: 0, l1: 0, l2: 0, walks: 0, faults: 0 };

/** The state at an instant. */
export interface TlbState {
  readonly model: Tlb;
  readonly counts: TlbCounts;
  readonly flushes: number;
  readonly lastFlush: TlbFlush | null;
}

class Counter {
  private readonly found = [0, 0, 0];
  private faults: number;

  constructor({ l1, l2, walks, faults }: TlbCounts) {
    this.found = [l1, l2, walks];
    this.faults = faults;
  }

  add(outcome: TlbOutcome, fault: boolean): void {
    this.found[outcome] = (this.found[outcome] ?? 0) + 1;
    if (fault) this.faults++;
  }

  get counts(): TlbCounts {
    const [l1 = 0, l2 = 0, walks = 0] = this.found;
    return { accesses: l1 + l2 + walks, l1, l2, walks, faults: this.faults };
  }
}

export class TlbLog {
  readonly model = new Tlb();
  private readonly chunks: Chunk[] = [];
  private readonly options: LogOptions;
  private readonly counter = new Counter(noCounts);
  private flushes = 0;
  private lastFlush: TlbFlush | null = null;
  /** Chunks that have gone. */
  private gone = 0;
  /** Rows from here on push out no others: they come after the instant that is asked for. */
  private horizon = 0;
  private begun = Number.POSITIVE_INFINITY;
  /** What the walk under way found. */
  private walked: Translation | null = null;

  constructor(options: LogOptions = usual) {
    this.options = options;
  }

  /** Counting begins, in the address space with that top table. */
  begin(at: number, top: number): void {
    this.begun = at;
    this.model.tops[0] = top;
  }

  /** One access. True when it came to a fault. */
  access(at: number, addr: number, bytes: number, write: boolean, walk: PageWalk): boolean {
    const chunk = this.room(at);
    this.walked = null;
    const { outcome, fault } = this.model.access(addr, write, (page) => (this.walked = walk(page)));
    this.counter.add(outcome, fault);
    const row = chunk.rows++;
    chunk.time[row] = at;
    chunk.addr[row] = addr;
    chunk.info[row] = (write ? bit.write : 0) | (fault ? bit.fault : 0) | (outcome << shift.outcome) | (bytes << shift.bytes);
    if (this.walked !== null) chunk.found.set(row, this.walked);
    return fault;
  }

  flush(at: number, call: KernelCallName, order: FlushOrder): void {
    const chunk = this.room(at);
    const dropped = forget(this.model, order);
    const flush = { ...order, at, call, dropped };
    if (forgets(order)) {
      this.flushes++;
      this.lastFlush = flush;
    }
    const row = chunk.rows++;
    chunk.time[row] = at;
    chunk.flushed.set(row, flush);
  }

  /** What lies before that cursor is wanted: a function of the cursor, whatever comes after it. */
  keepUpTo(cursor: number): void {
    this.horizon = cursor;
  }

  /** Whether a run straight to that cursor would know more of what lies before it. */
  hasLost(cursor: number): boolean {
    const { chunks } = this.options;
    return cursor < this.first || this.chunkBefore(cursor) < Math.min(chunks - 1, this.gone + this.chunkBefore(cursor));
  }

  /** From which cursor on the log knows the state. */
  get first(): number {
    const [oldest] = this.chunks;
    return oldest === undefined || this.gone === 0 ? 0 : (oldest.time[0] ?? 0) + 1;
  }

  /** The state at a cursor that is not before `first`. */
  at(cursor: number): TlbState {
    if (cursor < this.begun) return { model: new Tlb(), counts: noCounts, flushes: 0, lastFlush: null };
    const chunk = this.chunks[this.chunkBefore(cursor)];
    if (chunk === undefined)
      return { model: new Tlb(this.model), counts: this.counter.counts, flushes: this.flushes, lastFlush: this.lastFlush };
    const model = new Tlb(chunk.model);
    const counter = new Counter(chunk.counts);
    let { flushes, lastFlush } = chunk;
    for (let row = 0; row < chunk.rows && (chunk.time[row] ?? 0) < cursor; row++) {
      const flush = chunk.flushed.get(row);
      if (flush === undefined) {
        const info = chunk.info[row] ?? 0;
        const { outcome, fault } = model.access(
          chunk.addr[row] ?? 0,
          (info & bit.write) !== 0,
          () => chunk.found.get(row) ?? null,
        );
        counter.add(outcome, fault);
        continue;
      }
      forget(model, flush);
      if (!forgets(flush)) continue;
      flushes++;
      lastFlush = flush;
    }
    return { model, counts: counter.counts, flushes, lastFlush };
  }

  /** Accesses and flushes of [from, to), as far as they are kept; the last `limit` accesses. */
  between(
    from: number,
    to: number,
    limit: number,
  ): { readonly accesses: readonly TlbAccess[]; readonly flushes: readonly TlbFlush[] } {
    const accesses: TlbAccess[] = [];
    const flushes: TlbFlush[] = [];
    for (let index = this.chunkBefore(to); index >= 0; index--) {
      const chunk = this.chunks[index];
      if (chunk === undefined) break;
      for (let row = chunk.rows - 1; row >= 0; row--) {
        const at = chunk.time[row] ?? 0;
        if (at >= to) continue;
        if (at < from) return { accesses: accesses.toReversed(), flushes: flushes.toReversed() };
        const flush = chunk.flushed.get(row);
        if (flush !== undefined) {
          if (flushes.length < limit) flushes.push(flush);
        } else if (accesses.length < limit) accesses.push(accessOf(at, chunk.addr[row] ?? 0, chunk.info[row] ?? 0));
      }
    }
    return { accesses: accesses.toReversed(), flushes: flushes.toReversed() };
  }

  /** The last chunk that begins before the cursor; rows of one time may stand in two. */
  private chunkBefore(cursor: number): number {
    let index = this.chunks.length - 1;
    while (index > 0 && (this.chunks[index]?.time[0] ?? 0) >= cursor) index--;
    return index;
  }

  private room(at: number): Chunk {
    const last = this.chunks.at(-1);
    if (last !== undefined && last.rows < this.options.chunkRows) return last;
    const rows = this.options.chunkRows;
    const chunk: Chunk = {
      model: new Tlb(this.model),
      counts: this.counter.counts,
      flushes: this.flushes,
      lastFlush: this.lastFlush,
      time: new Uint32Array(rows),
      addr: new Float64Array(rows),
      info: new Uint16Array(rows),
      found: new Map(),
      flushed: new Map(),
      rows: 0,
    };
    chunk.time[0] = at;
    this.chunks.push(chunk);
    while (this.chunkBefore(this.horizon) >= this.options.chunks) {
      this.chunks.shift();
      this.gone++;
    }
    return chunk;
  }
}

function accessOf(at: number, addr: number, info: number): TlbAccess {
  return {
    at,
    addr,
    bytes: info >> shift.bytes,
    write: (info & bit.write) !== 0,
    found: foundNames[(info >> shift.outcome) & 3] ?? "walk",
    fault: (info & bit.fault) !== 0,
  };
}

const forgets = ({ what }: FlushOrder): boolean => what !== "switch" && what !== "end";

/** Has the model forget what a flush is about, or go on with another process. How many entries there were. */
function forget(model: Tlb, { what, from, to, pcid, top }: FlushOrder): number {
  switch (what) {
    case "end":
      model.tops[pcid - 1] = 0;
      return 0;
    case "switch":
    case "first":
      model.pcid = pcid;
      model.tops[pcid - 1] = top;
      return what === "switch" ? 0 : model.forget(pcid, 0, Number.POSITIVE_INFINITY);
    case "range":
      return model.forget(pcid, from, to);
    case "all":
      return model.forget(pcid, 0, Number.POSITIVE_INFINITY);
  }
}
