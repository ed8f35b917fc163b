/** Markers as sentences, for components; the words themselves are fetched once the page stands. */
import { useMemo } from "react";
import { useInstant } from "../../queries";
import { useUi } from "../../store";
import type { MarkWords } from "./mark-words";
import { useAlgorithm } from "./use-algorithm";

/** Until the words are there markers have none. */
const none = (): string => "";
const wordless: MarkWords = {
  label: none,
  live: none,
  sentence: () => null,
  reason: () => null,
  kernelCall: none,
  faults: none,
  beforeLoading: "",
  fold: none,
};

export function useMarkWords(): MarkWords {
  const algorithm = useAlgorithm();
  const locale = useUi((state) => state.locale);
  const instant = useInstant();
  return useMemo(() => algorithm?.markWords(locale, instant) ?? wordless, [algorithm, locale, instant]);
}
