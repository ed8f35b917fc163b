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

/** As many characters as fit into so many pixels. */
export function clip(text: string, pixels: number): string {
  const room = Math.floor(pixels / 6.2);
  return text.length <= room ? text : room < 2 ? "" : `${text.slice(0, room - 1)}…`;
}

/** How far the reader is with a step: not there yet, at it, past it. */
export function progress(step: number, made: number): "later" | "now" | "done" | "off" {
  if (step < 0) return "off";
  if (step >= made) return "later";
  return step === made - 1 ? "now" : "done";
}
