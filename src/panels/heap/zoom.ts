/** The steps of the map's zoom, from the words to the whole heap, and what each means for the scene. */
import type { MapLevel } from "../../scene/types";

/** "auto": the mid level with as many bytes a row as suit the panel. */
export type Zoom = "near" | "far" | "auto" | { readonly bytesPerRow: number };

export const MIN_ROW = 0x80;
export const MAX_ROW = 0x1000;

export function levelOf(zoom: Zoom): MapLevel {
  return zoom === "near" || zoom === "far" ? zoom : "mid";
}

/** A heap that never fills this many rows is drawn larger. */
const FEW_ROWS = 14;
/** From this width on the nearest rows would draw a word wider than its text. */
const WIDE = 760;

/** Bytes a row that suit the panel's width, about 1 px a byte; `usedBytes`: most bytes below top in the whole run, so that rows never change while stepping. */
export function autoBytesPerRow(viewWidth: number, usedBytes: number): number {
  const usual = viewWidth < 460 ? 0x100 : viewWidth > 900 && usedBytes > 0x1_0000 ? 0x400 : 0x200;
  let bytes: number = viewWidth > WIDE ? 2 * MIN_ROW : MIN_ROW;
  while (bytes < usual && bytes * FEW_ROWS < usedBytes) bytes *= 2;
  return bytes;
}

export function bytesPerRowOf(zoom: Zoom, viewWidth: number, usedBytes: number): number {
  return typeof zoom === "object" ? zoom.bytesPerRow : autoBytesPerRow(viewWidth, usedBytes);
}

/** One notch nearer (−1) or farther (+1). */
export function notch(zoom: Zoom, direction: 1 | -1, bytesPerRow: number): Zoom {
  if (zoom === "near") return direction > 0 ? { bytesPerRow: MIN_ROW } : zoom;
  if (zoom === "far") return direction < 0 ? { bytesPerRow: MAX_ROW } : zoom;
  const next = direction > 0 ? bytesPerRow * 2 : bytesPerRow / 2;
  if (next > MAX_ROW) return "far";
  return next < MIN_ROW ? "near" : { bytesPerRow: next };
}
