/** The address space as a strip: mappings as boxes, page squares, gaps as waves, the break and the stack pointer as heavy lines. */
import { select, type Selection } from "d3";
import type { VmaFacts } from "../../decode/types";
import type { SpaceGap, SpaceMarker, SpaceScene, SpaceSquare, SpaceVma } from "../../scene/strip-types";
import { vmaRole } from "../roles";
import { shortAddress } from "../text";
import { arrowUrl, ensureDefs, layGround } from "./defs";
import { differs } from "./differs";

export interface SpaceMarks {
  /** Start of the selected and the hovered mapping, −1 none. */
  readonly selected: number;
  readonly hovered: number;
}

export interface SpaceWords {
  /** First line of a box, e.g. `.text`, `[heap]`. */
  readonly name: (vma: VmaFacts) => string;
  /** Further lines, for boxes with room. */
  readonly notes: (vma: VmaFacts) => readonly string[];
  readonly gap: (sizeText: string) => string;
  readonly ribbon: string;
  readonly view: string;
  readonly brk: string;
}

type Groups<T> = Selection<SVGGElement, T, SVGGElement, unknown>;
interface Box {
  readonly vma: SpaceVma;
  readonly facts: VmaFacts;
}

const permissions = (vma: VmaFacts): string => `${vma.read ? "r" : "-"}${vma.write ? "w" : "-"}${vma.exec ? "x" : "-"}`;
const LOW = 21;
/** Of a character of a note. */
const NOTE_ADVANCE = 5;

function wave(x: number, y: number, width: number): string {
  return `M${x} ${y}${"q3 3 6 0t6 0".repeat(Math.max(1, Math.floor(width / 12)))}`;
}

function layer(svg: SVGSVGElement, name: string): Selection<SVGGElement, number, SVGSVGElement, unknown> {
  return select(svg).selectAll<SVGGElement, number>(`g.${name}`).data([0]).join("g").attr("class", name);
}

