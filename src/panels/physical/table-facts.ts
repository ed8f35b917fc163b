/** What a page table leads to. */
import { PAGE_SIZE } from "../../abi/machine-memory";
import { asWords, entryFrame, isFrame, pagingLevels } from "../../decode/memory";
import type { Physical } from "../../decode/physical";

export interface TableFacts {
  readonly name: string;
  /** Addresses that it serves, [from, to). */
  readonly from: number;
  readonly to: number;
  /** Entries in use. */
  readonly used: number;
}

/** Null when the frame is no page table of the process's. */
export function tableFacts(linear: Uint8Array, { level, page }: Physical, pfn: number): TableFacts | null {
  const words = asWords(linear);
  const depth = level[pfn] ?? 0;
  if (depth === 0 || !isFrame(words, pfn)) return null;
  const levels = pagingLevels(words);
  const name = depth === levels ? "PGD" : (["PTE", "PMD", "PUD"][depth - 1] ?? "P4D");
  let used = 0;
  for (let index = 0; index < 512; index++) if (entryFrame(words, pfn, index) >= 0) used++;
  const from = (page[pfn] ?? 0) * PAGE_SIZE;
  return { name, from, to: from + 512 ** depth * PAGE_SIZE, used };
}
