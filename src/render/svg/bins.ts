/** The bins as linked lists: one row a list, nodes that look like their chunks, arrows by the kind of link. */
import { select, type Selection } from "d3";
import type { BinArrow, BinElision, BinNode, BinRow, BinsScene } from "../../scene/types";
import { arrowUrl, ensureDefs, layGround, patternUrl } from "./defs";
import { differs } from "./differs";

export interface BinsMarks {
  readonly selected: number | null;
  readonly hovered: number | null;
  /** Chunk that the running call takes out of or puts into a list, −1 when none. */
  readonly leaving: number;
}

export interface BinsWords {
  readonly label: (row: BinRow) => string;
  readonly sub: (row: BinRow) => string;
  readonly size: (row: BinRow) => string;
  /** Text after the list: how it ended, how links are stored. */
  readonly endNote: (row: BinRow) => string;
  readonly nodeLabel: (row: BinRow, node: BinNode) => string;
  readonly more: (count: number) => string;
  readonly accent: (arrow: BinArrow) => string;
}

type Groups<T> = Selection<SVGGElement, T, SVGGElement, unknown>;
const px = (value: number): string => `${value}px`;
const middle = (row: BinRow): number => row.height / 2;

function arrowColor(row: BinRow, arrow: BinArrow): string {
  if (arrow.accent === "broken") return "broken";
  return arrow.accent === "none" ? row.kind : "now";
}

function drawArrows(rows: Groups<BinRow>): void {
  rows
    .select<SVGGElement>("g.arrows")
    .selectAll<SVGPathElement, { readonly row: BinRow; readonly arrow: BinArrow }>("path")
    .data((row) => row.arrows.map((arrow) => ({ row, arrow })))
    .join("path")
    .attr("class", ({ arrow }) => `arrow arrow-${arrow.style} accent-${arrow.accent}`)
    .attr("d", ({ arrow }) => arrow.path)
    .attr("marker-end", ({ row, arrow }) => arrowUrl(arrowColor(row, arrow), arrow.style === "bk"));
}

/** W tags stand at the middle of the arrow they number. */
function drawArrowTags(rows: Groups<BinRow>, fontSize: number): void {
  const groups = rows
    .select<SVGGElement>("g.tags")
    .selectAll<SVGGElement, BinArrow>("g")
    .data(
      (row) => row.arrows.filter((arrow) => arrow.order > 0 && arrow.accent !== "none"),
      (arrow) => `${arrow.fromAddr} ${arrow.style}`,
    )
    .join((enter) => {
      const group = enter.append("g");
      group.append("rect").attr("class", "tag").attr("rx", 3);
      group.append("text").attr("class", "tag-text").attr("text-anchor", "middle");
      return group;
    })
    .attr("data-done", (arrow) => arrow.accent === "just");
  groups.each(function place(this: SVGGElement, arrow) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", arrow.path);
    const length = path.getTotalLength();
    const at = path.getPointAtLength(length / 2);
    // Between neighbours there is room for the number only.
    const short = length < 3 * fontSize;
    const text = short ? `${arrow.order}` : `W${arrow.order}`;
    const width = text.length * fontSize * 0.62 + (short ? 4 : 7);
    const height = fontSize * 1.3;
    select(this)
      .select("rect")
      .attr("x", at.x - width / 2)
      .attr("y", at.y - height / 2)
      .attr("width", width)
      .attr("height", height);
    select(this)
      .select("text")
      .attr("x", at.x)
      .attr("y", at.y + fontSize * 0.34)
      .style("font-size", px(fontSize - 1))
      .text(text);
  });
}

/** Where nodes were drawn last. */
const places = new WeakMap<SVGGElement, BinNode>();

/**
 * A node that stood elsewhere moves to its place. It is drawn there at once, and only the way is a transform: a thousand nodes that keep one
 * would each be a layer of their own to the browser, at every frame.
 */
function move(node: SVGGElement, to: BinNode): void {
  const from = places.get(node);
  places.set(node, to);
  if (from === undefined || (from.x === to.x && from.y === to.y)) return;
  node.style.setProperty("--from-x", px(from.x - to.x));
  node.style.setProperty("--from-y", px(from.y - to.y));
  // Another name each time: an animation of the same name would not begin again.
  node.dataset["moved"] = node.dataset["moved"] === "one" ? "other" : "one";
}