function drawBoxes(
  root: Selection<SVGGElement, number, SVGSVGElement, unknown>,
  boxes: readonly Box[],
  marks: SpaceMarks,
  words: SpaceWords,
): void {
  const groups = root
    .selectAll<SVGGElement, Box>("g.vma")
    .data(boxes, ({ vma }) => vma.start)
    .join((enter) => {
      const group = enter.append("g").attr("class", "vma");
      group.append("rect").attr("class", "box").attr("rx", 2);
      group.append("rect").attr("class", "resident-track");
      group.append("rect").attr("class", "resident-share");
      group.append("g").attr("class", "squares");
      group.append("text").attr("class", "name");
      group.append("text").attr("class", "perms").attr("text-anchor", "end");
      group.append("g").attr("class", "notes");
      return group;
    })
    .filter(differs<Box>((box) => [box.vma, words.name(box.facts), permissions(box.facts), notesOf(box, words)]))
    .attr("data-vma", ({ facts }) => vmaRole[facts.kind])
    .attr("data-start", ({ vma }) => vma.start)
    .attr("data-selected", ({ vma }) => vma.start === marks.selected)
    .attr("data-hovered", ({ vma }) => vma.start === marks.hovered) as Groups<Box>;
  groups
    .select("rect.box")
    .attr("x", ({ vma }) => vma.x)
    .attr("y", ({ vma }) => vma.y)
    .attr("width", ({ vma }) => vma.width)
    .attr("height", ({ vma }) => vma.height);
  const bare = ({ vma }: Box): boolean => vma.squares.length === 0;
  groups
    .select("rect.resident-track")
    .attr("x", ({ vma }) => vma.x - 5)
    .attr("y", ({ vma }) => vma.y + 0.5)
    .attr("width", 3)
    .attr("height", ({ vma }) => vma.height - 1)
    .style("display", (box) => (bare(box) ? null : "none"));
  groups
    .select("rect.resident-share")
    .attr("x", ({ vma }) => vma.x - 5)
    .attr("y", ({ vma }) => vma.y + 0.5)
    .attr("width", 3)
    .attr("height", ({ vma }) => (vma.height - 1) * vma.residentShare)
    .style("display", (box) => (bare(box) ? null : "none"));
  // Squares along the bottom leave a low box the upper part only.
  const crowded = ({ vma }: Box): boolean => vma.squares.length > 0 && vma.height < 30;
  const baseline = (box: Box): number => box.vma.y + (crowded(box) ? 9.5 : box.vma.height < LOW ? box.vma.height / 2 + 3.3 : 12);
  const room = ({ vma }: Box): number => Math.floor((vma.width - 34) / 5.8);
  groups
    .select("text.name")
    .attr("x", ({ vma }) => vma.x + 5)
    .attr("y", baseline)
    .text((box) => {
      const name = words.name(box.facts);
      return name.length <= room(box) ? name : `${name.slice(0, Math.max(1, room(box) - 1))}…`;
    });
  groups
    .select("text.perms")
    .attr("x", ({ vma }) => vma.x + vma.width - 5)
    .attr("y", baseline)
    .text(({ facts }) => permissions(facts));
  groups
    .select<SVGGElement>("g.squares")
    .selectAll<SVGRectElement, SpaceSquare>("rect")
    .data(({ vma }) => vma.squares)
    .join("rect")
    .attr("x", (square) => square.x)
    .attr("y", (square) => square.y)
    .attr("width", (square) => square.width)
    .attr("height", (square) => square.height)
    .attr("class", (square) => (square.resident > 0 ? "page in" : square.zero ? "page zero" : "page"))
    .style("fill-opacity", (square) => (square.resident > 0 ? 0.35 + 0.65 * square.resident : null));
  groups
    .select<SVGGElement>("g.notes")
    .selectAll<SVGTextElement, { readonly text: string; readonly x: number; readonly y: number; readonly end: boolean }>("text")
    .data((box) => notesOf(box, words))
    .join("text")
    .attr("x", (note) => note.x)
    .attr("y", (note) => note.y)
    .text((note) => note.text);
}

/** The heap's notes stand beside its column of pages, others under the name. */
function notesOf(box: Box, words: SpaceWords): { text: string; x: number; y: number; end: boolean }[] {
  const { vma, facts } = box;
  const beside = facts.kind === "heap";
  const last = vma.squares.at(-1);
  const x = beside && last !== undefined ? last.x + last.width + 6 : vma.x + 5;
  const first = vma.y + (beside ? 42 : 24);
  const bottom = vma.y + vma.height - (beside ? 18 : last === undefined ? 2 : 12);
  // Beside many pages there is little room: the number stands above its word.
  const fits = (text: string): boolean => !beside || x + text.length * NOTE_ADVANCE <= vma.x + vma.width;
  return words
    .notes(facts)
    .flatMap((text) => (fits(text) ? [text] : text.split(/ (.*)/, 2)))
    .map((text, i) => ({ text, x, y: first + i * 12, end: false }))
    .filter((note) => note.y <= bottom);
}

function drawGaps(
  root: Selection<SVGGElement, number, SVGSVGElement, unknown>,
  gaps: readonly SpaceGap[],
  left: number,
  width: number,
  words: SpaceWords,
): void {
  const groups = root
    .selectAll<SVGGElement, SpaceGap>("g.gap")
    .data(gaps)
    .join((enter) => {
      const group = enter.append("g").attr("class", "gap");
      group.append("path");
      group.append("text").attr("text-anchor", "middle");
      return group;
    })
    .filter(differs<SpaceGap>((gap) => [gap, left, width, words.gap(gap.sizeText)]));
  groups.select("path").attr("d", (gap) => `${wave(left, gap.y + 1, width)}${wave(left, gap.y + gap.height - 5, width)}`);
  groups
    .select("text")
    .attr("x", left + width / 2)
    .attr("y", (gap) => gap.y + gap.height / 2 + 1.5)
    .text((gap) => words.gap(gap.sizeText));
}

