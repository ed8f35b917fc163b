/** Which pages of linear memory hold state. */
import { kernelRanges } from "../../abi/kernel";
import { machineMemory, PAGE_SHIFT, PAGE_SIZE } from "../../abi/machine-memory";

/** A growing set of page numbers. */
export interface PageSet {
  readonly size: number;
  add(page: number): void;
  has(page: number): boolean;
  clear(): void;
  /** In no particular order. */
  list(): Uint32Array<ArrayBuffer>;
}

export function pageSet(pages: number): PageSet {
  const member = new Uint8Array(pages);
  let order = new Uint32Array(256);
  let size = 0;
  return {
    get size() {
      return size;
    },
    add: (page) => {
      if (member[page] !== 0) return;
      member[page] = 1;
      if (size === order.length) {
        const larger = new Uint32Array(size * 2);
        larger.set(order);
        order = larger;
      }
      order[size++] = page;
    },
    has: (page) => member[page] === 1,
    clear: () => {
      for (let i = 0; i < size; i++) member[order[i] ?? 0] = 0;
      size = 0;
    },
    list: () => order.slice(0, size),
  };
}

/** True when the page holds a byte that is not zero. */
function isUsed(memory: Uint8Array, page: number): boolean {
  const words = new Uint32Array(memory.buffer, memory.byteOffset + page * PAGE_SIZE, PAGE_SIZE / 4);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return true;
  return false;
}

/** Pages of [start, end) in linear memory that are not all zero. */
function usedPages(memory: Uint8Array, start: number, end: number): number[] {
  const used: number[] = [];
  for (let page = start >>> PAGE_SHIFT; page < Math.ceil(end / PAGE_SIZE); page++) if (isUsed(memory, page)) used.push(page);
  return used;
}

/**
 * Pages that make up the state of the machine: everything below the kernel but derived caches, the kernel's structs, page
 * descriptors and the slots that ever held a frame. Never the scratch area nor the journal.
 */
export function statePages(memory: Uint8Array): number[] {
  const slots = Math.floor((memory.byteLength - machineMemory.frames) / PAGE_SIZE);
  const owners = new Uint32Array(memory.buffer, memory.byteOffset + machineMemory.slotOwners, slots);
  const found = [
    ...usedPages(memory, 0, machineMemory.translationCache),
    ...usedPages(memory, machineMemory.cMachine, machineMemory.kernel),
    ...kernelRanges(memory).flatMap(([from, to]) => usedPages(memory, from, to)),
  ];
  const firstSlot = machineMemory.frames / PAGE_SIZE;
  for (let slot = 0; slot < slots; slot++)
    if (owners[slot] !== 0 && isUsed(memory, firstSlot + slot)) found.push(firstSlot + slot);
  return found;
}

/** Pages that change without journal records: engine statics, control, profile, and the C machine. */
export function unjournalledPages(memory: Uint8Array): number[] {
  return [...range(0, machineMemory.translationCache), ...usedPages(memory, machineMemory.cMachine, machineMemory.kernel)];
}

function range(start: number, end: number): number[] {
  return Array.from({ length: (end - start) / PAGE_SIZE }, (_, index) => start / PAGE_SIZE + index);
}
