/**
 * The history of glibc's malloc as a list of changes: what each release brought that a program can see in its heap, its mappings, its
 * messages or its results. Every difference between the profiles of neighbouring releases has its entry here (tested); the sentences are
 * in src/i18n/history.ts, a program that shows each one in src/scenario/history. Data only.
 *
 * Source: upstream's commits, by the first ten digits of their ids.
 */
import type { Feature, Release } from "./glibc-features";
import type { Alteration, HistoryRow } from "./history-row";
import { changesSince230 } from "./history-since-2.30";
import { changesTo229 } from "./history-to-2.29";
import type { MarkName } from "./marks";

const rows = { ...changesTo229, ...changesSince230 };

export type HistoryId = keyof typeof rows;

/** One change. */
export interface HistoryEntry {
  readonly id: HistoryId;
  readonly release: Release;
  /** Release that upstream shipped it with. */
  readonly upstream: string;
  readonly commits: readonly string[];
  readonly features: readonly Feature[];
  readonly fields: readonly string[];
  readonly marks: readonly MarkName[];
  readonly alters: readonly Alteration[];
  readonly major: boolean;
}

/** All changes, oldest release first. */
export const history: readonly HistoryEntry[] = Object.entries<HistoryRow>(rows).map(([id, row]) => ({
  id: id as HistoryId,
  release: row.release,
  upstream: row.upstream ?? row.release,
  commits: row.commits,
  features: row.features ?? [],
  fields: row.fields ?? [],
  marks: row.marks ?? [],
  alters: row.alters ?? [],
  major: row.major ?? false,
}));
