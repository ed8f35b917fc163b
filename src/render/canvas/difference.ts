/** What of the map must be painted again when one scene follows another: the bands of height in which the two differ. */
import type { MapBlock, MapText, MidMapScene } from "../../scene/types";

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
  /** Whether another of the same kind and key looks the same. */
  readonly block: MapBlock | null;
  readonly words: string;
}

/** Same pixels. The row in the chunk table is none: it changes for every chunk behind one that is split. */
function sameBlock(one: MapBlock, other: MapBlock): boolean {
  return (
    one.state === other.state &&
    one.width === other.width &&
    one.height === other.height &&
    one.openLeft === other.openLeft &&
    one.openRight === other.openRight &&
    one.suspect === other.suspect &&
    one.lastRemainder === other.lastRemainder &&
    one.header?.x === other.header?.x &&
    one.header?.width === other.header?.width &&
    one.header?.filled === other.header?.filled &&
    one.footer?.x === other.footer?.x &&
    one.footer?.width === other.footer?.width &&
    one.footer?.kind === other.footer?.kind &&
    one.texts.length === other.texts.length &&
    one.texts.every((text, i) => sameText(text, other.texts[i]))
  );
}

function sameText(one: MapText, other: MapText | undefined): boolean {
  return (
    one.text === other?.text && one.x === other.x && one.y === other.y && one.role === other.role && one.anchor === other.anchor
  );
}

function items({ scene, folds }: Painted): Item[] {
  const item = (kind: string, x: number, y: number, height: number, words: string, block: MapBlock | null = null): Item => ({
    band: { top: y - REACH, bottom: y + height + REACH },
    key: `${kind}${x} ${y}`,
    block,
    words,
  });
  return [
    ...scene.labels.map(({ y, text, fold }) => item("l", 0, y - 10, 20, `${text} ${fold}`)),
    ...scene.folds.map(({ x, y, width, height, state, bytes }, i) =>
      item("f", x, y, height, `${width} ${height} ${state} ${bytes} ${folds[i]}`),
    ),
    ...scene.blocks.map((block) => item("b", block.x, block.y, block.height, "", block)),
    ...scene.bars.map(({ x, y, width, height, name, sizeBytes }) => item("m", x, y, height, `${width} ${name} ${sizeBytes}`)),
  ];
}

function alike(one: Item, other: Item): boolean {
  if (one.words !== other.words) return false;
  return one.block === other.block || (one.block !== null && other.block !== null && sameBlock(one.block, other.block));
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
    if (old === undefined || !alike(old, item)) bands.push(item.band, ...(old === undefined ? [] : [old.band]));
  }
  bands.push(...[...olds.values()].map(({ band }) => band));
  for (const lens of [before.scene.lens, now.scene.lens])
    if (lens !== null) bands.push({ top: lens.y - REACH, bottom: lens.y + lens.height + REACH });
  return merged(bands, ratio);
}
