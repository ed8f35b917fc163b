/** One cell per word: the near view and the lens. */
import type { WordCell, WordFold } from "../../scene/types";
import { stateRole } from "../roles";
import { hex, tail } from "../text";
import { drawText, fillRole, type Pen, strokeBox, restore } from "./pen";

export interface CellWords {
  /** Name of the field, e.g. `size · P=1`, `fd`, `a’s data`. */
  readonly label: (cell: WordCell) => string;
  /** What stands at the right end of the head line, e.g. `b 0x90 | P`, `→ rem`. */
  readonly note: (cell: WordCell) => string;
  readonly fold: (fold: WordFold) => string;
}

const isHead = (cell: WordCell): boolean => cell.role === "size";
const isData = (cell: WordCell): boolean =>
  cell.role === "data" ||
  cell.role === "lastWord" ||
  cell.role === "oldData" ||
  cell.role === "padding" ||
  cell.role === "top" ||
  cell.role === "foreign";

/** Clips text to the cell so that a long value never runs into its neighbour; what fits needs none, and a clip is dear. */
function clipped(pen: Pen, cell: WordCell, draw: () => void, fits = false): void {
  if (fits) return draw();
  pen.context.save();
  pen.context.beginPath();
  pen.context.rect(cell.x + 1, cell.y, cell.width - 2, cell.height);
  pen.context.clip();
  draw();
  restore(pen);
}

function body(pen: Pen, cell: WordCell, headHeight: number): void {
  const role = cell.role === "corrupt" ? "bad" : stateRole[cell.state];
  const { edge } = pen.theme.chunk[role];
  fillRole(pen, role, cell.x, cell.y, cell.width, cell.height, 0, 0.55);
  if (isHead(cell)) {
    pen.context.fillStyle = edge;
    pen.context.fillRect(cell.x, cell.y, cell.width, headHeight);
  }
  strokeBox(
    pen,
    cell.x + 0.5,
    cell.y + 0.5,
    cell.width - 1,
    cell.height - 1,
    cell.suspect ? pen.theme.color.bad : edge,
    cell.suspect ? 2 : 1,
  );
}

/** Type size at which a text fits, down to what can still be read. */
function fitted(text: string, size: number, room: number): number {
  return Math.max(size * 0.72, Math.min(size, room / Math.max(1, text.length * 0.6)));
}

/** A long value by its first and last digits, when even small type does not hold it: `0x6e78…65f5`. */
function shortened(text: string, size: number, room: number): string {
  const most = Math.max(8, Math.floor(room / (size * 0.8 * 0.6)));
  return text.length <= most ? text : `${text.slice(0, most - 5)}…${text.slice(-4)}`;
}

/** A cell of three lines: field, value, address. */
export function paintLensCell(pen: Pen, cell: WordCell, words: CellWords): void {
  const role = cell.role === "corrupt" ? "bad" : stateRole[cell.state];
  const { ink } = pen.theme.chunk[role];
  const line = cell.height / 3.15;
  const size = pen.fontSize;
  const room = cell.width - 8;
  const head = isHead(cell);
  const label = words.label(cell);
  const value = shortened(cell.target === "" ? cell.valueText : `→ ${cell.target}`, size, room);
  const [labelSize, valueSize] = [fitted(label, size - 1.5, room), fitted(value, size + 0.6, room)];
  const fits = Math.max(label.length * labelSize, value.length * valueSize, 5 * (size - 1.4)) * 0.6 <= room + 0.01;
  const draw = (): void => {
    drawText(pen, label, cell.x + 5, cell.y + line * 0.55, {
      size: labelSize,
      weight: head ? 600 : 500,
      color: head ? pen.theme.color.panel : ink,
      ...(head ? {} : { on: role }),
    });
    drawText(pen, value, cell.x + 5, cell.y + line * 1.58, {
      size: valueSize,
      weight: isData(cell) ? 400 : 700,
      color: ink,
      on: role,
    });
    drawText(pen, `…${tail(cell.addr)}`, cell.x + 5, cell.y + line * 2.58, { size: size - 1.4, color: ink, on: role });
  };
  body(pen, cell, line);
  clipped(pen, cell, draw, fits);
}

