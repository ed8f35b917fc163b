/** Lists of free chunks as a view of its properties: legend, lists, the empty ones folded into one line. */
import {
  memo,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { PanelText } from "../../i18n/panels";
import { useWhenSettled } from "../../queries";
import { useLatest, useSame, useSize, useTheme } from "../../render/hooks";
import type { ChunkRole } from "../../render/roles";
import { type BinsMarks, type BinsWords, drawBins, markBins } from "../../render/svg/bins";
import { patternUrl } from "../../render/svg/defs";
import "../../render/svg/figures.css";
import { hex, shortAddress } from "../../render/text";
import { binName } from "../../scene/bin-names";
import { binsScene, type ProblemCounts } from "../../scene/bins";
import type { MallocAbi } from "../../abi/glibc-structs";
import { fieldOf } from "../../decode/bin-index";
import type { BinList } from "../../decode/types";
import { sameBins } from "../../scene/same-bins";
import type { BinNode, BinRow, BinsScene, HeapPicture } from "../../scene/types";
import "./bins.css";
import { actOnKey } from "../shared/grid-keys";

export interface BinsViewProps {
  /** Null before the first malloc. */
  readonly picture: HeapPicture | null;
  /** Under the panel's head: whose lists these are, when there are several threads. */
  readonly head?: ReactNode;
  readonly problems: ProblemCounts;
  readonly text: PanelText;
  readonly marks: BinsMarks;
  readonly touchedOnly: boolean;
  readonly onSelect: (chunkAddr: number, pin: boolean) => void;
  readonly onHover: (chunkAddr: number | null) => void;
}

const FONT = 10;
/** Steps that follow each other faster than this (ms) are not animated. */
const MOTION_PAUSE = 250;
/** The lists are laid out for a window that moves with the scroll position in steps of so many pixels, and reaches as far beyond it. */
const STRIDE = 84;
/** The drawing's height is a multiple of this (px), cut to what there is: another height would have the browser lay out all its text again. */
const SHEET = 1024;
const legendRoles: readonly ChunkRole[] = ["inuse", "tcache", "fast", "unsorted", "small", "large", "top"];

/** States that chunks can have in the release at hand. */
function legendOf(abi: MallocAbi | undefined): readonly ChunkRole[] {
  if (abi === undefined) return legendRoles;
  const absent = { tcache: abi.tcache === null, fast: fieldOf(abi.mallocState, "fastbinsY") === null };
  return legendRoles.filter((role) => !((role === "tcache" || role === "fast") && absent[role]));
}

const Legend = memo(function Legend({
  text,
  abi,
}: {
  readonly text: PanelText;
  readonly abi: MallocAbi | undefined;
}): React.ReactNode {
  return (
    <ul className="legend" aria-label={text.bins.legendLabel}>
      {legendOf(abi).map((role) => (
        <li key={role}>
          <svg width="13" height="10" className="figure legend-swatch" data-role={role} aria-hidden="true">
            <rect x="0.6" y="0.6" width="11.8" height="8.8" rx="1.5" className="swatch-fill" />
            <rect x="0.6" y="0.6" width="11.8" height="8.8" rx="1.5" fill={patternUrl(role)} />
            <rect x="0.6" y="0.6" width="11.8" height="8.8" rx="1.5" className="swatch-edge" />
          </svg>
          {text.state[role === "mmap" ? "mmapped" : role === "bad" ? "corrupt" : role]}
        </li>
      ))}
    </ul>
  );
});

function Binmap({ scene, text }: { readonly scene: BinsScene; readonly text: PanelText }): React.ReactNode {
  const stale = scene.binmap.some((entry) => entry.stale);
  const bits = `{${scene.binmap.map(({ bin, stale: old }) => `${bin}${old ? "*" : ""}`).join(", ")}}`;
  return (
    <span className="dim binmap" title={stale ? `${bits}\n* ${text.bins.staleBit}` : bits}>
      {text.bins.binmap} <span className="mono">{bits}</span>
    </span>
  );
}

function wordsOf(picture: HeapPicture, text: PanelText): BinsWords {
  const list = (row: BinRow) => picture.lists[row.binId];
  const nameAt = (addr: number): string => picture.names.get(addr) ?? shortAddress(addr);
  return {
    label: (row) => row.kind,
    // The unsorted bin has no size; where it stands in the arena goes under its name when there is room.
    sub: (row) => (row.kind === "unsorted" && row.nodes.length > 0 ? row.sizeText : ""),
    size: (row) => (row.kind === "unsorted" ? "" : row.sizeText),
    more: (count) => `⋯ ${text.bins.more(count)}`,
    accent: () => "",
    endNote: (row) => {
      const facts = list(row);
      if (facts === undefined) return "";
      if (facts.end === "cycle") return text.bins.cycleTo(nameAt(facts.entries[facts.cycleTo] ?? 0));
      if (facts.end === "broken") return facts.brokenTo < 0 ? text.bins.end.broken : text.bins.brokenTo(hex(facts.brokenTo));
      if (facts.end === "limit") return text.bins.end.limit;
      if (row.problems > 0 && facts.claimedCount >= 0 && facts.claimedCount !== facts.entries.length)
        return text.bins.claimed(facts.claimedCount, facts.entries.length);
      if (facts.backEntries !== null && row.problems > 0) return text.bins.backDiffers;
      const [only] = facts.rawNext;
      const linked = facts.kind === "tcache" || facts.kind === "fast";
      return linked && picture.abi.safeLinking && facts.entries.length === 1 && only !== undefined
        ? text.bins.stored(hex(only))
        : "";
    },
    nodeLabel: (row, node) =>
      `${node.name === "" ? shortAddress(node.chunkAddr) : node.name} · ${hex(node.chunkAddr)} · ${list(row) === undefined ? row.kind : binName(list(row) ?? never())}`,
  };
}

function never(): never {
  throw new Error("a row always has its list");
}

function EmptyLine({
  scene,
  picture,
  text,
}: {
  readonly scene: BinsScene;
  readonly picture: HeapPicture;
  readonly text: PanelText;
}): React.ReactNode {
  const [open, setOpen] = useState(false);
  const { tcache, fast, small, large } = scene.empty;
  const counts = [
    ["tcache", tcache],
    ["fast", fast],
    ["small", small],
    ["large", large],
  ] as const;
  const shownCounts = counts.filter(([, n]) => n > 0);
  const emptyOf = (kind: string) => picture.bins.lists.filter((list) => list.kind === kind && list.entries.length === 0);
  return (
    <div className="bins-empty">
      <div className="bins-empty-line">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          title={open ? text.bins.hideEmpty : text.bins.showEmpty}
        >
          <span aria-hidden="true">{open ? "▾" : "▸"}</span> {text.bins.empty}{" "}
          {shownCounts.map(([kind, n]) => `${kind} ${n}`).join(" · ")}
        </button>
        {scene.binmap.some((entry) => entry.stale) && <span className="bins-stale">* {text.bins.staleBit}</span>}
      </div>
      {open &&
        shownCounts.map(([kind]) => (
          <p key={kind} className="bins-empty-list" data-role={kind}>
            <b>{kind}</b>{" "}
            <span className="mono">
              {emptyOf(kind)
                .map((list) => hex(list.sizeBytes))
                .join(" ")}
            </span>
          </p>
        ))}
    </div>
  );
}

export function BinsView({
  picture,
  head,
  problems,
  text,
  marks,
  touchedOnly,
  onSelect,
  onHover,
}: BinsViewProps): React.ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const { width, height } = useSize(box);
  const { scale } = useTheme();
  const [scrolled, setScrolled] = useState(0);
  const laid = useMemo(() => {
    if (picture === null || width < 100) return null;
    const settings = { viewWidth: width, scale, window: { top: scrolled - STRIDE, bottom: scrolled + height + STRIDE } };
    const touched = touchedOnly ? binsScene(picture, { ...settings, touchedOnly }, problems) : null;
    // A step that touches no list leaves all of them on the screen rather than none.
    return touched !== null && touched.places.length > 0
      ? touched
      : binsScene(picture, { ...settings, touchedOnly: false }, problems);
  }, [picture, width, height, scrolled, scale, touchedOnly, problems]);
  // Most steps leave the lists as they are: then nothing below is touched.
  const scene = useSame(laid, sameBins);
  const latestMarks = useLatest(marks);

  const drawnAt = useRef(0);
  const latestPicture = useLatest(picture);
  useLayoutEffect(() => {
    const now = latestPicture.current;
    if (svg.current === null) return;
    // Single steps are seen to move; a held key or playback is not slowed down by it.
    const time = performance.now();
    svg.current.dataset["motion"] = String(time - drawnAt.current > MOTION_PAUSE);
    drawnAt.current = time;
    if (scene !== null && now !== null) drawBins(svg.current, scene, latestMarks.current, wordsOf(now, text), FONT * scale);
  }, [scene, text, scale, latestMarks, latestPicture]);
  useEffect(() => {
    if (svg.current !== null) markBins(svg.current, marks);
  }, [marks]);

  const chunkUnder = (event: MouseEvent | PointerEvent): number | null => {
    const node = event.target instanceof Element ? event.target.closest("[data-chunk]") : null;
    return node === null ? null : Number(node.getAttribute("data-chunk"));
  };
  return (
    <>
      <header className="panel-head bins-head">
        <h2>{text.bins.title}</h2>
        <Legend text={text} abi={picture?.abi} />
        <span className="grow" />
        {scene !== null && scene.binmap.length > 0 && <Binmap scene={scene} text={text} />}
      </header>
      {head}
      <div
        className="panel-body bins-body"
        ref={box}
        onScroll={({ currentTarget }) => setScrolled(Math.floor(currentTarget.scrollTop / STRIDE) * STRIDE)}
      >
        {scene !== null && picture !== null && (
          <>
            {scene.places.length === 0 && <p className="empty">{text.bins.emptyAll}</p>}
            <div className="bins-figure" style={{ height: scene.viewHeight }}>
              <svg
                ref={svg}
                className="figure bins"
                aria-hidden="true"
                width={width}
                height={Math.ceil(scene.viewHeight / SHEET) * SHEET}
                onMouseDown={(event) => event.preventDefault()}
                onPointerOver={(event) => onHover(chunkUnder(event))}
                onPointerLeave={() => onHover(null)}
                onClick={(event) => {
                  const addr = chunkUnder(event);
                  if (addr !== null) onSelect(addr, event.altKey);
                }}
              />
            </div>
            <LaterGrid scene={scene} lists={picture.lists} text={text} selected={marks.selected} onSelect={onSelect} />
            <EmptyLine scene={scene} picture={picture} text={text} />
          </>
        )}
      </div>
    </>
  );
}

