/** The chunk map at mid zoom: wrapped rows of blocks with header ticks, footer marks and names. */
import type { MapBar, MapBlock, MapFold, MapRowLabel, MidMapScene } from "../../scene/types";
import { stateRole } from "../roles";
import { hex, monoWidth } from "../text";
import type { Band } from "./difference";
import { drawText, fillRole, type Pen, strokeBox, restore } from "./pen";

export interface MidWords {
  readonly folded: (bytes: string, owner: string) => string;
  readonly ownMapping: string;
  /** Name of a chunk for the folded band. */
  readonly nameOf: (chunkRow: number, chunkAddr: number) => string;
}

const EDGE = 1.2;

export function paintRowLabels(pen: Pen, labels: readonly MapRowLabel[], gutter: number, top: number): void {
  const { theme, fontSize } = pen;
  for (const label of labels) {
    if (label.y < top - 20 || label.y > top + pen.height + 20) continue;
    drawText(pen, label.text, gutter - 7, label.y, {
      size: fontSize - (label.fold ? 1 : 0.3),
      color: theme.color["ink-3"],
      align: "right",
    });
  }
}

function outline(pen: Pen, block: MapBlock, color: string): void {
  const { context } = pen;
  const { x, y, width, height } = block;
  const left = block.openLeft ? x : x + EDGE / 2;
  const right = block.openRight ? x + width : x + width - EDGE / 2;
  context.strokeStyle = color;
  context.lineWidth = EDGE;
  if (block.suspect) context.setLineDash([4, 2, 1, 2]);
  else if (block.state === "top" || block.state === "foreign" || block.state === "loose") context.setLineDash([3, 2]);
  context.beginPath();
  context.moveTo(left, y);
  context.lineTo(right, y);
  context.moveTo(left, y + height);
  context.lineTo(right, y + height);
  if (!block.openLeft) {
    context.moveTo(left, y);
    context.lineTo(left, y + height);
  }
  if (!block.openRight) {
    context.moveTo(right, y);
    context.lineTo(right, y + height);
  }
  context.stroke();
  context.setLineDash([]);
}

function marks(pen: Pen, block: MapBlock, edge: string, fill: string): void {
  const { context } = pen;
  const { header, footer, y, height } = block;
  if (header !== null) {
    context.fillStyle = header.filled ? edge : fill;
    context.strokeStyle = edge;
    context.lineWidth = 1.1;
    context.beginPath();
    context.roundRect(header.x + 1.4, y + 1.4, Math.max(0.8, header.width - 1.8), height - 2.8, 1);
    context.fill();
    if (header.width > 3) context.stroke();
  }
  if (footer === null || footer.width < 2.5) return;
  context.strokeStyle = edge;
  context.lineWidth = 1;
  context.beginPath();
  if (footer.kind === "tag") {
    context.rect(footer.x + 1.2, y + height * 0.28, Math.max(1, footer.width - 3.2), height * 0.44);
    context.fillStyle = fill;
    context.fill();
    context.stroke();
    return;
  }
  context.setLineDash([1.5, 2]);
  context.moveTo(footer.x + 0.5, y + 2);
  context.lineTo(footer.x + 0.5, y + height - 2);
  context.stroke();
  context.setLineDash([]);
}

function paintBlock(pen: Pen, block: MapBlock): void {
  const role = stateRole[block.state];
  const { fill, edge, ink } = pen.theme.chunk[role];
  const border = block.suspect ? pen.theme.color.bad : edge;
  fillRole(pen, role, block.x + 0.5, block.y, block.width - 1, block.height, 2);
  outline(pen, block, border);
  marks(pen, block, edge, fill);
  if (block.lastRemainder && !block.openLeft && block.width > 24) {
    const width = 15;
    pen.context.fillStyle = edge;
    pen.context.fillRect(block.x + block.width - width - (block.footer?.width ?? 0) - 2, block.y, width, 7.5);
    drawText(pen, "LR", block.x + block.width - width - (block.footer?.width ?? 0) + 1, block.y + 3.9, {
      size: 6.8,
      weight: 700,
      color: pen.theme.color.panel,
    });
  }
  for (const text of block.texts) {
    // Half a name over a neighbour's header says less than none.
    if (text.anchor === "start" && text.x + monoWidth(text.text, pen.fontSize) > block.x + block.width + 1) continue;
    const isName = text.role === "name";
    drawText(pen, text.text, text.x, text.y, {
      size: isName ? pen.fontSize : text.role === "bin" ? pen.fontSize - 0.7 : pen.fontSize - 0.2,
      weight: isName ? 700 : text.role === "bin" ? 600 : 400,
      color: ink,
      on: "mmap",
      align: text.anchor === "end" ? "right" : "left",
    });
  }
}

