/** What the table of changes (history.ts) holds of each one. */
import type { Feature, Release } from "./glibc-features";
import type { MarkName } from "./marks";

export type Alteration = "words" | "address" | "message";

export interface HistoryRow {
  /** First known release with it. */
  readonly release: Release;
  /** Release it came with upstream, when that is one whose malloc is not simulated. */
  readonly upstream?: string;
  readonly commits: readonly string[];
  /** Feature questions whose answer it changed. */
  readonly features?: readonly Feature[];
  /** Struct fields it added, removed or retyped: `struct.field`; and constants: `alignment`, `tcacheFill`. */
  readonly fields?: readonly string[];
  /** Markers of decisions that are new, gone or answered differently: they tell which change a diverging call met. */
  readonly marks?: readonly MarkName[];
  /** What it changes where no marker tells: words that are written, where blocks lie, what an abort says. */
  readonly alters?: readonly Alteration[];
  /** One of the changes that a ruler of releases names. */
  readonly major?: true;
}
