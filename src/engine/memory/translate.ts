/**
 * Virtual address → offset in linear memory, from fast to slow:
 *
 *   1. two hot regions (control.hot0*, hot1*): resident, writable, contiguous in linear memory; inlined at every access
 *   2. translation cache: direct-mapped, 2048 entries for reads and 2048 for writes, 16 bytes each {tag u64, linear minus virtual u32}
 *   3. walk of the page tables; each entry's frame leads to its bytes by its struct page
 *   4. page fault in the kernel, then again; before a write also when frames share their bytes (src/kernel/shared-slots.ts) or the page is clean
 *
 * A tag is the page's address + 1, so that zeroed memory matches nothing. Tag and hot-region checks also fail for a misaligned address:
 * what passes them cannot straddle a page. Reads leave the accessed bit alone: they are not recorded.
 */
import { segfault, stopBySignal } from "../control";
import {
  CONTROL_HOT0_LENGTH, CONTROL_HOT0_START, CONTROL_HOT1_DELTA, CONTROL_HOT1_LENGTH, CONTROL_HOT1_START, CONTROL_PAGING_LEVELS, CONTROL_PGD,
  MEMORY_FRAMES, MEMORY_SLOT_OWNERS, MEMORY_TRANSLATION_CACHE, PAGE_DESCRIPTOR_BYTES, PAGE_SHIFT, PAGE_SIZE, PAGE_SLOTS, SHARED_SLOT,
} from "../generated/abi";
import { openJournal, syncJournal } from "../ring";

// biome-ignore format: one import a line
@external("kernel", "fault") declare function kernelFault(addr: f64, write: i32): i32;

const ENTRIES: u32 = 2048;
const ENTRY_SHIFT: u32 = 4;
const READS: usize = MEMORY_TRANSLATION_CACHE;
const WRITES: usize = MEMORY_TRANSLATION_CACHE + (<usize>ENTRIES << ENTRY_SHIFT);

const OFFSET_MASK: u64 = <u64>PAGE_SIZE - 1;

const PTE_PRESENT: u64 = 1;
const PTE_WRITABLE: u64 = 2;
const PTE_USER: u64 = 4;
const PTE_DIRTY: u64 = 0x40;
const PTE_FRAME_MASK: u64 = 0x000f_ffff_ffff_f000;

/** End of what a process can map; beyond it lies the non-canonical hole, then the kernel's half. */
const USER_END: u64 = 0x0000_8000_0000_0000;
const SEGV_MAPERR: u32 = 1;
const SI_KERNEL: u32 = 0x80;

/** True when an aligned access at addr falls into the first hot region. One compare: rotating moves misalignment into the top bits. */
@inline
export function inHot0<T>(addr: u64): bool {
  return rotr<u64>(addr - load<u64>(CONTROL_HOT0_START), alignof<T>()) < load<u64>(CONTROL_HOT0_LENGTH) >> alignof<T>();
}

/** The first region is the heap's window of frames, so it begins where the frames do: no need for its delta. */
@inline
export function atHot0(addr: u64): usize {
  return <usize>(addr - load<u64>(CONTROL_HOT0_START)) + MEMORY_FRAMES;
}

@inline
export function inHot1<T>(addr: u64): bool {
  return rotr<u64>(addr - load<u64>(CONTROL_HOT1_START), alignof<T>()) < load<u64>(CONTROL_HOT1_LENGTH) >> alignof<T>();
}

@inline
export function atHot1(addr: u64): usize {
  return <usize>addr + <usize>load<u32>(CONTROL_HOT1_DELTA);
}

@inline
function entryOf(addr: u64, writes: bool): usize {
  return (writes ? WRITES : READS) + (((<usize>(addr >> <u64>PAGE_SHIFT)) & (ENTRIES - 1)) << ENTRY_SHIFT);
}

/** Offset for an aligned access, or 0 when the cache does not know. */
@inline
export function cached<T>(addr: u64, writes: bool): usize {
  const entry = entryOf(addr, writes);
  const tag = (addr & (~OFFSET_MASK | <u64>(sizeof<T>() - 1))) + 1;
  return load<u64>(entry) == tag ? <usize>addr + <usize>load<u32>(entry, 8) : 0;
}

@inline
export function straddles(addr: u64, size: u32): bool {
  return (addr & OFFSET_MASK) + <u64>size > <u64>PAGE_SIZE;
}

/** Where the bytes of a frame are. */
@inline
function atFrame(pfn: usize): usize {
  return MEMORY_FRAMES + (<usize>load<u32>(PAGE_SLOTS + pfn * PAGE_DESCRIPTOR_BYTES) << PAGE_SHIFT);
}

/** Whether other frames have their bytes in the same place: nothing may be written there. */
function isShared(offset: usize): bool {
  return load<u32>(MEMORY_SLOT_OWNERS + ((offset - MEMORY_FRAMES) >>> PAGE_SHIFT << 2)) >= SHARED_SLOT;
}

function walk(addr: u64, writes: bool): usize {
  // The first write to a clean page has the dirty bit set; whoever clears it cuts the hot regions and flushes the cache.
  const rights = PTE_PRESENT | PTE_USER | (writes ? PTE_WRITABLE | PTE_DIRTY : 0);
  let table = atFrame(<usize>load<u32>(CONTROL_PGD));
  const top: u64 = load<u32>(CONTROL_PAGING_LEVELS) == 5 ? 48 : 39;
  for (let shift = top; shift >= <u64>PAGE_SHIFT; shift -= 9) {
    const entry = load<u64>(table + (<usize>((addr >> shift) & 511) << 3));
    if ((entry & rights) != rights) return 0;
    table = atFrame(<usize>((entry & PTE_FRAME_MASK) >> <u64>PAGE_SHIFT));
  }
  if (writes && isShared(table)) return 0;
  return table + <usize>(addr & OFFSET_MASK);
}

/** Where one byte of the process lives, faulting it in. Does not return when the access is fatal. */
export function resolve(addr: u64, writes: bool): usize {
  openJournal();
  if (addr >= USER_END) {
    // A non-canonical address raises a protection fault without an address; the kernel's half is never mapped for us.
    const canonical = <u64>((<i64>addr << 16) >> 16) == addr;
    segfault(canonical ? SEGV_MAPERR : SI_KERNEL, canonical ? addr : 0, writes);
  }
  let offset = walk(addr, writes);
  while (offset == 0) {
    syncJournal();
    if (kernelFault(<f64>addr, writes ? 1 : 0) == 0) stopBySignal();
    offset = walk(addr, writes);
  }
  const entry = entryOf(addr, writes);
  store<u32>(entry, <u32>offset - <u32>addr, 8);
  store<u64>(entry, (addr & ~OFFSET_MASK) + 1);
  return offset;
}

/** Offset of one byte through cache or walk. */
export function translate(addr: u64, writes: bool): usize {
  const offset = cached<u8>(addr, writes);
  return offset != 0 ? offset : resolve(addr, writes);
}

/** Forgets what the cache knows of [addr, addr + length); length 0 = of everything. */
export function flushTranslations(addr: u64, length: u64): void {
  if (length == 0 || length >= <u64>ENTRIES << PAGE_SHIFT) {
    memory.fill(READS, 0, (<usize>ENTRIES << ENTRY_SHIFT) * 2);
    return;
  }
  const end = addr + length;
  for (let page = addr & ~OFFSET_MASK; page < end; page += <u64>PAGE_SIZE) {
    store<u64>(entryOf(page, false), 0);
    store<u64>(entryOf(page, true), 0);
  }
}
