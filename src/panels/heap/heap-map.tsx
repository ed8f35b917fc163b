/**
 * The chunk map: a canvas for what there is, SVG over it for what is pointed at, and a few grid cells for keyboard and screen reader.
 * Canvas and SVG stick to the viewport; only the height of the sizer makes it scroll.
 */
import { type PointerEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { PanelText } from "../../i18n/panels";
import { differingBands, type Painted } from "../../render/canvas/difference";
import { paintFar } from "../../render/canvas/far";
import { paintLens } from "../../render/canvas/lens";
import { paintMid } from "../../render/canvas/mid";
import { paintNear } from "../../render/canvas/near";
import { makePen } from "../../render/canvas/pen";
import { openSurface, prepareSurface } from "../../render/canvas/surface";
import { inNextFrame, type Size, usePixelRatio, useSize, useTheme } from "../../render/hooks";
import { boxesOf, drawOverlay, type Ring, type RingKind, type WordRing } from "../../render/svg/map-overlay";
import type { HeapPicture, ViewPoint, ViewRect } from "../../scene/types";
import { GridCells } from "./grid-cells";
import { lensWords, midWords, nearWords } from "./labels";
import {
  addressAt,
  chunkRowAt,
  contentHeight,
  labelSize,
  type MapFrame,
  type MapScene,
  mapPlan,
  mapScene,
  placeOf,
  scrolledTo,
  withinContent,
} from "./map-scene";
import { bytesPerRowOf, notch, type Zoom } from "./zoom";

export interface MapMarks {
  readonly selected: number | null;
  readonly pinned: number | null;
  readonly hovered: number | null;
  /** Chunk that the running call frees, −1 when none. */
  readonly freeing: number;
  /** Chunk that a failed check names, −1 when none. */
  readonly bad: number;
}

export interface HeapMapProps {
  readonly picture: HeapPicture;
  readonly text: PanelText;
  readonly zoom: Zoom;
  readonly onZoom: (zoom: Zoom) => void;
  readonly marks: MapMarks;
  readonly compact: boolean;
  /** Most bytes below top in the run. */
  readonly usedBytes: number;
  /** Address to bring into view; a new object scrolls again. */
  readonly reveal: { readonly addr: number } | null;
  readonly onSelect: (chunkAddr: number, pin: boolean) => void;
  readonly onHover: (chunkAddr: number | null) => void;
  readonly onMenu: (chunkAddr: number, at: ViewPoint) => void;
  /** Addresses in view, for the bracket on the strip. */
  readonly onView: (start: number, end: number) => void;
  /** Width of the map, CSS pixels. */
  readonly onWidth: (width: number) => void;
  readonly tooltip: (row: number) => readonly string[];
}

interface Camera {
  readonly top: number;
  /** Whether the element has to be scrolled there; it is where the user scrolled to otherwise. */
  readonly moved: boolean;
  /** What it was pointed at last; null before the first time. */
  readonly focus: string | null;
  readonly reveal: HeapMapProps["reveal"];
  /** How large everything was then. */
  readonly size: Size;
  readonly scale: number;
}

const RING_ORDER: readonly (readonly [RingKind, (marks: MapMarks) => number | null])[] = [
  ["freeing", (marks) => (marks.freeing < 0 ? null : marks.freeing)],
  ["hover", (marks) => marks.hovered],
  ["pin", (marks) => marks.pinned],
  ["select", (marks) => marks.selected],
  ["bad", (marks) => (marks.bad < 0 ? null : marks.bad)],
];

function ringsOf(scene: MapScene, picture: HeapPicture, marks: MapMarks): Ring[] {
  return RING_ORDER.flatMap(([kind, which]) => {
    const addr = which(marks);
    if (addr === null || (kind === "hover" && addr === marks.selected)) return [];
    if (scene.level === "far") {
      const box = placeOf(scene, addr, 1);
      return box === null ? [] : [{ ...box, width: Math.max(box.width, 6), kind, key: kind }];
    }
    const row = picture.chunks.addr.indexOf(addr);
    return row < 0 ? [] : boxesOf(scene, addr, row).map((box, i) => ({ ...box, kind, key: `${kind} ${i}` }));
  });
}

function wordRings(scene: MapScene, picture: HeapPicture): WordRing[] {
  const cells = scene.level === "near" ? scene.cells : scene.level === "mid" ? (scene.lens?.cells ?? []) : [];
  const last = picture.changed.at(-1)?.order ?? 0;
  return cells
    .filter((cell) => cell.changed > 0 || cell.next)
    .map((cell) => ({
      x: cell.x,
      y: cell.y,
      width: cell.width,
      height: cell.height,
      addr: cell.addr,
      done: cell.changed > 0,
      text: `W${cell.changed > 0 ? cell.changed : (picture.nextOrder ?? last + 1)}`,
    }));
}

/** Addresses between the top and the bottom of the viewport. */
function addressesInView(scene: MapScene, top: number, height: number): readonly [number, number] {
  const { layout } = scene;
  let start = layout.end;
  let end = layout.start;
  for (let line = 0; line < layout.count; line++) {
    const y = layout.y[line] ?? 0;
    if (y + (layout.height[line] ?? 0) < top || y > top + height) continue;
    start = Math.min(start, layout.addr[line] ?? start);
    end = Math.max(end, (layout.addr[line] ?? 0) + (layout.bytes[line] ?? 0));
  }
  return [start, Math.min(end, layout.end)];
}

export function HeapMap(props: HeapMapProps): React.ReactNode {
  const { picture, text, zoom, onZoom, marks, compact, usedBytes, reveal, onView, onWidth } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<SVGSVGElement>(null);
  const size = useSize(scroller);
  const theme = useTheme();
  const ratio = usePixelRatio();
  /** What is on the canvas, when it can be painted over by differences. */
  const painted = useRef<Painted | null>(null);
  const [camera, setCamera] = useState<Camera>({ top: 0, moved: false, focus: null, reveal: null, size, scale: theme.scale });
  /** The camera has moved, the element has not: what a scroll event tells is of before. */
  const scrolling = useRef(false);
  const [tip, setTip] = useState<{ readonly row: number; readonly x: number; readonly y: number } | null>(null);
  const [nearAnchor, setNearAnchor] = useState(picture.chunks.start);
  const [heightBefore, setHeightBefore] = useState(0);
  const zoomBefore = useRef(zoom);
  const topAddr = useRef(picture.chunks.start);
  /** After zooming: the address that must stay at a view height. */
  const hold = useRef<{ readonly addr: number; readonly viewY: number } | null>(null);

  const frame = useMemo<MapFrame>(
    () => ({
      viewWidth: size.width,
      viewHeight: size.height,
      scale: theme.scale,
      ratio,
      compact,
      usedBytes,
      nearAnchor,
    }),
    [size, theme.scale, ratio, compact, usedBytes, nearAnchor],
  );
  const plan = useMemo(() => (size.width < 80 ? null : mapPlan(picture, zoom, frame)), [picture, zoom, frame, size.width]);

  const height = plan === null ? 0 : contentHeight(plan, heightBefore, frame);
  if (height !== heightBefore) setHeightBefore(height);
  // Another zoom, or a heap that has shrunk, may have left less to scroll.
  const scrollTop = plan === null ? camera.top : withinContent(height, camera.top, size.height);

  // The camera moves only when what the step works on, or what was asked for, is out of sight; it does so before anything is drawn. When the
  // map has been given another size it looks again, unless the reader has scrolled away.
  const focus = picture.focus.join();
  const target = reveal?.addr ?? picture.focus[0];
  const resized = camera.moved && (camera.size !== size || camera.scale !== theme.scale);
  if (plan !== null && target !== undefined && (camera.focus !== focus || camera.reveal !== reveal || resized)) {
    const inHeap = target >= picture.chunks.start && target < picture.chunks.end;
    if (plan.level === "near" && inHeap && nearAnchor !== target && placeOf(plan, target) === null) setNearAnchor(target);
    else {
      const top = scrolledTo(plan, target, { scrollTop, viewHeight: size.height });
      setCamera({ top, moved: camera.moved || top !== scrollTop, focus, reveal, size, scale: theme.scale });
    }
  }

  const scene = useMemo(
    () => (plan === null ? null : mapScene(picture, plan, { scrollTop, viewHeight: size.height })),
    [picture, plan, scrollTop, size.height],
  );
  const fontSize = labelSize(frame);

  useLayoutEffect(
    () =>
      inNextFrame(() => {
        if (scene === null || canvas.current === null) return;
        const words = midWords(picture, text);
        const now: Painted | null =
          scene.level !== "mid"
            ? null
            : {
                scene,
                folds: scene.folds.map((fold) => words.nameOf(fold.chunkRow, fold.chunkAddr)),
                scrollY: scrollTop,
                settings: [canvas.current, size.width, size.height, ratio, theme, fontSize, text],
              };
        const bands = now === null ? null : differingBands(painted.current, now, ratio);
        painted.current = now;
        const surface = (bands === null ? prepareSurface : openSurface)(canvas.current, size.width, size.height, ratio);
        if (surface === null) return;
        const pen = makePen(surface, theme, fontSize);
        if (scene.level === "far") paintFar(pen, scene, scrollTop);
        else if (scene.level === "near") paintNear(pen, scene, scrollTop, nearWords(text));
        else {
          paintMid(pen, scene, scrollTop, words, bands);
          if (scene.lens !== null) paintLens(pen, scene.lens, scrollTop, lensWords(picture, text, marks.freeing));
        }
      }),
    [scene, theme, ratio, size, scrollTop, fontSize, text, picture, marks.freeing],
  );

  // In the frame, where the page is laid out anyway: earlier it would be laid out twice.
  useLayoutEffect(() => {
    if (!camera.moved) return;
    scrolling.current = true;
    return inNextFrame(() => {
      scrolling.current = false;
      if (scroller.current !== null) scroller.current.scrollTop = scrollTop;
    });
  }, [camera, scrollTop]);

  useLayoutEffect(() => {
    if (scene === null || overlay.current === null) return;
    drawOverlay(overlay.current, {
      rings: ringsOf(scene, picture, marks),
      words: wordRings(scene, picture),
      tags: scene.level === "near" ? [] : scene.tags,
      lens: scene.level === "mid" ? scene.lens : null,
      fontSize: fontSize - 1,
      top: scrollTop,
      bottom: scrollTop + size.height,
    });
  }, [scene, picture, marks, fontSize, scrollTop, size.height]);

  useEffect(() => {
    if (size.width > 0) onWidth(size.width);
  }, [size.width, onWidth]);

  useEffect(() => {
    if (scene === null) return;
    const [start, end] = addressesInView(scene, scrollTop, size.height);
    topAddr.current = start;
    onView(start, end);
  }, [scene, scrollTop, size.height, onView]);

  // Another level shows the same place: the address under the wheel, else the selected chunk, else what stood at the top.
  useLayoutEffect(() => {
    if (scene === null) return;
    if (zoomBefore.current !== zoom) {
      zoomBefore.current = zoom;
      const wanted = marks.selected ?? topAddr.current;
      hold.current ??= { addr: wanted + picture.abi.wordBytes, viewY: marks.selected === null ? 0 : size.height / 3 };
    }
    const held = hold.current;
    if (held === null) return;
    const place = placeOf(scene, held.addr);
    if (place === null && scene.level === "near") return setNearAnchor(held.addr);
    hold.current = null;
    if (place !== null) setCamera((old) => ({ ...old, top: Math.floor(place.y - held.viewY), moved: true }));
  }, [scene, zoom, marks.selected, picture.abi.wordBytes, size.height]);

  const onReveal = useCallback((box: ViewRect): void => {
    const element = scroller.current;
    if (element === null) return;
    if (box.y < element.scrollTop) element.scrollTop = Math.max(0, box.y - 8);
    else if (box.y + box.height > element.scrollTop + element.clientHeight)
      element.scrollTop = box.y + box.height - element.clientHeight + 8;
  }, []);

  const pointOf = useCallback((event: { readonly clientX: number; readonly clientY: number }): ViewPoint => {
    const box = scroller.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) + (scroller.current?.scrollTop ?? 0) };
  }, []);

  // React's wheel listeners are passive; zooming has to keep the page from zooming too.
  useEffect(() => {
    const element = scroller.current;
    if (element === null || scene === null) return;
    let turned = 0;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      turned += event.deltaY;
      if (Math.abs(turned) < 40) return;
      const at = pointOf(event);
      const addr = addressAt(scene, picture, at);
      hold.current = addr < 0 ? null : { addr, viewY: at.y - element.scrollTop };
      if (addr >= 0) setNearAnchor(addr);
      onZoom(notch(zoom, turned > 0 ? 1 : -1, bytesPerRowOf(zoom, size.width / theme.scale, usedBytes)));
      turned = 0;
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [scene, picture, zoom, onZoom, pointOf, size.width, theme.scale, usedBytes]);

  const rowUnder = (event: { readonly clientX: number; readonly clientY: number }): number =>
    scene === null ? -1 : chunkRowAt(scene, picture, pointOf(event));
  const addrOf = (row: number): number => picture.chunks.addr[row] ?? -1;
  const onPointerMove = (event: PointerEvent): void => {
    if (event.pointerType === "touch") return;
    const row = rowUnder(event);
    props.onHover(row < 0 ? null : addrOf(row));
    const box = scroller.current?.getBoundingClientRect();
    setTip(row < 0 || box === undefined ? null : { row, x: event.clientX - box.left, y: event.clientY - box.top });
  };

  const lines = tip === null ? [] : props.tooltip(tip.row);
  return (
    <div className="map">
      <div
        className="map-scroller"
        ref={scroller}
        onScroll={(event) => {
          if (scrolling.current) return;
          const top = event.currentTarget.scrollTop;
          setCamera((old) => (old.top === top ? old : { ...old, top, moved: false }));
        }}
        onPointerMove={onPointerMove}
        onPointerLeave={() => {
          props.onHover(null);
          setTip(null);
        }}
        // A click selects but leaves the keyboard where it was: arrow keys go on stepping.
        onMouseDown={(event) => event.preventDefault()}
        onClick={(event) => {
          const row = rowUnder(event);
          if (row >= 0) props.onSelect(addrOf(row), event.altKey);
        }}
        onContextMenu={(event) => {
          const row = rowUnder(event);
          if (row < 0) return;
          event.preventDefault();
          setTip(null);
          props.onMenu(addrOf(row), { x: event.clientX, y: event.clientY });
        }}
      >
        <div className="map-stick">
          <canvas ref={canvas} className="map-canvas" aria-hidden="true" />
          <svg
            ref={overlay}
            className="figure map-overlay"
            aria-hidden="true"
            width={size.width}
            height={size.height}
            data-top={scrollTop}
          />
        </div>
        <Sizer height={height} />
        {scene !== null && (
          <GridCells
            scene={scene}
            picture={picture}
            text={text}
            selected={marks.selected}
            onSelect={props.onSelect}
            onMenu={props.onMenu}
            onReveal={onReveal}
          />
        )}
      </div>
      {tip !== null && lines.length > 0 && <Tip x={tip.x} y={tip.y} width={size.width} lines={lines} />}
    </div>
  );
}

/** Gives the content its height without an inline style attribute. */
function Sizer({ height }: { readonly height: number }): React.ReactNode {
  return <div className="map-sizer" style={{ height: `${height}px` }} />;
}

function Tip({
  x,
  y,
  width,
  lines,
}: {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly lines: readonly string[];
}): React.ReactNode {
  const left = x > width / 2;
  return (
    <div className="map-tip" aria-hidden="true" style={{ top: y + 16, ...(left ? { right: width - x + 8 } : { left: x + 12 }) }}>
      {lines.map((line, i) => (
        <div key={line} className={i === 0 ? "map-tip-title" : undefined}>
          {line}
        </div>
      ))}
    </div>
  );
}
