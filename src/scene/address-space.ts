/**
 * The address space as a strip. Heights are gap-compressed: a mapping is as high as its text needs, a large gap is a wavy line with its
 * size; the ribbon beside it is true to scale.
 *
 *   ribbon  strip
 *   ┌┐      555555554000
 *   ││      │ demo      r-- │
 *   │■──────│ [heap]    rw- │ squares = pages, filled = resident
 *   ││      ├───────────────┤ ◄ brk
 *   ││      ~~ 42.7 TiB ~~
 *   └■──────│ [stack]   rw- │ ◄ rsp
 */
import { PAGE_SIZE } from "../abi/machine-memory";
import type { AddressSpace, VmaFacts } from "../decode/types";
import { sizeText } from "./sizes";
import type { ViewRect } from "./types";
import type { SpaceGap, SpaceMarker, SpaceScene, SpaceSquare, SpaceVma } from "./strip-types";

export interface SpaceSettings {
  readonly viewWidth: number;
  /** Room there is; the heap takes what the other mappings leave. */
  readonly viewHeight: number;
  /** false: high addresses on top, as lecturers draw the stack. */
  readonly lowFirst: boolean;
  /** rsp of the program, −1 unknown; range shown by the chunk map; an address to point out. */
  readonly rsp: number;
  readonly mapped: { readonly start: number; readonly end: number } | null;
  readonly point: number;
  /** Absent: a slim ribbon as high as the strip, from 0 to the end of the address space. */
  readonly ribbon?: RibbonSettings;
  /** Program and libraries as one box each, for who compares whole address spaces. */
  readonly files?: boolean;
}

interface RibbonSettings {
  readonly x: number;
  readonly width: number;
  /** 0: as high as the strip. */
  readonly height: number;
  /** The address at its end. */
  readonly span: number;
}

const STRIP = { besideRibbon: 19, right: 8, top: 6, spacing: 2, gapHeight: 25, addrHeight: 13, growHeight: 14 } as const;
const RIBBON = { x: 8, width: 7, height: 0, margin: 8 } as const;
/** Smaller gaps are only a little space. */
const GAP_BYTES = 1 << 20;
const HEAP = { min: 64, max: 220, textHeight: 18, barRight: 56, brkHeight: 16, barStep: 2.4 } as const;

/** Height of a mapping's box; the heap's is decided last. */
function boxHeight(vma: VmaFacts): number {
  switch (vma.kind) {
    case "stack":
      return 58;
    case "mmap":
      return vma.end - vma.start >= 16 * PAGE_SIZE ? 40 : 22;
    case "text":
    case "data":
      return 18;
    default:
      return vma.part === "text" || vma.part === "data" ? 16 : 13;
  }
}

/** Share of pages [from, to) of a mapping that lie in runs. */
function coverage(runs: Float64Array, from: number, to: number): number {
  let pages = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const first = runs[i] ?? 0;
    if (first >= to) break;
    pages += Math.max(0, Math.min(first + (runs[i + 1] ?? 0), to) - Math.max(first, from));
  }
  return pages / (to - from);
}

interface SquareGrid {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Bars below each other, or squares side by side. */
  readonly flow: "down" | "up" | "across";
  readonly most: number;
}

function squares(vma: VmaFacts, grid: SquareGrid): SpaceSquare[] {
  const pages = (vma.end - vma.start) / PAGE_SIZE;
  const each = Math.max(1, Math.ceil(pages / Math.max(1, grid.most)));
  const count = Math.ceil(pages / each);
  const step = (grid.flow === "across" ? grid.width : grid.height) / count;
  return Array.from({ length: count }, (_, i): SpaceSquare => {
    const [page, past] = [i * each, Math.min((i + 1) * each, pages)];
    const at = (grid.flow === "up" ? count - 1 - i : i) * step;
    const place =
      grid.flow === "across"
        ? { x: grid.x + at, y: grid.y, width: step * 0.88, height: grid.height }
        : { x: grid.x, y: grid.y + at, width: grid.width, height: step * 0.9 };
    return {
      ...place,
      page,
      pages: past - page,
      resident: coverage(vma.residentRuns, page, past),
      zero: coverage(vma.zeroRuns, page, past) > 0,
    };
  });
}

