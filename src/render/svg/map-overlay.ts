/**
 * What lies over the chunk map and must answer at once: rings around the selected, hovered and pinned chunk, tags of the words being
 * written, the lens's arrows. A few dozen SVG nodes over the canvas.
 */
import { select } from "d3";
import { type PlacedTag, placeTags } from "../../scene/map-tags";
import type { LensScene, MapTag, MidMapScene, NearMapScene, ViewRect } from "../../scene/types";
import { arrowUrl, ensureDefs, layGround } from "./defs";

export type RingKind = "hover" | "pin" | "freeing" | "select" | "bad";

export interface Ring extends ViewRect {
  readonly kind: RingKind;
  readonly key: string;
}

/** A word to ring: written by the step (`done`), or about to be. */
export interface WordRing extends ViewRect {
  readonly addr: number;
  readonly done: boolean;
  readonly text: string;
}

export interface Overlay {
  readonly rings: readonly Ring[];
  readonly words: readonly WordRing[];
  readonly tags: readonly MapTag[];
  readonly lens: LensScene | null;
  /** Font size of tags. */
  readonly fontSize: number;
  /** What of the scene's height is seen. */
  readonly top: number;
  readonly bottom: number;
}

/** Neighbours on one line become one box. */
function joined(boxes: readonly ViewRect[]): readonly ViewRect[] {
  const lines = new Map<number, ViewRect>();
  for (const box of boxes) {
    const line = lines.get(box.y) ?? box;
    const x = Math.min(line.x, box.x);
    lines.set(box.y, { x, y: box.y, width: Math.max(line.x + line.width, box.x + box.width) - x, height: box.height });
  }
  return [...lines.values()];
}

/** Boxes that make up a chunk on the map. */
export function boxesOf(scene: MidMapScene | NearMapScene, chunkAddr: number, chunkRow: number): readonly ViewRect[] {
  if (scene.level === "near") return joined([...scene.cells, ...scene.folds].filter((box) => box.chunkRow === chunkRow));
  const is = (box: { readonly chunkAddr: number }): boolean => box.chunkAddr === chunkAddr;
  return [...scene.blocks.filter(is), ...scene.folds.filter(is), ...scene.bars.filter(is)];
}

const px = (value: number): string => `${value}px`;

function drawRings(root: SVGGElement, rings: readonly Ring[]): void {
  select(root)
    .selectAll<SVGRectElement, Ring>("rect")
    .data(rings, (ring) => ring.key)
    .join("rect")
    .attr("class", (ring) => `ring ring-${ring.kind}`)
    .attr("rx", 3)
    .attr("x", (ring) => ring.x - 0.6)
    .attr("y", (ring) => ring.y - 1.4)
    .attr("width", (ring) => ring.width + 1.2)
    .attr("height", (ring) => ring.height + 2.8);
}

function drawWords(root: SVGGElement, words: readonly WordRing[], fontSize: number): void {
  const groups = select(root)
    .selectAll<SVGGElement, WordRing>("g")
    .data(words, (word) => word.addr)
    .join((enter) => {
      const group = enter.append("g");
      group.append("rect").attr("class", "ring ring-now").attr("rx", 2);
      group.append("rect").attr("class", "tag").attr("rx", 3);
      group.append("text").attr("class", "tag-text").attr("text-anchor", "middle");
      return group;
    })
    .attr("data-done", (word) => word.done);
  groups
    .select(".ring-now")
    .attr("x", (word) => word.x - 1)
    .attr("y", (word) => word.y - 1)
    .attr("width", (word) => word.width + 2)
    .attr("height", (word) => word.height + 2);
  const width = (word: WordRing): number => word.text.length * fontSize * 0.62 + 7;
  const height = fontSize * 1.35;
  groups
    .select(".tag")
    .attr("x", (word) => word.x + word.width - width(word) - 3)
    .attr("y", (word) => word.y + word.height / 2 - height / 2)
    .attr("width", width)
    .attr("height", height)
    .style("display", (word) => (word.text === "" ? "none" : null));
  groups
    .select("text")
    .attr("x", (word) => word.x + word.width - width(word) / 2 - 3)
    .attr("y", (word) => word.y + word.height / 2 + fontSize * 0.34)
    .style("font-size", px(fontSize - 0.6))
    .text((word) => word.text);
}

