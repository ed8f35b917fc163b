/** How questions reach the worker. The session changes when a dead worker is replaced, so components hold a function, not a session. */
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import type { ProcName } from "../abi/proc-texts";
import { assert } from "../base";
import { decodeJournal } from "../decode/journal";
import type { JournalRecords } from "../decode/types";
import type { Answer, Question } from "../protocol/messages";
import { useUi } from "../store";
import { useMoment } from "./instant-context";
import { sliceKey } from "./keys";

export type Ask = <Q extends Question>(question: Q) => Promise<Extract<Answer, { ask: Q["ask"] }>>;

const AskContext = createContext<Ask | null>(null);

export function AskProvider({ ask, children }: { readonly ask: Ask; readonly children: ReactNode }) {
  return <AskContext value={ask}>{children}</AskContext>;
}

export function useAsk(): Ask {
  const ask = useContext(AskContext);
  assert(ask !== null, "AskProvider is above every component");
  return ask;
}

/** Records of one call are listed up to here; longer ones are cut, and say so. */
export const SLICE_LIMIT = 20_000;

/** Journal records [from, to), decoded. Null while they are on their way. */
export function useRecords(from: number, to: number): JournalRecords | null {
  const ask = useAsk();
  const run = useUi((state) => state.run?.id ?? -1);
  const end = Math.min(to, from + SLICE_LIMIT);
  const { data } = useQuery({
    queryKey: sliceKey(run, from, end),
    enabled: run >= 0 && end > from,
    queryFn: async () => decodeJournal((await ask({ ask: "slice", from, to: end })).slice),
  });
  return data ?? null;
}

/** The last write below `before` that touched the word at `addr`: its record, −1 when there is none; null while that is not known. */
export function useLastWriter(addr: number | null, before: number): number | null {
  const ask = useAsk();
  const run = useUi((state) => state.run?.id ?? -1);
  const { data } = useQuery({
    queryKey: [run, "lastWriter", addr, before],
    enabled: run >= 0 && addr !== null,
    queryFn: async () => (addr === null ? -1 : (await ask({ ask: "lastWriter", addr, before })).at),
  });
  return data ?? null;
}

/**
 * What a shell prints of the memory of the chosen process at the cursor, and what it printed before the last step. Null while it is on its
 * way.
 */
export function useProcText(name: ProcName): { readonly lines: readonly string[]; readonly before: readonly string[] } | null {
  const ask = useAsk();
  const { run, position } = useMoment();
  const [id, cursor, before] = [run?.id ?? -1, position?.cursor ?? -1, position?.stepFrom ?? -1];
  const pid = useUi((state) => state.process);
  const { data } = useQuery({
    queryKey: [id, "proc", name, pid, cursor, before],
    enabled: cursor >= 0,
    // While the next step's text is on its way the one before stays.
    placeholderData: (earlier: Extract<Answer, { ask: "proc" }> | undefined) => (earlier?.name === name ? earlier : undefined),
    queryFn: () => ask({ ask: "proc", name, cursor, before, ...(pid === null ? {} : { pid }) }),
  });
  return data ?? null;
}
