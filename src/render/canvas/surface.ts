/** A canvas that is sharp on every screen: its backing store has device pixels, everybody draws in CSS pixels. */

export interface Surface {
  readonly context: CanvasRenderingContext2D;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** Sizes the canvas to width × height CSS pixels and clears it. Null when the browser gives no 2D context. */
export function prepareSurface(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  ratio = window.devicePixelRatio || 1,
): Surface | null {
  const deviceWidth = Math.max(1, Math.round(width * ratio));
  const deviceHeight = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
  if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const surface = openSurface(canvas, width, height, ratio);
  surface?.context.clearRect(0, 0, width, height);
  return surface;
}

/** A canvas that has its size, with what was painted on it. */
export function openSurface(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): Surface | null {
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, width, height, ratio };
}
