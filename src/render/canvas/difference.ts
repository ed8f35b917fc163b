/** What of the map must be painted again when one scene follows another: the bands of height in which the two differ. */
import { sameShape } from "../../base";
import type { MidMapScene } from "../../scene/types";

/** Heights [top, bottom) of the scene, the whole width of the canvas. */
export interface Band {
  readonly top: number;
  readonly bottom: number;
}

/** A scene and what else decides its pixels. */
export interface Painted {
  readonly scene: MidMapScene;
  /** Of folded bands, in order: their words come from elsewhere. */
  readonly folds: readonly string[];
  readonly scrollY: number;
  /** Theme, sizes, language: where one of them is another, everything is painted. */
  readonly settings: readonly unknown[];
}

/** Strokes and halos reach so far beyond their boxes (CSS pixels). */
const REACH = 3;

interface Item {
  readonly band: Band;
  readonly key: string;
  /** All that is drawn of it; the row in the chunk table is not: it changes for every chunk behind one that is split. */
  readonly look: unknown;
}

function items({ scene, folds }: Painted): Item[] {
  const box = (
    kind: string,
    { x, y, height }: { readonly x: number; readonly y: number; readonly height: number },
    look: unknown,
  ) => ({
    band: { top: y - REACH, bottom: y + height + REACH },
    key: `${kind} ${x} ${y}`,
    look,
  });
  return [
    ...scene.labels.map((label) => box("label", { x: 0, y: label.y - 10, height: 20 }, label)),
    ...scene.folds.map((fold, i) => box("fold", fold, [fold, folds[i]])),
    ...scene.blocks.map((block) => box("block", block, block)),
    ...scene.bars.map((bar) => box("bar", bar, bar)),
  ];
}

/** Overlapping bands as one, from top to bottom, on whole pixels. */
function merged(bands: readonly Band[], ratio: number): Band[] {
  const out: Band[] = [];
  for (const { top, bottom } of bands.toSorted((a, b) => a.top - b.top)) {
    const band = { top: Math.floor(top * ratio) / ratio, bottom: Math.ceil(bottom * ratio) / ratio };
    const last = out.at(-1);
    if (last !== undefined && band.top <= last.bottom)
      out[out.length - 1] = { top: last.top, bottom: Math.max(last.bottom, band.bottom) };
    else out.push(band);
  }
  return out;
}

/** The bands that differ; null when all of it must be painted. The lens is about the step itself: it always differs. */
export function differingBands(before: Painted | null, now: Painted, ratio: number): Band[] | null {
  if (before === null || before.scrollY !== now.scrollY || before.settings.length !== now.settings.length) return null;
  if (before.settings.some((value, i) => value !== now.settings[i])) return null;
  const olds = new Map(items(before).map((item) => [item.key, item]));
  const bands: Band[] = [];
  for (const item of items(now)) {
    const old = olds.get(item.key);
    olds.delete(item.key);
    if (old === undefined || !sameShape(old.look, item.look, "chunkRow"))
      bands.push(item.band, ...(old === undefined ? [] : [old.band]));
  }
  bands.push(...[...olds.values()].map(({ band }) => band));
  for (const lens of [before.scene.lens, now.scene.lens])
    if (lens !== null) bands.push({ top: lens.y - REACH, bottom: lens.y + lens.height + REACH });
  return merged(bands, ratio);
}