function squaresOf(vma: VmaFacts, box: ViewRect, lowFirst: boolean): SpaceSquare[] {
  const inner = { x: box.x + 6, width: box.width - 12 };
  if (vma.kind === "heap") {
    const height = box.height - HEAP.textHeight - HEAP.brkHeight;
    const width = Math.max(8, box.width - HEAP.barRight);
    const most = Math.floor(height / HEAP.barStep);
    return squares(vma, { x: inner.x, y: box.y + HEAP.textHeight, width, height, flow: lowFirst ? "down" : "up", most });
  }
  if (vma.kind === "stack" || (vma.kind === "mmap" && box.height >= 22)) {
    const most = Math.floor(inner.width / 3.4);
    return squares(vma, { ...inner, y: box.y + box.height - 10, height: 5, flow: "across", most });
  }
  return [];
}

/** Mappings drawn as one box: neighbours of the kernel's, and the parts of one library, except libc's, where malloc's state lies. */
function together(before: VmaFacts, vma: VmaFacts, files: boolean): boolean {
  if (before.end !== vma.start) return false;
  // Its .bss is a file's last part, and has no name of its own.
  if (
    files &&
    before.part !== "" &&
    before.part !== "bss" &&
    (vma.part === "bss" || (vma.part !== "" && vma.name === before.name))
  )
    return true;
  if (before.kind !== vma.kind) return false;
  return vma.kind === "kernel" || (vma.kind === "lib" && before.name === vma.name && !/\/libc[.-]/.test(vma.name));
}

function groups(space: AddressSpace, files: boolean): { readonly index: number; readonly members: readonly VmaFacts[] }[] {
  const found: { readonly index: number; readonly members: VmaFacts[] }[] = [];
  space.vmas.forEach((vma, index) => {
    const last = found.at(-1);
    const before = last?.members.at(-1);
    if (last !== undefined && before !== undefined && together(before, vma, files)) last.members.push(vma);
    else found.push({ index, members: [vma] });
  });
  return found;
}

interface Laid {
  readonly vmas: SpaceVma[];
  readonly gaps: SpaceGap[];
  readonly addresses: { addr: number; text: string; y: number; strong: boolean }[];
  readonly height: number;
  /** Where the break of a heap that is not there yet stands; −1 when there is a heap, or no room between mappings. */
  readonly brkY: number;
}

/** Places everything with low addresses on top; `heapHeight` is what the heap may take. */
function lay(space: AddressSpace, settings: SpaceSettings, heapHeight: number): Laid {
  const { x: ribbonX, width: ribbonWidth } = settings.ribbon ?? RIBBON;
  const x = ribbonX + ribbonWidth + STRIP.besideRibbon;
  const out = { vmas: [] as SpaceVma[], gaps: [] as SpaceGap[], addresses: [] as Laid["addresses"] };
  const unborn = space.vmas.every(({ kind }) => kind !== "heap");
  let brkY = -1;
  const width = Math.max(40, settings.viewWidth - x - STRIP.right);
  let y: number = STRIP.top;
  let reached = -1;
  const label = (addr: number, strong: boolean): void => {
    out.addresses.push({ addr, text: addr.toString(16), y: y + STRIP.addrHeight / 2, strong });
    y += STRIP.addrHeight;
  };
  for (const { index, members } of groups(space, settings.files ?? false)) {
    const [first, last] = [members[0], members.at(-1)];
    if (first === undefined || last === undefined) continue;
    const gap = reached < 0 ? 0 : first.start - reached;
    if (gap >= GAP_BYTES) {
      label(reached, false);
      if (unborn && space.brk >= reached && space.brk < first.start) {
        // The break has a line of its own, so that it does not lie over the gap's size.
        brkY = y + HEAP.brkHeight;
        y = brkY + STRIP.growHeight;
      }
      out.gaps.push({ y, height: STRIP.gapHeight, bytes: gap, sizeText: sizeText(gap) });
      y += STRIP.gapHeight;
    }
    if (reached < 0 || gap >= GAP_BYTES || first.kind === "heap") label(first.start, first.kind === "heap");
    const height = first.kind === "heap" ? heapHeight : boxHeight(first);
    const pages = members.reduce((sum, vma) => sum + (vma.end - vma.start) / PAGE_SIZE, 0);
    const resident = members.reduce((sum, vma) => sum + vma.residentPages, 0);
    const box = { x, y, width, height };
    out.vmas.push({
      ...box,
      index,
      count: members.length,
      start: first.start,
      end: last.end,
      squares: [],
      residentShare: resident / pages,
    });
    y += height + STRIP.spacing + (first.kind === "heap" ? STRIP.growHeight : 0);
    reached = last.end;
  }
  if (reached >= 0) label(reached, false);
  return { ...out, height: y, brkY };
}

