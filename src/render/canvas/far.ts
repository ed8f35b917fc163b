/** Puts the far raster on a canvas with its row labels and the outlines of whole free pages. */
import type { FarMapScene } from "../../scene/types";
import { rasterFar } from "../raster/far";
import { imageCanvas } from "../raster/image-canvas";
import { paintRowLabels } from "./mid";
import { type Pen, strokeBox, restore } from "./pen";

export function paintFar(pen: Pen, scene: FarMapScene, scrollY: number): void {
  const pitch = scene.rowHeight + scene.rowGap;
  const top = scene.layout.y[0] ?? 0;
  const first = Math.max(0, Math.floor((scrollY - top) / pitch));
  const end = Math.min(scene.rows, Math.ceil((scrollY + pen.height - top) / pitch) + 1);
  const { context, ratio } = pen;
  context.save();
  context.translate(0, -scrollY);
  paintRowLabels(pen, scene.labels, scene.gutter, scrollY);
  if (end > first) {
    const { image } = rasterFar(scene, pen.theme, ratio, first, end);
    context.imageSmoothingEnabled = false;
    context.drawImage(
      imageCanvas(image),
      0,
      0,
      image.width,
      image.height,
      scene.gutter,
      top + first * pitch,
      scene.viewWidth - scene.gutter,
      (end - first) * pitch,
    );
  }
  for (const page of scene.trimmable) {
    if (page.y + page.height < scrollY || page.y > scrollY + pen.height) continue;
    strokeBox(pen, page.x + 0.7, page.y - 1, page.width - 1.4, page.height + 2, pen.theme.color.ink, 1.4, [4, 2], 2);
  }
  restore(pen);
}
