/** Which scene the map shows for a zoom, a size and a scroll position; where its camera goes; and what lies under a point of it. */
import { farMapScene } from "../../scene/map-far";
import { midDefaults, midMapPlan, midMapView } from "../../scene/map-mid";
import { nearDefaults, nearMapPlan, nearMapView } from "../../scene/map-near";
import { addrAt, chunkDrawnAt, rectOf } from "../../scene/row-layout";
import type {
  FarMapScene,
  HeapPicture,
  MidMapPlan,
  MidMapScene,
  NearMapPlan,
  NearMapScene,
  ViewPoint,
  ViewRect,
  ViewWindow,
} from "../../scene/types";
import { bytesPerRowOf, levelOf, type Zoom } from "./zoom";

/** Where everything lies, seen or not: what the camera is pointed by. The far level is seen whole. */
export type MapPlan = FarMapScene | MidMapPlan | NearMapPlan;
export type MapScene = FarMapScene | MidMapScene | NearMapScene;

export interface MapFrame {
  readonly viewWidth: number;
  readonly viewHeight: number;
  readonly scale: number;
  /** Device pixels a CSS pixel: the far raster has a column a device pixel at most. */
  readonly ratio: number;
  readonly compact: boolean;
  /** Most bytes below top in the run. */
  readonly usedBytes: number;
  /** Near level: an address that must be in the window. */
  readonly nearAnchor: number;
}

export const LABEL_SIZE = 10;
const COMPACT_SIZE = 11;
const MONO_ADVANCE = 0.6;
const MARGIN = 10;
/** Bytes of heap that the near level lays out at once. */
const NEAR_WINDOW = 0x2_0000;

export function labelSize(frame: Pick<MapFrame, "scale" | "compact">): number {
  return (frame.compact ? COMPACT_SIZE : LABEL_SIZE) * frame.scale;
}

function nearWindow(picture: HeapPicture, anchor: number): { readonly start: number; readonly end: number } {
  const { start, end } = picture.chunks;
  if (end - start <= NEAR_WINDOW) return { start, end };
  const from = Math.max(start, Math.min(anchor - NEAR_WINDOW / 4, end - NEAR_WINDOW));
  return { start: from, end: Math.min(end, from + NEAR_WINDOW) };
}

export function mapPlan(picture: HeapPicture, zoom: Zoom, frame: MapFrame): MapPlan {
  const { viewWidth, viewHeight, scale, compact } = frame;
  const size = labelSize(frame);
  const level = levelOf(zoom);
  if (level === "far") {
    const gutter = 62 * scale;
    return farMapScene(picture, {
      viewWidth: viewWidth - MARGIN,
      gutter,
      bytesPerRow: null,
      viewHeight,
      rowHeight: 30 * scale,
      rowGap: 9 * scale,
      columns: Math.max(1, Math.floor(viewWidth - MARGIN - gutter)),
    });
  }
  if (level === "near") {
    const wordsPerRow = viewWidth < 340 * scale ? 1 : viewWidth < 700 * scale ? 2 : 4;
    return nearMapPlan(picture, {
      viewWidth: viewWidth - MARGIN,
      gutter: (compact ? 48 : nearDefaults.gutter) * scale,
      wordsPerRow,
      ...nearWindow(picture, frame.nearAnchor),
      rowHeight: nearDefaults.rowHeight * scale,
      foldHeight: nearDefaults.foldHeight * scale,
      gap: nearDefaults.gap,
    });
  }
  return midMapPlan(picture, {
    viewWidth,
    bytesPerRow: bytesPerRowOf(zoom, viewWidth / scale, frame.usedBytes),
    gutter: midDefaults.gutter * scale + (picture.chunks.end - picture.chunks.start > 0x1_0000 ? 12 * scale : 0),
    rowHeight: (compact ? 24 : midDefaults.rowHeight) * scale,
    foldHeight: (compact ? 13 : midDefaults.foldHeight) * scale,
    gap: midDefaults.gap * scale,
    metrics: { charWidth: size * MONO_ADVANCE, fontSize: size },
    lens: true,
  });
}

/** What is seen of it. */
export function mapScene(picture: HeapPicture, plan: MapPlan, view: ViewWindow): MapScene {
  if (plan.level === "far") return plan;
  return plan.level === "near" ? nearMapView(picture, plan, view) : midMapView(picture, plan, view);
}

/** Room that may be left under the map (CSS pixels): a lens and its brackets. */
const SPARE = 160;

/**
 * Height of the scrolled content. What it was before, while the map fits and leaves no more than the room of a lens that has closed: nothing
 * jumps at the map's end, and the browser need not sort its layers anew for another height.
 */
export function contentHeight(plan: MapPlan, before: number, { viewHeight, scale }: MapFrame): number {
  const needed = plan.viewHeight;
  return needed > viewHeight && needed <= before && before - needed <= SPARE * scale ? before : needed;
}

/** What an element with content of a height, seen through a view of another, can be scrolled to at the most and at the least. */
export function withinContent(height: number, top: number, viewHeight: number): number {
  return Math.max(0, Math.min(height - viewHeight, top));
}

/** How far to scroll so that an address and the lens are seen: not at all when they are, nor when the plan does not show it. */
export function scrolledTo(plan: MapPlan, addr: number, { scrollTop, viewHeight }: ViewWindow): number {
  const place = placeOf(plan, addr);
  if (place === null) return scrollTop;
  const lens = plan.level === "mid" ? plan.lens : null;
  const bottom = Math.max(place.y + place.height, lens === null ? 0 : lens.y + lens.height);
  if (place.y >= scrollTop && bottom <= scrollTop + viewHeight) return scrollTop;
  const above = Math.max(0, Math.min(60, (viewHeight - (bottom - place.y)) / 2));
  // A whole number: the element scrolls to no other, and would tell of its own.
  return Math.floor(withinContent(plan.viewHeight, place.y - above, viewHeight));
}

const inside = (box: ViewRect, at: ViewPoint): boolean =>
  at.x >= box.x && at.x < box.x + box.width && at.y >= box.y && at.y < box.y + box.height;

/** Address under a point in content space, −1 when there is none. */
export function addressAt(scene: MapScene, picture: HeapPicture, at: ViewPoint): number {
  return addrAt(scene.layout, at.x, at.y, scene.level === "far" ? 1 : picture.abi.wordBytes);
}

/** Row of the chunk table under a point in content space, −1 when there is none. */
export function chunkRowAt(scene: MapScene, picture: HeapPicture, at: ViewPoint): number {
  if (scene.level === "mid") {
    const bar = scene.bars.find((box) => inside(box, at));
    if (bar !== undefined) return bar.chunkRow;
    if (scene.lens !== null && inside(scene.lens, at)) {
      return [...scene.lens.cells, ...scene.lens.folds].find((box) => inside(box, at))?.chunkRow ?? -1;
    }
  }
  const addr = addressAt(scene, picture, at);
  if (addr < 0) return -1;
  const { wordBytes } = picture.abi;
  // The raster shows bytes where they are; blocks are drawn from their size word on.
  return chunkDrawnAt(picture.chunks, scene.level === "far" ? addr + wordBytes : addr, wordBytes);
}

/** Where an address is drawn, null when the scene does not show it. */
export function placeOf(scene: MapPlan, addr: number, bytes = 8): ViewRect | null {
  return rectOf(scene.layout, addr, bytes);
}
