/** What happened to one VMA, asked for a piece at a time: steps come in between, and when nobody looks any more no further piece is asked for. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { VmaChange } from "../protocol/messages";
import { useMoment } from "./instant-context";
import { type Ask, useAsk } from "./session-context";

/** A VMA's life: from a cursor to another, and what happened in it, in order of time. */
interface VmaLife {
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

const lives = ({ from, to }: VmaLife, cursor: number): boolean => from <= cursor && cursor < to;

/** The life of the VMA whose struct is at this linear offset at the cursor; null while that is not known. */
export function useVmaLife(vma: number): VmaLife | null {
  const ask = useAsk();
  const { run, position } = useMoment();
  const [id, cursor] = [run?.id ?? -1, position?.cursor ?? -1];
  // Whoever steps on while it is looked for, or within that life, does not have it looked for again.
  const [asked, setAsked] = useState({ id, vma, cursor });
  const { data } = useQuery({
    queryKey: [asked.id, "vmaLife", asked.vma, asked.cursor],
    enabled: asked.cursor >= 0,
    queryFn: async ({ signal }): Promise<VmaLife> => {
      const past = await side(ask, asked.vma, asked.cursor, -1, signal);
      const future = await side(ask, asked.vma, asked.cursor, 1, signal);
      // A call that the cursor stands in is met from both sides.
      const changes = [...new Map([...past, ...future].map((change) => [change.at, change])).values()].toSorted(
        (a, b) => a.at - b.at,
      );
      const [first, last] = [changes[0], changes.at(-1)];
      const { first: begin = 0, last: end = 0 } = run?.summary ?? {};
      return { from: first?.before === null ? first.at : begin, to: last?.after === null ? last.at : end + 1, changes };
    },
  });
  const same = asked.id === id && asked.vma === vma;
  // A struct can be another VMA's at another time.
  const other = data !== undefined && !lives(data, cursor) && asked.cursor !== cursor;
  if (!same || other) setAsked({ id, vma, cursor });
  return same && !other ? (data ?? null) : null;
}
