/**
 * The state patterns as geometry of one 8×8 tile, in CSS pixels, used alike by canvas and SVG. Lines are stroked, dots filled, both in
 * the state's edge colour at `PATTERN_OPACITY`.
 */
import type { PatternName } from "./roles";

export const TILE = 8;
export const PATTERN_LINE = 0.9;
export const PATTERN_OPACITY = 0.42;

export interface PatternTile {
  /** SVG path of the strokes, "" when there are none. */
  readonly lines: string;
  /** Dots as [centre x, centre y, radius]. */
  readonly dots: readonly (readonly [number, number, number])[];
}

const strokes = (lines: string): PatternTile => ({ lines, dots: [] });

export const patternTiles: Readonly<Record<PatternName, PatternTile>> = {
  none: strokes(""),
  diagonal: strokes("M-2 2L2-2M0 8L8 0M6 10L10 6"),
  dots: {
    lines: "",
    dots: [
      [2, 2, 1],
      [6, 6, 1],
    ],
  },
  crosshatch: strokes("M0 0L8 8M8 0L0 8"),
  vertical: strokes("M2 0V8M6 0V8"),
  horizontal: strokes("M0 2H8M0 6H8"),
  sparse: { lines: "", dots: [[4, 4, 0.8]] },
  waves: strokes("M0 5Q2 2 4 5T8 5"),
  grid: strokes("M0 4H8M4 0V8"),
  zigzag: strokes("M0 6L2 2L4 6L6 2L8 6"),
};
