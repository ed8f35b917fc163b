/**
 * A walk of the page tables with what a reader wants to know of it: what else each table holds, which frame it ends at, and why it ends.
 *
 * With four levels the P4D is folded into the PGD: Linux asks for its entry all the same and gets the PGD's (p4d_offset).
 */
import { pageFlag } from "../abi/kernel";
import { asWords, frameFlags, frameOffset, frameUsers } from "./memory";
import { kindOfFrame, mappingsOf, type PageKindName, pageKinds } from "./page-kind";
import { type PageWalk, walkPage, type WalkStep } from "./page-walk";
import type { AddressSpace, VmaFacts } from "./types";

export interface WalkRow extends WalkStep {
  /** Has no table of its own: shows the entry of the one before. */
  readonly folded: boolean;
  readonly value: bigint;
  /** Which of the table's 512 entries are not empty. */
  readonly used: readonly number[];
}

/** The frame that the walk arrives at. */
export interface FoundFrame {
  readonly pfn: number;
  readonly kind: PageKindName;
  /** Users, as struct page counts them, and how many of them are mappings. */
  readonly users: number;
  readonly mappings: number;
  /** It is in a file's page cache: it stays when nobody maps it. */
  readonly cached: boolean;
  readonly dirty: boolean;
  /** It stands for pages whose contents are not simulated: its number and users say nothing of a real machine. */
  readonly standIn: boolean;
}

export interface WalkFacts {
  readonly addr: number;
  /** Frame of the top table (CR3), −1 when there is none. */
  readonly root: number;
  readonly rows: readonly WalkRow[];
  readonly end: PageWalk["end"];
  /** Null unless `end` is page or protNone. */
  readonly frame: FoundFrame | null;
  /** The mapping that holds the address: without one, an access is a SIGSEGV and no fault that can be served. */
  readonly vma: VmaFacts | null;
}

function usedEntries(words: Uint32Array, table: number): number[] {
  const start = frameOffset(words, table) / 4;
  const used: number[] = [];
  for (let index = 0; index < 512; index++)
    if (((words[start + index * 2] ?? 0) | (words[start + index * 2 + 1] ?? 0)) !== 0) used.push(index);
  return used;
}

function foundFrame(words: Uint32Array, pfn: number, last: WalkStep | undefined, vma: VmaFacts | null): FoundFrame {
  const flags = frameFlags(words, pfn);
  return {
    pfn,
    kind: pageKinds[kindOfFrame(words, pfn, vma?.uncounted === true)] ?? "absent",
    users: frameUsers(words, pfn),
    mappings: mappingsOf(words, pfn),
    cached: (flags & pageFlag.cached) !== 0,
    dirty: last?.flags.dirty === true || (flags & pageFlag.dirty) !== 0,
    standIn: (flags & pageFlag.unknown) !== 0,
  };
}

/** Total, as walkPage is. */
export function walkFacts(linear: Uint8Array, space: AddressSpace, addr: number): WalkFacts {
  const words = asWords(linear);
  const { steps, end, frame } = walkPage(linear, addr, space.top);
  const vma = space.vmas.find((entry) => addr >= entry.start && addr < entry.end) ?? null;
  const rows = steps.map((step): WalkRow => {
    const value = (BigInt(step.high) << 32n) | BigInt(step.low);
    return { ...step, folded: false, value, used: usedEntries(words, step.table) };
  });
  const [top] = rows;
  const withP4d = top !== undefined && !rows.some(({ level }) => level === "P4D");
  return {
    addr,
    root: space.top,
    rows: withP4d ? [top, { ...top, level: "P4D", folded: true }, ...rows.slice(1)] : rows,
    end,
    frame: frame < 0 ? null : foundFrame(words, frame, steps.at(-1), vma),
    vma,
  };
}
