/** The built-in scenarios: each a C program and a first step worth seeing. Titles and blurbs: src/i18n/scenarios.ts. */
import { parseSchedule } from "../abi/schedule";
import { binSorting } from "./builtin/bin-sorting";
import { doubleFree } from "./builtin/double-free";
import { fifteenYears } from "./builtin/fifteen-years";
import { fastbinConsolidation } from "./builtin/fastbin-consolidation";
import { firstMalloc } from "./builtin/first-malloc";
import { mmapThreshold } from "./builtin/mmap-threshold";
import { splitLastRemainder } from "./builtin/split-last-remainder";
import { tcacheSeven } from "./builtin/tcache-seven";
import { topAndMemoryHole } from "./builtin/top-and-memory-hole";
import { twoArenas } from "./builtin/two-arenas";
import { firstTouch } from "./builtin/first-touch";
import { virtResShr } from "./builtin/virt-res-shr";
import { trimThreshold } from "./builtin/trim-threshold";
import { whyNotMmap } from "./builtin/why-not-mmap";
import { oneGibHeap } from "./builtin/one-gib-heap";
import { howMuch } from "./builtin/how-much";
import { stackOverflow } from "./builtin/stack-overflow";
import { threadStacks } from "./builtin/thread-stacks";
import { vmaMerge } from "./builtin/vma-merge";
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
] as const;
export type BuiltinSlug = (typeof builtinSlugs)[number];

interface Program {
  readonly source: string;
  /** The code before which a reader first lands: the statement that starts with it is about to run. */
  readonly start: string;
  /** Where the machine is another than the default one. */
  readonly machine?: Partial<MachineSettings>;
}

/** main pauses with its lock held, `work` waits for it, `late` goes to the other arena. */
const contention = "0:31,1:2,0@malloc,1:100,2:100,0:100";

const programs: Readonly<Record<BuiltinSlug, Program>> = {
  "first-malloc": { source: firstMalloc, start: "strcpy(a" },
  "tcache-seven": { source: tcacheSeven, start: "free(t[7])" },
  "fastbin-consolidation": { source: fastbinConsolidation, start: "char *big" },
  "bin-sorting": { source: binSorting, start: "char *big" },
  "split-last-remainder": { source: splitLastRemainder, start: "char *a" },
  "top-and-memory-hole": { source: topAndMemoryHole, start: "free(pin)" },
  "mmap-threshold": { source: mmapThreshold, start: "free(a)" },
  "double-free": { source: doubleFree, start: "free(a->next)" },
  "fifteen-years": { source: fifteenYears, start: "free(t[i])" },
  "two-arenas": {
    source: twoArenas,
    start: "char *big",
    machine: {
      schedule: parseSchedule(contention) ?? defaultMachine.schedule,
      environment: { MALLOC_ARENA_MAX: "2" },
    },
  },
  "first-touch": { source: firstTouch, start: "long n = faults()" },
  "virt-res-shr": { source: virtResShr, start: "char *a = malloc" },
  "trim-threshold": { source: trimThreshold, start: "free(b)" },
  "why-not-mmap": { source: whyNotMmap, start: "mallopt(M_MMAP_THRESHOLD, 128" },
  "one-gib-heap": { source: oneGibHeap, start: "for (int n", machine: { abi: "i386", layout: "3g-legacy", pie: false } },
  "how-much": { source: howMuch, start: "int n = 0", machine: { ramMiB: 2048 } },
  "stack-overflow": { source: stackOverflow, start: "deeper(0)" },
  "thread-stacks": { source: threadStacks, start: "pthread_create(&a" },
  "vma-merge": { source: vmaMerge, start: "mprotect(a + 4 * PAGE, PAGE, PROT_READ)" },
};

/** 1-based line of the first occurrence of `text`. */
function lineOf(source: string, text: string): number {
  return source.slice(0, source.indexOf(text)).split("\n").length;
}

/** The built-in scenario of that slug. */
export function builtinScenario(slug: BuiltinSlug): Scenario {
  const { source, start, machine } = programs[slug];
  return {
    version: 1,
    slug,
    title: null,
    source,
    machine: machine === undefined ? defaultMachine : { ...defaultMachine, ...machine },
    startLine: lineOf(source, start),
  };
}

export function isBuiltinSlug(slug: string): slug is BuiltinSlug {
  return (builtinSlugs as readonly string[]).includes(slug);
}

/** All of them, in order. */
export const builtinScenarios: readonly Scenario[] = builtinSlugs.map(builtinScenario);

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
    "one-gib-heap",
    "stack-overflow",
    "vma-merge",
  ],
} as const satisfies Readonly<Record<string, readonly BuiltinSlug[]>>;
export type ScenarioGroup = keyof typeof scenarioGroups;

/** What a first visit shows. */
export const defaultScenario: Scenario = builtinScenario("first-malloc");
