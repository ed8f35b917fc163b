/** Routes of the arrows in a ring: fd above the middle, bk below, nextsize further out; from the bytes, so a wrong link goes where it goes. */
import type { BinList } from "../decode/types";
import type { ArrowStyle, BinArrow, BinElision, BinNode, HeapPicture, ViewPoint, ViewRect } from "./types";

const round = (value: number): string => String(Math.round(value * 10) / 10);
const point = ({ x, y }: ViewPoint): string => `${round(x)} ${round(y)}`;

/** Straight arrow. */
export function arrowPath(from: ViewPoint, to: ViewPoint): string {
  return `M${point(from)}L${point(to)}`;
}

/** Arc that leaves and arrives at `bend` pixels above (negative) or below the straight line. */
export function arcPath(from: ViewPoint, to: ViewPoint, bend: number): string {
  const reach = Math.min(46, Math.abs(to.x - from.x) / 3) * Math.sign(to.x - from.x);
  return `M${point(from)}C${point({ x: from.x + reach, y: from.y + bend })} ${point({ x: to.x - reach, y: to.y + bend })} ${point(to)}`;
}

interface Station extends ViewRect {
  /** Chunk address, or the bin's header; −1 for an elision. */
  readonly addr: number;
}

interface Lane {
  readonly style: ArrowStyle;
  /** Which word of a chunk holds the link. */
  readonly nth: number;
  /** Offset from the middle, as a share of the node's height. */
  readonly lift: number;
}

const lanes = {
  fd: { style: "fd", nth: 2, lift: -0.19 },
  bk: { style: "bk", nth: 3, lift: 0.27 },
  fdNextsize: { style: "nextsize", nth: 4, lift: -0.5 },
} as const satisfies Record<string, Lane>;

/** One link drawn from one station to where its word leads. */
function link(picture: HeapPicture, stations: readonly Station[], index: number, lane: Lane): BinArrow | null {
  const from = stations[index];
  if (from === undefined || from.addr < 0) return null;
  const fromAddr = from.addr + lane.nth * picture.abi.wordBytes;
  const target = picture.reader.word(fromAddr);
  if (target <= 0) return null;
  const to = stations.findIndex((station) => station.addr === target);
  const neighbour = lane.style === "bk" ? index - 1 : index + 1;
  const elided = stations[neighbour]?.addr === -1;
  const change = picture.changed.find((entry) => entry.addr === fromAddr);
  const expected = (neighbour + stations.length) % stations.length;
  const accent = change !== undefined ? "just" : picture.nextWrite === fromAddr ? "next" : to < 0 && !elided ? "broken" : "none";
  return {
    style: lane.style,
    path: route(stations, index, to, elided ? neighbour : expected, lane),
    accent,
    order: change?.order ?? 0,
    fromAddr,
    toAddr: target,
  };
}

function route(stations: readonly Station[], index: number, to: number, expected: number, lane: Lane): string {
  const from = stations[index];
  const target = stations[to < 0 ? expected : to];
  if (from === undefined || target === undefined) return "";
  const y = (station: Station): number => station.y + station.height * (0.5 + lane.lift);
  const rightwards = target.x > from.x;
  const start = { x: rightwards ? from.x + from.width : from.x, y: y(from) };
  const end = { x: rightwards ? target.x - 2 : target.x + target.width + 2, y: y(target) };
  const near = Math.abs((to < 0 ? expected : to) - index) === 1 && lane.style !== "nextsize";
  if (index === to) return arcPath({ x: from.x, y: y(from) }, { x: from.x + from.width, y: y(from) }, lane.lift < 0 ? -14 : 14);
  return near
    ? arrowPath(start, end)
    : arcPath(start, end, Math.sign(lane.lift) * Math.min(26, 12 + Math.abs(target.x - from.x) / 20));
}

/** All arrows of a ring with its header, as the words say. The closing links tail → header and header → tail are drawn only when they are news. */
export function ringArrows(
  picture: HeapPicture,
  list: BinList,
  nodes: readonly BinNode[],
  elisions: readonly BinElision[],
  anchor: ViewRect,
): BinArrow[] {
  const stations: Station[] = [
    { ...anchor, addr: list.head },
    ...[
      ...nodes.map((node): Station => ({ ...node, addr: node.chunkAddr })),
      ...elisions.map((gap): Station => ({ ...gap, addr: -1 })),
    ].toSorted((a, b) => a.x - b.x),
  ];
  const last = stations.length - 1;
  if (last === 0) return [];
  const arrows: BinArrow[] = [];
  stations.forEach((_, index) => {
    const used: Lane[] = [lanes.fd, lanes.bk, ...(list.fdNextsize !== null && index > 0 ? [lanes.fdNextsize] : [])];
    for (const lane of used) {
      const arrow = link(picture, stations, index, lane);
      if (arrow === null) continue;
      const closing =
        (lane.style === "fd" && index === last && arrow.toAddr === list.head) ||
        (lane.style === "bk" && index === 0 && arrow.toAddr === stations[last]?.addr);
      const alone = lane.style === "nextsize" && arrow.toAddr === stations[index]?.addr;
      if ((closing || alone) && arrow.accent === "none") continue;
      arrows.push(arrow);
    }
  });
  return arrows;
}
