/** Which of a step's changes a diverging call met: those whose markers it passed in one run and not, or with another answer, in the other. */
import type { Release } from "../../abi/glibc-features";
import type { HistoryEntry, HistoryId } from "../../abi/history";
import type { Alteration } from "../../abi/history-row";
import { changesBetween } from "../../abi/releases";
import type { Aspect } from "../../protocol/comparison";

/** Names of markers without answers. */
const bare = (mark: string): string => mark.replace(/=.$/, "");

/** All markers that a call passed. */
export function passedMarks(...calls: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(calls.flat().map(bare));
}

/** Markers that one call passed more often, or with another answer, than the other: names without answers. */
export function differingMarks(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const balance = new Map<string, number>();
  for (const mark of before) balance.set(mark, (balance.get(mark) ?? 0) + 1);
  for (const mark of after) balance.set(mark, (balance.get(mark) ?? 0) - 1);
  return new Set([...balance].flatMap(([mark, count]) => (count === 0 ? [] : [bare(mark)])));
}

/** What is known of a diverging call in the two neighbouring releases. */
export interface Clues {
  readonly aspect: Aspect | "end";
  /** Markers that it passed otherwise, and all that it passed. */
  readonly differing: ReadonlySet<string>;
  readonly passed: ReadonlySet<string>;
  /** Blocks lay elsewhere before. */
  readonly moved: boolean;
}

/** Candidates of the step, narrowed by markers, or by what they alter, as far as that tells. */
export function explain(
  before: Release,
  release: Release,
  { aspect, differing, passed, moved }: Clues,
): { readonly entries: readonly HistoryId[]; readonly certain: boolean } {
  const candidates = changesBetween(before, release);
  const marked = (names: ReadonlySet<string>) => (entry: HistoryEntry) => entry.marks.some((mark) => names.has(mark));
  const altering = (what: Alteration): readonly HistoryEntry[] => candidates.filter(({ alters }) => alters.includes(what));
  const byWork = aspect === "decision" ? [] : altering(aspect === "end" ? "message" : aspect);
  // Where a block lies decides too: how much must be cut off for an alignment, whether a page ends.
  const byPlace = aspect === "decision" && moved ? altering("address") : [];
  // What a call reads was written otherwise: a size, a counter.
  const byWords = aspect === "decision" ? altering("words").filter(marked(passed)) : [];
  const byMarks = candidates.filter(marked(differing));
  const choices = [byWork.filter(marked(passed)), byWork, byMarks, byWords, byPlace, candidates];
  const chosen = choices.find(({ length }) => length > 0) ?? [];
  return { entries: chosen.map(({ id }) => id), certain: chosen !== candidates || candidates.length === 1 };
}
