/** What a recording says of the arenas beside the main one: ring order, and each arena's heaps from the newest back. */
import type { MallocAbi, StructLayout } from "../../abi/glibc-structs";
import type { Machine } from "../../machine/machine";
import { hashBlock } from "./hash";
import type { RecordedArena, RecordedOperation } from "./recording";

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

/** Reads the arenas as they are now; nothing while main_arena is alone. */
export function createArenaObserver(machine: Machine, abi: MallocAbi): () => Pick<RecordedOperation, "arenas"> {
  const { mallocState } = abi;
  const { mainArena, wordBytes } = machine.process;
  const heapMax = wordBytes === 8 ? HEAP_MAX_64 : HEAP_MAX_32;

  function word(addr: number): number {
    const bytes = new Uint8Array(8);
    machine.peek(addr, bytes.subarray(0, wordBytes));
    return Number(new DataView(bytes.buffer).getBigUint64(0, true));
  }

  const field = (arena: number, name: string): number => word(arena + offsetOf(mallocState, name));

  function hashes(start: number, end: number): { readonly fnv: string; readonly h32: string } {
    const length = Math.max(0, Math.floor((end - start) / wordBytes) * wordBytes);
    return hashBlock(new Uint32Array(read(machine, start, length).buffer));
  }

  function heapOf(arena: number, h: number): RecordedArena["heaps"][number] {
    const size = word(h + 2 * wordBytes);
    const own = arena > h && arena < h + heapMax;
    const after = hashes(own ? arena + mallocState.sizeBytes : h, h + size);
    const before = own ? hashes(h, arena) : null;
    return {
      h: hex(h),
      size: hex(size),
      ...(before === null ? {} : { hh0: before.fnv, h320: before.h32 }),
      hh: after.fnv,
      h32: after.h32,
    };
  }

  function heapsOf(arena: number, top: number): RecordedArena["heaps"] {
    const heaps: RecordedArena["heaps"] = [];
    for (let h = top - (top % heapMax); h !== 0 && heaps.length < MOST; h = word(h + wordBytes)) heaps.push(heapOf(arena, h));
    return heaps;
  }

  function arenaAt(arena: number): RecordedArena {
    const top = field(arena, "top");
    const counted = offsetOf(mallocState, "attached_threads") >= 0;
    const state = hashBlock(maskedState(machine, mallocState, arena));
    return {
      a: hex(arena),
      top: hex(top),
      sm: hex(field(arena, "system_mem")),
      ...(counted ? { att: field(arena, "attached_threads") } : {}),
      ah: state.fnv,
      a32: state.h32,
      heaps: heapsOf(arena, top),
    };
  }

  return () => {
    const arenas: RecordedArena[] = [];
    for (let at = field(mainArena, "next"); at !== mainArena && at !== 0 && arenas.length < MOST; at = field(at, "next"))
      arenas.push(arenaAt(at));
    return arenas.length === 0 ? {} : { arenas };
  };
}
