/** Whether two scenes of the lists are the same picture: field by field, for it is asked at every step. */
import type { BinArrow, BinElision, BinNode, BinRow, BinsScene, ViewRect } from "./types";

function all<T>(one: readonly T[], other: readonly T[], same: (a: T, b: T) => boolean): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) {
    const [a, b] = [one[i], other[i]];
    if (a === undefined || b === undefined || !same(a, b)) return false;
  }
  return true;
}

const sameRect = (a: ViewRect, b: ViewRect): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

const sameNode = (a: BinNode, b: BinNode): boolean =>
  a.chunkAddr === b.chunkAddr &&
  a.chunkRow === b.chunkRow &&
  a.position === b.position &&
  a.name === b.name &&
  a.detail === b.detail &&
  a.suspect === b.suspect &&
  a.lastRemainder === b.lastRemainder &&
  sameRect(a, b);

const sameArrow = (a: BinArrow, b: BinArrow): boolean =>
  a.style === b.style &&
  a.path === b.path &&
  a.accent === b.accent &&
  a.order === b.order &&
  a.fromAddr === b.fromAddr &&
  a.toAddr === b.toAddr;

const sameElision = (a: BinElision, b: BinElision): boolean => a.count === b.count && sameRect(a, b);

function sameAnchor(a: BinRow["anchor"], b: BinRow["anchor"]): boolean {
  if (a === null || b === null) return a === b;
  return a.shape === b.shape && a.text === b.text && sameRect(a, b);
}

const sameRow = (a: BinRow, b: BinRow): boolean =>
  a.binId === b.binId &&
  a.kind === b.kind &&
  a.index === b.index &&
  a.sizeText === b.sizeText &&
  a.countText === b.countText &&
  a.problems === b.problems &&
  a.touched === b.touched &&
  a.end.kind === b.end.kind &&
  a.end.x === b.end.x &&
  a.end.y === b.end.y &&
  a.end.text === b.end.text &&
  sameRect(a, b) &&
  sameAnchor(a.anchor, b.anchor) &&
  all(a.nodes, b.nodes, sameNode) &&
  all(a.elisions, b.elisions, sameElision) &&
  all(a.arrows, b.arrows, sameArrow);

export function sameBins(one: BinsScene | null, other: BinsScene | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.viewWidth === other.viewWidth &&
    one.viewHeight === other.viewHeight &&
    one.empty.tcache === other.empty.tcache &&
    one.empty.fast === other.empty.fast &&
    one.empty.small === other.empty.small &&
    one.empty.large === other.empty.large &&
    all(one.binmap, other.binmap, (a, b) => a.bin === b.bin && a.stale === b.stale) &&
    all(one.places, other.places, (a, b) => a.binId === b.binId && a.y === b.y && a.height === b.height) &&
    all(one.rows, other.rows, sameRow)
  );
}
