/**
 * Checkpoints: copies of the state at statement boundaries, each holding only the pages that changed since the one before.
 *
 *   base (all pages in use) ── delta ── delta ── … ── delta
 *    at = 0                     at = n     2n           kn
 *
 * A page at checkpoint k is its copy in the newest of deltas k, k−1, …, base that has one; zero when none has.
 * When the copies outgrow their limit, neighbours are merged (older first into newer), which thins time out but loses no page.
 */
import { control } from "../../abi/control";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { equalWords, hashWords } from "../../base";

/** State outside linear memory that a checkpoint must carry, e.g. how much was printed. Numbers only, so that it is small and comparable. */
export type HostState = readonly number[];

interface Checkpoint {
  readonly at: number;
  /** Copies by page; equal pages have one copy, as a program that fills memory fills it with the same. */
  readonly pages: Map<number, Uint32Array>;
  copies: number;
  readonly host: HostState;
}

/** Words of the control block that belong to the simulation's present, not to the past that is restored. */
const present = [
  control.sequence,
  control.cancel,
  control.tracing,
  control.journalCapacity,
  control.budget,
  control.budget + 4,
] as const;

export class Checkpoints {
  private list: Checkpoint[] = [];
  private readonly memory: Uint8Array;
  private readonly words: Uint32Array;
  private readonly limitBytes: number;

  constructor(memory: Uint8Array, limitBytes: number) {
    this.memory = memory;
    this.words = new Uint32Array(memory.buffer, memory.byteOffset, memory.byteLength >>> 2);
    this.limitBytes = limitBytes;
  }

  /** Keeps the given pages as the state at record `at`. Later than all others. */
  take(at: number, pages: Iterable<number>, host: HostState): void {
    const kept = new Map<number, Uint32Array>();
    const known = new Map<number, Uint32Array>();
    let copies = 0;
    for (const page of pages) {
      const now = this.pageAt(page);
      const hash = hashWords(now);
      const same = known.get(hash);
      if (same !== undefined && equalWords(same, now)) {
        kept.set(page, same);
        continue;
      }
      const copy = now.slice();
      copies++;
      known.set(hash, copy);
      kept.set(page, copy);
    }
    this.list.push({ at, pages: kept, copies, host });
    while (this.list.length > 3 && this.bytes() > this.limitBytes) this.thin();
  }

  /** Bytes of page copies held. */
  bytes(): number {
    return this.list.reduce((sum, { copies }) => sum + copies * PAGE_SIZE, 0);
  }

  /** Records at which a state can be restored, ascending. */
  times(): readonly number[] {
    return this.list.map(({ at }) => at);
  }

  last(): number {
    return this.list.at(-1)?.at ?? 0;
  }

  /** Latest checkpoint at or before the record. */
  before(record: number): number {
    return this.list[this.indexBefore(record)]?.at ?? 0;
  }

  /** Forgets checkpoints later than the record. */
  dropAfter(record: number): void {
    this.list = this.list.slice(0, this.indexBefore(record) + 1);
  }

  /** May the page have changed between the checkpoint at `from` and the next one? True for the time after the last checkpoint. */
  touchedAfter(from: number, page: number): boolean {
    const next = this.list[this.indexBefore(from) + 1];
    return next === undefined || next.pages.has(page);
  }

  /** Puts memory back to the checkpoint at exactly `at`; `dirty` are the pages that may have changed since the last checkpoint. */
  restore(at: number, dirty: Iterable<number>): HostState {
    const index = this.indexBefore(at);
    const checkpoint = this.list[index];
    if (checkpoint === undefined) throw new Error("no checkpoint to restore");
    const kept = this.savePresent();
    const put = new Set<number>();
    for (let i = index; i >= 0; i--) {
      for (const [page, copy] of this.list[i]?.pages ?? []) {
        if (!put.has(page)) this.pageAt(page).set(copy);
        put.add(page);
      }
    }
    // What no checkpoint until then has was zero.
    const clear = (page: number): void => {
      if (!put.has(page)) this.pageAt(page).fill(0);
      put.add(page);
    };
    for (const { pages } of this.list.slice(index + 1)) for (const page of pages.keys()) clear(page);
    for (const page of dirty) clear(page);
    this.loadPresent(kept);
    return checkpoint.host;
  }

  private indexBefore(record: number): number {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.list[middle]?.at ?? 0) <= record) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  private pageAt(page: number): Uint32Array {
    return this.words.subarray((page * PAGE_SIZE) / 4, ((page + 1) * PAGE_SIZE) / 4);
  }

  /** Merges the pair of neighbours that spans the least time relative to its age; never the base. */
  private thin(): void {
    const end = this.last();
    let best = 1;
    let bestScore = Number.POSITIVE_INFINITY;
    for (let i = 1; i + 1 < this.list.length; i++) {
      const before = this.list[i - 1];
      const here = this.list[i];
      const after = this.list[i + 1];
      if (before === undefined || here === undefined || after === undefined) continue;
      const score = (after.at - before.at) / (end - here.at + 1);
      if (score < bestScore) {
        bestScore = score;
        best = i;
      }
    }
    const [dropped] = this.list.splice(best, 1);
    const heir = this.list[best];
    if (dropped === undefined || heir === undefined) return;
    for (const [page, copy] of dropped.pages) if (!heir.pages.has(page)) heir.pages.set(page, copy);
    heir.copies = new Set(heir.pages.values()).size;
  }

  private savePresent(): readonly number[] {
    const view = new DataView(this.memory.buffer, this.memory.byteOffset + machineMemory.control);
    return present.map((offset) => view.getUint32(offset, true));
  }

  private loadPresent(values: readonly number[]): void {
    const view = new DataView(this.memory.buffer, this.memory.byteOffset + machineMemory.control);
    present.forEach((offset, index) => view.setUint32(offset, values[index] ?? 0, true));
  }
}
