/** All of RAM, the frames of one block, and sixteen of them: canvases, and a list box that says which frame is chosen. */
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import { PAGE_SIZE } from "../../abi/machine-memory";
import { type FrameRole, frameRoles, type Physical, roleAt } from "../../decode/physical";
import { physicalTexts } from "../../i18n/physical";
import type { Instant } from "../../queries";
import {
  drawBlockGrid,
  drawFrameMap,
  type FrameColours,
  type FrameMarks,
  type FramePicture,
  frameLook,
} from "../../render/canvas/frame-map";
import { prepareSurface } from "../../render/canvas/surface";
import { inNextFrame, usePixelRatio, useSize, useTheme } from "../../render/hooks";
import { type VmaRole, vmaRole } from "../../render/roles";
import { hex } from "../../render/text";
import { BLOCK_FRAMES, blockAt, blockGrid, frameAt, frameMap } from "../../scene/frame-map";
import { useActions, useUi } from "../../store";
import { Segmented } from "../../ui";
import { gridTarget } from "../shared/grid-keys";
import type { RamProps } from "./props";

const GROUP = 16;
const grouped = (count: number): string => count.toLocaleString("en").replaceAll(",", " ");

/** Colour of the mapping that a frame's page lies in. */
function ownerFinder({ space }: Instant, physical: Physical): (pfn: number) => VmaRole | null {
  const starts = space.vmas.map(({ start }) => start);
  return (pfn) => {
    const page = physical.level[pfn] === 0 ? (physical.page[pfn] ?? -1) : -1;
    if (page < 0) return null;
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? Infinity) <= page * PAGE_SIZE) low = middle + 1;
      else high = middle;
    }
    const vma = space.vmas[low - 1];
    return vma === undefined || vma.end <= page * PAGE_SIZE ? null : vmaRole[vma.kind];
  };
}

/** Frames that the last step took from the free lists or gave back, by the blocks that changed hands. */
function changedFrames({ changes, physical }: RamProps["ram"]): ReadonlySet<number> {
  const frames = new Set<number>();
  for (const { kind, pfn, order, parts } of changes ?? []) {
    if (kind === "grown") continue;
    const kept = new Set<number>();
    for (const part of parts) for (let i = part.pfn; i < part.pfn + 2 ** part.order; i++) kept.add(i);
    for (let i = pfn; i < pfn + 2 ** order && i < physical.limit; i++) if (!kept.has(i)) frames.add(i);
  }
  return frames;
}

