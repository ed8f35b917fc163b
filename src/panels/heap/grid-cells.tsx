/**
 * The map for keyboard and screen reader: a grid of one column whose cells are the chunks in address order. Only the active cell and its
 * neighbours exist; they are laid invisibly over the canvas, so that the focus ring stands where the chunk is drawn.
 */
import { type KeyboardEvent, memo, useEffect, useRef, useState } from "react";
import type { PanelText } from "../../i18n/panels";
import { useWhenSettled } from "../../queries";
import { boxesOf } from "../../render/svg/map-overlay";
import type { HeapPicture, ViewPoint, ViewRect } from "../../scene/types";
import { spokenLabel } from "./labels";
import { chunkRowAt, type MapScene, placeOf } from "./map-scene";
import { actOnKey } from "../shared/grid-keys";

export interface GridCellsProps {
  readonly scene: MapScene;
  readonly picture: HeapPicture;
  readonly text: PanelText;
  readonly selected: number | null;
  readonly onSelect: (chunkAddr: number, pin: boolean) => void;
  readonly onMenu: (chunkAddr: number, at: ViewPoint) => void;
  /** Scrolls the map so that a box of its content is seen. */
  readonly onReveal: (box: ViewRect) => void;
}

/** Cells kept on each side of the active one, for a screen reader's own cursor. */
const NEIGHBOURS = 2;
const PAGE = 10;

/** Largest box of the chunk, or where it would be. */
function cellBox(scene: MapScene, picture: HeapPicture, row: number): ViewRect {
  const addr = picture.chunks.addr[row] ?? 0;
  const boxes = scene.level === "far" ? [] : boxesOf(scene, addr, row);
  const widest = boxes.reduce<ViewRect | null>((best, box) => (best === null || box.width > best.width ? box : best), null);
  return widest ?? placeOf(scene, addr + picture.abi.wordBytes) ?? { x: 0, y: 0, width: 1, height: 1 };
}

/** Chunk drawn above or below the middle of a box. */
function vertical(scene: MapScene, picture: HeapPicture, box: ViewRect, direction: 1 | -1): number {
  const x = box.x + Math.min(box.width / 2, 20);
  for (let distance = 4; distance < 400; distance += 6) {
    const y = direction > 0 ? box.y + box.height + distance : box.y - distance;
    const row = chunkRowAt(scene, picture, { x, y });
    if (row >= 0) return row;
  }
  return -1;
}

function Cells({ scene, picture, text, selected, onSelect, onMenu, onReveal }: GridCellsProps): React.ReactNode {
  const { count, addr } = picture.chunks;
  const selectedRow = selected === null ? -1 : addr.indexOf(selected);
  const [chosen, setChosen] = useState(0);
  const active = Math.min(selectedRow >= 0 ? selectedRow : chosen, count - 1);
  const cell = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const [moved, setMoved] = useState(0);

  useEffect(() => {
    if (moved > 0 && grid.current?.contains(document.activeElement) === true) cell.current?.focus({ preventScroll: true });
  }, [moved]);

  const go = (row: number): void => {
    const next = Math.max(0, Math.min(count - 1, row));
    setChosen(next);
    setMoved((n) => n + 1);
    onSelect(addr[next] ?? 0, false);
    const place = placeOf(scene, (addr[next] ?? 0) + picture.abi.wordBytes);
    if (place !== null) onReveal(place);
  };

  const openMenu = (): void => {
    const box = cell.current?.getBoundingClientRect();
    if (box !== undefined) onMenu(addr[active] ?? 0, { x: box.left + Math.min(40, box.width), y: box.bottom });
  };
  const moves: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => go(active - 1),
    ArrowRight: () => go(active + 1),
    ArrowUp: () => go(vertical(scene, picture, cellBox(scene, picture, active), -1)),
    ArrowDown: () => go(Math.max(active, vertical(scene, picture, cellBox(scene, picture, active), 1))),
    PageUp: () => go(active - PAGE),
    PageDown: () => go(active + PAGE),
    Home: () => go(0),
    End: () => go(count - 1),
    Enter: () => onSelect(addr[active] ?? 0, false),
    " ": () => onSelect(addr[active] ?? 0, false),
    ContextMenu: openMenu,
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const menu = event.key === "F10" && event.shiftKey;
    if (!menu) return actOnKey(event, moves);
    event.preventDefault();
    event.stopPropagation();
    openMenu();
  };

  const first = Math.max(0, active - NEIGHBOURS);
  const rows = Array.from({ length: Math.max(0, Math.min(count, active + NEIGHBOURS + 1) - first) }, (_, i) => first + i);
  return (
    <div
      className="map-grid"
      role="grid"
      aria-label={text.heap.gridLabel}
      aria-rowcount={count}
      aria-colcount={1}
      ref={grid}
      onKeyDown={onKeyDown}
    >
      {rows.map((row) => {
        const box = cellBox(scene, picture, row);
        return (
          <div role="row" aria-rowindex={row + 1} key={addr[row]}>
            <div
              role="gridcell"
              className="map-cell"
              aria-selected={row === selectedRow}
              aria-label={spokenLabel(picture, row, text)}
              tabIndex={row === active ? 0 : -1}
              ref={row === active ? cell : null}
              style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
            />
          </div>
        );
      })}
    </div>
  );
}

const MemoCells = memo(Cells);

/** Nothing of the cells is seen: they follow when the map has been painted. */
export function GridCells(props: GridCellsProps): React.ReactNode {
  return <MemoCells {...useWhenSettled(props)} />;
}
