import { useCallback } from "react";
import type { Diagnostic } from "../../abi/debug-info";

/** The sentence of a diagnostic in the reader's language. */
export function useDiagnosticText(): (problem: Diagnostic) => string {
  return useCallback((problem) => problem.code, []);
}
