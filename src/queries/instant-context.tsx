/** One observer of the instant for the whole page, handed down: panels read it as often as they like at no cost a step. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { useUi } from "../store";
import type { Instant } from "./instant";
import { instantKey } from "./keys";

const InstantContext = createContext<Instant | null>(null);

export function InstantProvider({ children }: { readonly children: ReactNode }) {
  const run = useUi((state) => state.run?.id ?? -1);
  const cursor = useUi((state) => state.position?.cursor ?? -1);
  const queries = useQueryClient();
  const key = instantKey(run, cursor);
  const { data } = useQuery<Instant | null>({ queryKey: key, queryFn: () => queries.getQueryData<Instant>(key) ?? null });
  return <InstantContext value={data ?? null}>{children}</InstantContext>;
}

/** The decoded instant at the cursor; null before the first run. The controller puts it there with every move. */
export function useInstant(): Instant | null {
  return useContext(InstantContext);
}
