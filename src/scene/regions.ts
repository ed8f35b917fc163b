/** Which mapping of one address space is the same thing as one of another: the same part of the program, of a library, an mmap of the same size. */
import type { AddressSpace, VmaFacts } from "../decode/types";

const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** A file as every machine knows it: the loader is ld-linux.so.2 on one, ld-linux-x86-64.so.2 on another. */
export const fileName = ({ name }: VmaFacts): string => (/^ld[.-]/.test(base(name)) ? "ld.so" : base(name));

/** What it is, not where. */
function nameOf(vma: VmaFacts): string {
  // Nothing else tells what an anonymous mapping is for.
  if (vma.kind === "mmap" && vma.name === "") return `mmap ${vma.end - vma.start} ${vma.read}${vma.write}${vma.exec}`;
  return `${vma.kind} ${vma.kind === "heap" || vma.kind === "stack" ? "" : `${fileName(vma)} ${vma.part}`}`;
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
