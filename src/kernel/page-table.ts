/**
 * The page table of the process: four levels of 512 eight-byte entries, or five, each table in a frame of its own.
 *
 *   address   56…48   47…39   38…30   29…21   20…12   11…0
 *   4 levels          PGD     PUD     PMD     PTE     byte in page
 *   5 levels  PGD     P4D     PUD     PMD     PTE
 *
 * Entries are read and written as two 32-bit halves; frame numbers here stay below 2^20, so the low half holds all of them.
 */
import { control } from "../abi/control";
import { mmStruct, pageFlag, pte as bit } from "../abi/kernel";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import type { CurrentMm } from "./current";
import type { Frames } from "./frames";
import type { KernelDecision } from "../abi/kernel-marks";
import type { Bytes, TlbHost } from "./host";
import type { Notes } from "./notes";

/** What a table entry maps: 4096, 2 MiB, 1 GiB, 512 GiB, 256 TiB. */
const spans = [0, 1, 2, 3, 4].map((level) => PAGE_SIZE * 512 ** level);
const PTE = 0;
/** Level of the tables that only five levels have besides the PGD's; they are not counted as the process's. mm/memory.c: __p4d_alloc. */
const P4D = 3;
/** What is said of the table of each level, as it is found or made. */
const tableMarks: readonly (KernelDecision | undefined)[] = ["PteTable", "PmdTable", "PudTable", "P4dTable"];
/** An entry that points to a table: present, writable, user, accessed, dirty. */
const TABLE_BITS = bit.PRESENT | bit.RW | bit.USER | bit.ACCESSED | bit.DIRTY;

export interface PageTable {
  /** Linear offset of the page's entry; 0 when its table does not exist. */
  find(addr: number): number;
  /** The same, making tables; 0 when no frame is left. `told`: a last table that is there already is worth a line, too. */
  make(addr: number, told?: boolean): number;
  /** 4, or 5. */
  levels(): number;
  /** Linear offset of the entry that points to the page's table; 0 when there is no table for it. */
  upper(addr: number): number;
  /** Makes the tables above the last: what a fault leaves that finds no page to map. False when no frame is left. */
  makeUpper(addr: number): boolean;
  /** Makes the tables above that one: what moving pages leaves where there is nothing to move. */
  makeTop(addr: number): boolean;
  /** Calls `visit` for every entry of [start, end) that is not empty, in order. */
  walk(start: number, end: number, visit: (entry: number, addr: number) => void): void;
  /**
   * Copies the tables of [start, end) from the running process into another mm, empty ones too, and calls `visit` for every entry that is
   * not empty with its place in both. False when no frame is left.
   */
  copy(to: number, start: number, end: number, visit: (from: number, to: number, addr: number) => void): boolean;
  /** Takes the top-level table of a new mm; false when no frame is left. */
  createTop(): boolean;
  /** Frame number of the top-level table. */
  top(): number;
  /** Gives the top-level table back. */
  freeTop(): void;
  /** Gives back the empty last-level tables of the spans that lie wholly in [start, end). `moved`: the TLB was told already. */
  freeEmptyTables(start: number, end: number, moved?: boolean): void;
  /** Gives back tables that map only addresses in [floor, ceiling) and part of [start, end). */
  freeTables(start: number, end: number, floor: number, ceiling: number): void;
}

/** True when the entry maps a page, accessible or not. */
export function isMapped(low: number): boolean {
  return (low & (bit.PRESENT | bit.PROTNONE)) !== 0;
}

export function pfnOf(low: number): number {
  return low >>> 12;
}

function spanOf(level: number): number {
  return spans[level] ?? 0;
}

