/** Geometry of the address space's strip and of the ledger, in view space as in ./types.ts. */
import type { ViewRect } from "./types";

export interface SpaceSquare extends ViewRect {
  /** First page and number of pages the square stands for, relative to the mapping. */
  readonly page: number;
  readonly pages: number;
  /** Share of its pages that are resident, 0…1; zero: shown by the shared zero page. */
  readonly resident: number;
  readonly zero: boolean;
}

/** One box: a mapping, or several neighbours that are drawn as one (the parts of a library other than libc, [vvar] and [vdso]). */
export interface SpaceVma extends ViewRect {
  /** First mapping in AddressSpace.vmas, and how many the box stands for. */
  readonly index: number;
  readonly count: number;
  readonly start: number;
  readonly end: number;
  readonly squares: readonly SpaceSquare[];
  readonly residentShare: number;
}

export interface SpaceGap {
  readonly y: number;
  readonly height: number;
  readonly bytes: number;
  readonly sizeText: string;
}

export interface SpaceMarker {
  readonly kind: "brk" | "rsp" | "map" | "point";
  readonly addr: number;
  readonly y: number;
  readonly text: string;
  /** Which way the area grows: −1 towards low addresses. */
  readonly grows: -1 | 0 | 1;
}

export interface SpaceScene {
  readonly viewWidth: number;
  readonly viewHeight: number;
  readonly vmas: readonly SpaceVma[];
  readonly gaps: readonly SpaceGap[];
  readonly markers: readonly SpaceMarker[];
  readonly addresses: readonly { readonly addr: number; readonly text: string; readonly y: number; readonly strong: boolean }[];
  /** True-scale ribbon, from address 0 to `span`: where each mapping really is. */
  readonly ribbon: ViewRect & {
    readonly span: number;
    readonly ticks: readonly { readonly index: number; readonly y: number; readonly toY: number }[];
  };
  readonly lowFirst: boolean;
}

export interface LedgerSeries {
  /** Step line as points x0, y0, x1, y1 … in view space. */
  readonly points: Float64Array;
  readonly max: number;
  readonly min: number;
}

export interface LedgerTick extends ViewRect {
  readonly operation: number;
  /** Operations this tick stands for (more than one when there is no room). */
  readonly operations: number;
  readonly path: string;
  /** Takes memory (malloc) or gives it back (free). */
  readonly lane: "take" | "give";
}

export interface LedgerScene {
  readonly viewHeight: number;
  readonly ticks: readonly LedgerTick[];
  readonly inUse: LedgerSeries;
  /** Stacked on in use. */
  readonly free: LedgerSeries;
  readonly resident: LedgerSeries;
  readonly virtual: LedgerSeries;
  /** Round number at the top of the byte axis. */
  readonly topBytes: number;
}