function drawNodes(rows: Groups<BinRow>, marks: BinsMarks, words: BinsWords, fontSize: number): void {
  const nodes = rows
    .select<SVGGElement>("g.nodes")
    .selectAll<SVGGElement, { readonly row: BinRow; readonly node: BinNode }>("g.node")
    .data(
      (row) => row.nodes.map((node) => ({ row, node })),
      // Once in a list at most: a walk ends where it meets a chunk again.
      ({ node }) => node.chunkAddr,
    )
    .join((enter) => {
      const group = enter.append("g").attr("class", "node");
      group.append("rect").attr("class", "fill").attr("rx", 3);
      group.append("rect").attr("class", "pattern").attr("rx", 3);
      group.append("rect").attr("class", "edge").attr("rx", 3);
      group.append("text").attr("class", "name");
      group.append("text").attr("class", "detail").attr("text-anchor", "end");
      group.append("text").attr("class", "lr").attr("text-anchor", "middle").text("last_remainder");
      return group;
    })
    .attr("data-chunk", ({ node }) => node.chunkAddr)
    .attr("data-role", ({ row, node }) => (node.chunkRow < 0 ? "bad" : row.kind))
    .attr("data-suspect", ({ node }) => node.suspect || node.chunkRow < 0)
    .attr("data-selected", ({ node }) => node.chunkAddr === marks.selected)
    .attr("data-hovered", ({ node }) => node.chunkAddr === marks.hovered)
    .attr("data-leaving", ({ node }) => node.chunkAddr === marks.leaving)
    .each(function place(this: SVGGElement, { node }) {
      move(this, node);
    });
  nodes
    .selectAll<SVGRectElement, { readonly row: BinRow; readonly node: BinNode }>("rect")
    .data((datum) => [datum, datum, datum])
    .attr("x", ({ node }) => node.x)
    .attr("y", ({ node }) => node.y)
    .attr("width", ({ node }) => node.width)
    .attr("height", ({ node }) => node.height);
  nodes.select(".pattern").style("fill", ({ row, node }) => patternUrl(node.chunkRow < 0 ? "bad" : row.kind));
  const baseline = ({ node }: { readonly node: BinNode }): number => node.y + node.height / 2 + fontSize * 0.36;
  const nameSize = ({ node }: { readonly node: BinNode }): number =>
    Math.min(fontSize, (node.width - 10) / Math.max(1, node.name.length * 0.6));
  nodes
    .select(".name")
    .attr("x", ({ node }) => node.x + 6)
    .attr("y", baseline)
    .style("font-size", (d) => px(nameSize(d)))
    .text(({ node }) => (node.suspect ? `⚠ ${node.name}`.trim() : node.name));
  nodes
    .select(".detail")
    .attr("x", ({ node }) => node.x + node.width - 5)
    .attr("y", baseline)
    .style("font-size", px(fontSize - 1.5))
    .text(({ node }) => {
      const room = node.width - 11 - (node.name.length + (node.suspect ? 2 : 0)) * fontSize * 0.6;
      return node.detail.length * (fontSize - 1.5) * 0.6 <= room ? node.detail : "";
    });
  nodes
    .select(".lr")
    .attr("x", ({ node }) => node.x + node.width / 2)
    .attr("y", ({ node }) => node.y + node.height + fontSize)
    .style("font-size", px(fontSize - 1.6))
    .style("display", ({ row, node }) => (node.lastRemainder && row.height > node.height + 24 ? null : "none"));
  nodes.select("title").remove();
  nodes.append("title").text(({ row, node }) => words.nodeLabel(row, node));
}

function drawHead(rows: Groups<BinRow>, words: BinsWords, fontSize: number): void {
  const narrow = (row: BinRow): boolean => row.width < 420;
  rows
    .select("rect.ground")
    .attr("width", (row) => row.width)
    .attr("height", (row) => row.height);
  rows
    .select("rect.bar")
    .attr("width", 3)
    .attr("height", (row) => row.height);
  rows
    .select("text.kind")
    .attr("x", (row) => (narrow(row) ? 8 : 12))
    .attr("y", (row) => middle(row) + fontSize * (words.sub(row) === "" ? 0.36 : -0.2))
    .style("font-size", px(fontSize))
    .text(words.label);
  rows
    .select("text.sub")
    .attr("x", 12)
    .attr("y", (row) => middle(row) + fontSize * 1.1)
    .style("font-size", px(fontSize - 1))
    .text(words.sub);
  const anchorX = (row: BinRow): number => row.anchor?.x ?? 120;
  rows
    .select("text.size")
    .attr("x", (row) => anchorX(row) - fontSize * (1.45 + 0.55 * Math.max(3, row.countText.length)))
    .attr("y", (row) => middle(row) + fontSize * 0.36)
    .attr("text-anchor", "end")
    .style("font-size", px(fontSize))
    .text(words.size);
  rows
    .select("text.count")
    .attr("x", (row) => anchorX(row) - fontSize * 0.9)
    .attr("y", (row) => middle(row) + fontSize * 0.36)
    .attr("text-anchor", "end")
    .style("font-size", px(fontSize - 1))
    .text((row) => row.countText);
  const anchors = rows.select<SVGGElement>("g.anchor").style("display", (row) => (row.anchor === null ? "none" : null));
  anchors
    .select("rect")
    .attr("x", (row) => row.anchor?.x ?? 0)
    .attr("y", (row) => row.anchor?.y ?? 0)
    .attr("width", (row) => row.anchor?.width ?? 0)
    .attr("height", (row) => row.anchor?.height ?? 0)
    .attr("rx", (row) => (row.anchor?.height ?? 0) / 2)
    .attr("class", (row) => row.anchor?.shape ?? "dot");
  anchors
    .select("text")
    .attr("x", (row) => (row.anchor === null ? 0 : row.anchor.x + row.anchor.width / 2))
    .attr("y", (row) => (row.anchor === null ? 0 : row.anchor.y + row.anchor.height / 2 + fontSize * 0.36))
    .style("font-size", px(fontSize - 0.8))
    .text((row) => (row.anchor?.shape === "pill" ? row.anchor.text : ""));
}