export function createPageTable(bytes: Bytes, mm: CurrentMm, frames: Frames, notes: Notes, tlb?: TlbHost): PageTable {
  const topLevel = (): number => (bytes.u32(machineMemory.control + control.pagingLevels) === 5 ? P4D + 1 : P4D);
  const root = (): number => frames.offset(bytes.u64(mm.at() + mmStruct.pgd));
  const entryIn = (table: number, level: number, addr: number): number => table + (Math.floor(addr / spanOf(level)) % 512) * 8;
  const tableAt = (entry: number): number => {
    const low = bytes.u32(entry);
    return low === 0 ? 0 : frames.offset(pfnOf(low));
  };

  /** The table of a level that covers the address; 0 when it does not exist. */
  function tableOf(addr: number, lowest: number): number {
    let table = root();
    for (let level = topLevel(); level > lowest && table !== 0; level--) table = tableAt(entryIn(table, level, addr));
    return table;
  }

  function find(addr: number): number {
    const table = tableOf(addr, PTE);
    return table === 0 ? 0 : entryIn(table, PTE, addr);
  }

  function make(addr: number, told = false): number {
    const table = makeTable(addr, PTE, told ? PTE : -1);
    return table === 0 ? 0 : entryIn(table, PTE, addr);
  }

  function tell(level: number, found: boolean, index: number, pfn: number): void {
    const mark = tableMarks[level];
    if (mark !== undefined) notes.asks(mark, found, index, pfn);
  }

  /** The table of a level; 0 when no frame is left. Tables that are there already are told of up to level `told`. */
  function makeTable(addr: number, lowest: number, told: number): number {
    let table = root();
    for (let level = topLevel(); level > lowest; level--) {
      table = tableIn(entryIn(table, level, addr), level, Math.floor(addr / spanOf(level)) % 512, told);
      if (table === 0) return 0;
    }
    return table;
  }

  /** The table that entry `index` of a level points to, made when there is none; 0 when no frame is left. */
  function tableIn(entry: number, level: number, index: number, told: number): number {
    const known = tableAt(entry);
    if (known !== 0) {
      if (level - 1 <= told) tell(level - 1, true, index, pfnOf(bytes.u32(entry)));
      return known;
    }
    const pfn = frames.allocate(pageFlag.pageTable, 0);
    if (pfn < 0) return 0;
    tell(level - 1, false, index, pfn);
    bytes.putPair(entry, ((pfn << 12) | TABLE_BITS) >>> 0, 0);
    if (level - 1 < P4D) countTables(PAGE_SIZE);
    return frames.offset(pfn);
  }

  /** One level of `copy`: mm/memory.c, copy_p4d_range to copy_pte_range. */
  function copyLevel(
    [source, target]: readonly [source: number, target: number],
    level: number,
    start: number,
    end: number,
    visit: (from: number, to: number, addr: number) => void,
  ): boolean {
    const span = spanOf(level);
    for (let addr = start; addr < end; ) {
      const next = (Math.floor(addr / span) + 1) * span;
      const [from, to] = [entryIn(source, level, addr), entryIn(target, level, addr)];
      const low = bytes.u32(from);
      if (low !== 0 && level === PTE) visit(from, to, addr);
      else if (low !== 0) {
        const below = tableIn(to, level, Math.floor(addr / span) % 512, -1);
        if (below === 0) return false;
        if ((low & bit.HUGE) !== 0) bytes.put32(to, (bytes.u32(to) | bit.HUGE) >>> 0);
        if (!copyLevel([tableAt(from), below], level - 1, addr, Math.min(end, next), visit)) return false;
      }
      addr = next;
    }
    return true;
  }

  function upper(addr: number): number {
    const table = tableOf(addr, PTE + 1);
    return table === 0 ? 0 : entryIn(table, PTE + 1, addr);
  }

  function freeEmptyTables(start: number, end: number, moved = false): void {
    const span = spanOf(PTE + 1);
    for (let addr = Math.ceil(start / span) * span; addr + span <= end; addr += span) {
      const entry = upper(addr);
      const table = entry === 0 ? 0 : tableAt(entry);
      if (table === 0) continue;
      let used = false;
      for (let at = table; at < table + PAGE_SIZE; at += 8) used ||= bytes.u32(at) !== 0;
      if (!used) freeTable(entry, PTE + 1, addr, moved);
    }
  }

  /** VmPTE. mm_inc_nr_ptes and its like. */
  function countTables(bytesMore: number): void {
    const at = mm.at() + mmStruct.pgtables_bytes;
    notes.note("TablesCounted", bytes.u64(at) / 1024, (bytes.u64(at) + bytesMore) / 1024);
    bytes.add64(at, bytesMore);
  }

  /** Gives back the table that an entry of a level points to. */
  function freeTable(entry: number, level: number, addr: number, moved = false): void {
    if (mm.isRunning() && !moved) tlb?.gather(addr, PAGE_SIZE, PAGE_SIZE);
    notes.note("TableFreed", pfnOf(bytes.u32(entry)));
    frames.free(pfnOf(bytes.u32(entry)));
    bytes.putPair(entry, 0, 0);
    if (level - 1 < P4D) countTables(-PAGE_SIZE);
  }

  /** Visits the entries of one level below `table`, which maps the address range that `from` lies in. */
  function walkLevel(
    table: number,
    level: number,
    start: number,
    end: number,
    visit: (entry: number, addr: number) => void,
  ): void {
    const span = spanOf(level);
    for (let addr = start; addr < end; addr = (Math.floor(addr / span) + 1) * span) {
      const entry = entryIn(table, level, addr);
      if (bytes.u32(entry) === 0) continue;
      if (level === PTE) visit(entry, addr);
      else walkLevel(tableAt(entry), level - 1, addr, Math.min(end, (Math.floor(addr / span) + 1) * span), visit);
    }
  }

  function freeLevel(table: number, level: number, start: number, end: number, floor: number, ceiling: number): void {
    const span = spanOf(level);
    for (let addr = Math.floor(start / span) * span; addr < end; addr += span) {
      const entry = entryIn(table, level, addr);
      const below = tableAt(entry);
      if (below === 0) continue;
      if (level > PTE + 1) freeLevel(below, level - 1, Math.max(start, addr), Math.min(end, addr + span), floor, ceiling);
      if (addr < floor || addr + span > ceiling) continue;
      freeTable(entry, level, addr);
    }
  }

  return {
    levels: () => topLevel() + 1,
    find,
    make,
    upper,
    makeUpper: (addr) => makeTable(addr, PTE + 1, P4D) !== 0,
    makeTop: (addr) => makeTable(addr, PTE + 2, -1) !== 0,
    copy: (to, start, end, visit) => {
      const source = root();
      return mm.within(to, () => copyLevel([source, root()], topLevel(), start, end, visit));
    },
    createTop: () => {
      const pfn = frames.allocate(pageFlag.pageTable, 0);
      if (pfn >= 0) bytes.put64(mm.at() + mmStruct.pgd, pfn);
      return pfn >= 0;
    },
    top: () => bytes.u64(mm.at() + mmStruct.pgd),
    freeTop: () => frames.free(bytes.u64(mm.at() + mmStruct.pgd)),
    freeEmptyTables,
    walk: (start, end, visit) => walkLevel(root(), topLevel(), start, end, visit),
    freeTables: (start, end, floor, ceiling) => freeLevel(root(), topLevel(), start, end, floor, ceiling),
  };
}
