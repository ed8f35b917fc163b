export { loadLocale } from "./by-locale";
export { type Locale, locales, matchLocale } from "./locale";
export { glossary } from "./glossary";
export { type KeyText, type ShellText, shellTexts } from "./shell";
export { scenarioGroupTexts, scenarioTexts } from "./scenarios";
