import { useCallback } from "react";
import { markById, markLive } from "../../i18n/marks";
import { useUi } from "../../store";
import type { MarkText } from "./caption";

export function useMarkText(): MarkText {
  const locale = useUi((state) => state.locale);
  return useCallback(
    (id, a, b, where) => {
      const mark = markById(id);
      return mark === undefined ? null : markLive(locale, mark, a, b, where);
    },
    [locale],
  );
}
