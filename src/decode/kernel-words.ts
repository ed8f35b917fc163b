/** Reading the kernel's structs in linear memory. */

/** A 64-bit word; above 2^53 it is rounded, all ones to 2^64. */
export function u64(words: Uint32Array, offset: number): number {
  return (words[offset / 4 + 1] ?? 0) * 0x1_0000_0000 + (words[offset / 4] ?? 0);
}

/** Offset of a struct in a table of the kernel's, or 0 when it is none. */
export function tableSlot(
  offset: number,
  table: { readonly at: number; readonly stride: number; readonly capacity: number },
): number {
  const index = (offset - table.at) / table.stride;
  return Number.isInteger(index) && index >= 0 && index < table.capacity ? offset : 0;
}
