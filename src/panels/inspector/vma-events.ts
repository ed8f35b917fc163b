/** What a change of a VMA is called: what became of its place, of what lay beside it, and of its rights. */
import { kernelCallNames } from "../../abi/api";
import { vmFlag } from "../../abi/kernel";
import type { VmaChange, VmaRange, VmaState } from "../../protocol/messages";

export type VmaEvent =
  /** With nothing where it is now, or (`over`) in the place of something. */
  | { readonly kind: "made"; readonly bytes: number; readonly rights: string; readonly over: readonly VmaRange[] }
  | { readonly kind: "copied" }
  | { readonly kind: "splitOff"; readonly of: VmaRange }
  /** `joined`: it took in another one that was there; `over`: something else was there. */
  | {
      readonly kind: "grew";
      readonly end: "start" | "end";
      readonly bytes: number;
      readonly joined: readonly VmaRange[];
      readonly over: readonly VmaRange[];
    }
  /** `other`: what is there now; empty: it was unmapped. */
  | { readonly kind: "shrank"; readonly end: "start" | "end"; readonly bytes: number; readonly other: readonly VmaRange[] }
  | { readonly kind: "rights"; readonly from: string; readonly to: string }
  /** Other bits of vm_flags: `+HUGEPAGE`. */
  | { readonly kind: "flags"; readonly bits: readonly string[] }
  /** `into`: what is there now; empty: unmapped. `exited`: with its process. */
  | { readonly kind: "went"; readonly into: readonly VmaRange[]; readonly exited: boolean };

const rightsOf = ({ flags }: VmaState): string => {
  const letter = (bit: number, name: string): string => ((flags & bit) === 0 ? "-" : name);
  const shared = (flags & vmFlag.SHARED) === 0 ? "p" : "s";
  return letter(vmFlag.READ, "r") + letter(vmFlag.WRITE, "w") + letter(vmFlag.EXEC, "x") + shared;
};

const shown = vmFlag.READ | vmFlag.WRITE | vmFlag.EXEC | vmFlag.SHARED;
const overlapping = (ranges: readonly VmaRange[], start: number, end: number): readonly VmaRange[] =>
  ranges.filter((range) => range.start < end && range.end > start);

/** Calls that put something new where something else may be. */
const replaces = new Set(["mmap", "mremap", "execve"]);

function born(after: VmaState, { call, taken }: VmaChange): VmaEvent {
  const name = kernelCallNames[call] ?? "none";
  if (name === "fork") return { kind: "copied" };
  const there = overlapping(taken, after.start, after.end);
  const [whole] = there;
  if (whole !== undefined && !replaces.has(name)) return { kind: "splitOff", of: whole };
  return { kind: "made", bytes: after.end - after.start, rights: rightsOf(after), over: there };
}

function moved(before: VmaState, after: VmaState, change: VmaChange, end: "start" | "end"): readonly VmaEvent[] {
  const bytes = end === "end" ? after.end - before.end : before.start - after.start;
  if (bytes === 0) return [];
  const [low, high] = [Math.min(before[end], after[end]), Math.max(before[end], after[end])];
  if (bytes < 0) return [{ kind: "shrank", end, bytes: -bytes, other: overlapping(change.given, low, high) }];
  const there = overlapping(change.taken, low, high);
  const replaced = replaces.has(kernelCallNames[change.call] ?? "none");
  return [{ kind: "grew", end, bytes, joined: replaced ? [] : there, over: replaced ? there : [] }];
}

/** Never empty: a change changes something. */
export function eventsOf(change: VmaChange): readonly VmaEvent[] {
  const { before, after, call } = change;
  if (after === null) {
    const into = before === null ? [] : overlapping(change.given, before.start, before.end);
    return [{ kind: "went", into, exited: ["exit", "signal", "oom_kill"].includes(kernelCallNames[call] ?? "") }];
  }
  if (before === null) return [born(after, change)];
  const [from, to] = [rightsOf(before), rightsOf(after)];
  const other = (before.flags ^ after.flags) & ~shown;
  const bits = Object.entries(vmFlag).filter(([, bit]) => (other & bit) !== 0);
  return [
    ...moved(before, after, change, "start"),
    ...moved(before, after, change, "end"),
    ...(from === to ? [] : [{ kind: "rights", from, to } as const]),
    ...(bits.length === 0
      ? []
      : [{ kind: "flags", bits: bits.map(([name, bit]) => `${(after.flags & bit) === 0 ? "−" : "+"}${name}`) } as const]),
  ];
}