function drawTags(root: SVGGElement, tags: readonly MapTag[], fontSize: number): void {
  const groups = select(root)
    .selectAll<SVGGElement, PlacedTag>("g")
    .data(
      placeTags(tags, (order) => String(order).length * fontSize * 0.62 + 4),
      (tag) => tag.addr,
    )
    .join((enter) => {
      const group = enter.append("g");
      group.append("rect").attr("class", "tag").attr("rx", 2);
      group.append("text").attr("class", "tag-text").attr("text-anchor", "middle");
      return group;
    })
    .attr("data-done", (tag) => tag.done);
  groups
    .select("rect")
    .attr("x", (tag) => tag.tagX)
    .attr("y", (tag) => tag.y - 2)
    .attr("width", (tag) => tag.tagWidth)
    .attr("height", (tag) => tag.height + 4);
  groups
    .select("text")
    .attr("x", (tag) => tag.tagX + tag.tagWidth / 2)
    .attr("y", (tag) => tag.y + tag.height / 2 + fontSize * 0.34)
    .style("font-size", px(fontSize - 1))
    .text((tag) => tag.order);
}

/** p − prev_size: from the word that holds the size back to the chunk it leads to. */
function jumpPath(
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
  depth: number,
): string {
  const sign = from.x >= to.x ? 1 : -1;
  const drop = Math.max(from.y, to.y) + depth;
  const bend = Math.min(depth, Math.abs(from.x - to.x) / 2) * sign;
  return `M${from.x} ${from.y}C${from.x} ${drop},${from.x} ${drop},${from.x - bend} ${drop}H${to.x + bend}C${to.x} ${drop},${to.x} ${drop},${to.x} ${to.y + 2}`;
}

/** Width of the text on a jump. */
const JUMP_TEXT = 84;

function drawLens(root: SVGGElement, lens: LensScene | null, fontSize: number): void {
  const unit = fontSize / 9;
  const jumps = lens === null || lens.flow === "down" ? [] : lens.jumps;
  const groups = select(root)
    .selectAll<SVGGElement, (typeof jumps)[number]>("g")
    .data(jumps)
    .join((enter) => {
      const group = enter.append("g");
      group.append("path").attr("class", "jump").attr("marker-end", arrowUrl("now", false));
      group.append("rect").attr("class", "jump-ground");
      group.append("text").attr("class", "jump-text").attr("text-anchor", "middle").text("p - prev_size");
      return group;
    });
  groups.select("path").attr("d", (jump) => jumpPath(jump.from, jump.to, 12 * unit));
  groups
    .select("rect")
    .attr("x", (jump) => (jump.from.x + jump.to.x) / 2 - (JUMP_TEXT * unit) / 2)
    .attr("y", (jump) => Math.max(jump.from.y, jump.to.y) + 6 * unit)
    .attr("width", JUMP_TEXT * unit)
    .attr("height", 12 * unit);
  groups
    .select("text")
    .attr("x", (jump) => (jump.from.x + jump.to.x) / 2)
    .attr("y", (jump) => Math.max(jump.from.y, jump.to.y) + 15.5 * unit)
    .style("font-size", px(9.8 * unit));
}

/**
 * What is seen of it, in the view's coordinates. Not by a viewBox: that is a transform, and when one changes, or something reaches beyond
 * the ground, the browser sorts all layers of the page anew.
 */
function inView({ rings, words, tags, lens, fontSize, top, bottom }: Overlay): Omit<Overlay, "top" | "bottom"> {
  const shifted = <T extends { readonly y: number }>(box: T): T => ({ ...box, y: box.y - top });
  const seen = <T extends { readonly y: number; readonly height: number }>(boxes: readonly T[]): T[] =>
    boxes.filter(({ y, height }) => y + height > top && y < bottom).map(shifted);
  return {
    rings: seen(rings),
    words: seen(words),
    tags: seen(tags),
    lens:
      lens === null
        ? null
        : { ...lens, jumps: lens.jumps.map((jump) => ({ ...jump, from: shifted(jump.from), to: shifted(jump.to) })) },
    fontSize,
  };
}

/** Draws into `svg`; layers are made once and reused. */
export function drawOverlay(svg: SVGSVGElement, all: Overlay): void {
  const overlay = inView(all);
  ensureDefs(svg.ownerDocument);
  layGround(svg);
  const layers = select(svg)
    .selectAll<SVGGElement, string>("g.layer")
    .data(["lens", "rings", "words", "tags"])
    .join("g")
    .attr("class", (name) => `layer layer-${name}`)
    .nodes();
  const [lens, rings, words, tags] = layers;
  if (lens) drawLens(lens, overlay.lens, overlay.fontSize);
  if (rings) drawRings(rings, overlay.rings);
  if (words) drawWords(words, overlay.words, overlay.fontSize);
  if (tags) drawTags(tags, overlay.tags, overlay.fontSize);
}
