/** A canvas context with what every painter needs at hand: theme, patterns, type. All lengths are CSS pixels. */
import type { ChunkRole } from "../roles";
import type { Theme } from "../theme";
import type { Surface } from "./surface";
import { makeTiles, type Tiles } from "./tiles";

export interface Pen extends Surface {
  readonly theme: Theme;
  readonly tiles: Tiles;
  /** Size of labels. */
  readonly fontSize: number;
  /** The face set last: setting it again is dear even when it is the same. */
  readonly face: { now: string };
}

export interface TextOptions {
  readonly size: number;
  readonly weight?: number;
  readonly color: string;
  /** The role whose box it stands on: where that has a pattern, a halo keeps the text legible. */
  readonly on?: ChunkRole;
  readonly align?: CanvasTextAlign;
  readonly sans?: boolean;
}

interface Kept {
  readonly theme: Theme;
  readonly ratio: number;
  readonly tiles: Tiles;
}

const kept = new WeakMap<CanvasRenderingContext2D, Kept>();

/** Patterns are made once per canvas, theme and ratio. */
export function makePen(surface: Surface, theme: Theme, fontSize: number): Pen {
  const old = kept.get(surface.context);
  if (old !== undefined && old.theme === theme && old.ratio === surface.ratio)
    return { ...surface, theme, tiles: old.tiles, fontSize, face: { now: "" } };
  const tiles = makeTiles(surface.context, theme, surface.ratio);
  kept.set(surface.context, { theme, ratio: surface.ratio, tiles });
  return { ...surface, theme, tiles, fontSize, face: { now: "" } };
}

/** Ends what `context.save` began. */
export function restore({ context, face }: Pen): void {
  context.restore();
  face.now = "";
}

/** Text on its middle line. Code face unless `sans`. */
export function drawText(pen: Pen, text: string, x: number, middleY: number, options: TextOptions): void {
  const { context, theme } = pen;
  const face = `${options.weight ?? 400} ${options.size}px ${options.sans === true ? theme.sans : theme.mono}`;
  if (pen.face.now !== face) {
    pen.face.now = face;
    context.font = face;
    // Any letter spacing switches the code face's ligatures off: `0x`, `->` and `--` must look as they are stored.
    context.letterSpacing = options.sans === true ? "0px" : "0.01px";
  }
  context.textAlign = options.align ?? "left";
  context.textBaseline = "alphabetic";
  const y = middleY + options.size * 0.36;
  if (options.on !== undefined && pen.tiles[options.on] !== null) {
    context.strokeStyle = theme.chunk[options.on].fill;
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeText(text, x, y);
  }
  context.fillStyle = options.color;
  context.fillText(text, x, y);
}

/** Fill and pattern of a role in a box. `patternAlpha` softens the pattern behind dense text. */
export function fillRole(
  pen: Pen,
  role: ChunkRole,
  x: number,
  y: number,
  width: number,
  height: number,
  radius = 0,
  patternAlpha = 1,
): void {
  if (width <= 0 || height <= 0) return;
  const { context, theme, tiles } = pen;
  context.beginPath();
  if (radius > 0) context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
  else context.rect(x, y, width, height);
  context.fillStyle = theme.chunk[role].fill;
  context.fill();
  const tile = tiles[role];
  if (tile === null) return;
  context.globalAlpha = patternAlpha;
  context.fillStyle = tile;
  context.fill();
  context.globalAlpha = 1;
}

export function strokeBox(
  pen: Pen,
  x: number,
  y: number,
  width: number,
  height: number,
  color: string,
  lineWidth: number,
  dash: readonly number[] = [],
  radius = 0,
): void {
  const { context } = pen;
  context.strokeStyle = color;
  context.lineWidth = lineWidth;
  context.setLineDash([...dash]);
  context.beginPath();
  context.roundRect(x, y, Math.max(0, width), Math.max(0, height), radius);
  context.stroke();
  context.setLineDash([]);
}
