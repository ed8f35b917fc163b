/**
 * What a layout of the address space leaves to grow into, on a ribbon that is true to scale.
 *
 *    ║ ┌──┐ span           ║ longest mapping      │ how far the break can go
 *    ║ │▒▒│ kernel
 *    ║ ├──┤ task size
 *    ║ │  │ mmap_base ─► up or down
 *    ╠═╪══╪ limit
 *    │ │██│ [heap]
 *    │ ├──┤
 *      └──┘ 0
 */
import type { SpaceRoom } from "../decode/room";
import type { AddressSpace, VmaKind } from "../decode/types";
import { ribbonY } from "./address-space";
import type { ViewRect } from "./types";
import type { SpaceScene } from "./strip-types";

/** A stretch of the ribbon from one height to another; y1 is that of its lower address. */
export interface BarReach {
  readonly y1: number;
  readonly y2: number;
}

export interface LayoutBar {
  /** Mappings that are large enough to be seen. */
  readonly areas: readonly (ViewRect & { readonly start: number; readonly kind: VmaKind })[];
  /** What is not the process's, if it can be seen. */
  readonly kernel: ViewRect | null;
  /** From the beginning of the heap as far as the break can go, and the longest mapping. */
  readonly heap: BarReach;
  readonly mapping: BarReach;
  /** Where mappings begin to be placed, and whether heights grow or shrink from there. */
  readonly base: { readonly y: number; readonly direction: 1 | -1 };
}

/** Lower than this a mapping is told by its tick alone. */
const LEAST = 2;

export function layoutBar(space: AddressSpace, room: SpaceRoom, { ribbon, lowFirst }: SpaceScene): LayoutBar {
  const y = (addr: number): number => ribbonY(ribbon, addr, lowFirst);
  const between = (from: number, to: number): ViewRect => ({
    x: ribbon.x,
    y: Math.min(y(from), y(to)),
    width: ribbon.width,
    height: Math.abs(y(to) - y(from)),
  });
  const reach = (from: number, to: number): BarReach => ({ y1: y(from), y2: y(to) });
  const kernel = between(space.taskSize, ribbon.span);
  const towardsHigh = lowFirst ? 1 : -1;
  return {
    areas: space.vmas
      .map(({ start, end, kind }) => ({ ...between(start, end), start, kind }))
      .filter(({ height }) => height >= LEAST),
    kernel: kernel.height >= LEAST ? kernel : null,
    heap: reach(space.brkStart, room.brkEnd),
    mapping: reach(room.mapping.start, room.mapping.end),
    base: { y: y(space.mmapBase), direction: space.topDown ? (-towardsHigh as 1 | -1) : towardsHigh },
  };
}
