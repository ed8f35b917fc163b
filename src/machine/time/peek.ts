/** Reads words of the simulated process through its page tables, without faulting: what a debugger would read. */
import { control } from "../../abi/control";
import { pageDescriptor, taskStruct } from "../../abi/kernel";
import { machineMemory, PAGE_SHIFT, PAGE_SIZE } from "../../abi/machine-memory";

const PRESENT = 1;
const ENTRY_BYTES = 8;

const slotOf = (frame: number): number => machineMemory.pageDescriptors + frame * pageDescriptor.stride + pageDescriptor.slot;

/** Linear offset of a frame's bytes, as its struct page says; beyond memory when it is none of this machine. */
function frameOffset(view: DataView, frame: number): number {
  if (frame < 0 || frame >= pageDescriptor.capacity) return view.byteLength;
  return machineMemory.frames + view.getUint32(slotOf(frame), true) * PAGE_SIZE;
}

/** Frame behind a virtual address; −1 when there is none. Levels of 512 entries (x86-64). */
function frameOf(view: DataView, addr: number): number {
  if (!(addr >= 0 && addr < 2 ** 47)) return -1;
  let frame = view.getUint32(machineMemory.control + control.pgd, true);
  const top = view.getUint32(machineMemory.control + control.pagingLevels, true) === 5 ? 4 : 3;
  for (let level = top; level >= 0; level--) {
    const index = Math.floor(addr / (PAGE_SIZE * 512 ** level)) % 512;
    const entry = frameOffset(view, frame) + index * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > view.byteLength) return -1;
    const low = view.getUint32(entry, true);
    if ((low & PRESENT) === 0) return -1;
    frame = (low >>> PAGE_SHIFT) + (view.getUint32(entry + 4, true) & 0xfffff) * 0x10_0000;
  }
  return frame;
}

/** The mm_struct of the process that runs: its linear offset. */
export function currentMm(memory: Uint8Array): number {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const row = view.getUint32(machineMemory.control + control.process, true);
  return view.getUint32(taskStruct.at + row * taskStruct.stride + taskStruct.mm, true);
}

/** Linear offset of the word that says in which slot the page's bytes are; −1 when no frame is there. */
export function slotField(view: DataView, addr: number): number {
  const frame = frameOf(view, addr);
  return frame < 0 ? -1 : slotOf(frame);
}

/** Linear-memory offset behind a virtual address; −1 when no frame is there. */
export function translate(view: DataView, addr: number): number {
  const offset = frameOffset(view, frameOf(view, addr)) + (addr % PAGE_SIZE);
  return offset < view.byteLength ? offset : -1;
}

/** Aligned little-endian words as numbers (rounded above 2^53); 0 when nothing is mapped there. */
export type Peek = (addr: number, sizeBytes: 4 | 8) => number;

export function peeker(memory: Uint8Array): Peek {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  return (addr, sizeBytes) => {
    const offset = translate(view, addr);
    if (offset < 0 || offset + sizeBytes > view.byteLength) return 0;
    const low = view.getUint32(offset, true);
    return sizeBytes === 4 ? low : view.getUint32(offset + 4, true) * 0x1_0000_0000 + low;
  };
}
