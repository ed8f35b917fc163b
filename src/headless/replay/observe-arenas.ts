/** What a recording says of the arenas beside the main one: ring order, and each arena's heaps from the newest back. */
import type { MallocAbi, StructLayout } from "../../abi/glibc-structs";
import type { Machine } from "../../machine/machine";
import { hashBlock } from "./hash";
import { type HeapWatch, watchHeap } from "./heap-watch";
import type { RecordedArena, RecordedFork, RecordedHeap, RecordedOperation } from "./recording";

/** Fields of malloc_state that recordings take as zero: they differ between threads and runs. */
const maskedFields = ["next", "next_free"] as const;
const MUTEX_BYTES = 4;

const HEAP_MAX_64 = 0x400_0000;
const HEAP_MAX_32 = 0x10_0000;
/** A damaged ring or chain of heaps ends somewhere. */
const MOST = 4096;

function offsetOf(layout: StructLayout, name: string): number {
  return layout.fields.find((field) => field.name === name)?.offset ?? -1;
}

function read(machine: Machine, addr: number, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(length / 4) * 4);
  machine.peek(addr, bytes.subarray(0, length));
  return bytes;
}

/** The words of a malloc_state without those that say nothing about the heap. */
export function maskedState(machine: Machine, layout: StructLayout, addr: number): Uint32Array {
  const bytes = read(machine, addr, layout.sizeBytes);
  bytes.fill(0, 0, MUTEX_BYTES);
  for (const name of maskedFields) {
    const at = offsetOf(layout, name);
    if (at >= 0) bytes.fill(0, at, at + machine.process.wordBytes);
  }
  return new Uint32Array(bytes.buffer);
}

const hex = (value: number): string => `0x${value.toString(16)}`;

/** The locks, the free list and the threads of all arenas; of releases where an arena is a thread's. */
export function observeFork(machine: Machine, { mallocState }: MallocAbi, freeListAt: number): RecordedFork {
  const { mainArena, wordBytes } = machine.process;
  const number = (addr: number, bytes: number): number => {
    const at = read(machine, addr, 8);
    return Number(new DataView(at.buffer).getBigUint64(0, true) & (bytes === 8 ? 2n ** 64n - 1n : 0xffff_ffffn));
  };
  const field = (arena: number, name: string): number => number(arena + offsetOf(mallocState, name), wordBytes);
  const arenas: RecordedFork["arenas"] = [];
  for (let at = mainArena; arenas.length < MOST && (at !== mainArena || arenas.length === 0); at = field(at, "next"))
    arenas.push([hex(at), number(at, MUTEX_BYTES), hex(field(at, "next_free")), field(at, "attached_threads")]);
  return { free: hex(number(freeListAt, wordBytes)), arenas };
}

interface WantedHashes {
  readonly hh: boolean;
  readonly h32: boolean;
}

/** What a line shall hold of what may be left out. A hash costs a walk over its bytes. */
export interface Wanted extends WantedHashes {
  /** Of the other arenas and their heaps. */
  readonly arenas: WantedHashes;
  /** `hx`, and what changed in the heaps of other arenas. */
  readonly changes: boolean;
}

/** Reads the arenas as they are now; nothing while main_arena is alone. */
export function createArenaObserver(machine: Machine, abi: MallocAbi): (wanted: Wanted) => Pick<RecordedOperation, "arenas"> {
  const { mallocState } = abi;
  const { mainArena, wordBytes } = machine.process;
  const heapMax = wordBytes === 8 ? HEAP_MAX_64 : HEAP_MAX_32;
  /** Of the heaps that the last line told of. */
  let watches = new Map<number, HeapWatch>();

  function word(addr: number): number {
    const bytes = new Uint8Array(8);
    machine.peek(addr, bytes.subarray(0, wordBytes));
    return Number(new DataView(bytes.buffer).getBigUint64(0, true));
  }

  const field = (arena: number, name: string): number => word(arena + offsetOf(mallocState, name));

  function heapOf(arena: number, h: number, watch: HeapWatch, wanted: Wanted): RecordedHeap {
    const size = word(h + 2 * wordBytes);
    const { hd, hn, hx } = watch.observe(h + (size > HEAP_MAX_64 ? 0 : size));
    const own = arena > h && arena < h + heapMax;
    const behind = own ? arena + mallocState.sizeBytes - h : 0;
    const before = own ? hashBlock(watch.first(arena - h)) : null;
    return {
      h: hex(h),
      size: hex(size),
      ...(wanted.arenas.hh ? { ...(before && { hh0: before.fnv }), hh: watch.hh(behind) } : {}),
      ...(wanted.arenas.h32 ? { ...(before && { h320: before.h32 }), h32: watch.h32(behind) } : {}),
      ...(wanted.changes ? { hn, ...(hn > 0 ? { hd } : {}), ...(hx === null ? {} : { hx }) } : {}),
    };
  }

  function heapsOf(arena: number, top: number, look: (h: number) => HeapWatch, wanted: Wanted): RecordedHeap[] {
    const heaps: RecordedHeap[] = [];
    for (let h = top - (top % heapMax); h !== 0 && heaps.length < MOST; h = word(h + wordBytes))
      heaps.push(heapOf(arena, h, look(h), wanted));
    return heaps;
  }

  function arenaAt(arena: number, look: (h: number) => HeapWatch, wanted: Wanted): RecordedArena {
    const top = field(arena, "top");
    const counted = offsetOf(mallocState, "attached_threads") >= 0;
    const state =
      wanted.arenas.hh || wanted.arenas.h32 ? hashBlock(maskedState(machine, mallocState, arena)) : { fnv: "", h32: "" };
    return {
      a: hex(arena),
      top: hex(top),
      sm: hex(field(arena, "system_mem")),
      ...(counted ? { att: field(arena, "attached_threads") } : {}),
      ...(wanted.arenas.hh ? { ah: state.fnv } : {}),
      ...(wanted.arenas.h32 ? { a32: state.h32 } : {}),
      heaps: heapsOf(arena, top, look, wanted),
    };
  }

  return (wanted) => {
    const arenas: RecordedArena[] = [];
    const watched = new Map<number, HeapWatch>();
    const look = (h: number): HeapWatch => {
      const watch = watched.get(h) ?? watches.get(h) ?? watchHeap(machine, h, wordBytes);
      watched.set(h, watch);
      return watch;
    };
    for (let at = field(mainArena, "next"); at !== mainArena && at !== 0 && arenas.length < MOST; at = field(at, "next"))
      arenas.push(arenaAt(at, look, wanted));
    watches = watched;
    return arenas.length === 0 ? {} : { arenas };
  };
}
