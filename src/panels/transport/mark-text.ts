import { useCallback } from "react";
import type { MarkText } from "./caption";

export function useMarkText(): MarkText {
  return useCallback(() => null, []);
}
