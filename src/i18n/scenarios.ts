/** Titles and blurbs of the built-in scenarios, in both languages. */
import { byLocale } from "./by-locale";
import type { BuiltinSlug, ScenarioGroup } from "../scenario/builtin-list";

export interface ScenarioText {
  readonly title: string;
  /** One line: what there is to see. */
  readonly blurb: string;
}

export type ScenarioTexts = Readonly<Record<BuiltinSlug, ScenarioText>>;
export type ScenarioGroupTexts = Readonly<Record<ScenarioGroup, string>>;

const en: ScenarioTexts = {
  "first-malloc": { title: "The first malloc", blurb: "brk, top, 132 KiB: the heap is born" },
  "tcache-seven": { title: "tcache: last in, first out", blurb: "Seven blocks a size; the eighth goes to a fastbin" },
  "fastbin-consolidation": { title: "Fastbins are merged late", blurb: "malloc_consolidate, unsorted, small bin" },
  "bin-sorting": { title: "How unsorted gets sorted", blurb: "Small and large bins, fd_nextsize, best fit" },
  "split-last-remainder": { title: "Splitting and last_remainder", blurb: "One chunk serves a run of small requests" },
  "top-and-memory-hole": { title: "free() does not return it", blurb: "A hole below a live block; top, brk, trim_threshold" },
  "mmap-threshold": { title: "The mmap threshold moves", blurb: "128 KiB at first; every freed mapping raises it" },
  "double-free": { title: "Double free in tcache", blurb: "The key in the block, the check, the abort" },
  "fifteen-years": { title: "Fifteen years in ten minutes", blurb: "Nine releases, nine heaps: 2.12.1 to 2.43" },
  "two-arenas": { title: "Three threads, two arenas", blurb: "A locked arena: one thread goes elsewhere, one waits" },
  "copy-on-write": {
    title: "fork and copy on write",
    blurb: "Two processes, the same pages: which are copied, when, and which never",
  },
  "first-touch": { title: "malloc gives no memory", blurb: "First touch: reads share a page of zeros, writes get their own" },
  "virt-res-shr": { title: "VIRT, RES and SHR", blurb: "Promised, present, shared: what moves each of them" },
  "trim-threshold": { title: "The trim threshold", blurb: "When free() lowers brk, how far, and how to keep it" },
  "why-not-mmap": { title: "Why not map every block?", blurb: "The same pages fault each time; in the heap once" },
  "one-gib-heap": { title: "The heap of 1 GiB", blurb: "32 bits, classic layout: mappings stand in the heap’s way" },
  "how-much": { title: "How much can malloc get?", blurb: "2 GiB of RAM, overcommit, and nothing touched" },
  "how-much-touched": { title: "How much can be touched?", blurb: "2 GiB of RAM, page by page, until the OOM killer comes" },
  "stack-overflow": { title: "Stack overflow", blurb: "Grows page by page to RLIMIT_STACK, then SIGSEGV" },
  "thread-stacks": { title: "Stacks of threads", blurb: "A guard page and 8 MiB each; kept for the next" },
  "program-loaded": { title: "A program is loaded", blurb: "execve and ld.so, mapping by mapping, before main" },
  "vma-merge": { title: "VMAs merge and split", blurb: "Rights, holes, and the anon_vma that keeps two apart" },
  "page-table-walk": { title: "Page-table walk", blurb: "Which addresses share a table, and what VmPTE pays for it" },
  slab: { title: "Slabs of VMAs", blurb: "vm_area_struct fills slabs, leaves holes, gives frames back" },
};

export const scenarioTexts = byLocale(en, (zh) => zh.scenarios);

const groupsEn: ScenarioGroupTexts = {
  malloc: "malloc and free",
  versions: "Versions",
  threads: "Threads",
  memory: "Linux memory",
};

/** What the scenarios are about, as headings. */
export const scenarioGroupTexts = byLocale(groupsEn, (zh) => zh.scenarioGroups);
