/** What the kernel asks of its index of VMAs, whichever tree answers. */

/** A vm_area_struct by its offset in linear memory; 0 = none. */
export type Vma = number;

/** VMAs in address order. They never overlap. */
export interface VmaIndex {
  /** The first VMA whose end lies above `addr` (find_vma). */
  find(addr: number): Vma;
  first(): Vma;
  last(): Vma;
  next(vma: Vma): Vma;
  prev(vma: Vma): Vma;
  /** Links a VMA in at its place, which is free. */
  insert(vma: Vma): void;
  remove(vma: Vma): void;
  /** Frames that changing it could take at most beside what it has. */
  framesForChange(): number;
  /** Moves the ends of a VMA over free addresses, or gives some of its own up. */
  resize(vma: Vma, start: number, end: number): void;
  /** Where the highest free range of `length` bytes in [floor, ceiling) ends, cut off at the ceiling; −1 when there is none. */
  highestGap(length: number, floor: number, ceiling: number): number;
  /** Where the lowest one starts, cut off at the floor; −1. */
  lowestGap(length: number, floor: number, ceiling: number): number;
}