export function FrameMapView({ instant, ram, sight, onChoose }: RamProps) {
  const [colours, setColours] = useState<FrameColours>("use");
  const locale = useUi((state) => state.locale);
  const text = physicalTexts[locale];
  const actions = useActions();
  const theme = useTheme();
  const ratio = usePixelRatio();
  const box = useRef<HTMLDivElement>(null);
  const mapCanvas = useRef<HTMLCanvasElement>(null);
  const blockCanvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(box);
  const { physical } = ram;
  const { selected } = sight;
  const [hover, setHover] = useState(-1);
  const block = Math.floor(selected / BLOCK_FRAMES);
  const map = useMemo(
    () => (width < 120 ? null : frameMap(physical, width, block, theme.scale)),
    [physical, width, block, theme],
  );
  const grid = useMemo(
    () => (width < 120 ? null : blockGrid(block, width, physical.start, theme.scale)),
    [block, width, physical.start, theme],
  );
  const changed = useMemo(() => changedFrames(ram), [ram]);
  const hovered = hover >= 0 ? hover : sight.hovered;
  useLayoutEffect(
    () =>
      inNextFrame(() => {
        if (map === null || grid === null || mapCanvas.current === null || blockCanvas.current === null) return;
        const picture: FramePicture = {
          physical,
          colours,
          ownerOf: ownerFinder(instant, physical),
          folded: (blocks) => text.folded(grouped(blocks)),
        };
        const marks: FrameMarks = { selected, hovered, linked: sight.linked, changed };
        const above = prepareSurface(mapCanvas.current, width, map.height + 4, ratio);
        const below = prepareSurface(blockCanvas.current, width, grid.height + 4, ratio);
        for (const surface of [above, below]) surface?.context.translate(0, 2);
        if (above !== null) drawFrameMap(above, theme, map, picture, marks);
        if (below !== null) drawBlockGrid(below, theme, grid, picture, marks);
      }),
    [map, grid, physical, instant, colours, selected, hovered, sight.linked, changed, theme, ratio, width, text],
  );
  const clamp = (pfn: number): number => Math.max(physical.start, Math.min(physical.end - 1, pfn));
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = grid?.columns ?? 64;
    const { start: first, limit } = physical;
    const target = gridTarget(event, { selected, cell: 1, row, page: BLOCK_FRAMES, first, last: limit - 1 });
    // With the keys a frame is a place in RAM: the first of many pages that show it would lead elsewhere.
    if (target !== null) actions.selectFrame(clamp(target));
  };
  const at = (event: PointerEvent<HTMLCanvasElement>): readonly [number, number] => {
    const rect = event.currentTarget.getBoundingClientRect();
    return [event.clientX - rect.left, event.clientY - rect.top - 2];
  };
  const lookAt = (pfn: number): void => {
    if (pfn === hover) return;
    setHover(pfn);
    const page = physical.level[pfn] === 0 ? (physical.page[pfn] ?? -1) : -1;
    actions.hover(page < 0 ? null : page * PAGE_SIZE);
  };
  const what = (pfn: number): string => {
    const role = roleAt(physical, pfn);
    if (role === null) return text.noRam;
    const order = physical.order[pfn] ?? -1;
    return role === "free" && order >= 0 ? `${text.role.free} [${order}]` : text.role[role];
  };
  const shown = hovered >= 0 ? hovered : selected;
  return (
    <section className="ram-section frames" aria-label={text.title}>
      <div ref={box} />
      <div className="ram-caption ram-colours">
        <b>{text.mapTitle(grouped(physical.end - physical.start))}</b>
        <span className="grow" />
        <Segmented
          label={text.colours}
          testId="frame-colours"
          value={colours}
          onChange={setColours}
          options={(["use", "owner", "order"] as const).map((id) => ({ id, text: text.colour[id] }))}
        />
      </div>
      <canvas
        ref={mapCanvas}
        aria-hidden="true"
        data-testid="frame-map"
        data-tip={text.mapHint}
        onPointerDown={(event) => {
          const target = map === null ? -1 : blockAt(map, ...at(event));
          if (target >= 0) actions.selectFrame(clamp(target * BLOCK_FRAMES));
        }}
      />
      <p className="ram-caption">
        <b className="mono">{text.block(hex(block * BLOCK_FRAMES), hex((block + 1) * BLOCK_FRAMES - 1))}</b>{" "}
        <span className="dim">{text.blockHint}</span>
      </p>
      <div
        className="ram-grid"
        role="listbox"
        tabIndex={0}
        aria-label={text.grid}
        aria-activedescendant="frame-chosen"
        onKeyDown={onKeyDown}
        data-testid="frame-grid"
      >
        <canvas
          ref={blockCanvas}
          aria-hidden="true"
          onPointerMove={(event) => lookAt(grid === null ? -1 : frameAt(grid, ...at(event)))}
          onPointerLeave={() => lookAt(-1)}
          onPointerDown={(event) => {
            const pfn = grid === null ? -1 : frameAt(grid, ...at(event));
            if (pfn >= physical.start && pfn < physical.end) onChoose(pfn);
          }}
        />
        <div className="visually-hidden" id="frame-chosen" role="option" aria-selected="true">
          {text.spoken(hex(selected), what(selected))}
        </div>
      </div>
      <Group physical={physical} selected={selected} onChoose={onChoose} />
      <p className="ram-line mono" data-testid="frame-line">
        {text.spoken(hex(shown), what(shown))}
      </p>
      <Legend physical={physical} />
    </section>
  );
}

interface GroupProps {
  readonly physical: Physical;
  readonly selected: number;
  readonly onChoose: (pfn: number) => void;
}

/** The sixteen frames around the chosen one, each with what it is. */
function Group({ physical, selected, onChoose }: GroupProps) {
  const text = physicalTexts[useUi((state) => state.locale)];
  const first = selected - (selected % GROUP);
  return (
    <div className="ram-group" role="group" aria-label={text.group(hex(first))}>
      {Array.from({ length: GROUP }, (_, i) => first + i).map((pfn) => {
        const role = roleAt(physical, pfn);
        const order = physical.order[pfn] ?? -1;
        const label = role === null ? text.noRam : text.role[role];
        return (
          <button
            key={pfn}
            type="button"
            tabIndex={-1}
            disabled={role === null}
            data-vma={role === null || role === "free" ? undefined : frameLook[role].role}
            data-role={role ?? "none"}
            aria-pressed={pfn === selected}
            aria-label={text.spoken(hex(pfn), label)}
            title={text.spoken(hex(pfn), label)}
            onClick={() => onChoose(pfn)}
          >
            <span className="mono">{pfn.toString(16).slice(-3)}</span>
            <span className="ram-mark">{role === "free" && order >= 0 ? `[${order}]` : role === null ? "" : marks[role]}</span>
          </button>
        );
      })}
    </div>
  );
}

/** Two letters for what a frame is, where there is no room for a word. */
const marks: Readonly<Record<FrameRole, string>> = {
  free: "·",
  anonymous: "A",
  file: "F",
  sharedMemory: "S",
  pageTable: "PT",
  slab: "SL",
  kernel: "K",
  zero: "0",
  standIn: "F*",
};

function Legend({ physical }: { readonly physical: Physical }) {
  const text = physicalTexts[useUi((state) => state.locale)];
  return (
    <ul className="ram-legend">
      {[...frameRoles.slice(1), frameRoles[0]]
        .filter((role) => physical.byRole[role] > 0)
        .map((role) => (
          <li key={role} data-vma={role === "free" ? undefined : frameLook[role].role}>
            <span className="ram-swatch" data-role={role} aria-hidden="true">
              {role === "zero" ? "0" : ""}
            </span>
            {text.role[role]} <b className="mono">{grouped(physical.byRole[role])}</b>
          </li>
        ))}
    </ul>
  );
}