/** Height inside a box: along its page bars when it has them below each other, linear otherwise. */
function within(vma: SpaceVma, addr: number, lowFirst: boolean): number {
  const page = (addr - vma.start) / PAGE_SIZE;
  const bar = vma.squares.find((square) => page >= square.page && page < square.page + square.pages);
  const [first, second] = vma.squares;
  if (bar === undefined || first === undefined || second === undefined || first.x !== second.x) {
    const part = (addr - vma.start) / (vma.end - vma.start);
    return vma.y + vma.height * (lowFirst ? part : 1 - part);
  }
  const part = (page - bar.page) / bar.pages;
  return bar.y + bar.height * (lowFirst ? part : 1 - part);
}

/** Where an address is in the strip: linear inside a mapping, between its neighbours in a gap. */
export function spaceY(scene: Pick<SpaceScene, "vmas" | "lowFirst">, addr: number): number {
  let before: SpaceVma | undefined;
  for (const vma of scene.vmas) {
    if (addr < vma.start) {
      const near =
        before === undefined
          ? vma.y + (scene.lowFirst ? 0 : vma.height)
          : (before.y + before.height / 2 + vma.y + vma.height / 2) / 2;
      return near;
    }
    if (addr < vma.end || (addr === vma.end && vma === scene.vmas.at(-1))) return within(vma, addr, scene.lowFirst);
    before = vma;
  }
  return before === undefined ? 0 : before.y + (scene.lowFirst ? before.height : 0);
}

/** Address at a height of the strip; −1 in gaps and beside mappings. */
export function spaceAddr(scene: SpaceScene, y: number): number {
  const vma = scene.vmas.find((entry) => y >= entry.y && y < entry.y + entry.height);
  if (vma === undefined) return -1;
  const [first, second] = vma.squares;
  const bars = first !== undefined && first.x === second?.x ? vma.squares : [];
  const distance = (square: SpaceSquare): number => Math.abs(square.y + square.height / 2 - y);
  const bar = bars.length === 0 ? undefined : bars.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const part = bar === undefined ? (y - vma.y) / vma.height : Math.max(0, Math.min(1, (y - bar.y) / bar.height));
  const along = scene.lowFirst ? part : 1 - part;
  const [start, bytes] =
    bar === undefined ? [vma.start, vma.end - vma.start] : [vma.start + bar.page * PAGE_SIZE, bar.pages * PAGE_SIZE];
  return Math.min(Math.floor(start + along * bytes), vma.end - 1);
}

function flip(laid: Laid): Laid {
  const mirror = <T extends { readonly y: number; readonly height: number }>(item: T): T => ({
    ...item,
    y: laid.height - item.y - item.height,
  });
  return {
    vmas: laid.vmas.map(mirror),
    gaps: laid.gaps.map(mirror),
    addresses: laid.addresses.map((entry) => ({ ...entry, y: laid.height - entry.y })),
    height: laid.height,
    brkY: laid.brkY < 0 ? -1 : laid.height - laid.brkY,
  };
}

