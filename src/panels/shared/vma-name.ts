/** How mappings are called. */
import type { VmaFacts } from "../../decode/types";
import type { PanelText } from "../../i18n/panels";
import { sizeText } from "../../scene/sizes";

const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const short: Readonly<Record<VmaFacts["part"], string>> = {
  "": "",
  elf: "",
  text: ".text",
  rodata: ".rodata",
  relro: "relro",
  data: ".data",
  bss: ".bss",
};

/** How a mapping is called on the strip: the part of a file, or what the kernel calls it. */
export function vmaName(vma: VmaFacts, text: PanelText, owners?: ReadonlyMap<number, string>): string {
  const owner = owners?.get(vma.start);
  if (owner !== undefined) return owner;
  if (vma.part === "elf") return base(vma.name);
  if (vma.part !== "") return short[vma.part];
  if (vma.name !== "") return base(vma.name);
  return `${vma.kind === "mmap" ? "anon" : text.space.kind[vma.kind]} ${sizeText(vma.end - vma.start)}`;
}
