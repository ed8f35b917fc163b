/** The chunk map at near zoom: every word with field, value and bytes. */
import type { NearMapScene } from "../../scene/types";
import { type CellWords, paintCellLine, paintNearCell, paintWordFold } from "./cells";
import { paintRowLabels } from "./mid";
import { type Pen, restore } from "./pen";

/** Below this height a cell has room for one line only. */
const ONE_LINE = 30;

export function paintNear(pen: Pen, scene: NearMapScene, scrollY: number, words: CellWords): void {
  const bottom = scrollY + pen.height;
  pen.context.save();
  pen.context.translate(0, -scrollY);
  paintRowLabels(pen, scene.labels, scene.gutter, scrollY);
  for (const fold of scene.folds) if (fold.y + fold.height >= scrollY && fold.y <= bottom) paintWordFold(pen, fold, words);
  for (const cell of scene.cells) {
    if (cell.y + cell.height < scrollY || cell.y > bottom) continue;
    if (cell.height < ONE_LINE) paintCellLine(pen, cell, words);
    else paintNearCell(pen, cell, words);
  }
  restore(pen);
}
