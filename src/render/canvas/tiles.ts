/** Canvas patterns of the chunk states, drawn once per theme and device pixel ratio. */
import { PATTERN_LINE, PATTERN_OPACITY, patternTiles, TILE } from "../patterns";
import type { ChunkRole } from "../roles";
import { chunkRoles, rolePattern } from "../roles";
import type { Theme } from "../theme";

export type Tiles = Readonly<Record<ChunkRole, CanvasPattern | null>>;

function drawTile(role: ChunkRole, color: string, ratio: number): HTMLCanvasElement | null {
  const tile = patternTiles[rolePattern[role]];
  if (tile.lines === "" && tile.dots.length === 0) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(TILE * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.scale(canvas.width / TILE, canvas.height / TILE);
  context.globalAlpha = PATTERN_OPACITY;
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = PATTERN_LINE;
  context.stroke(new Path2D(tile.lines));
  for (const [x, y, radius] of tile.dots) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
  return canvas;
}

/** Patterns for a context whose transform scales CSS pixels by `ratio`. */
export function makeTiles(context: CanvasRenderingContext2D, theme: Theme, ratio: number): Tiles {
  const entries = chunkRoles.map((role) => {
    const tile = drawTile(role, theme.chunk[role].edge, ratio);
    const pattern = tile === null ? null : context.createPattern(tile, "repeat");
    pattern?.setTransform(new DOMMatrix().scale(TILE / (tile?.width ?? TILE)));
    return [role, pattern] as const;
  });
  return Object.fromEntries(entries) as Record<ChunkRole, CanvasPattern | null>;
}
