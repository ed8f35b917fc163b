/** Keys of a part that is one stop of the tab key. With Shift, Alt, Ctrl or Meta they are others' keys. */
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

const isPlain = ({ shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean => !(shiftKey || altKey || ctrlKey || metaKey);

/** The page's own keys do not hear of it. */
function take(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

/** Does what a key stands for, when it stands for something here. */
export function actOnKey(event: KeyboardEvent, acts: Readonly<Record<string, () => void>>): void {
  const act = isPlain(event) ? acts[event.key] : undefined;
  if (act === undefined) return;
  take(event);
  act();
}

/** Where a key leads in a grid of cells, or beyond it; null when it is another key. */
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
  if (target === undefined || !isPlain(event)) return null;
  take(event);
  return target;
}
