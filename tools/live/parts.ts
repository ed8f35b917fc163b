import { type Flavour, flavours, type Target, targets, threadFlavours } from "./flavours";

/** A part of the live comparison: scripts of some flavours for one width. */
export interface Part {
  readonly name: string;
  readonly target: Target;
  readonly flavours: readonly Flavour[];
  /** How many operations are made at least, unless HEAPGLASS_OPERATIONS says otherwise. */
  readonly operations: number;
}

export const parts: readonly Part[] = [
  { name: "amd64", target: targets.amd64, flavours, operations: 100_000 },
  { name: "i386", target: targets.i386, flavours, operations: 10_000 },
  { name: "amd64-threads", target: targets.amd64, flavours: threadFlavours, operations: 10_000 },
  { name: "i386-threads", target: targets.i386, flavours: threadFlavours, operations: 5_000 },
];
