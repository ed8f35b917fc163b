/** What a call would do, known by doing it on a copy of the process. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useAsk } from "../../queries/session-context";
import { rehearsedRun } from "../../queries/rehearsal";
import type { Operation, RunSummary } from "../../protocol/messages";
import { useUi } from "../../store";
import { withIncludes } from "./includes";

export type Preview =
  | { readonly kind: "call"; readonly operation: Operation }
  | { readonly kind: "abort"; readonly message: string }
  | { readonly kind: "signal"; readonly summary: RunSummary };

/** Typing pauses this long (ms) before a copy is run. */
const PAUSE_MS = 250;

/** The line (1-based) at which a longer text parts from the one it was made from. */
function partingLine(before: string, after: string): number {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  return after.slice(0, after.indexOf(";", at)).split("\n").length;
}

export function previewOf(summary: RunSummary, before: string, after: string): Preview | null {
  const line = partingLine(before, after);
  const operation = summary.operations.findLast((candidate) => candidate.line === line);
  if (operation?.finished === true) return { kind: "call", operation };
  // A program that dies earlier says nothing about the call.
  const last = summary.debug.statements[summary.statements.statement.at(-1) ?? -1]?.span.line;
  if (last !== line) return null;
  if (summary.status === "abort") return { kind: "abort", message: summary.message.trim() };
  return summary.status === "signal" ? { kind: "signal", summary } : null;
}

/** Null while it is not known, and when it cannot be known. */
export function usePreview(statement: string | null): Preview | null {
  const ask = useAsk();
  const draft = useUi((state) => state.draft);
  const scenario = useUi((state) => state.scenario);
  const [settled, setSettled] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(statement), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [statement]);
  const { data } = useQuery({
    queryKey: ["preview", scenario.machine, draft, settled],
    enabled: settled !== null && settled === statement,
    queryFn: async () => {
      if (settled === null) return null;
      const before = withIncludes(draft, settled);
      const { source } = await ask({ ask: "appendStatement", source: before, statement: settled });
      const summary = source === null ? null : await rehearsedRun({ ...scenario, source });
      return source === null || summary === null ? null : previewOf(summary, before, source);
    },
  });
  return settled === statement ? (data ?? null) : null;
}
