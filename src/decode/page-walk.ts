/**
 * The processor's walk through the page table for one address: which entry of which table it reads, and where it ends (Intel SDM volume 3,
 * 4- and 5-level paging). Says what the entries say; rights are judged where an access is (src/decode/fault.ts).
 *
 *   CR3 ─► table of PGD ─[index]─► (P4D ─►) PUD ─► PMD ─► PTE ─► page
 */
import { PAGE_SIZE } from "../abi/machine-memory";
import { pte } from "../abi/kernel";
import { asWords, frameOffset, isFrame, pagingLevels, topTable } from "./memory";

export type TableLevel = "PGD" | "P4D" | "PUD" | "PMD" | "PTE";

/** Bits of an entry. */
export interface EntryFlags {
  readonly present: boolean;
  readonly writable: boolean;
  readonly user: boolean;
  readonly accessed: boolean;
  readonly dirty: boolean;
  /** Above the last table: maps a page of 2 MiB or 1 GiB. */
  readonly large: boolean;
  /** In the table above the last: the 512 pages below are one transparent huge page, kept as a table all the same. */
  readonly huge: boolean;
  readonly noExecute: boolean;
  /** Not present for the processor, but the kernel keeps the page (PROT_NONE). */
  readonly protNone: boolean;
}

export interface WalkStep {
  readonly level: TableLevel;
  /** Frame of the table. */
  readonly table: number;
  /** Which of its 512 entries, and the bits of the address that say so: [low, low + 9). */
  readonly index: number;
  readonly lowBit: number;
  /** Linear offset of the entry, and its two halves. */
  readonly at: number;
  readonly low: number;
  readonly high: number;
  readonly flags: EntryFlags;
  /** Frame that the entry names; −1 when it is empty. */
  readonly frame: number;
}

/**
 * Where the walk ends: `page` at the page's frame; `notPresent` and `protNone` at an entry that the processor does not follow;
 * `nonCanonical` before the first table; `damaged` at an entry that names no frame of this machine.
 */
export type WalkEnd = "page" | "notPresent" | "protNone" | "nonCanonical" | "damaged";

export interface PageWalk {
  readonly steps: readonly WalkStep[];
  readonly end: WalkEnd;
  /** Frame of the page and linear offset of the byte; −1 unless `end` is page or protNone. */
  readonly frame: number;
  readonly offset: number;
}

const names: readonly TableLevel[] = ["PTE", "PMD", "PUD"];
const INDEX_BITS = 9;
const PAGE_BITS = 12;

function nameOf(level: number, levels: number): TableLevel {
  return names[level] ?? (level === levels - 1 ? "PGD" : "P4D");
}

function flagsOf(low: number, high: number, level: number): EntryFlags {
  const has = (bit: number): boolean => (low & bit) !== 0;
  return {
    present: has(pte.PRESENT),
    writable: has(pte.RW),
    user: has(pte.USER),
    accessed: has(pte.ACCESSED),
    dirty: has(pte.DIRTY),
    large: level > 0 && has(pte.LARGE),
    huge: level === 1 && has(pte.HUGE),
    noExecute: (high & pte.NX_HIGH) !== 0,
    protNone: !has(pte.PRESENT) && has(pte.PROTNONE),
  };
}

/**
 * Walks to a byte address (a whole number, exact below 2^53), from the top-level table in frame `top`; the running process's when not given.
 * Total: at most five steps on any bytes.
 */
export function walkPage(linear: Uint8Array, addr: number, top = topTable(asWords(linear))): PageWalk {
  const words = asWords(linear);
  const levels = pagingLevels(words);
  const steps: WalkStep[] = [];
  const ended = (end: WalkEnd, frame = -1): PageWalk => ({
    steps,
    end,
    frame,
    offset: frame < 0 ? -1 : frameOffset(words, frame) + (addr % PAGE_SIZE),
  });
  // User addresses use one bit less than there is; with five levels more than 2^53 could not be written as a number.
  if (!(addr >= 0 && addr < 2 ** Math.min(PAGE_BITS + INDEX_BITS * levels - 1, 53))) return ended("nonCanonical");
  let table = isFrame(words, top) ? top : -1;
  for (let level = levels - 1; level >= 0; level--) {
    if (table < 0) return ended("damaged");
    const lowBit = PAGE_BITS + INDEX_BITS * level;
    const index = Math.floor(addr / 2 ** lowBit) % 512;
    const at = frameOffset(words, table) + index * 8;
    const [low, high] = [words[at / 4] ?? 0, words[at / 4 + 1] ?? 0];
    const named = (low >>> PAGE_BITS) + (high & 0xfffff) * 2 ** 20;
    const flags = flagsOf(low, high, level);
    steps.push({ level: nameOf(level, levels), table, index, lowBit, at, low, high, flags, frame: low === 0 ? -1 : named });
    if (!flags.present && !(flags.protNone && level === 0)) return ended("notPresent");
    const frame = flags.large ? named + Math.floor((addr % 2 ** lowBit) / PAGE_SIZE) : named;
    if (!isFrame(words, frame)) return ended("damaged");
    if (level === 0 || flags.large) return ended(flags.present ? "page" : "protNone", frame);
    table = named;
  }
  return ended("damaged");
}
