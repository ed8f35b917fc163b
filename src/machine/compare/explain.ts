/** Which of a step's changes a diverging call met: those whose markers it passed in one run and not, or with another answer, in the other. */
import type { Release } from "../../abi/glibc-features";
import type { Alteration, HistoryId } from "../../abi/history";
import { changesBetween } from "../../abi/releases";
import type { Aspect } from "../../protocol/comparison";

/** Markers that one call passed more often, or with another answer, than the other: names without answers. */
export function differingMarks(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const balance = new Map<string, number>();
  for (const mark of before) balance.set(mark, (balance.get(mark) ?? 0) + 1);
  for (const mark of after) balance.set(mark, (balance.get(mark) ?? 0) - 1);
  return new Set([...balance].flatMap(([mark, count]) => (count === 0 ? [] : [mark.replace(/=.$/, "")])));
}

/** Candidates of the step, narrowed by markers, or by what they alter, as far as that tells. `moved`: the blocks lay elsewhere before. */
export function explain(
  before: Release,
  release: Release,
  aspect: Aspect | "end",
  differing: ReadonlySet<string>,
  moved: boolean,
): { readonly entries: readonly HistoryId[]; readonly certain: boolean } {
  const candidates = changesBetween(before, release);
  const byMarks = candidates.filter(({ marks }) => marks.some((mark) => differing.has(mark)));
  const altering = (what: Alteration): typeof candidates => candidates.filter(({ alters }) => alters.includes(what));
  const byWork = aspect === "decision" ? [] : altering(aspect === "end" ? "message" : aspect);
  // Where a block lies decides too: how much must be cut off for an alignment, whether a page ends.
  const byPlace = aspect === "decision" && moved ? altering("address") : [];
  const chosen = [byWork, byMarks, byPlace, candidates].find(({ length }) => length > 0) ?? [];
  return { entries: chosen.map(({ id }) => id), certain: chosen !== candidates || candidates.length === 1 };
}
