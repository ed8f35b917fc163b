/** From a mapping's rights to the bits of its page-table entries. arch/x86/mm/pgprot.c: protection_map. */
import { pte, vmFlag } from "../abi/kernel";

/** True when the mapping allows any access at all. */
export function isAccessible(flags: number): boolean {
  return (flags & (vmFlag.READ | vmFlag.WRITE | vmFlag.EXEC)) !== 0;
}

/** Low half of an entry with all the rights of the mapping (RW set when writable). Present unless PROT_NONE. */
export function pageProtOf(flags: number): number {
  if (!isAccessible(flags)) return pte.PROTNONE | pte.ACCESSED;
  return pte.PRESENT | pte.USER | pte.ACCESSED | ((flags & vmFlag.WRITE) !== 0 ? pte.RW : 0);
}

/** High half: the NX bit where the mapping is not executable. */
export function pageProtHigh(flags: number): number {
  return (flags & vmFlag.EXEC) !== 0 ? 0 : pte.NX_HIGH;
}
