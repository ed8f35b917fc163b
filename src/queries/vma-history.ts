/** What happened to one VMA, asked for a piece at a time: steps come in between, and when nobody looks any more no further piece is asked for. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import type { VmaChange } from "../protocol/messages";
import { useMoment } from "./instant-context";
import { type Ask, useAsk } from "./session-context";

/** A VMA's life: from a cursor to another, and what happened in it, in order of time. */
export interface VmaLife {
  readonly vma: number;
  readonly from: number;
  readonly to: number;
  readonly changes: readonly VmaChange[];
}

async function side(
  ask: Ask,
  vma: number,
  cursor: number,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<readonly VmaChange[]> {
  const found: VmaChange[] = [];
  for (let from = cursor; ; ) {
    signal.throwIfAborted();
    const piece = await ask({ ask: "vmaHistory", vma, from, direction });
    found.push(...piece.changes);
    if (piece.done) return found;
    from = piece.reached;
  }
}

const isLife = (value: unknown): value is VmaLife => typeof value === "object" && value !== null && "changes" in value;

const lives = ({ from, to }: VmaLife, cursor: number): boolean => from <= cursor && cursor < to;

/** The life of the VMA whose struct is at this linear offset at the cursor; null while that is not known. */
export function useVmaLife(vma: number): VmaLife | null {
  const ask = useAsk();
  const queries = useQueryClient();
  const { run, position } = useMoment();
  const [id, cursor] = [run?.id ?? -1, position?.cursor ?? -1];
  const { data, isPlaceholderData } = useQuery({
    queryKey: [id, "vmaLife", vma, cursor],
    enabled: cursor >= 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<VmaLife> => {
      // It is the same for every cursor in it.
      const known = queries
        .getQueriesData({ queryKey: [id, "vmaLife", vma] })
        .map(([, life]) => life)
        .find((life): life is VmaLife => isLife(life) && lives(life, cursor));
      if (known !== undefined) return known;
      const past = await side(ask, vma, cursor, -1, signal);
      const future = await side(ask, vma, cursor, 1, signal);
      // A call that the cursor stands in is met from both sides.
      const changes = [...new Map([...past, ...future].map((change) => [change.at, change])).values()].toSorted(
        (a, b) => a.at - b.at,
      );
      const [first, last] = [changes[0], changes.at(-1)];
      const { first: begin = 0, last: end = 0 } = run?.summary ?? {};
      return { vma, from: first?.before === null ? first.at : begin, to: last?.after === null ? last.at : end + 1, changes };
    },
  });
  // A struct can be another VMA's later.
  if (data === undefined || (isPlaceholderData && !(data.vma === vma && lives(data, cursor)))) return null;
  return data;
}
