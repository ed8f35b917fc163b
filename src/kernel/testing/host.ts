/** A machine for tests of the kernel alone: flat memory and a journal of writes in TypeScript, with undo and redo. */
import { control } from "../../abi/control";
import { kernelRanges } from "../../abi/kernel";
import { type KernelMark, kernelMarkById } from "../../abi/kernel-marks";
import type { AddressSpaceSpec, MappingSpec } from "../../abi/layouts";
import { MMAP_BASE, STACK_BYTES, STACK_TOP, TASK_SIZE } from "../../abi/layouts";
import { HEAP_WINDOW_SLOTS, machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { defaultMachineSpec, type MachineSpec } from "../exec";
import { createKernel, type Kernel } from "../kernel";

export interface TestHost {
  readonly kernel: Kernel;
  readonly space: AddressSpaceSpec;
  /** Linear memory. */
  readonly bytes: Uint8Array;
  /** Number of writes so far: a point in time. */
  now(): number;
  /** Undoes or redoes writes up to a point in time. */
  seek(target: number): void;
  /** What the kernel said of itself since `listen`, in order: marker and answer. */
  readonly said: readonly { readonly mark: KernelMark; readonly answer: number }[];
  /** From here on markers are traced. */
  listen(): void;
  hush(): void;
  /** A hash of the bytes of kernel structs, descriptors and of the frames that scripts use. */
  fingerprint(): number;
}

interface Write {
  readonly offset: number;
  readonly size: number;
  readonly before: bigint;
  readonly after: bigint;
}

/** Frames beside the heap window that tests get: 128 MiB. */
const POOL_FRAMES = 32768;
const memory = new ArrayBuffer(machineMemory.frames + (HEAP_WINDOW_SLOTS + POOL_FRAMES) * PAGE_SIZE);
const view = new DataView(memory);
const words = new Uint32Array(memory);

function read(offset: number, size: number): bigint {
  return size === 8 ? view.getBigUint64(offset, true) : BigInt(view.getUint32(offset, true));
}

function write(offset: number, size: number, value: bigint): void {
  if (size === 8) view.setBigUint64(offset, value, true);
  else view.setUint32(offset, Number(value), true);
}

/** One memory serves all tests: a test's machine goes back to its beginning, so that the next finds zeroes. */
let undoLast: (() => void) | null = null;

export function createTestHost(space: AddressSpaceSpec = emptySpace([]), machine: Partial<MachineSpec> = {}): TestHost {
  undoLast?.();
  const journal: Write[] = [];
  const said: { mark: KernelMark; answer: number }[] = [];
  let cursor = 0;
  const put = (offset: number, size: number, after: bigint): void => {
    journal.length = cursor;
    journal.push({ offset, size, before: read(offset, size), after });
    cursor++;
    write(offset, size, after);
  };
  const zeroFrame = (offset: number): void => {
    for (let at = offset; at < offset + PAGE_SIZE; at += 8) if (read(at, 8) !== 0n) put(at, 8, 0n);
  };
  const kernel = createKernel({
    memory,
    put: (offset, size, lo, hi) => put(offset, size, (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)),
    zeroFrame,
    emptyFrame: zeroFrame,
    tidy: (offset, value) => put(offset, 4, BigInt(value >>> 0)),
    copyFrame: (to, from) => {
      for (let at = 0; at < PAGE_SIZE; at += 8) if (read(to + at, 8) !== read(from + at, 8)) put(to + at, 8, read(from + at, 8));
    },
    mark: (_, id, answer) => {
      const mark = kernelMarkById(id);
      if (mark !== undefined) said.push({ mark, answer });
    },
    flush: () => {},
  });
  const seek = (target: number): void => {
    while (cursor > target) {
      cursor--;
      const entry = journal[cursor];
      if (entry !== undefined) write(entry.offset, entry.size, entry.before);
    }
    while (cursor < target) {
      const entry = journal[cursor];
      if (entry !== undefined) write(entry.offset, entry.size, entry.after);
      cursor++;
    }
  };
  const trace = (bits: number): void => view.setUint32(machineMemory.control + control.tracing, bits, true);
  undoLast = () => {
    trace(0);
    seek(0);
  };
  kernel.exec(space, { ...defaultMachineSpec, ...machine });
  return {
    kernel,
    space,
    bytes: new Uint8Array(memory),
    now: () => cursor,
    seek,
    said,
    listen: () => trace(2),
    hush: () => trace(0),
    fingerprint,
  };
}

/** More than a random script can use, in the heap window and beside it. */
const WATCHED_FRAMES = 256;

function fingerprint(): number {
  let hash = 0x811c9dc5;
  const mix = (from: number, to: number): void => {
    for (let at = from >>> 2; at < to >>> 2; at++) {
      hash = Math.imul(hash ^ (words[at] ?? 0), 0x9e37_79b1);
      hash ^= hash >>> 15;
    }
  };
  const slotAt = (slot: number): number => machineMemory.frames + slot * PAGE_SIZE;
  mix(machineMemory.control, machineMemory.control + 0x1000);
  for (const [from, to] of kernelRanges(new Uint8Array(memory))) mix(from, to);
  for (const first of [0, HEAP_WINDOW_SLOTS]) {
    mix(slotAt(first), slotAt(first + WATCHED_FRAMES));
  }
  return hash;
}

/** A process with nothing but the given mappings and a stack; the heap starts at 0x5a6000. */
export function emptySpace(mappings: readonly MappingSpec[], startBrk = 0x5a_6000): AddressSpaceSpec {
  const stack = {
    start: STACK_TOP - STACK_BYTES,
    end: STACK_TOP,
    perms: "rw-p",
    offset: 0,
    device: "00:00",
    inode: 0,
    name: "[stack]",
  };
  return {
    mappings: [...mappings, stack],
    taskSize: TASK_SIZE,
    mmapBase: MMAP_BASE,
    topdown: true,
    startBrk,
    startStack: STACK_TOP - PAGE_SIZE,
    startCode: 0x40_0000,
    endCode: 0x40_3000,
    startData: 0x40_4000,
    endData: 0x40_4000,
  };
}
