/** Questions and their answers, keyed by (run, step, question). An answer never changes, so nothing is ever fetched again. */
import { QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { rowOf } from "../decode/chunk-table";
import type { Operation, RunSummary } from "../protocol/messages";
import { useUi } from "../store";
import type { Instant } from "./instant";

export type { Instant } from "./instant";
export { type Ask, AskProvider, SLICE_LIMIT, useAsk, useLastWriter, useRecords } from "./session-context";

export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 10_000,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
    },
  });
}

export const instantKey = (run: number, cursor: number) => [run, cursor, "instant"] as const;

/** The decoded instant at the cursor; null before the first run. The controller puts it here with every move. */
export function useInstant(): Instant | null {
  const run = useUi((state) => state.run?.id ?? -1);
  const cursor = useUi((state) => state.position?.cursor ?? -1);
  const queries = useQueryClient();
  const { data } = useQuery<Instant | null>({
    queryKey: instantKey(run, cursor),
    queryFn: () => queries.getQueryData<Instant>(instantKey(run, cursor)) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? null;
}

export function useSummary(): RunSummary | null {
  return useUi((state) => state.run?.summary ?? null);
}

/** User address a call is about: what it takes back or, once it is known, what it handed out. */
function addressOf(operation: Operation, cursor: number): number | null {
  const takes = operation.api === "free" || operation.api === "realloc" || operation.api === "malloc_usable_size";
  if (takes && (operation.api === "free" || cursor < operation.end)) return operation.args[0] ?? null;
  return cursor < operation.end || operation.result <= 0 ? null : operation.result;
}

/** The chunk that the call at hand is about: what a reader sees who has selected nothing. Null when there is none yet. */
export function useSubject(): number | null {
  const instant = useInstant();
  const call = useOperation();
  if (instant === null || call === null) return null;
  const { chunks } = instant.heap;
  const user = addressOf(call.operation, instant.cursor);
  const own = user === null ? -1 : rowOf(chunks, user - 2 * instant.abi.wordBytes);
  return own >= 0 ? (chunks.addr[own] ?? null) : (instant.picture.focus[0] ?? null);
}

/** The call that the cursor stands in, or the latest one begun. */
export function useOperation(): { readonly operation: Operation; readonly inside: boolean } | null {
  const summary = useSummary();
  const inside = useUi((state) => state.position?.operation ?? -1);
  const last = useUi((state) => state.position?.lastOperation ?? -1);
  const operation = summary?.operations[inside >= 0 ? inside : last];
  return operation === undefined ? null : { operation, inside: inside >= 0 };
}
