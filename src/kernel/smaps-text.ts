/** /proc/self/smaps and smaps_rollup, line by line. fs/proc/task_mmu.c: show_smap, show_smaps_rollup. */
import { type KernelContext, vmaPages } from "./context";
import { rollupLine, vmaLine, vsyscallLines } from "./proc";
import { type PssKind, pssKb, type SmapsEntry, smaps } from "./smaps";

const NAME_WIDTH = 16;
const VALUE_WIDTH = 8;

function field(name: string, value: number): string {
  return `${`${name}:`.padEnd(NAME_WIDTH)}${String(value).padStart(VALUE_WIDTH)}`;
}

function row(name: string, kB: number): string {
  return `${field(name, kB)} kB`;
}

const sizeNames = [
  "rss",
  "sharedClean",
  "sharedDirty",
  "privateClean",
  "privateDirty",
  "referenced",
  "anonymous",
  "lazyFree",
  "anonHuge",
] as const;
/** Sums over pages in kB, and over their shares: what the lines of one mapping and of all of them have in common. */
interface Sums {
  readonly sizes: Readonly<Record<(typeof sizeNames)[number], number>>;
  readonly shares: Readonly<Record<PssKind, number>>;
}

/** From Rss to Locked. `parts`: lines that only the sum over all mappings has. Huge pages of files, KSM and swap do not exist here. */
function sumRows({ sizes, shares }: Sums, parts: readonly string[] = []): readonly string[] {
  return [
    row("Rss", sizes.rss),
    row("Pss", pssKb(shares.all)),
    row("Pss_Dirty", pssKb(shares.dirty)),
    ...parts,
    row("Shared_Clean", sizes.sharedClean),
    row("Shared_Dirty", sizes.sharedDirty),
    row("Private_Clean", sizes.privateClean),
    row("Private_Dirty", sizes.privateDirty),
    row("Referenced", sizes.referenced),
    row("Anonymous", sizes.anonymous),
    row("KSM", 0),
    row("LazyFree", sizes.lazyFree),
    row("AnonHugePages", sizes.anonHuge),
    ...["ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb", "Swap", "SwapPss"].map((name) => row(name, 0)),
    row("Locked", pssKb(shares.locked)),
  ];
}

function sumsOf(entries: readonly SmapsEntry[]): Sums {
  const sizes = { rss: 0, sharedClean: 0, sharedDirty: 0, privateClean: 0, privateDirty: 0 };
  const kinds = { referenced: 0, anonymous: 0, lazyFree: 0, anonHuge: 0 };
  const sums = { sizes: { ...sizes, ...kinds }, shares: { all: 0, dirty: 0, locked: 0, anon: 0, file: 0, shmem: 0 } };
  for (const entry of entries) {
    for (const name of sizeNames) sums.sizes[name] += entry[name];
    for (const kind of ["all", "dirty", "locked", "anon", "file", "shmem"] as const) sums.shares[kind] += entry.shares[kind];
  }
  return sums;
}

function mappingRows(sizeKb: number, sums: Sums, thpEligible: boolean, vmFlags: string): readonly string[] {
  return [
    row("Size", sizeKb),
    row("KernelPageSize", 4),
    row("MMUPageSize", 4),
    ...sumRows(sums),
    field("THPeligible", thpEligible ? 1 : 0),
    `VmFlags: ${vmFlags === "" ? "" : `${vmFlags} `}`,
  ];
}

/** /proc/self/smaps: the lines of maps, each with the mapping's numbers. */
export function smapsText(k: KernelContext): string[] {
  const lines: string[] = [];
  for (const entry of smaps(k)) {
    const vma = k.vmas.find(entry.start);
    lines.push(vmaLine(k, vma), ...mappingRows(vmaPages(k, vma) * 4, sumsOf([entry]), entry.thpEligible, entry.vmFlags));
  }
  for (const line of vsyscallLines(k)) lines.push(line, ...mappingRows(4, sumsOf([]), false, "ex"));
  return lines;
}

/** /proc/self/smaps_rollup: the sum over all mappings of the process. */
export function rollupText(k: KernelContext): string[] {
  const sums = sumsOf(smaps(k));
  const [first, last] = [k.vmas.first(), k.vmas.last()];
  const range = first === 0 ? [0, 0] : [k.vmas.start(first), k.vmas.end(last)];
  const { anon, file, shmem } = sums.shares;
  const parts = [row("Pss_Anon", pssKb(anon)), row("Pss_File", pssKb(file)), row("Pss_Shmem", pssKb(shmem))];
  return [rollupLine(range[0] ?? 0, range[1] ?? 0), ...sumRows(sums, parts)];
}