function paintFold(pen: Pen, fold: MapFold, words: MidWords): void {
  const role = stateRole[fold.state];
  const { edge, ink } = pen.theme.chunk[role];
  const { context } = pen;
  context.globalAlpha = 0.8;
  fillRole(pen, role, fold.x, fold.y, fold.width, fold.height, 1);
  context.strokeStyle = edge;
  context.lineWidth = 1;
  context.setLineDash([1.5, 3]);
  context.beginPath();
  context.moveTo(fold.x, fold.y);
  context.lineTo(fold.x + fold.width, fold.y);
  context.moveTo(fold.x, fold.y + fold.height);
  context.lineTo(fold.x + fold.width, fold.y + fold.height);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
  drawText(
    pen,
    words.folded(hex(fold.bytes), words.nameOf(fold.chunkRow, fold.chunkAddr)),
    fold.x + fold.width / 2,
    fold.y + fold.height / 2,
    {
      size: pen.fontSize - 1.2,
      color: ink,
      on: role,
      align: "center",
    },
  );
}

function paintBar(pen: Pen, bar: MapBar, words: MidWords): void {
  const { edge, ink } = pen.theme.chunk.mmap;
  fillRole(pen, "mmap", bar.x, bar.y, bar.width, bar.height, 2);
  strokeBox(pen, bar.x + 0.6, bar.y + 0.6, bar.width - 1.2, bar.height - 1.2, edge, 1.2, [], 2);
  strokeBox(pen, bar.x + 2.8, bar.y + 2.8, bar.width - 5.6, bar.height - 5.6, edge, 0.7, [], 1);
  const middle = bar.y + bar.height / 2;
  drawText(pen, bar.name, bar.x + 10, middle, { size: pen.fontSize + 0.6, weight: 700, color: ink, on: "mmap" });
  const nameWidth = pen.context.measureText(bar.name).width;
  drawText(
    pen,
    `${hex(bar.sizeBytes)} mmapped · ${words.ownMapping} · M=1`,
    bar.x + 10 + nameWidth + (nameWidth > 0 ? 8 : 0),
    middle,
    {
      size: pen.fontSize - 0.4,
      color: ink,
      on: "mmap",
    },
  );
}

/** Confines painting to the bands, and clears them. */
function clip({ context, width }: Pen, bands: readonly Band[]): void {
  context.beginPath();
  for (const { top, bottom } of bands) context.rect(0, top, width, bottom - top);
  context.clip();
  for (const { top, bottom } of bands) context.clearRect(0, top, width, bottom - top);
}

/** Paints what meets [scrollY, scrollY + pen.height): on a cleared surface, or of what is there only the bands again. */
export function paintMid(
  pen: Pen,
  scene: MidMapScene,
  scrollY: number,
  words: MidWords,
  bands: readonly Band[] | null = null,
): void {
  const shown = bands ?? [{ top: scrollY, bottom: scrollY + pen.height }];
  const meets = (y: number, height: number): boolean => shown.some(({ top, bottom }) => y + height >= top && y <= bottom);
  pen.context.save();
  pen.context.translate(0, -scrollY);
  if (bands !== null) clip(pen, bands);
  paintRowLabels(
    pen,
    scene.labels.filter(({ y }) => meets(y - 20, 40)),
    scene.gutter,
    scrollY,
  );
  for (const fold of scene.folds) if (meets(fold.y, fold.height)) paintFold(pen, fold, words);
  for (const block of scene.blocks) if (meets(block.y, block.height)) paintBlock(pen, block);
  for (const bar of scene.bars) if (meets(bar.y, bar.height)) paintBar(pen, bar, words);
  restore(pen);
}
