/** A walk of the page tables as boxes: the address cut into groups of nine bits, and one box for the entry that each group chooses. */
import type { TableLevel } from "../decode/page-walk";
import type { WalkFacts, WalkRow } from "../decode/walk-facts";

export interface WalkBox {
  readonly level: TableLevel;
  /** Has no bits of its own. */
  readonly folded: boolean;
  /** The walk came this far. */
  readonly reached: boolean;
  /** It is the last one it came to. */
  readonly last: boolean;
  /** Bits of the address that choose the entry: [lowBit, lowBit + 9), as digits, and as a number. */
  readonly lowBit: number;
  readonly bits: string;
  readonly index: number;
  readonly spanBytes: number;
  /** The entry; null where the walk did not come to. */
  readonly row: WalkRow | null;
  readonly valueText: string;
  /** Runs [first, length] of entries that are not empty. */
  readonly runs: readonly (readonly [number, number])[];
}

const INDEX_BITS = 9;
const PAGE_BITS = 12;
const below: readonly TableLevel[] = ["PTE", "PMD", "PUD"];

/** `0x12345067`; a long value keeps its first and its last digits: `80…12345867`. */
export function entryText(value: bigint): string {
  const digits = value.toString(16);
  if (digits.length <= 9) return value === 0n ? "0" : `0x${digits}`;
  return `${digits.slice(0, 2)}…${digits.slice(2).replace(/^0+/, "")}`;
}

function runsOf(used: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const index of used) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === index) last[1]++;
    else runs.push([index, 1]);
  }
  return runs;
}

/** `count` bits of an address from bit `low` on, highest first. */
export function addressBits(addr: number, low: number, count: number): string {
  return (Math.floor(addr / 2 ** low) % 2 ** count).toString(2).padStart(count, "0");
}

/** All boxes, from the top table down, also those that the walk did not come to. `levels`: 4 or 5. */
export function walkBoxes(walk: WalkFacts, levels: number): readonly WalkBox[] {
  const names: readonly TableLevel[] = levels === 5 ? ["PGD", "P4D", ...below.toReversed()] : ["PGD", ...below.toReversed()];
  const boxes = names.map((level, i): WalkBox => {
    const lowBit = PAGE_BITS + INDEX_BITS * (names.length - 1 - i);
    const row = walk.rows.find((entry) => entry.level === level && !entry.folded) ?? null;
    const bits = addressBits(Math.max(0, walk.addr), lowBit, INDEX_BITS);
    return {
      level,
      folded: false,
      reached: row !== null,
      last: row !== null && row.level === walk.rows.at(-1)?.level,
      lowBit,
      bits,
      index: Number.parseInt(bits, 2),
      spanBytes: 2 ** lowBit,
      row,
      valueText: row === null ? "" : entryText(row.value),
      runs: row === null ? [] : runsOf(row.used),
    };
  });
  const [top] = boxes;
  if (levels === 5 || top === undefined) return boxes;
  return [top, { ...top, level: "P4D", folded: true, last: false }, ...boxes.slice(1)];
}
