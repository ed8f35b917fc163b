/** Questions and their answers, keyed by (run, step, question). An answer never changes, so nothing is ever fetched again. */
import { QueryClient } from "@tanstack/react-query";

export type { Instant } from "./instant";
export { useHeapPlace, useHeapPlaces, useTcacheOwner } from "./place";
export type { ThreadNow } from "./threads";
export { InstantProvider, Later, useInstant, useMoment, useSettled, useWhenSettled } from "./instant-context";
export { instantKey, sliceKey } from "./keys";
export { kernelCallAt, useOperation, useSubject, useSummary } from "./subject";
export { AskProvider, SLICE_LIMIT, useLastWriter, useProcText, useRecords } from "./session-context";

export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 10_000,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: "always",
        // Answers share what they have in common already, see src/queries/instant.ts.
        structuralSharing: false,
      },
    },
  });
}