/** A wide cell: field and note, value, bytes and ASCII. */
export function paintNearCell(pen: Pen, cell: WordCell, words: CellWords): void {
  const role = cell.role === "corrupt" ? "bad" : stateRole[cell.state];
  const { ink } = pen.theme.chunk[role];
  const line = cell.height / 3.1;
  const size = pen.fontSize;
  const head = isHead(cell);
  body(pen, cell, line);
  clipped(pen, cell, () => {
    const headColor = head ? pen.theme.color.panel : ink;
    const below = head ? {} : { on: role };
    drawText(pen, words.label(cell), cell.x + 6, cell.y + line * 0.54, {
      size: size - 1,
      weight: 600,
      color: headColor,
      ...below,
    });
    const roomForNote = cell.width - 18 - words.label(cell).length * (size - 1) * 0.6;
    const note = words.note(cell);
    if (note.length * (size - 1) * 0.6 < roomForNote) {
      drawText(pen, note, cell.x + cell.width - 6, cell.y + line * 0.54, {
        size: size - 1,
        color: headColor,
        align: "right",
        ...below,
      });
    }
    drawText(pen, cell.valueText, cell.x + 6, cell.y + line * 1.56, {
      size: size + 1,
      weight: isData(cell) ? 400 : 700,
      color: ink,
      on: role,
    });
    const bytesSize = size - 1;
    const fits = (cell.bytesText.length + cell.asciiText.length + 3) * bytesSize * 0.6 < cell.width - 12;
    const lineThree = cell.y + line * 2.55;
    if (cell.width >= 160) drawText(pen, cell.bytesText, cell.x + 6, lineThree, { size: bytesSize, color: ink, on: role });
    else drawText(pen, `…${tail(cell.addr)}`, cell.x + 6, lineThree, { size: bytesSize, color: ink, on: role });
    if (fits)
      drawText(pen, cell.asciiText, cell.x + cell.width - 6, lineThree, {
        size: bytesSize,
        color: ink,
        on: role,
        align: "right",
      });
  });
}

/** A line of its own in narrow panels: address, field, value, note. */
export function paintCellLine(pen: Pen, cell: WordCell, words: CellWords): void {
  const role = cell.role === "corrupt" ? "bad" : stateRole[cell.state];
  const { ink } = pen.theme.chunk[role];
  const middle = cell.y + cell.height / 2;
  const size = pen.fontSize;
  body(pen, cell, 0);
  clipped(pen, cell, () => {
    drawText(pen, tail(cell.addr), cell.x + 7, middle, { size: size - 1, color: ink, on: role });
    drawText(pen, words.label(cell), cell.x + 7 + size * 4, middle, { size: size - 0.4, weight: 600, color: ink, on: role });
    drawText(pen, cell.valueText, cell.x + cell.width * 0.4, middle, { size, weight: 700, color: ink, on: role });
    const note = words.note(cell);
    const room = cell.width * 0.6 - (cell.valueText.length + 2) * size * 0.6 - 12;
    if (note.length * (size - 1) * 0.6 < room) {
      drawText(pen, note, cell.x + cell.width - 7, middle, { size: size - 1, color: ink, on: role, align: "right" });
    }
  });
}

export function paintWordFold(pen: Pen, fold: WordFold, words: CellWords): void {
  const role = stateRole[fold.state];
  const { edge, ink } = pen.theme.chunk[role];
  fillRole(pen, role, fold.x, fold.y, fold.width, fold.height, 0, 0.55);
  strokeBox(pen, fold.x + 0.5, fold.y + 0.5, fold.width - 1, fold.height - 1, edge, 0.8, [2, 2]);
  const text = words.fold(fold);
  const middle = fold.y + fold.height / 2;
  const tall = fold.height > 30;
  if (tall)
    drawText(pen, "⋯", fold.x + fold.width / 2, middle - 7, { size: pen.fontSize + 2, color: ink, on: role, align: "center" });
  drawText(pen, tall ? text : `⋯ ${text} ⋯`, fold.x + fold.width / 2, tall ? middle + 7 : middle, {
    size: pen.fontSize - 1.4,
    color: ink,
    on: role,
    align: "center",
  });
}

/** Text of a size word for notes: `b 0x90 | P`. */
export function sizeNote(cell: WordCell): string {
  const value = cell.value ?? 0n;
  const flags = [value & 4n ? "A" : "", value & 2n ? "M" : "", value & 1n ? "P" : ""].filter((flag) => flag !== "").join(" ");
  return `${cell.chunkName} ${hex(value & ~7n)} | ${flags === "" ? "0" : flags}`.trim();
}
