/**
 * The page's first words by language: English is part of the page, Chinese is a script of its own. What is fetched later anyhow
 * (dialogs, memory views, the algorithm's lines) carries both languages.
 */
import type { Locale } from "./locale";

type Chinese = typeof import("./zh");

let chinese: Chinese | null = null;

/** To be awaited before a language is chosen. Rejects when its script cannot be fetched. */
export async function loadLocale(locale: Locale): Promise<void> {
  if (locale === "zh-CN") chinese ??= await import("./zh");
}

/** English stands in for a language that could not be fetched. */
export function byLocale<T>(en: T, pick: (words: Chinese) => T): Readonly<Record<Locale, T>> {
  return {
    en,
    get "zh-CN"() {
      return chinese === null ? en : pick(chinese);
    },
  };
}
