/** Arrow keys in a list box that is a grid of cells. */
import type { KeyboardEvent } from "react";

interface GridKeys {
  readonly selected: number;
  /** How far one goes across, down, and by a page. */
  readonly cell: number;
  readonly row: number;
  readonly page: number;
  readonly first: number;
  readonly last: number;
}

/** Where a key leads, in the grid or beyond it; null when it is another key. The page's own keys do not hear of it then. */
export function gridTarget(event: KeyboardEvent, { selected, cell, row, page, first, last }: GridKeys): number | null {
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: selected - cell,
    ArrowRight: selected + cell,
    ArrowUp: selected - row,
    ArrowDown: selected + row,
    PageUp: selected - page,
    PageDown: selected + page,
    Home: first,
    End: last,
  };
  const target = targets[event.key];
  if (target === undefined || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return null;
  event.preventDefault();
  event.stopPropagation();
  return target;
}
