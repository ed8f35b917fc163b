/** The far view: one pixel column per cell into ImageData, state colour with the state's pattern reduced to its lines. */
import type { FarMapScene } from "../../scene/types";
import { chunkStateNames } from "../../decode/types";
import { rolePattern, stateRole } from "../roles";
import type { Theme } from "../theme";

/** RGBA of a CSS colour as one little-endian word. */
export function packColor(css: string): number {
  const hexDigits = /^#([0-9a-f]{6})$/i.exec(css)?.[1];
  if (hexDigits === undefined) return 0xff808080;
  const value = Number.parseInt(hexDigits, 16);
  return (0xff000000 | ((value & 0xff) << 16) | (value & 0xff00) | (value >>> 16)) >>> 0;
}

/** Mixes two packed colours; share 0 gives a, 1 gives b. */
export function mixColor(a: number, b: number, share: number): number {
  let mixed = 0xff000000;
  for (const shift of [0, 8, 16]) {
    const from = (a >>> shift) & 0xff;
    const to = (b >>> shift) & 0xff;
    mixed |= Math.round(from + (to - from) * share) << shift;
  }
  return mixed >>> 0;
}

/** Whether pixel (x, y) of a cell shows the pattern's line colour. Period 4: what is left of the 8-pixel tile when it is small. */
const inPattern: Readonly<Record<(typeof rolePattern)[keyof typeof rolePattern], (x: number, y: number) => boolean>> = {
  none: () => false,
  diagonal: (x, y) => (x + y) % 4 === 0,
  dots: (x, y) => x % 3 === 0 && y % 3 === 0,
  crosshatch: (x, y) => (x + y) % 4 === 0 || (x - y + 4000) % 4 === 0,
  vertical: (x) => x % 4 === 0,
  horizontal: (_, y) => y % 4 === 0,
  sparse: (x, y) => x % 6 === 0 && y % 6 === 0,
  waves: (x, y) => (y + (x % 8 < 4 ? 0 : 1)) % 5 === 0,
  grid: (x, y) => x % 4 === 0 || y % 4 === 0,
  zigzag: (x, y) => (y + (x % 6 < 3 ? x % 6 : 6 - (x % 6))) % 4 === 0,
};

interface Ramp {
  readonly ground: number;
  readonly line: number;
  readonly pattern: (x: number, y: number) => boolean;
}

function ramps(theme: Theme): readonly Ramp[] {
  return chunkStateNames.map((state) => {
    const role = stateRole[state];
    const fill = packColor(theme.chunk[role].fill);
    const edge = packColor(theme.chunk[role].edge);
    // In use is what a heap mostly is: a flat middle tone. Free states keep their fill and let the pattern speak.
    return role === "inuse"
      ? { ground: mixColor(fill, edge, 0.45), line: edge, pattern: inPattern.none }
      : { ground: mixColor(fill, edge, 0.12), line: mixColor(fill, edge, 0.8), pattern: inPattern[rolePattern[role]] };
  });
}

export interface FarPixels {
  readonly image: ImageData;
  /** Device pixels of a column and of a row with its gap. */
  readonly cellWidth: number;
  readonly rowPitch: number;
}

/** Pixels of rows [firstRow, endRow) of the scene, in device pixels, rows rowHeight + rowGap apart. */
export function rasterFar(scene: FarMapScene, theme: Theme, ratio: number, firstRow = 0, endRow = scene.rows): FarPixels {
  const cellWidth = Math.max(1, Math.round(((scene.viewWidth - scene.gutter) / Math.max(1, scene.columns)) * ratio));
  const rowHeight = Math.max(1, Math.round(scene.rowHeight * ratio));
  const rowPitch = Math.max(1, Math.round((scene.rowHeight + scene.rowGap) * ratio));
  const width = Math.max(1, scene.columns * cellWidth);
  const height = Math.max(1, (endRow - firstRow) * rowPitch);
  const pixels = new Uint32Array(width * height);
  const table = ramps(theme);
  const step = Math.max(1, Math.round(ratio));
  for (let row = firstRow; row < endRow; row++) {
    const top = (row - firstRow) * rowPitch;
    for (let column = 0; column < scene.columns; column++) {
      const ramp = table[scene.states[row * scene.columns + column] ?? 255];
      if (ramp === undefined) continue;
      for (let y = 0; y < rowHeight; y++) {
        const line = (top + y) * width + column * cellWidth;
        const patternY = Math.floor(y / step);
        for (let x = 0; x < cellWidth; x++) {
          pixels[line + x] = ramp.pattern(Math.floor((column * cellWidth + x) / step), patternY) ? ramp.line : ramp.ground;
        }
      }
    }
  }
  const bytes = new Uint8ClampedArray(pixels.buffer);
  return { image: new ImageData(bytes, width, height), cellWidth, rowPitch };
}
