/** The far view as a strip: where the map's viewport lies in the whole heap. Click or drag moves it. */
import { type PointerEvent, useLayoutEffect, useRef } from "react";
import { PAGE_SIZE } from "../../abi/machine-memory";
import type { PanelText } from "../../i18n/panels";
import { fillRole, makePen, strokeBox } from "../../render/canvas/pen";
import { prepareSurface } from "../../render/canvas/surface";
import { imageCanvas } from "../../render/raster/image-canvas";
import { inNextFrame, usePixelRatio, useSize, useTheme } from "../../render/hooks";
import { rasterStrip } from "../../render/raster/strip";
import { majority } from "../../scene/map-far";
import type { HeapPicture } from "../../scene/types";

export interface HeapStripProps {
  readonly picture: HeapPicture;
  readonly text: PanelText;
  readonly viewStart: number;
  readonly viewEnd: number;
  readonly onGo: (addr: number) => void;
}

const HEIGHT = 13;
const BAR = 9;

export function HeapStrip({ picture, text, viewStart, viewEnd, onGo }: HeapStripProps): React.ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(box);
  const theme = useTheme();
  const ratio = usePixelRatio();
  const { start, end } = picture.chunks;
  const span = Math.max(1, end - start);

  useLayoutEffect(
    () =>
      inNextFrame(() => {
        if (canvas.current === null || width < 20) return;
        const surface = prepareSurface(canvas.current, width, HEIGHT, ratio);
        if (surface === null) return;
        const pen = makePen(surface, theme, 10);
        const { context } = surface;
        const inner = width - 2;
        fillRole(pen, "top", 1, 2, inner, BAR, 2);
        const columns = Math.max(1, Math.round(inner * ratio));
        const image = rasterStrip(
          majority(picture.chunks, start, span / columns, columns),
          Math.max(1, Math.round(BAR * ratio)),
          theme,
        );
        const scratch = imageCanvas(image);
        context.imageSmoothingEnabled = false;
        context.drawImage(scratch, 0, 0, image.width, image.height, 1, 2, inner, BAR);
        strokeBox(pen, 1.4, 2.4, inner - 0.8, BAR - 0.8, theme.chunk.top.edge, 0.8, [], 2);
        context.fillStyle = theme.chunk.top.edge;
        const pages = span / PAGE_SIZE;
        if (pages < inner / 3) for (let page = 1; page < pages; page++) context.fillRect(1 + (page / pages) * inner, BAR, 0.7, 2);
        const left = 1 + ((Math.max(viewStart, start) - start) / span) * inner;
        const right = 1 + ((Math.min(viewEnd, end) - start) / span) * inner;
        if (right > left) strokeBox(pen, left - 0.5, 1, Math.max(5, right - left + 1), BAR + 2, theme.color.accent, 2, [], 2);
      }),
    [picture, width, ratio, theme, start, end, span, viewStart, viewEnd],
  );

  const go = (event: PointerEvent): void => {
    const rect = box.current?.getBoundingClientRect();
    if (rect === undefined || rect.width === 0) return;
    const part = Math.max(0, Math.min(0.9999, (event.clientX - rect.left) / rect.width));
    onGo(start + Math.floor((part * span) / 16) * 16);
  };
  return (
    <div
      className="map-strip"
      ref={box}
      title={text.heap.stripLabel}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) go(event);
      }}
    >
      <canvas ref={canvas} aria-hidden="true" />
    </div>
  );
}
