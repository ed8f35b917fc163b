/** What a browser keeps between visits: theme, language, level, the draft; and what the address says. Storage may be missing or full. */
import * as v from "valibot";
import { matchLocale, locales } from "../i18n";
import { stepLevels } from "../scenario";
import { themes, type UiState, type UiStore } from "../store";

const KEY = "heapglass";

const keptSchema = v.object({
  theme: v.optional(v.picklist(themes)),
  locale: v.optional(v.picklist(locales)),
  level: v.optional(v.picklist(stepLevels)),
  draft: v.optional(v.pipe(v.string(), v.maxLength(262_144))),
});
type Kept = v.InferOutput<typeof keptSchema>;

function read(): Kept {
  try {
    const parsed = v.safeParse(keptSchema, JSON.parse(localStorage.getItem(KEY) ?? "{}"));
    return parsed.success ? parsed.output : {};
  } catch {
    return {};
  }
}

/** The page's first state; `draft` is the text of an earlier visit that was never put back. */
export function restored(address: URLSearchParams): { readonly state: Partial<UiState>; readonly draft: string | null } {
  const kept = read();
  const asked = (name: "theme" | "locale") =>
    v.safeParse(keptSchema.entries[name], address.get(name === "locale" ? "lang" : name) ?? undefined);
  const theme = asked("theme");
  const locale = address.get("lang") === null ? kept.locale : matchLocale([address.get("lang") ?? ""]);
  return {
    state: {
      theme: (theme.success ? themes.find((choice) => choice === theme.output) : undefined) ?? kept.theme ?? "system",
      locale: locale ?? matchLocale(navigator.languages),
      level: kept.level ?? "statement",
    },
    draft: kept.draft ?? null,
  };
}

/** Keeps what is worth keeping, whenever it changes. A draft is kept only while it is the reader's own text. */
export function keep(store: UiStore): void {
  const draftOf = (state: UiState): string | undefined =>
    state.draft !== state.scenario.source || state.scenario.slug === null ? state.draft : (state.keptDraft ?? undefined);
  store.subscribe((state, before) => {
    const same =
      state.theme === before.theme &&
      state.locale === before.locale &&
      state.level === before.level &&
      draftOf(state) === draftOf(before);
    if (same) return;
    const kept: Kept = { theme: state.theme, locale: state.locale, level: state.level, draft: draftOf(state) };
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Private windows and full disks: the page works without.
    }
  });
}
