/** What a browser keeps between visits: theme, language, level, the draft; and what the address says. Storage may be missing or full. */
import * as v from "valibot";
import { matchLocale, locales } from "../i18n";
import { stepLevels } from "../scenario";
import { ownDrafts, themes, type UiState, type UiStore } from "../store";

const KEY = "heapglass";

const keptSchema = v.object({
  theme: v.optional(v.picklist(themes)),
  locale: v.optional(v.picklist(locales)),
  level: v.optional(v.picklist(stepLevels)),
  drafts: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(262_144))), v.maxLength(16))),
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

/** The page's first state; `drafts` are the reader's own texts of earlier visits. */
export function restored(address: URLSearchParams): { readonly state: Partial<UiState>; readonly drafts: readonly string[] } {
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
    drafts: kept.drafts ?? [],
  };
}

/** Keeps what is worth keeping, whenever it changes. A text is kept only when it is the reader's own. */
export function keep(store: UiStore): void {
  const names = ["theme", "locale", "level", "draft", "openedSource", "keptDrafts"] as const;
  store.subscribe((state, before) => {
    if (names.every((name) => state[name] === before[name])) return;
    const kept: Kept = { theme: state.theme, locale: state.locale, level: state.level, drafts: [...ownDrafts(state)] };
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Private windows and full disks: the page works without.
    }
  });
}
