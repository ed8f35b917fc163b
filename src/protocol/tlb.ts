/** What the modelled TLB (src/abi/tlb.ts) did until an instant, and what is in it. Types only. */
import type { KernelCallName } from "../abi/api";
import type { TlbPart } from "../abi/tlb";

/** Accesses by where their translation was found; the three add up to `accesses`. */
export interface TlbCounts {
  readonly accesses: number;
  readonly l1: number;
  readonly l2: number;
  readonly walks: number;
  /** Of them, those that ended in a page fault; what the process goes on with after one is an access of its own. */
  readonly faults: number;
}

export interface TlbAccess {
  /** Record of the journal that comes next: it is done at all cursors behind it. */
  readonly at: number;
  readonly addr: number;
  readonly bytes: number;
  readonly write: boolean;
  readonly found: "l1" | "l2" | "walk";
  readonly fault: boolean;
}

/** What the kernel had the TLB forget. */
export interface TlbFlush {
  readonly at: number;
  /** The system call or fault that did it; "none" for a switch of processes. */
  readonly call: KernelCallName;
  /**
   * range: page by page; all: the address space. switch: none, another process runs; first: it was not among those kept apart, so that a
   * number is used again. end: none, the process with that number has ended.
   */
  readonly what: "range" | "all" | "switch" | "first" | "end";
  readonly from: number;
  readonly to: number;
  /** Pages of the range, in steps of `stride` bytes. */
  readonly pages: number;
  readonly stride: number;
  /** Entries that were there. */
  readonly dropped: number;
  /** Whose. */
  readonly pcid: number;
  /** Of a switch: the frame of the top table. */
  readonly top: number;
}

/** Entries of one part: slot = set × ways + way. */
export interface TlbPartFacts {
  /** First address of the page; −1: empty. */
  readonly page: Float64Array;
  /** Bytes of the page. */
  readonly bytes: Uint32Array;
  readonly pfn: Uint32Array;
  readonly writable: Uint8Array;
  readonly pcid: Uint8Array;
  /** In its set: 1 was used last. */
  readonly order: Uint8Array;
  /** Filled since the step began. */
  readonly fresh: Uint8Array;
}

export interface TlbFacts {
  readonly cursor: number;
  /** The address space that runs. */
  readonly pcid: number;
  /** Frames of the address spaces' top tables, PCID 1 first; 0: nobody's. */
  readonly tops: Uint32Array;
  /** Since the program's first statement. */
  readonly total: TlbCounts;
  readonly flushes: number;
  /** Since the step began; null when it is longer than what is kept of accesses. */
  readonly step: TlbCounts | null;
  /** The step's, the last ones when there are too many to list. */
  readonly accesses: readonly TlbAccess[];
  readonly stepFlushes: readonly TlbFlush[];
  /** The latest, however long ago; null: none yet. */
  readonly lastFlush: TlbFlush | null;
  readonly parts: Readonly<Record<TlbPart, TlbPartFacts>>;
}
