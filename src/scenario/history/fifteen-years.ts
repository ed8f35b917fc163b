/** "Fifteen years in ten minutes": the built-in program through nine releases, and where each parts from the one before. */
import type { Release } from "../../abi/glibc-features";
import type { HistoryId } from "../../abi/history";

export interface LessonStep {
  readonly before: Release;
  readonly release: Release;
  /** Start of the statement at which the two part. */
  readonly statement: string;
  /** What parts them. */
  readonly change: HistoryId;
}

export const fifteenYearsSteps = [
  { before: "2.12.1", release: "2.23", statement: "malloc_trim", change: "trim-large-pad" },
  { before: "2.23", release: "2.27", statement: "free(t[i])", change: "tcache" },
  { before: "2.27", release: "2.31", statement: "t[i] = malloc", change: "tcache-counts" },
  { before: "2.31", release: "2.35", statement: "free(t[i])", change: "safe-linking" },
  { before: "2.35", release: "2.39", statement: "char *m", change: "memalign-merges" },
  { before: "2.39", release: "2.41", statement: "char *z", change: "calloc-tcache" },
  { before: "2.41", release: "2.42", statement: "big = realloc", change: "remainders-uncached" },
  { before: "2.42", release: "2.43", statement: "free(t[i])", change: "fill-sixteen" },
] as const satisfies readonly LessonStep[];

/** The release that a step leads to names it. */
export type LessonRelease = (typeof fifteenYearsSteps)[number]["release"];
