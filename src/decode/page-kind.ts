/** What a page of a mapping is, by its frame's struct page: which of the RSS counters it is in. mm/memory.c: mm_counter. */
import { pageFlag } from "../abi/kernel";
import { frameFlags, frameUsers } from "./memory";

/** `special`: a page of the machine's own, in no counter. */
export const pageKinds = ["absent", "anonymous", "zero", "file", "shared memory", "special"] as const;
export type PageKindName = (typeof pageKinds)[number];

export const pageKind = { absent: 0, anonymous: 1, zero: 2, file: 3, sharedMemory: 4, special: 5 } as const;

/** Kind of a frame's page in a mapping; `uncounted`: the mapping's pages are no part of RES. */
export function kindOfFrame(words: Uint32Array, frame: number, uncounted: boolean): number {
  const flags = frameFlags(words, frame);
  if ((flags & pageFlag.zero) !== 0) return pageKind.zero;
  if (uncounted) return pageKind.special;
  if ((flags & (pageFlag.unknown | pageFlag.file)) !== 0) return pageKind.file;
  return (flags & pageFlag.sharedMemory) !== 0 ? pageKind.sharedMemory : pageKind.anonymous;
}

/** How many page-table entries map a frame: its users but for the page cache. The frames that stand for many count as one. */
export function mappingsOf(words: Uint32Array, frame: number): number {
  const flags = frameFlags(words, frame);
  if ((flags & (pageFlag.zero | pageFlag.unknown)) !== 0) return 1;
  return frameUsers(words, frame) - ((flags & pageFlag.cached) !== 0 ? 1 : 0);
}
