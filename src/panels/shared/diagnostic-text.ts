import { useCallback } from "react";
import type { Diagnostic } from "../../abi/debug-info";
import { diagnosticSentence } from "../../i18n/diagnostics";
import { useUi } from "../../store";

/** The sentence of a diagnostic in the reader's language. */
export function useDiagnosticText(): (problem: Diagnostic) => string {
  const locale = useUi((state) => state.locale);
  return useCallback((problem) => diagnosticSentence(problem, locale === "en" ? "en" : "zh"), [locale]);
}
