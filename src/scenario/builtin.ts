/** The programs of the built-in scenarios, fetched when one of them is chosen: none but the first visit's is needed before. */
import { parseSchedule } from "../abi/schedule";
import { binSorting } from "./builtin/bin-sorting";
import { doubleFree } from "./builtin/double-free";
import { fifteenYears } from "./builtin/fifteen-years";
import { fastbinConsolidation } from "./builtin/fastbin-consolidation";
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
import { howMuchTouched } from "./builtin/how-much-touched";
import { stackOverflow } from "./builtin/stack-overflow";
import { threadStacks } from "./builtin/thread-stacks";
import { vmaMerge } from "./builtin/vma-merge";
import { pageTableWalk } from "./builtin/page-table-walk";
import { slab } from "./builtin/slab";
import { copyOnWrite } from "./builtin/copy-on-write";
import { programLoaded } from "./builtin/program-loaded";
import { type BuiltinSlug, builtinSlugs, firstProgram, type Program, scenarioOf } from "./builtin-list";
import { defaultMachine, type Scenario } from "./scenario";

/** main pauses with its lock held, `work` waits for it, `late` goes to the other arena. */
const contention = "0:31,1:2,0@malloc,1:100,2:100,0:100";

const programs: Readonly<Record<BuiltinSlug, Program>> = {
  "first-malloc": firstProgram,
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
  "one-gib-heap": { source: oneGibHeap, start: "for (long n", machine: { abi: "i386", layout: "3g-legacy", pie: false } },
  "how-much": { source: howMuch, start: "int n = 0", machine: { ramMiB: 2048 } },
  "how-much-touched": { source: howMuchTouched, start: "int mib = 0", machine: { ramMiB: 2048 } },
  "stack-overflow": { source: stackOverflow, start: "deeper(0)" },
  "thread-stacks": { source: threadStacks, start: "pthread_create(&a" },
  "vma-merge": { source: vmaMerge, start: "mprotect(a + 4 * PAGE, PAGE, PROT_READ)" },
  "page-table-walk": { source: pageTableWalk, start: "p[0] = 1" },
  slab: { source: slab, start: "for (int i = 0" },
  "program-loaded": { source: programLoaded, machine: { loading: true } },
  "copy-on-write": { source: copyOnWrite, start: "pid_t child" },
};

/** The built-in scenario of that slug. */
export function builtinScenario(slug: BuiltinSlug): Scenario {
  return scenarioOf(slug, programs[slug]);
}

/** All of them, in order. */
export const builtinScenarios: readonly Scenario[] = builtinSlugs.map(builtinScenario);