function markers(space: AddressSpace, settings: SpaceSettings, laid: Laid): SpaceMarker[] {
  const at = { vmas: laid.vmas, lowFirst: settings.lowFirst };
  const found: SpaceMarker[] = [];
  const add = (kind: SpaceMarker["kind"], addr: number, y: number, grows: SpaceMarker["grows"]): void => {
    found.push({ kind, addr, y, text: addr.toString(16), grows });
  };
  const heap = laid.vmas.find((vma) => space.vmas[vma.index]?.kind === "heap");
  if (heap !== undefined) {
    // The break is the end of the heap's last page or inside it.
    const part = Math.min(1, (space.brk - heap.start) / (heap.end - heap.start));
    add("brk", space.brk, heap.y + heap.height * (settings.lowFirst ? part : 1 - part), 1);
  } else if (space.brk > 0) add("brk", space.brk, laid.brkY >= 0 ? laid.brkY : spaceY(at, space.brk), 1);
  if (settings.rsp > 0) add("rsp", settings.rsp, spaceY(at, settings.rsp), -1);
  if (settings.mapped !== null) {
    add("map", settings.mapped.start, spaceY(at, settings.mapped.start), 0);
    add("map", settings.mapped.end, spaceY(at, settings.mapped.end - 1), 0);
  }
  if (settings.point >= 0) add("point", settings.point, spaceY(at, settings.point), 0);
  return found;
}

/** Where an address is on a ribbon: true to scale. */
export function ribbonY({ y, height, span }: SpaceScene["ribbon"], addr: number, lowFirst: boolean): number {
  const part = Math.min(1, addr / span);
  return y + height * (lowFirst ? part : 1 - part);
}

/** Mappings worth a tick on the ribbon: heap, stack, and the first of every cluster. */
function ribbonTicks(space: AddressSpace, laid: Laid): readonly SpaceVma[] {
  return laid.vmas.filter((vma, i) => {
    const kind = space.vmas[vma.index]?.kind;
    const before = laid.vmas[i - 1];
    return kind === "heap" || kind === "stack" || before === undefined || vma.start - before.end >= GAP_BYTES;
  });
}

function ribbonOf(space: AddressSpace, laid: Laid, { ribbon, lowFirst }: SpaceSettings): SpaceScene["ribbon"] {
  const { x, width, height, span } = ribbon ?? { ...RIBBON, span: space.taskSize };
  const placed = {
    x,
    y: RIBBON.margin,
    width,
    height: Math.max(1, (height === 0 ? laid.height : height) - 2 * RIBBON.margin),
    span: Math.max(1, span),
    ticks: [],
  };
  const ticks = ribbonTicks(space, laid).map((vma) => ({
    index: vma.index,
    y: ribbonY(placed, vma.start, lowFirst),
    toY: vma.y + vma.height / 2,
  }));
  return { ...placed, ticks };
}

export function spaceScene(space: AddressSpace, settings: SpaceSettings): SpaceScene {
  const rest = lay(space, settings, 0).height;
  const heapHeight = Math.max(HEAP.min, Math.min(HEAP.max, settings.viewHeight - rest));
  const lowLaid = lay(space, settings, heapHeight);
  const placed = settings.lowFirst ? lowLaid : flip(lowLaid);
  const vmas = placed.vmas.map((box) => {
    const vma = space.vmas[box.index];
    return vma === undefined || box.count > 1 ? box : { ...box, squares: squaresOf(vma, box, settings.lowFirst) };
  });
  const laid = { ...placed, vmas };
  return {
    viewWidth: settings.viewWidth,
    viewHeight: Math.max(laid.height, settings.ribbon?.height ?? 0),
    vmas,
    gaps: laid.gaps,
    markers: markers(space, settings, laid),
    addresses: laid.addresses,
    ribbon: ribbonOf(space, laid, settings),
    lowFirst: settings.lowFirst,
  };
}
