/**
 * The two regions that translation finds without looking at a page table (control.hot0, hot1): runs of pages that are present, writable,
 * dirty and consecutive in linear memory too. hot0 is the beginning of [heap], whose page k prefers slot k; hot1 is chosen by the machine
 * (libc's data with main_arena). Journalled like any state, so that they are true again after time travel.
 */
import { control } from "../abi/control";
import { pte } from "../abi/kernel";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, mmGet } from "./context";
import { pfnOf } from "./page-table";

const hot0 = { start: control.hot0Start, length: control.hot0Length, delta: control.hot0Delta };
const hot1 = { start: control.hot1Start, length: control.hot1Length, delta: control.hot1Delta };
type HotRegion = typeof hot0 | typeof hot1;

const at = (field: number): number => machineMemory.control + field;

function setRegion(k: KernelContext, region: HotRegion, start: number, length: number, linear: number): void {
  k.bytes.put64(at(region.start), start);
  k.bytes.put64(at(region.length), length);
  k.bytes.put32(at(region.delta), linear - start);
}

/** Where the bytes of a page are that can be written without a note in its entry, in pages from the first slot; −1 otherwise. */
function writableSlot(k: KernelContext, addr: number): number {
  const entry = k.pages.find(addr);
  const low = entry === 0 ? 0 : k.bytes.u32(entry);
  const rights = pte.PRESENT | pte.RW | pte.DIRTY;
  if ((low & rights) !== rights || k.frames.isShared(pfnOf(low))) return -1;
  return (k.frames.offset(pfnOf(low)) - machineMemory.frames) / PAGE_SIZE;
}

/** Chooses the heap's beginning as hot0, empty at first. */
export function startHeapRegion(k: KernelContext): void {
  setRegion(k, hot0, mmGet(k, "start_brk"), 0, machineMemory.frames);
}

/** Another process runs: its heap's beginning as far as it is one run, and nothing else. */
export function changeRegions(k: KernelContext): void {
  startHeapRegion(k);
  if (k.bytes.u64(at(hot1.length)) !== 0) k.bytes.put64(at(hot1.length), 0);
  extendHeapRegion(k);
}

/** Takes in pages of the heap that have become present, from the end of hot0 upwards. */
export function extendHeapRegion(k: KernelContext): void {
  const start = k.bytes.u64(at(hot0.start));
  const before = k.bytes.u64(at(hot0.length));
  let length = before;
  while (writableSlot(k, start + length) === length / PAGE_SIZE) length += PAGE_SIZE;
  if (length !== before) k.bytes.put64(at(hot0.length), length);
}

/** Declares [start, end) hot1 as far as it is one run. */
export function setSecondRegion(k: KernelContext, start: number, end: number): void {
  const first = writableSlot(k, start);
  if (first < 0) return;
  let length = PAGE_SIZE;
  while (start + length < end && writableSlot(k, start + length) === first + length / PAGE_SIZE) length += PAGE_SIZE;
  setRegion(k, hot1, start, length, machineMemory.frames + first * PAGE_SIZE);
}

/** Cuts the regions where pages of [start, end) go or lose a right. */
export function cutRegions(k: KernelContext, start: number, end: number): void {
  if (!k.mm.isRunning()) return;
  for (const region of [hot0, hot1]) {
    const from = k.bytes.u64(at(region.start));
    const length = k.bytes.u64(at(region.length));
    if (length !== 0 && end > from && start < from + length) k.bytes.put64(at(region.length), Math.max(0, start - from));
  }
}
