/**
 * The data TLB that is modelled: that of Intel's Skylake (2015), and what Linux does with it. Data only; the rules are in src/machine/tlb.
 *
 *   address ──► L1, 4 KiB pages    16 sets × 4        ──miss──► L2 (STLB)   128 sets × 12   ──miss──► walk of the page tables
 *               L1, 2 MiB pages     8 sets × 4                  both sizes
 *
 * Sets and ways: Intel 64 and IA-32 Architectures Optimization Reference Manual, TLB parameters of the Skylake client microarchitecture.
 * Which bits choose the set: Gras et al., "Translation Leak-aside Buffer", USENIX Security 2018, table of TLB properties (L1 linear, L2 "XOR-7").
 * Which entry gives way is not published; the least recently used one does here.
 */
export interface TlbShape {
  readonly sets: number;
  readonly ways: number;
  /** The set is the exclusive or of so many neighbouring groups of log2(sets) bits of the page number, from bit 0 on. */
  readonly folds: 1 | 2;
}

export const tlbShapes = {
  small: { sets: 16, ways: 4, folds: 1 },
  large: { sets: 8, ways: 4, folds: 1 },
  shared: { sets: 128, ways: 12, folds: 2 },
} as const satisfies Readonly<Record<string, TlbShape>>;

export type TlbPart = keyof typeof tlbShapes;

/** Bytes of the pages that an entry can stand for, as powers of two. The gibibyte's four entries are left out: no process here has such pages. */
export const tlbPageShift = { small: 12, large: 21 } as const;

/** The set that a page belongs to, by its number (address >> shift). */
export function tlbSet({ sets, folds }: TlbShape, page: number): number {
  const first = page % sets;
  return folds === 1 ? first : first ^ (Math.floor(page / sets) % sets);
}

/** More pages than this are not flushed one by one. arch/x86/mm/tlb.c: tlb_single_page_flush_ceiling. */
export const TLB_FLUSH_CEILING = 33;

/** Address spaces whose entries a processor keeps apart by PCID. arch/x86/include/asm/tlbflush.h: TLB_NR_DYN_ASIDS. */
export const TLB_ADDRESS_SPACES = 6;