function drawMarkers(
  root: Selection<SVGGElement, number, SVGSVGElement, unknown>,
  scene: SpaceScene,
  left: number,
  width: number,
  words: SpaceWords,
): void {
  const lines = scene.markers.filter((marker) => marker.kind !== "map");
  const groups = root
    .selectAll<SVGGElement, SpaceMarker>("g.marker")
    .data(lines, (marker) => marker.kind)
    .join((enter) => {
      const group = enter.append("g");
      group.append("path").attr("class", "line");
      group.append("path").attr("class", "grow").attr("marker-end", arrowUrl("ink", false));
      group.append("text").attr("text-anchor", "end");
      return group;
    })
    .attr("class", (marker) => `marker marker-${marker.kind}`);
  groups.select("path.line").attr("d", (marker) => `M${left - 4} ${marker.y}H${left + width + 4}`);
  const up = (marker: SpaceMarker): boolean => marker.grows > 0 !== scene.lowFirst;
  groups
    .select("path.grow")
    .attr("d", (marker) => `M${left + width - 14} ${marker.y + (up(marker) ? -2 : 2)}v${up(marker) ? -12 : 12}`)
    .style("display", (marker) => (marker.grows === 0 ? "none" : null));
  groups
    .select("text")
    // Upside down the break's address stands beside the heap's permissions.
    .attr("x", (marker) => left + width - (marker.kind === "point" ? 2 : marker.kind === "brk" && !scene.lowFirst ? 32 : 22))
    .attr("y", (marker) => textY(marker, scene))
    .text((marker) =>
      marker.kind === "brk"
        ? `brk ${shortMarker(marker)}`
        : marker.kind === "rsp"
          ? `rsp ${shortMarker(marker)}`
          : shortAddress(marker.addr),
    );
  drawView(root, scene, left, words);
}

/** A marker's text stands on its line, above the page squares of its mapping. */
function textY(marker: SpaceMarker, scene: SpaceScene): number {
  if (marker.kind === "brk") return scene.lowFirst ? marker.y - 4 : marker.y + 11;
  const box = scene.vmas.find((vma) => marker.y >= vma.y && marker.y <= vma.y + vma.height);
  if (box === undefined) return marker.y - 3;
  // A pointed-out address never hides the permissions.
  if (marker.kind !== "rsp") return box.height < 40 ? marker.y - 3 : Math.max(marker.y - 3, box.y + 25);
  return Math.min(Math.max(marker.y - 4, box.y + 24), box.y + box.height - 14);
}

const shortMarker = (marker: SpaceMarker): string => `…${marker.addr.toString(16).slice(-6)}`;

/** A bracket beside the heap's pages: what the chunk map shows. */
function drawView(
  root: Selection<SVGGElement, number, SVGSVGElement, unknown>,
  scene: SpaceScene,
  left: number,
  words: SpaceWords,
): void {
  const ends = scene.markers.filter((marker) => marker.kind === "map").map((marker) => marker.y);
  const heap = scene.vmas.find(
    (vma) => vma.squares.length > 0 && ends.some((y) => y >= vma.y - 1 && y <= vma.y + vma.height + 1),
  );
  const last = heap?.squares[0];
  const [top = 0, bottom = 0] = ends.toSorted((a, b) => a - b);
  const data = ends.length === 2 && last !== undefined ? [0] : [];
  const groups = root
    .selectAll<SVGGElement, number>("g.view")
    .data(data)
    .join((enter) => {
      const group = enter.append("g").attr("class", "view");
      group.append("path");
      group.append("text");
      return group;
    });
  const x = last === undefined ? left : last.x + last.width;
  const y1 = Math.max(top, (heap?.y ?? 0) + 18);
  const y2 = Math.max(y1 + 4, Math.min(bottom, (heap?.y ?? 0) + (heap?.height ?? 0) - 14));
  groups.select("path").attr("d", `M${x + 1} ${y1}h2v${y2 - y1}h-2`);
  groups
    .select("text")
    .attr("x", x + 6)
    .attr("y", y1 + 8)
    // A pointed-out address is written in the same place.
    .style("display", () =>
      scene.markers.some((marker) => marker.kind === "point" && Math.abs(marker.y - y1 - 5) < 13) ? "none" : null,
    )
    .text(words.view);
}

