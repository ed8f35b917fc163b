import { PATTERN_LINE, patternTiles } from "../patterns";
import type { PatternName } from "../roles";
import type { Surface } from "./surface";

const TILE = 4;

/** A small pattern for cells of a few pixels, in an edge colour. */
export function smallPattern({ context, ratio }: Surface, name: PatternName, color: string): CanvasPattern | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(TILE * ratio * 2);
  const inner = canvas.getContext("2d");
  if (inner === null) return null;
  inner.scale(canvas.width / (TILE * 2), canvas.height / (TILE * 2));
  inner.strokeStyle = inner.fillStyle = color;
  inner.lineWidth = PATTERN_LINE * 1.5;
  inner.stroke(new Path2D(patternTiles[name].lines));
  for (const [x, y, radius] of patternTiles[name].dots) inner.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
  const pattern = context.createPattern(canvas, "repeat");
  pattern?.setTransform(new DOMMatrix().scale((TILE * 2) / canvas.width));
  return pattern;
}
