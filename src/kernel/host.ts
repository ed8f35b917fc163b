import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";

/** What the kernel needs of the machine below it: linear memory, and the only ways to change it. */
export interface KernelHost {
  /** Linear memory, for reading. */
  readonly memory: ArrayBufferLike;
  /** Journalled store of 1, 2, 4 or 8 bytes at a linear offset. */
  put(offset: number, size: number, lo: number, hi: number): void;
  /** Journalled zeroing of one frame at a linear offset. */
  zeroFrame(offset: number): void;
  /**
   * The simulation puts its own things in order, journalled but no step of the process: a store of 4 bytes, zeroing a frame whose bytes are
   * another's too, a copy of a frame.
   */
  tidy(offset: number, value: number): void;
  emptyFrame(frame: number, other: number): void;
  copyFrame(to: number, from: number): void;
  /** Appends a marker record: kind, id, where, a, b (src/abi/journal.ts). */
  mark(kind: number, id: number, where: number, aLo: number, aHi: number, bLo: number, bHi: number): void;
  /** Forgets translations of [addr, addr + length). */
  flush(addr: number, length: number): void;
  /** The processor's TLB, where one is modelled. */
  readonly tlb?: TlbHost;
}

/** What Linux asks of the TLB, for the address space that runs. arch/x86/mm/tlb.c, mm/mmu_gather.c. */
export interface TlbHost {
  /** Entries of [addr, addr + bytes) that may be remembered are gone or say something else: part of the next flush. `stride`: bytes that an entry maps. */
  gather(addr: number, bytes: number, stride: number): void;
  /** What was gathered is forgotten: flush_tlb_mm_range. */
  flush(): void;
  /** flush_tlb_range, without what was gathered. */
  flushRange(addr: number, bytes: number): void;
  /** flush_tlb_mm. */
  flushAll(): void;
  /** Another address space is run in, known by its mm_struct; and the frame of its top table. */
  switchTo(mm: number, top: number): void;
  /** An address space has ended. */
  drop(mm: number): void;
}

const TWO_32 = 0x1_0000_0000;

/** Typed access to linear memory: reads directly, writes through the host's journal. u64 values are exact below 2^53. */
export interface Bytes {
  /** Pages of linear memory that frames' bytes can lie in. */
  readonly slots: number;
  u32(at: number): number;
  u64(at: number): number;
  put32(at: number, value: number): void;
  put64(at: number, value: number): void;
  /** Two halves, for page-table entries. */
  putPair(at: number, lo: number, hi: number): void;
  add64(at: number, delta: number): void;
  /** The 1024 words of a frame whose bytes are at this offset, for reading. */
  frame(at: number): Uint32Array;
}

export function bytesOf(host: KernelHost): Bytes {
  const words = new Uint32Array(host.memory);
  const u32 = (at: number): number => words[at >>> 2] ?? 0;
  const u64 = (at: number): number => (words[at >>> 2] ?? 0) + (words[(at >>> 2) + 1] ?? 0) * TWO_32;
  const put64 = (at: number, value: number): void => host.put(at, 8, value >>> 0, Math.floor(value / TWO_32) >>> 0);
  return {
    slots: Math.floor((host.memory.byteLength - machineMemory.frames) / PAGE_SIZE),
    u32,
    u64,
    put32: (at, value) => host.put(at, 4, value >>> 0, 0),
    put64,
    putPair: (at, lo, hi) => host.put(at, 8, lo >>> 0, hi >>> 0),
    add64: (at, delta) => {
      if (delta !== 0) put64(at, u64(at) + delta);
    },
    frame: (at) => words.subarray(at >>> 2, (at + PAGE_SIZE) >>> 2),
  };
}

/** The low and high halves of a number below 2^64, or of −1, which has all bits set. `>>> 0` takes the low half of any double exactly. */
export function lowHalf(value: number): number {
  return value >>> 0;
}

export function highHalf(value: number): number {
  return Math.floor(value / TWO_32) >>> 0;
}

export function pageDown(addr: number): number {
  return addr - (addr % PAGE_SIZE);
}

export function pageUp(addr: number): number {
  return pageDown(addr + PAGE_SIZE - 1);
}
