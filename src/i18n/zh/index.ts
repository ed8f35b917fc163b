/** Chinese words of what the page shows at first: one script, fetched when a reader wants it (src/i18n/by-locale.ts). */
export { arenas } from "./arenas";
export { panels } from "./panels";
export { scenarioGroups, scenarios } from "./scenarios";
export { shell } from "./shell";
