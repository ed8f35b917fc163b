/** The steps of the map's zoom, from the words to the whole heap, and what each means for the scene. */
import type { MapLevel } from "../../scene/types";

/** "auto": the mid level with as many bytes a row as suit the panel. */
export type Zoom = "near" | "far" | "auto" | { readonly bytesPerRow: number };

export const MIN_ROW = 0x80;
export const MAX_ROW = 0x1000;

export function levelOf(zoom: Zoom): MapLevel {
  return zoom === "near" || zoom === "far" ? zoom : "mid";
}

/** Bytes a row that suit the panel's width: about 1 px a byte. */
export function autoBytesPerRow(viewWidth: number, heapBytes: number): number {
  if (viewWidth < 460) return 0x100;
  return viewWidth > 900 && heapBytes > 0x1_0000 ? 0x400 : 0x200;
}

export function bytesPerRowOf(zoom: Zoom, viewWidth: number, heapBytes: number): number {
  return typeof zoom === "object" ? zoom.bytesPerRow : autoBytesPerRow(viewWidth, heapBytes);
}

/** One notch nearer (−1) or farther (+1). */
export function notch(zoom: Zoom, direction: 1 | -1, bytesPerRow: number): Zoom {
  if (zoom === "near") return direction > 0 ? { bytesPerRow: MIN_ROW } : zoom;
  if (zoom === "far") return direction < 0 ? { bytesPerRow: MAX_ROW } : zoom;
  const next = direction > 0 ? bytesPerRow * 2 : bytesPerRow / 2;
  if (next > MAX_ROW) return "far";
  return next < MIN_ROW ? "near" : { bytesPerRow: next };
}
