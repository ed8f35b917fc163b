/** A canvas that holds an image, so that it can be drawn scaled and clipped. One for all: draw it before asking again. */
let scratch: { readonly canvas: OffscreenCanvas; readonly context: OffscreenCanvasRenderingContext2D | null } | null = null;

export function imageCanvas(image: ImageData): OffscreenCanvas {
  if (scratch === null || scratch.canvas.width < image.width || scratch.canvas.height < image.height) {
    const canvas = new OffscreenCanvas(image.width, image.height);
    scratch = { canvas, context: canvas.getContext("2d") };
  }
  scratch.context?.putImageData(image, 0, 0);
  return scratch.canvas;
}
