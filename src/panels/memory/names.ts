/** What the figures and the steps call a mapping. */
import type { VmaFacts } from "../../decode/types";
import type { VmaTreeText } from "../../i18n/vma-tree";
import type { VmaRole } from "../../render/roles";

export interface Label {
  readonly name: string;
  readonly perms: string;
  readonly role: VmaRole;
  readonly facts: VmaFacts;
}

/** Labels by the address a mapping starts at. */
export type Labels = ReadonlyMap<number, Label>;

export interface FigureProps {
  readonly text: VmaTreeText;
  readonly labels: Labels;
  readonly width: number;
  /** Decisions made so far. */
  readonly made: number;
  /** Start of the selected mapping, −1 = none. */
  readonly selected: number;
  readonly onSelect: (start: number) => void;
  /** Offsets of structs that the last step wrote. */
  readonly written: ReadonlySet<number>;
}

/** The last seven digits: what tells mappings apart. */
export function ending(addr: number): string {
  const digits = addr.toString(16);
  return digits.length > 8 ? `…${digits.slice(-7)}` : digits;
}

/** Pixels of one character; Han characters and their punctuation take about twice as many. */
const CHARACTER = { narrow: 6.2, wide: 11 } as const;

/** As many characters as fit into so many pixels. */
export function clip(text: string, pixels: number): string {
  const widths = Array.from(text).map((character) => (character > "\u2e7f" ? CHARACTER.wide : CHARACTER.narrow));
  if (widths.reduce((sum, width) => sum + width, 0) <= pixels) return text;
  let [room, kept] = [pixels - CHARACTER.narrow, 0];
  for (const width of widths) {
    room -= width;
    if (room < 0) break;
    kept++;
  }
  return kept === 0 ? "" : `${Array.from(text).slice(0, kept).join("")}…`;
}

/** How far the reader is with a step: not there yet, at it, past it. */
export function progress(step: number, made: number): "later" | "now" | "done" | "off" {
  if (step < 0) return "off";
  if (step >= made) return "later";
  return step === made - 1 ? "now" : "done";
}