const endGlyph: Readonly<Record<BinRow["end"]["kind"], string>> = { nil: "∅", ring: "↺", cycle: "↻ ⚠", broken: "⚠", limit: "…" };

function drawEnd(rows: Groups<BinRow>, words: BinsWords, fontSize: number): void {
  rows
    .select("text.end")
    .attr("x", (row) => row.end.x)
    .attr("y", (row) => row.end.y + fontSize * 0.36)
    .attr("data-bad", (row) => row.end.kind === "cycle" || row.end.kind === "broken")
    .style("font-size", px(fontSize))
    .text((row) => endGlyph[row.end.kind]);
  rows
    .select("text.note")
    .attr("x", (row) => row.end.x + fontSize * 1.4)
    .attr("y", (row) => row.end.y + fontSize * 0.36)
    .attr("data-bad", (row) => row.problems > 0)
    .style("font-size", px(fontSize - 0.4))
    .text((row) => {
      const note = words.endNote(row);
      return row.end.x + fontSize * (1.4 + note.length * 0.55) < row.width ? note : "";
    });
}

function drawElisions(rows: Groups<BinRow>, words: BinsWords, fontSize: number): void {
  rows
    .select<SVGGElement>("g.elisions")
    .selectAll<SVGTextElement, BinElision>("text")
    .data((row) => row.elisions)
    .join("text")
    .attr("text-anchor", "middle")
    .attr("x", (elision) => elision.x + elision.width / 2)
    .attr("y", (elision) => elision.y + elision.height / 2 + fontSize * 0.36)
    .style("font-size", px(fontSize - 0.6))
    .text((elision) => words.more(elision.count));
}

/** Draws or updates the lists; elements of lists and nodes that stay are kept, so that what changes can be seen to move. */
export function drawBins(svg: SVGSVGElement, scene: BinsScene, marks: BinsMarks, words: BinsWords, fontSize: number): void {
  ensureDefs(svg.ownerDocument);
  layGround(svg);
  const root = select(svg).selectAll<SVGGElement, number>("g.rows").data([0]).join("g").attr("class", "rows");
  const rows = root
    .selectAll<SVGGElement, BinRow>("g.bin")
    .data(scene.rows, (row) => row.binId)
    .join((enter) => {
      const group = enter.append("g").attr("class", "bin");
      group.append("rect").attr("class", "ground");
      group.append("rect").attr("class", "bar");
      for (const name of ["kind", "sub", "size", "count"]) group.append("text").attr("class", name);
      group.append("g").attr("class", "arrows");
      const anchor = group.append("g").attr("class", "anchor");
      anchor.append("rect");
      anchor.append("text").attr("text-anchor", "middle");
      for (const name of ["nodes", "elisions", "tags"]) group.append("g").attr("class", name);
      for (const name of ["end", "note"]) group.append("text").attr("class", name);
      return group;
    })
    .style("transform", (row) => `translateY(${row.y}px)`)
    .filter(differs<BinRow>((row) => [{ ...row, y: 0 }, words.endNote(row), words.more(1), fontSize]))
    .attr("data-role", (row) => row.kind)
    .attr("data-touched", (row) => row.touched) as Groups<BinRow>;
  drawHead(rows, words, fontSize);
  drawArrows(rows);
  drawNodes(rows, marks, words, fontSize);
  drawElisions(rows, words, fontSize);
  drawArrowTags(rows, fontSize);
  drawEnd(rows, words, fontSize);
}

/** Only the marks changed: no geometry is touched, and only the nodes that gain or lose a mark. */
export function markBins(svg: SVGSVGElement, marks: BinsMarks): void {
  for (const name of ["selected", "hovered", "leaving"] as const) {
    const chunk = String(marks[name] ?? "");
    for (const node of svg.querySelectorAll(`g.node[data-${name}="true"]:not([data-chunk="${chunk}"])`))
      node.setAttribute(`data-${name}`, "false");
    for (const node of svg.querySelectorAll(`g.node[data-chunk="${chunk}"]`)) node.setAttribute(`data-${name}`, "true");
  }
}
