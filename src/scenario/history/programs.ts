/**
 * For every change in the history a short program that shows it: run under the release before and the one that brought the change, the two
 * part where the change is met. Some break the rules on purpose: what a check catches shows only then.
 */
import type { HistoryId } from "../../abi/history";
import { type MachineSettings, defaultMachine, type Scenario } from "../scenario";

export interface HistoryProgram {
  /** Statements of main. */
  readonly body: string;
  /** What stands before main. */
  readonly before?: string;
  /** GLIBC_TUNABLES. */
  readonly tunables?: string;
  readonly abi?: MachineSettings["abi"];
  /** No call ends otherwise: the change is to be seen in a struct or in the listing only. */
  readonly quiet?: true;
}

const NO_TCACHE = "glibc.malloc.tcache_count=0";

/** Two freed chunks of different size in one large bin: a, then b when it is freed and sorted. */
const largePair = (a: number, b: number): string => `char *a = malloc(${a});
  malloc(24);
  char *b = malloc(${b});
  malloc(24);
  free(a);
  malloc(0x600);`;

/** A break that cannot grow: something is mapped right behind the heap. */
const brkBlocked = `mallopt(M_MMAP_MAX, 0);
  char *first = malloc(24);
  free(malloc(5000));
  char *wall = (char *)(((size_t)first | 0xfff) + 1 + 0x40000);
  mmap(wall, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  malloc(0x16efc0);`;

const program = (body: string, more: Omit<HistoryProgram, "body"> = {}): HistoryProgram => ({ body, ...more });

/** A thread that does something while main waits for it. */
const inThread = (work: string, more: Omit<HistoryProgram, "body" | "before"> = {}, times = 1): HistoryProgram => ({
  before: `void *run(void *arg) {\n  ${work}\n  return arg;\n}\n`,
  body: `pthread_t t;
  for (int i = 0; i < ${times}; i++) {
    pthread_create(&t, NULL, run, NULL);
    pthread_join(t, NULL);
  }`,
  ...more,
});

const oneBlock = "free(malloc(24));";
const doubleFree = "char *p = malloc(24);\n  free(p);\n  free(p);";
const badPointer = "char *p = malloc(24);\n  free(p + 8);";
const badTop = "char *p = malloc(24);\n  *(size_t *)(p + 24) = 0x21;\n  malloc(100);";
const shrink = "char *p = malloc(100);\n  p = realloc(p, 24);";

