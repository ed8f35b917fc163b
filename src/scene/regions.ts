/** Which mapping of one address space is the same thing as one of another: the same part of the program, of a library, an mmap of the same size. */
import type { AddressSpace, VmaFacts } from "../decode/types";

const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** What it is, not where: loaders are named by the machine (ld-linux.so.2, ld-linux-x86-64.so.2). */
function nameOf(vma: VmaFacts): string {
  // Nothing else tells what an anonymous mapping is for.
  if (vma.kind === "mmap" && vma.name === "") return `mmap ${vma.end - vma.start} ${vma.read}${vma.write}${vma.exec}`;
  const file = /^ld[.-]/.test(base(vma.name)) ? "ld.so" : base(vma.name);
  return `${vma.kind} ${vma.kind === "heap" || vma.kind === "stack" ? "" : `${file} ${vma.part}`}`;
}

/**
 * Names of the mappings, in their order: equal in two address spaces for the same thing. Of those that are alike, such as anonymous
 * mappings, the one that was placed first counts as the first: the lowest, or where mappings are placed downwards, the highest.
 */
export function regionNames({ vmas, topDown }: Pick<AddressSpace, "vmas" | "topDown">): readonly string[] {
  const counts = new Map<string, number>();
  const names: string[] = [];
  const name = (vma: VmaFacts): string => {
    const plain = nameOf(vma);
    const nth = (counts.get(plain) ?? 0) + 1;
    counts.set(plain, nth);
    return `${plain}#${nth}`;
  };
  const reversed = (vma: VmaFacts): boolean => topDown && vma.kind === "mmap";
  vmas.forEach((vma, index) => {
    if (!reversed(vma)) names[index] = name(vma);
  });
  for (let index = vmas.length - 1; index >= 0; index--) {
    const vma = vmas[index];
    if (vma !== undefined && reversed(vma)) names[index] = name(vma);
  }
  return names;
}

/** Index of the mapping with that name, −1. */
export const regionAt = (space: Pick<AddressSpace, "vmas" | "topDown">, name: string): number => regionNames(space).indexOf(name);
