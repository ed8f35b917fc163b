/**
 * RAM in cells, at two magnifications. Shape says what a frame is, besides colour:
 *
 *   ▮ solid    the process's own page    ▨ diagonal   of a file        ▤ lines    shared memory
 *   ▥ upright  a page table              ▒ dots       a slab           ▦ cross    nodes of page caches
 *   0          the zero page             □ empty      free
 */
import type { FrameRole, Physical } from "../../decode/physical";
import { frameRoles } from "../../decode/physical";
import { BLOCK_FRAMES, blockBox, type BlockGrid, frameBox, type FrameMap } from "../../scene/frame-map";
import type { ViewRect } from "../../scene/types";
import type { PatternName, VmaRole } from "../roles";
import type { Paint, Theme } from "../theme";
import { drawText, makePen, type Pen } from "./pen";
import { smallPattern } from "./small-pattern";
import type { Surface } from "./surface";

/** Colour of what is not free, and its pattern. */
export const frameLook: Readonly<Record<FrameRole, { readonly role: VmaRole; readonly pattern: PatternName | "solid" }>> = {
  free: { role: "ro", pattern: "none" },
  anonymous: { role: "mmap", pattern: "solid" },
  file: { role: "lib", pattern: "diagonal" },
  sharedMemory: { role: "stack", pattern: "horizontal" },
  pageTable: { role: "text", pattern: "vertical" },
  slab: { role: "data", pattern: "dots" },
  kernel: { role: "kern", pattern: "crosshatch" },
  zero: { role: "ro", pattern: "none" },
  standIn: { role: "lib", pattern: "sparse" },
};

export interface FrameMarks {
  readonly selected: number;
  readonly hovered: number;
  /** Frames that lie in the mapping or chunk in sight. */
  readonly linked: ReadonlySet<number>;
  /** Frames that the last step took or gave. */
  readonly changed: ReadonlySet<number>;
}

/** What a frame looks like: by what it is, by whose it is, or by the free block it lies in. */
export type FrameColours = "use" | "owner" | "order";

export interface FramePicture {
  readonly physical: Physical;
  /** By frame: colour of the mapping that it belongs to, null for none. */
  readonly ownerOf: (pfn: number) => VmaRole | null;
  readonly colours: FrameColours;
  /** Text of a folded stretch. */
  readonly folded: (blocks: number) => string;
}

function outline({ context }: Pen, box: ViewRect | null, color: string, line: number): void {
  if (box === null) return;
  context.strokeStyle = color;
  context.lineWidth = line;
  context.strokeRect(box.x - 0.5, box.y - 0.5, box.width, box.height);
}

const ramAddress = (pfn: number): string => {
  const mib = (pfn * 4096) / 2 ** 20;
  return mib >= 1024 ? `${mib / 1024} GiB` : `${mib} MiB`;
};

/** All of RAM. */
export function drawFrameMap(surface: Surface, theme: Theme, map: FrameMap, picture: FramePicture, marks: FrameMarks): void {
  const pen = makePen(surface, theme, 10);
  const { context } = pen;
  const { color } = theme;
  let labelled = -Infinity;
  for (const row of map.rows) {
    if (row.kind === "folded") {
      const middle = map.left + (map.columns * map.cellWidth) / 2;
      drawText(pen, picture.folded(row.count), middle, row.y + 7 * theme.scale, {
        size: 10 * theme.scale,
        color: color["ink-3"],
        align: "center",
        sans: true,
      });
      continue;
    }
    if (row.y - labelled >= 20 * theme.scale) {
      const text = ramAddress(row.first * BLOCK_FRAMES);
      drawText(pen, text, map.left - 5, row.y + 5 * theme.scale, {
        size: 9.5 * theme.scale,
        color: color["ink-3"],
        align: "right",
      });
      labelled = row.y;
    }
    for (let i = 0; i < row.count; i++) drawBlock(pen, map, row.first + i, picture.physical);
  }
  const changed = new Set(Array.from(marks.changed, (pfn) => Math.floor(pfn / BLOCK_FRAMES)));
  for (const block of changed) outline(pen, blockBox(map, block), color.now, 1.5);
  const { selected } = marks;
  outline(pen, blockBox(map, Math.floor(selected / BLOCK_FRAMES)), color.panel, 4);
  outline(pen, blockBox(map, Math.floor(selected / BLOCK_FRAMES)), color.accent, 2);
  context.globalAlpha = 1;
}

function drawBlock({ context, theme }: Pen, map: FrameMap, block: number, { start, end }: Physical): void {
  const box = blockBox(map, block);
  if (box === null) return;
  const width = box.width - 1;
  const perFrame = width / BLOCK_FRAMES;
  // Frames below the first or beyond the last one are no RAM.
  const from = Math.max(0, start - block * BLOCK_FRAMES);
  const to = Math.min(BLOCK_FRAMES, end - block * BLOCK_FRAMES);
  let x = box.x + from * perFrame;
  context.strokeStyle = theme.color["line-2"];
  context.lineWidth = 0.8;
  context.strokeRect(x + 0.4, box.y + 0.4, (to - from) * perFrame - 0.8, box.height - 1.8);
  for (const [role, count] of Object.entries(map.used.get(block) ?? {})) {
    const look = frameLook[frameRoles.find((name) => name === role) ?? "free"];
    const filled = Math.max(1, count * perFrame);
    context.fillStyle = theme.vma[look.role].edge;
    context.fillRect(x, box.y, Math.min(filled, box.x + width - x), box.height - 1);
    x += filled;
  }
}

