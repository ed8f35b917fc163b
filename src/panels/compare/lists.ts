/** The free lists of two heaps as rows that stand beside each other: the same rows in the same order in both columns. */
import { hasFeature, findRelease } from "../../abi/glibc-features";
import type { MallocAbi } from "../../abi/glibc-structs";
import type { BinKind, BinList } from "../../decode/types";
import type { Instant } from "../../queries";
import { binName } from "../../scene/bin-names";
import { chunkName } from "../../scene/map-labels";
import { rowOf } from "../../decode/chunk-table";
import { shortAddress } from "../../render/text";

const kinds: readonly BinKind[] = ["tcache", "fast", "unsorted", "small", "large"];

/** One list in one column. */
export interface ListCell {
  /** Names of its chunks, head first. */
  readonly entries: readonly string[];
  /** How many one list takes; −1 where nothing bounds it. */
  readonly limit: number;
  /** This version has no lists of the kind. */
  readonly missing: boolean;
}

export interface ListRow {
  readonly kind: BinKind;
  readonly name: string;
  readonly cells: readonly [ListCell, ListCell];
  readonly differs: boolean;
}

function lacks(abi: MallocAbi, kind: BinKind): boolean {
  if (kind === "tcache") return abi.tcache === null;
  const release = findRelease(abi.glibc);
  return kind === "fast" && release !== undefined && !hasFeature(release, "fastbins");
}

function cellOf(instant: Instant | null, kind: BinKind, list: BinList | undefined): ListCell {
  if (instant === null) return { entries: [], limit: -1, missing: false };
  const { picture, heap, abi } = instant;
  const entries = [...(list?.entries ?? [])].map((addr) => chunkName(picture, rowOf(picture.chunks, addr)) || shortAddress(addr));
  return { entries, limit: kind === "tcache" ? heap.bins.tcacheCount : -1, missing: lacks(abi, kind) };
}

/** Lists that are not empty in at least one of the two. */
export function listRows(a: Instant | null, b: Instant | null): readonly ListRow[] {
  const filled = (instant: Instant | null): readonly BinList[] =>
    instant?.heap.bins.lists.filter(({ entries }) => entries.length > 0) ?? [];
  const [left, right] = [filled(a), filled(b)];
  return kinds.flatMap((kind) => {
    const of = (lists: readonly BinList[]) =>
      new Map(lists.filter((list) => list.kind === kind).map((list) => [list.sizeBytes, list]));
    const [ours, theirs] = [of(left), of(right)];
    const sizes = [...new Set([...ours.keys(), ...theirs.keys()])].toSorted((x, y) => x - y);
    return sizes.flatMap((size): readonly ListRow[] => {
      const list = ours.get(size) ?? theirs.get(size);
      if (list === undefined) return [];
      const cells = [cellOf(a, kind, ours.get(size)), cellOf(b, kind, theirs.get(size))] as const;
      const [one, other] = cells;
      return [{ kind, name: binName(list), cells, differs: one.entries.join() !== other.entries.join() }];
    });
  });
}