interface GridProps {
  readonly scene: BinsScene;
  readonly lists: readonly BinList[];
  readonly text: PanelText;
  readonly selected: number | null;
  readonly onSelect: (chunkAddr: number, pin: boolean) => void;
}

/** The same lists for keyboard and screen reader: a grid, one row a list, one tab stop; cells lie invisibly over the nodes. */
const BinsGrid = memo(function BinsGrid({ scene, lists, text, selected, onSelect }: GridProps): React.ReactNode {
  const [at, setAt] = useState({ binId: -1, column: 0 });
  /** Where the keyboard goes once that list has come into the window. */
  const wanted = useRef<{ readonly binId: number; readonly column: number } | null>(null);
  const grid = useRef<HTMLDivElement>(null);
  const filled = scene.places.filter(({ binId }) => (lists[binId]?.entries.length ?? 0) > 0);
  const rows = scene.rows.filter((row) => row.nodes.length > 0);
  const current = rows.find(({ binId }) => binId === at.binId) ?? rows[0];
  const column = Math.min(at.column, (current?.nodes.length ?? 1) - 1);
  const arrive = useCallback((): void => {
    const row = scene.rows.find(({ binId }) => binId === wanted.current?.binId);
    if (wanted.current === null || row === undefined || row.nodes.length === 0) return;
    const cell = Math.min(wanted.current.column, row.nodes.length - 1);
    wanted.current = null;
    grid.current?.querySelector<HTMLElement>(`[data-cell="${row.binId} ${cell}"]`)?.focus();
    onSelect(row.nodes[cell]?.chunkAddr ?? 0, false);
  }, [scene, onSelect]);
  useEffect(arrive, [arrive]);
  const go = (rowBy: number, nextColumn: number): void => {
    const from = filled.findIndex(({ binId }) => binId === current?.binId);
    const place = filled[Math.max(0, Math.min(filled.length - 1, from + rowBy))];
    if (place === undefined) return;
    const box = grid.current?.closest(".panel-body") ?? null;
    const outOfSight = box !== null && (place.y < box.scrollTop || place.y + place.height > box.scrollTop + box.clientHeight);
    if (outOfSight) box.scrollTop = place.y - (box.clientHeight - place.height) / 2;
    const next = { binId: place.binId, column: Math.max(0, nextColumn) };
    setAt(next);
    wanted.current = next;
    arrive();
  };
  const moves: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => go(0, column - 1),
    ArrowRight: () => go(0, column + 1),
    ArrowUp: () => go(-1, column),
    ArrowDown: () => go(1, column),
    Home: () => go(0, 0),
    End: () => go(0, Number.MAX_SAFE_INTEGER),
    Enter: () => go(0, column),
    " ": () => go(0, column),
  };
  if (filled.length === 0) return null;
  return (
    <div
      className="bins-grid"
      role="grid"
      aria-label={text.bins.gridLabel}
      aria-rowcount={filled.length}
      ref={grid}
      onKeyDown={(event) => actOnKey(event, moves)}
    >
      {rows.map((list) => (
        <div
          role="row"
          key={list.binId}
          aria-label={`${list.kind} ${list.sizeText}`}
          aria-rowindex={filled.findIndex(({ binId }) => binId === list.binId) + 1}
        >
          {list.nodes.map((node, c) => (
            <div
              key={`${node.chunkAddr} ${node.position}`}
              role="gridcell"
              className="bins-cell"
              data-cell={`${list.binId} ${c}`}
              aria-selected={node.chunkAddr === selected}
              aria-label={cellLabel(list, node, text)}
              tabIndex={list === current && c === column ? 0 : -1}
              style={{ left: node.x, top: list.y + node.y, width: node.width, height: node.height }}
            />
          ))}
        </div>
      ))}
    </div>
  );
});

/** Nothing of the grid is seen: it follows when the lists have been painted. */
function LaterGrid(props: GridProps): React.ReactNode {
  return <BinsGrid {...useWhenSettled(props)} />;
}

function cellLabel(row: BinRow, node: BinNode, text: PanelText): string {
  const name = node.name === "" ? text.heap.unnamed(hex(node.chunkAddr)) : node.name;
  return `${name}, ${row.kind} ${row.sizeText}, ${text.heap.positionOf(node.position, row.nodes.length + row.elisions.reduce((sum, elision) => sum + elision.count, 0))}`;
}
