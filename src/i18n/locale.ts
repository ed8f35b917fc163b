export const locales = ["en", "zh-CN"] as const;
export type Locale = (typeof locales)[number];

/** The closest of our languages to what a browser asks for, e.g. "zh-TW" → "zh-CN". */
export function matchLocale(requested: readonly string[]): Locale {
  for (const tag of requested) {
    if (/^zh\b/i.test(tag)) return "zh-CN";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}