function drawRibbon(
  root: Selection<SVGGElement, number, SVGSVGElement, unknown>,
  scene: SpaceScene,
  facts: readonly VmaFacts[],
  words: SpaceWords,
): void {
  const { ribbon } = scene;
  root
    .selectAll("rect.ribbon")
    .data([0])
    .join("rect")
    .attr("class", "ribbon")
    .attr("rx", Math.min(4, ribbon.width / 2))
    .attr("x", ribbon.x)
    .attr("y", ribbon.y)
    .attr("width", ribbon.width)
    .attr("height", ribbon.height);
  const groups = root
    .selectAll<SVGGElement, SpaceScene["ribbon"]["ticks"][number]>("g.tick")
    .data(ribbon.ticks)
    .join((enter) => {
      const group = enter.append("g").attr("class", "tick");
      group.append("rect").attr("rx", 1);
      group.append("path");
      return group;
    })
    .filter(differs<SpaceScene["ribbon"]["ticks"][number]>((tick) => [tick, ribbon.x, ribbon.width, facts[tick.index]?.kind]))
    .attr("data-vma", (tick) => vmaRole[facts[tick.index]?.kind ?? "mmap"]);
  groups
    .select("rect")
    .attr("x", ribbon.x - 2)
    .attr("y", (tick) => tick.y - 1.5)
    .attr("width", ribbon.width + 4)
    .attr("height", 3);
  const right = ribbon.x + ribbon.width + 2;
  groups
    .select("path")
    .attr("d", (tick) => `M${right} ${tick.y}C${right + 7} ${tick.y},${right + 3} ${tick.toY},${right + 10} ${tick.toY}`);
  root
    .selectAll("text.ribbon-text")
    .data([words.ribbon])
    .join("text")
    .attr("class", "ribbon-text")
    .attr("text-anchor", "middle")
    .attr("transform", `translate(${ribbon.x + ribbon.width + 12} ${ribbon.y + ribbon.height * 0.22}) rotate(-90)`)
    .text((text) => text);
}

export function drawSpace(
  svg: SVGSVGElement,
  scene: SpaceScene,
  facts: readonly VmaFacts[],
  marks: SpaceMarks,
  words: SpaceWords,
): void {
  ensureDefs(svg.ownerDocument);
  layGround(svg);
  const [first] = scene.vmas;
  const left = first?.x ?? 34;
  const width = first?.width ?? 100;
  const boxes = scene.vmas.flatMap((vma): Box[] => {
    const fact = facts[vma.index];
    return fact === undefined ? [] : [{ vma, facts: fact }];
  });
  drawRibbon(layer(svg, "ribbons"), scene, facts, words);
  drawGaps(layer(svg, "gaps"), scene.gaps, left, width, words);
  drawBoxes(layer(svg, "vmas"), boxes, marks, words);
  layer(svg, "addresses")
    .selectAll<SVGTextElement, SpaceScene["addresses"][number]>("text")
    .data(scene.addresses)
    .join("text")
    .attr("class", (entry) => (entry.strong ? "address strong" : "address"))
    .attr("x", left)
    .attr("y", (entry) => entry.y + 3)
    .text((entry) => entry.text);
  drawMarkers(layer(svg, "markers"), scene, left, width, words);
}

/** Only the marks changed. */
export function markSpace(svg: SVGSVGElement, marks: SpaceMarks): void {
  select(svg)
    .selectAll<SVGGElement, Box>("g.vma")
    .attr("data-selected", ({ vma }) => vma.start === marks.selected)
    .attr("data-hovered", ({ vma }) => vma.start === marks.hovered);
}
