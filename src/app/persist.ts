/** What a browser keeps between visits: theme, language, level, the draft; and what the address says. Storage may be missing or full. */
import { type Locale, matchLocale, locales } from "../i18n";
import { type StepLevel, stepLevels } from "../scenario";
import { ownDrafts, type ThemeChoice, themes, type UiState, type UiStore } from "../store";

const KEY = "heapglass";

interface Kept {
  readonly theme: ThemeChoice | undefined;
  readonly locale: Locale | undefined;
  readonly level: StepLevel | undefined;
  readonly drafts: readonly string[];
}

const DRAFTS_LIMIT = 16;
const DRAFT_LIMIT_CHARACTERS = 262_144;

/** One of the choices, or nothing: what a browser kept may be anything. */
function oneOf<T>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}

function fromStorage(value: unknown): Kept {
  const kept: { readonly [name: string]: unknown } = typeof value === "object" && value !== null ? { ...value } : {};
  const drafts: readonly unknown[] = Array.isArray(kept["drafts"]) ? kept["drafts"] : [];
  return {
    theme: oneOf(themes, kept["theme"]),
    locale: oneOf(locales, kept["locale"]),
    level: oneOf(stepLevels, kept["level"]),
    drafts: drafts
      .filter((draft): draft is string => typeof draft === "string" && draft.length <= DRAFT_LIMIT_CHARACTERS)
      .slice(0, DRAFTS_LIMIT),
  };
}

function read(): Kept {
  try {
    return fromStorage(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return fromStorage({});
  }
}

/** The page's first state; `drafts` are the reader's own texts of earlier visits. */
export function restored(address: URLSearchParams): { readonly state: Partial<UiState>; readonly drafts: readonly string[] } {
  const kept = read();
  const lang = address.get("lang");
  return {
    state: {
      theme: oneOf(themes, address.get("theme")) ?? kept.theme ?? "system",
      locale: (lang === null ? kept.locale : matchLocale([lang])) ?? matchLocale(navigator.languages),
      level: kept.level ?? "statement",
    },
    drafts: kept.drafts,
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
