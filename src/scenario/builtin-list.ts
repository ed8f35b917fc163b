/** Which built-in scenarios there are: each a C program and a first step worth seeing. Titles and blurbs: src/i18n/scenarios.ts. */
import { firstMalloc } from "./builtin/first-malloc";
import { defaultMachine, type MachineSettings, type Scenario } from "./scenario";

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
  "two-arenas",
  "first-touch",
  "virt-res-shr",
  "trim-threshold",
  "why-not-mmap",
  "one-gib-heap",
  "how-much",
  "stack-overflow",
  "thread-stacks",
  "vma-merge",
  "how-much-touched",
  "page-table-walk",
  "slab",
  "program-loaded",
  "copy-on-write",
] as const;
export type BuiltinSlug = (typeof builtinSlugs)[number];

export function isBuiltinSlug(slug: string): slug is BuiltinSlug {
  return (builtinSlugs as readonly string[]).includes(slug);
}

/** What a scenario is about: how they are shown. */
export const scenarioGroups = {
  malloc: [
    "first-malloc",
    "tcache-seven",
    "fastbin-consolidation",
    "bin-sorting",
    "split-last-remainder",
    "top-and-memory-hole",
    "mmap-threshold",
    "double-free",
  ],
  versions: ["fifteen-years"],
  threads: ["two-arenas", "thread-stacks"],
  memory: [
    "first-touch",
    "virt-res-shr",
    "trim-threshold",
    "why-not-mmap",
    "how-much",
    "how-much-touched",
    "one-gib-heap",
    "stack-overflow",
    "vma-merge",
    "page-table-walk",
    "slab",
    "copy-on-write",
    "program-loaded",
  ],
} as const satisfies Readonly<Record<string, readonly BuiltinSlug[]>>;
export type ScenarioGroup = keyof typeof scenarioGroups;

/** Scenarios that are about what the first view does not show: the view of memory in which they open. */
export const openingViews: Readonly<Partial<Record<string, "space" | "physical" | "layouts">>> = {
  "page-table-walk": "space",
  slab: "physical",
  "one-gib-heap": "layouts",
};

export interface Program {
  readonly source: string;
  /** The code before which a reader first lands: the statement that starts with it is about to run; absent: where the run begins. */
  readonly start?: string;
  /** Where the machine is another than the default one. */
  readonly machine?: Partial<MachineSettings>;
}

/** 1-based line of the first occurrence of `text`. */
function lineOf(source: string, text: string): number {
  return source.slice(0, source.indexOf(text)).split("\n").length;
}

export function scenarioOf(slug: BuiltinSlug, { source, start, machine }: Program): Scenario {
  return {
    version: 1,
    slug,
    title: null,
    source,
    machine: machine === undefined ? defaultMachine : { ...defaultMachine, ...machine },
    ...(start === undefined ? {} : { startLine: lineOf(source, start) }),
  };
}

export const firstProgram: Program = { source: firstMalloc, start: "strcpy(a" };

/** What a first visit shows. */
export const defaultScenario: Scenario = scenarioOf("first-malloc", firstProgram);