/** How a frame is filled: by its role, its owner or its block's order. */
function paintOf(
  theme: Theme,
  picture: FramePicture,
  pfn: number,
): { readonly paint: Paint; readonly pattern: PatternName | "solid" } | null {
  const { physical, colours } = picture;
  const role = frameRoles[physical.role[pfn] ?? 0] ?? "free";
  if (pfn >= physical.limit || role === "free") return null;
  const look = frameLook[role];
  if (colours === "owner") {
    const owner = picture.ownerOf(pfn);
    return owner === null ? { paint: theme.vma.ro, pattern: "sparse" } : { paint: theme.vma[owner], pattern: "solid" };
  }
  if (colours === "order") return { paint: theme.vma.ro, pattern: "solid" };
  return { paint: theme.vma[look.role], pattern: look.pattern };
}

/** The frames of one block. */
export function drawBlockGrid(surface: Surface, theme: Theme, grid: BlockGrid, picture: FramePicture, marks: FrameMarks): void {
  const pen = makePen(surface, theme, 10);
  const { context } = pen;
  const { color } = theme;
  const { physical } = picture;
  const tiles = new Map<string, CanvasPattern | null>();
  const first = grid.block * BLOCK_FRAMES;
  for (let pfn = first; pfn < first + BLOCK_FRAMES; pfn++) {
    const whole = frameBox(grid, pfn);
    if (whole === null || pfn < physical.start || pfn >= physical.end) continue;
    const box = { ...whole, width: whole.width - 1, height: whole.height - 1 };
    const look = paintOf(theme, picture, pfn);
    if (look === null) {
      context.strokeStyle = color["line-2"];
      context.lineWidth = 0.7;
      context.globalAlpha = picture.colours === "order" ? 0.35 : 0.8;
      context.strokeRect(box.x + 0.4, box.y + 0.4, box.width - 0.8, box.height - 0.8);
      context.globalAlpha = 1;
      continue;
    }
    const { paint, pattern } = look;
    context.fillStyle = pattern === "solid" ? paint.edge : paint.fill;
    context.fillRect(box.x, box.y, box.width, box.height);
    if (pattern === "solid") continue;
    if (pattern !== "none") {
      const key = `${pattern}${paint.edge}`;
      if (!tiles.has(key)) tiles.set(key, smallPattern(pen, pattern, paint.edge));
      context.fillStyle = tiles.get(key) ?? paint.edge;
      context.fillRect(box.x, box.y, box.width, box.height);
    } else
      drawText(pen, "0", box.x + box.width / 2, box.y + box.height / 2 + 0.5, {
        size: 8,
        weight: 600,
        color: paint.ink,
        align: "center",
      });
    context.strokeStyle = paint.edge;
    context.lineWidth = 0.8;
    context.strokeRect(box.x + 0.4, box.y + 0.4, box.width - 0.8, box.height - 0.8);
  }
  if (picture.colours === "order") drawFreeBlocks(pen, grid, physical);
  for (let row = 0; row * grid.cellHeight < grid.height; row += 4)
    drawText(pen, (grid.first + row * grid.columns).toString(16), grid.left - 5, (row + 0.5) * grid.cellHeight, {
      size: 9.5 * theme.scale,
      color: color["ink-3"],
      align: "right",
    });
  for (const pfn of marks.linked) underline(pen, frameBox(grid, pfn));
  for (const pfn of marks.changed) outline(pen, frameBox(grid, pfn), color.now, 1.5);
  outline(pen, frameBox(grid, marks.hovered), color.accent, 1.2);
  outline(pen, frameBox(grid, marks.selected), color.panel, 4.5);
  outline(pen, frameBox(grid, marks.selected), color.accent, 2.2);
}

function underline({ context, theme }: Pen, box: ViewRect | null): void {
  if (box === null) return;
  context.fillStyle = theme.color.accent;
  context.fillRect(box.x, box.y + box.height - 2.5, box.width, 2);
}

/** Free blocks as pieces, with their order where it fits: a block of several rows is several pieces. */
function drawFreeBlocks(pen: Pen, grid: BlockGrid, { free }: Physical): void {
  const { context, theme } = pen;
  const first = grid.block * BLOCK_FRAMES;
  for (const { order, pfns } of free.orders)
    for (const pfn of pfns) {
      if (pfn < first || pfn >= first + BLOCK_FRAMES) continue;
      const rows = Math.max(1, 2 ** order / grid.columns);
      const box = frameBox(grid, pfn);
      if (box === null) continue;
      const width = Math.min(grid.columns, 2 ** order) * grid.cellWidth - 1;
      const height = rows * grid.cellHeight - 1;
      context.fillStyle = theme.color.sunken;
      context.fillRect(box.x, box.y, width, height);
      context.strokeStyle = theme.color["line-3"];
      context.lineWidth = 0.9;
      context.strokeRect(box.x + 0.4, box.y + 0.4, width - 0.8, height - 0.8);
      if (width >= 9)
        drawText(pen, String(order), box.x + width / 2, box.y + height / 2 + 0.5, {
          size: Math.min(12, Math.max(8, height)),
          color: theme.color["ink-2"],
          align: "center",
        });
    }
}
