import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Diagnostic } from "../../abi/debug-info";
import { useUi } from "../../store";

/** The sentence of a diagnostic in the reader's language. Their words are fetched with the first program that needs them. */
export function useDiagnosticText(wanted = false): (problem: Diagnostic) => string {
  const locale = useUi((state) => state.locale);
  const enabled = useUi(
    ({ diagnostics, callProblem, run }) =>
      wanted || diagnostics.length > 0 || callProblem !== null || (run?.warnings.length ?? 0) > 0,
  );
  const queryFn = () => import("../../i18n/diagnostics");
  const words = useQuery({ queryKey: ["diagnostics"], queryFn, enabled, retry: 2 }).data;
  return useCallback((problem) => words?.diagnosticSentence(problem, locale) ?? "", [words, locale]);
}