export const historyPrograms: Readonly<Record<HistoryId, HistoryProgram>> = {
  "arena-limit": program("mallopt(M_ARENA_MAX, 4);"),
  "heap-trim-threshold": inThread("free(malloc(100000));"),
  "no-early-mmap": inThread(oneBlock, { quiet: true }),
  "fork-late": program("malloc(24);\n  if (fork() == 0) _exit(0);\n  wait(NULL);", { quiet: true }),
  "free-list-checked": inThread(oneBlock, { quiet: true }),
  "tcache-exit": inThread(oneBlock, {}, 2),
  "heaps-reserve": inThread(oneBlock, { quiet: true }),
  "remainders-uncached": program("char *p = malloc(2000);\n  malloc(24);\n  p = realloc(p, 1900);"),
  "heap-max-constant": inThread(oneBlock, { quiet: true }),
  "guard-in-stack": inThread(oneBlock, { quiet: true }),
  "attached-threads": inThread(oneBlock, { quiet: true }),
  "atomic-fastbins": program(`char *p = malloc(24), *q = malloc(24);
  free(p);
  ((size_t *)p)[-1] = 0x31;
  free(q);`),
  "static-start-values": program(oneBlock),
  "error-in": program(doubleFree),
  "freed-size-aligned": program(`char *p = malloc(24);
  malloc(24);
  ((size_t *)p)[-1] = 0x29;
  free(p);`),
  "threshold-refused": program(`mallopt(M_MMAP_THRESHOLD, 1 << 30);
  free(malloc(200000));
  malloc(200000);`),
  "trim-large-pad": program("free(malloc(100));\n  malloc_trim(-1);"),
  "valloc-by-memalign": program("free(malloc(24));\n  valloc(100);", { quiet: true }),
  "aligned-overflow": program("pvalloc(-1);"),
  "perturb-free": program("mallopt(M_PERTURB, 165);\n  char *p = malloc(24);\n  malloc(24);\n  free(p);"),
  "unlink-nextsize": program(`${largePair(0x418, 0x428)}
  free(b);
  malloc(0x700);
  ((void **)a)[3] = a - 16;
  malloc(0x418);`),
  "total-mem-gone": program(oneBlock, { quiet: true }),
  tunables: program(oneBlock, { tunables: "glibc.malloc.top_pad=65536" }),
  "chunk-accessors": program(
    `char *p = malloc(24);
  malloc(24);
  free(p);
  ((size_t *)p)[-1] |= 2;
  malloc(2000);`,
    { tunables: NO_TCACHE },
  ),
  tcache: program(oneBlock),
  "no-backtrace": program(badPointer),
  "unlink-size": program(
    `char *p = malloc(0x100);
  malloc(24);
  free(p);
  malloc(0x500);
  *(size_t *)(p + 0x100) = 0x50;
  malloc(0x80);`,
    { tunables: NO_TCACHE },
  ),
  "i386-alignment": program("malloc(8);\n  malloc(8);", { abi: "i386", quiet: true }),
  "abort-at-once": program(badPointer),
  "have-fastchunks": program("char *p = malloc(24);\n  malloc(24);\n  free(p);", { tunables: NO_TCACHE }),
  "early-bins": program(oneBlock),
  "single-thread-path": program("malloc((size_t)1 << 62);"),
  "request-overflow": program("free(malloc(24));\n  malloc(-1);"),
  "consolidate-size": program(
    `char *p = malloc(24);
  malloc(24);
  malloc(24);
  free(p);
  ((size_t *)p)[-1] = 0x41;
  malloc(2000);`,
    { tunables: NO_TCACHE },
  ),
  "unsorted-removal": program(`size_t fake[8] = {0};
  char *p = malloc(0x500);
  malloc(24);
  free(p);
  ((size_t **)p)[1] = fake;
  malloc(0x500);`),
  "tcache-key": program(doubleFree),
  "unsorted-checks": program(`char *p = malloc(0x500);
  malloc(24);
  free(p);
  ((size_t *)p)[0] = 0;
  malloc(0x500);`),
  "top-size": program("char *p = malloc(24);\n  *(size_t *)(p + 24) = -1;\n  malloc(100);"),
  "merge-size": program(`char *p = malloc(0x500), *q = malloc(0x500);
  malloc(24);
  memset(p, 0, 0x500);
  ((size_t *)q)[-2] = 0x40;
  ((size_t *)q)[-1] &= ~1;
  free(q);`),
  "mapping-checks": program("char *p = malloc(200000);\n  ((size_t *)p)[-2] = 8;\n  realloc(p, 400000);"),
  "tcache-counts": program(oneBlock),
  "ptrdiff-max": program("malloc((size_t)1 << 63);"),
  "large-insert": program(`size_t fake[8] = {0};
  ${largePair(0x418, 0x428)}
  ((size_t **)a)[3] = fake;
  free(b);
  malloc(0x700);`),
  "mxfast-tunable": program("char *p = malloc(24);\n  malloc(24);\n  free(p);", {
    tunables: `${NO_TCACHE}:glibc.malloc.mxfast=0`,
  }),
  "safe-linking": program(oneBlock),
  "mxfast-never-zero": program("mallopt(M_MXFAST, 1);"),
  "tcache-loop": program(`size_t *p = malloc(24), *q = malloc(24);
  free(p);
  p[0] = ((size_t)p >> 12) ^ (size_t)p;
  q[1] = p[1];
  free(q);`),
  "free-errno": program('errno = 5;\n  free(malloc(200000));\n  printf("%d\\n", errno);', { quiet: true }),
  "random-key": program(oneBlock),
  "no-hooks": program(oneBlock, { quiet: true }),
  "huge-pages": program("malloc(200000);", { tunables: "glibc.malloc.mmap_threshold=67108864" }),
  "fallback-swapped": program(brkBlocked),
  "assert-short": program(badTop),
  "assert-libc": program(badTop),
  "realloc-keeps": program(shrink),
  "realloc-only-growing": program(shrink),
  "memalign-scans": program("free(memalign(64, 40));\n  memalign(64, 40);"),
  "aligned-alloc-strict": program("aligned_alloc(24, 48);"),
  "unsorted-check-gone": program(oneBlock, { quiet: true }),
  "fallback-fixed": program(brkBlocked),
  "memalign-merges": program("malloc(24);\n  aligned_alloc(256, 40);\n  malloc(24);"),
  "small-direct": program("char *p = malloc(0x100);\n  malloc(24);\n  free(p);", { tunables: NO_TCACHE }),
  "calloc-tcache": program("free(malloc(24));\n  calloc(1, 24);"),
  "calloc-clears": program("calloc(1, 24);", { quiet: true }),
  "large-tcache": program("char *p = malloc(2000);\n  malloc(24);\n  free(p);", {
    tunables: "glibc.malloc.tcache_max=65536",
  }),
  "lazy-tcache": program("malloc(8 << 20);"),
  "early-init": program(oneBlock),
  "free-checks-later": program("char *p = malloc(24);\n  ((size_t *)p)[-1] |= 2;\n  free(p);"),
  "calloc-size-t": program("pvalloc(5000);", { quiet: true }),
  "smallest-nextsize": program(`size_t fake[8] = {0};
  ${largePair(0x428, 0x418)}
  ((size_t **)a)[3] = fake;
  free(b);
  malloc(0x700);`),
  "fast-stash-size": program(`char *t[9];
  for (int i = 0; i < 9; i++)
    t[i] = malloc(24);
  malloc(24);
  for (int i = 0; i < 9; i++)
    free(t[i]);
  ((size_t *)t[7])[-1] = 0x31;
  for (int i = 0; i < 8; i++)
    malloc(24);`),
  "no-fastbins": program("char *p = malloc(24);\n  malloc(24);\n  free(p);", { tunables: NO_TCACHE }),
  "fill-sixteen": program(`char *t[8];
  for (int i = 0; i < 8; i++)
    t[i] = malloc(24);
  for (int i = 0; i < 8; i++)
    free(t[i]);`),
  "tcache-by-free": program("char *p = malloc(24);\n  malloc(24);\n  free(p);"),
  "large-exact": program("char *p = malloc(2000);\n  malloc(24);\n  free(p);\n  malloc(1900);", {
    tunables: "glibc.malloc.tcache_max=65536",
  }),
  "exit-direct": inThread(oneBlock, { quiet: true }),
  "mapped-layout": program("malloc(24);\n  malloc_usable_size(malloc(200000));"),
  "memalign-overflow": program("memalign((size_t)1 << 63, ((size_t)1 << 63) - 1);"),
  "fallback-afresh": program(brkBlocked),
  "thp-always": program(oneBlock, { quiet: true }),
};

const headers = ["errno.h", "malloc.h", "pthread.h", "stdio.h", "stdlib.h", "string.h", "sys/mman.h", "sys/wait.h", "unistd.h"];

/** The program as a scenario; its machine's version is the reader's choice. */
export function historyScenario(id: HistoryId): Scenario {
  const { body, before = "", tunables, abi } = historyPrograms[id];
  const includes = headers.map((header) => `#include <${header}>\n`).join("");
  return {
    version: 1,
    slug: null,
    title: null,
    source: `${includes}\n${before}int main(void) {\n  ${body}\n  return 0;\n}\n`,
    machine: {
      ...defaultMachine,
      ...(abi === undefined ? {} : { abi }),
      environment: tunables === undefined ? {} : { GLIBC_TUNABLES: tunables },
    },
  };
}
