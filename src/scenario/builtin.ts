/** The built-in scenarios: each a C program and a first step worth seeing. Titles and blurbs: src/i18n/scenarios.ts. */
import { binSorting } from "./builtin/bin-sorting";
import { doubleFree } from "./builtin/double-free";
import { fifteenYears } from "./builtin/fifteen-years";
import { fastbinConsolidation } from "./builtin/fastbin-consolidation";
import { firstMalloc } from "./builtin/first-malloc";
import { mmapThreshold } from "./builtin/mmap-threshold";
import { splitLastRemainder } from "./builtin/split-last-remainder";
import { tcacheSeven } from "./builtin/tcache-seven";
import { topAndMemoryHole } from "./builtin/top-and-memory-hole";
import { defaultMachine, type Scenario } from "./scenario";

/** Slugs of the built-in scenarios in the order in which they are best taught. They appear in links: append only, never rename. */
export const builtinSlugs = [
  "first-malloc",
  "tcache-seven",
  "fastbin-consolidation",
  "bin-sorting",
  "split-last-remainder",
  "top-and-memory-hole",
  "mmap-threshold",
  "double-free",
  "fifteen-years",
] as const;
export type BuiltinSlug = (typeof builtinSlugs)[number];

/** Source text, and the code before which a reader first lands: the statement that starts with `start` is about to run. */
const programs: Readonly<Record<BuiltinSlug, { readonly source: string; readonly start: string }>> = {
  "first-malloc": { source: firstMalloc, start: "strcpy(a" },
  "tcache-seven": { source: tcacheSeven, start: "free(t[7])" },
  "fastbin-consolidation": { source: fastbinConsolidation, start: "char *big" },
  "bin-sorting": { source: binSorting, start: "char *big" },
  "split-last-remainder": { source: splitLastRemainder, start: "char *a" },
  "top-and-memory-hole": { source: topAndMemoryHole, start: "free(pin)" },
  "mmap-threshold": { source: mmapThreshold, start: "free(a)" },
  "double-free": { source: doubleFree, start: "free(a->next)" },
  "fifteen-years": { source: fifteenYears, start: "free(t[i])" },
};

/** 1-based line of the first occurrence of `text`. */
function lineOf(source: string, text: string): number {
  return source.slice(0, source.indexOf(text)).split("\n").length;
}

/** The built-in scenario of that slug, on the default machine. */
export function builtinScenario(slug: BuiltinSlug): Scenario {
  const { source, start } = programs[slug];
  return { version: 1, slug, title: null, source, machine: defaultMachine, startLine: lineOf(source, start) };
}

export function isBuiltinSlug(slug: string): slug is BuiltinSlug {
  return (builtinSlugs as readonly string[]).includes(slug);
}

/** All of them, in order. */
export const builtinScenarios: readonly Scenario[] = builtinSlugs.map(builtinScenario);

/** What a first visit shows. */
export const defaultScenario: Scenario = builtinScenario("first-malloc");
