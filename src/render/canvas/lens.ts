/** The lens: words around the current step, opened under the chunks it works on. Arrows, brackets' lines and rings are SVG (svg/lens.ts). */
import type { LensScene } from "../../scene/types";
import { stateRole } from "../roles";
import { hex } from "../text";
import { type CellWords, paintCellLine, paintLensCell, paintWordFold } from "./cells";
import { drawText, type Pen, restore } from "./pen";

export interface LensWords extends CellWords {
  /** State of a bracketed chunk, e.g. `free, unsorted 1/2`. */
  readonly bracket: (chunkRow: number) => string;
}

export function paintLens(pen: Pen, lens: LensScene, scrollY: number, words: LensWords): void {
  const { context, theme } = pen;
  context.save();
  context.translate(0, -scrollY);
  context.beginPath();
  context.roundRect(lens.x + 0.5, lens.y + 0.5, lens.width - 1, lens.height - 1, 5);
  context.fillStyle = theme.color.sunken;
  context.fill();
  context.strokeStyle = theme.color["line-2"];
  context.lineWidth = 1;
  context.stroke();
  for (const fold of lens.folds) paintWordFold(pen, fold, words);
  for (const cell of lens.cells) {
    if (lens.flow === "across") paintLensCell(pen, cell, words);
    else paintCellLine(pen, cell, words);
  }
  for (const bracket of lens.brackets) {
    const { edge, ink } = theme.chunk[stateRole[bracket.state]];
    if (lens.flow === "across") {
      context.strokeStyle = edge;
      context.lineWidth = 1.4;
      context.beginPath();
      context.moveTo(bracket.x1 + 1.5, bracket.y + 4);
      context.lineTo(bracket.x1 + 1.5, bracket.y);
      context.lineTo(bracket.x2 - 1.5, bracket.y);
      context.lineTo(bracket.x2 - 1.5, bracket.y + 4);
      context.stroke();
    }
    const bytes = hex(bracket.sizeBytes);
    const name = bracket.name === bytes ? bytes : `${bracket.name} ${bytes}`.trim();
    const state = words.bracket(bracket.chunkRow);
    const size = pen.fontSize;
    const room = bracket.x2 - bracket.x1;
    const nameWidth = name.length * size * 0.6;
    const stateWidth = (state.length + 1) * size * 0.6;
    if (nameWidth > room + 20) continue;
    const withState = nameWidth + stateWidth < room + 8;
    const left = bracket.x1 + Math.max(2, (room - nameWidth - (withState ? stateWidth : 0)) / 2);
    const middle = bracket.y - size * 0.72;
    drawText(pen, name, left, middle, { size, weight: 700, color: ink });
    if (withState)
      drawText(pen, state, left + nameWidth + size * 0.6, middle, {
        size,
        color: theme.color["ink-2"],
      });
  }
  restore(pen);
}
