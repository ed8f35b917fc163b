/** One version's heap: the same drawing as the page's map, to look at only. */
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { rowAt } from "../../decode/chunk-table";
import { panelTexts } from "../../i18n/panels";
import { paintFar } from "../../render/canvas/far";
import { paintMid } from "../../render/canvas/mid";
import { makePen } from "../../render/canvas/pen";
import { prepareSurface } from "../../render/canvas/surface";
import { inNextFrame, usePixelRatio, useSize, useTheme } from "../../render/hooks";
import { boxesOf, drawOverlay } from "../../render/svg/map-overlay";
import { shortAddress } from "../../render/text";
import { farMapScene } from "../../scene/map-far";
import { chunkName } from "../../scene/map-labels";
import { midDefaults, midMapScene } from "../../scene/map-mid";
import { rectOf } from "../../scene/row-layout";
import type { FarMapScene, HeapPicture, MidMapScene, ViewRect } from "../../scene/types";
import { useUi } from "../../store";

const LABEL_SIZE = 10;
const MONO_ADVANCE = 0.6;
const MARGIN = 10;

export type SideLevel = "mid" | "far";

interface SideMapProps {
  readonly picture: HeapPicture;
  readonly level: SideLevel;
  readonly bytesPerRow: number;
  /** Chunk address that the call is about, 0 for none. */
  readonly subject: number;
  readonly label: string;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  readonly scale: number;
}

function sceneOf(
  picture: HeapPicture,
  level: SideLevel,
  bytesPerRow: number,
  { width, height, scrollTop, scale }: Frame,
): FarMapScene | MidMapScene {
  if (level === "far") {
    const gutter = 62 * scale;
    return farMapScene(picture, {
      viewWidth: width - MARGIN,
      gutter,
      bytesPerRow: null,
      viewHeight: height,
      rowHeight: 30 * scale,
      rowGap: 9 * scale,
      columns: Math.max(1, Math.floor(width - MARGIN - gutter)),
    });
  }
  const size = LABEL_SIZE * scale;
  return midMapScene(picture, {
    viewWidth: width,
    scrollTop,
    viewHeight: height,
    bytesPerRow,
    gutter: (midDefaults.gutter + (picture.chunks.end - picture.chunks.start > 0x1_0000 ? 12 : 0)) * scale,
    rowHeight: midDefaults.rowHeight * scale,
    foldHeight: midDefaults.foldHeight * scale,
    gap: midDefaults.gap * scale,
    metrics: { charWidth: size * MONO_ADVANCE, fontSize: size },
    lens: false,
  });
}

/** Where the chunk is drawn that holds an address: that of a merged block, too. */
function boxesOfSubject(scene: FarMapScene | MidMapScene, picture: HeapPicture, subject: number): readonly ViewRect[] {
  const row = subject === 0 ? -1 : rowAt(picture.chunks, subject);
  const addr = picture.chunks.addr[row];
  if (addr === undefined) return [];
  if (scene.level === "mid") return boxesOf(scene, addr, row);
  const box = rectOf(scene.layout, addr, 1);
  return box === null ? [] : [{ ...box, width: Math.max(box.width, 6) }];
}

export function SideMap({ picture, level, bytesPerRow, subject, label }: SideMapProps) {
  const text = panelTexts[useUi((state) => state.locale)];
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<SVGSVGElement>(null);
  const size = useSize(scroller);
  const theme = useTheme();
  const ratio = usePixelRatio();
  const [scrollTop, setScrollTop] = useState(0);
  const scene = useMemo(
    () => (size.width < 80 ? null : sceneOf(picture, level, bytesPerRow, { ...size, scrollTop, scale: theme.scale })),
    [picture, level, bytesPerRow, size, scrollTop, theme.scale],
  );

  useLayoutEffect(
    () =>
      inNextFrame(() => {
        if (scene === null || canvas.current === null) return;
        const surface = prepareSurface(canvas.current, size.width, size.height, ratio);
        if (surface === null) return;
        const pen = makePen(surface, theme, LABEL_SIZE * theme.scale);
        if (scene.level === "far") paintFar(pen, scene, scrollTop);
        else
          paintMid(pen, scene, scrollTop, {
            folded: text.heap.foldedBytes,
            ownMapping: text.heap.mappedChunk,
            nameOf: (row, addr) => chunkName(picture, row) || shortAddress(addr),
          });
      }),
    [scene, theme, ratio, size, scrollTop, text, picture],
  );

  useLayoutEffect(() => {
    if (scene === null || overlay.current === null) return;
    drawOverlay(overlay.current, {
      rings: boxesOfSubject(scene, picture, subject).map((box, i) => ({ ...box, kind: "freeing", key: String(i) })),
      words: [],
      tags: [],
      lens: null,
      fontSize: (LABEL_SIZE - 1) * theme.scale,
      top: scrollTop,
      bottom: scrollTop + size.height,
    });
  }, [scene, picture, subject, theme.scale, scrollTop, size.height]);

  // What the call is about comes into view; the reader may scroll away from it.
  const shown = scene !== null;
  useLayoutEffect(() => {
    const element = scroller.current;
    const row = scene === null || subject === 0 ? -1 : rowAt(picture.chunks, subject);
    const box = scene === null || row < 0 ? null : rectOf(scene.layout, picture.chunks.addr[row] ?? 0, 8);
    if (element === null || box === null) return;
    if (box.y < element.scrollTop || box.y + box.height > element.scrollTop + element.clientHeight)
      element.scrollTop = Math.max(0, box.y - element.clientHeight / 3);
    // Scrolling makes a new scene of the same heap: that must not scroll back.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [picture, subject, level, bytesPerRow, shown]);

  return (
    <div
      className={`compare-map ${level}`}
      ref={scroller}
      role="img"
      aria-label={label}
      tabIndex={-1}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
    >
      <div className="compare-stick">
        <canvas ref={canvas} aria-hidden="true" />
        <svg ref={overlay} className="figure map-overlay" aria-hidden="true" width={size.width} height={size.height} />
      </div>
      <div className="compare-sizer" style={{ height: `${scene?.viewHeight ?? 0}px` }} />
    </div>
  );
}
