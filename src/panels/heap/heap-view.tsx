/** The heap panel as a view of its properties: head, strip, map, menu. Where these come from is heap-panel.tsx's business. */
import { lazy, type ReactNode, Suspense, useCallback, useState } from "react";
import type { PanelText } from "../../i18n/panels";
import { useTheme } from "../../render/hooks";
import { hex } from "../../render/text";
import type { HeapPicture, MapLevel, ViewPoint } from "../../scene/types";
import { Segmented } from "../../ui";
import type { ChunkMenuActions, ChunkMenuFacts } from "./chunk-menu";
import "../../render/svg/figures.css";
import "./heap.css";
import { HeapMap, type MapMarks } from "./heap-map";
import { HeapStrip } from "./heap-strip";
import { stateText, titleOf } from "./labels";
import { bytesPerRowOf, levelOf, type Zoom } from "./zoom";

/** Fetched when the first menu opens. */
const ChunkMenu = lazy(() => import("./chunk-menu").then((menu) => ({ default: menu.ChunkMenu })));

export interface HeapViewProps {
  /** Null before the first malloc. */
  readonly picture: HeapPicture | null;
  /** Between the panel's head and the strip: which heap this is, when there are several. */
  readonly head?: ReactNode;
  readonly text: PanelText;
  readonly zoom: Zoom;
  readonly onZoom: (zoom: Zoom) => void;
  readonly marks: MapMarks;
  readonly compact: boolean;
  readonly reveal: { readonly addr: number } | null;
  readonly onSelect: (chunkAddr: number, pin: boolean) => void;
  readonly onHover: (chunkAddr: number | null) => void;
  readonly menuFacts: (chunkAddr: number) => ChunkMenuFacts;
  readonly menuActions: ChunkMenuActions;
  readonly problems: number;
  /** Most bytes below top in the run. */
  readonly usedBytes: number;
}

/** The heap's own chunks, and with [heap] those that have a mapping each; those of other arenas are in the table too. */
function chunksOf({ chunks, arenas }: HeapPicture): number {
  if (arenas.length === 1) return chunks.count;
  let others = 0;
  for (let row = chunks.heapCount; row < chunks.count; row++) if ((chunks.arena[row] ?? 0) > 0) others++;
  return chunks.count - others;
}

const levels: readonly MapLevel[] = ["far", "mid", "near"];
const toZoom: Readonly<Record<MapLevel, Zoom>> = { far: "far", mid: "auto", near: "near" };

export function HeapView(props: HeapViewProps): React.ReactNode {
  const { picture, text, zoom, onZoom, marks, compact, onSelect } = props;
  const [width, setWidth] = useState(600);
  const [view, setView] = useState({ start: 0, end: 0 });
  const [asked, setAsked] = useState<{ readonly addr: number } | null>(null);
  const [menu, setMenu] = useState<{ readonly addr: number; readonly at: ViewPoint } | null>(null);
  const scale = useTheme().scale;
  const onView = useCallback(
    (start: number, end: number) => setView((old) => (old.start === start && old.end === end ? old : { start, end })),
    [],
  );
  const tooltip = useCallback(
    (row: number): readonly string[] => {
      if (picture === null) return [];
      const addr = picture.chunks.addr[row] ?? 0;
      return [
        titleOf(picture, row),
        `${hex(picture.chunks.size[row] ?? 0)} · ${stateText(picture, row, text)}`,
        `${text.inspector.chunk} ${hex(addr)}`,
        `${text.inspector.user} ${hex(addr + 2 * picture.abi.wordBytes)}`,
      ];
    },
    [picture, text],
  );

  const level = levelOf(zoom);
  return (
    <div className="heap-panel">
      <header className="panel-head">
        <h2>{text.heap.title}</h2>
        {picture !== null && !compact && (
          <>
            <span className="code dim">
              {hex(picture.chunks.start)} – {hex(picture.chunks.end)}
            </span>
            <span className="dim">·</span>
            <span className="dim">{text.heap.chunks(chunksOf(picture))}</span>
          </>
        )}
        {props.problems > 0 && <span className="chip-bad">⚠ {text.heap.problems(props.problems)}</span>}
        <span className="grow" />
        <Segmented
          label={text.heap.zoomLabel}
          options={levels.map((id) => ({ id, text: text.heap[id] }))}
          value={level}
          onChange={(next) => onZoom(toZoom[next])}
          testId="heap-zoom"
        />
        {picture !== null && <RowSize width={width} usedBytes={props.usedBytes} text={text} zoom={zoom} scale={scale} />}
      </header>
      {props.head}
      {picture === null ? (
        <div className="heap-unborn">
          <b>{text.heap.unborn}</b>
          <span>{text.heap.unbornHint}</span>
        </div>
      ) : (
        <>
          <HeapStrip
            picture={picture}
            text={text}
            viewStart={view.start}
            viewEnd={view.end}
            onGo={(addr) => setAsked({ addr })}
          />
          <HeapMap
            picture={picture}
            text={text}
            zoom={zoom}
            onZoom={onZoom}
            marks={marks}
            compact={compact}
            usedBytes={props.usedBytes}
            reveal={asked ?? props.reveal}
            onSelect={onSelect}
            onHover={props.onHover}
            onMenu={(addr, at) => {
              onSelect(addr, false);
              setMenu({ addr, at });
            }}
            onView={onView}
            onWidth={setWidth}
            tooltip={tooltip}
          />
        </>
      )}
      {menu !== null && (
        <Suspense fallback={null}>
          <ChunkMenu
            facts={props.menuFacts(menu.addr)}
            actions={props.menuActions}
            at={menu.at}
            text={text}
            onClose={() => setMenu(null)}
          />
        </Suspense>
      )}
    </div>
  );
}

function RowSize({
  width,
  usedBytes,
  text,
  zoom,
  scale,
}: {
  /** Of the map, CSS pixels. */
  readonly width: number;
  readonly usedBytes: number;
  readonly text: PanelText;
  readonly zoom: Zoom;
  readonly scale: number;
}): React.ReactNode {
  const level = levelOf(zoom);
  if (level !== "mid") return null;
  return <span className="code dim fixed">{text.heap.perRow(hex(bytesPerRowOf(zoom, width / scale, usedBytes)))}</span>;
}
